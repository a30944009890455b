"""Gradients through time, as scenes: how far back a network can feel, before and while it learns.

How to read it: the axis of norms is logarithmic, so a straight line is exponential decay, and its
slope is the factor per step. A dashed line is theory; where it lies on the measurement the theory
explains it, and the residual says how closely.
"""

from collections.abc import Sequence

from explorer.figures.scene import (
    Axis,
    Curve,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Rule,
    Scene,
    Sentence,
    Timeline,
)

LABELS = {
    "rnn_tanh": "RNN tanh",
    "rnn_relu": "RNN ReLU",
    "lstm": "LSTM",
    "gru": "GRU",
}
ROLES = {"rnn_tanh": "rnn", "rnn_relu": "rnn_relu", "lstm": "lstm", "gru": "gru"}


def through_time(
    cells: Sequence[str], lowest: float, highest: float, lag: int, compact: bool = False
) -> Scene:
    """Return the scene of one measurement: norms over the lag, theory on them, factors per step.

    Arrays: "lag" and for each cell "<cell>/norm", "<cell>/low", "<cell>/high", "<cell>/theory",
    "<cell>/factor". ``lowest`` and ``highest`` bound the axis of norms; ``lag`` is the one that
    the number cards read.
    """
    norms: list[Mark] = [Rule(1.0)]
    factors: list[Mark] = [Rule(1.0)]
    for cell in cells:
        role, label = ROLES[cell], LABELS[cell]
        norms.append(
            Curve(
                f"{cell}/norm",
                role,
                x="lag",
                label=label,
                low=f"{cell}/low",
                high=f"{cell}/high",
            )
        )
        factors.append(Curve(f"{cell}/factor", role, x="lag", label=label, width=2.0))
    # Over the measurement: where theory holds, it would vanish below the line that it explains.
    norms += [Curve(f"{cell}/theory", "theory", x="lag", width=1.5, dashed=True) for cell in cells]
    main = Plot(
        area="norms",
        title="" if compact else "Gradient norm against the last state's",
        note="" if compact else "band: spread over the seeds · dashed: theory",
        marks=tuple(norms),
        x=Axis(0, None, label="lag: steps back from the loss"),
        y=Axis(lowest, highest, log=True),
        alt="Norm of the loss gradient over the lag, on a log axis. {says_alt}",
    )
    if compact:
        return Scene(
            (main,),
            Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("norms",)),
            Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("norms",)),
            loop=True,
            alt="Gradient norms of four networks as the forget bias grows.",
        )
    panels: tuple[Panel, ...] = (
        main,
        Plot(
            area="factors",
            title="Factor per step",
            note="below 1 it fades, above it grows",
            marks=tuple(factors),
            x=Axis(0, None, label="lag"),
            alt="How much one more step back multiplies the norm.",
        ),
        Numbers(
            "numbers",
            tuple(
                Number(
                    f"{cell}/at",
                    f"{LABELS[cell]} at lag {lag}",
                    bound="theory within a factor {" + f"{cell}/residual" + "}",
                    help="The residual is the largest ratio between theory and measurement over "
                    "the range in which the theory is claimed.",
                )
                for cell in cells
            ),
        ),
        Sentence("says", "says", lines=2),
        Sentence("look", "look", lead="What to look for.", lines=7),
    )
    return Scene(
        panels,
        wide=Grid(
            ("minmax(0, 1fr)", "minmax(260px, 0.42fr)"),
            ("minmax(0, 1fr)", "auto", "auto"),
            ("norms factors", "says look", "numbers look"),
        ),
        narrow=Grid(("minmax(0, 1fr)",), (), ("norms", "says", "numbers", "factors", "look")),
        clock="measurement",
        alt="Gradient norms through time.",
    )


def adding(cells: Sequence[str], lowest: float, lags: int) -> Scene:
    """Return the scene of networks that learn the adding problem: losses, and gradients by lag.

    Arrays: "<cell>/profile" (norm of the gradient by lag, against lag 0); scalars "<cell>/loss",
    "<cell>/validation".
    """
    losses: list[Mark] = [Rule(1 / 6, label="1/6: always guess the mean")]
    losses += [History(f"{cell}/validation", ROLES[cell], label=LABELS[cell]) for cell in cells]
    maps = tuple(
        Timeline(
            area=f"{cell}_map",
            title=LABELS[cell],
            note="gradient by lag",
            array=f"{cell}/profile",
            scale="sequential",
            low=lowest,
            high=1.0,
            log=True,
            row_name="lag",
            y_label=f"lag 0 to {lags}",
            alt=f"{LABELS[cell]}: gradient norm by lag, while it trains.",
        )
        for cell in cells
    )
    numbers = Numbers(
        "numbers",
        tuple(
            Number(
                f"{cell}/validation",
                f"{LABELS[cell]}: error",
                good_to=0.01,
                bound="solved below 0.01",
                help="Mean squared error on 500 sequences that are never trained on.",
            )
            for cell in cells
        ),
    )
    loss = Plot(
        area="losses",
        title="Error on unseen sequences",
        note="mean squared error",
        marks=tuple(losses),
        x=Axis(0, None, label="iteration"),
        y=Axis(1e-4, 1.0, log=True),
        alt="Validation error: "
        + ", ".join(f"{LABELS[cell]} {{{cell}/validation}}" for cell in cells),
    )
    names = [f"{cell}_map" for cell in cells]
    return Scene(
        (
            *maps,
            loss,
            numbers,
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid(
            tuple("minmax(0, 1fr)" for _ in cells),
            ("minmax(0, 1fr)", "minmax(0, 1fr)", "auto", "auto"),
            (
                " ".join(names),
                "losses losses look",
                "numbers numbers numbers",
                "says says says",
            ),
        ),
        narrow=Grid(("minmax(0, 1fr)",), (), ("losses", "says", "numbers", *names, "look")),
        clock="iteration",
        alt="RNN, LSTM and GRU learn the adding problem side by side.",
    )
