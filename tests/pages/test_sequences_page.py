"""The page of the sequence lab takes a table: what was understood, and which rows are gaps."""

from streamlit.testing.v1 import AppTest

from explorer.labs.gans import tables
from explorer.labs.gans.tables import Reading

ROWS = [f"{1950 + k},{(k * 7) % 11}" for k in range(60)]


def opened(lines: list[str]) -> AppTest:
    def script() -> None:
        from explorer.pages import sequences, surroundings

        surroundings.attend()
        sequences.page()

    app = AppTest.from_function(script, default_timeout=120)
    app.query_params["task"] = "own"
    mark = tables.keep("\n".join(["year,catch", *lines]).encode())
    app.session_state["sequences.table.draft"] = (mark, Reading())
    return app.run()


def test_a_column_with_gaps_is_forecast_once_somebody_has_them_filled():
    rows = list(ROWS)
    rows[14] = "1964,lost"
    app = opened(rows)

    assert not app.exception
    assert any("Row 15 of catch holds" in each.value for each in app.warning)
    assert any("year" in each.value for each in app.html if "small-table" in each.value)
    button = app.button(key="sequences.table.take")
    assert button.label == "Fill 1 gap and forecast"
    app = button.click().run()

    assert not app.exception
    numbers = app.query_params["numbers"]
    assert numbers.startswith("catch | year | 1950 | 1: 0 7 3")
    assert numbers.split()[7 + 14] == "?"


def test_a_column_that_cannot_be_forecast_says_why_and_offers_nothing():
    app = opened(ROWS[:20])

    assert any("at least 30 values, not 20" in each.value for each in app.warning)
    assert app.button(key="sequences.table.take").disabled
