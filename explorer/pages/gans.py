"""What did each one really learn? A GAN and a WGAN-GP, trained side by side."""

import streamlit as st

from explorer.figures import gans as figures
from explorer.gans import game, networks, objectives, penalty
from explorer.gans.distributions import DISTRIBUTIONS, distribution
from explorer.gans.learned import mode_report, w1_floor
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.runs import gans as runs
from explorer.runs.gans import Duel
from explorer.runs.hub import the_hub
from explorer.stage.component import show
from explorer.transport import wasserstein

SHORT = {
    "ring": "Ring",
    "grid": "Grid",
    "swiss_roll": "Roll",
    "moons": "Moons",
    "circles": "Circles",
    "pinwheel": "Pinwheel",
    "checkerboard": "Checkerboard",
    "spiral": "Spirals",
    "lines": "Lines",
    "digits": "Digits",
}
RATES = (1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
SOURCES = (
    objectives.NonSaturating,
    objectives.Minimax,
    objectives.WassersteinPenalty,
    penalty.gradient_penalty,
    game.Game,
    networks.Network,
    mode_report,
    wasserstein,
    w1_floor,
    runs.Side,
)
HOW = """
**The two games.** The discriminator of a GAN gives the probability that a point is real; the
critic of a WGAN-GP gives any number, and a penalty keeps its slope near 1. Both generators only
ever learn from their judge's slope. Arjovsky et al. (2017) argued that a discriminator which is
trained too well leaves its generator nothing to follow, while a critic can only gain from more
training. That is why both judges are trained equally often here.

**What is measured.** 2,500 samples from fixed noise are held against the modes. A mode is *held*
when it gets at least 16 % of its fair share on the ring (20 % on the grid) within 0.25 of its
centre, and *captured* when one sample lies within three standard deviations (Srivastava et al.
2017). A sample is *good* within three standard deviations of any mode: 98.9 % of a perfect
sampler's are. *Exact W₁* is the optimal transport of 512 samples to 512 data points, by linear
programming, every 20 steps; what two samples of the data have between them is its floor.

**What this does not show.** One run is one run: change the seed. With one discriminator step the
GAN usually keeps the ring's modes. On eight modes or 25, a continuous generator leaves bridges
between them, so a WGAN-GP has fewer good samples than a collapsed GAN.
"""


def page() -> None:
    """Show the page."""
    dials = Dials("gans", Duel, shown=Duel.turned)
    title = st.container(key="title")
    dials.problems()
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    with narrow, st.container(key="dials"):
        _dials(dials)
    duel = _turned(dials)
    dials.finish(duel)
    with title:
        words, actions = st.columns([0.86, 0.14], vertical_alignment="center")
        with words:
            surroundings.heading(
                "What did each one really learn?",
                f"Same seed, same data, same networks, same {_steps(duel)} of the judge. "
                "Only the objective differs.",
            )
        with actions, surroundings.row_of_actions():
            surroundings.link_and_code(
                "gans",
                duel,
                SOURCES,
                preset="python -m explorer train '{link}' --seconds 20 --out duel.gif",
            )
    data = distribution(duel.data)
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, duel))
    st.session_state["gans:token"] = ticket.token
    with wide:
        show(
            figures.duel(
                duel.objective,
                data.extent,
                0 if data.modes is None else len(data.modes),
                duel.steps,
            ),
            ticket,
            key="gans.stage",
            live=True,
            on_reset=dials.start_over if duel.changes else None,
        )
    surroundings.unfolded("How to read this, and what it does not show", HOW)


def _dials(dials: Dials[Duel]) -> None:
    st.pills(
        "Data",
        list(DISTRIBUTIONS),
        key=dials.key("data"),
        format_func=SHORT.__getitem__,
        required=True,
        help="Where the real points come from. Digits: handwritten ones, in their first two "
        "principal components.",
    )
    st.markdown("#### Both games")
    dials.slider(
        "critic_steps",
        "Discriminator steps",
        1,
        20,  # no help: its button would carry the name of the stage's own Step
    )
    dials.steps("generator_rate", "Generator's rate", RATES, "Adam's learning rate.", _power)
    dials.steps("critic_rate", "Judge's rate", RATES, "Adam's learning rate.", _power)
    dials.steps(
        "width",
        "Width",
        (8, 16, 32, 64, 128, 256),
        "Units of each hidden layer, in all four networks.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dials.number("seed", "Seed", 0, 999_999, "Decides weights, data and noise.")
        st.button(
            "New",
            key="gans.new_seed",
            help="Another seed.",
            on_click=lambda: dials.set(seed=(dials.value("seed") + 1) % 1_000_000),
        )
    st.markdown("#### GAN")
    dials.choice(
        "objective",
        "Objective",
        runs.OBJECTIVES,
        _objective,
        "What the generator minimises: −log D(x), or log(1 − D(x)) as in the first paper.",
        labelled=False,
    )
    st.markdown("#### WGAN-GP")
    dials.steps(
        "penalty_weight",
        "Penalty λ",
        (0.0, 0.01, 0.1, 1.0, 10.0, 100.0),
        "Weight of the gradient penalty: 0.1 in the authors' toy code, 10 in their paper.",
        _plain,
    )
    with st.expander("More"):
        dials.slider("depth", "Hidden layers", 1, 6, "Of each network.")
        dials.steps("batch", "Batch", (32, 64, 128, 256, 512), "Points a step.")
        dials.steps("noise_dim", "Noise", (1, 2, 4, 8, 16), "Dimensions of the Gaussian noise.")
        dials.steps(
            "beta1", "Adam β₁", (0.0, 0.5, 0.8, 0.9), "0 in the paper, 0.5 in the toy code.", _plain
        )
        dials.steps("beta2", "Adam β₂", (0.9, 0.99, 0.999), "", _plain)
        dials.steps("steps", "Steps", (1_000, 2_000, 4_000, 10_000, 20_000), None)


def _turned(dials: Dials[Duel]) -> Duel:
    """Return the duel that the dials ask for: turned where it stands if it can be, else anew."""
    hub = the_hub()
    run = hub.run(st.session_state.get("gans:token", ""))
    head = 0 if run is None else max(0, run.recording.head) * runs.STEPS_PER_FRAME
    return dials.last.turn(head, dials.wanted())


def _steps(duel: Duel) -> str:
    count = duel.turned().critic_steps
    return "single step" if count == 1 else f"{count} steps"


def _objective(name: str) -> str:
    return figures.TITLES[name][1].capitalize()


def _power(rate: float) -> str:
    mantissa, exponent = f"{rate:.0e}".split("e")
    power = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in exponent.lstrip("+-").lstrip("0") or "0")
    sign = "⁻" if exponent.startswith("-") else ""
    return f"10{sign}{power}" if mantissa == "1" else f"{mantissa}·10{sign}{power}"


def _plain(value: float) -> str:
    return f"{value:g}"
