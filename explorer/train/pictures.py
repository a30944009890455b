"""A run as pictures: its last moment, a film, or a page that plays it."""

from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from explorer.labs.presets import plan
from explorer.runs.export import Export
from explorer.runs.frames import Frame

if TYPE_CHECKING:
    from explorer.figures.gans import Contestant
    from explorer.figures.scene import Scene

MOST_FRAMES = 2_000  # kept in memory, about 20 MB; of more, every second, fourth, … is


class Picture(Export):
    """What shows a run. The frames are kept, evenly thinned where there are many, and the last."""

    def begin(self, file: BinaryIO, still: Frame) -> None:
        """Take what never moves."""
        self.still = still
        self._kept: list[Frame] = []
        self._stride = 1
        self._last: Frame | None = None

    def add(self, index: int, frame: Frame) -> None:
        """Keep the frame if it falls into the stride; the newest is always at hand."""
        if frame.trouble and not frame.arrays:
            return  # there is nothing to be seen on it
        self._last = frame
        if index % self._stride:
            return
        self._kept.append(frame)
        if len(self._kept) > MOST_FRAMES:
            self._kept = self._kept[::2]
            self._stride *= 2

    def finish(self, file: BinaryIO) -> None:
        """Draw and write. Raises ValueError for a run that has nothing to show."""
        if self._last is None:
            raise ValueError("the run was stopped before it had anything to show")
        whole = self._kept if self._kept[-1] is self._last else [*self._kept, self._last]
        self.draw(file, whole)

    @abstractmethod
    def draw(self, file: BinaryIO, frames: list[Frame]) -> None:
        """Write the picture of these frames."""

    @cached_property
    def shown(self) -> "tuple[Scene, str]":
        """The scene of the run, as the view of its link shows it, and its heading."""
        return SCENES[type(self.experiment).__name__](self.experiment, plan(self.link).settings)


class Png(Picture):
    """``.png``: the last moment."""

    def draw(self, file: BinaryIO, frames: list[Frame]) -> None:
        """Write the picture of the last frame."""
        from explorer.stage.paper.picture import picture

        scene, heading = self.shown
        picture(scene, self.still, frames, heading=heading).save(file, "PNG")


class Film(Picture):
    """``.gif`` and ``.mp4``."""

    def draw(self, file: BinaryIO, frames: list[Frame]) -> None:
        """Write the film of all frames."""
        from explorer.stage.paper.film import film

        scene, heading = self.shown
        with TemporaryDirectory() as folder:  # what writes films wants a path and its suffix
            path = Path(folder) / f"film{self.out.suffix}"
            film(scene, self.still, frames, path, heading=heading)
            file.write(path.read_bytes())


class Html(Picture):
    """``.html``: the stage itself, in a file that needs no server and no network."""

    def draw(self, file: BinaryIO, frames: list[Frame]) -> None:
        """Write the page."""
        from explorer.stage.standalone import standalone

        scene, heading = self.shown
        page = standalone(scene, self.still, frames, heading, self.link, self.experiment.precision)
        file.write(page.encode())


def _match(match: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures import gans

    data = match.distribution()
    if lab.view == "truth" and data.kind == "plane":
        scene = gans.truth_scene(_contestants(match), data.extent, given=bool(match.given))
    else:
        scene = gans.match_scene(
            _contestants(match),
            data.extent,
            0 if data.modes is None else len(data.modes),
            lab.layer,
            data.kind,
            match.turned().audit,
            data.held_fraction,
        )
    return scene, f"{_names(match)} on {data.spoken}, seed {match.seed}"


def _many(many: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures import gans

    data = many.distribution()
    modes = 0 if data.modes is None else len(data.modes)
    scene = gans.seeds_scene(_contestants(many), data.extent, modes, many.seed, many.seeds)
    return scene, f"{_names(many)} on {data.spoken}, {many.seeds} seeds from {many.seed}"


def _deep(deep: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures import gans

    scene = gans.depth_scene(deep.clip, deep.depth)
    return scene, f"Critics of {deep.depth} layers, clipped at {deep.clip:g}, seed {deep.seed}"


def _contestants(games: Any) -> "tuple[Contestant, ...]":
    from explorer.figures import gans

    now = games.turned() if hasattr(games, "turned") else games
    objectives = (now.first, now.second, now.third, now.fourth)
    return gans.contestants([name for name in objectives if name], now.one_sided, now.spectral)


def _names(games: Any) -> str:
    return ", ".join(game.title for game in _contestants(games))


def _learning(learning: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures import gradients

    about = f"{learning.asked.label} over {learning.length} steps, {learning.seeds} seeds"
    return gradients.scene_of(learning), f"{about} from {learning.seed} on"


def _depth_learning(training: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures.gradients import depth_learning

    scene = depth_learning.scene(training)
    return scene, f"{training.layers} layers learn the digits, seed {training.seed}"


def _side_by_side(training: Any, lab: Any) -> "tuple[Scene, str]":
    from explorer.figures import sequences

    about = f"{training.what.label}: {', '.join(training.labels.values())}"
    return sequences.learning(training, lab.shift), f"{about}, seed {training.seed}"


SCENES: "dict[str, Callable[[Any, Any], tuple[Scene, str]]]" = {
    "Match": _match,
    "Many": _many,
    "Deep": _deep,
    "DepthLearning": _depth_learning,
    "Learning": _learning,
    "Horizon": _learning,
    "Overfitting": _learning,
    "SideBySide": _side_by_side,
}
"""What the stage shows of an experiment with the settings of its page, by the name of its class."""

PICTURES: dict[str, type[Export]] = {".png": Png, ".gif": Film, ".mp4": Film, ".html": Html}
"""What is written, by the suffix of the file."""
