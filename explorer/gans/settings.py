"""One game's whole configuration: every dial of a game is one row here, and nowhere else."""

from dataclasses import dataclass

from explorer.dials import check, dial
from explorer.gans.networks import ACTIVATIONS
from explorer.gans.noise import NOISES
from explorer.gans.normalisation import NORMALISATIONS
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.pairs import PAIRS

RATES = (1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
LARGEST_SEED = 2**53 - 1  # what a float holds exactly, and with it links and browsers


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """What is equal for games that are compared: networks, noise, learning, penalties, the seed.

    Games that are played side by side inherit these rows, and so does each game's own
    configuration: what is added here reaches both, their links, the page and the script.
    """

    width: int = dial(  # Gulrajani's toy code has 512
        64,
        "Width",
        "Units of each hidden layer, in all networks.",
        low=4,
        high=512,
        offered=(8, 16, 32, 64, 128, 256),
    )
    depth: int = dial(3, "Hidden layers", "Of each network.", low=1, high=12)
    activation: str = dial("relu", "Activation", "Of all networks.", choices=ACTIVATIONS, live=True)
    normalisation: str = dial(
        "none", "Generator's norm", "Of its hidden layers.", choices=NORMALISATIONS
    )
    noise: str = dial(
        "gaussian", "Noise", "N(0, 1), or even on [−1, 1].", choices=NOISES, live=True
    )
    noise_dim: int = dial(
        2, "Dimensions of noise", low=1, high=64, offered=(1, 2, 4, 8, 16, 32, 64)
    )
    batch: int = dial(
        256,
        "Batch",
        "Points a batch.",
        low=2,
        high=4096,
        offered=(32, 64, 128, 256, 512, 1024),
        live=True,
    )
    # equal in every objective: the better the judge, the worse the GAN
    critic_steps: int = dial(5, "Judge's updates", low=1, high=100, offered=(1, 20), live=True)
    generator_rate: float = dial(  # Gulrajani's toy code has 1e-4
        1e-3,
        "Generator's rate",
        "Its learning rate.",
        low=0.0,
        high=10.0,
        offered=RATES,
        powers=True,
        live=True,
    )
    critic_rate: float = dial(
        1e-3,
        "Judge's rate",
        "Its learning rate.",
        low=0.0,
        high=10.0,
        offered=RATES,
        powers=True,
        live=True,
    )
    beta1: float = dial(  # Gulrajani's toy code; his paper 0, .9; DCGAN .5, .999
        0.5,
        "β₁",
        "Of Adam; the momentum of SGD.",
        low=0.0,
        high=0.9999,
        offered=(0.0, 0.5, 0.8, 0.9),
        live=True,
    )
    beta2: float = dial(
        0.9,
        "β₂",
        "Of Adam; the decay of RMSProp.",
        low=0.0,
        high=0.9999,
        offered=(0.9, 0.99, 0.999),
        live=True,
    )
    critic_beta1: float = dial(
        -1.0, "Judge's β₁", "Below 0: as the generator's.", low=-1.0, high=0.9999, live=True
    )
    critic_beta2: float = dial(
        -1.0, "Judge's β₂", "Below 0: as the generator's.", low=-1.0, high=0.9999, live=True
    )
    optimizer: str = dial(
        "adam",
        "Generator's rule",
        "Optimizer.",
        choices=OPTIMIZERS,
        live=True,
        said="generator's optimizer",
    )
    critic_optimizer: str = dial(
        "adam",
        "Judge's rule",
        "Optimizer.",
        choices=OPTIMIZERS,
        live=True,
        said="judge's optimizer",
    )
    penalty_weight: float = dial(
        0.1,
        "WGAN-GP: λ",
        "Weight of the gradient penalty: 0.1 in the authors' toy code, 10 in their paper.",
        low=0.0,
        high=1000.0,
        offered=(0.0, 0.01, 0.1, 1.0, 10.0, 100.0),
        live=True,
        said="penalty",
    )
    one_sided: bool = dial(
        False,
        "One-sided penalty",
        "Only slopes above 1 cost (Petzka et al. 2018).",  # WGAN-LP
        live=True,
    )
    pairs: str = dial(
        "random",
        "Penalty between",
        "Between random pairs, or those that exact transport matches.",
        choices=PAIRS,
        live=True,
    )
    r1_weight: float = dial(  # critical at 1 for the Dirac-GAN; Mescheder et al. use 10 on images
        1.0,
        "R1: γ",
        "Weight of R1, and of R2 in relativistic games.",
        low=0.0,
        high=1000.0,
        offered=(0.0, 0.01, 0.1, 0.3, 1.0, 10.0),
        live=True,
        said="R1 weight",
    )
    clip: float = dial(  # Arjovsky et al. 2017
        0.01,
        "WGAN: clip at",
        "Every weight of the critic is kept within this of zero.",
        low=1e-6,
        high=100.0,
        offered=(1e-3, 5e-3, 1e-2, 5e-2, 1e-1, 1.0),
        live=True,
        said="clip",
    )
    spectral: bool = dial(
        False,
        "Spectral norm",
        "Divides the judge's matrices by their largest gain.",
        live=True,
        said="spectral normalisation",
    )
    seed: int = dial(
        0,
        "Seed",
        "Decides weights, data and noise.",
        low=0,
        high=LARGEST_SEED,
        offered=(0, 999_999),
    )


@dataclass(frozen=True, kw_only=True)
class GameSettings(Hyperparameters):
    """Everything that, with the data, determines a game bit for bit.

    Raises ValueError with one line that names what is wrong, what is allowed and what was given.
    """

    objective: str = dial("wasserstein_gp", "Objective", choices=OBJECTIVES)
    classes: int = dial(0, "Classes", "Labels into both networks; 0: none.", low=0, high=100)

    def __post_init__(self) -> None:
        check(self)
        if self.classes == 1:
            raise ValueError("classes must be 0 for none, or at least 2, not 1")

    @property
    def betas(self) -> tuple[float, float]:
        """The two decays of the generator's optimizer."""
        return self.beta1, self.beta2

    @property
    def critic_betas(self) -> tuple[float, float]:
        """The two decays of the judge's optimizer: each its own, or as the generator's."""
        return (
            self.beta1 if self.critic_beta1 < 0 else self.critic_beta1,
            self.beta2 if self.critic_beta2 < 0 else self.critic_beta2,
        )
