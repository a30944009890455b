"""One kept run: played as it was, and the ways on from it."""

from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

import streamlit as st

from explorer.figures.scene import from_json
from explorer.labs.presets import RUNS
from explorer.pages import led, surroundings
from explorer.pages.places import TITLES
from explorer.pages.shelf.whose import reader
from explorer.runs import links
from explorer.runs.experiments import Experiment
from explorer.runs.frames import step_of
from explorer.runs.hub import LimitError, the_hub
from explorer.runs.shelf import (
    Kept,
    Parcel,
    Reader,
    ShelfError,
    known_experiment,
    packed,
    the_shelf,
)
from explorer.stage.component import show

if TYPE_CHECKING:
    from explorer.labs.cells.retraining import Retraining

AS_IT_WAS = "From your shelf: all up to {} is as it was kept, and it goes on from there."
AS_THE_FILE_SAYS = "From a file: all up to {} is as the file says, and was not computed here."
ON = "shelf:on"
TROUBLE = "shelf:trouble"
REMEMBERED = 256  # viewers
_last: dict[str, str] = {}  # by owner, the run that was gone on from last
UNDRAWN = "The picture of this run cannot be drawn by this version of the laboratory."


@lru_cache(maxsize=4)
def _parcel(reader: Reader, number: str, edition: int) -> Parcel:
    return the_shelf().take(reader, number)


def parcel_of(row: Kept) -> Parcel:
    """Return the run of a row that the viewer may see. `ShelfError` where it is damaged."""
    return _parcel(reader(), row.number, row.edition)


def played(row: Kept, key: str, height: int | None = None) -> None:
    """Show a run on a stage, as it stood when it was kept. `ShelfError` where that cannot be."""
    parcel = parcel_of(row)
    drawable(parcel)
    past = parcel.past
    start = [index for index, packet in past.frames if step_of(packet) <= parcel.start]
    show(
        parcel.scene,
        surroundings.admitted(lambda viewer: the_hub().replay(viewer, row.number, past)),
        key=key,
        live=False,
        select=parcel.select,
        height=height,
        start=start[-1] if start else past.frames[0][0],
        title=row.name,
    )


def drawable(parcel: Parcel) -> None:
    """Raise `ShelfError` where the scene of a run is none."""
    try:
        from_json(parcel.scene)
    except (ValueError, TypeError, StopIteration, RecursionError) as error:
        raise ShelfError(UNDRAWN) from error


def goes_on(parcel: Parcel) -> Experiment:
    """Return what a run goes on as in its lab. ValueError, one sentence, where it cannot.

    It can where its link leads to the very experiment that was kept.
    """
    if parcel.experiment is None or not parcel.past.checkpoints:
        raise ValueError("This run was computed at once: its dials are in its lab.")
    experiment = known_experiment(parcel.experiment)
    if _has_dials_of_its_own(experiment):
        return experiment
    if parcel.page not in RUNS:
        raise ValueError("This run can only be played: it has no dials.")
    kind, experiment_of, _ = RUNS[parcel.page]()
    _, parameters = links.split(f"/{parcel.page}?{parcel.link}")
    asked = links.decode(kind, parameters)
    if asked.problems:
        raise ValueError(f"Its lab does not take its settings any more: {asked.problems[0]}")
    try:
        same = experiment_of(asked.settings) == experiment
    except ValueError as why:
        raise ValueError(f"It cannot go on here: {why}.") from None
    if not same:
        raise ValueError("Its link leads to another experiment by now; it can only be played.")
    return experiment


def go_on(row: Kept) -> None:
    """Lead to the lab, where the run stands as it was kept and goes on, or is forked."""
    try:
        _bring(row)
    except (ValueError, ShelfError, LimitError) as why:
        st.session_state[TROUBLE] = str(why)
        return
    st.session_state[ON] = row.number
    _last[reader().owner] = row.number
    while len(_last) > REMEMBERED:
        del _last[next(iter(_last))]
    to_its_lab(row)


def once_more(here: str) -> None:
    """Bring a run along that this browser went on from last, where its page was loaded anew."""
    if ON in st.session_state:
        return
    number = st.session_state[ON] = _last.get(reader().owner, "")
    if not number:
        return
    try:
        row = the_shelf().find(reader(), number)
        if row.page == here:
            _bring(row)
    except (ValueError, ShelfError, LimitError):
        _last.pop(reader().owner, None)  # the page then begins anew, as for everybody


def _bring(row: Kept) -> None:
    """Have a run go on for this viewer; raises what says why it cannot."""
    parcel = parcel_of(row)
    experiment = goes_on(parcel)
    if _has_dials_of_its_own(experiment):
        from explorer.pages.cells.networks import stand_at

        stand_at(experiment)
    told = AS_THE_FILE_SAYS if row.imported else AS_IT_WAS
    notice = told.format(f"{row.clock} {row.step:,}")
    the_hub().bring(surroundings.attend(), row.number, experiment, parcel.past, notice)


def _has_dials_of_its_own(experiment: Experiment) -> TypeGuard["Retraining"]:
    """Return whether the dials of an experiment are not in the link of its page."""
    from explorer.labs.cells.retraining import Retraining  # loads torch, which a list does not need

    return isinstance(experiment, Retraining)


def to_its_lab(row: Kept) -> None:
    """Lead to the dials of a run."""
    if row.page in TITLES:
        led.ask(f"{row.page}?{row.link}")


def exported(reader: Reader, row: Kept) -> bytes:
    """Return a run as a file; the browser asks for it when no page of the viewer's runs."""
    return packed(_parcel(reader, row.number, row.edition))
