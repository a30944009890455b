"""How many units a network needs to have as many numbers as another one."""

from dataclasses import replace

import torch

from explorer.sequences.kinds.kind import Build, Kind, Shape

MOST = 512  # units that are looked at


def size_of(kind: Kind, shape: Shape, build: Build) -> int:
    """How many numbers a network of this kind learns."""
    return kind.draw(shape, build, torch.Generator().manual_seed(0)).size


def matched_units(kind: Kind, shape: Shape, build: Build, wanted: int) -> int:
    """The units with which a kind has as nearly as possible so many numbers, the fewer of two.

    The number grows with the units, so the two sizes around ``wanted`` are found by halving. A kind
    whose size does not depend on them keeps those of ``build``. Raises `ValueError` for less than
    one number.
    """
    if wanted < 1:
        raise ValueError(f"a network must have at least one number, not {wanted}")

    def size(units: int) -> int:
        return size_of(kind, shape, replace(build, units=units))

    if size(1) == size(2):
        return build.units
    low, high = 1, 2  # size(low) <= wanted, or low is 1
    while high < MOST and size(high) <= wanted:
        low, high = high, min(2 * high, MOST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(middle) <= wanted else (low, middle)
    return min((low, high), key=lambda units: (abs(size(units) - wanted), units))
