"""A large cell is shown in part, and nothing of what is left out is lost from a sum."""

import numpy as np
import pytest
import torch

from explorer.cells import CELLS
from explorer.cells.cell import rows as rows_of
from explorer.labs.cells import frames
from explorer.labs.cells.window import MOST_SHOWN, said, whole, window
from explorer.runs.frames import LARGEST_PACKET
from explorer.sequences.patterns import activity_order
from explorer.sequences.trace import trace

SMALL = 5


@pytest.fixture
def few(monkeypatch):
    """Have pictures hold five units."""
    monkeypatch.setattr("explorer.labs.cells.window.MOST_SHOWN", SMALL)


def read(cell_name: str, inputs: int = 9, units: int = 12, steps: int = 7):
    cell = CELLS[cell_name]
    rng = torch.Generator().manual_seed(3)
    weights = cell.draw(inputs, units, rng).to(torch.float64)
    return trace(cell, weights, torch.randn(steps, inputs, generator=rng, dtype=torch.float64))


@pytest.mark.parametrize("cell_name", CELLS)
def test_shown_products_bias_and_the_part_of_the_others_are_the_whole_sum(cell_name, few):
    seen = read(cell_name)
    shown = window(seen)
    kind, weights, others = seen.cell, seen.weights, shown.others(seen)
    kept = {name: part.numpy() for name, part in shown.weights(frames.weights_of(weights)).items()}
    states = frames.states(seen, shown)

    assert len(shown.units) == len(shown.inputs) == SMALL
    for block, gate in enumerate(CELLS[kind].gates):
        short, rows = CELLS[kind].pictured(gate), slice(block * SMALL, (block + 1) * SMALL)
        parts = seen.gate(gate)
        read_part = seen.x[:, shown.inputs].numpy() @ kept["weight_ih"][rows].T
        read_part += kept["bias_ih"][rows] + others[f"{short}/others_x"].numpy()
        assert np.abs(read_part - parts.from_input[:, shown.units].numpy()).max() < 1e-12
        heard = seen.before.hidden
        if CELLS[kind].candidate.reset == "before" and gate == CELLS[kind].candidate.field:
            heard = seen.states["reset_hidden"]
        past = heard[:, shown.units].numpy() @ kept["weight_hh"][rows].T
        past += kept["bias_hh"][rows] + others[f"{short}/others_hidden"].numpy()
        heard = rows_of(seen.steps.from_hidden, block, 12)  # before a reset gate, if one acts after
        assert np.abs(past - heard[:, shown.units].numpy()).max() < 1e-12
        expected = parts.preactivation[:, shown.units].float().numpy()
        assert np.array_equal(states[f"{short}/preactivation"], expected)


def test_the_most_active_units_are_shown_or_a_range_or_one_that_is_looked_at(few):
    seen = read("lstm")
    by_activity = activity_order(seen.memory.numpy())

    assert window(seen).units.tolist() == sorted(by_activity[:SMALL])
    assert window(seen, 4).units.tolist() == [4, 5, 6, 7, 8]
    assert window(seen, 1_000).units.tolist() == [7, 8, 9, 10, 11]
    assert by_activity[-1] in window(seen, unit=by_activity[-1]).units
    assert len(window(seen, unit=by_activity[-1]).units) == SMALL
    assert said(window(seen), -1) == "5 of 12 units, the most active"
    assert said(window(seen, 4), 4) == "5 of 12 units, 4 to 8"


def test_a_picture_is_told_the_numbers_of_what_it_shows_and_orders_of_its_own_rows(few):
    seen = read("gru")
    shown = window(seen)
    still = frames.still(seen, shown).arrays

    assert still["shown/unit"].tolist() == shown.units.tolist()
    assert still["shown/x"].tolist() == shown.inputs.tolist()
    assert still["one"].shape == (1, SMALL)
    for name in ("order/activity", "order/clusters"):
        assert sorted(still[name].tolist()) == list(range(SMALL))


def test_a_cell_that_is_small_enough_is_shown_whole_and_as_before():
    seen = read("lstm")
    shown = window(seen, first=3, unit=2)

    assert shown.units.tolist() == list(range(12))
    assert shown.others(seen) == shown.named == {}
    assert said(shown, -1) == ""
    assert frames.states(seen).keys() == frames.states(seen, whole(seen)).keys()


def test_the_weights_of_the_largest_cell_travel_in_one_packet():
    seen = read("lstm", inputs=1_024, units=1_024, steps=2)
    arrays = frames.still(seen, window(seen)).arrays.values()

    assert MOST_SHOWN == 256
    assert sum(array.nbytes for array in arrays) < LARGEST_PACKET
