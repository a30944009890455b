"""Naming small pictures of digits, read row by row, both ways."""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.dials import Dial
from explorer.networks.cards import Examination, told
from explorer.networks.kinds import DIGITS, Given
from explorer.networks.material import Material
from explorer.networks.measured import Measured
from explorer.networks.recipes import Goal, Recipe, Task
from explorer.sequences.digits import DigitLesson, DigitNetwork, DigitTraining, Pictures, named

ALL, LEARNED = 1_797, 1_297
"""How many digits there are, and how many of them are learned from; the others are held out."""
TELLS = {f"a {digit}": (f"a {digit}", "other digits") for digit in range(10)}


@cache
def digits() -> Pictures:
    """The 8×8 digits of scikit-learn with grey values from 0 to 1, in an order drawn once.

    They are the test set of Alpaydin and Kaynak (1998), written by 13 people; the order mixes the
    writers, so a digit held out is by a hand that was learned from.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = torch.randperm(len(bunch.target), generator=torch.Generator().manual_seed(0))
    values = torch.tensor(bunch.images, dtype=torch.float32)[order] / 16
    return Pictures(values, torch.tensor(bunch.target)[order], LEARNED)


def picture(number: int) -> Float[Tensor, "R P"]:
    """The grey values of one of the digits."""
    return digits().values[number]


def row_by_row(number: int) -> Given:
    """One of the digits, one row a step."""
    x = picture(number)
    return Given("row", tuple(f"row {row}" for row in range(1, 1 + len(x))), x=x)


def lesson(settings: DigitTraining) -> DigitLesson:
    """Naming the digits to learn from."""
    return DigitLesson(digits(), settings)


def measure(network: DigitNetwork, before: Measured | None) -> Measured:
    """The share of held-out digits named right, beside the nearest neighbour's."""
    seen = named(network, digits())
    found = max(seen.telling, key=lambda each: each.score)
    return Measured(
        {
            "held_out": 1 - seen.right,
            "right": seen.right,
            "nearest": seen.nearest,
            "score": found.score,
            "unit": float(found.unit),
        },
        sentences={"unit": f"**Unit {found.unit}** tells {told(found, TELLS)}."},
        begins="Nothing is learned yet: one digit in ten is right by chance.",
        says=f"It names {100 * seen.right:.1f} % of {seen.many} digits right that it never saw; "
        f"the nearest picture learned from names {100 * seen.nearest:.1f} % right.",
    )


def examine(network: DigitNetwork, settings: DigitTraining) -> Examination:
    """How many digits never seen are named wrong, and which unit tells each digit."""
    pictures = digits()
    seen = named(network, pictures)
    return Examination(
        data=f"digits of scikit-learn (Alpaydin and Kaynak 1998), {pictures.learned:,} learned "
        f"from, {seen.many} held out; both by the same 13 hands",
        loss=1 - seen.right,
        loss_error=seen.right_error,
        loss_unit="of the digits named wrong",
        compared=f"the digit of the nearest picture is wrong for {1 - seen.nearest:.3f}",
        telling=seen.telling,
        held_out="pictures",
    )


TASK = Task(
    name="digits",
    label="digits, row by row",
    reads="8×8 digits row by row",
    place=5,
    kind=DIGITS,
    goal=Goal(
        loss="share of digits named wrong",
        held_out="held-out digits",
        unit="the unit that tells most",
    ),
    material=Material(
        setting="digit",
        row=Dial(label="Which of the digits", low=0, high=ALL - 1),
        example=0,
        given=row_by_row,
        picture=picture,
    ),
    tells=TELLS,
    lesson=lesson,
    measure=measure,
    examine=examine,
)

RECIPES = (
    Recipe(
        "digits-lstm",
        "an LSTM that reads 8×8 digits row by row, both ways",
        TASK,
        DigitTraining(),
    ),
)
