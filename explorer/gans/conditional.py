"""Labels in both networks, as numbers beside those of the noise and of the point.

Mirza & Osindero 2014: a label enters as a vector with a one at its place. The pair of a penalty
shares its label, and the slope is taken by the point alone.

Letters: n labels, R rows, C classes, D columns; P members of a population.
"""

import math

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import one_hot


def with_labels(
    rows: Float[Tensor, "*P R D"], labels: Int64[Tensor, "*Q R"] | None, classes: int
) -> Float[Tensor, "*P R DC"]:
    """The rows with their labels as C more columns; the rows themselves where C is 0.

    ValueError where labels are missing or too many, or one of them is no class.
    """
    if classes == 0:
        if labels is not None:
            raise ValueError("a game without classes takes no labels")
        return rows
    if labels is None:
        raise ValueError(f"a conditional game needs the labels of the points, 0 to {classes - 1}")
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(f"labels must be between 0 and {classes - 1}")
    columns = one_hot(labels, classes).to(rows.dtype)
    return torch.cat([rows, columns.expand(*rows.shape[:-1], classes)], dim=-1)


def asked_labels(count: int, shares: tuple[float, ...]) -> Int64[Tensor, " n"]:
    """So many labels in the shares of the data, every beginning of them too; equal shares in turn.

    Else i ↦ the label at the fraction of i/φ, whose beginnings are as even as can be. Samples that
    are held against data must hold each label as often as these do.
    """
    if len(set(shares)) == 1:
        return torch.arange(count) % len(shares)
    golden = (math.sqrt(5) - 1) / 2
    level = (torch.arange(count, dtype=torch.float64) + 0.5) * golden % 1
    filled = torch.tensor(shares, dtype=torch.float64).cumsum(0)
    return torch.searchsorted(filled, level, right=True).clamp_max(len(shares) - 1)
