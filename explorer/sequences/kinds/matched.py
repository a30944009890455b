"""How large a network has to be to have as many numbers as another one."""

from dataclasses import replace
from typing import Any

import torch

from explorer.sequences.kinds.kind import Build, Kind, Shape

MOST = 4_096  # units that are looked at


def size_of(kind: Kind, shape: Shape, build: Build) -> int:
    """How many numbers a network of this kind learns."""
    return kind.draw(shape, build, torch.Generator().manual_seed(0)).size


def matched_build(kind: Kind, shape: Shape, build: Build, wanted: int) -> Build:
    """The build with which a kind has as nearly as possible so many numbers; of two the smaller.

    The number grows with the field of the build that sizes it (`Kind.sized`), so the two around
    ``wanted`` are found by halving. A kind that has none keeps its build. Raises `ValueError` for
    less than one number.
    """
    if wanted < 1:
        raise ValueError(f"a network must have at least one number, not {wanted}")
    if not kind.sized:
        return build

    def of(units: int) -> Build:
        sized: dict[str, Any] = {kind.sized: units}
        return replace(build, **sized)

    def size(units: int) -> int:
        return size_of(kind, shape, of(units))

    low, high = 1, 2  # size(low) <= wanted, or low is 1
    while high < MOST and size(high) <= wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(middle) <= wanted else (low, middle)
    return of(min((low, high), key=lambda units: (abs(size(units) - wanted), units)))
