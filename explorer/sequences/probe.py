"""How well what came k steps ago can be read out of a state: the forgetting curve.

Letters in the shapes: T steps, N sequences side by side, L lags, H units, I inputs, C things that
are read out, P places, V symbols.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from explorer.sequences.stack import Stack, StackTrace, read_stack

Load = Literal["several", "one"]
LOADS: tuple[str, ...] = get_args(Load)
"""How much there is to keep: a new item at every step, or a single one."""
RIDGE = 1e-6


@dataclass(frozen=True)
class ForgettingCurve:
    """Held-out scores of a linear read-out of what came `lags[j]` steps ago.

    Scores are shares of right answers for symbols, R² for numbers; `error` is their standard error
    over held-out sequences. `baseline` is what needs no state: always the most frequent symbol, or
    the mean.
    """

    lags: tuple[int, ...]
    score: Float[Tensor, " L"]
    error: Float[Tensor, " L"]
    baseline: Float[Tensor, " L"]
    places: int


@dataclass(frozen=True)
class Forgetting:
    """The forgetting curves of one network: of `hidden`, and of `cell` where there is a c."""

    curves: Mapping[str, ForgettingCurve]


def forgetting_curve(
    stack: Stack,
    vectors: Float[Tensor, "V I"],
    generator: torch.Generator,
    load: Load = "several",
    longest: int = 20,
    sequences: int = 128,
    noise: float = 0.01,
) -> Forgetting:
    """How many steps a random symbol stays readable in the top layer's state.

    "several": a new symbol at every step, independent and equally likely, so remembering one means
    keeping it apart from all that came after. "one": a single symbol, then blanks (zeros). The
    symbols are the given vectors; a read-out is fitted for each lag (ridge regression onto
    indicators, largest answer wins) on the first half of the sequences and scored on the other.
    It sees the state to within `noise`, Gaussian: in float64 alone a single symbol could be read
    from traces of 1e-10 that nothing further on could use.
    Raises `ValueError` for a stack that reads both ways, fewer than two symbols, and settings out
    of range.
    """
    _check(stack, longest, sequences)
    if len(vectors) < 2:
        raise ValueError("at least two symbols are needed to tell apart")
    classes = len(vectors)
    if load == "one":
        symbols = torch.randint(classes, (sequences * 4,), generator=generator)
        x = vectors.new_zeros(longest + 1, len(symbols), vectors.shape[1])
        x[0] = vectors[symbols]
        targets = one_hot(symbols, classes).double()
        seen = _blurred(_top(stack, x), noise, generator)
        return Forgetting({name: one_item(state, targets) for name, state in seen.items()})
    if load != "several":
        raise ValueError(f"unknown load {load!r}; choose from {', '.join(map(repr, LOADS))}")
    codes = torch.randint(classes, (3 * longest + 20, sequences), generator=generator)
    targets = one_hot(codes, classes).double()
    states = _blurred(_top(stack, vectors[codes]), noise, generator)
    return Forgetting({name: several_items(s, targets, longest) for name, s in states.items()})


def memory_function(
    stack: Stack, generator: torch.Generator, longest: int = 20, sequences: int = 128
) -> Forgetting:
    """R² of the linear read-out of the number k steps ago, numbers uniform in [−1, 1] at each step.

    The memory function of Jaeger (2001, "Short term memory in echo state networks"), whose sum
    over all lags cannot exceed the number of units of a state. Takes a stack of one input; raises
    `ValueError` for others.
    """
    _check(stack, longest, sequences)
    if stack.inputs != 1:
        raise ValueError(f"a memory function needs one input, not {stack.inputs}")
    shape = (3 * longest + 20, sequences, 1)
    x = torch.rand(shape, generator=generator, dtype=torch.float64) * 2 - 1
    states = _top(stack, x)
    return Forgetting(
        {name: several_items(s, x, longest, indicators=False) for name, s in states.items()}
    )


def several_items(
    states: Float[Tensor, "T N H"],
    targets: Float[Tensor, "T N C"],
    longest: int,
    indicators: bool = True,
) -> ForgettingCurve:
    """The curve of sequences with an item at every step, lags 0 to `longest`.

    All lags are read at the same places, the steps from `longest` on, so one factorisation serves
    them all.
    """
    steps, sequences, items = targets.shape
    half = (sequences + 1) // 2
    lags = range(longest + 1)
    seen = states[longest:]
    wanted = torch.cat([targets[longest - k : steps - k] for k in lags], dim=-1)
    answer = _read_out(seen[:, :half].flatten(0, 1), wanted[:, :half].flatten(0, 1))
    given = answer(seen[:, half:].flatten(0, 1))
    shape = (len(seen), sequences - half, len(lags), items)
    first = wanted[:, :half].flatten(0, 1).view(-1, len(lags), items).mean(dim=0)
    return _scored(given.view(shape), wanted[:, half:].reshape(shape), first, indicators)


def one_item(states: Float[Tensor, "T N H"], targets: Float[Tensor, "N C"]) -> ForgettingCurve:
    """The curve of sequences with one item at the first step: the state after step k is lag k."""
    half = (targets.shape[0] + 1) // 2
    first = targets[:half].mean(dim=0).expand(len(states), -1)
    given = torch.stack(
        [_read_out(state[:half], targets[:half])(state[half:]) for state in states], dim=1
    )
    wanted = targets[half:, None].expand(given.shape)
    return _scored(given[None], wanted[None], first, indicators=True)


def _read_out(
    states: Float[Tensor, "P H"], targets: Float[Tensor, "P C"]
) -> Callable[[Float[Tensor, "*any H"]], Float[Tensor, "*any C"]]:
    """Least squares with a constant and a ridge of 1e-6 of the states' mean variance."""
    centre, level = states.mean(dim=0), targets.mean(dim=0)
    away = states - centre
    scale = away.square().mean().sqrt()
    away = away / (scale if scale > 0 else 1.0)
    gram = away.T @ away / len(away) + RIDGE * torch.eye(states.shape[1], dtype=states.dtype)
    slope = torch.linalg.solve(gram, away.T @ (targets - level) / len(away))
    slope = slope / (scale if scale > 0 else 1.0)
    return lambda asked: (asked - centre) @ slope + level


def _scored(
    given: Float[Tensor, "P N L C"],
    wanted: Float[Tensor, "P N L C"],
    level: Float[Tensor, "L C"],
    indicators: bool,
) -> ForgettingCurve:
    """Scores of answers on held-out sequences; `level` is the mean target while fitting."""
    if indicators:
        told = wanted.argmax(dim=-1)
        right = (given.argmax(dim=-1) == told).double().mean(dim=0)
        baseline = (told == level.argmax(dim=-1)).double().mean(dim=(0, 1))
    else:
        around = (wanted - level).square().mean(dim=(0, 1, 3))
        right = 1 - (wanted - given).square().mean(dim=(0, 3)) / around
        baseline = torch.zeros_like(around)
    return ForgettingCurve(
        lags=tuple(range(given.shape[2])),
        score=right.mean(dim=0),
        error=right.std(dim=0) / right.shape[0] ** 0.5,
        baseline=baseline,
        places=given.shape[0] * given.shape[1],
    )


def _top(stack: Stack, x: Float[Tensor, "T N I"]) -> dict[str, Float[Tensor, "T N H"]]:
    """h of the top layer at every step, and c where there is one, in float64."""
    with torch.no_grad():
        seen: StackTrace = read_stack(stack.to(torch.float64), x.double())
    top = seen.traces[-1][0]
    return {name: top.states[name] for name in ("hidden", "cell") if name in top.states}


def _blurred(
    states: dict[str, Float[Tensor, "T N H"]], noise: float, generator: torch.Generator
) -> dict[str, Float[Tensor, "T N H"]]:
    def drawn(like: Tensor) -> Tensor:
        return torch.randn(like.shape, dtype=like.dtype, generator=generator)

    return {name: state + noise * drawn(state) for name, state in states.items()}


def _check(stack: Stack, longest: int, sequences: int) -> None:
    if stack.both_ways:
        raise ValueError("a network that also reads backward has nothing to remember")
    if not 0 <= longest <= 200:
        raise ValueError(f"the longest lag must be between 0 and 200 steps, not {longest}")
    if not 4 <= sequences <= 4096:
        raise ValueError(f"there must be between 4 and 4,096 sequences, not {sequences}")
