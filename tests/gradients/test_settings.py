"""Settings refuse at the door what no measurement or training could use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.gradients import RECURRENT_INITS, UNROLLED, FlowSettings, LearningSettings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"cell": "rnn"},
            f"unknown cell 'rnn'; choose from {', '.join(map(repr, UNROLLED))}",
        ),
        (
            {"recurrent_init": "ones"},
            f"unknown recurrent_init 'ones'; choose from {', '.join(map(repr, RECURRENT_INITS))}",
        ),
        ({"length": 1_001}, "length must be between 2 and 1000, not 1001"),
        ({"seeds": 0}, "seeds must be between 1 and 20, not 0"),
        ({"batch": True}, "batch must be a whole number, not True"),
        ({"gain": float("nan")}, "gain must be a number, not nan"),
        ({"forget_bias": -11.0}, "forget_bias must be between -10 and 10, not -11"),
    ],
)
def test_a_wrong_flow_says_what_is_allowed_and_what_was_given(changes, message):
    with pytest.raises(ValueError) as error:
        FlowSettings(**changes)

    assert str(error.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"length": 1}, "length must be between 2 and 200, not 1"),
        ({"width": 3}, "width must be between 4 and 128, not 3"),
        ({"rate": 0.0}, "rate must be between 1e-06 and 1, not 0"),
        ({"clip": float("inf")}, "clip must be a number, not inf"),
        (
            {"length": 200, "width": 128, "batch": 100, "seeds": 5},
            "steps × width × batch × seeds must be at most 2600000, not "
            "200 × 128 × 100 × 5 = 12800000",
        ),
    ],
)
def test_a_wrong_training_says_what_is_allowed_and_what_was_given(changes, message):
    with pytest.raises(ValueError) as error:
        LearningSettings(**changes)

    assert str(error.value) == message


def refusal(make, *args, **kwargs):
    """What is said against it, or nothing."""
    try:
        make(*args, **kwargs)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", [FlowSettings, LearningSettings])
@given(data=st.data())
def test_any_numbers_are_accepted_or_refused_by_name(kind, data):
    fields = {name: field.type for name, field in kind.__dataclass_fields__.items()}
    values = {int: st.integers(), float: st.floats(), str: st.text(max_size=5)}
    changes = {
        name: data.draw(values.get(fields[name], st.none() | st.floats()), label=name)
        for name in data.draw(st.sets(st.sampled_from(list(fields)), max_size=3), label="fields")
    }

    said = refusal(kind, **changes)

    assert said == "" or any(name in said for name in changes)
    assert said.count("\n") == 0
