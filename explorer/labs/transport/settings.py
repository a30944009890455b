"""All settings of the transport lab: two piles on a line, and what is looked at."""

from dataclasses import dataclass, field
from functools import cached_property

from explorer.dials import again, check, dial, part
from explorer.labs.gans.tables import Reading
from explorer.labs.transport.colours import Colours
from explorer.labs.transport.guess import Guess
from explorer.labs.transport.line import Line
from explorer.labs.transport.mean import Mean
from explorer.labs.transport.plane import Plane
from explorer.labs.transport.samples import Samples
from explorer.labs.transport.sliding import Slide
from explorer.labs.transport.views import VIEWS


@dataclass(frozen=True)
class Sand:
    """One state of the transport lab, its link. Raises ValueError with one line."""

    view: str = dial("line", "View", choices=VIEWS)
    line_source: str = again(Line, "source")
    line_target: str = again(Line, "target")
    shift: float = again(Line, "shift")
    cost: str = again(Line, "cost")
    slide_shape: str = again(Slide, "shape")
    slide_theta: float = again(Slide, "theta")
    plane_source: str = again(Plane, "source")
    plane_target: str = again(Plane, "target")
    plane_drawing: str = again(Plane, "drawing")
    plane_upload: str = again(Plane, "upload")
    plane_table: Reading = field(default=Reading())
    plane_moved: str = again(Plane, "moved")
    plane_count: int = again(Plane, "count")
    plane_right: float = again(Plane, "right")
    plane_up: float = again(Plane, "up")
    plane_ground: str = again(Plane, "ground")
    plane_method: str = again(Plane, "method")
    plane_blur: float = again(Plane, "blur")
    plane_price: float = again(Plane, "price")
    plane_seed: int = again(Plane, "seed")
    mean_first: str = again(Mean, "first")
    mean_second: str = again(Mean, "second")
    mean_third: str = again(Mean, "third")
    mean_across: float = again(Mean, "across")
    mean_up: float = again(Mean, "up")
    mean_count: int = again(Mean, "count")
    mean_seed: int = again(Mean, "seed")
    colours_source: str = again(Colours, "source")
    colours_target: str = again(Colours, "target")
    colours_upload: str = again(Colours, "upload")
    colours_count: int = again(Colours, "count")
    colours_blur: float = again(Colours, "blur")
    colours_seed: int = again(Colours, "seed")
    guess_plan: str = again(Guess, "plan")
    guess_critic: str = again(Guess, "critic")
    samples_d: int = again(Samples, "d")
    samples_seeds: int = again(Samples, "seeds")
    samples_seed: int = again(Samples, "seed")

    def __post_init__(self) -> None:
        check(self)
        self.line()  # what the heights of both piles must be
        self.plane()  # and a drawing
        self.guess()  # and a table
        self.colours()  # and whether a picture is still here

    def line(self) -> Line:
        """Return the two piles on a line."""
        return self._line

    @cached_property
    def _line(self) -> Line:
        return part(self, Line)  # once checked it is also the one that answers

    def slide(self) -> Slide:
        """Return the pile that slides over its like."""
        return part(self, Slide)

    def plane(self) -> Plane:
        """Return the two clouds in the plane."""
        return self._plane

    @cached_property
    def _plane(self) -> Plane:
        return part(self, Plane, table=self.plane_table)

    def mean(self) -> Mean:
        """Return the three clouds and their weights."""
        return part(self, Mean)

    def colours(self) -> Colours:
        """Return the two pictures."""
        return part(self, Colours)

    def samples(self) -> Samples:
        """Return the pairs of samples."""
        return part(self, Samples)

    def guess(self) -> Guess:
        """Return the plan and the critic that somebody guesses."""
        return part(self, Guess)
