"""One symbol against several with a growing delay, as a scene.

How to read it: left the share of seeds that still recall it, over the blanks to wait through; the
dotted rule is half of them. Right the delay that the middle seed has come to: a stair of a quarter
each time it holds what it was asked.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
)
from explorer.labs.gradients.growing import WHO, GrowingDelay

ONE = "minmax(0, 1fr)"
ROLES = {"one": "network_a", "several": "network_b"}


def growing_scene(run: GrowingDelay) -> Scene:
    """Return what is held over the delay, how the delay grew, and what is right on average."""
    names = {"one": "one symbol", "several": f"{run.several} symbols"}
    held = tuple(
        Curve(
            f"{who}/share", ROLES[who], x="delay", label=names[who], low=f"{who}/low",
            high=f"{who}/high",
        )
        for who in WHO
    )  # fmt: skip
    right = tuple(
        Curve(f"{who}/right", ROLES[who], x="delay", label=names[who], width=2.0) for who in WHO
    )
    grown = tuple(History(f"{who}/delay", ROLES[who], label=names[who]) for who in WHO)
    blanks = Axis(1, run.delays[-1], label="blanks to wait through", log=True)
    cards = tuple(
        Number(
            f"{who}/{what}",
            f"{names[who]}: {said}",
            form="of",
            of=run.seeds,
            before="not tested yet",
            help="Seeds that recall 95 % of the symbols of unseen sequences.",
        )
        for who in WHO
        for what, said in (("arrived", f"{run.longest} blanks"), ("beyond", f"{run.beyond:,}"))
    )
    return Scene(
        (
            Plot(
                area="held",
                title="Seeds that recall it",
                note=f"trained on {run.longest} blanks at most; 95 % (Wilson)",
                marks=(Rule(0.5), *held),
                x=blanks,
                y=Axis(-0.03, 1.03),
                alt=f"Share of seeds that recall it over the blanks; at {run.beyond} blanks "
                "{one/beyond} seeds with one symbol, {several/beyond} with several.",
            ),
            Plot(
                area="grown",
                title="Delay while it grows",
                note="middle seed",
                marks=(Rule(float(run.longest), label="longest"), *grown),
                x=Axis(0, None, label="iteration", whole=True),
                y=Axis(0, 1.1 * run.longest),
                alt="Blanks that the middle seed waits through in training.",
            ),
            Plot(
                area="right",
                title="Symbols right",
                note="mean of the seeds; rule: guessing",
                marks=(Rule(1 / 8), *right),
                x=blanks,
                y=Axis(0, 1.03),
                alt="Mean share of symbols recalled over the blanks.",
            ),
            Numbers("numbers", cards),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (ONE,) * 6,
            (ONE, ONE, "auto", "auto"),
            (
                "held held held held grown grown",
                "held held held held right right",
                "numbers numbers numbers numbers numbers numbers",
                "says says says look look look",
            ),
        ),
        narrow=Grid((ONE,), (), ("held", "says", "numbers", "grown", "right", "look")),
        clock="iteration",
        wide_from=LAPTOP,
        alt="One symbol remembered against several, with a growing delay.",
    )
