"""Populations that learn a problem, as scenes: losses by seed, gradients by lag, who solved it.

How to read them: each column of a map is one moment of training, each row a lag; where a column
goes dark, no gradient arrives. Each small picture is one seed, a line for each network: below the
rule it does better than the best answer without memory. The staircase counts the seeds that have
solved it: where it stays flat below the top, the rest never did.
"""

import math
from collections.abc import Sequence

from explorer.figures import theme
from explorer.figures.gradients.growing import growing_scene
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
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
    Timeline,
    as_json,
)
from explorer.gradients import LEARNERS, LearningSettings
from explorer.labs.gradients.growing import GrowingDelay
from explorer.labs.gradients.horizon import SETTINGS, course
from explorer.labs.gradients.learning import LOWEST, Horizon, Learning, Overfitting
from explorer.labs.gradients.learning_words import named
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import Answer

ONE = "minmax(0, 1fr)"
ACROSS = (1, 2, 3, 4, 5, 6, 8)  # small pictures that may stand in a row


def opening(flow: Flow, moving: bool) -> Answer:
    """Return how a training begins, seen before its run is there."""
    run = flow.experiment()
    assert isinstance(run, Learning | GrowingDelay)  # the views that begin so have no other
    still, first = run.still(), next(run.stream())
    return Answer(as_json(scene_of(run)), [first], still, run.precision)


def scene_of(run: Learning | GrowingDelay) -> Scene:
    """Return the scene of a run: that of its kind."""
    if isinstance(run, GrowingDelay):
        return growing_scene(run)
    if isinstance(run, Horizon):
        return horizon_scene(run)
    if isinstance(run, Overfitting):
        return overfitting_scene(run)
    return learning_scene(run)


def learning_scene(run: LearningSettings) -> Scene:
    """Return maps of gradients by lag, the staircase of solved seeds, and a picture of each seed.

    Arrays: "<c>/profile"; scalars "<c>/solved", "<c>/counted", "<c>/low", "<c>/high",
    "<c>/<seed>/loss".
    """
    cells = run.cells
    maps = [profile(cell, run.steps_of_a_sequence) for cell in cells]
    seeds = [_seed(run, k) for k in range(run.seeds)]
    panels: list[Panel] = [
        *maps,
        _staircase(run),
        *seeds,
        _cards(run),
        Sentence("says", "says", lines=4),
        Sentence("look", "look", lead="What to look for.", lines=4),
    ]
    across = max(n for n in ACROSS if n <= run.seeds)
    wide = math.lcm(across, len(maps) + 1, 2)
    areas = [plot.area for plot in seeds]
    rows = [areas[at : at + across] for at in range(0, len(areas), across)]
    rows[-1] += ["."] * (across - len(rows[-1]))
    above, below = rows[:1], rows[1:]
    return Scene(
        tuple(panels),
        wide=Grid(
            (ONE,) * wide,
            (ONE, *(ONE for _ in above), "auto", "auto", *("140px" for _ in below)),
            (
                _row([plot.area for plot in maps] + ["solved"], wide),
                *(_row(row, wide) for row in above),
                _row(["numbers"], wide),
                _row(["says", "look"], wide),
                *(_row(row, wide) for row in below),
            ),
            fold=4,
        ),
        narrow=_narrow(["says", "solved", "numbers", *(m.area for m in maps), "look"], areas),
        clock="iteration",
        wide_from=LAPTOP,
        alt=f"{named(list(cells))} learn the {run.asked.label} problem side by side.",
    )


def horizon_scene(run: LearningSettings) -> Scene:
    """Return the recorded shares over the lengths, and this training's among them."""
    seeds = f"{SETTINGS.seeds} recorded seeds"
    panels: tuple[Panel, ...] = (
        Plot(
            area="horizon",
            title="Share of seeds that learn it",
            note=f"lines: {seeds}, 95 % (Wilson) · rings: this training",
            marks=_courses(run),
            x=Axis(0, None, label="sequence length, steps", whole=True),
            y=Axis(-0.05, 1.05),
            alt="Share of seeds that solve the adding problem, over its length: "
            + ", ".join(
                f"{LEARNERS[c].label} {{{c}/share}} at {run.length} steps" for c in run.cells
            ),
        ),
        _staircase(run),
        _middles(run),
        _cards(run),
        Sentence("says", "says", lines=4),
        Sentence("look", "look", lead="What was recorded.", lines=4),
    )
    return Scene(
        panels,
        wide=Grid(
            (ONE,) * 6,
            (ONE, ONE, "auto", "auto"),
            (
                _row(["horizon"] * 2 + ["solved"], 6),
                _row(["horizon"] * 2 + ["middles"], 6),
                _row(["numbers"], 6),
                _row(["says", "look"], 6),
            ),
        ),
        narrow=Grid((ONE,), (), ("horizon", "says", "numbers", "solved", "middles", "look")),
        clock="iteration",
        wide_from=LAPTOP,
        alt=f"{named(list(run.cells))}: how often each learns, over the length.",
    )


def overfitting_scene(run: Learning) -> Scene:
    """Return loss in training and held out for every network, and what early stopping keeps."""
    plots = tuple(_fit(run, cell) for cell in run.cells)
    areas = [plot.area for plot in plots]
    wide = 2 * len(plots)
    return Scene(
        (
            *plots,
            Numbers("numbers", tuple(_held(run, cell) for cell in run.cells)),
            Sentence("says", "says", lines=4),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid(
            (ONE,) * wide,
            (ONE, "auto", "auto"),
            (_row(areas, wide), _row(["numbers"], wide), _row(["says", "look"], wide)),
        ),
        narrow=Grid((ONE,), (), ("says", *(plot.area for plot in plots), "numbers", "look")),
        clock="iteration",
        wide_from=LAPTOP,
        alt=f"{named(list(run.cells))}: loss in training against loss held out.",
    )


def profile(cell: str, lags: int) -> Timeline:
    """Return the gradient of one network by lag, a column for each moment of training."""
    label = LEARNERS[cell].label
    return Timeline(
        area=f"{cell}_map",
        title=LEARNERS[cell].legend,
        note="gradient",
        array=f"{cell}/profile",
        scale="sequential",
        low=LOWEST,
        high=1.0,
        log=True,
        row_name="lag",
        y_label=f"lag 0 to {lags}",
        alt=f"{label}: gradient norm by lag, while it trains.",
    )


def _staircase(run: LearningSettings) -> Plot:
    counts = tuple(
        History(f"{cell}/solved", role, label=LEARNERS[cell].legend)
        for cell, role in theme.of_cells(run.cells).items()
    )
    now = ", ".join(f"{LEARNERS[cell].label} {{{cell}/solved}}" for cell in run.cells)
    return Plot(
        area="solved",
        title="Seeds that solved it",
        note=f"of {run.seeds}",
        marks=counts,
        x=Axis(0, None, label="iteration", whole=True),
        y=Axis(0, run.seeds, whole=True),
        alt=f"Seeds of {run.seeds} that have solved it: {now}.",
    )


def _seed(run: LearningSettings, k: int) -> Plot:
    alone = run.seeds == 1
    lines = tuple(
        History(
            f"{cell}/{k}/loss",
            role,
            label=LEARNERS[cell].legend if alone else "",
            width=2.5 if alone else 1.8,
        )
        for cell, role in theme.of_cells(run.cells).items()
    )
    now = ", ".join(f"{LEARNERS[cell].label} {{{cell}/{k}/loss}}" for cell in run.cells)
    return Plot(
        area=f"seed{k}",
        title=f"Seed {run.seed + k}",
        note="loss, unseen",
        marks=(_baseline(run, told=k == 0), *lines),
        x=Axis(0, None, label="iteration" if alone else "", whole=True),
        y=_losses(run),
        alt=f"Seed {run.seed + k}, loss on unseen sequences: {now}.",
    )


def _middles(run: LearningSettings) -> Plot:
    lines = tuple(
        History(f"{cell}/loss", role, label=LEARNERS[cell].legend)
        for cell, role in theme.of_cells(run.cells).items()
    )
    return Plot(
        area="middles",
        title="Loss on unseen sequences",
        note="middle of the seeds",
        marks=(_baseline(run, told=True), *lines),
        x=Axis(0, None, label="iteration", whole=True),
        y=_losses(run),
        alt="Loss on unseen sequences, median over the seeds.",
    )


def _fit(run: Learning, cell: str) -> Plot:
    held = f"{cell}/loss"
    marks: list[Mark] = [
        _baseline(run, told=True),
        History(f"{cell}/training", "baseline", label="training", width=1.8),
        History(held, theme.of_cells(run.cells)[cell], label="held out"),
    ]
    if run.early:
        marks.append(History(f"{cell}/kept", "theory", label="stopped early", width=1.8))
    return Plot(
        area=f"{cell}_fit",
        title=LEARNERS[cell].label,
        note="middle of the seeds",
        marks=tuple(marks),
        x=Axis(0, None, label="iteration", whole=True),
        y=_losses(run),
        alt=f"{LEARNERS[cell].label}: loss in training {{{cell}/training}}, held out {{{held}}}.",
    )


def _held(run: Learning, cell: str) -> Number:
    return Number(
        f"{cell}/kept" if run.early else f"{cell}/loss",
        f"{LEARNERS[cell].legend}: held out",
        bound=f"in training {{{cell}/training}}",
        help="Loss on sequences that are never trained on, middle of the seeds; with early "
        "stopping that of the kept network, on the half that did not choose it.",
    )


def _courses(run: LearningSettings) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for cell, role in theme.of_cells(run.cells).items():
        if len(course(cell)["length"]):
            name = f"{cell}/recorded"
            marks.append(
                Curve(
                    f"{name}_share",
                    role,
                    x=f"{name}_length",
                    label=LEARNERS[cell].legend,
                    low=f"{name}_low",
                    high=f"{name}_high",
                )
            )
        marks.append(Points(f"{cell}/point", role, size=7.0, opacity=1.0, shape="ring"))
    return tuple(marks)


def _baseline(run: LearningSettings, told: bool) -> Rule:
    """Return the line of the best answer without memory."""
    return Rule(run.baseline, label=f"no memory: {run.asked.formula}" if told else "")


def _losses(run: LearningSettings) -> Axis:
    """Return the axis of losses, around the baseline."""
    return Axis(run.baseline * 1e-3, run.baseline * 10, log=True)


def _cards(run: LearningSettings) -> Numbers:
    """Return how many seeds of each network have solved it, with the interval of the share."""
    return Numbers(
        "numbers",
        tuple(
            Number(
                f"{cell}/counted",
                f"{LEARNERS[cell].legend}: solved",
                form="of",
                of=run.seeds,
                bound=f"95 %: {{{cell}/low:percent}} to {{{cell}/high:percent}}",
                before="not trained yet",
                help=f"Seeds that have reached {run.asked.criterion} on 250 sequences that are "
                "never trained on, and the interval of the share (Wilson 1927).",
            )
            for cell in run.cells
        ),
    )


def _row(names: Sequence[str], wide: int) -> str:
    """Return a row of areas of equal width."""
    return " ".join(name for name in names for _ in range(wide // len(names)))


def _narrow(first: Sequence[str], seeds: Sequence[str]) -> Grid:
    """Return the grid of a phone: two seeds a row, after all else."""
    pairs = [seeds[at : at + 2] for at in range(0, len(seeds), 2)]
    rows = [f"{name} {name}" for name in first]
    rows += [f"{pair[0]} {pair[-1]}" for pair in pairs]
    return Grid((ONE, ONE), (), tuple(rows))
