"""What a cell's sums are put through: σ and tanh, and what other libraries put in their place.

Keras has gates by a hard sigmoid, straight between two bends, which was its default up to 2.2, and
both Keras and ONNX allow relu in the place of tanh. A name of a cell says so, in the order gates,
candidate, memory on its way out: `lstm(hard_sigmoid_0.2_0.5, tanh, tanh)`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import torch
from jaxtyping import Float
from torch import Tensor

SHARE, SIGNED, POSITIVE = (0.0, 1.0), (-1.0, 1.0), (0.0, math.inf)


@dataclass(frozen=True)
class Activation:
    """One function of a number, taken entry by entry.

    `between` says in words where its values lie, `does` what it does to a number; `definition`
    is there where the sign alone does not tell the function. `sum_of`, of a share, is the number
    that it turns into a given share.
    """

    name: str  # in the names of cells
    sign: str  # in formulas and pictures
    latex: str
    of: Callable[[Float[Tensor, "..."]], Float[Tensor, "..."]]
    ends: tuple[float, float]
    between: str
    does: str
    definition: str = ""
    sum_of: Callable[[Float[Tensor, "..."]], Float[Tensor, "..."]] | None = None

    @property
    def is_share(self) -> bool:
        """Whether it goes from 0 to 1."""
        return self.ends == SHARE


SIGMOID = Activation(
    "sigmoid",
    "σ",
    r"\sigma",
    torch.sigmoid,
    SHARE,
    between="between 0 and 1",
    does="Presses {0} between 0 and 1",
    sum_of=torch.logit,
)
TANH = Activation(
    "tanh",
    "tanh",
    r"\tanh",
    torch.tanh,
    SIGNED,
    between="between −1 and 1",
    does="Presses {0} between −1 and 1",
)
RELU = Activation(
    "relu",
    "relu",
    r"\mathrm{relu}",
    torch.relu,
    POSITIVE,
    between="0 or more",
    does="Lets {0} pass where it is above 0, and nothing below",
)
FIXED = {known.name: known for known in (SIGMOID, TANH, RELU)}
HARD = "hard_sigmoid"


@lru_cache(maxsize=64)
def hard_sigmoid(slope: float, shift: float) -> Activation:
    """min(1, max(0, slope · x + shift)).

    Keras up to 2 has 0.2 x + 0.5 (from Theano), Keras 3 and PyTorch x / 6 + 0.5, and ONNX any two
    numbers. Raises `ValueError` unless the slope is positive and both are finite.
    """
    if not (math.isfinite(slope) and math.isfinite(shift) and slope > 0):
        raise ValueError(
            f"a hard sigmoid rises by a positive slope, not by {slope:g} x + {shift:g}"
        )
    sixth = math.isclose(slope, 1 / 6, rel_tol=1e-6)
    sign = "−" if shift < 0 else "+"
    line = f"{'x / 6' if sixth else f'{slope:g} x'} {sign} {abs(shift):g}"
    return Activation(
        f"{HARD}_{slope!r}_{shift!r}",
        "hard σ",
        r"\mathrm{hard}\,\sigma",
        partial(_hard, slope=slope, shift=shift),
        SHARE,
        between="between 0 and 1",
        does="Cuts {0} off at 0 and at 1",
        definition=f"min(1, max(0, {line}))",
        sum_of=partial(_back, slope=slope, shift=shift),
    )


def activation(name: str) -> Activation:
    """The activation of a name; `ValueError` names those there are."""
    if name in FIXED:
        return FIXED[name]
    if name.startswith(f"{HARD}_"):
        slope, shift = (float(number) for number in name.removeprefix(f"{HARD}_").split("_"))
        found = hard_sigmoid(slope, shift)
        if found.name == name:
            return found
    choices = ", ".join(map(repr, FIXED))
    raise ValueError(f"unknown activation {name!r}; choose from {choices}, '{HARD}_0.2_0.5'")


def differing(activations: Sequence[Activation], usual: Sequence[Activation]) -> str:
    """Which activations are not the usual ones, in a few words: "hard σ gates, relu"."""
    places = ("gates", "candidate", "output")
    differ = [
        (each.sign, place)
        for each, known, place in zip(activations, usual, places, strict=False)
        if each != known
    ]
    if [sign for sign, _ in differ[-2:]] == [activations[-1].sign] * 2 and len(activations) > 2:
        differ = [*differ[:-2], (activations[-1].sign, "")]  # candidate and output alike
    return ", ".join(f"{sign} {place}".strip() for sign, place in differ)


def _hard(x: Float[Tensor, "..."], slope: float, shift: float) -> Float[Tensor, "..."]:
    return torch.clamp(slope * x + shift, 0, 1)


def _back(share: Float[Tensor, "..."], slope: float, shift: float) -> Float[Tensor, "..."]:
    return (share - shift) / slope
