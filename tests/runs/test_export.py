"""Runs as files: what is read back is what the run showed."""

import csv
import json
import math

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from explorer.runs.export import EXPORTS, check_place
from explorer.runs.frames import Frame, packets, unpack
from tests.runs.walk import Walk

WALK = Walk(steps=25)
LINK = "/walk?steps=25"


def write(path, experiment=WALK, frames=None):
    """The whole run as a file."""
    with EXPORTS[path.suffix](path, experiment, LINK) as export:
        for index, frame in enumerate(experiment.stream() if frames is None else frames):
            export.add(index, frame)
    return path


def test_frames_are_a_chunk_of_the_still_frame_and_then_all_others(tmp_path):
    path = write(tmp_path / "walk.frames")

    found = [unpack(packet) for packet in packets(path.read_bytes())]

    assert [index for index, _ in found] == list(range(-1, 26))
    assert found[0][1].arrays.keys() == {"start"}
    for (_, read), made in zip(found[1:], WALK.stream(), strict=True):
        assert read.step == made.step
        assert read.scalars == made.scalars
        grid = np.ptp(made.arrays["place"]) / 65535
        np.testing.assert_allclose(
            read.arrays["place"], made.arrays["place"], atol=0.51 * grid + 1e-7
        )


def test_a_table_has_a_row_for_each_frame_with_its_exact_numbers(tmp_path):
    path = write(tmp_path / "walk.csv")

    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))

    made = list(WALK.stream())
    assert [int(row["step"]) for row in rows] == [frame.step for frame in made]
    assert [float(row["far"]) for row in rows] == [frame.scalars["far"] for frame in made]


UNEVEN = [
    Frame(0, scalars={"step": 0, "a": 1.0}),
    Frame(2, scalars={"step": 2, "a": math.nan, "b": -math.inf}),
    Frame(4, scalars={"b": 0.1}),
    Frame(6, trouble="It diverged."),
]


def test_numbers_that_some_frames_lack_leave_their_place_empty(tmp_path):
    path = write(tmp_path / "uneven.csv", frames=UNEVEN)

    assert path.read_text().splitlines() == ["step,a,b", "0,1.0,", "2,,", "4,,0.1", "6,,"]


def test_json_holds_settings_and_numbers_and_null_for_what_is_not_finite(tmp_path):
    content = json.loads(write(tmp_path / "uneven.json", frames=UNEVEN).read_text())

    assert content["link"] == LINK
    assert Walk(**content["settings"]) == WALK
    assert content["step"] == [0, 2, 4, 6]
    assert content["scalars"] == {"a": [1.0, None, None, None], "b": [None, None, 0.1, None]}


def test_a_run_goes_on_from_its_exported_state_bit_for_bit(tmp_path):
    path = write(tmp_path / "walk.safetensors")
    resumed = list(WALK.stream(load_file(path)))

    with safe_open(path, "numpy") as file:
        about = json.loads(file.metadata()["explorer"])
    assert (about["link"], about["step"]) == (LINK, 20)
    assert Walk(**about["settings"]) == WALK
    rest = list(WALK.stream())[21:]
    assert [frame.step for frame in resumed] == [frame.step for frame in rest]
    for again, once in zip(resumed, rest, strict=True):
        assert (again.arrays["place"] == once.arrays["place"]).all()


def test_a_run_without_a_state_says_so_and_leaves_no_file(tmp_path):
    frames = [Frame(0), Frame(1)]

    with pytest.raises(ValueError, match="before it kept a state"):
        write(tmp_path / "walk.safetensors", frames=frames)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", EXPORTS)
def test_a_run_that_fails_leaves_what_stood_there_before(tmp_path, suffix):
    path = tmp_path / f"walk{suffix}"
    path.write_text("precious")

    with pytest.raises(RuntimeError, match="wall"):
        write(path, Walk(steps=25, fails_at=13))

    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", EXPORTS)
def test_equal_runs_give_equal_files(tmp_path, suffix):
    first, second = (write(tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")

    assert first == second


def test_a_place_that_cannot_be_written_is_named_before_anything_runs(tmp_path):
    with pytest.raises(OSError, match=r"cannot write to .*x\.csv: No such file"):
        check_place(tmp_path / "missing" / "x.csv")
    with pytest.raises(OSError, match="it is a folder"):
        check_place(tmp_path)


def test_looking_at_a_place_leaves_nothing_there(tmp_path):
    check_place(tmp_path / "x.csv")

    assert list(tmp_path.iterdir()) == []
