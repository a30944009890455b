"""What judge and generator each want: one class for each objective, its formula in its docstring.

The *judge* is the discriminator of a GAN or the critic of a WGAN: t = judge(x) is one number for
each point, before any sigmoid. Every loss is minimised and is a mean over the batch. A slope is
the derivative of one point's own term by its own t: it is not divided by the size of the batch.

Letters: B points in a batch; any axes before it are kept ("*P").
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

Outputs = Float[Tensor, "*P B"]
Loss = Float[Tensor, "*P"]


class Objective(ABC):
    """Two losses and their slopes."""

    gives_probability: bool
    """whether sigmoid(t) is the probability that a point is real"""

    penalised: bool
    """whether the judge pays for slopes at interpolates that differ from 1"""

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

    gives_probability = True
    penalised = False

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

    def generator_loss(self, fake: Outputs) -> Loss:
        return softplus(-fake).mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return -torch.sigmoid(-fake)


class WassersteinPenalty(Objective):
    """L_D = E[f(G(z))] − E[f(x)] + λ E[(‖∇f(x̂)‖ − 1)²],  L_G = −E[f(G(z))],  f = t.

    Gulrajani et al. 2017, eq. 3, with x̂ = a·x + (1 − a)·G(z), one a ~ U[0, 1] for each pair.
    The penalty is two-sided: slopes below 1 cost as well.
    """

    gives_probability = False
    penalised = True
    constant_slopes = True

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return fake.mean(-1) - real.mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.full_like(real, -1), torch.full_like(fake, 1)

    def generator_loss(self, fake: Outputs) -> Loss:
        return -fake.mean(-1)

    def generator_slope(self, fake: Outputs) -> Outputs:
        return torch.full_like(fake, -1)


OBJECTIVES: dict[str, Objective] = {
    "minimax": Minimax(),
    "non_saturating": NonSaturating(),
    "wasserstein_gp": WassersteinPenalty(),
}
