"""The house: who may look at whom, and what a module may know."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

from explorer.dials import files
from explorer.figures import theme
from explorer.networks.uploads import limits

ROOT = Path(__file__).resolve().parent.parent
MATHEMATICS = ("cells", "transport", "sequences", "gradients", "gans")
ROOMS = ("dials", *MATHEMATICS, "runs", "networks", "labs", "figures", "lessons", "stage")
BELOW = {
    "dials": set(),  # the row of a setting: for whoever has settings
    "cells": set(),
    "transport": set(),
    "sequences": {"dials", "cells"},
    "gradients": {"dials", "cells", "sequences"},
    "gans": {"dials", "transport"},
    "runs": {"dials"},
    "networks": {"dials", *MATHEMATICS},
    "labs": {"dials", *MATHEMATICS, "runs", "networks"},
    "figures": {"dials", *MATHEMATICS, "runs", "networks", "labs"},
    "lessons": {"dials", *MATHEMATICS, "runs", "networks", "labs", "figures"},
    "stage": {"runs", "labs", "figures"},
    "pages": set(ROOMS),
    # the commands, which look at whatever they check, time, run, sweep over or show; and notebooks
    "verify": set(ROOMS),
    "bench": set(ROOMS),
    "train": set(ROOMS),
    "sweep": {*ROOMS, "train"},
    "site": set(ROOMS),
    "lab": set(ROOMS),
}
ONLY = {"streamlit": {"pages", "stage"}, "plotly": {"figures", "pages"}}
FORBIDDEN_THERE = {"time", "datetime", "pathlib", "os", "io", "shutil", "tempfile"}


def imports(source: str) -> set[str]:
    """Return the dotted names that a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def breaches(room: str, source: str) -> list[str]:
    """Return the imports of a module of ``room`` that its place in the house forbids."""
    wrong = []
    for name in imports(source):
        top, *rest = name.split(".")
        if top == "explorer" and rest and rest[0] != room and rest[0] not in BELOW[room]:
            wrong.append(name)
        if top in ONLY and room not in ONLY[top]:
            wrong.append(name)
        if room in MATHEMATICS and top in FORBIDDEN_THERE:
            wrong.append(name)
    return sorted(wrong)


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "explorer").glob("*/**/*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_looks_downwards_only(path: Path):
    room = path.relative_to(ROOT / "explorer").parts[0]

    assert breaches(room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("cells", "from explorer.gans import Game"),
        ("runs", "from explorer.pages import cells"),
        ("gans", "import streamlit as st"),
        ("stage", "import plotly.graph_objects as go"),
        ("gradients", "def f():\n    import time"),
        ("transport", "from explorer import cells"),
        ("runs", "from explorer.labs.gans import GanLab"),
        ("runs", "from explorer.gans import Game"),
        ("networks", "from explorer.runs.frames import Frame"),
        ("labs", "from explorer.figures import scene"),
        ("dials", "from explorer.cells import CELLS"),
        ("cells", "from explorer.dials import dial"),
    ],
)
def test_an_arrow_planted_the_wrong_way_is_seen(room: str, line: str):
    assert breaches(room, line)


def test_who_hangs_at_the_door_is_there_and_is_called_only_when_asked():
    import importlib
    import subprocess

    import explorer

    code = (
        "import sys; import explorer.gradients; "
        f"assert not {set(explorer.UPSTAIRS.values())} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
    writer = importlib.import_module(explorer.UPSTAIRS["watching"])
    assert callable(writer.save)
    assert callable(writer.as_html)


def test_no_module_stands_outside_a_room():
    beside = {path.name for path in (ROOT / "explorer").glob("*.py")}

    assert beside <= {"__init__.py", "__main__.py"}
    assert {path.parts[-2] for path in modules() if path.parent.parent.name == "explorer"} <= set(
        BELOW
    )


def test_the_top_level_is_the_card_of_the_project():
    visible = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")} - {"__pycache__"}

    assert visible == {"README.md", "app.py", "requirements.txt", "assets", "explorer", "tests"}


def test_streamlit_and_the_stage_share_one_palette():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]

    for name, palette in (("light", theme.LIGHT), ("dark", theme.DARK)):
        ours = config[name]
        assert ours["primaryColor"] == palette["accent"]
        assert ours["backgroundColor"] == palette["background"]
        assert ours["secondaryBackgroundColor"] == palette["card"]
        assert ours["textColor"] == palette["ink"]
        assert ours["borderColor"] == palette["line"]


def test_one_limit_of_files_holds_for_the_server_the_pages_and_the_readers():
    server = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]

    assert server["maxUploadSize"] == files.LARGEST_MB
    assert files.LARGEST_MB * 10**6 == files.LARGEST_FILE == limits.LARGEST_FILE
    places = [
        path for path in (ROOT / "explorer").rglob("*.py") if "file_uploader(" in path.read_text()
    ]
    assert [path.name for path in places] == ["bringing.py"]  # the one place, of explorer/pages


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_everything_written_in_a_colour_can_be_read_on_the_card(palette: dict[str, str]):
    grounds = {"line", "background", "card", "high", "low"}
    card = luminance(palette["card"])

    for role in palette.keys() - grounds:
        lighter, darker = sorted((luminance(palette[role]), card), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, role


def test_a_role_has_a_colour_in_both_themes():
    assert theme.LIGHT.keys() == theme.DARK.keys()
    assert theme.DASH.keys() <= theme.LIGHT.keys()


def test_the_mathematics_needs_no_streamlit():
    import subprocess

    code = (
        "import sys; import explorer.cells, explorer.gans, explorer.gradients, explorer.transport, "
        "explorer.sequences; assert 'streamlit' not in sys.modules and 'plotly' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
