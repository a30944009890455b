"""Labels in both networks, as numbers beside those of the noise and of the point.

Mirza & Osindero 2014: a label enters as a vector with a one at its place. The pair of a penalty
shares its label, and the slope is taken by the point alone.

Letters: R rows, C classes, D columns; P members of a population.
"""

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
