"""A series of one's own: a column of a table as programs write it, gaps, times, and refusals."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from explorer.labs.gans import tables
from explorer.labs.sequences import SequenceLab, SideBySide
from explorer.labs.sequences.brought import LONGEST_SERIES
from explorer.labs.sequences.columns import Course, course, series_found, times_found
from explorer.labs.sequences.tasks.own import OwnSeries, parted
from explorer.runs import links

VALUES = np.random.default_rng(0).normal(size=900).cumsum()
FIRST = dt.date(2020, 1, 1)


def days(many: int, form: str = "%Y-%m-%d", without: tuple[int, ...] = ()) -> list[str]:
    return [
        f"{FIRST + dt.timedelta(days=k):{form}},{VALUES[k]:.4f}"
        for k in range(many)
        if k not in without
    ]


def taken(lines: list[str]) -> Course:
    mark = tables.keep("\n".join(lines).encode())
    read = tables.read(mark)
    assert read is not None
    times = times_found(read.sheet)
    chosen = series_found(read.sheet, times)
    assert chosen is not None
    return course(read.sheet, chosen, times)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%Y"])
def test_days_are_days_however_a_program_writes_them(form):
    found = taken(["date,price", *days(60, form)])

    times, values = parted(found.text)
    assert (times.name, times.unit, times.first, times.apart) == (
        "price",
        "day from 2020-01-01",
        0,
        1,
    )
    assert values == pytest.approx(VALUES[:60], abs=1e-4)
    assert not found.gaps


def test_days_as_a_spreadsheet_counts_them_are_days_too():
    serial = (FIRST - dt.date(1899, 12, 30)).days
    rows = [f"{serial + k};{VALUES[k]:.3f}".replace(".", ",") for k in range(50)]

    found = taken(["date;x", *rows])

    assert parted(found.text)[0].unit == "day from 2020-01-01"


def test_months_are_parts_of_a_year_and_years_are_what_they_are():
    months = taken(
        ["month,x", *(f"{2000 + k // 12}-{k % 12 + 1:02d},{VALUES[k]}" for k in range(60))]
    )
    years = taken(["year,x", *(f"{1900 + k},{VALUES[k]}" for k in range(60))])

    times = parted(months.text)[0]
    assert (times.unit, times.first) == ("year", 2000)
    assert times.apart == pytest.approx(1 / 12)
    assert vars(parted(years.text)[0]) == {"name": "x", "unit": "year", "first": 1900, "apart": 1}


def test_a_table_that_begins_with_the_newest_row_is_read_from_below():
    newest = taken(["date,x", *reversed(days(60))])

    assert parted(newest.text)[1] == pytest.approx(VALUES[:60], abs=1e-4)
    assert "from below" in " ".join(newest.told)


def test_a_cell_that_is_no_number_is_a_gap_and_named_with_its_row():
    lines = days(60)
    lines[11], lines[30] = "2020-01-12,n/a", "2020-01-31,inf"

    found = taken(["date,x", *lines])

    assert found.gaps == "Row 12 of x holds 'n/a' and no finite number, the first of 2 such rows."
    assert found.count == 2
    assert np.flatnonzero(np.isnan(parted(found.text)[1])).tolist() == [11, 30]


def test_days_that_are_missing_are_gaps_unless_they_are_many():
    few = taken(["date,x", *days(60, without=(20, 21))])
    weekends = taken(["date,x", *days(60, without=tuple(k for k in range(60) if k % 7 in (3, 4)))])

    assert few.count == 2
    assert "2 times are missing, first between rows 20 and 21." in few.told
    assert not weekends.count
    assert "not even: each row counts as a step" in weekends.told[-1]


def test_of_a_long_column_the_last_values_stand_in_the_link_and_that_is_said():
    found = taken(["x", *(f"{each * 1e7:.6f}" for each in VALUES)])

    assert len(found.text) <= LONGEST_SERIES
    assert found.told[0].startswith("The last 500 of 900 steps of x are taken")
    lab = SequenceLab(task="own", numbers=found.text)
    opened = links.decode(SequenceLab, links.split(f"/sequences?{links.query(lab)}")[1])
    assert opened.settings == lab


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["x", *map(str, range(20))], "at least 30 values, not 20"),
        (["x", *["0.1"] * 60], "never changes"),
        (["date,x", *(f"2020-01-01,{k}" for k in range(40))], "rows 1 and 2 have the same time"),
        (["date,x", *days(40), "?,3"], "row 41 has no time in date"),
        (["x", *(str(k) if k % 3 else "?" for k in range(90))], "of 89 values are gaps; at most"),
    ],
)
def test_a_column_that_cannot_be_forecast_is_refused_in_one_sentence(lines, says):
    found = taken(lines)

    assert says in found.refusal
    assert not found.text


def test_a_table_too_long_to_be_read_in_one_piece_is_no_series():
    found = taken(["x", *map(str, range(100_100))])

    assert "not in one piece" in found.refusal


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ("? " + "1 2 " * 30, "begin and end with a number"),
        ("1 ? " * 30 + "1", "30 of 61 values are gaps"),
        ("price | year: 1 2 3", "before the colon must be name | unit | first time | step"),
        ("a | b | 1 | 0: " + "1 2 " * 30, "before the colon must be"),
        ("1 nan " * 30, "'nan' in place 2 is not a finite number; write ? for a gap"),
        ("1 1e300 " * 30, "too large"),
        ("", "not none"),
    ],
)
def test_typed_numbers_that_cannot_be_forecast_are_refused_in_one_sentence(numbers, says):
    with pytest.raises(ValueError, match=says.replace("|", r"\|").replace("?", r"\?")):
        SideBySide(task="own", numbers=numbers)


def test_what_was_filled_in_is_read_but_neither_learned_nor_scored():
    words = [f"{each:.3f}" for each in VALUES[:100]]
    words[40] = words[80] = "?"
    problem = OwnSeries(" ".join(words))

    assert float(problem.values[40]) == pytest.approx((VALUES[39] + VALUES[41]) / 2, abs=1e-3)
    assert 80 not in problem.asked.tolist()
    assert len(problem.held_out.targets) == 29
    assert 40 not in problem._targets.tolist()


def test_the_axis_of_a_series_of_ones_own_has_its_times():
    numbers = "price | year | 2000 | 0.25: " + " ".join(f"{each:.2f}" for each in VALUES[:100])
    training = SideBySide(task="own", numbers=numbers, units=4, second="gru", steps=10)

    still = training.still().arrays
    assert training.unit == "year after 2000"  # 2,017 would read as an amount
    assert still["time"][0] == pytest.approx(0.25 * 70)
    assert still["time"][0] - still["time_before"][0] == pytest.approx(0.25)
    assert replace(training, numbers=" ".join(numbers.split()[8:])).unit == "number"
