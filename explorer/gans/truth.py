"""The truth beside what a judge learned: the exact critic, and the optimal discriminator.

Letters: n real points, m generated points, p points of a picture, D coordinates, N nodes of a line,
K widths of a kernel.

Both truths exist only for a given generator: they answer "what should the judge say now", and a
judge that is behind its generator differs from them however well it was trained before.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.gans.distributions import Distribution
from explorer.gans.learned import finite
from explorer.gans.shapes import mixture_log_density
from explorer.transport import OptimalTransport, optimal_transport

Judge = Callable[[Tensor], Tensor]
"""points, one a row -> one number for each: a critic's value or a logit"""

BANDWIDTH = 0.1  # of the kernel of a picture, about half a cell: 7 sigma of a ring's mode
WIDTHS = tuple(0.8 * 2 ** (-k / 2) for k in range(15))
"""Of kernels that a likelihood may choose: from 0.8, wider than a mode of any data, to 0.006."""
FRESH = 4
"""Pairs of clouds on which a critic is tried again."""
STUDENT = 3.182  # 97.5 % of Student's t with FRESH − 1 degrees of freedom
LOGIT_LIMIT = 8.0  # |logit| from which D is 0 or 1 to 3e-4, and differences say nothing


@dataclass(frozen=True)
class Agreement:
    """How one function agrees with another, once the best line between them is allowed for."""

    correlation: float  # NaN when either is the same at all points
    scale: float  # truth ≈ scale · learned + offset, by least squares
    offset: float
    rmse: float  # of that fit, in units of the truth


def agreement(learned: Float[Tensor, " n"], truth: Float[Tensor, " n"]) -> Agreement:
    """Pearson's correlation, and the root mean square error after the best affine fit.

    ValueError for values that are not finite, or fewer than two.
    """
    x, y = learned.double().flatten(), truth.double().flatten()
    if len(x) < 2 or not (x.isfinite().all() and y.isfinite().all()):
        raise ValueError("an agreement needs at least two points with finite values")
    from_mean, off = x - x.mean(), y - y.mean()
    squares, cross = float(from_mean @ from_mean), float(from_mean @ off)
    # A value that is the same everywhere but for rounding has no direction to agree in.
    flat = squares <= 1e-20 * float(x @ x)
    scale = 0.0 if flat else cross / squares
    both = math.sqrt(squares * float(off @ off))
    residual = off - scale * from_mean
    return Agreement(
        correlation=math.nan if flat or both == 0 else cross / both,
        scale=scale,
        offset=float(y.mean()) - scale * float(x.mean()),
        rmse=float(residual.square().mean().sqrt()),
    )


@dataclass(frozen=True, eq=False)
class CriticTruth:
    """A learned critic beside the exact Kantorovich potential of the same two clouds."""

    transport: OptimalTransport
    potential: Float64[Tensor, " p"]  # exact, at the points of the picture, mean zero over both
    learned: Float64[Tensor, " p"]  # there as well, mapped by the best affine fit
    agreement: Agreement  # over all real and generated points: with one of many exact critics
    along: Agreement  # over the pairs of the plan: the learned drop from x to y, and |x − y|
    w1: float
    gap: float  # E learned(real) − E learned(generated), without any penalty
    ratio: float  # gap / W1 of these points: 1 for their exact critic, and for many a wrong one


def critic_truth(
    judge: Judge,
    real: Float[Tensor, "n D"],
    fake: Float[Tensor, "m D"],
    at: Float[Tensor, "p D"],
) -> CriticTruth:
    """The exact critic by the duals of the transport problem and the c-transform.

    f*(x) = min_j |x − y_j| − v_j has slope at most 1 and E f*(real) − E f*(fake) = W1
    (`OptimalTransport.kantorovich_potential`). Known up to a constant only, and where no mass
    travels not even that: it is one of many optima. With generated points that are the real ones
    moved by 0.3 the critic −x is exactly optimal, and `agreement` with this optimum is a small
    number; and any critic has the `ratio` 1 once it is rescaled. What every optimum shares is the
    drop f*(x) − f*(y) = |x − y| along the plan, and `along` is about that alone: 1 for an exact
    critic and for any multiple of it. All of it is about these points: the exact critic of a few is
    not that of their distributions, and `fresh_gap` tells how much is left of it on others.
    """
    real, fake = finite(real), finite(fake)
    solved = optimal_transport(real, fake, keep_plan=True)
    assert solved.plan is not None
    clouds = torch.cat([real, fake])
    exact = solved.kantorovich_potential(clouds)
    values = _asked(judge, clouds)
    fit = agreement(values, exact)
    source, target = solved.plan.nonzero(as_tuple=True)
    drops = values[source] - values[len(real) + target]
    moved = (real[source] - fake[target]).norm(dim=1)
    middle = float(exact.mean())
    gap = float(values[: len(real)].mean() - values[len(real) :].mean())
    return CriticTruth(
        transport=solved,
        potential=solved.kantorovich_potential(at) - middle,
        learned=_asked(judge, at) * fit.scale + (fit.offset - middle),
        agreement=fit,
        along=along_the_plan(drops, moved, solved.plan[source, target]),
        w1=solved.cost,
        gap=gap,
        ratio=gap / solved.cost if solved.cost else math.nan,
    )


def along_the_plan(
    drops: Float[Tensor, " n"], moved: Float[Tensor, " n"], mass: Float[Tensor, " n"]
) -> Agreement:
    """How the drops of a critic agree with the distances that the mass of the plan travels.

    About zero and not about their means, weighed by mass: Σ w d m / √(Σ w d² Σ w m²), for an exact
    critic drops by the distance itself and has no free offset; and where all distances are equal a
    correlation about the means is not defined. NaN where the critic is flat, or nothing travels.
    """
    d, m, w = drops.double(), moved.double(), mass.double() / mass.double().sum()
    squares, cross, most = (float(w @ each) for each in (d.square(), d * m, m.square()))
    both = math.sqrt(squares * most)
    scale = cross / squares if squares else 0.0
    return Agreement(
        correlation=cross / both if both else math.nan,
        scale=scale,
        offset=0.0,
        rmse=math.sqrt(float(w @ (m - scale * d).square())),
    )


@dataclass(frozen=True)
class FreshGap:
    """A critic's gap on pairs of clouds that it does not know, over their exact W1."""

    ratio: float  # mean of gap / W1 over the pairs
    band: float  # half of the 95 % interval of that mean, by Student's t
    gap: float  # mean
    w1: float  # mean; of few points it is above that of their distributions


def fresh_gap(
    judge: Judge, pairs: Sequence[tuple[Tensor, Tensor]], w1: Sequence[float]
) -> FreshGap:
    """Try a critic on `FRESH` pairs of real and generated clouds whose distances are known.

    The exact critic of a few points is a critic of slope 1 like any other there: its mean gap is
    at most W1 of the two distributions, and the mean of ``w1`` at least that. ValueError for
    another number of pairs.
    """
    if not len(pairs) == len(w1) == FRESH:
        raise ValueError(f"a critic is tried on {FRESH} pairs, not {len(pairs)}")
    gaps = [
        float(judge(real).double().mean() - judge(fake).double().mean()) for real, fake in pairs
    ]
    found = torch.tensor(gaps, dtype=torch.float64), torch.tensor(w1, dtype=torch.float64)
    ratios = found[0] / found[1]
    return FreshGap(
        ratio=float(ratios.mean()),
        band=STUDENT * float(ratios.std()) / math.sqrt(FRESH),
        gap=float(found[0].mean()),
        w1=float(found[1].mean()),
    )


def predicted_slope(w1: float, penalty_weight: float) -> float:
    """1 + W / 2λ: the least that the gap of the best penalised critic is worth, over W1.

    Where s W − λ (s − 1)² is largest, the slope s being one everywhere. It is the slope between two
    point masses, and elsewhere a bound from below, whatever the pairs, and the same for the
    one-sided penalty: the best critic may be steeper where few interpolates pay for it. With N its
    slope, being best among its multiples gives the gap 2λ E[N² − N] and the value λ E[N² − 1]; that
    is no less than W + W² / 4λ, the value of a multiple of the exact critic. Hence E N² is at least
    (1 + W / 2λ)², and by Jensen the gap at least W (1 + W / 2λ). `penalised_critic` has the right
    value on a line. With the toy code's λ = 0.1 it is 3.5 at W = 0.5, with the paper's 10 it is
    1.025.
    """
    return 1 + w1 / (2 * penalty_weight) if penalty_weight else math.inf


@dataclass(frozen=True, eq=False)
class PenalisedCritic:
    """The critic on a line at which WGAN-GP settles, between random pairs of points."""

    values: Float64[Tensor, " N"]  # at the nodes, mean zero over both distributions
    slopes: Float64[Tensor, " M"]  # between neighbours, M = N − 1; zero where it is free
    w1: float
    gap: float

    @property
    def ratio(self) -> float:
        """Return gap / W1; NaN where both distributions are one."""
        return self.gap / self.w1 if self.w1 else math.nan


def penalised_critic(
    at: Float64[Tensor, " N"],
    real: Float64[Tensor, " N"],
    fake: Float64[Tensor, " N"],
    penalty_weight: float,
) -> PenalisedCritic:
    """The best critic on a line: max E f(x) − E f(G(z)) − λ E(|f'(x̂)| − 1)², x̂ on random pairs.

    ``real`` and ``fake`` are the masses at the nodes, which ascend. With h = F_P − F_Q and m the
    density of x̂ the value is ∫ −f' h − λ m (|f'| − 1)², largest where |f'| = 1 + |h| / (2λ m):
    gap / W1 = 1 + ∫ h² / m / (2λ W1), which is 1 + W1 / 2λ only where m is in proportion to |h|. A
    pair x, y lays 1 / |x − y| on each point between them, so that m is constant between nodes; two
    points at one node pay nowhere else. The one-sided penalty has the same optimum wherever h is
    not zero. ValueError for a weight that is not positive.
    """
    if not penalty_weight > 0:
        raise ValueError(f"the weight of the penalty must be positive, not {penalty_weight:g}")
    real, fake = real / real.sum(), fake / fake.sum()
    apart = (at[:, None] - at).abs()
    laid = torch.where(apart > 0, torch.outer(real, fake) / apart, 0.0)
    both = laid + laid.T  # whichever of the two is the left one
    begin, end = both.triu(1).sum(dim=1), both.triu(1).sum(dim=0)
    density = (begin - end).cumsum(0)[:-1]
    height, steps = (real - fake).cumsum(0)[:-1], at.diff()
    free = (height.abs() < 1e-12) | (density <= 0)
    slopes = torch.where(free, 0.0, 1 + height.abs() / (2 * penalty_weight * density))
    values = torch.cat([at.new_zeros(1), (-height.sign() * slopes * steps).cumsum(0)])
    return PenalisedCritic(
        values=values - (real + fake) @ values / 2,
        slopes=slopes,
        w1=float(height.abs() @ steps),
        gap=float(real @ values - fake @ values),
    )


@dataclass(frozen=True, eq=False)
class DiscriminatorTruth:
    """A learned discriminator beside the optimal one, both as logits: log p − log q."""

    probability: Float64[Tensor, " p"]  # D* = p / (p + q) at the points of the picture
    optimal: Float64[Tensor, " c"]  # its logit at real and then generated points, c = n + m
    width: float  # of the kernel that stands for q; 0 where q has a formula
    agreement: Agreement  # of the logits over real and generated points, clamped to ±8
    rmse: float  # of the logits themselves, without any fit: a logit has no free scale


def discriminator_truth(
    judge: Judge,
    distribution: Distribution,
    real: Float[Tensor, "n D"],
    fake: Float[Tensor, "m D"],
    at: Float[Tensor, "p D"],
    bandwidth: float | None = None,
    fake_log_density: Callable[[Tensor], Tensor] | None = None,
    free_constant: bool = False,
) -> DiscriminatorTruth:
    """D*(x) = p(x) / (p(x) + q(x)) (Goodfellow et al. 2014, proposition 1).

    p is exact where the distribution has a formula. q, the generator's density, has none: it is
    estimated from the generated points with a Gaussian kernel whose width their own likelihood
    chooses (`likeliest_width`), each point left out of its own estimate, and far from all of them
    that is the tail of the nearest kernel. A p without a formula is estimated likewise from the
    real points. With a ``bandwidth`` both are seen through a kernel of that width instead, p
    exactly where it has a formula: the optimal discriminator under instance noise of that size
    (Sønderby et al. 2017), which cannot see anything finer. With `fake_log_density` both densities
    are exact and nothing is blurred. With a ``free_constant`` only differences of
    the judge's numbers count, as with a relativistic one: before anything is compared, a constant
    is added that makes the median difference to the optimum zero. ValueError for a bandwidth that
    is not positive, or an exact q beside a distribution without a formula.
    """
    real, fake = finite(real), finite(fake)
    if bandwidth is not None and not bandwidth > 0:
        raise ValueError(f"bandwidth must be positive, not {bandwidth:g}")
    density = distribution.log_density
    if fake_log_density is not None and density is None:
        raise ValueError(f"the density of {distribution.name!r} has no formula to compare with")

    width = 0.0
    if fake_log_density is None:
        width = likeliest_width(fake) if bandwidth is None else bandwidth
    width_of_real = likeliest_width(real) if bandwidth is None and density is None else bandwidth

    def truth(points: Tensor, *, left_out: str = "") -> Tensor:
        if fake_log_density is not None and density is not None:
            return density(points, 0.0) - fake_log_density(points)
        if density is None:
            assert width_of_real is not None
            p = _kernel_estimate(points, real, width_of_real, left_out == "real")
        else:
            p = density(points, bandwidth or 0.0)
        return p - _kernel_estimate(points, fake, width, left_out == "fake")

    on_real, on_fake = truth(real, left_out="real"), truth(fake, left_out="fake")
    optimal = _clamped(torch.cat([on_real, on_fake]))
    answers = _asked(judge, torch.cat([real, fake]))
    if free_constant:
        answers = answers + (optimal - answers).median()
    learned = _clamped(answers)
    return DiscriminatorTruth(
        probability=truth(at.double()).sigmoid(),
        optimal=optimal,
        width=width,
        agreement=agreement(learned, optimal),
        rmse=float((learned - optimal).square().mean().sqrt()),
    )


def likeliest_width(sample: Float64[Tensor, "n D"]) -> float:
    """Which of `WIDTHS` makes each point likeliest by a Gaussian kernel on all the others.

    Points that coincide leave each other out as well: a table that repeats its rows would be
    likeliest with a kernel of no width. The narrowest where all points are one.
    """
    apart = torch.cdist(sample, sample, compute_mode="donot_use_mm_for_euclid_dist").square()
    apart = apart.masked_fill(apart == 0, math.inf)
    apart = apart[apart.isfinite().any(dim=1)]
    if len(apart) == 0:
        return WIDTHS[-1]

    nearest = apart.amin(dim=1)  # taken off, so that no row of a narrow kernel is all zeros
    further = apart - nearest[:, None]

    def likelihood(width: float) -> float:
        each = (further / (-2 * width**2)).exp_().sum(dim=1).log_() - nearest / (2 * width**2)
        return float(each.mean()) - sample.shape[1] * math.log(width)

    return max(WIDTHS, key=likelihood)


def _kernel_estimate(
    points: Float64[Tensor, "p D"], sample: Float64[Tensor, "n D"], width: float, left_out: bool
) -> Float64[Tensor, " p"]:
    """The log of the kernel density estimate; without each point itself where points are sample."""
    found = mixture_log_density(points, sample, width)
    if not left_out or len(sample) < 2:
        return found
    own = -sample.shape[1] / 2 * math.log(2 * math.pi * width**2) - math.log(len(sample))
    # log(e^found − e^own), rescaled to n − 1 kernels; alone, a point keeps a last spark.
    rest = found + torch.log(-torch.expm1((own - found).clamp_max(-1e-12)))
    return rest - math.log1p(-1 / len(sample))


def _clamped(logits: Tensor) -> Tensor:
    return logits.clamp(-LOGIT_LIMIT, LOGIT_LIMIT)


def _asked(judge: Judge, points: Float[Tensor, "p D"]) -> Float64[Tensor, " p"]:
    """The judge's numbers; it is asked in float32, the precision of the games."""
    return judge(points.float()).detach().double().flatten()
