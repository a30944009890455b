"""Two games side by side, as a scene: what each generator makes, and what its judge thinks.

How to read it: dark points are data, orange ones are generated. The ground shows the judge: green
where it says real (or gives a high value), violet where it says generated. An arrow is what the
generator's own loss asks of that sample, in true magnitude: minus the gradient of the loss with
respect to the sample. Long arrows move samples; where there are none, nothing is learned.
"""

from collections.abc import Sequence

from explorer.figures.scene import (
    Arrows,
    Axis,
    Band,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Points,
    Rule,
    Scene,
    Sentence,
    Surface,
)

TITLES = {
    "minimax": ("GAN", "minimax"),
    "non_saturating": ("GAN", "non-saturating"),
    "wasserstein_gp": ("WGAN-GP", "two-sided penalty"),
}
CEILING = "at best 98.9 %"
# One scale for both games: a pull of 1 (a critic's ideal slope) is drawn a tenth of a unit long,
# and what is longer than half a unit is cut and marked.
ARROW_SCALE = 0.1
LONGEST_ARROW = 0.5


def duel(
    objective: str, extent: tuple[float, float, float, float], modes: int, steps: int
) -> Scene:
    """Return the scene of a GAN with ``objective`` at the left and a WGAN-GP at the right.

    ``extent`` is the part of the plane that is shown (x0, x1, y0, y1); ``modes`` is the number of
    modes of the data, 0 where it has none; ``steps`` is the length of the run.
    """
    panels: list[Panel] = []
    for side, name in (("gan", objective), ("wgan", "wasserstein_gp")):
        title, note = TITLES[name]
        panels += [
            _ground(side, title, note, extent, name),
            Sentence(f"{side}_says", f"{side}/says", lines=2),
            Numbers(f"{side}_numbers", _cards(side, modes)),
        ]
    panels += [
        _curves(modes, steps),
        _distance(steps),
        Sentence("look", "look", lead="What to look for.", lines=6),
        *_losses(objective, steps),
    ]
    return Scene(
        panels=tuple(panels),
        wide=Grid(
            columns=("minmax(0, 1fr)", "minmax(0, 1fr)", "minmax(230px, 0.62fr)"),
            rows=("minmax(0, 1.1fr)", "minmax(0, 1fr)", "auto", "auto", "190px"),
            areas=(
                "gan wgan held",
                "gan wgan distance",
                "gan_says wgan_says look",
                "gan_numbers wgan_numbers look",
                "gan_loss wgan_loss slope",
            ),
            fold=4,
        ),
        narrow=Grid(
            columns=("minmax(0, 1fr)",),
            rows=(),
            areas=(
                "gan",
                "gan_says",
                "gan_numbers",
                "wgan",
                "wgan_says",
                "wgan_numbers",
                "held",
                "distance",
                "look",
                "gan_loss",
                "wgan_loss",
                "slope",
            ),
        ),
        clock="step",
        alt="A GAN and a WGAN-GP learn the same data side by side.",
    )


def _ground(
    side: str,
    title: str,
    note: str,
    extent: tuple[float, float, float, float],
    objective: str,
) -> Plot:
    probability = objective != "wasserstein_gp"
    x0, x1, y0, y1 = extent
    surface = Surface(
        f"{side}/surface",
        extent,
        low=0.0 if probability else None,
        high=1.0 if probability else None,
        middle=0.5 if probability else 0.0,
        contours=0 if probability else 9,
        label="probability of being real" if probability else "critic value",
    )
    marks: tuple[Mark, ...] = (
        surface,
        Points("real", "real", size=2.2, opacity=0.75, label="data"),
        Points(f"{side}/fake", "fake", size=2.2, opacity=0.8, label="generated"),
        Arrows(
            f"{side}/tails",
            f"{side}/arrows",
            "fake",
            scale=ARROW_SCALE,
            longest=LONGEST_ARROW,
            label="pull on the sample",
        ),
    )
    shows = "the probability that the discriminator gives" if probability else "the critic's value"
    return Plot(
        area=side,
        title=title,
        note=note,
        marks=marks,
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt=f"{title}: data and generated points over {shows}. Step {{step}}.",
    )


def _cards(side: str, modes: int) -> tuple[Number, ...]:
    distance = Number(
        f"{side}/w1",
        "exact W₁",
        bound="floor {w1_floor}",
        help="The least work, per unit of mass, that turns 512 generated points into 512 data "
        "points. The floor is what two samples of the data themselves have between them.",
    )
    if modes:
        return (
            Number(
                f"{side}/held",
                "held",
                "of",
                of=modes,
                good_from=modes,
                bad_to=modes // 2,
                help="Modes that get their share: at least 16 % of a fair one (2 % of all samples "
                "on the ring), near the centre.",
            ),
            Number(
                f"{side}/captured",
                "captured",
                "of",
                of=modes,
                help="Modes with at least one of 2,500 samples within three standard deviations "
                "(Srivastava et al. 2017): a lenient count.",
            ),
            Number(
                f"{side}/good",
                "good",
                "percent",
                bound=CEILING,
                help="Samples within three standard deviations of a mode. A perfect sampler "
                "reaches 98.9 %; a collapsed one can, too.",
            ),
            distance,
        )
    return (
        Number(
            f"{side}/coverage",
            "coverage",
            "percent",
            bound="ceiling {coverage_ceiling:percent}",
            help="Data points with a generated point among their five nearest neighbours "
            "(Naeem et al. 2020).",
        ),
        Number(
            f"{side}/density",
            "density",
            bound="fair: 1",
            help="How many neighbourhoods of data points a generated point falls into, against "
            "what a perfect sampler would (Naeem et al. 2020).",
        ),
        distance,
    )


def _curves(modes: int, steps: int) -> Plot:
    if modes:
        return Plot(
            area="held",
            title="Modes held",
            note=f"of {modes}",
            marks=(
                History("gan/held", "gan", label="GAN"),
                History("wgan/held", "wgan", label="GP"),
            ),
            x=Axis(0, None, label="step"),
            y=Axis(0, modes),
            alt=f"Modes held: GAN {{gan/held}}, WGAN-GP {{wgan/held}} of {modes}.",
        )
    return Plot(
        area="held",
        title="Coverage",
        note="share of the data with a sample close by",
        marks=(
            History("gan/coverage", "gan", label="GAN"),
            History("wgan/coverage", "wgan", label="GP"),
            Rule("coverage_ceiling", label="ceiling"),
        ),
        x=Axis(0, None, label="step"),
        y=Axis(0, 1),
        alt="Coverage of the data: GAN {gan/coverage}, WGAN-GP {wgan/coverage}.",
    )


def _distance(steps: int) -> Plot:
    return Plot(
        area="distance",
        title="Exact W₁ to the data",
        note="shaded: data against data",
        marks=(
            Band("w1_floor_low", "w1_floor_high"),
            History("gan/w1", "gan", label="GAN"),
            History("wgan/w1", "wgan", label="GP"),
        ),
        x=Axis(0, None, label="step"),
        y=Axis(0, None),
        alt="Exact W1 to the data: GAN {gan/w1}, WGAN-GP {wgan/w1}, floor {w1_floor}.",
    )


def _losses(objective: str, steps: int) -> Sequence[Plot]:
    """Return the losses, each game in its own units, and the slope that the penalty asks for."""
    step = Axis(0, None, label="step")
    return (
        Plot(
            area="gan_loss",
            title="GAN: losses",
            note="nats",
            marks=(
                History("gan/judge_loss", "critic", label="judge"),
                History("gan/generator_loss", "fake", label="generator"),
                Rule(1.3863, label="judge guesses: 2 ln 2"),
            ),
            x=step,
            alt="Losses of the GAN: discriminator {gan/judge_loss}, generator "
            "{gan/generator_loss} nats.",
        ),
        Plot(
            area="wgan_loss",
            title="WGAN-GP: critic gap",
            note="data units × slope",
            marks=(
                History("wgan/gap", "critic", label="gap"),
                History("wgan/w1", "wgan", label="W₁"),
            ),
            x=step,
            y=Axis(0, None),
            alt="Gap of the critic {wgan/gap}, exact W1 {wgan/w1}.",
        ),
        Plot(
            area="slope",
            title="Slope of the critic",
            note="the penalty asks for 1",
            marks=(Rule(1.0, label="1"), History("wgan/slope", "critic", label="slope")),
            x=step,
            y=Axis(0, None),
            alt="Mean slope of the critic at interpolates: {wgan/slope}.",
        ),
    )
