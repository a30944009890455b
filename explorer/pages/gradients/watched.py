"""A training of one's own, watched, opened again: beside another one, and the twin of its start."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.figures.gradients import watched_beside as pictures
from explorer.gradients import watch, with_forget_bias
from explorer.gradients.watching.twin import twin_of
from explorer.labs.gradients import Flow
from explorer.labs.gradients.watched_beside import BELOW, beside
from explorer.labs.gradients.watched_file import FEWER_STEPS, opened
from explorer.labs.gradients.watched_shelf import (
    COMMAND,
    MOST_RECORDINGS,
    bring,
    keep,
    kept,
    shipped,
)
from explorer.pages import surroundings
from explorer.pages.bringing import place, refuse, said
from explorer.pages.column import Column
from explorer.pages.dials import Dials, sentence
from explorer.pages.whole import uninterrupted
from explorer.runs.answers import Asking
from explorer.runs.desk import Brought, the_desk
from explorer.stage.component import ask

HOW = f"""
**Record yours.** In your own script, with your data, which never leave it:

```python
from explorer import gradients

twin = gradients.with_forget_bias(model, 3.0)  # a copy with another forget bias, if you want one
watching = gradients.watch(model, every=10)    # and one for the twin
...
loss.backward()
watching.step()                                # the training stays as it is, bit for bit
...
watching.save("run.frames")                    # a minute or less: bring this file here
```

**What is in the file.** For every layer and direction at every look: the norm of the total
derivative of the loss by the state that remembers, at every step of the input, every path counted;
the mean of the gate that keeps and the median half-life of its units; norms of the weights'
gradients. No weight and no example of yours.

**The twin, dashed,** is the first look once more: the same inputs, initial states and gradients at
the outputs, and another bias of every gate that keeps. It was computed when the file was written,
for biases from −2 to 6. What the loss itself would have said to the other outputs is not in it: for
that, train the copy as well and lay its recording beside.

**Beside.** Two trainings stand at the same step of each. They are two runs and no experiment: what
differs between them may be the seed's doing.

**The two that are here** learn to add two marked numbers among 60, from the same batches:
`{COMMAND}`.
"""

SOURCES = (watch, with_forget_bias, twin_of, opened, beside)
FILES = ("gradients.watched.first", "gradients.watched.second")
DIALS = ("watched_first", "watched_second")


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    gone = [name for name in DIALS if dials.value(name) and kept(dials.value(name)) is None]
    if gone:
        with uninterrupted():
            dials.set(**dict.fromkeys(gone, ""))
            dials.say("A recording of this link is not here any more: bring its file.")
        st.rerun()
    column = _dials(dials)
    dials.finish(dials.wanted())
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.watched",
        dials=column.told,
        on_settled=column.settle,
        title="Gradients through time of watched trainings.",
    )
    _bring(dials)
    surroundings.unfolded("Record a training of yours, and what the twin is", HOW)
    if not dials.value("watched_first"):
        return (
            "A training of yours, watched step by step. Until you bring one: an LSTM that learns "
            "to add, and the same with another forget bias."
        )
    return "A training of yours, watched: how much of its loss reached every earlier state."


def _dials(dials: Dials[Flow]) -> Column:
    first = kept(dials.value("watched_first"))
    places = (first or shipped()[0]).opened.shown.places
    column = Column(dials)
    column.group("The first look's twin")
    column.show("watched_bias")
    column.group("The picture")
    several = len(places) > 1
    some = tuple(name for name in BELOW if several or name != "layers")
    column.show("watched_below", offered=some, as_="menu")
    if several:
        numbers = tuple(range(len(places)))
        column.show("watched_layer", offered=numbers, written=lambda n: places[n].name, as_="menu")
    return column


def _bring(dials: Dials[Flow]) -> None:
    """Take a recording, and one to lay beside it."""
    with st.expander("Recordings of yours", key="gradients.recordings"):
        left, right = st.columns(2)
        with left:
            _place(dials, 0, 'A recording: watching.save("run.frames")')
        if dials.value("watched_first"):
            with right:
                _place(dials, 1, "Another one, to lay beside it")
            st.button(
                "Back to the two that are here",
                key="gradients.watched.back",
                on_click=lambda: dials.set(**dict.fromkeys(DIALS, "")),
            )
        for problem in filter(None, map(said, FILES)):
            st.warning(problem, icon=":material/error:")


def _place(dials: Dials[Flow], number: int, label: str) -> None:
    key = FILES[number]
    place(label, key, FEWER_STEPS, on_change=lambda: _keep(dials, number, st.session_state[key]))


def _keep(dials: Dials[Flow], number: int, file: UploadedFile | None) -> None:
    """Take a recording, and give it to the processes that answer."""
    if file is None:  # taken off the page: the recording itself stays
        return
    content = file.getvalue()
    try:
        mark = keep(file.name, content)
    except ValueError as why:
        refuse(FILES[number], file, sentence(why))
        return
    to = f"{bring.__module__}:{bring.__qualname__}"
    the_desk().bring(Brought(to, f"{mark} {file.name}", content), most=MOST_RECORDINGS)
    dials.set(**{DIALS[number]: mark}, **({} if number else {"watched_layer": 0}))
