"""What can be taken hold of: a grip is what the row of its dial says, and nothing else."""

from dataclasses import dataclass, replace

import pytest

from explorer.dials import dial
from explorer.figures.scene import Grip, RuleHandle, as_json, grip_of
from explorer.labs.gradients import Flow


@dataclass(frozen=True)
class Portrait:
    """A configuration with dials of every kind that a hand can turn."""

    theta: float = dial(0.5, "θ", "Where it starts", low=-9, high=9, offered=(-2, 2), step=0.1)
    rate: float = dial(0.1, "Rate", low=1e-6, high=1.0, powers=True, unit="a step")
    units: int = dial(3, "Units", low=1, high=8)
    edits: str = dial("", "Operations", longest=100)
    free: float | None = dial(None, "Held at", low=0.0, high=1.0)


def test_a_grip_is_called_and_bounded_as_its_dial_is():
    assert grip_of(Portrait, "theta") == Grip(
        setting="theta", label="θ", low=-2, high=2, step=0.1, help="Where it starts"
    )
    assert grip_of(Portrait, "rate") == Grip(
        setting="rate", label="Rate", low=1e-6, high=1.0, powers=True, unit="a step"
    )
    assert grip_of(Portrait, "units").whole
    assert not grip_of(Portrait, "free").whole


def test_a_grip_in_a_line_of_text_says_itself_what_it_may_be():
    about = {"entry": "weight_hh:1,2", "label": "weight", "low": -5.0, "high": 5.0}
    found = grip_of(Portrait, "edits", **about)

    assert (found.setting, found.entry, found.label) == ("edits", "weight_hh:1,2", "weight")
    assert (found.low, found.high) == (-5.0, 5.0)


@pytest.mark.parametrize(
    ("setting", "message"),
    [("gamma", "^Portrait has no dial 'gamma'$"), ("edits", "^a grip of 'edits' needs two ends$")],
)
def test_what_no_dial_says_is_an_error(setting, message):
    with pytest.raises(ValueError, match=message):
        grip_of(Portrait, setting)


def test_a_grip_goes_between_the_ends_of_the_dial_on_the_page():
    row = Flow.__dataclass_fields__["forget_bias"].metadata["dial"]
    found = grip_of(Flow, "forget_bias")

    assert (found.low, found.high) == row.ends
    assert (found.label, found.help, found.step) == (row.label, row.help, row.step)


def test_without_dials_it_stands_where_the_frame_says():
    grip = grip_of(Portrait, "theta")

    assert grip.stands == "theta"
    assert replace(grip, at="elsewhere").stands == "elsewhere"
    assert replace(grip, at=0.0).stands == 0.0


def test_a_handle_is_data_like_all_else_of_a_scene():
    told = as_json(RuleHandle(grip_of(Portrait, "rate"), "y", "critic"))

    assert told["handle"] == "rule"
    assert "step" not in told["grip"]  # any number goes
    assert told["grip"]["high"] == 1.0
