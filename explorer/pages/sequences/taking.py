"""What networks that learn here leave behind: a file, a script, and a way into other views."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st
from safetensors.numpy import load
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.labs.cells.settings import CellLab
from explorer.labs.prose import spoken
from explorer.labs.sequences import SequenceLab, SideBySide, shelf, words
from explorer.labs.sequences.compared import by_cells
from explorer.labs.sequences.inside import enclosed
from explorer.labs.sequences.learned import Learned, learned_at
from explorer.labs.sequences.learning import TICKS_PER_FRAME
from explorer.labs.sequences.saved import opened, packed
from explorer.labs.sequences.script import as_script
from explorer.labs.sequences.translating import EXAMPLES, LEARNED
from explorer.networks.material import CHOSEN
from explorer.networks.shelf import MOST_UPLOADS
from explorer.pages import led
from explorer.pages.bringing import place, take_once
from explorer.pages.dials import Dials, sentence
from explorer.runs.desk import Brought, the_desk
from explorer.runs.hub import Ticket, the_hub
from explorer.runs.links import query
from explorer.sequences.kinds import KINDS, EncoderDecoder

OPEN, PROBLEM = "sequences.taking", "sequences.taking.problem"
RESTED = "sequences:rested"
TAKES = f"{shelf.take.__module__}:{shelf.take.__qualname__}"
SMALLER = "save a network with fewer units"


def is_open() -> bool:
    """Return whether the viewer sees something of the step on the screen."""
    return bool(st.session_state.get(OPEN))


def came_to_rest(name: str, tick: int) -> None:
    """Take note of where the picture of a run, called by its name, stands still."""
    st.session_state[RESTED] = (name, tick)


def offered(dials: Dials[SequenceLab], training: SideBySide, ticket: Ticket) -> None:
    """Offer what can be done with the networks that learn here, and a place for one of a file."""
    shown = st.expander(
        "Open in the cell lab, save, upload, or take along as a script", key=OPEN, on_change="rerun"
    )
    if not shown.open:
        return
    with shown:
        left, right = st.columns(2, gap="large")
        with left:
            _of_these(dials, training, ticket)
        with right:
            _of_a_file(dials)
        if problem := st.session_state.pop(PROBLEM, ""):
            st.warning(problem, icon=":material/error:")


def _tick(ticket: Ticket) -> int:
    """Return the tick on the screen: where the picture last stood still, else the newest."""
    run = the_hub().run(ticket.token)
    if run is None:
        return 0
    head = max(0, run.recording.head) * TICKS_PER_FRAME
    name, rested = st.session_state.get(RESTED) or ("", 0)
    return min(rested, head) if name == run.name else head


def _of_these(dials: Dials[SequenceLab], training: SideBySide, ticket: Ticket) -> None:
    sides = training.sides
    side = st.selectbox(
        "Which network", list(sides), format_func=lambda each: KINDS[sides[each]].label
    )
    tick = _tick(ticket)
    st.caption(
        f"As it stood at step {tick:,}, where the picture stands still; pause at another for that."
        if tick
        else "Nothing is learned yet: it is the network as it was drawn."
    )

    def made() -> Learned:
        run = the_hub().run(ticket.token)
        before = run.state_before(tick) if run is not None else None
        state = load(before.state) if before is not None else None
        return learned_at(training, side, state, tick)

    name = f"{training.task}-{sides[side]}-{tick}.safetensors"
    link = f"/sequences?{query(dials.last)}"
    _ways(dials, made, name, sides[side], "learned")
    with st.container(horizontal=True):
        st.download_button(
            "Save (.safetensors)",
            lambda: packed(made()),
            name,
            key="sequences.save",
            on_click="ignore",
            help="With its kind, sizes, task, signs or scale, and seed: it can be uploaded again.",
        )
        st.download_button(
            "Script (.py)",
            lambda: as_script(training, side, link),
            f"{training.task}_{sides[side]}.py",
            "text/x-python",
            key="sequences.script",
            on_click="ignore",
            help="Plain PyTorch that runs alone: the same first weights and batches, so the same "
            "first losses, to five digits.",
        )


def _of_a_file(dials: Dials[SequenceLab]) -> None:
    file = place(
        "A network that was saved here (.safetensors)",
        "sequences.file",
        SMALLER,
        help="It says itself which task it learned, and by which settings.",
    )
    take_once("sequences.file", file, lambda file: _take(dials, file))
    mark = dials.value("learned")
    if not mark:
        return
    found = shelf.kept(mark)
    if found is None:
        st.info(words.GONE, icon=":material/help:")
        return
    measured, differs = _measured(mark)
    st.markdown(f"**{found.title}.** {measured}")
    st.caption(words.by_cells(differs))
    _ways(dials, lambda: found, f"{found.kind}.safetensors", found.kind, "uploaded")
    st.button(
        "Turn the dials to its settings",
        key="sequences.turn",
        on_click=lambda: dials.set(**settings_of(found)),
    )


@lru_cache(maxsize=32)
def _measured(mark: str) -> tuple[str, float | None]:
    """Return how good a network on the shelf is, in words, and how far our cells are from it."""
    found = shelf.kept(mark)
    assert found is not None
    problem = found.problem
    many, metric = problem.held_out.inputs.shape[1], problem.metric
    value = f"{100 * found.metric:.1f} %" if metric.form == "percent" else spoken(found.metric)
    differs = by_cells(found.task, problem, found.network)
    return f"Now, on {many:,} held-out sequences: {value} {metric.label}.", differs


def settings_of(found: Learned) -> dict[str, str | int | float]:
    """Return the dials that a network was learned with; beside it stand the others of its task."""
    training, task = found.training, found.task
    others = [kind for kind in task.line_up if kind != found.kind][:2]
    first, second, third, fourth = [found.kind, *others, "", "", ""][:4]
    slots = {"first": first, "second": second, "third": third, "fourth": fourth}
    same = (
        *("task", "cell", "units", "layers", "dropout", "forget_bias", "window", "rate", "clip"),
        *("forcing", "seed", "numbers", "text", "sentence"),
    )
    return {**{name: getattr(training, name) for name in same}, **slots}


def _take(dials: Dials[SequenceLab], file: UploadedFile) -> None:
    try:
        found = opened(file.name, file.getvalue())
    except ValueError as why:
        st.session_state[PROBLEM] = sentence(why)
        return
    dials.set(learned=shelved(found, file.name))
    st.rerun()


def shelved(found: Learned, name: str) -> str:
    """Put a network on the shelf here and on that of every process that answers; its mark."""
    mark = shelf.keep(found, name)
    the_desk().bring(Brought(TAKES, f"{mark} {name}", packed(found)), most=MOST_UPLOADS)
    return mark


def _ways(
    dials: Dials[SequenceLab], made: Callable[[], Learned], name: str, kind: str, key: str
) -> None:
    """Show the buttons that open a network elsewhere."""
    with st.container(horizontal=True):
        st.button(
            "Open in the cell lab",
            key=f"sequences.open.{key}",
            help="Gate by gate, step by step: memory unfolded, patterns, surgery.",
            on_click=_opened,
            args=(made, name),
        )
        if KINDS[kind].writes:
            st.button(
                "Translate with it",
                key=f"sequences.translate.{key}",
                on_click=_translates,
                args=(dials, made, name),
            )


def stepped(found: Learned, name: str) -> str:
    """Put a network where the cell lab steps through it; its mark.

    Raises `ValueError` for one without a recurrent layer.
    """
    if by_cells(found.task, found.problem, found.network) is None:
        raise ValueError(
            f"{KINDS[found.kind].label} has no recurrent layer, so there is nothing to step "
            "through in the cell lab"
        )
    return shelved(found, name)


def _opened(made: Callable[[], Learned], name: str) -> None:
    """Lead to the cell lab, where it reads the example that is shown here."""
    try:
        found = made()
        mark = stepped(found, name)
    except ValueError as why:
        st.session_state[PROBLEM] = sentence(why)
        return
    first = enclosed(found)[0].material
    chosen: dict[str, Any] = {CHOSEN: int(first.example)} if first.setting == CHOSEN else {}
    led.ask(f"cells?{query(CellLab(reads='yours', upload=mark, **chosen))}")


def _translates(dials: Dials[SequenceLab], made: Callable[[], Learned], name: str) -> None:
    try:
        found = made()
    except ValueError as why:
        st.session_state[PROBLEM] = sentence(why)
        return
    assert isinstance(found.network, EncoderDecoder)
    task = found.training.task
    dials.set(
        view="translating",
        language=task,
        asked=EXAMPLES[task],
        learned=shelved(found, name),
        translator=LEARNED,
    )
