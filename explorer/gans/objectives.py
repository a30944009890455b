r"""What judge and generator each want: one class for each objective, its formula in its docstring.

The *judge* is the discriminator of a GAN or the critic of a WGAN: t = judge(x) is one number for
each point, before any sigmoid. Every loss is minimised and is a mean over the batch. A slope is
the derivative of one point's own term by its own t: it is not divided by the size of the batch.

In the formulas for the page D = σ(t) is a probability, f = t a critic's value or a score.

Letters: B points in a batch; any axes before it are kept ("*P").
"""

from abc import ABC, abstractmethod
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu, softplus

Outputs = Float[Tensor, "*P B"]
Loss = Float[Tensor, "*P"]


class Objective(ABC):
    """Two losses and their slopes."""

    label: str

    formula: str
    """both losses in LaTeX"""

    source: str
    """author, year, equation"""

    gives_probability: bool = False
    """whether sigmoid(t) is the probability that a point is real"""

    critic: bool = False
    """whether L_D without its penalty is a negative gap that estimates a Wasserstein distance"""

    penalty: Literal["none", "between", "real"] = "none"
    """where the judge pays for its slope: nowhere, at interpolates, or at real points"""

    clips: bool = False
    """whether every parameter of the judge is clipped after each of its updates"""

    dials: tuple[str, ...] = ()
    """the settings that only this kind of objective reads"""

    constant_slopes: bool = False
    """whether no slope depends on t, so that writing them once is enough"""

    @abstractmethod
    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        """L_D without any penalty."""

    @abstractmethod
    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        """dL_D/dt at the real and at the generated points."""

    @abstractmethod
    def generator_loss(self, fake: Outputs) -> Loss:
        """L_G."""

    @abstractmethod
    def generator_slope(self, fake: Outputs) -> Outputs:
        """dL_G/dt at the generated points."""


class Minimax(Objective):
    """L_D = E[−log D(x)] + E[−log(1 − D(G(z)))],  L_G = E[log(1 − D(G(z)))],  D = sigmoid(t).

    Goodfellow et al. 2014, eq. 1. Where the judge is sure (t → −∞) the slope of L_G vanishes.
    Computed as −log D = softplus(−t) and log(1 − D) = −softplus(t), which never take the
    logarithm of zero.
    """

    label = "minimax"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))], \quad"
        r" L_G = \mathbb{E}[\log(1 - D(G(z)))]"
    )
    source = "Goodfellow et al. 2014, eq. 1"
    gives_probability = True

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return softplus(-real).mean(-1) + softplus(fake).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return -torch.sigmoid(-real), torch.sigmoid(fake)

    def generator_loss(self, fake: Outputs) -> Loss:
        return -softplus(fake).mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return -torch.sigmoid(fake)


class NonSaturating(Minimax):
    """L_D as in minimax,  L_G = E[−log D(G(z))],  D = sigmoid(t).

    Goodfellow et al. 2014, section 3. Where the judge is sure (t → −∞) the slope of L_G is −1.
    """

    label = "non-saturating"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))], \quad"
        r" L_G = -\mathbb{E}[\log D(G(z))]"
    )
    source = "Goodfellow et al. 2014, section 3"

    def generator_loss(self, fake: Outputs) -> Loss:
        return softplus(-fake).mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return -torch.sigmoid(-fake)


class R1(NonSaturating):
    """L_D as in minimax, + γ/2 E‖∇t(x)‖² at the real points,  L_G as in non-saturating.

    Mescheder et al. 2018, eq. 9 and section 4.1. Slopes are those of t, before the sigmoid.
    """

    label = "R1"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))]"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla t(x)\rVert^2, \quad"
        r" L_G = -\mathbb{E}[\log D(G(z))]"
    )
    source = "Mescheder et al. 2018, eq. 9"
    penalty = "real"
    dials = ("r1_weight",)


class LeastSquares(Objective):
    """L_D = ½E[(f(x) − b)²] + ½E[(f(G(z)) − a)²],  L_G = ½E[(f(G(z)) − c)²],  a = 0, b = c = 1.

    Mao et al. 2017, eq. 2 with the labels of eq. 9. f = t has no sigmoid and is no probability,
    although its optimum p/(p + q) is the same.
    """

    label = "least squares"
    formula = (
        r"L_D = \tfrac12\mathbb{E}[(f(x) - 1)^2] + \tfrac12\mathbb{E}[f(G(z))^2], \quad"
        r" L_G = \tfrac12\mathbb{E}[(f(G(z)) - 1)^2]"
    )
    source = "Mao et al. 2017, eq. 9 (a = 0, b = c = 1)"

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return ((real - 1).square().mean(-1) + fake.square().mean(-1)) / 2

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return real - 1, fake

    def generator_loss(self, fake: Outputs) -> Loss:
        return (fake - 1).square().mean(-1) / 2

    def generator_slope(self, fake: Outputs) -> Outputs:
        return fake - 1


class Hinge(Objective):
    """L_D = E[max(0, 1 − f(x))] + E[max(0, 1 + f(G(z)))],  L_G = −E[f(G(z))],  f = t.

    Lim & Ye 2017; Miyato et al. 2018, eq. 16 and 17. At the corner of max the slope is 0, as in
    automatic differentiation.
    """

    label = "hinge"
    formula = (
        r"L_D = \mathbb{E}[\max(0, 1 - f(x))] + \mathbb{E}[\max(0, 1 + f(G(z)))], \quad"
        r" L_G = -\mathbb{E}[f(G(z))]"
    )
    source = "Miyato et al. 2018, eq. 16 and 17"

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return relu(1 - real).mean(-1) + relu(1 + fake).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return -(real < 1).to(real.dtype), (fake > -1).to(fake.dtype)

    def generator_loss(self, fake: Outputs) -> Loss:
        return -fake.mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return torch.full_like(fake, -1)


class WassersteinClip(Objective):
    """L_D = E[f(G(z))] − E[f(x)],  L_G = −E[f(G(z))],  f = t, every parameter of f in [−c, c].

    Arjovsky et al. 2017, alg. 1: weights and biases alike are clipped after each update of the
    critic, but not before the first.
    """

    label = "WGAN, clipped"
    formula = (
        r"L_D = \mathbb{E}[f(G(z))] - \mathbb{E}[f(x)], \quad L_G = -\mathbb{E}[f(G(z))], \quad"
        r" \lvert w_i\rvert, \lvert b_i\rvert \le c"
    )
    source = "Arjovsky et al. 2017, algorithm 1"
    critic = True
    clips = True
    dials: tuple[str, ...] = ("clip",)
    constant_slopes = True

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return fake.mean(-1) - real.mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.full_like(real, -1), torch.full_like(fake, 1)

    def generator_loss(self, fake: Outputs) -> Loss:
        return -fake.mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return torch.full_like(fake, -1)


class WassersteinPenalty(WassersteinClip):
    """L_D = E[f(G(z))] − E[f(x)] + λ E[(‖∇f(x̂)‖ − 1)²],  L_G = −E[f(G(z))],  f = t.

    Gulrajani et al. 2017, eq. 3, with x̂ = a·x + (1 − a)·G(z), one a ~ U[0, 1] for each pair.
    The penalty is two-sided: slopes below 1 cost as well. One-sided, as a setting, only what is
    above 1 costs: λ E[max(0, ‖∇f(x̂)‖ − 1)²] (WGAN-LP; Petzka et al. 2018, eq. 8).
    """

    label = "WGAN-GP"
    formula = (
        r"L_D = \mathbb{E}[f(G(z))] - \mathbb{E}[f(x)]"
        r" + \lambda\,\mathbb{E}[(\lVert\nabla f(\hat x)\rVert - 1)^2], \quad"
        r" L_G = -\mathbb{E}[f(G(z))]"
    )
    source = "Gulrajani et al. 2017, eq. 3"
    one_sided_formula = (
        r"L_D = \mathbb{E}[f(G(z))] - \mathbb{E}[f(x)]"
        r" + \lambda\,\mathbb{E}[\max(0, \lVert\nabla f(\hat x)\rVert - 1)^2], \quad"
        r" L_G = -\mathbb{E}[f(G(z))]"
    )
    penalty = "between"
    clips = False
    dials = ("penalty_weight", "one_sided", "pairs")


OBJECTIVES: dict[str, Objective] = {
    "minimax": Minimax(),
    "non_saturating": NonSaturating(),
    "least_squares": LeastSquares(),
    "hinge": Hinge(),
    "wasserstein_clip": WassersteinClip(),
    "wasserstein_gp": WassersteinPenalty(),
    "r1": R1(),
}
