"""The README tells the truth: its Python runs, its commands exist."""

import re
import shlex
from pathlib import Path

import pytest

from explorer.__main__ import parser

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = [
    line.split("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("example", PYTHON, ids=range(len(PYTHON)))
def test_an_example_of_the_readme_runs_as_it_stands(example: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write a file

    exec(compile(example, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize("line", [x for x in SHELL if x.startswith("python -m explorer")])
def test_a_command_of_the_readme_is_understood(line: str):
    parser().parse_args(shlex.split(line)[3:])


def test_watching_a_training_takes_no_more_than_fifteen_lines():
    (example,) = [text for text in PYTHON if "gradients.watch" in text]

    assert len([line for line in example.splitlines() if line.strip()]) <= 15


def test_the_readme_names_the_two_commands_once():
    starts = [line for line in SHELL if line.startswith("pip install")]

    assert starts == [
        "pip install -r requirements.txt && streamlit run app.py",
        "pip install -r requirements.txt -r tests/requirements.txt && pytest",
    ]


def test_the_pictures_of_the_readme_exist():
    root = Path(__file__).resolve().parent.parent

    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (root / path).is_file(), path
