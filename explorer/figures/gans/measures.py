"""The numbers of a match: cards under each game, and one curve for each measure with its floor."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.gans.contestants import Contestant
from explorer.figures.scene import Axis, Band, History, Mark, Number, Plot, Rule

STEP = Axis(0, None, label="step")
GOOD_CEILING = "a perfect sampler: {good/ceiling:percent}"


@dataclass(frozen=True)
class Measure:
    """One way to hold samples against the data."""

    name: str  # of the scalar of each side
    title: str
    note: str
    low: float | None = 0.0
    high: float | None = None
    rule: tuple[float | str, str] | None = None
    floor: bool = True  # whether the still frame has its band, data against data


DISTANCES = (
    Measure("w2", "Exact W₂", "shaded: data against data"),
    Measure("sliced", "Sliced W₂", "shaded: data against data"),
    Measure("energy", "Energy distance", "shaded: data against data"),
    Measure("mmd", "MMD²", "shaded: data against data", low=None),
    Measure("nn", "1-nearest-neighbour accuracy", "one half: not to be told apart", 0.0, high=1.0),
    Measure("coverage", "Coverage", "shaded: data against data", 0.0, high=1.0),
    Measure("density", "Density", "one: as dense as the data"),
)
OF_MODES = (
    Measure("reverse_kl", "Reverse KL of the modes", "nats; shaded: data against data"),
    Measure("spread", "Spread of a mode", "one: as wide as the truth", rule=(1.0, ""), floor=False),
)


def curve(measure: Measure, games: Sequence[Contestant]) -> Plot:
    """Return a measure of every game over the steps, on its band of data against data."""
    marks: list[Mark] = []
    if measure.floor:
        marks.append(Band(f"{measure.name}/floor_low", f"{measure.name}/floor_high"))
    if measure.rule:
        marks.append(Rule(measure.rule[0], label=measure.rule[1]))
    marks += [History(f"{g.letter}/{measure.name}", g.role, label=g.short) for g in games]
    return Plot(
        area=measure.name,
        title=measure.title,
        note=measure.note,
        marks=tuple(marks),
        x=STEP,
        y=Axis(measure.low, measure.high),
        alt=f"{measure.title}: {told(games, measure.name)}.",
    )


def told(games: Sequence[Contestant], name: str, form: str = "") -> str:
    """Return a number of every game as a template: "GAN {a/w1}, WGAN-GP {b/w1}"."""
    suffix = f":{form}" if form else ""
    return ", ".join(f"{g.title} {{{g.letter}/{name}{suffix}}}" for g in games)


def held(games: Sequence[Contestant], modes: int, what: str = "Modes") -> Plot:
    """Return the modes that each game holds over the steps."""
    return Plot(
        area="held",
        title=f"{what} held",
        note=f"of {modes}",
        marks=tuple(History(f"{g.letter}/held", g.role, label=g.short) for g in games),
        x=STEP,
        y=Axis(0, modes),
        alt=f"{what} held: {told(games, 'held')} of {modes}.",
    )


def coverage(games: Sequence[Contestant]) -> Plot:
    """Return how much of the data has a sample close by."""
    return Plot(
        area="held",
        title="Coverage",
        note="share of the data with a sample close by",
        marks=(
            Band("coverage/floor_low", "coverage/floor_high"),
            *(History(f"{g.letter}/coverage", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, 1),
        alt=f"Coverage of the data: {told(games, 'coverage')}.",
    )


def distance(games: Sequence[Contestant]) -> Plot:
    """Return exact W₁ to the data over the steps, on its floor."""
    return Plot(
        area="distance",
        title="Exact W₁ to the data",
        note="shaded: data against data",
        marks=(
            Band("w1/floor_low", "w1/floor_high"),
            *(History(f"{g.letter}/w1", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, None),
        alt=f"Exact W1 to the data: {told(games, 'w1')}.",
    )


def cards(
    game: Contestant, modes: int, few: bool = False, share: float | None = None
) -> tuple[Number, ...]:
    """Return the cards under a game; ``few`` leaves out what does not fit a narrow picture.

    ``share`` is what the data asks of a held mode, of its fair part of all samples.
    """
    letter = game.letter
    far = Number(
        f"{letter}/w1",
        "exact W₁",
        bound="floor {w1/floor}",
        help="The least work, per unit of mass, that turns 512 generated points into 512 data "
        "points. The floor is what two samples of the data themselves have between them.",
    )
    if not modes:
        near = Number(
            f"{letter}/coverage",
            "coverage",
            "percent",
            bound="ceiling {coverage/ceiling:percent}",
            help="Data points with a generated point among their five nearest neighbours "
            "(Naeem et al. 2020).",
        )
        dense = Number(
            f"{letter}/density",
            "density",
            bound="fair: 1",
            help="How many neighbourhoods of data points a generated point falls into, against "
            "what a perfect sampler would (Naeem et al. 2020).",
        )
        return (near, far) if few else (near, dense, far)
    part = "enough" if share is None else f"at least {round(100 * share)} %"
    holds = Number(
        f"{letter}/held",
        "held",
        "of",
        of=modes,
        good_from=modes,
        bad_to=modes // 2,
        help=f"Modes that get {part} of their fair part of all samples, near the centre.",
    )
    captures = Number(
        f"{letter}/captured",
        "captured",
        "of",
        of=modes,
        help="Modes with at least one of 2,500 samples within three standard deviations "
        "(Srivastava et al. 2017): a lenient count.",
    )
    good = Number(
        f"{letter}/good",
        "good",
        "percent",
        bound=GOOD_CEILING,
        help="Samples within three standard deviations of a mode. A perfect sampler has as many as "
        "the bound below says; a collapsed one can have all.",
    )
    return (holds, good, far) if few else (holds, captures, good, far)


def image_cards(game: Contestant) -> tuple[Number, ...]:
    """Return the cards under a game that makes digits, by a small classifier."""
    letter = game.letter
    return (
        Number(
            f"{letter}/held",
            "held",
            "of",
            of=10,
            good_from=10,
            bad_to=5,
            help="Digits that get at least a fifth of their share of the tiles, by tiles that a "
            "small classifier is 90 % sure of.",
        ),
        Number(
            f"{letter}/captured",
            "captured",
            "of",
            of=10,
            help="Digits with at least one tile that the classifier is sure of.",
        ),
        Number(
            f"{letter}/good",
            "sure",
            "percent",
            bound="real digits {good/ceiling:percent}",
            help="Tiles of which the classifier is 90 % sure which digit they are. It calls "
            "anything a digit, if it must. It is as sure of that share of the real digits that it "
            "never saw.",
        ),
        Number(
            f"{letter}/coverage",
            "coverage",
            "percent",
            help="Held-out digits with a tile among their five nearest neighbours, over pixels "
            "(Naeem et al. 2020).",
        ),
    )


def density(games: Sequence[Contestant]) -> Plot:
    """Return how many neighbourhoods of data points a sample falls into, for images."""
    return Plot(
        area="distance",
        title="Density",
        note="1: as dense as the data",
        marks=(
            Rule(1.0),
            *(History(f"{g.letter}/density", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, None),
        alt=f"Density of the tiles: {told(games, 'density')}.",
    )


def losses(game: Contestant, far: bool = True) -> Plot:
    """Return the losses of a game in its own units; ``far``: a critic's gap beside exact W₁."""
    return _gap(game, far) if game.critic else _both_losses(game)


def _gap(game: Contestant, far: bool) -> Plot:
    letter = game.letter
    return Plot(
        area=f"{letter}_loss",
        title=f"{game.title}: critic's gap",
        note="data units × slope, penalty left out",
        marks=(
            History(f"{letter}/gap", "critic", label="gap"),
            *((History(f"{letter}/w1", "theory", label="W₁"),) if far else ()),
        ),
        x=STEP,
        alt=f"Gap of the critic {{{letter}/gap}}"
        + (f", exact W1 {{{letter}/w1}}." if far else "."),
    )


def _both_losses(game: Contestant) -> Plot:
    letter, undecided = game.letter, game.rules.undecided
    unit = "in its own units" if undecided is None else "nats"
    marks: tuple[Mark, ...] = (
        History(f"{letter}/judge_loss", "critic", label="judge"),
        History(f"{letter}/generator_loss", "fake", label="generator"),
    )
    if undecided is not None:
        nats, written = undecided
        marks += (Rule(round(nats, 4), label=f"judge guesses: {written}"),)
    return Plot(
        area=f"{letter}_loss",
        title=f"{game.title}: losses",
        note=unit,
        marks=marks,
        x=STEP,
        alt=f"Losses of {game.title}, {game.note}: judge {{{letter}/judge_loss}}, generator "
        f"{{{letter}/generator_loss}}, {unit}.",
    )


def duality(game: Contestant) -> Plot:
    """Return what either player of a game could still gain alone, in the objective's own units."""
    letter = game.letter
    return Plot(
        area=f"{letter}_duality",
        title=f"{game.title}: duality gap",
        note="own units; 0: neither gains alone",
        marks=(
            History(f"{letter}/duality_gap", "theory", label="gap"),
            History(f"{letter}/judge_gain", "critic", label="judge"),
            History(f"{letter}/generator_gain", "fake", label="generator"),
        ),
        x=STEP,
        y=Axis(0, None),
        alt=f"Duality gap of {game.title}, {game.note}: {{{letter}/duality_gap}}.",
    )


def accuracy(games: Sequence[Contestant]) -> Plot:
    """Return how often discriminators that give a probability are right."""
    return Plot(
        area="accuracy",
        title="Discriminator is right",
        note="share of points, real and generated",
        marks=(
            Rule(0.5, label="guessing"),
            *(History(f"{g.letter}/accuracy", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, 1),
        alt=f"Share of points that the discriminator tells right: {told(games, 'accuracy')}.",
    )


def slope(games: Sequence[Contestant]) -> Plot:
    """Return the mean slope of the judges that pay for theirs."""
    return Plot(
        area="slope",
        title="Slope of the judge",
        note="WGAN-GP asks for 1",
        marks=(
            Rule(1.0, label="1"),
            *(History(f"{g.letter}/slope", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, None),
        alt=f"Mean slope of the judge: {told(games, 'slope')}.",
    )
