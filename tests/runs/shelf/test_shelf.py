"""The shelf: what was confirmed stays, whatever happens to a server, the disk or the file."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.runs.shelf import Bounds, Reader, Shelf, ShelfError
from explorer.runs.shelf import file as shelf_file
from explorer.runs.shelf import place as shelf_place
from tests.runs.shelf.keeping import MINE, parcel_of
from tests.runs.walk import Walk

ROOT = Path(__file__).resolve().parents[3]
OTHERS, ALL = Reader("others"), Reader("the server's owner", all=True)
WALK = parcel_of(Walk(seed=1))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data" / "shelf.sqlite")


def on_another_server(shelf: Shelf) -> Shelf:
    return Shelf(shelf.path, shelf.bounds)


# -------------------------------------------------------------------------------------- kept


def test_a_run_comes_back_from_another_server_as_it_was_kept(shelf: Shelf):
    row = shelf.keep(MINE, replace(WALK, note="look at step 7"))

    back = on_another_server(shelf).take(MINE, row.number)

    assert back == replace(WALK, note="look at step 7", kept=row.kept)
    assert (row.step, row.frames, row.goes_on) == (24, 25, True)


def test_nothing_is_made_where_nothing_was_kept(shelf: Shelf):
    assert shelf.all(MINE) == []
    assert shelf.size(MINE) == 0
    assert not shelf.path.parent.exists()


def test_the_file_is_for_its_user_alone(shelf: Shelf):
    shelf.keep(MINE, WALK)

    assert shelf.path.stat().st_mode & 0o077 == 0


def test_everybody_has_their_own_shelf_and_the_servers_owner_sees_all(shelf: Shelf):
    mine, theirs = shelf.keep(MINE, WALK), shelf.keep(OTHERS, replace(WALK, name="theirs"))

    assert [row.number for row in shelf.all(MINE)] == [mine.number]
    assert {row.number for row in shelf.all(ALL)} == {mine.number, theirs.number}
    for act in (
        lambda: shelf.take(MINE, theirs.number),
        lambda: shelf.delete(MINE, theirs.number),
        lambda: shelf.call(MINE, theirs, "mine now", ""),
        lambda: shelf.picture(MINE, theirs.number, False),
        lambda: shelf.illustrate(MINE, theirs.number, False, b"picture"),
    ):
        with pytest.raises(ShelfError, match="not on your shelf"):
            act()
    assert shelf.take(OTHERS, theirs.number).name == "theirs"
    assert shelf.take(ALL, theirs.number).name == "theirs"


def test_what_was_deleted_can_be_put_back_for_a_day(tmp_path: Path):
    now = [0.0]
    shelf = Shelf(tmp_path / "shelf.sqlite", clock=lambda: now[0])
    row, other = shelf.keep(MINE, WALK), shelf.keep(MINE, WALK)
    shelf.delete(MINE, row.number)
    assert [each.number for each in shelf.all(MINE)] == [other.number]

    shelf.restore(MINE, row.number)
    assert shelf.take(MINE, row.number).past == WALK.past

    shelf.delete(MINE, row.number)
    now[0] += shelf.bounds.undo + 1
    shelf.delete(MINE, other.number)
    with pytest.raises(ShelfError, match="not on your shelf"):
        shelf.restore(MINE, row.number)


def test_a_small_picture_goes_with_its_run(shelf: Shelf):
    row = shelf.keep(MINE, WALK)
    shelf.illustrate(MINE, row.number, True, b"dark")

    assert shelf.picture(MINE, row.number, True) == b"dark"
    assert shelf.picture(MINE, row.number, False) is None


# ------------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        (Bounds(runs_of_one=2), "Your shelf is full: it holds 2 runs"),
        (Bounds(runs=2), "The shelf of this server is full: it holds 2 runs"),
        (Bounds(bytes_of_one=20_000), "Your shelf is full: this run takes"),
        (Bounds(bytes=20_000), "The shelf of this server is full: this run takes"),
    ],
)
def test_a_full_shelf_says_what_is_full_and_keeps_what_it_has(
    tmp_path: Path, bounds: Bounds, why: str
):
    shelf = Shelf(tmp_path / "shelf.sqlite", bounds)
    kept = [shelf.keep(MINE, WALK).number for _ in range(2)]

    with pytest.raises(ShelfError, match=why):
        shelf.keep(MINE, WALK)

    assert {row.number for row in shelf.all(MINE)} == set(kept)
    shelf.delete(MINE, kept[0])
    third = shelf.keep(MINE, WALK)  # a deleted run makes room, whatever the day
    assert {row.number for row in shelf.all(MINE)} == {kept[1], third.number}


def test_a_full_disk_harms_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    row, connected = shelf.keep(MINE, WALK), shelf_file.connected

    def of_little_room(path: Path) -> sqlite3.Connection:
        connection = connected(path)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        return connection

    monkeypatch.setattr(shelf_file, "connected", of_little_room)
    with pytest.raises(ShelfError, match="no room left on the disk"):
        shelf.keep(MINE, parcel_of(Walk(size=4_000)))
    monkeypatch.undo()

    assert [each.number for each in shelf.all(MINE)] == [row.number]
    assert shelf.take(MINE, row.number).past == WALK.past
    shelf.keep(MINE, WALK)


# -------------------------------------------------------------------------------- a bad file


def spoilt(path: Path, how: str) -> str:
    """Harm the file of a shelf; returns what is said of it."""
    whole = path.read_bytes()
    if how == "text":
        path.write_bytes(b"these are my notes, please do not touch them\n" * 9)
    elif how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "pages":
        middle = len(whole) // 4096 // 2 * 4096
        path.write_bytes(whole[:4096] + b"\xa5" * (middle - 4096) + whole[middle:])
    elif how == "newer":
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {shelf_file.VERSION + 1}")
        connection.close()
        return "newer version"
    elif how == "another program's":
        path.unlink()
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE run (mine TEXT)")
        connection.close()
        return "no shelf of this laboratory"
    return "damaged"


@pytest.mark.parametrize("how", ["text", "cut", "pages", "newer", "another program's"])
def test_a_file_that_is_no_sound_shelf_is_left_as_it_is(shelf: Shelf, how: str):
    row = shelf.keep(MINE, WALK)
    said = spoilt(shelf.path, how)
    before = shelf.path.read_bytes()

    after = on_another_server(shelf)
    for act in (
        lambda: after.all(MINE),
        lambda: after.keep(MINE, WALK),
        lambda: after.take(MINE, row.number),
        lambda: after.delete(MINE, row.number),
    ):
        with pytest.raises(ShelfError, match=said):
            act()

    assert shelf.path.read_bytes() == before


def test_a_run_whose_bytes_changed_on_the_disk_is_not_played(shelf: Shelf):
    row, sound = shelf.keep(MINE, WALK), shelf.keep(MINE, WALK)
    connection = sqlite3.connect(shelf.path)
    (data,) = connection.execute("SELECT data FROM body WHERE number = ?", (row.number,)).fetchone()
    flipped = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
    connection.execute("UPDATE body SET data = ? WHERE number = ?", (flipped, row.number))
    connection.commit()
    connection.close()

    with pytest.raises(ShelfError, match=f"“{row.name}”: This run is damaged"):
        shelf.take(MINE, row.number)
    assert shelf.take(MINE, sound.number).past == WALK.past


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(ShelfError, match=r"cannot be opened at shelf\.sqlite"):
        Shelf(tmp_path / "data" / "shelf.sqlite").keep(MINE, WALK)


# --------------------------------------------------------------------------- several servers


def test_a_server_that_is_killed_at_any_moment_loses_nothing_that_was_confirmed(shelf: Shelf):
    confirmed: list[str] = []
    for moment in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.runs.shelf.keeping", str(shelf.path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        confirmed += [process.stdout.readline().strip() for _ in range(1 + moment % 3)]
        threading.Event().wait(0.004 * moment)  # in the midst of the next one, each time elsewhere
        process.send_signal(signal.SIGKILL)
        confirmed += process.communicate(timeout=60)[0].split()

    here = on_another_server(shelf)
    rows = {row.number: row for row in here.all(MINE)}
    assert set(confirmed) <= set(rows)
    assert len(rows) <= len(confirmed) + 6  # one each may have been kept and not said
    for number in rows:
        assert here.take(MINE, number).past.head == 24
    connection = sqlite3.connect(shelf.path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    bodies = connection.execute("SELECT count(*) FROM body").fetchone()
    assert bodies == (len(rows),)
    connection.close()


def test_two_servers_that_begin_and_keep_at_once_lose_nothing(shelf: Shelf):
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.runs.shelf.keeping", str(shelf.path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    numbers = [p.stdout.readline().strip() for _ in range(4) for p in processes if p.stdout]
    for process in processes:
        process.kill()
        out, complaints = process.communicate(timeout=60)
        numbers += out.split()
        assert complaints == ""

    assert all(numbers)
    assert {row.number for row in shelf.all(MINE)} >= set(numbers)


def test_two_servers_that_rename_one_run_do_not_write_over_each_other(shelf: Shelf):
    row = shelf.keep(MINE, WALK)
    seen_there = on_another_server(shelf).find(MINE, row.number)

    shelf.call(MINE, row, "first", "a note")
    with pytest.raises(ShelfError, match="renamed elsewhere meanwhile, to “first”"):
        on_another_server(shelf).call(MINE, seen_there, "second", "")

    assert shelf.find(MINE, row.number).name == "first"


def test_who_waits_too_long_for_another_server_hears_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    shelf.keep(MINE, WALK)
    monkeypatch.setattr(shelf_file, "PATIENCE", 0.05)
    other = sqlite3.connect(shelf.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(ShelfError, match="Another server is writing"):
            shelf.keep(MINE, WALK)
        assert len(shelf.all(MINE)) == 1  # reading waits for nobody
    finally:
        other.close()


# ------------------------------------------------------------------------------------- where


def test_the_shelf_lies_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv(shelf_place.VARIABLE, str(tmp_path / "mine.sqlite"))
    assert shelf_place.place() == tmp_path / "mine.sqlite"

    monkeypatch.setenv(shelf_place.VARIABLE, str(tmp_path))
    assert shelf_place.place() == tmp_path / shelf_place.FILE


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
def test_else_it_lies_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(shelf_place.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert shelf_place.place() == tmp_path / "explorer" / shelf_place.FILE

    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    assert shelf_place.place() == Path.home() / ".local" / "share" / "explorer" / shelf_place.FILE
    assert os.environ["XDG_DATA_HOME"] == "not/absolute"
