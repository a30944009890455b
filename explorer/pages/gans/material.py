"""What the views of the GAN lab share: the dials of a match, its games, and the way to its run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.figures.gans import LAYERS, Contestant, contestants
from explorer.gans.data import Need
from explorer.gans.networks import ACTIVATIONS
from explorer.gans.normalisation import NORMALISATIONS
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.optimizers import PRESETS as BETAS
from explorer.gans.pairs import PAIRS
from explorer.gans.predictions import PRESETS
from explorer.labs.gans.data import DATA
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.turning import FIELD_OF_SIDE
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import drawing
from explorer.pages.gans.names import CLOCK_NAMES, plain, power
from explorer.pages.gans.presets import PLAYABLE, preset_of, turned_to
from explorer.runs.hub import Ticket, the_hub
from explorer.runs.run import Run

RATES = (1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
GAMES = ("first", "second", "third", "fourth")
TOKEN = "gans:token"


def playing(lab: GanLab) -> tuple[Contestant, ...]:
    """Return the games of the lab as they are shown: as they stand once all dials are turned."""
    now = lab.turned()
    objectives = [getattr(now, name) for name in GAMES if getattr(now, name)]
    since = {
        letter: tick
        for tick, values in lab.turns()
        for letter, field in FIELD_OF_SIDE.items()
        if {field, f"{letter}.objective"} & set(values)
    }
    return tuple(
        replace(game, note=f"{game.note}, from tick {since[game.letter]:,}")
        if game.letter in since
        else game
        for game in contestants(objectives, now.one_sided, now.spectral)
    )


def in_the_plane(lab: GanLab) -> bool:
    """Return whether the points of the lab lie in the plane."""
    return DATA[lab.data].kind == "plane"


def turned(dials: Dials[GanLab]) -> GanLab:
    """Return the lab that the dials ask for: turned where its run stands if it can be, else anew.

    Where there is nothing to learn yet (no table, an empty drawing) it stays as it was, and one
    sentence says why.
    """
    lab = dials.last.turn(head(), dials.wanted())
    try:
        lab.match()
    except ValueError as why:
        text = str(why).rstrip(".")
        st.warning(f"{text[:1].upper()}{text[1:]}.", icon=":material/error:")
        return GanLab(view=lab.view)
    return lab


def run() -> Run | None:
    """Return the run of the match, if it is open."""
    return the_hub().run(st.session_state.get(TOKEN, ""))


def head() -> int:
    """Return the tick that the match has reached."""
    opened_run = run()
    return 0 if opened_run is None else max(0, opened_run.recording.head)


def opened(lab: GanLab) -> Ticket:
    """Return the ticket to the match of the lab, which is the same for every view of it."""
    match = lab.match()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, match))
    st.session_state[TOKEN] = ticket.token
    return ticket


# ------------------------------------------------------------------------------- the dials


def match_dials(dials: Dials[GanLab], brief: bool = False) -> None:
    """Show the dials of a match: presets, data, games, what is equal for all, and the rest.

    ``brief`` leaves out the presets, where the view has dials of its own.
    """
    if not brief:
        _presets(dials)
    _data(dials)
    st.markdown("#### Games, left to right")
    _games(dials)
    st.markdown("#### All games")
    dials.slider("critic_steps", "Judge's updates", 1, 20)
    dials.steps("generator_rate", "Generator's rate", RATES, "Its learning rate.", power)
    dials.steps("critic_rate", "Judge's rate", RATES, "Its learning rate.", power)
    dials.steps(
        "width", "Width", (8, 16, 32, 64, 128, 256), "Units of each hidden layer, in all networks."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dials.number("seed", "Seed", 0, 999_999, "Decides weights, data and noise.")
        st.button(
            "New",
            key="gans.new_seed",
            help="Another seed.",
            on_click=lambda: dials.set(seed=(dials.value("seed") + 1) % 1_000_000),
        )
    if not brief:
        _of_objectives(dials)
    with st.expander("More"):
        if brief:
            _of_objectives(dials)
        _more(dials)


def _presets(dials: Dials[GanLab]) -> None:
    """Offer the games with a predicted outcome; shows the one at which the dials stand."""
    key = "gans.preset"
    st.session_state[key] = preset_of(dials.wanted())
    st.selectbox(
        "Prediction",
        ("", *PLAYABLE),
        key=key,
        format_func=lambda name: PRESETS[name].label if name else "Choose a prediction",
        label_visibility="collapsed",
        on_change=lambda: _play(dials, st.session_state[key]),
    )


def _play(dials: Dials[GanLab], name: str) -> None:
    if name:
        dials.set(**turned_to(name))


def predicted(lab: GanLab) -> str:
    """Return the prediction about the first game, if the dials stand at a preset."""
    name = preset_of(lab)
    if not name:
        return ""
    measured = PRESETS[name].measured
    return (
        f"Predicted of the first game: {_lower(PRESETS[name].claim)} "
        f"That came true for {measured.hits} of {measured.seeds} seeds."
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _data(dials: Dials[GanLab]) -> None:
    dials.menu("data", "Data", tuple(DATA), lambda name: DATA[name].label)
    for need in DATA[dials.value("data")].needs:
        NEEDED[need](dials)


def _theta(dials: Dials[GanLab]) -> None:
    dials.real("theta", "Distance of the lines", -4.0, 4.0, 0.1, "θ; exact W₁ is |θ|.")


NEEDED: Mapping[Need, Callable[[Dials[GanLab]], None]] = {
    "theta": _theta,
    "drawing": drawing.pad,
    "points": drawing.table,
}
"""What is shown for each thing that a data set needs."""


def _games(dials: Dials[GanLab]) -> None:
    def called(name: str) -> str:
        return OBJECTIVES[name].label if name else "no further game"

    some, none = tuple(OBJECTIVES), ("", *OBJECTIVES)
    dials.menu("first", "First game", some, called)
    dials.menu("second", "Second game", some, called)
    dials.menu("third", "Third game", none, called)
    if dials.value("third"):
        dials.menu("fourth", "Fourth game", none, called)
    elif dials.value("fourth"):
        dials.set(fourth="")


def _of_objectives(dials: Dials[GanLab]) -> None:
    """Show the dials that only some objectives read, where one of them plays."""
    read = {
        dial for name in GAMES if dials.value(name) for dial in OBJECTIVES[dials.value(name)].dials
    }
    if not read:
        return
    st.markdown("#### Some games")
    if "penalty_weight" in read:
        dials.steps(
            "penalty_weight",
            "WGAN-GP: λ",
            (0.0, 0.01, 0.1, 1.0, 10.0, 100.0),
            "Weight of the gradient penalty: 0.1 in the authors' toy code, 10 in their paper.",
            plain,
        )
    if "r1_weight" in read:
        dials.steps(
            "r1_weight",
            "R1: γ",
            (0.0, 0.01, 0.1, 0.3, 1.0, 10.0),
            "Weight of R1, and of R2 in relativistic games.",
            plain,
        )
    if "clip" in read:
        dials.steps(
            "clip",
            "WGAN: clip at",
            (1e-3, 5e-3, 1e-2, 5e-2, 1e-1, 1.0),
            "Every weight of the critic is kept within this of zero.",
            plain,
        )


def _more(dials: Dials[GanLab]) -> None:
    st.segmented_control(
        "Over the surface",
        tuple(LAYERS),
        default="pull",
        key="gans.layer",
        format_func=LAYERS.__getitem__,
        required=True,
        help="Samples with the pull on each, the generator as a bent grid of noise, or points.",
    )
    dials.slider("depth", "Hidden layers", 1, 12, "Of each network.")
    dials.choice(
        "activation",
        "Activation",
        tuple(ACTIVATIONS),
        lambda name: ACTIVATIONS[name].label,
        "Of all networks.",
    )
    dials.choice(
        "normalisation",
        "Generator's norm",
        tuple(NORMALISATIONS),
        lambda name: NORMALISATIONS[name].label,
        "Of its hidden layers.",
    )
    dials.choice("noise", "Noise", ("gaussian", "uniform"), str, "N(0, 1), or even on [−1, 1].")
    dials.steps("noise_dim", "Dimensions of noise", (1, 2, 4, 8, 16, 32, 64), None)
    dials.steps("batch", "Batch", (32, 64, 128, 256, 512, 1024), "Points a batch.")
    _optimizers(dials)
    dials.switch("one_sided", "One-sided penalty", "Only slopes above 1 cost (Petzka et al. 2018).")
    dials.choice(
        "pairs",
        "Penalty between",
        tuple(PAIRS),
        lambda name: PAIRS[name].label,
        "Between random pairs, or those that exact transport matches.",
    )
    dials.switch("spectral", "Spectral norm", "Divides the judge's matrices by their largest gain.")
    dials.switch("conditional", "Labels", "Into both networks, where the data has labels.")
    dials.choice(
        "clock",
        "Equal",
        ("generator", "updates", "time"),
        CLOCK_NAMES.__getitem__,
        "What is equal at every tick: updates of the generators, of both players together, or "
        "arithmetic. A judge with five updates costs about five times the compute.",
    )
    dials.switch("audit", "Duality gap", "Measures every 200 ticks what each player could gain.")
    dials.steps("steps", "Ticks", (1_000, 2_000, 4_000, 10_000, 20_000), None)


def _optimizers(dials: Dials[GanLab]) -> None:
    offered = tuple(OPTIMIZERS)

    def called(name: str) -> str:
        return OPTIMIZERS[name].label

    dials.choice("optimizer", "Generator's rule", offered, called, "Optimizer.")
    dials.choice("critic_optimizer", "Judge's rule", offered, called, "Optimizer.")
    key = "gans.betas"
    st.session_state[key] = next(
        (name for name, one in BETAS.items() if _stands_at(dials, one.betas, one.penalty_weight)),
        None,
    )
    st.pills(
        "Settings of",
        tuple(BETAS),
        key=key,
        format_func=lambda name: BETAS[name].label,
        help="Adam's betas and λ: the paper has 0, 0.9 and 10, its toy code 0.5, 0.9 and 0.1, "
        "DCGAN 0.5 and 0.999.",
        on_change=lambda: _settle(dials, st.session_state[key]),
    )
    dials.steps("beta1", "β₁", (0.0, 0.5, 0.8, 0.9), "Of Adam; the momentum of SGD.", plain)
    dials.steps("beta2", "β₂", (0.9, 0.99, 0.999), "Of Adam; the decay of RMSProp.", plain)


def _stands_at(dials: Dials[GanLab], betas: tuple[float, float], weight: float | None) -> bool:
    same = (dials.value("beta1"), dials.value("beta2")) == betas
    return same and weight in (None, dials.value("penalty_weight"))


def _settle(dials: Dials[GanLab], name: str | None) -> None:
    if name:
        values: dict[str, Any] = dict(zip(("beta1", "beta2"), BETAS[name].betas, strict=True))
        weight = BETAS[name].penalty_weight
        dials.set(**values | ({} if weight is None else {"penalty_weight": weight}))
