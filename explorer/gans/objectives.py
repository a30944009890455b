r"""What judge and generator each want: one class for each objective, its formula in its docstring.

The *judge* is the discriminator of a GAN or the critic of a WGAN: t = judge(x) is one number for
each point, before any sigmoid. Every loss is minimised, is a mean over the batch, and is written
once: the fast game takes the slopes below it, everything else differentiates the loss itself.

A slope is B times the derivative of the loss by the number of one point: where each term of the
mean is about one point, that is the derivative of the point's own term.

In the formulas for the page D = σ(t) is a probability, f = t a critic's value or a score.

A new objective is a class here and its name in `OBJECTIVES`; everything else reads it from there.

Letters: B points in a batch; any axes before it are kept ("*P").
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu, softplus

from explorer.gans.penalty import Where

Outputs = Float[Tensor, "*P B"]
Loss = Float[Tensor, "*P"]
Answer = Literal["probability", "difference", "value", "score"]

OWN = ("name", "label", "title", "note", "short", "spoken", "formula", "source")
"""What every objective states for itself and inherits from no other."""


class Objective(ABC):
    """Two losses and their slopes, and all that is said of them.

    TypeError where a class leaves out a name of its own, or names a penalty that there is none of.
    """

    name: str
    """in links and settings"""

    label: str
    """in menus and tables: "GAN, minimax" """

    title: str
    """over the picture of a game: "GAN" """

    note: str
    """beside that title: "minimax" """

    short: str
    """at the end of a line"""

    spoken: str
    """in a sentence: "minimax GAN" """

    formula: str
    """both losses in LaTeX"""

    source: str
    """author, year, equation"""

    short_beside: Mapping[str, str] = {}
    """what stands for ``short`` beside a game of that objective"""

    answer: Answer = "score"
    """What the judge's number t says.

    "probability": σ(t) is the probability that a point is real. "difference": σ(t(x) − t(y)) is the
    probability that of x and y it is x that is real, so that t is known up to a constant. "value":
    t is a critic's, known up to a constant, and −L_D without its penalty is a gap that estimates a
    Wasserstein distance. "score": none of these.
    """

    undecided: tuple[float, str] | None = None
    """L_D in nats of a judge that says the same everywhere, and how that is written"""

    penalty: Where = "none"
    """where the judge pays for its slope"""

    weighed_by: str = ""
    """the setting that is the weight of the penalty"""

    one_sided_formula: str = ""
    """in LaTeX, where the setting ``one_sided`` makes it another"""

    one_sided_note: str = ""
    """beside the title, where the setting ``one_sided`` makes it another"""

    clips: bool = False
    """whether every parameter of the judge is clipped after each of its updates"""

    relativistic: bool = False
    """whether L_G depends on what the judge says of real points"""

    plays_value: bool = False
    """whether an audit lets the generator descend on −L_D itself, in place of L_G"""

    dials: tuple[str, ...] = ()
    """the settings that only this kind of objective reads"""

    constant_slopes: bool = False
    """whether no slope depends on t, so that writing them once is enough"""

    def __init_subclass__(cls) -> None:
        cls.short_beside = vars(cls).get("short_beside", {})  # as little inherited as the names
        missing = [name for name in OWN if name not in vars(cls)]
        if missing:
            raise TypeError(f"{cls.__name__} must state its own {', '.join(missing)}")
        for name, kind in (("penalty", Where), ("answer", Answer)):
            if getattr(cls, name) not in get_args(kind):
                allowed = ", ".join(map(repr, get_args(kind)))
                raise TypeError(
                    f"unknown {name} {getattr(cls, name)!r} of {cls.__name__}; "
                    f"choose from {allowed}"
                )

    @property
    def gives_probability(self) -> bool:
        """Whether sigmoid(t) is the probability that a point is real."""
        return self.answer == "probability"

    @property
    def critic(self) -> bool:
        """Whether the judge's gap estimates a Wasserstein distance."""
        return self.answer == "value"

    @property
    def judge(self) -> str:
        """What its judge is called."""
        return "critic" if self.critic else "discriminator"

    @property
    def pays(self) -> bool:
        """Whether its judge pays for its slope."""
        return self.penalty != "none"

    @abstractmethod
    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        """L_D without any penalty."""

    @abstractmethod
    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        """B dL_D/dt at the real and at the generated points."""

    @abstractmethod
    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        """L_G; what is not ``relativistic`` reads nothing of the real ones."""

    @abstractmethod
    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        """B dL_G/dt at the real and at the generated points."""


class Minimax(Objective):
    """L_D = E[−log D(x)] + E[−log(1 − D(G(z)))],  L_G = E[log(1 − D(G(z)))],  D = sigmoid(t).

    Goodfellow et al. 2014, eq. 1. Where the judge is sure (t → −∞) the slope of L_G vanishes.
    Computed as −log D = softplus(−t) and log(1 − D) = −softplus(t), which never take the
    logarithm of zero.
    """

    name = "minimax"
    label = "GAN, minimax"
    title = "GAN"
    note = "minimax"
    short = "minimax"
    spoken = "minimax GAN"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))], \quad"
        r" L_G = \mathbb{E}[\log(1 - D(G(z)))]"
    )
    source = "Goodfellow et al. 2014, eq. 1"
    answer = "probability"
    undecided = (2 * math.log(2), "2 ln 2")

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return softplus(-real).mean(-1) + softplus(fake).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return -torch.sigmoid(-real), torch.sigmoid(fake)

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return -softplus(fake).mean(-1)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.zeros_like(real), -torch.sigmoid(fake)


class NonSaturating(Minimax):
    """L_D as in minimax,  L_G = E[−log D(G(z))],  D = sigmoid(t).

    Goodfellow et al. 2014, section 3. Where the judge is sure (t → −∞) the slope of L_G is −1.
    """

    name = "non_saturating"
    label = "GAN, non-saturating"
    title = "GAN"
    note = "non-saturating"
    short = "GAN"
    short_beside: Mapping[str, str] = {"minimax": "NS"}
    spoken = "GAN"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))], \quad"
        r" L_G = -\mathbb{E}[\log D(G(z))]"
    )
    source = "Goodfellow et al. 2014, section 3"
    plays_value = True

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return softplus(-fake).mean(-1)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.zeros_like(real), -torch.sigmoid(-fake)


class LeastSquares(Objective):
    """L_D = ½E[(f(x) − b)²] + ½E[(f(G(z)) − a)²],  L_G = ½E[(f(G(z)) − c)²],  a = 0, b = c = 1.

    Mao et al. 2017, eq. 2 with the labels of eq. 9. f = t has no sigmoid and is no probability,
    although its optimum p/(p + q) is the same.
    """

    name = "least_squares"
    label = "least squares"
    title = "LSGAN"
    note = "least squares"
    short = "LS"
    spoken = "LSGAN"
    formula = (
        r"L_D = \tfrac12\mathbb{E}[(f(x) - 1)^2] + \tfrac12\mathbb{E}[f(G(z))^2], \quad"
        r" L_G = \tfrac12\mathbb{E}[(f(G(z)) - 1)^2]"
    )
    source = "Mao et al. 2017, eq. 9 (a = 0, b = c = 1)"

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return ((real - 1).square().mean(-1) + fake.square().mean(-1)) / 2

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return real - 1, fake

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return (fake - 1).square().mean(-1) / 2

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.zeros_like(real), fake - 1


class Hinge(Objective):
    """L_D = E[max(0, 1 − f(x))] + E[max(0, 1 + f(G(z)))],  L_G = −E[f(G(z))],  f = t.

    Lim & Ye 2017; Miyato et al. 2018, eq. 16 and 17. At the corner of max the slope is 0, as in
    automatic differentiation.
    """

    name = "hinge"
    label = "hinge"
    title = "GAN"
    note = "hinge"
    short = "hinge"
    spoken = "hinge GAN"
    formula = (
        r"L_D = \mathbb{E}[\max(0, 1 - f(x))] + \mathbb{E}[\max(0, 1 + f(G(z)))], \quad"
        r" L_G = -\mathbb{E}[f(G(z))]"
    )
    source = "Miyato et al. 2018, eq. 16 and 17"

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return relu(1 - real).mean(-1) + relu(1 + fake).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return -(real < 1).to(real.dtype), (fake > -1).to(fake.dtype)

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return -fake.mean(-1)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.zeros_like(real), torch.full_like(fake, -1)


class WassersteinClip(Objective):
    """L_D = E[f(G(z))] − E[f(x)],  L_G = −E[f(G(z))],  f = t, every parameter of f in [−c, c].

    Arjovsky et al. 2017, alg. 1: weights and biases alike are clipped after each update of the
    critic, but not before the first.
    """

    name = "wasserstein_clip"
    label = "WGAN, clipped"
    title = "WGAN"
    note = "weights clipped"
    short = "clip"
    spoken = "clipped WGAN"
    formula = (
        r"L_D = \mathbb{E}[f(G(z))] - \mathbb{E}[f(x)], \quad L_G = -\mathbb{E}[f(G(z))], \quad"
        r" \lvert w_i\rvert, \lvert b_i\rvert \le c"
    )
    source = "Arjovsky et al. 2017, algorithm 1"
    answer = "value"
    clips = True
    dials: tuple[str, ...] = ("clip",)
    constant_slopes = True

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return fake.mean(-1) - real.mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.full_like(real, -1), torch.full_like(fake, 1)

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return -fake.mean(-1)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        return torch.zeros_like(real), torch.full_like(fake, -1)


class WassersteinPenalty(WassersteinClip):
    """L_D = E[f(G(z))] − E[f(x)] + λ E[(‖∇f(x̂)‖ − 1)²],  L_G = −E[f(G(z))],  f = t.

    Gulrajani et al. 2017, eq. 3, with x̂ = a·x + (1 − a)·G(z), one a ~ U[0, 1] for each pair.
    The penalty is two-sided: slopes below 1 cost as well. One-sided, as a setting, only what is
    above 1 costs: λ E[max(0, ‖∇f(x̂)‖ − 1)²] (WGAN-LP; Petzka et al. 2018, eq. 8).
    """

    name = "wasserstein_gp"
    label = "WGAN-GP"
    title = "WGAN-GP"
    note = "two-sided penalty"
    short = "GP"
    spoken = "WGAN-GP"
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
    one_sided_note = "one-sided penalty"
    penalty = "between"
    weighed_by = "penalty_weight"
    clips = False
    dials = ("penalty_weight", "one_sided", "pairs")


class R1(NonSaturating):
    """L_D as in minimax, + γ/2 E‖∇t(x)‖² at the real points,  L_G as in non-saturating.

    Mescheder et al. 2018, eq. 9 and section 4.1. Slopes are those of t, before the sigmoid.
    """

    name = "r1"
    label = "GAN with R1"
    title = "GAN + R1"
    note = "penalty at the data"
    short = "R1"
    spoken = "GAN with R1"
    formula = (
        r"L_D = -\mathbb{E}[\log D(x)] - \mathbb{E}[\log(1 - D(G(z)))]"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla t(x)\rVert^2, \quad"
        r" L_G = -\mathbb{E}[\log D(G(z))]"
    )
    source = "Mescheder et al. 2018, eq. 9"
    penalty = "real"
    weighed_by = "r1_weight"
    dials = ("r1_weight",)


class RelativisticPaired(Objective):
    """L_D = E[−log σ(f(x) − f(G(z)))] + R1 + R2,  L_G = E[−log σ(f(G(z)) − f(x))],  f = t.

    RSGAN of Jolicoeur-Martineau 2018, with R1 = γ/2 E‖∇f(x)‖² and R2 = γ/2 E‖∇f(G(z))‖² as in Huang
    et al. 2024, who call it RpGAN. L_G is L_D with real and generated points exchanged. The k-th
    real point of a batch is compared with the k-th generated one. The best judge without a penalty
    says log p/q and any constant. Huang et al. state a game with one value; as in their code,
    either player has the loss that does not saturate.
    """

    name = "relativistic_paired"
    label = "relativistic, paired"
    title = "RpGAN"
    note = "pairs, R1 + R2"
    short = "Rp"
    spoken = "RpGAN"
    formula = (
        r"L_D = -\mathbb{E}[\log\sigma(f(x) - f(G(z)))]"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla f(x)\rVert^2"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla f(G(z))\rVert^2, \quad"
        r" L_G = -\mathbb{E}[\log\sigma(f(G(z)) - f(x))]"
    )
    source = "Jolicoeur-Martineau 2018, RSGAN; R1 + R2 as in Huang et al. 2024"
    answer = "difference"
    undecided = (math.log(2), "ln 2")
    penalty = "real and fake"
    weighed_by = "r1_weight"
    relativistic = True
    plays_value = True
    dials = ("r1_weight",)

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return softplus(fake - real).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        slopes = torch.sigmoid(fake - real)
        return -slopes, slopes

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return softplus(real - fake).mean(-1)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        slopes = torch.sigmoid(real - fake)
        return slopes, -slopes


class RelativisticAverage(RelativisticPaired):
    """L_D = E[−log σ(f(x) − E f(G(z)))] + E[−log σ(E f(x) − f(G(z)))] + R1 + R2,  f = t.

    L_G is the same with real and generated points exchanged, without R1 and R2, which are those of
    `RelativisticPaired`. RaSGAN of Jolicoeur-Martineau 2018. Each point is compared with the mean
    of the other kind in the batch, and moves that of its own: its slope holds a term of all the
    others. The best judge without a penalty rises with p/q, but is not its logarithm.
    """

    name = "relativistic_average"
    label = "relativistic, average"
    title = "RaGAN"
    note = "average, R1 + R2"
    short = "Ra"
    spoken = "RaGAN"
    formula = (
        r"L_D = -\mathbb{E}[\log\sigma(f(x) - \mathbb{E}f(G(z)))]"
        r" - \mathbb{E}[\log\sigma(\mathbb{E}f(x) - f(G(z)))]"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla f(x)\rVert^2"
        r" + \tfrac{\gamma}{2}\,\mathbb{E}\lVert\nabla f(G(z))\rVert^2, \quad"
        r" L_G = -\mathbb{E}[\log\sigma(f(G(z)) - \mathbb{E}f(x))]"
        r" - \mathbb{E}[\log\sigma(\mathbb{E}f(G(z)) - f(x))]"
    )
    source = "Jolicoeur-Martineau 2018, RaSGAN; R1 + R2 as in Huang et al. 2024"
    undecided = (2 * math.log(2), "2 ln 2")

    def judge_loss(self, real: Outputs, fake: Outputs) -> Loss:
        above, below = real - fake.mean(-1, keepdim=True), fake - real.mean(-1, keepdim=True)
        return softplus(-above).mean(-1) + softplus(below).mean(-1)

    def judge_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        at_real = torch.sigmoid(fake.mean(-1, keepdim=True) - real)
        at_fake = torch.sigmoid(fake - real.mean(-1, keepdim=True))
        return (
            -at_real - at_fake.mean(-1, keepdim=True),
            at_fake + at_real.mean(-1, keepdim=True),
        )

    def generator_loss(self, real: Outputs, fake: Outputs) -> Loss:
        return self.judge_loss(fake, real)

    def generator_slopes(self, real: Outputs, fake: Outputs) -> tuple[Outputs, Outputs]:
        at_fake, at_real = self.judge_slopes(fake, real)
        return at_real, at_fake


OBJECTIVES: dict[str, Objective] = {
    each.name: each
    for each in (
        Minimax(),
        NonSaturating(),
        LeastSquares(),
        Hinge(),
        WassersteinClip(),
        WassersteinPenalty(),
        R1(),
        RelativisticPaired(),
        RelativisticAverage(),
    )
}
