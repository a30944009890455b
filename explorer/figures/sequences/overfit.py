"""One network on few examples, as a scene: loss in training and held out, with dropout and not.

How to read it: the two lines of a picture begin together; where the upper one turns, what is
learned is the examples. Crosses are where early stopping would have stopped each seed.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    Number,
    Numbers,
    Plot,
    Points,
    Scene,
    Sentence,
)
from explorer.labs.sequences.overfit import FewExamples

ONE = "minmax(0, 1fr)"


def overfitting(run: FewExamples) -> Scene:
    """Return both pictures, a card for each of now and of early stopping, and words."""
    return Scene(
        (
            *(_losses(run, side) for side in run.labels),
            Numbers("numbers", tuple(card for side in run.labels for card in _cards(run, side))),
            Sentence("says", "says", lines=4),
            Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=Grid((ONE,) * 2, (ONE, "auto", "auto"), ("a b", "numbers numbers", "says look")),
        narrow=Grid((ONE,), (), ("a", "says", "b", "numbers", "look")),
        clock="update",
        wide_from=LAPTOP,
        alt="Loss in training against loss held out, without dropout and with it.",
    )


def _losses(run: FewExamples, side: str) -> Plot:
    label, role = run.labels[side], f"network_{side}"
    return Plot(
        area=side,
        title=f"Loss, {label}",
        note=f"mean of {run.seeds} seeds, ± standard error; crosses: stopped early",
        marks=(
            Curve(f"{side}/training", "baseline", x="at", label="in training", width=2.0),
            Curve(
                f"{side}/held",
                role,
                x="at",
                label="held out",
                low=f"{side}/held_low",
                high=f"{side}/held_high",
            ),
            Points(f"{side}/stops", role, size=5.0, opacity=1.0, shape="cross"),
        ),
        x=Axis(0, run.steps, label="update", whole=True),
        y=Axis(log=True),
        alt=f"{label}: loss in training {{{side}/training}}, held out {{{side}/held}}, stopped "
        f"early {{{side}/stopped}}.",
    )


def _cards(run: FewExamples, side: str) -> tuple[Number, ...]:
    label = run.labels[side]
    return (
        Number(
            f"{side}/held",
            f"{label}: held out, now",
            bound=f"in training {{{side}/training}}; {{{side}/right:percent}} right",
            help="Cross-entropy in nats, on the half of the held-out sequences that judges.",
        ),
        Number(
            f"{side}/stopped",
            f"{label}: stopped early",
            bound=f"at update {{{side}/stop:integer}}; {{{side}/stopped_right:percent}} right",
            help="The same loss, of each seed as it was where the loss on the other half was "
            "least so far.",
        ),
    )
