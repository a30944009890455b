"""The page of the shelf without a browser: listed, played, laid side by side, gone on from."""

import json
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save
from streamlit.testing.v1 import AppTest

from explorer.dials import values
from explorer.figures.gans import openings
from explorer.figures.scene import as_json
from explorer.labs.cells.retraining import Retraining
from explorer.labs.gans.settings import GanLab
from explorer.pages import led
from explorer.pages.cells import networks
from explorer.pages.shelf import compared, listed, opened, pictures
from explorer.runs import links
from explorer.runs.frames import Frame, pack, packets
from explorer.runs.hub import the_hub
from explorer.runs.past import Past
from explorer.runs.recording import Checkpoint
from explorer.runs.shelf import Known, Parcel, Reader, Shelf, known_experiment, packed, the_shelf
from explorer.runs.shelf.numbers import courses, labels
from tests.pages.test_pages import handed, said

MINE, OTHERS = Reader("mine"), Reader("others")


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A shelf of its own; no picture is painted."""
    monkeypatch.setenv("EXPLORER_SHELF", str(tmp_path / "shelf.sqlite"))
    monkeypatch.setattr(pictures, "picture", lambda reader, row, dark: b"")
    return the_shelf()


@cache
def match(seed: int = 5, frames: int = 27) -> Parcel:
    """Return a small match as it is kept after some ticks."""
    lab = GanLab(width=8, batch=16, critic_steps=1, steps=40, seed=seed)
    experiment, packed_frames, states = lab.match(), [], []
    stream = experiment.stream()
    for index in range(frames):
        frame = next(stream)
        packet = pack(frame, index, experiment.precision)
        packed_frames.append((index, packet))
        if frame.state is not None:
            states.append(Checkpoint(index, frame.step, save(dict(frame.state)), packet))
    past = Past(
        pack(experiment.still(), -1, experiment.precision),
        tuple(packed_frames),
        tuple(states),
        last=40,
        complete=False,
    )
    return Parcel(
        name=f"seed {seed}",
        page="gans",
        link=links.query(lab),
        title="What did each one really learn?",
        clock="step",
        settings=values(lab),
        scene=as_json(openings.match_of(lab)),
        past=past,
        experiment=Known.of(experiment),
        start=26,
    )


def page(**address: str) -> AppTest:
    """Return the page of the shelf as its owner sees it."""

    def script() -> None:
        import streamlit as st

        from explorer.pages import shelf, surroundings
        from explorer.runs.shelf import Reader

        st.session_state["shelf:reader"] = Reader("mine")
        surroundings.attend()
        shelf.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def text(app: AppTest) -> str:
    """Return everything that is written on the page."""
    return " ".join(each.proto.body for each in app.get("html"))


def test_an_empty_shelf_says_how_something_comes_there():
    app = page()

    assert not app.exception
    assert "Press Keep" in said(app)


def test_what_is_kept_is_listed_with_its_numbers_and_its_note_as_text(shelf: Shelf):
    shelf.keep(MINE, replace(match(), name="<b>bold</b>", note="look <i>here</i>"))
    shelf.keep(OTHERS, replace(match(), name="theirs"))

    app = page()

    assert not app.exception
    assert "&lt;b&gt;bold&lt;/b&gt;" in text(app)
    assert "look &lt;i&gt;here&lt;/i&gt;" in text(app)
    assert "step 26 · 27 frames" in text(app)
    assert "theirs" not in text(app)


def test_an_opened_run_is_played_at_once_from_its_own_frames(shelf: Shelf):
    row = shelf.keep(MINE, match())

    app = page(run=row.number)

    told = handed(app)
    assert (told["live"], told["start"]) == (False, 26)
    assert told["scene"] == json.loads(json.dumps(match().scene))
    run = the_hub().run(told["token"])
    assert run is not None
    assert run.frames_after(-1) == match().past.packets


def test_a_link_to_a_run_that_is_not_there_leads_to_the_list(shelf: Shelf):
    theirs = shelf.keep(OTHERS, match())

    for number in (theirs.number, "../../\0"):
        app = page(run=number)
        assert not app.exception
        assert "What was kept" in text(app)
        assert "not on your shelf" in said(app)


def test_two_runs_of_a_kind_stand_side_by_side_with_what_differs(shelf: Shelf):
    first, second = shelf.keep(MINE, match()), shelf.keep(MINE, match(seed=6, frames=11))

    app = page(run=first.number, beside=second.number)

    assert not app.exception
    shown = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    runs = [the_hub().run(each["token"]) for each in shown]
    assert [run.status().head for run in runs if run is not None] == [26, 10]
    assert "<td>seed</td><td>5</td><td>6</td>" in text(app)
    assert text(app).count("<td>") == 3  # nothing else differs
    assert "Equal at all 11 steps that both have." in [each.value for each in app.caption]  # held


def test_the_numbers_of_a_run_are_those_of_its_frames():
    found = courses(match().past)

    assert found["a/w1"].steps.tolist() == list(range(27))
    assert labels(match().scene)["a/held"] == "held"
    whole = GanLab(width=8, batch=16, critic_steps=1, steps=40).match().stream()
    expected = [next(whole).scalars["a/w1"] for _ in range(27)]
    np.testing.assert_allclose(found["a/w1"].values, expected, rtol=1e-6)


def test_where_two_numbers_are_furthest_apart_is_said_of_the_steps_that_both_have():
    steps = np.arange(5.0)

    apart = compared.furthest(steps, steps**2, steps[:4], np.array([0.0, 1.0, 4.5, 9.25]))
    assert "at step 2, by 0.5, of the 4 steps" in apart
    assert compared.furthest(steps, steps, steps[2:], steps[2:]).startswith("Equal at all 3")
    nowhere = compared.furthest(steps, steps, steps + 9, steps)
    assert nowhere.startswith("No step of one")


def test_a_run_goes_on_in_its_lab_under_the_link_that_it_had(shelf: Shelf):
    row = shelf.keep(MINE, match())
    app = page()

    app.button(f"shelf.on.{row.number}").click().run()

    assert not app.exception
    where, parameters = app.session_state[led.TO]
    lab = links.decode(GanLab, parameters).settings
    assert where == "gans"
    ticket = the_hub().open(app.session_state["viewer"], lab.match())
    run = the_hub().run(ticket.token)
    assert run is not None
    assert run.origin == row.number
    assert run.frames_after(-1) == match().past.packets
    assert "all up to step 26 is as it was kept" in run.status().notice


def bits(frame: Frame) -> dict[str, Any]:
    """Return all that a frame says, to the last bit; in which order it says so counts not."""
    arrays = {name: np.asarray(array, float).tobytes() for name, array in frame.arrays.items()}
    scalars = {name: float(value).hex() for name, value in frame.scalars.items()}
    return arrays | scalars | dict(frame.sentences)


def test_kept_games_go_on_and_fork_bit_for_bit_as_those_that_never_stopped(shelf: Shelf):
    kept = shelf.take(MINE, shelf.keep(MINE, match()).number)
    assert kept.experiment is not None
    last, lab = kept.past.checkpoints[-1], GanLab(width=8, batch=16, critic_steps=1, steps=40)
    turned = lab.turn(25, replace(lab, critic_rate=0.005)).match()

    for experiment in (known_experiment(kept.experiment), turned):
        whole = list(islice(experiment.stream(), 31))
        onwards = list(islice(experiment.stream(load(last.state)), 5))
        assert list(map(bits, onwards)) == list(map(bits, whole[26:]))

    assert last.step == 25
    assert turned != lab.match()


def test_a_run_that_goes_on_is_there_again_when_its_page_is_loaded_anew(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    row = shelf.keep(MINE, match())
    monkeypatch.setattr(opened, "_last", {MINE.owner: row.number})

    def script() -> None:
        import streamlit as st

        from explorer.pages.shelf import opened
        from explorer.runs.shelf import Reader

        st.session_state["shelf:reader"] = Reader("mine")
        opened.once_more("gans")

    app = AppTest.from_function(script, default_timeout=120).run()

    assert not app.exception
    lab = GanLab(width=8, batch=16, critic_steps=1, steps=40)
    run = the_hub().run(the_hub().open(app.session_state["viewer"], lab.match()).token)
    assert run is not None
    assert run.frames_after(-1) == match().past.packets


def test_a_network_that_was_made_anew_goes_on_where_its_own_dials_stand(shelf: Shelf):
    training = Retraining("digits-lstm", updates=500, seed=7)
    known = Known.of(training)
    row = shelf.keep(MINE, replace(match(), page="cells", link="view=networks", experiment=known))
    app = page()

    app.button(f"shelf.on.{row.number}").click().run()

    assert not app.exception
    stands = [app.session_state[key] for key in networks.ANEW]
    assert stands == ["digits-lstm", 500, 7]
    assert the_hub().open(app.session_state["viewer"], training).digest.endswith(row.number)


def test_a_run_whose_link_means_something_else_by_now_does_not_go_on():
    with pytest.raises(ValueError, match="leads to another experiment by now"):
        opened.goes_on(replace(match(), link="seed=9"))
    with pytest.raises(ValueError, match="does not take its settings any more"):
        opened.goes_on(replace(match(), link="no_such_dial=9"))
    with pytest.raises(ValueError, match="computed at once"):
        opened.goes_on(replace(match(), experiment=None))


def test_a_deleted_run_can_be_put_back(shelf: Shelf):
    row = shelf.keep(MINE, match())
    app = page(run=row.number)
    app.session_state[f"shelf.more.{row.number}"] = True

    app.run().button(f"shelf.delete.{row.number}").click().run()
    assert shelf.all(MINE) == []
    assert "Deleted: “seed 5”" in text(app)

    app.button("shelf.undo").click().run()
    assert [each.number for each in shelf.all(MINE)] == [row.number]

    shelf.delete(MINE, row.number)
    app.session_state["shelf.gone"] = True
    app.run().button(f"shelf.back.{row.number}").click().run()
    assert [each.number for each in shelf.all(MINE)] == [row.number]


def test_a_damaged_shelf_is_one_sentence_and_no_traceback(shelf: Shelf):
    row = shelf.keep(MINE, match())
    shelf.path.write_bytes(b"no database" * 99)

    for app in (page(), page(run=row.number)):
        assert not app.exception
        assert "The shelf is damaged and was left as it is" in said(app)
    assert shelf.path.read_bytes() == b"no database" * 99


def brought(content: bytes, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a session remembers after a file was brought."""
    file = SimpleNamespace(file_id="1", name="mine.kept", getvalue=lambda: content)
    state: dict[str, Any] = {listed.BROUGHT: file}
    monkeypatch.setattr(listed.st, "session_state", state)
    monkeypatch.setattr(listed, "reader", lambda: MINE)
    listed._import()
    listed._import()  # as it is said once more when the place is closed
    return state


def test_an_exported_file_is_imported_once_and_is_marked(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    row = shelf.keep(MINE, match())
    state = brought(opened.exported(MINE, row), monkeypatch)

    assert listed.TROUBLE not in state
    (other,) = [each for each in shelf.all(MINE) if each.number != row.number]
    assert (other.imported, other.name, other.kind) == (True, row.name, row.kind)
    assert shelf.take(MINE, other.number).past == match().past


def test_a_hostile_file_is_refused_with_its_name_and_nothing_is_kept(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    scenes: list[Any] = [{"panels": "x"}, {"panels": [{"kind": "script"}]}, {"href": "x"}]
    for scene in scenes:
        state = brought(packed(replace(match(), scene=scene)), monkeypatch)
        assert state[listed.TROUBLE].startswith("mine.kept: The picture of this run cannot be")
    state = brought(b"PK\3\4 a bomb", monkeypatch)

    assert state[listed.TROUBLE] == "mine.kept: This is no run of this laboratory."
    assert shelf.all(MINE) == []


def test_what_stands_on_a_page_is_kept_whole(shelf: Shelf):
    def script() -> None:
        import streamlit as st

        from explorer.pages import gans, surroundings
        from explorer.runs.shelf import Reader

        st.session_state["shelf:reader"] = Reader("mine")
        surroundings.attend()
        gans.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in links.encode(GanLab(width=8, seed=11)).items():
        app.query_params[name] = value
    app.run()
    run = the_hub().run(handed(app)["token"])
    assert run is not None
    run.relive(match().past)
    app.session_state["shelf.keep"] = True
    app.run().text_area("shelf.keep.note").input("a note")  # and at once, without a run between:

    app.button("shelf.keep.it").click().run()

    assert not app.exception
    (row,) = shelf.all(MINE)
    kept = shelf.take(MINE, row.number)
    assert (kept.name, kept.note, kept.page) == ("Match: Width 8, Seed 11", "a note", "gans")
    assert kept.past.packets == match().past.packets == packets(_chunk(kept))[1:]
    assert kept.scene == json.loads(json.dumps(handed(app)["scene"]))
    assert "Kept: “Match: Width 8, Seed 11”" in " ".join(each.value for each in app.success)

    app.button("shelf.keep.it").click().run()  # a double click

    assert len(shelf.all(MINE)) == 1
    assert "Kept: “Match: Width 8, Seed 11”" in " ".join(each.value for each in app.success)


def _chunk(parcel: Parcel) -> bytes:
    from explorer.runs.frames import chunk

    return chunk([parcel.past.still, *parcel.past.packets])
