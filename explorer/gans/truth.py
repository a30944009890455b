"""The truth beside what a judge learned: the exact critic, and the optimal discriminator.

Letters: n real points, m generated points, p points of a picture, D coordinates.

Both truths exist only for a given generator: they answer "what should the judge say now", and a
judge that is behind its generator differs from them however well it was trained before.
"""

import math
from collections.abc import Callable
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

BANDWIDTH = 0.1  # of the kernel through which densities are compared: 7 sigma of a ring's mode
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
    agreement: Agreement  # over all real and generated points
    along: Agreement  # over the pairs of the plan: the learned drop from x to y, and |x − y|
    w1: float
    gap: float  # E learned(real) − E learned(generated), without any penalty
    ratio: float  # gap / W1: 1 for an exact critic, 1 + W1 / 2λ for the penalty's own optimum


def critic_truth(
    judge: Judge,
    real: Float[Tensor, "n D"],
    fake: Float[Tensor, "m D"],
    at: Float[Tensor, "p D"],
) -> CriticTruth:
    """The exact critic by the duals of the transport problem and the c-transform.

    f*(x) = min_j |x − y_j| − v_j has slope at most 1 and E f*(real) − E f*(fake) = W1
    (`OptimalTransport.kantorovich_potential`). Known up to a constant only, and where no mass
    travels not even that. Once all mass travels inside its own mode, each mode has a constant of
    its own, which the noise of the samples decides: `agreement` then says little, and may be near
    zero for a good critic. What is unique is the drop f*(x) − f*(y) = |x − y| along the plan, and
    `along` is about that alone; its mean ratio is `ratio`.
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
        along=agreement(drops, moved),
        w1=solved.cost,
        gap=gap,
        ratio=gap / solved.cost if solved.cost else math.nan,
    )


def predicted_slope(w1: float, penalty_weight: float) -> float:
    """1 + W / 2λ: the slope along the lines of the plan at which the penalised critic settles.

    Where s W − λ (s − 1)² is largest; exact for two point masses, and the same for the one-sided
    penalty. With the toy code's λ = 0.1 it is 3.5 at W = 0.5, with the paper's 10 it is 1.025. The
    critic's gap is W times that, and its loss −(W + W² / 4λ).
    """
    return 1 + w1 / (2 * penalty_weight) if penalty_weight else math.inf


@dataclass(frozen=True, eq=False)
class DiscriminatorTruth:
    """A learned discriminator beside the optimal one, both as logits: log p − log q."""

    probability: Float64[Tensor, " p"]  # D* = p / (p + q) at the points of the picture
    agreement: Agreement  # of the logits over real and generated points, clamped to ±8
    rmse: float  # of the logits themselves, without any fit: a logit has no free scale


def discriminator_truth(
    judge: Judge,
    distribution: Distribution,
    real: Float[Tensor, "n D"],
    fake: Float[Tensor, "m D"],
    at: Float[Tensor, "p D"],
    bandwidth: float = BANDWIDTH,
    fake_log_density: Callable[[Tensor], Tensor] | None = None,
    free_constant: bool = False,
) -> DiscriminatorTruth:
    """D*(x) = p(x) / (p(x) + q(x)) (Goodfellow et al. 2014, proposition 1).

    q, the generator's density, has no formula: it is estimated from the generated points with a
    Gaussian kernel of standard deviation `bandwidth`, each point left out of its own estimate.
    p is seen through the same kernel, exactly where the distribution has a formula and else from
    the real points. So this is the optimal discriminator under instance noise of that size
    (Sønderby et al. 2017): it cannot see anything finer than the kernel, and far from all
    generated points its estimate of q is the tail of the nearest kernel. With `fake_log_density`
    both densities are exact and nothing is blurred. With a ``free_constant`` only differences of
    the judge's numbers count, as with a relativistic one: before anything is compared, a constant
    is added that makes the median difference to the optimum zero. ValueError for a bandwidth that
    is not positive, or an exact q beside a distribution without a formula.
    """
    real, fake = finite(real), finite(fake)
    if not bandwidth > 0:
        raise ValueError(f"bandwidth must be positive, not {bandwidth:g}")
    density = distribution.log_density
    if fake_log_density is not None and density is None:
        raise ValueError(f"the density of {distribution.name!r} has no formula to compare with")

    def truth(points: Tensor, *, left_out: str = "") -> Tensor:
        if fake_log_density is not None and density is not None:
            return density(points, 0.0) - fake_log_density(points)
        if density is None:
            p = _kernel_estimate(points, real, bandwidth, left_out == "real")
        else:
            p = density(points, bandwidth)
        return p - _kernel_estimate(points, fake, bandwidth, left_out == "fake")

    on_real, on_fake = truth(real, left_out="real"), truth(fake, left_out="fake")
    optimal = _clamped(torch.cat([on_real, on_fake]))
    answers = _asked(judge, torch.cat([real, fake]))
    if free_constant:
        answers = answers + (optimal - answers).median()
    learned = _clamped(answers)
    return DiscriminatorTruth(
        probability=truth(at.double()).sigmoid(),
        agreement=agreement(learned, optimal),
        rmse=float((learned - optimal).square().mean().sqrt()),
    )


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
