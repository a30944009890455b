"""Published numbers of mode collapse, each with the settings it was made with.

They are not comparable with each other, nor with a run here, without those settings: the same
"GAN" holds 1 mode of the ring in one paper and 6.3 in the next. `read` says whether a number was
read in the source itself; where it is False it is quoted from memory and must be shown so.
"""

from dataclasses import dataclass
from typing import Literal

Data = Literal["ring", "grid"]
Pair = tuple[float, float]
"""mean and standard error"""


@dataclass(frozen=True)
class Published:
    """One row of a paper's table."""

    source: str
    method: str
    data: Data
    modes: float
    good: float  # per cent
    modes_error: float | None = None
    good_error: float | None = None
    reverse_kl: Pair | None = None
    read: bool = True


@dataclass(frozen=True)
class Setting:
    """How a paper's numbers were made: what must be equal before two numbers may be compared."""

    source: str
    ring: str
    grid: str
    networks: str
    budget: str
    good: str
    captured: str


VEEGAN = "VEEGAN: Srivastava et al. 2017, table 1"
PACGAN = "PacGAN: Lin et al. 2018, table 1"
GDPP = "GDPP: Elfeki et al. 2019, table 1"
SELF_CONDITIONED = "Self-conditioned GAN: Liu et al. 2020"


def _pac(
    method: str, ring: tuple[Pair, Pair, Pair], grid: tuple[Pair, Pair, Pair]
) -> list[Published]:
    both: tuple[tuple[Data, tuple[Pair, Pair, Pair]], ...] = (("ring", ring), ("grid", grid))
    return [
        Published(
            source=PACGAN,
            method=method,
            data=data,
            modes=modes[0],
            good=good[0],
            modes_error=modes[1],
            good_error=good[1],
            reverse_kl=divergence,
        )
        for data, (modes, good, divergence) in both
    ]


def _plain(source: str, method: str, ring: Pair, grid: Pair, read: bool = True) -> list[Published]:
    both: tuple[tuple[Data, Pair], ...] = (("ring", ring), ("grid", grid))
    return [
        Published(source=source, method=method, data=data, modes=modes, good=good, read=read)
        for data, (modes, good) in both
    ]


PUBLISHED: tuple[Published, ...] = (
    *_plain(VEEGAN, "GAN", (1, 99.3), (3.3, 0.5)),
    *_plain(VEEGAN, "ALI", (2.8, 0.13), (15.8, 1.6)),
    *_plain(VEEGAN, "Unrolled GAN", (7.6, 35.6), (23.6, 16)),
    *_plain(VEEGAN, "VEEGAN", (8, 52.9), (24.6, 40)),
    *_pac(
        "GAN",
        ((6.3, 0.5), (98.2, 0.2), (0.45, 0.09)),
        ((17.3, 0.8), (94.8, 0.7), (0.70, 0.07)),
    ),
    *_pac(
        "ALI",
        ((6.6, 0.3), (97.6, 0.4), (0.36, 0.04)),
        ((24.1, 0.4), (95.7, 0.6), (0.14, 0.03)),
    ),
    *_pac(
        "PacGAN2",
        ((7.9, 0.1), (95.6, 2.0), (0.07, 0.03)),
        ((23.8, 0.7), (91.3, 0.8), (0.13, 0.04)),
    ),
    *_pac(
        "PacGAN3",
        ((7.8, 0.1), (97.7, 0.3), (0.10, 0.02)),
        ((24.6, 0.4), (94.2, 0.4), (0.06, 0.02)),
    ),
    *_pac(
        "PacGAN4",
        ((7.8, 0.1), (95.9, 1.4), (0.07, 0.02)),
        ((24.8, 0.2), (93.6, 0.6), (0.04, 0.01)),
    ),
    *_plain(GDPP, "WGAN-GP", (6.8, 59.6), (24.2, 28.7), read=False),
    *_plain(GDPP, "GDPP-GAN", (8, 71.7), (24.8, 68.5), read=False),
    *_plain(SELF_CONDITIONED, "k-means, k = 50", (8.0, 99.5), (25, 99.5), read=False),
)

SETTINGS: tuple[Setting, ...] = (
    Setting(
        VEEGAN,
        ring="8 Gaussians",
        grid="25 Gaussians",
        networks="not read",
        budget="5 runs",
        good="within 3 std of the nearest mode, 2,500 samples",
        captured="one good sample whose nearest mean it is",
    ),
    Setting(
        PACGAN,
        ring="radius 1, std 0.01",
        grid="{−4, −2, 0, 2, 4}², std 0.05",
        networks="G 2-400×4-2 ReLU with batch norm; D three maxout layers of 200, 5 pieces",
        budget="Adam 1e-4, β₁ 0.8, batch 100, 400 epochs of 100,000 points; 10 runs, ± std. error",
        good="Mahalanobis distance below 3",
        captured="one good sample of 2,500; reverse KL of good samples alone",
    ),
    Setting(
        GDPP,
        ring="radius 1, std 0.01; the code's angles close the circle twice: 7 distinct centres",
        grid="std 0.05",
        networks="those of the unrolled GAN: z 256, 128×2 tanh",
        budget="batch 512, 25,000 iterations, seed 100",
        good="within 3 std",
        captured="distinct nearest modes of good samples, of 2,500",
    ),
    Setting(
        SELF_CONDITIONED,
        ring="radius 2, std 0.01",
        grid="std 0.05",
        networks="G 400×4 with batch norm; D maxout of 200",
        budget="Adam 1e-4 (0.8, 0.999), batch 100, 100 epochs",
        good="both coordinates within 3 std: a box, ceiling 99.46 %",
        captured="one good sample; reverse KL over all of 50,000 samples",
    ),
)
