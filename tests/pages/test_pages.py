"""The pages as Streamlit runs them, without a browser: links, bad input, what the code shows."""

import importlib
import inspect
import json
import pkgutil
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import forward_msg_cache
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from explorer.pages import bringing, cells, gans, gradients, sequences, surroundings, transport

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "cells": cells,
    "gradients": gradients,
    "sequences": sequences,
    "gans": gans,
    "transport": transport,
}
HOSTILE = ("", "nan", "inf", "-1", "9" * 400, "<script>alert(1)</script>", "../../etc/passwd", "\0")


def opened(page: str, **parameters: str) -> AppTest:
    """Return a page after its first run, opened with these link parameters."""

    def script(page: str) -> None:
        import importlib

        from explorer.pages import surroundings

        surroundings.attend()
        importlib.import_module(f"explorer.pages.{page}").page()

    app = AppTest.from_function(script, kwargs={"page": page}, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest) -> str:
    return " ".join(message.value for message in (*app.warning, *app.error, *app.info))


def payload(app: AppTest) -> str:
    """Return what the page hands to the stage, as JSON text."""
    return app.get("bidi_component")[0].proto.json


def handed(app: AppTest) -> dict[str, Any]:
    """Return what the page hands to the stage."""
    found: dict[str, Any] = json.loads(payload(app))
    return found


@pytest.mark.parametrize("page", [*MODULES, "home"])
def test_a_page_opens_without_a_word_of_complaint(page: str):
    app = opened(page)

    assert not app.exception
    assert said(app) == ""
    assert app.get("bidi_component")


@pytest.mark.parametrize("page", MODULES)
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_links_get_sentences_and_a_working_page(page: str, value: str):
    names = {
        "cells": "cell",
        "gradients": "length",
        "sequences": "task",
        "gans": "data",
        "transport": "cost",
    }

    app = opened(page, **{names[page]: value, "no such setting": value})

    assert not app.exception
    assert len(app.warning) == 2
    assert all(len(message.value) < 300 for message in app.warning)
    assert app.get("bidi_component")


def test_a_link_sets_every_dial_and_the_experiment():
    app = opened("gans", data="grid", seed="17", critic_steps="2", first="minimax")

    assert app.session_state["gans:settings"].data == "grid"
    stands = handed(app)["dials"]["settings"]
    assert [stands[name] for name in ("data", "seed", "critic_steps", "first")] == [
        "grid",
        17,
        2,
        "minimax",
    ]


def test_turning_a_dial_writes_the_link_and_turning_it_back_cleans_it():
    app = opened("gans")
    assert not app.query_params

    app.session_state["gans.critic_steps"] = 1
    app.run()
    assert app.query_params["critic_steps"] in ("1", ["1"])

    app.session_state["gans.critic_steps"] = 5
    app.run()
    assert not app.query_params


def test_a_value_between_the_marks_of_a_dial_survives_in_a_link():
    app = opened("gans", generator_rate="0.0007")

    assert not app.exception
    assert app.session_state["gans:settings"].generator_rate == 0.0007


def test_another_seed_is_another_run_and_a_button_goes_on_by_one():
    app = opened("gans")
    before = handed(app)
    knobs = [knob for group in before["dials"]["groups"] for knob in group["knobs"]]
    assert next(knob["next"] for knob in knobs if knob["name"] == "seed")

    app.session_state["gans.seed"] = 6
    app.run()

    assert app.session_state["gans:settings"].seed == 6
    assert handed(app)["run"] != before["run"]


def test_equal_links_share_one_run_and_a_turned_dial_gets_its_own():
    one, other = opened("gans", seed="123"), opened("gans", seed="123")
    turned = opened("gans", seed="124")

    assert handed(one)["run"] == handed(other)["run"] != handed(turned)["run"]


def test_characters_the_network_never_saw_are_named():
    app = opened("cells", text="abc ☃ def")

    assert not app.exception
    assert "☃" in said(app)


@pytest.mark.parametrize("text", ["x" * 10_000, "0.1 zero", "1e999", "nan"])
def test_typed_nonsense_gets_one_sentence(text: str):
    name = "text" if text.startswith("x") else "numbers"

    app = opened("cells", **{name: text})

    assert not app.exception
    assert len(app.warning) == 1


@pytest.mark.parametrize("page", MODULES)
def test_the_code_of_a_page_names_each_function_once_and_shows_its_source(page: str):
    sources = MODULES[page].SOURCES
    named = surroundings.titles(sources)

    assert list(named.values()) == list(dict.fromkeys(sources))
    for name, source in named.items():
        last = name.rpartition(".")[2]
        written = inspect.getsource(source)
        module = isinstance(source, ModuleType)
        assert module or f"def {last}(" in written or f"class {last}" in written


def test_the_code_on_a_page_is_of_the_function_that_is_chosen():
    def script() -> None:
        import streamlit as st

        from explorer.pages import surroundings, transport

        surroundings.show_code(st.container(), "transport", transport.SOURCES)

    app = AppTest.from_function(script, default_timeout=120).run()
    for name, source in surroundings.titles(MODULES["transport"].SOURCES).items():
        if name in ("staircase", "wasserstein_2"):
            app.selectbox(key="transport.code").set_value(name).run()
            assert app.code[0].value == inspect.getsource(source).rstrip("\n")


@pytest.mark.parametrize("lab", ["cells", "gradients", "gans"])
def test_every_view_of_a_lab_has_its_page_and_every_page_its_view(lab: str):
    rows = importlib.import_module(f"explorer.labs.{lab}.views").VIEWS
    room = importlib.import_module(f"explorer.pages.{lab}")
    shown = {name: (view.name, view.question) for name, view in room.VIEWS.items()}
    pages = {
        module.name
        for module in pkgutil.iter_modules(room.__path__)
        if hasattr(importlib.import_module(f"{room.__name__}.{module.name}"), "SOURCES")
    }

    assert shown == {name: (row.label, row.question) for name, row in rows.items()}
    assert pages == set(rows)


def test_no_browser_is_told_to_look_up_a_message_that_it_may_have_forgotten(monkeypatch):
    least = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["global"]
    monkeypatch.setattr(
        forward_msg_cache.config, "get_option", lambda name: least[name.removeprefix("global.")]
    )
    message = ForwardMsg()
    message.delta.new_element.markdown.body = "a large message " * 2_000_000  # 32 MB, the limit

    forward_msg_cache.populate_hash_if_needed(message)

    assert message.hash
    assert not message.metadata.cacheable


def test_a_way_out_is_taken_though_the_old_page_runs_once_more_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
):
    ways: list[dict[str, str]] = []  # each as if a run of the old page had taken its place
    monkeypatch.setattr("streamlit.switch_page", lambda to, query_params: ways.append(query_params))

    def script() -> None:
        import streamlit as st

        from explorer.pages import led

        led.go(st.session_state.get("at", "lessons"))
        led.out("Out", "gradients", {"seed": "3"}, key="out")

    app = AppTest.from_function(script).run()
    app.button(key="out").click().run()
    app.run()
    assert ways == [{"seed": "3"}] * 2

    app.session_state["at"] = "gradients"  # there
    app.run()
    app.run()
    assert app.query_params["seed"] == "3"
    assert len(ways) == 2


def test_what_is_wrong_with_a_file_is_said_as_long_as_it_lies_in_its_place(monkeypatch):
    bad, good = (
        UploadedFile(UploadedFileRec(name, "a.csv", "text/csv", b""), FileURLs()) for name in "12"
    )
    monkeypatch.setattr(bringing.st, "session_state", state := {"place": bad})
    bringing.refuse("place", bad, "It is no file.")

    assert bringing.said("place") == "It is no file."
    assert bringing.said("another") == ""
    state["place"] = good
    assert bringing.said("place") == ""
    del state["place"]  # the view was left, and its place is empty when one comes again
    assert bringing.said("place") == ""
