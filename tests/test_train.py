"""Runs without a browser: what is written, when they stop, and what is refused."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from safetensors.numpy import load_file

from explorer.__main__ import main
from explorer.figures import gans as figures
from explorer.figures import home
from explorer.labs.gans.match import STEPS_PER_FRAME, Match
from explorer.labs.presets import Plan, plan
from explorer.networks import shipped as networks
from explorer.runs import recorded
from explorer.runs.experiments import plain
from explorer.runs.export import EXPORTS, FramesExport
from explorer.runs.frames import Frame, packets, unpack
from explorer.train import pictures, run
from explorer.train.progress import Progress, interruptible
from tests.runs.walk import Walk

ROOT = Path(__file__).resolve().parent.parent
LINK = "/gans?width=8&batch=16&critic_steps=1&steps=20"
MATCH = Match(width=8, batch=16, critic_steps=1, steps=20)
ADDING = "/gradients?view=live&task_length=6&task_width=8&steps=20"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return list(MATCH.stream())


def written(folder: Path, suffix: str, link: str = LINK) -> Path:
    out = folder / f"run{suffix}"
    assert main(["train", link, "--out", str(out)]) == 0
    assert list(folder.iterdir()) == [out]
    return out


def test_frames_are_those_of_the_link(tmp_path, frames):
    found = [unpack(packet) for packet in packets(written(tmp_path, ".frames").read_bytes())]

    assert [index for index, _ in found] == list(range(-1, len(frames)))
    assert [frame.scalars for _, frame in found[1:]] == [
        pytest.approx(frame.scalars, nan_ok=True) for frame in frames
    ]


def test_a_table_has_a_row_a_frame(tmp_path, frames):
    with written(tmp_path, ".csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [float(row["b/w1"]) for row in rows] == [f.scalars["b/w1"] for f in frames]


def test_json_says_what_was_run(tmp_path):
    content = json.loads(written(tmp_path, ".json").read_text())

    assert content["settings"] == plain(MATCH)
    assert content["step"][-1] == 20


def test_a_state_lets_the_run_go_on(tmp_path):
    state = load_file(written(tmp_path, ".safetensors"))
    resumed = list(replace(MATCH, steps=40).stream(state))
    frames = list(replace(MATCH, steps=40).stream())[20:]

    assert [frame.step for frame in resumed] == [frame.step for frame in frames[1:]]
    for again, once in zip(resumed, frames[1:], strict=True):
        assert (again.arrays["b/fake"] == once.arrays["b/fake"]).all()


def test_a_state_is_that_of_the_step_that_the_run_ended_at(tmp_path, capsys):
    out = tmp_path / "run.safetensors"
    assert main(["train", LINK, "--steps", "99", "--out", str(out)]) == 0

    assert capsys.readouterr().err.endswith("100 frames, up to step 99\n")
    state = load_file(out)
    assert int(state["step"]) == 99
    going_on = replace(MATCH, steps=101).stream(state)
    whole = list(replace(MATCH, steps=101).stream())
    assert [f.step for f in going_on] == [100, 101]
    again = list(replace(MATCH, steps=101).stream(state))[-1]
    assert again.arrays["a/fake"].tobytes() == whole[-1].arrays["a/fake"].tobytes()


def test_a_state_of_a_run_that_was_stopped_says_which_step_it_is_of(tmp_path):
    out = tmp_path / "walk.safetensors"
    with EXPORTS[".safetensors"](out, Walk(steps=20), "/walk") as file:
        for index, frame in enumerate(Walk(steps=20).stream()):
            file.add(index, frame)
            if index and frame.state is None:
                break

    kept = int(load_file(out)["step"])
    assert kept < frame.step
    assert file.about == f"the state in it is that of step {kept}, the last that was kept"


@pytest.mark.parametrize("view", ["dirac", "slow", "records"])
def test_a_view_without_a_run_is_not_written_as_another(tmp_path, capsys, view: str):
    out = tmp_path / "run.png"
    assert main(["train", f"/gans?view={view}", "--out", str(out)]) == 2

    said = capsys.readouterr().err
    assert f"there is no run behind the view '{view}'" in said
    assert not out.exists()


def test_the_scene_of_a_file_is_that_of_the_view_in_its_link(tmp_path):
    made = [
        pictures.Png(tmp_path / "x.png", MATCH, LINK + rest).shown[0]
        for rest in ("", "&view=truth", "&layer=grid")
    ]

    lab = plan(LINK).settings
    games = figures.playing(lab)
    extent = MATCH.distribution().extent
    assert made[0] == figures.match_scene(games, extent, 8, share=0.16)
    assert made[1] == figures.truth_scene(games, extent)
    assert made[2] == figures.match_scene(games, extent, 8, "grid", share=0.16)


@pytest.mark.parametrize("link", [LINK, ADDING])
def test_a_picture_a_film_and_a_page_show_the_run(tmp_path, link):
    for suffix in (".png", ".gif", ".html"):
        (tmp_path / suffix).mkdir()

    with Image.open(written(tmp_path / ".png", ".png", link)) as picture:
        assert len(picture.convert("RGB").getcolors(2**24)) > 50
    with Image.open(written(tmp_path / ".gif", ".gif", link)) as film:
        first = film.convert("RGB").tobytes()
        film.seek(film.n_frames - 1)
        assert film.convert("RGB").tobytes() != first
    page = written(tmp_path / ".html", ".html", link).read_text()
    assert "seed" in page.partition("<title>")[2].partition("</title>")[0]


def test_steps_override_the_length_of_the_link(tmp_path):
    out = tmp_path / "run.json"

    assert main(["train", LINK, "--steps", "10", "--out", str(out)]) == 0

    assert json.loads(out.read_text())["step"] == list(range(0, 11, STEPS_PER_FRAME))


def walk(folder: Path, experiment: Walk, seconds: float | None = None) -> tuple[int, list[Frame]]:
    """The status of a run of walkers, and the frames it left."""
    out = folder / "walk.frames"
    status = run(Plan("walk", experiment, experiment), FramesExport, out, seconds)
    return status, [unpack(packet)[1] for packet in packets(out.read_bytes())[1:]]


def test_a_run_stops_when_its_time_is_up_and_keeps_what_there_is(tmp_path):
    status, found = walk(tmp_path, Walk(steps=100_000, pause=0.01), seconds=0.2)

    assert status == 0
    assert 1 < len(found) < 1_000


def test_a_run_that_diverges_says_so_and_keeps_what_came_before(tmp_path, capsys):
    status, found = walk(tmp_path, Walk(steps=30, diverges_at=13))

    assert status == 1
    assert [frame.step for frame in found] == list(range(14))
    assert "The walkers left the map at step 13." in capsys.readouterr().err


class Interrupted(Walk):
    """A walk during which the user presses Ctrl-C once, in the middle of step 7."""

    def _frame(self, step, place):
        if step == 7:
            os.kill(os.getpid(), signal.SIGINT)
        return super()._frame(step, place)


def test_ctrl_c_writes_what_there_is(tmp_path):
    status, found = walk(tmp_path, Interrupted(steps=30))

    assert status == 130
    assert [frame.step for frame in found] == list(range(8))


def test_a_second_ctrl_c_interrupts_as_ever():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
    try:
        with interruptible() as asked:
            os.kill(os.getpid(), signal.SIGINT)
            assert asked.is_set()
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_network_is_trained_again_and_can_be_opened(tmp_path):
    out = tmp_path / "numbers.safetensors"

    assert main(["train", "numbers-gru", "--updates", "3", "--seed", "7", "--out", str(out)]) == 0

    card = networks.open_network(out).card
    assert (card.name, card.updates, card.seed) == ("numbers-gru", 3, 7)


def test_the_home_page_is_recorded_into_a_folder(tmp_path, monkeypatch):
    tiny = (Frame(0), [Frame(step, scalars={"a/held": step}) for step in range(3)])
    monkeypatch.setattr(home, "RECORDINGS", {"gans": lambda: tiny})
    monkeypatch.setattr(home, "SCENES", {"gans": home.SCENES["gans"]})

    assert main(["train", "home", "--out", str(tmp_path)]) == 0

    _, found = recorded.from_chunk((tmp_path / "home-gans.frames").read_bytes())
    assert [frame.step for frame in found] == [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonesuch", "--out", "x.csv"], "unknown preset 'nonesuch'; choose from 'ring', "),
        (["ring", "--out", "x.doc"], "unknown suffix '.doc' of 'x.doc'; choose from .frames, "),
        (["ring", "--out", "x"], "unknown suffix ''"),
        (["ring", "--out", "missing/x.csv"], "cannot write to missing/x.csv: No such file"),
        (["ring", "--seconds", "0", "--out", "x.csv"], "argument --seconds: seconds must be"),
        (["ring", "--seconds", "-3", "--out", "x.csv"], "argument --seconds: seconds must be"),
        (["ring", "--seconds", "nan", "--out", "x.csv"], "argument --seconds: seconds must be"),
        (["ring", "--seconds", "inf", "--out", "x.csv"], "argument --seconds: seconds must be"),
        (["ring", "--seconds", "soon", "--out", "x.csv"], "argument --seconds: seconds must be"),
        (["ring", "--steps", "-1", "--out", "x.csv"], "argument --steps: this must be a whole"),
        (["ring", "--steps", "1", "--out", "x.csv"], "steps must be between 10 and 100000"),
        (["ring", "--seed", "3", "--out", "x.csv"], "--seed cannot be given for a run"),
        (["ring"], "the following arguments are required: --out"),
        (["/gans?width=9999", "--out", "x.csv"], "In the link: width must be between 4 and 512"),
        (["/gans?colour=red", "--out", "x.csv"], "unknown setting 'colour'; choose from "),
        (["/cells?text=a", "--out", "x.csv"], "there is no run behind '/cells'"),
        (["http://[/gans", "--out", "x.csv"], "'http://[/gans' is not a link"),
        (["/" * 9_000, "--out", "x.csv"], "there is no run behind '/'; there is behind"),
        (["numbers-gru", "--out", "x.csv"], "a network is written to a .safetensors file"),
        (["numbers-gru", "--seconds", "3", "--out", "x.safetensors"], "--seconds cannot be given"),
        (["home", "--out", "x.csv"], "cannot write to x.csv: it must be a folder"),
        (["home", "--steps", "3", "--out", "."], "--steps cannot be given for home"),
        (["bake"], "the following arguments are required: --out"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_status_two(
    arguments, complaint, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)

    try:
        status = main(["train", *arguments])
    except SystemExit as stopped:  # what the parser itself refuses
        status = stopped.code

    assert status == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(complaint)
    assert list(tmp_path.iterdir()) == []


def test_a_film_as_mp4_is_refused_at_once_where_it_cannot_be_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("explorer.train.find_spec", lambda name: None)

    assert main(["train", "ring", "--out", str(tmp_path / "x.mp4")]) == 2

    assert "a .mp4 needs the package imageio-ffmpeg" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(out: io.StringIO, seconds: float | None = None):
    """A progress whose clock is set by hand."""
    clock = {"now": 100.0}
    return Progress("step", seconds, out, lambda: clock["now"]), clock


def test_on_a_terminal_one_line_is_drawn_again_and_again():
    line, clock = progress(Terminal())
    clock["now"] += 2.0
    line.tell(50, 0.25)
    clock["now"] += 2.0
    line.tell(100, 0.5)
    line.close()

    first, second, last = line._out.getvalue().split("\r")[1:]
    assert " ".join(first.split()) == "[#####---------------] 25% step 50 25 steps/s 6 s left"
    assert " ".join(second.split()) == "[##########----------] 50% step 100 25 steps/s 4 s left"
    assert last.startswith("[##########----------]")


def test_elsewhere_a_line_is_written_every_five_seconds_and_at_the_end():
    out = io.StringIO()
    line, clock = progress(out)
    for step in range(1, 12):
        clock["now"] += 1.0
        line.tell(step, step / 11)
    line.close()

    assert [row.split("step ")[1].split()[0] for row in out.getvalue().splitlines()] == [
        "5", "10", "11",
    ]  # fmt: skip


def test_when_time_is_short_it_is_time_that_counts():
    line, clock = progress(Terminal(), seconds=8.0)
    clock["now"] += 2.0
    line.tell(10, 0.001)

    assert " 25% " in line._out.getvalue()
    assert "6 s left" in line._out.getvalue()
    assert not line.over
    clock["now"] += 6.0
    assert line.over


def test_the_command_line_is_read_without_loading_a_room():
    code = (
        "import sys; from explorer.__main__ import parser; parser(); print('torch' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.strip() == "False"


def test_no_run_but_verify_bench_and_train_is_known(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["bake"])

    assert stopped.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_of_a_long_run_a_film_shows_evenly_spaced_moments_and_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_FRAMES", 8)
    shown = []

    class Reel(pictures.Picture):
        def draw(self, file, frames):
            shown.extend(frame.step for frame in frames)

    assert run(Plan("walk", Walk(), Walk(steps=30)), Reel, tmp_path / "x", None) == 0

    assert shown == [0, 4, 8, 12, 16, 20, 24, 28, 30]
