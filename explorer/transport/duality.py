"""Both sides of a transport problem, as anybody may guess them: a plan, and a critic.

Shapes: n places of the source, m of the target, k places of a function.
"""

from jaxtyping import Float64
from torch import Tensor


def c_transform(
    values: Float64[Tensor, " n"], costs: Float64[Tensor, "n m"]
) -> Float64[Tensor, " m"]:
    """The highest price at each target that the prices at the source allow: min_i c_ij - f_i."""
    return (costs - values[:, None]).amin(0)


def made_lipschitz(
    values: Float64[Tensor, " k"], places: Float64[Tensor, " k"]
) -> Float64[Tensor, " k"]:
    """The largest function of slope 1 at most that is nowhere above: min_j f(y_j) + |x - y_j|.

    McShane 1934. It is the c-transform of minus f.
    """
    return c_transform(-values, (places[:, None] - places).abs())


def gap_of(
    values: Float64[Tensor, " k"], source: Float64[Tensor, " k"], target: Float64[Tensor, " k"]
) -> float:
    """E f(source) - E f(target); W1 at most, where f has slope 1 at most (weak duality)."""
    return float(values @ (source - target))


def surplus(
    plan: Float64[Tensor, "n m"], source: Float64[Tensor, " n"], target: Float64[Tensor, " m"]
) -> tuple[Float64[Tensor, " n"], Float64[Tensor, " m"]]:
    """By how much each row and column of a table is too heavy for a plan; all 0 for a plan."""
    return plan.sum(1) - source, plan.sum(0) - target
