"""The known answers: how they are judged, and that the quick ones hold."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.labs.gans.script import as_script
from explorer.verify import ROOMS, Known, gans, known_answers, scripts, verify
from explorer.verify.known import judge
from explorer.verify.scripts import SCRIPTS

ROOT = Path(__file__).resolve().parent.parent


def known(expected=1.0, measured=1.0, **settings) -> Known:
    return Known("what", expected, lambda: measured, "source", **settings)


def status_of(*answers: Known, quick: bool = False) -> int:
    return verify({"cells": answers}, quick)


def test_a_right_answer_leaves_the_exit_status_at_zero(capsys):
    assert status_of(known(2, 2)) == 0
    assert "1 known answers: 1 hold, 0 fail" in capsys.readouterr().out


def test_one_wrong_answer_among_right_ones_makes_the_exit_status_one(capsys):
    assert status_of(known(2, 2), known(2, 3), known(2, 2)) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["ok", "FAILS", "ok"]
    assert "3 known answers: 2 hold, 1 fail" in lines[-1]


def test_wrong_mathematics_is_found_by_the_answer_that_names_it(monkeypatch):
    (penalty,) = (each for each in known_answers("gans") if "slope (3, 4)" in each.what)
    assert judge("gans", penalty).holds

    right = gans.gradient_penalty
    monkeypatch.setattr(gans, "gradient_penalty", lambda *given: right(*given) + 9)  # ‖s‖², not

    assert not judge("gans", penalty).holds
    assert status_of(penalty) == 1


def test_a_script_that_plays_another_game_is_found_by_its_answer(monkeypatch):
    (answer,) = (known for known in SCRIPTS if "R1 with spectral" in known.what)

    def other(match, ticks):
        text = as_script(match, ticks=ticks)
        assert "'r1_weight': 10.0" in text
        return text.replace("'r1_weight': 10.0", "'r1_weight': 10.1")

    monkeypatch.setattr(scripts, "as_script", other)

    verdict = judge("gans", answer)
    assert verdict.trouble == ""
    assert not verdict.holds


def test_a_measurement_that_breaks_fails_alone_and_says_why(capsys):
    def breaks() -> float:
        raise ZeroDivisionError("nothing\nto divide by")

    assert status_of(Known("broken", 1, breaks, "source"), known()) == 1

    out = capsys.readouterr().out
    assert "ZeroDivisionError: nothing to divide by" in out
    assert "2 known answers: 1 hold, 1 fail" in out


def test_verifying_nothing_is_no_success():
    assert status_of() == 1
    assert status_of(known(slow=True), quick=True) == 1


def test_slow_answers_are_skipped_when_quick_and_counted(capsys):
    assert status_of(known(), known(1, 5, slow=True), quick=True) == 0
    assert "1 slow ones skipped" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (known(100.0, 100.9, tolerance=1), True),
        (known(100.0, 101.1, tolerance=1), False),
        (known(100.0, 100.9, tolerance=0.01, kind="rel"), True),
        (known(-100.0, -100.9, tolerance=0.01, kind="rel"), True),
        (known(0.01, 0.0102, tolerance=0.01, kind="rel"), False),
        (known((1, 2), 1.0, kind="range"), True),
        (known((1, 2), 2.0, kind="range"), True),
        (known((1, 2), 2.001, kind="range"), False),
        (known(0, 1e-300), False),
    ],
)
def test_an_answer_holds_within_its_tolerance_and_not_beyond(answer: Known, holds: bool):
    assert judge("cells", answer).holds is holds


@pytest.mark.parametrize("answer", [
    known(1, math.nan, tolerance=math.inf),
    known(1, math.nan, tolerance=1, kind="rel"),
    known((-1e300, 1e300), math.nan, kind="range"),
])  # fmt: skip
def test_nan_is_never_the_answer(answer: Known):
    assert not judge("cells", answer).holds


@pytest.mark.parametrize(
    "settings",
    [{"expected": (1, 2)}, {"expected": 1, "kind": "range"}, {"tolerance": -1.0}],
)
def test_an_answer_that_cannot_be_judged_is_refused(settings):
    with pytest.raises(ValueError, match="what"):
        known(**settings)


def test_the_table_as_json_says_what_the_printed_one_says(tmp_path):
    out = tmp_path / "table.json"

    assert verify({"cells": [known(2, 2), known(2, math.inf)]}, out=out) == 1

    right, wrong = json.loads(out.read_text())
    assert (right["room"], right["expected"], right["measured"], right["holds"]) == (
        "cells", 2, 2, True,
    )  # fmt: skip
    assert (wrong["measured"], wrong["holds"]) == (None, False)


def test_no_two_answers_of_a_room_have_one_name():
    for room in ROOMS:
        names = [each.what for each in known_answers(room)]
        assert len(set(names)) == len(names)


def test_every_answer_says_where_it_is_known_from():
    assert all(each.source for room in ROOMS for each in known_answers(room))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "kitchen"], "unknown room 'kitchen'; choose from 'cells', "),
        (["--only", "cells", "--json", "/nowhere/table.json"], "cannot write to /nowhere"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_status_two(arguments, complaint, capsys):
    assert main(["verify", *arguments]) == 2

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(complaint)


def test_the_quick_answers_of_the_project_hold():
    command = [sys.executable, "-m", "explorer", "verify", "--quick"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 fail" in done.stdout.splitlines()[-1]
