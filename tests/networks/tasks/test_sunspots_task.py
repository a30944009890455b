"""The sunspots: the numbers that everybody knows, and an honest word on who forecasts them."""

import pytest

from explorer.networks.shipped import load_network, network_card
from explorer.networks.tasks.sunspots import TASK, sunspots
from explorer.sequences.yearly import outlook


def test_sunspots_are_those_of_the_years_that_everybody_knows():
    series = sunspots()

    assert (series.first, len(series.values)) == (1700, 309)
    assert series.first + series.learned == 1920
    assert series.values[1957 - 1700] == 190.2  # the highest maximum on record
    assert series.values[1712 - 1700] == 0.0  # the end of the Maunder minimum


def test_without_statsmodels_the_sunspots_come_with_the_shipped_network(monkeypatch):
    packaged = sunspots()
    monkeypatch.setattr("explorer.networks.tasks.sunspots.find_spec", lambda name: None)

    shipped = sunspots.__wrapped__()

    assert shipped.values.equal(packaged.values)
    assert (shipped.first, shipped.learned) == (packaged.first, packaged.learned)


def test_without_both_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("explorer.networks.tasks.sunspots.find_spec", lambda name: None)
    monkeypatch.setattr("explorer.networks.tasks.sunspots.SHIPPED", tmp_path / "none")

    with pytest.raises(ValueError, match="inside the package statsmodels; install it"):
        sunspots.__wrapped__()


def test_the_card_of_the_sunspots_says_honestly_who_wins():
    card = network_card("sunspots-lstm")
    told = outlook(load_network("sunspots-lstm"), sunspots())

    better = "line" if told.line < told.error else "network"
    assert f"the {better} is better" in card.compared
    assert ("which may be chance" in card.compared) == (abs(told.lead) < 2 * told.lead_error)
    assert told.error < told.persistence / 2


def test_the_sunspot_network_brings_its_series():
    series = load_network("sunspots-lstm").example

    assert series.values.equal(sunspots().values)
    assert (series.first, series.learned) == (sunspots().first, sunspots().learned)


def test_what_is_read_since_a_year_begins_with_that_year():
    given = TASK.material.given(1957)

    assert (given.tokens[0], given.values[0]) == ("1957", 190.2)
    assert given.tokens[-1] == "2008"
    assert len(given.tokens) == len(given.values) == 52
