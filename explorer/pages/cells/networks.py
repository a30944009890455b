"""Bring your own network, see what is inside and what convention it keeps; train ours anew."""

import math

import streamlit as st
from safetensors.numpy import load
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.dials.files import FEWER_LAYERS
from explorer.figures import cells as figures
from explorer.labs.cells.retraining import Retraining, retrained
from explorer.labs.cells.settings import CellLab
from explorer.labs.sequences.saved import is_saved
from explorer.labs.sequences.saved import opened as opened_learned
from explorer.networks.cards import Card
from explorer.networks.material import as_meant
from explorer.networks.recipes import Recipe
from explorer.networks.shelf import MOST_UPLOADS, keep, kept, take
from explorer.networks.shipped import asset, network_card, trouble
from explorer.networks.tasks import RECIPES
from explorer.networks.trained import packed
from explorer.networks.uploads import Found, Lettered, Upload, lettered, opened, wirings
from explorer.pages import surroundings
from explorer.pages.bringing import place, refuse, said, take_once
from explorer.pages.cells.material import NOT_OF_ANOTHER, NOT_OF_ANOTHER_FILE, plain
from explorer.pages.dials import Dials
from explorer.pages.sequences import taking
from explorer.runs.desk import Brought, the_desk
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

HOW = """
**Your file stays here.** It is read by this server, in memory, with the library of its own format,
whatever its name ends in; nothing in it is executed, nothing is written to disk, and it is
forgotten when the server stops.

**Why the order matters.** PyTorch packs an LSTM's gates as i, f, g, o; Keras as i, f, c, o; ONNX as
i, o, f, c. A GRU is r, z, n in PyTorch and z, r, h in the other two, and its reset gate acts before
or after the matrix product. Read in the wrong order, a network still runs, and is wrong. So every
file is compared with an independent way to the same numbers on a random input.

**What is opened.** A layer of which every number was understood. Weights under weight drop, weight
norm, spectral norm or pruning are rebuilt as the layer computes with them; a cell with anything
else in it is refused by the name of that. Where a file does not say something, such as tanh or
relu, it is listed as assumed, and the badge does not say that the network agrees.
"""


SOURCES = (opened, retrained)
ANEW: dict[str, str | int] = {
    "cells.retrain.name": "digits-lstm",
    "cells.retrain.updates": 1_000,
    "cells.retrain.seed": 1,
}
"""what is made anew: the keys of its dials, and where they stand at first"""
RESTED = "cells:rested"
TAKES = f"{take.__module__}:{take.__qualname__}"


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    left, right = st.columns([0.46, 0.54], gap="large")
    with left:
        _bring(dials)
    dials.finish(dials.wanted())
    with right:
        _train(dials)
    surroundings.unfolded("What happens to a file, and why the order matters", HOW)
    return (
        "Bring an RNN, LSTM or GRU from PyTorch, Keras or ONNX: its convention is found, proved, "
        "and opened in the microscope. Or train one of ours anew and watch."
    )


def _bring(dials: Dials[CellLab]) -> None:
    file = place(
        "A network: PyTorch (.pt, .pth, .ckpt, .bin, .safetensors), Keras (.keras, .h5) or ONNX",
        "cells.file",
        FEWER_LAYERS,
        help="It is known by what is in it; its name may end in anything.",
    )
    take_once("cells.file", file, lambda file: _open(dials, file))
    if problem := said("cells.file"):
        st.warning(problem, icon=":material/error:")
    upload = kept(dials.value("upload")) if dials.value("upload") else None
    if upload is not None:
        _contents(dials, upload)
    _shipped()


def _shipped() -> None:
    """List the networks that are here already, with what each achieves on data it never saw."""
    st.markdown("**Networks that are here**")
    st.dataframe(
        [_row(recipe) for recipe in RECIPES.values()],
        key="cells.shipped",
        hide_index=True,
        width="stretch",
        height="content",
    )


def _row(recipe: Recipe) -> dict[str, str | int | None]:
    """Return what there is to say of a network; why it is not here, where it is not."""
    row: dict[str, str | int | None] = {"network": recipe.name, "reads": recipe.task.reads}
    if why := trouble(recipe.name):
        return row | {"numbers": None, "held out": why}
    card = network_card(recipe.name)
    return row | {"numbers": card.parameters, "held out": _held_out(card)}


def _held_out(card: Card) -> str:
    """Return what a network pays on held-out data, in as many digits as its error leaves."""
    digits = max(0, -math.floor(math.log10(card.loss_error))) if card.loss_error > 0 else 3
    return f"{card.loss:.{digits}f} ± {card.loss_error:.{digits}f} {card.loss_unit}"


def _open(dials: Dials[CellLab], file: UploadedFile) -> None:
    data = file.getvalue()
    try:
        if is_saved(data):
            mark = taking.stepped(opened_learned(file.name, data), file.name)
            dials.set(upload=mark, part=0, **NOT_OF_ANOTHER_FILE)
            return
        upload = opened(file.name, data)
    except ValueError as why:
        refuse("cells.file", file, f"{str(why).removesuffix('.')}.")
        return
    dials.set(upload=shelved(upload, file.name, data), part=0, **NOT_OF_ANOTHER_FILE)


def shelved(upload: Upload, name: str, data: bytes) -> str:
    """Put a network on the shelf here and on that of every process that answers; its mark."""
    mark = keep(upload)
    the_desk().bring(Brought(TAKES, f"{mark} {name}", data), most=MOST_UPLOADS)
    return mark


def _contents(dials: Dials[CellLab], upload: Upload) -> None:
    if not upload.found:
        return
    count = "one recurrent network" if len(upload.found) == 1 else f"{len(upload.found)} of them"
    st.markdown(f"**{plain(upload.name)}** holds {count}:")
    for part, found in enumerate(upload.found):
        with st.container(border=True):
            squash = _squash(dials, found, part)
            _found(found.squashed(squash))
            st.button(
                "Open in the microscope",
                key=f"cells.open.{part}",
                type="primary" if part == 0 else "secondary",
                on_click=lambda part=part, squash=squash: dials.set(
                    view="step", reads="yours", part=part, squash=squash, **NOT_OF_ANOTHER
                ),
            )
            _letters(dials, upload, part)
    for refused in upload.refused:
        st.warning(refused, icon=":material/error:")


def _squash(dials: Dials[CellLab], found: Found, part: int) -> str:
    """Let one choose the activation that a file does not say; the one that is in the link."""
    if not found.squashes:
        return dials.value("squash")
    row = dials.row("squash")
    key = f"cells.squash.{part}"
    st.session_state[key] = dials.value("squash")
    st.segmented_control(
        row.label,
        found.squashes,
        key=key,
        help=row.help,
        required=True,
        on_change=lambda: dials.set(squash=st.session_state[key]),
    )
    return dials.value("squash")


def _found(found: Found) -> None:
    stack = found.stack
    layers = "one layer" if stack.depth == 1 else f"{stack.depth} layers"
    st.markdown(
        f"**{plain(found.name)}**: {stack.cell.short}, {stack.units} units, {layers}, "
        f"{stack.inputs} inputs, {stack.parameters:,} numbers"
    )
    st.markdown("\n".join(f"- {plain(fact)}" for fact in found.convention.sentences))
    st.markdown("\n".join(f"- {plain(fact)}" for fact in found.assumed))
    if not found.agrees:
        st.badge(found.verdict, icon=":material/error:", color="red")
    elif found.assumed:
        st.badge(found.verdict, icon=":material/help:", color="orange")
    else:
        st.badge(found.verdict, icon=":material/check:", color="green")


def _letters(dials: Dials[CellLab], upload: Upload, part: int) -> None:
    """Say by which letters a network reads, and take its alphabet where the file has none."""
    if not wirings(upload, upload.found[part]):
        return
    typed = dials.value("alphabet")
    found = lettered(upload, part, as_meant(typed), dials.value("wiring"))
    if isinstance(found, Lettered):
        st.markdown(plain(f"It reads letters. {' '.join(found.assumed)}"))
    else:
        st.info(plain(f"{found[:1].upper()}{found[1:]}."), icon=":material/abc:")
    if upload.alphabets and isinstance(found, Lettered) and not typed:
        return
    key = f"cells.alphabet.{part}"
    st.session_state[key] = typed
    row = dials.row("alphabet")
    st.text_input(
        row.label,
        key=key,
        help=row.help,
        max_chars=row.longest,
        on_change=lambda: dials.set(alphabet=st.session_state[key]),
    )


def stand_at(training: Retraining) -> None:
    """Have the place where a network is made anew stand at this training, on its next page."""
    made = (training.network, training.updates, training.seed)
    st.session_state.update(zip(ANEW, made, strict=True))


def _train(dials: Dials[CellLab]) -> None:
    for key, value in ANEW.items():
        st.session_state.setdefault(key, value)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=260):
            name = st.selectbox("Make anew", list(RECIPES), key="cells.retrain.name")
        with st.container(width=180):
            updates = st.select_slider(
                "Updates", (500, 1_000, 2_000, 4_000, 8_000), key="cells.retrain.updates"
            )
        with st.container(width=120):
            seed = st.number_input("Seed", 0, 999, key="cells.retrain.seed")
    experiment = Retraining(name, int(updates), int(seed))
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, experiment))
    show_stage(
        figures.training_scene(name, RECIPES[name].task.goal),
        ticket,
        key="cells.training",
        live=True,
        height=560,
        on_rest=_came_to_rest,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Open what was learned",
            key="cells.retrained",
            help="As it was where the picture last stood still, or else as it is now. It is "
            "measured on held-out data first: a text takes some seconds.",
            on_click=_take,
            args=(dials, experiment, ticket.token),
        )
        path = asset(name)
        if not trouble(name):
            st.download_button(
                "The shipped one",
                path.read_bytes(),
                path.name,
                key="cells.download",
                help="Learned for longer; a safetensors file that this page can open again.",
            )
        st.caption(f"`{experiment.command}`")
    problem = st.session_state.pop("cells.retrained.problem", "")
    if problem:
        st.warning(problem, icon=":material/error:")
    taken = st.session_state.get("cells.retrained.file")
    if taken:
        st.download_button("The one learned here", taken[1], taken[0], key="cells.download.own")


def _came_to_rest(name: str, updates: int) -> None:
    st.session_state[RESTED] = (name, updates)


def _take(dials: Dials[CellLab], experiment: Retraining, token: str) -> None:
    """Put the network that the picture shows on the shelf and open it; it can be downloaded."""
    run = the_hub().run(token)
    name, updates = st.session_state.get(RESTED, ("", 0))
    kept = None
    if run is not None and name == run.name:
        kept = run.state_before(updates)
    elif run is not None and run.checkpoints.last is not None:
        kept = run.checkpoints.last
        updates = kept.step
    if kept is None or updates == 0:
        st.session_state["cells.retrained.problem"] = (
            "Nothing was learned yet; press the round button of the picture first."
        )
        return
    network = retrained(experiment, load(kept.state), updates)
    name, data = f"{experiment.network}.safetensors", packed(network)
    st.session_state["cells.retrained.file"] = (name, data)
    dials.set(
        upload=shelved(Upload(name, "this laboratory", (), (), trained=network), name, data),
        view="step",
        reads="yours",
        part=0,
        **NOT_OF_ANOTHER_FILE,
    )
