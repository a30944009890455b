"""Tables as programs write them: read as meant, or said not to be certain, or refused by name."""

import base64
import csv
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from explorer.dials.files import LARGEST_FILE
from explorer.gans.table import MOST_LEARNED
from explorer.labs.gans import tables
from explorer.labs.gans.data import points_of
from explorer.labs.gans.match import Match
from explorer.labs.gans.script import as_script
from explorer.labs.gans.tables import Reading, words
from explorer.labs.gans.tables.contents import text_of
from explorer.labs.gans.tables.reading import ALONE
from explorer.labs.gans.tables.sheet import MOST_ROWS, sheet_of

RNG = np.random.default_rng(0)
X, Y = np.round(RNG.normal(3, 1, 272), 3), np.round(RNG.normal(70, 12, 272), 1)
AGES = np.round(Y)


def lines(shape, end="\n"):
    """A line for each row."""
    return "".join(shape(i, x, y) + end for i, (x, y) in enumerate(zip(X, Y, strict=True)))


def grouped(number, group):
    return f"{number:,.0f}".replace(",", group)


def comma(number, digits):
    return f"{number:.{digits}f}".replace(".", ",")


def losing(number, unit=""):
    """As accountants write it."""
    return f"{unit}({-number:.3f})" if number < 0 else f"{unit}{number:.3f}"


def read(content, **choices):
    """What is made of a file, as text or as bytes."""
    data = content.encode() if isinstance(content, str) else content
    return tables.read(tables.keep(data), Reading(**choices))


def points(found):
    """The two columns that are learned, in the units of the file."""
    return found.table.original(found.table.points).numpy()


PLAIN = lines(lambda i, x, y: f"{x:.3f},{y:.1f}")
WRITTEN = {
    "names": ("x,y\n" + PLAIN, ("x", "y")),
    "no names": (PLAIN, ("column 1", "column 2")),
    "years as names": ("2019,2020\n" + PLAIN, ("2019", "2020")),
    "pandas names columns 0 and 1": ("0,1\n" + PLAIN, ("0", "1")),
    "names with commas": ('"Length, cm","Width, cm"\n' + PLAIN, ("Length, cm", "Width, cm")),
    "a name with a line break": ('"Length\n(cm)",y\n' + PLAIN, ("Length (cm)", "y")),
    "a sep line": (
        "sep=;\r\n" + lines(lambda i, x, y: f"{x:.3f};{y:.1f}", "\r\n"),
        ("column 1", "column 2"),
    ),
    "an index": (",x,y\n" + lines(lambda i, x, y: f"{i},{x:.3f},{y:.1f}"), ("x", "y")),
    "an index of pandas' own names": (
        ",0,1\n" + lines(lambda i, x, y: f"{i},{x:.3f},{y:.1f}"),
        ("0", "1"),
    ),
    "row names of R": (
        '"x" "y"\n' + lines(lambda i, x, y: f'"{i + 1}" {x:.3f} {y:.1f}'),
        ("x", "y"),
    ),
    "labels beside": (
        "kind,x,y\n" + lines(lambda i, x, y: f"{'ab'[i % 2]},{x:.3f},{y:.1f}"),
        ("x", "y"),
    ),
    "dates beside": (
        "day,x,y\n" + lines(lambda i, x, y: f"2019-01-{i % 28 + 1:02d},{x:.3f},{y:.1f}"),
        ("x", "y"),
    ),
    "a title": ("Old geyser\nx,y\n" + PLAIN, ("x", "y")),
    "a title, commas after it": ("Old geyser,\n,\nx,y\n" + PLAIN, ("x", "y")),
    "units below the names": ("x,y\ncm,kg\n" + PLAIN, ("x cm", "y kg")),
    "a comment with names": (
        "# x y\n" + lines(lambda i, x, y: f"{x:.18e} {y:.18e}"),
        ("x", "y"),
    ),
    "comments of a program": (
        "# made by hand\n# x\ty\n" + lines(lambda i, x, y: f"{x:.3f}\t{y:.1f}"),
        ("x", "y"),
    ),
    "commas after each row": (
        "x,y,,\r\n" + lines(lambda i, x, y: f"{x:.3f},{y:.1f},,", "\r\n") + ",,,\r\n",
        ("x", "y"),
    ),
    "empty lines": ("\n\nx,y\n\n" + PLAIN.replace("\n", "\n\n"), ("x", "y")),
    "everything quoted": ('"x","y"\n' + lines(lambda i, x, y: f'"{x:.3f}","{y:.1f}"'), ("x", "y")),
    "single quotes": ("'x','y'\n" + lines(lambda i, x, y: f"'{x:.3f}','{y:.1f}'"), ("x", "y")),
    "blanks of any number": (
        "   x   y\n" + lines(lambda i, x, y: f"  {x:8.3f}  {y:9.1f}"),
        ("x", "y"),
    ),
    "bars": ("x|y\n" + lines(lambda i, x, y: f"{x:.3f}|{y:.1f}"), ("x", "y")),
    "decimal commas": (
        "x;y\n" + lines(lambda i, x, y: f"{comma(x, 3)};{comma(y, 1)}"),
        ("x", "y"),
    ),
    "decimal commas and tabs": (
        "x\ty\n" + lines(lambda i, x, y: f"{comma(x, 3)}\t{comma(y, 1)}"),
        ("x", "y"),
    ),
    "decimal commas and blanks": (
        "x y\n" + lines(lambda i, x, y: f"{comma(x, 3)} {comma(y, 1)}"),
        ("x", "y"),
    ),
    "quoted decimal commas": (
        "x,y\n" + lines(lambda i, x, y: f'"{comma(x, 3)}","{comma(y, 1)}"'),
        ("x", "y"),
    ),
    "a true minus sign": ("x,y\n" + PLAIN.replace("-", "−"), ("x", "y")),
    "zeros of a logger after the end": ("x,y\n" + PLAIN + "\x00" * 40, ("x", "y")),
    "line ends of an old Mac": (("x,y\n" + PLAIN).replace("\n", "\r"), ("x", "y")),
    "a dash for a minus": ("x,y\n" + PLAIN.replace("-", "–"), ("x", "y")),
    "a dash of Windows": (("x,y\n" + PLAIN.replace("-", "–")).encode("cp1252"), ("x", "y")),
    "losses in brackets": (
        "x,y\n" + lines(lambda i, x, y: f"{losing(x)},{y:.1f}"),
        ("x", "y"),
    ),
    "dollars, losses in brackets": (
        "x,y\n" + lines(lambda i, x, y: f"{losing(x, '$')}, $ {y:.1f} "),
        ("x", "y"),
    ),
    "a minus before dollars": (
        "x,y\n" + lines(lambda i, x, y: f"{'-' * int(x < 0)}${abs(x):.3f},{y:.1f}"),
        ("x", "y"),
    ),
    "a minus at the end": (
        "x;y\n" + lines(lambda i, x, y: f"{comma(abs(x), 3)}{'- '[int(x >= 0)]};{comma(y, 1)}"),
        ("x", "y"),
    ),
    "reais and semicolons": (
        "x;y\n" + lines(lambda i, x, y: f"{comma(x, 3)};R$ {comma(y, 1)}"),
        ("x", "y"),
    ),
    "rupees": ("x,y\n" + lines(lambda i, x, y: f"{x:.3f},₹ {y:.1f}"), ("x", "y")),
    "euros of Windows": (
        ("x;y\n" + lines(lambda i, x, y: f"{comma(x, 3)};{comma(y, 1)} €")).encode("cp1252"),
        ("x", "y"),
    ),
    "currencies by their codes": (
        "x;y\n" + lines(lambda i, x, y: f"CHF {x:.3f};{y:.1f} EUR"),
        ("x", "y"),
    ),
    "units": ("x,y\n" + lines(lambda i, x, y: f"{x:.3f} m/s,{y:.1f}kg"), ("x", "y")),
    "units without names": (
        lines(lambda i, x, y: f"{x:.3f} m/s,{y:.1f} kg"),
        ("column 1", "column 2"),
    ),
    "names that look like numbers with units": ("3m,10yr\n" + PLAIN, ("3m", "10yr")),
    "years beside a name": (
        "country,2019,2020\n" + lines(lambda i, x, y: f"c{i},{x:.3f},{1000 * y:.1f}e-3"),
        ("2019", "2020"),
    ),
    "years below titles": (
        '"Source","Bank",\n\n"Updated","2024-01-01",\n\n"Country","Code","2018","2019","2020",\n'
        + lines(lambda i, x, y: f'"c{i}, Rep.","C{i}","..","{x:.3f}","{y:.1f}",'),
        ("2019", "2020"),
    ),
    "two levels of an index": (
        ",,x,y\n" + lines(lambda i, x, y: f"{'ab'[i % 2]},r{i},{x:.3f},{y:.1f}"),
        ("x", "y"),
    ),
    "percent": ("x,y\n" + lines(lambda i, x, y: f"{x:.3f} %,{y:.1f}%"), ("x", "y")),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_table_is_read_as_it_is_meant(what):
    content, names = WRITTEN[what]
    found = read(content)

    assert found.refusal == ""
    assert found.table.names == names
    np.testing.assert_allclose(points(found), np.stack([X, Y], axis=1), atol=1e-3)
    assert found.sheet.doubts == ()


def test_what_stood_around_the_numbers_of_a_column_is_said():
    found = read("x,y\n" + lines(lambda i, x, y: f"{losing(x)},{y:.1f} kg"))
    loss = next(x for x in X if x < 0)

    assert f"x: ({-loss:.3f}) is read as negative" in words.understood(found)
    assert "y: kg is its unit" in words.understood(found)


def test_numbers_of_two_units_are_no_column_and_those_without_the_unit_are_doubted():
    mixed = "a,b,c\n" + lines(lambda i, x, y: f"{y}{'kM'[i % 2]},{x:.3f},{y}")
    some = "a,b\n" + lines(lambda i, x, y: f"{x:.3f}{'%' * (i % 2)},{y:.1f}")

    assert read(mixed).table.names == ("b", "c")
    assert words.doubts(read(some)) == (
        "a: 136 of its numbers have no %, and are read as if they had.",
    )


@pytest.mark.parametrize(
    "ids", ["{i}{l}", "{i:04x}", "{y}Q{q}", "({i}) 5-7", "{i}-{q}", "{i}({q})"]
)
def test_what_only_begins_like_a_number_is_no_number(ids):
    cells = [
        ids.format(i=i, l="ABCDEF"[i % 6], y=2000 + i // 4, q=i % 4 + 1) for i in range(1000, 1272)
    ]
    found = read("id,x,y\n" + lines(lambda i, x, y: f"{cells[i]},{x:.3f},{y:.1f}"))

    assert found.table.names == ("x", "y")


def test_years_name_columns_beside_a_word_though_one_of_these_holds_years():
    rows = lines(lambda i, x, y: f"c{i},{1950 + i % 40},{x:.3f},{y:.1f}")
    found = read("country,2018,2019,2020\n" + rows, x=3, y=4)

    assert found.table.names == ("2019", "2020")
    np.testing.assert_allclose(points(found), np.stack([X, Y], axis=1), atol=1e-3)


@pytest.mark.parametrize(
    "cell", ["–" * 500_000, "1" * 500_000 + "!", "((" * 250_000, "1e" * 250_000]
)
def test_a_cell_of_half_a_million_signs_is_a_word_like_any_other(cell):
    found = read(f"x,y,z\n1,2,{cell}\n2,3,{cell}\n3,5,{cell}\n")

    assert found.table.names == ("x", "y")


def test_words_and_years_without_names_are_rows():
    years = [(1900 + i, 1950 + i % 40) for i in range(60)]
    found = read("".join(f"c{i},{a},{b}\n" for i, (a, b) in enumerate(years)))

    np.testing.assert_allclose(points(found), years, atol=1e-5)


THOUSANDS = {
    "commas, some without": ("x\ty\n", lambda v: grouped(v, ","), "\t"),
    "points": ("Umsatz;Alter\n", lambda v: grouped(v, "."), ";"),
    "blanks": ("x;y\n", lambda v: grouped(v, " "), ";"),
    "narrow blanks": ("x;y\n", lambda v: grouped(v, "\u202f"), ";"),
    "apostrophes": ("x;y\n", lambda v: grouped(v, "’"), ";"),
}


@pytest.mark.parametrize("what", THOUSANDS)
def test_groups_of_three_are_whole_numbers(what):
    head, shape, separator = THOUSANDS[what]
    incomes = np.round(1000 * X) + 50
    incomes[0] = 3942
    body = "".join(f"{shape(a)}{separator}{b:.0f}\n" for a, b in zip(incomes, AGES, strict=True))
    found = read(head + body)

    np.testing.assert_allclose(found.sheet.columns[0].numbers, incomes)
    np.testing.assert_allclose(found.table.centre, [incomes.mean(), AGES.mean()])


def test_what_groups_of_three_are_read_as_is_said_with_their_count():
    body = "".join(f"{k + 950:,d}\t{k % 7}\n" for k in range(60))  # 950 to 1,009: ten have a comma
    found = read("income\tage\n" + body)

    assert found.sheet.doubts == ()
    assert found.sheet.columns[0].numbers.tolist() == [float(k + 950) for k in range(60)]
    assert "1,000 is read as 1000: the column has 10 numbers with comma groups of three" in (
        words.understood(found)
    )


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["3,942", "4,100", "0,512"], [3.942, 4.1, 0.512]),  # no group begins with a zero
        (["3,942", "4,100", "1,234,567"], [3942, 4100, 1234567]),
        (["3,942", "4,100", "1,234.5"], [3942, 4100, 1234.5]),
        (["3.942", "4.100", "1.234,5"], [3942, 4100, 1234.5]),
        (["3,942", "4,100", "3,94"], [3.942, 4.1, 3.94]),
        (["3,942", "4,100", "12345"], [3.942, 4.1, 12345]),  # else it would have a group too
        (["3.942", "4.100", "-1.5e-3"], [3.942, 4.1, -0.0015]),
        (["12,34,567", "3,942", "1,00,000"], [1234567, 3942, 100000]),
        (["1'234.5", "3'942.0", "12.25"], [1234.5, 3942, 12.25]),
    ],
)
def test_one_number_of_a_column_decides_for_the_others(cells, numbers):
    body = "".join(f"{cell}\t{k % 3}\n" for k, cell in enumerate(cells))
    found = read("x\ty\n" + body)

    assert found.sheet.undecided == ""
    assert found.sheet.columns[0].numbers.tolist() == pytest.approx(numbers)


def test_a_column_beside_decides_for_one_that_cannot():
    body = "".join(f"{k + 3},{100 + k}\t{k}.5\n" for k in range(20))
    found = read("x\ty\n" + body)

    assert found.sheet.columns[0].numbers[0] == 3100
    assert found.sheet.doubts == ()


def test_where_nothing_decides_somebody_chooses():
    body = "x\ty\n" + "".join(f"{k + 3},{100 + k}\t{k % 7}\n" for k in range(20))
    found = read(body)

    assert found.table is None
    assert "3,100, which is 3100 or 3.100, and nothing in the file decides: choose how" in (
        found.refusal
    )
    assert read(body, numbers="point").sheet.columns[0].numbers[0] == 3100
    assert read(body, numbers="comma").sheet.columns[0].numbers[0] == 3.1
    assert read(body, numbers="comma").table.centre[0] == pytest.approx(
        np.mean([k + 3 + (100 + k) / 1000 for k in range(20)])
    )


def test_a_guess_from_semicolons_is_said_to_be_one():
    found = read("Umsatz;Alter\n" + "".join(f"{k + 3}.{100 + k};{k % 7}\n" for k in range(20)))

    assert found.sheet.columns[0].numbers[0] == 3100
    (doubt,) = words.doubts(found)
    assert doubt.startswith("Umsatz: every number is like 3.100, and nothing in the file decides")


def test_one_column_of_decimal_commas_is_one_column():
    body = "".join(f"{k},{k % 9}\n" for k in range(3, 30))
    found = read("x\n" + body)

    assert [each.name for each in found.sheet.columns] == ["x"]
    assert found.table.points.shape == (27, 1)
    assert found.sheet.columns[0].numbers[:2].tolist() == [3.3, 4.4]
    (doubt,) = read(body).sheet.doubts
    assert doubt.startswith("3,3 is read as 2 numbers, 3 and 3; if it is one")
    assert read(body, separator="none").sheet.columns[0].numbers[0] == 3.3


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1250"],
)
def test_names_keep_their_letters_in_every_encoding(encoding):
    text = "Größe;Länge\r\n" + lines(lambda i, x, y: f"{comma(x, 3)};{comma(y, 1)}", "\r\n")
    found = read(text.encode(encoding))

    assert found.table.names == ("Größe", "Länge")
    np.testing.assert_allclose(found.table.centre, [X.mean(), Y.mean()])


def test_cyrillic_of_windows_is_read():
    assert text_of("Вес;Рост\n1,5;2,5\n2,5;3,5\n".encode("cp1251")).text.startswith("Вес;Рост")


@pytest.mark.parametrize("nothing", ["", "NA", "NaN", "-", "null", "#N/A", "N/A", "None", "."])
def test_missing_values_are_skipped_and_counted(nothing):
    found = read(
        "x,y\n" + lines(lambda i, x, y: f"{x:.3f},{nothing if i % 50 == 7 else f'{y:.1f}'}")
    )
    there = np.arange(272) % 50 != 7

    assert found.skipped == {"no y": 6}
    assert words.skipped(found) == "6 rows are skipped: no y (6)."
    assert words.rows_in_words(found) == "266 of 272 rows of x and y"
    np.testing.assert_allclose(found.table.centre, [X[there].mean(), Y[there].mean()])


def test_infinite_numbers_and_words_among_numbers_are_skipped_each_with_its_reason():
    body = "".join(f"{k},{k % 5}\n" for k in range(20))
    found = read("x,y\n" + body + "inf,2\nfour,2\n1e999,3\n3,-Infinity\n8,\n")
    assert found.skipped == {
        "infinite x": 2,
        "'four' or the like as x": 1,
        "infinite y": 1,
        "no y": 1,
    }
    assert found.table.rows == 20


def test_a_row_with_too_many_cells_is_skipped_and_said():
    found = read("x,y\n" + PLAIN + "1,2,3\n")

    assert found.skipped == {"more than 2 cells": 1}
    assert found.table.rows == 272


def test_a_row_far_out_is_counted_by_a_rule_and_left_out_by_choice():
    rows = RNG.normal(size=(5_000, 2))
    rows[-1] = (1e9, 0)
    text = "x,y\n" + "".join(f"{a:.4f},{b:.4f}\n" for a, b in rows)
    found, without = read(text), read(text, leave_out=True)

    assert found.far == 1
    assert "1 row lies more than 10 interquartile ranges outside" in words.far_out(found)
    assert without.skipped == {"far out": 1}
    assert without.table.rows == 4_999
    np.testing.assert_allclose(without.table.centre, rows[:-1].mean(axis=0), atol=1e-4)


def test_a_row_that_would_hide_the_others_is_refused_until_it_is_left_out():
    rows = "".join(f"{k % 7},{k % 11}\n" for k in range(19_999))
    found = read("x,y\n" + rows + "1e9,0\n")

    assert found.table is None
    assert "standard deviations from its mean" in found.refusal
    assert read("x,y\n" + rows + "1e9,0\n", leave_out=True).table.rows == 19_999


def test_of_many_rows_some_are_drawn_with_a_fixed_seed_and_that_is_said():
    count = 3 * MOST_ROWS
    text = "x,y\n" + "".join(f"{k % 1000},{k % 7}\n" for k in range(count))
    found = read(text)

    assert words.rows_in_words(found) == (
        f"{MOST_LEARNED:,} of {count:,} rows of x and y, drawn with a fixed seed"
    )
    spread = 1000 / np.sqrt(12 * MOST_ROWS)
    assert float(found.table.centre[0]) == pytest.approx(499.5, abs=4 * spread)
    assert found.table.points.equal(read(text, x=1, y=2).table.points)


def test_two_columns_of_many_are_chosen_and_a_third_is_the_label():
    text = "day,a,b,c,kind\n" + lines(
        lambda i, x, y: f"2019-01-{i % 28 + 1:02d},{i % 5},{x},{y},{'wet' if i % 3 else 'dry'}"
    )
    found = read(text, x=3, y=4, labels=5)

    assert found.table.names == ("b", "c")
    assert found.table.classes == ("dry", "wet")
    assert found.table.labels.tolist() == [1 if i % 3 else 0 for i in range(272)]
    np.testing.assert_allclose(points(found), np.stack([X, Y], axis=1), atol=1e-3)
    assert [each.kind for each in found.sheet.columns] == ["dates", *["numbers"] * 3, "words"]
    for wrong, says in (
        ({"x": 1}, "day holds no numbers"),
        ({"x": 9}, "the table has 5 columns, and no number 9"),
        ({"x": 2, "y": 2}, "a is chosen twice"),
        ({"labels": 3}, "labels need a column of two to ten"),
    ):
        assert says in read(text, **wrong).refusal


def test_one_column_alone_is_learned_on_a_line():
    only = read("x\n" + "".join(f"{x}\n" for x in X))
    chosen = read("x,y\n" + PLAIN, x=2, y=ALONE)

    np.testing.assert_allclose(points(only)[:, 0], X, atol=1e-3)
    np.testing.assert_allclose(points(chosen)[:, 0], Y, atol=1e-3)
    assert points_of(tables.points(tables.keep(b"x\n1\n2\n4\n")))[0].shape == (3, 1)


def test_a_time_that_counts_from_zero_is_learned_where_it_is_one_of_two():
    found = read("t,y\n" + lines(lambda i, x, y: f"{i},{y}"))

    assert found.table.names == ("t", "y")


def workbook(inside):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(inside, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (workbook("xl/workbook.xml"), "an Excel workbook: save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an Excel workbook of the old kind"),
        (workbook("word/document.xml"), "a Word document"),
        (b"\x1f\x8b\x08" + bytes(99), "compressed: unpack it"),
        (json.dumps([{"x": 1, "y": 2}] * 9).encode(), "the file is JSON: save"),
        (b'{"x": 1}\n{"x": 2}\n', "the file is JSON"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a pointer of git-lfs"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x93NUMPY\x01\x00", "a NumPy array"),
        (bytes(range(256)) * 9, "not text"),
        (b"To be, or not\nThat is, the\nquestion, is\n", "no column of the table holds numbers"),
        (b"day\n2019-01-01\n2019-01-02\n", "only dates, such as '2019-01-01'"),
        (b"x,y\n", "no column of the table holds numbers"),
        (b"x,y\n1,5,2,5\n2,5,3,5\n3,5,4,5\n", "2 names and 4 numbers in a row"),
        (b",".join([b"1"] * 300) + b"\n", "lines of 300 columns; at most 200"),
        (b"1" * (LARGEST_FILE + 1), "larger than 64 MB; save fewer rows"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name_in_one_sentence(content, says):
    with pytest.raises(ValueError, match=says) as refusal:
        tables.keep(content)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 160


def test_a_table_that_cannot_be_learned_is_shown_with_the_reason():
    assert "at least two rows of numbers, not 1" in read("1,2\n").refusal
    assert "column 1 is the same in every row" in read("1,2\n1,3\n", x=1, y=2).refusal
    assert read("1,2\n1,3\n").table.names == ("column 2",)  # the one that varies, as found


def test_the_same_file_has_the_same_mark_and_another_reading_other_points():
    text = b"a,b,c\n1,5,2.5\n2,3,1.5\n4,4,9.5\n"
    mark = tables.keep(text)

    assert mark == tables.keep(text)
    assert len(mark) == 16
    assert tables.points(mark) == tables.points(mark, Reading(x=1, y=2))
    assert tables.points(mark) != tables.points(mark, Reading(x=1, y=3))
    assert tables.why_not("0123456789abcdef") == (
        "the uploaded table is not here any more: upload it again"
    )


def test_an_exported_script_says_how_the_table_was_read_and_holds_the_same_points():
    text = "x,y\n" + lines(lambda i, x, y: f"{x:.3f},{'' if i % 50 == 7 else f'{y:.1f}'}")
    match = Match(data="csv", points=tables.points(tables.keep(text.encode())), steps=10)
    script = as_script(match, read=words.told(read(text)))

    assert "The table: 266 of 272 rows of x and y, standardised." in script
    assert "6 rows are skipped: no y (6)." in script
    found, _, _ = points_of(match.points)
    packed = base64.b64encode(found.numpy().astype("<f4").tobytes()).decode()
    assert packed in script
    compile(script, "games.py", "exec")


NAMES = (
    ("x", "y", "z"),
    ("Größe", "Länge", "Maß"),
    ("Length, cm", "Width; cm", "a|b"),
    ("a b", "c d", "e f"),
    ("2019", "2020", "2021"),
)


@st.composite
def written(draw):
    """A table of numbers as pandas writes it, its columns and its names."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    rows, count = draw(st.integers(8, 60)), draw(st.integers(1, 3))
    decimals = [draw(st.sampled_from([0, 1, 2, 3, 6])) for _ in range(count)]
    scales = [draw(st.sampled_from([1.0, 3.0, 100.0, 4000.0, 3e6])) for _ in range(count)]
    columns = [
        np.round(rng.normal(draw(st.sampled_from([0, 1, 5])) * s, s, rows), d)
        for s, d in zip(scales, decimals, strict=True)
    ]
    mark = draw(st.sampled_from(".,"))
    group = draw(st.sampled_from(["", "," if mark == "." else ".", " ", "'"]))
    fixed = draw(st.booleans())

    def cell(number, digits):
        text = f"{number:,.{digits}f}"
        if not fixed and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.translate({ord(","): group, ord("."): mark})

    frame = pd.DataFrame(
        {k: [cell(v, d) for v in c] for k, (c, d) in enumerate(zip(columns, decimals, strict=True))}
    )
    names = draw(st.sampled_from([*NAMES, (), None]))  # pandas' own, or none
    if names:
        frame.columns = list(names[:count])
    index = draw(st.booleans())
    text = frame.to_csv(
        sep=draw(st.sampled_from([",", ";", "\t", "|", " "])),
        index=index,
        header=names is not None,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
    return text.encode(draw(st.sampled_from(encodings))), columns, names, index


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(written())
def test_whatever_pandas_writes_is_read_right_or_said_to_be_uncertain(table):
    content, columns, names, index = table
    sheet = sheet_of(text_of(content).text)
    if sheet.doubts or sheet.undecided:
        event("said")
        return
    event("read right")
    found = sheet.columns[1:] if index else sheet.columns

    assert len(found) == len(columns)
    for ours, meant in zip(found, columns, strict=True):
        np.testing.assert_allclose(ours.numbers, meant)
    if names:
        assert [each.name for each in found] == list(names[: len(columns)])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.text(alphabet="1205.,;\t\n \"'#-abx%|é=\\", max_size=120) | st.binary(max_size=80))
def test_any_file_is_a_table_or_a_refusal_of_one_sentence(content):
    data = content.encode() if isinstance(content, str) else content
    try:
        found, refusal = tables.read(tables.keep(data)), ""
    except ValueError as why:
        found, refusal = None, str(why)

    assert "\n" not in refusal
    assert (found is None) == bool(refusal)
    if found is not None:
        assert (found.table is None) == bool(found.refusal)


@pytest.mark.parametrize("word", ["a", "kg", "setosa"])
def test_a_word_after_a_comma_is_the_next_cell_and_no_unit(word):
    found = read("x,kind\n" + "".join(f"{k % 7},{word if k % 3 else 'b'}\n" for k in range(60)))

    first, second = found.sheet.columns
    assert first.numbers.tolist() == [k % 7 for k in range(60)]
    assert set(second.words) == {word, "b"}
