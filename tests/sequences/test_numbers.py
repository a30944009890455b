"""Numbers as people type them, and a network that reads them."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.sequences import NumberTraining, WaveLesson, learn, parse_numbers, stack_agreement

typed = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@given(
    values=st.lists(typed, min_size=1, max_size=30), between=st.sampled_from([" ", ", ", ";", "\n"])
)
def test_numbers_come_back_whatever_stands_between_them(values, between):
    assert parse_numbers(between.join(map(repr, values))) == tuple(values)


def test_commas_alone_part_numbers_and_the_minus_of_typography_counts():
    assert parse_numbers("1,2,3") == (1.0, 2.0, 3.0)
    assert parse_numbers(" −0.5\t.25 ,1e-3 ") == (-0.5, 0.25, 0.001)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "between 1 and 500 numbers, not none"),
        (" , ;\n", "between 1 and 500 numbers, not none"),
        ("1 " * 501, "between 1 and 500 numbers, not 501"),
        ("0.1 nan", "'nan' in place 2 is not a finite number"),
        ("-inf", "'-inf' in place 1 is not a finite number"),
        ("1e999", "'1e999' in place 1 is not a finite number"),
        ("0 1e7", "'1e7' in place 2 is too large; numbers must be between -1,000,000"),
        ("1 two 3", "'two' in place 2 is not a number"),
        ("0x10", "'0x10' in place 1 is not a number"),
        ("<script>alert(1)</script>", "'<script>alert"),
        ("0,1 0,5", "'0,1' may be one number or two; write decimals with a point"),
        ("9" * 30_000, "20,000 characters, not take 30,000"),
    ],
)
def test_what_is_no_series_is_refused_in_one_sentence(text, message):
    with pytest.raises(ValueError) as refused:
        parse_numbers(text)

    assert message in str(refused.value)
    assert len(str(refused.value)) < 120
    assert "\n" not in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_either_numbers_or_refused(text):
    try:
        values = parse_numbers(text)
    except ValueError:
        return
    assert values
    assert all(math.isfinite(value) for value in values)


@pytest.fixture(scope="module")
def network():
    return learn(WaveLesson(NumberTraining(cell="gru", units=5, updates=1, batch=2, length=10)))


def test_forecasts_are_what_the_same_modules_of_torch_compute(network):
    reading = network.read((0.1, 0.5, -0.3))

    recurrent = torch.nn.GRU(1, 5)
    readout = torch.nn.Linear(5, 1)
    modules = torch.nn.ModuleDict({"recurrent": recurrent, "readout": readout})
    modules.load_state_dict(network.state_dict())
    modules.double()
    with torch.no_grad():
        expected = readout(recurrent(reading.values[:, None])[0])[:, 0]
    assert (reading.predictions - expected).abs().max() < 1e-14
    assert stack_agreement(reading.trace) < 1e-14
    torch.testing.assert_close(reading.errors, reading.values[1:] - expected[:-1])


def test_offset_and_scale_are_undone_in_the_forecast(network):
    values = (0.1, 0.5, -0.3)
    moved = replace(network, offset=50.0, scale=20.0)

    forecast = moved.read([50 + 20 * value for value in values]).predictions

    torch.testing.assert_close(forecast, 50 + 20 * network.read(values).predictions)
    with pytest.raises(ValueError, match="scale must be above 0, not 0"):
        replace(network, scale=0.0)


def test_numbers_beyond_all_that_was_trained_on_are_pointed_out(network):
    assert network.read((0.1, 1.5, -1.6, 900.0)).beyond == (2, 3)


@settings(deadline=None)
@given(st.lists(typed, min_size=1, max_size=20))
def test_every_series_that_can_be_typed_has_finite_forecasts(network, values):
    assert network.read(values).predictions.isfinite().all()


def test_an_empty_series_is_refused(network):
    with pytest.raises(ValueError, match="at least one step"):
        network.read(())
