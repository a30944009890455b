"""What Python says of scenes, frames and messages, and what the browser's scripts know of it."""

import inspect
import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from explorer.figures import scene
from explorer.runs import frames
from explorer.runs.frames import KINDS, Frame, pack
from explorer.runs.run import Status
from explorer.stage import declarations
from explorer.stage.declarations import COMMAND, FILE
from explorer.stage.standalone import standalone
from explorer.stage.viewer import Command, understand
from tests.stage.gallery import duel

BROWSER = FILE.parent
TEXT = FILE.read_text(encoding="utf-8")


def declared(name: str) -> dict[str, str]:
    """Return the fields of an interface of ``types.d.ts`` with their types; "?" marks optional."""
    (body,) = re.findall(rf"export interface {name} {{\n(.*?)\n}}", TEXT, re.DOTALL)
    return dict(re.fullmatch(r"  (\w+\??): (.*);", line).groups() for line in body.splitlines())


def described(field: str) -> dict[str, type]:
    """Return the dataclasses of the scene that bear a name in ``field``, by that name."""
    classes = [c for _, c in inspect.getmembers(scene, inspect.isclass) if is_dataclass(c)]
    return {f.default: c for c in classes for f in fields(c) if f.name == field}


def test_the_declarations_are_those_that_python_writes_now():
    assert declarations.declarations() == TEXT, f"out of date; run: {COMMAND}"


@pytest.mark.parametrize(
    ("name", "field", "union"), [("Panels", "kind", scene.Panel), ("Marks", "mark", scene.Mark)]
)
def test_every_panel_and_every_mark_is_in_the_union(name: str, field: str, union: Any):
    found = described(field)

    assert set(get_args(union)) == set(found.values())
    assert declared(name) == {kind: part.__name__ for kind, part in found.items()}
    for kind, part in found.items():
        assert declared(part.__name__)[field] == f'"{kind}"'


def fits(value: Any, name: str) -> bool:
    """Return whether a JSON object has the fields of an interface: all it must, none besides."""
    may = {field.rstrip("?") for field in declared(name)}
    must = {field for field in declared(name) if not field.endswith("?")}
    return must <= value.keys() <= may


def test_a_scene_arrives_as_it_is_declared():
    arrived = scene.as_json(duel(2).scene)

    assert fits(arrived, "Scene")
    for panel in arrived["panels"]:
        assert fits(panel, declared("Panels")[panel["kind"]])
        for mark in panel.get("marks", []):
            assert fits(mark, declared("Marks")[mark["mark"]])


def test_a_header_arrives_as_it_is_declared():
    packet = pack(Frame(3, {"line": np.arange(3.0)}, {"lost": np.nan}), 1, {"line": "uint8"})
    length = int.from_bytes(packet[4:8], "little")
    header = json.loads(packet[8 : 8 + length])

    assert fits(header, "Header")
    assert header["arrays"]["line"] == ["uint8", [3], 0, 0.0, 2.0]
    assert "[kind: Kind, shape: number[], offset: number, low: number, high: number]" in TEXT
    assert declared("Header")["scalars"] == "Record<string, number | null>"
    assert header["scalars"]["lost"] is None


def test_every_way_to_pack_an_array_is_declared():
    assert set(get_args(frames.Kind)) == KINDS.keys()
    for kind, top in frames.TOP.items():
        assert np.iinfo(KINDS[kind]).max == top


def test_what_a_saved_page_shows_is_declared():
    show = duel(2)
    page = standalone(show.scene, Frame(0), show.frames, "Duel")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)

    assert fits(json.loads(data), "Showing")


def test_the_server_understands_exactly_the_declared_commands():
    optional = {name.rstrip("?") for name in declared("Command")}

    assert optional == {"goal", "after"}
    for name in optional:
        assert understand(json.dumps({name: 5})) == Command(**{name: 5})
    assert understand('{"speed": 5}') is None


def test_a_status_is_told_with_all_its_fields():
    assert list(declared("Status")) == [field.name for field in fields(Status)]
    assert declared("Status")["rate"] == "number | null"


def test_what_has_no_form_in_json_cannot_be_declared():
    with pytest.raises(TypeError, match="complex"):
        declarations._typescript(complex, {})


@pytest.mark.parametrize(
    "script", sorted(BROWSER.rglob("*.js")), ids=lambda path: str(path.relative_to(BROWSER))
)
def test_no_script_steps_out_of_its_types(script: Path):
    escapes = re.compile(r"@ts-(ignore|nocheck|expect-error)|[{<(|&,:]\s*(any|\*|\?)\s*[}>)|&,=\[]")
    comments = re.findall(r"/\*\*.*?\*/|//[^\n]*", script.read_text("utf-8"), re.DOTALL)

    assert [comment for comment in comments if escapes.search(comment)] == []


def test_the_scripts_are_held_to_strict_types():
    options = json.loads((BROWSER / "tsconfig.json").read_text("utf-8"))["compilerOptions"]

    assert options["strict"] is options["checkJs"] is options["noEmit"] is True
    assert "skipLibCheck" not in options  # it would skip types.d.ts too
