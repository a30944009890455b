"""How much the server takes on: what protects a room from one of its visitors, and its memory."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The bounds of a hub; counts, bytes and seconds."""

    runs_per_session: int = 6
    runs: int = 64
    frames_per_run: int = 2000
    bytes_per_run: int = 48 * 2**20  # 2,000 frames of 11 kB take 22 MB
    bytes: int = 768 * 2**20
    checkpoints_per_run: int = 24
    checkpoint_bytes_per_run: int = 24 * 2**20
    connections_per_run: int = 64
    connections_per_viewer: int = 4  # to one run: the windows of a tab that was duplicated
    connections: int = 256
    goal_grace: float = 4.0  # seconds a run goes on for a viewer who left, who may have reloaded
    run_grace: float = 45.0  # seconds an unwatched run stays in memory
    notice_time: float = 60.0  # seconds a notice stays on the stage
    strikes: int = 3  # trainer processes a run may take with it without a new frame between
    losses: int = 10  # and in all


class LimitError(Exception):
    """What the server does not take on, in one sentence for the page."""
