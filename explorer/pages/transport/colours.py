"""The colours of one picture carried to another."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.figures.transport import colours as figures
from explorer.labs.transport import Sand, pictures
from explorer.labs.transport.colours import YOURS
from explorer.pages import surroundings
from explorer.pages.bringing import place, refuse, said
from explorer.pages.column import Column
from explorer.pages.dials import Dials, sentence
from explorer.runs.answers import Asking
from explorer.runs.desk import Brought, the_desk
from explorer.stage.component import ask
from explorer.transport.colours import ColourMap, colour_map

FILE = "transport.picture"

HOW = r"""
**Colours as sand.** A pixel is a point in the cube of red, green and blue; a picture is a cloud of
such points, and where they lie in the picture does not count. The plan carries one cloud to the
other with the least sum of squared distances (Reinhard et al. 2001 asked; Pitié et al. 2007 and
Ferradans et al. 2014 with transport).

**A sample stands for all.** The plan is between so many pixels of each picture, drawn from the
seed: exact, or Sinkhorn's with a blur, where each colour goes to the mean of its row. Every other
pixel moves as the sampled colour nearest to it does. What rests on that draw is measured: the same
with other pixels, and both results compared. $W_2$ after is measured on pixels drawn anew, four
times; the floor beside it is what two samples of the target itself are apart.

**In which space?** Here in the red, green and blue of the file. Equal steps there are not equal to
the eye; what "nearest" means would be another in CIELAB.
"""

SOURCES = (colour_map, ColourMap)


def show(dials: Dials[Sand]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The pictures")
    column.show("colours_source", as_="menu")
    column.show("colours_target", as_="menu")
    column.group("The plan")
    column.show("colours_count")
    column.show("colours_blur")
    column.show("colours_seed", as_="field", next=True)
    dials.finish(dials.wanted())
    ask(
        Asking.about(figures.answer, Sand),
        surroundings.attend(),
        key="transport.colours",
        dials=column.told,
        on_settled=column.settle,
        title="A picture takes the colours of another one.",
    )
    place(
        f"A picture of yours ({', '.join(pictures.FORMATS)})",
        FILE,
        pictures.SMALLER,
        on_change=lambda: _keep(dials, st.session_state[FILE]),
        help="It stays in the memory of this server, small, and is forgotten when that stops.",
    )
    if problem := said(FILE):
        st.warning(problem, icon=":material/error:")
    if note := pictures.note_on(dials.last.colours_upload):
        st.caption(f"Your picture: {note}")
    surroundings.unfolded("How a few hundred pixels move all of them", HOW)
    return "Colours are sand too: those of one picture are carried to those of another."


def _keep(dials: Dials[Sand], file: UploadedFile | None) -> None:
    """Take a picture as the one that is coloured, and give it to the processes that answer."""
    if file is None:  # taken off the page: the picture itself stays
        return
    content = file.getvalue()
    try:
        mark = pictures.keep(content)
    except ValueError as why:
        refuse(FILE, file, sentence(why))
        return
    to = f"{pictures.bring.__module__}:{pictures.bring.__qualname__}"
    the_desk().bring(Brought(to, mark, content), most=pictures.MOST_PICTURES)
    shown = {} if dials.value("colours_target") == YOURS else {"colours_source": YOURS}
    dials.set(colours_upload=mark, **shown)
