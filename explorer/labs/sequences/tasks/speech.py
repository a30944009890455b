"""Who speaks: utterances of 7 to 29 frames in one batch, with padding and how to read past none."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.labs.sequences.tasks.vowels import LICENCE, SOURCE, SPEAKERS, spoken
from explorer.sequences.kinds import Network
from explorer.sequences.problems import Examples, Problem, Utterances
from explorer.sequences.problems.utterances import after_each, read_behind

SHOWN = 200  # which of the held-out utterances is shown
PADDED = 40  # frames to which it is
BEHIND = (0, 1, 2, 4, 8, 16, 32, 64)  # frames of padding that are read over
EVERY = 5  # of the held-out utterances, this one and every so manyth are read so


@cache
def speakers() -> Utterances:
    """The problem."""
    data = spoken()
    return Utterances(data["learned"], data["held_out"], SPEAKERS)


def still(problem: Problem) -> Seen:
    """The utterance shown, padded, and where it ends; the frames read behind an end."""
    held_out = problem.held_out
    assert held_out.lengths is not None
    length = int(held_out.lengths[SHOWN])
    shown = torch.zeros(PADDED, problem.shape.inputs)
    shown[:length] = held_out.inputs[:length, SHOWN]
    arrays = {
        "utterance": shown.T.contiguous().numpy(),
        "end_x": np.full(2, float(length), dtype=np.float32),
        "end_height": np.asarray((0.0, 12.0), dtype=np.float32),
        "end_y": np.asarray((0.0, 1.0), dtype=np.float32),
        "frames": np.arange(1, PADDED + 1, dtype=np.float32),
        "behind": np.log2(np.asarray(BEHIND, dtype=np.float32) + 1),
    }
    return Seen(arrays)


def seen(problem: Problem, network: Network, answers: Tensor) -> Seen:
    """How sure a network is of the right speaker after each frame, and read behind the end."""
    held_out = problem.held_out
    assert held_out.lengths is not None
    shown = torch.zeros(PADDED, problem.shape.inputs)
    length = int(held_out.lengths[SHOWN])
    shown[:length] = held_out.inputs[:length, SHOWN]
    sure = after_each(network, shown)[:, int(held_out.targets[SHOWN])]
    some = Examples(
        held_out.inputs[:, ::EVERY], held_out.targets[::EVERY], held_out.lengths[::EVERY]
    )
    behind = [
        float(problem.scores(read_behind(network, some, frames), some).mean()) for frames in BEHIND
    ]
    return Seen({"sure": sure.numpy(), "behind": np.asarray(behind, dtype=np.float32)})


TASKS: Mapping[str, Task] = {
    "speech": Task(
        label="Speaker",
        asks="who of nine men has spoken",
        purpose="Utterances of 7 to 29 frames share a batch, so the short ones are padded. Every "
        "network is trained and scored at each utterance's own last frame.",
        source=f"{SOURCE}; {LICENCE}",
        family="speech",
        problem=lambda numbers: speakers(),
        line_up=("vanilla", "both", "averaged"),
        updates=360,
        rate=1e-2,
        floors=("largest", "spread"),
        look="In the middle, how sure each network is of the right speaker once so many frames are "
        "heard: behind the end there are only zeros. On the right, how many speakers are "
        "recognised when the state is read behind the end instead.",
        still=still,
        example=lambda: SHOWN,
        seen=seen,
    ),
}
