"""Sweeps: which runs they have, what their rows are, how they go on, and what they refuse."""

import csv
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import fmean, stdev

import pytest

from explorer.__main__ import main
from explorer.gans import predictions
from explorer.gradients import wilson
from explorer.labs.gradients import horizon
from explorer.labs.presets import plan
from explorer.runs import dask
from explorer.runs.worker import arithmetic_of_a_trainer
from explorer.sweep import grid, measuring, records, sweeping
from explorer.sweep.runs import Runs
from explorer.sweep.sheet import Sheet
from explorer.sweep.summary import condition, mean, share, table
from tests.runs.walk import Walk

ROOT = Path(__file__).resolve().parents[2]
LINK = "/gradients?view=clipping&clip_steps=10&clip_length=5&clip_width=4"
ASKED = ["--vary", "clip_norm=0.5,1", "clip_cell=rnn_tanh,lstm", "--measure", "error"]
COLUMNS = ["unclipped/error", "by_norm/error", "by_value/error"]


def sweep(out: Path, *more: str) -> int:
    return main(["sweep", LINK, *ASKED, "--out", str(out), *more])


def rows(out: Path) -> list[dict[str, str]]:
    with out.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def swept(scheduler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a complete sweep: four combinations, three seeds each."""
    out = tmp_path_factory.mktemp("sweep") / "whole.csv"
    assert sweep(out, "--seeds", "0:3", "--scheduler", scheduler) == 0
    return out


def test_there_is_a_row_for_every_combination_and_seed_in_order(swept: Path):
    found = [(row["clip_norm"], row["clip_cell"], row["seed"]) for row in rows(swept)]

    assert found == [
        (norm, cell, str(seed))
        for norm in ("0.5", "1")
        for cell in ("rnn_tanh", "lstm")
        for seed in range(3)
    ]


@pytest.mark.parametrize("line", [0, 5, 11])
def test_the_link_of_a_row_is_the_run_whose_last_frame_has_its_numbers(swept: Path, line: int):
    row = rows(swept)[line]
    with arithmetic_of_a_trainer():
        *_, last = plan(row["link"]).experiment.stream()

    assert [float(row[name]) for name in COLUMNS] == [
        pytest.approx(last.scalars[name], rel=1e-6) for name in COLUMNS
    ]
    assert plan(row["link"]).link == row["link"]
    assert str(plan(row["link"]).settings.seed) == row["seed"]


def test_a_sweep_that_was_interrupted_goes_on_where_it_stood_and_ends_in_the_same_file(
    swept: Path, tmp_path: Path, scheduler: str
):
    whole = swept.read_bytes().splitlines(keepends=True)
    out = tmp_path / "half.csv"
    out.write_bytes(b"".join([whole[0], whole[5], whole[2]]) + whole[7][:20])  # cut in a line
    tasks = Runs(LINK, ASKED[1:3], "0:3", "error").tasks(_sheet(out).rows)

    assert len(tasks) == 10
    assert sweep(out, "--seeds", "0:3", "--scheduler", scheduler) == 0
    assert out.read_bytes() == swept.read_bytes()


def test_a_sweep_is_widened_by_more_seeds_without_measuring_again(swept: Path):
    wider = Runs(LINK, ASKED[1:3], "0:5", "error")

    assert len(wider.tasks(_sheet(swept, "0:5").rows)) == 4 * 2


def _sheet(out: Path, seeds: str = "0:3") -> Sheet:
    asked = Runs(LINK, ASKED[1:3], seeds, "error")
    return Sheet(out, asked.keys, asked.values, asked.runs())


def test_a_sweep_whose_process_is_killed_leaves_whole_lines_that_are_not_measured_again(
    tmp_path: Path,
):
    out = tmp_path / "killed.csv"
    command = [sys.executable, "-m", "explorer", "sweep", LINK, *ASKED, "--seeds", "0:50"]
    with subprocess.Popen(
        [*command, "--workers", "1", "--out", str(out)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while not out.exists() or out.read_bytes().count(b"\n") < 4:
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.stderr.read()  # its workers end with it

    kept = _sheet(out, "0:50").rows
    assert 3 <= len(kept) < 200
    assert all(math.isfinite(value) for values, trouble in kept.values() for value in values)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("clip_norm", "clip_value", 1), "its columns are others"),
        (lambda text: text.replace("clip_length=5", "clip_length=6"), "no run like that of its"),
        (lambda text: text.replace(",0.5,", ",0.7,").replace("\n0.5,", "\n0.7,"), "no run like"),
    ],
)
def test_the_file_of_another_sweep_is_left_alone(swept: Path, tmp_path, capsys, change, said: str):
    out = tmp_path / "other.csv"
    out.write_text(change(swept.read_text()))
    before = out.read_bytes()

    assert sweep(out, "--seeds", "0:3") == 2

    message = capsys.readouterr().err
    assert f"{out} belongs to another sweep" in message
    assert said in message
    assert out.read_bytes() == before


def test_rows_of_another_torch_are_not_mixed_with_those_of_this_one(swept, tmp_path, capsys):
    out = tmp_path / "old.csv"
    out.write_text(swept.read_text().replace(_sheet(swept)._made_with, "1.0"))

    assert sweep(out, "--seeds", "0:3") == 2
    assert "was begun with torch 1.0" in capsys.readouterr().err


def test_two_sweeps_do_not_write_one_file(swept: Path):
    with _sheet(swept), pytest.raises(ValueError, match="another sweep is writing"), _sheet(swept):
        pass


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vary", "colour=1"], "unknown setting 'colour'; choose from view, length"),
        (["--vary", "clip_cell=elman"], "unknown clip_cell 'elman'; choose from 'rnn_tanh'"),
        (["--vary", "clip_norm"], "--vary takes dials such as width=16,32, not 'clip_norm'"),
        (["--vary", "clip_norm=1,"], "--vary takes dials such as width=16,32, not 'clip_norm=1,'"),
        (["--vary", "clip_norm=1", "clip_norm=2"], "clip_norm is varied twice"),
        (["--vary", "clip_norm=1,1"], "a value of clip_norm is given twice"),
        (["--vary", "seed=1,2", "--seeds", "0:4"], "seed is varied by --seeds"),
        (["--seeds", "4:2"], "--seeds 4:2 are 0 seeds"),
        (["--seeds", "0:999999999"], "give 1 to 100,000"),
        (["--seeds=-1"], "--seeds takes 0:64, 0:320:5 or 1,4,9, not '-1'"),
        (["--seeds", "0:3,2"], "a seed is given twice"),
        (["--measure", "held"], "unknown measure 'held'; choose from"),
        (["--rate", "error"], "--rate takes a condition such as 'a/held>=20', not 'error'"),
        (["--scheduler", "host:1"], "a scheduler has an address such as tcp://127.0.0.1:8786"),
        (["--only", "collapse"], "--only is for the records: 'predictions', 'horizon'"),
        (["--out", "x.json"], "a sweep is written to a .csv file, not to 'x.json'"),
    ],
)
def test_what_cannot_be_swept_is_said_in_one_sentence(tmp_path, capsys, arguments, said: str):
    given = ["sweep", LINK, "--measure", "error", "--out", str(tmp_path / "x.csv"), *arguments]

    assert main(given) == 2

    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("nonsense", "unknown preset 'nonsense'; choose from 'ring', 'grid'"),
        ("/nowhere", "nothing is measured behind '/nowhere'; choose from '/gans'"),
        ("/gans?first=magic", "unknown first 'magic'; choose from"),
        ("/gans?view=dirac", "there is no run behind the view 'dirac'"),
        ("/cells", "unknown measure 'error'; choose from chance_square"),
    ],
)
def test_what_has_no_runs_is_said_in_one_sentence(what: str, said: str):
    with pytest.raises(ValueError) as refused:
        Runs(what, measure="error")

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_dask_a_sweep_says_in_one_sentence_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("explorer.runs.dask.find_spec", lambda name: None)

    assert sweep(tmp_path / "x.csv") == 2
    assert capsys.readouterr().err == (f"{dask.MISSING}\n")


def test_a_scheduler_that_does_not_answer_is_said_and_leaves_no_rows(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("explorer.runs.dask.CONNECTING", 0.5)
    out = tmp_path / "x.csv"

    assert sweep(out, "--scheduler", "tcp://127.0.0.1:9") == 1
    assert "no scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert rows(out) == []


def test_seeds_are_a_range_with_or_without_a_step_or_a_list():
    assert grid.numbers("0:4") == (0, 1, 2, 3)
    assert grid.numbers("3:20:5") == (3, 8, 13, 18)
    assert grid.numbers("7,1,2:4") == (7, 1, 2, 3)


def test_a_name_stands_for_the_number_of_every_game_and_a_whole_name_for_one():
    seen = ["step", "a/held", "b/held", "a/held/mean", "a/0/held"]

    assert measuring.matching("held", seen) == ["a/held", "b/held"]
    assert measuring.matching("a/held", seen) == ["a/held"]
    assert measuring.matching("0/held", seen) == ["a/0/held"]
    assert measuring.matching("seldom", seen) == []


def test_what_lessons_measure_can_be_swept_with_a_run_behind_it_or_without():
    at_once = Runs(
        "/gradients?cells=plain&length=20&seeds=1", ["gain=0.5,1"], "0:2", "reach_rnn_tanh"
    )
    (first, *rest) = at_once.tasks({})
    named = measuring.measured(**first.arguments)

    assert len(rest) == 3
    assert named["values"][0] == measuring.MEASURES["reach_rnn_tanh"].value(
        grid.configuration(*grid.parsed(first.arguments["link"]))
    )


def test_runs_that_share_seeds_are_refused_and_told_how_far_apart_they_lie():
    link = "/gradients?cells=plain&length=20&seeds=5"

    with pytest.raises(ValueError, match=r"takes 5 neighbouring seeds together.*such as 0:40:5"):
        Runs(link, (), "0:8", "reach_rnn_tanh")
    assert len(Runs(link, (), "0:40:5", "reach_rnn_tanh").runs()) == 8


def test_a_run_that_diverges_has_its_sentence_in_place_of_numbers(monkeypatch):
    monkeypatch.setattr(measuring, "behind", lambda page, settings: Walk(diverges_at=5))

    found = measuring.measured(LINK, ["far"])

    assert found["trouble"] == "The walkers left the map at step 5."
    assert math.isnan(found["values"][0])


def test_the_summary_is_mean_standard_error_and_share_with_wilsons_interval():
    values = [1.0, 2.0, 4.0, 7.0]
    points = {"x=1": [((value,), "") for value in values] + [((math.nan,), "It diverged.")]}

    head, line = table(points, ["held"], [condition("held>=2")])

    error = stdev(values) / math.sqrt(4)
    low, high = (100 * end for end in wilson(3, 5))
    assert head.split() == ["runs", "held", "held>=2", "no", "end"]
    assert f"{fmean(values):.3g} ± {error:.3g}" in line
    assert f"3 of 5 ({low:.0f} to {high:.0f} %)" in line  # one that came to no end has not met it
    assert line.endswith(share(1, 5))
    assert mean([3.0]) == "3"


# ----------------------------------------------------------------------------------- the records


def test_the_record_of_the_horizon_ends_each_network_where_no_seed_solves_it(tmp_path):
    sweep = records.RECORDS["horizon"](None)
    done: dict = {}
    todo = sweep.tasks(done)
    assert len(todo) == len(horizon.RATES)
    while todo:
        task = todo.pop()
        length = task.arguments["length"]
        value = {"rate": 0.01, "seeds": 10, "solved": 10 if length < 15 else 0}
        done |= dict(sweep.rows(task, {**task.arguments, **value}))
        todo += sweep.after(task, done)

    assert sweep.missing(done) == 0
    assert {key[1] for key in done} == {"5", "10", "15"}


def test_the_shipped_horizon_is_a_complete_file_of_its_sweep():
    sweep = records.RECORDS["horizon"](None)
    sheet = Sheet(horizon.SHIPPED, sweep.keys, sweep.values, sweep.runs())

    assert sweep.missing(sheet.rows) == 0
    assert len(sheet.rows) == len(horizon.recorded())


def test_the_sweep_makes_a_shipped_row_of_the_horizon_again(tmp_path, scheduler: str):
    out = tmp_path / "horizon.csv"
    shipped = next(each for each in horizon.recorded() if each.learner == "gru")
    kept = [
        line for line in horizon.SHIPPED.read_text().splitlines() if not line.startswith("gru,5,")
    ]
    out.write_text("\n".join(kept) + "\n")

    assert main(["sweep", "horizon", "--scheduler", scheduler, "--out", str(out)]) == 0
    (again,) = [row for row in rows(out) if row["learner"] == "gru" and row["length"] == "5"]
    assert int(again["solved"]) == pytest.approx(shipped.solved, abs=1)  # of ten seeds
    assert out.read_text().splitlines()[0] == horizon.SHIPPED.read_text().splitlines()[0]


def test_a_prediction_is_measured_again_by_the_command_beside_it(
    tmp_path, scheduler, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    preset = predictions.PRESETS["dirac"]
    words = preset.command.split()[3:]

    assert main([*words, "--scheduler", scheduler]) == 0

    came_true = [int(row["came_true"]) for row in rows(tmp_path / "dirac.csv")]
    assert (sum(came_true), len(came_true)) == (preset.measured.hits, preset.measured.seeds)
    assert f"shipped: {preset.measured.hits} of {preset.measured.seeds}" in capsys.readouterr().out


def test_a_record_takes_no_dials_and_knows_its_own_names(tmp_path):
    with pytest.raises(ValueError, match="--seeds cannot be given for predictions"):
        sweeping("predictions", tmp_path / "x.csv", seeds="0:4")
    with pytest.raises(ValueError, match="unknown prediction 'luck'; choose from 'collapse'"):
        sweeping("predictions", tmp_path / "x.csv", only="luck")
