"""Settings refuse at the door what no measurement or training could use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.gradients import AddingSettings, FlowSettings

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(10**400)
)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"cell": "rnn"},
            "unknown cell 'rnn'; choose from 'rnn_tanh', 'rnn_relu', 'linear', 'lstm', 'gru'",
        ),
        (
            {"recurrent_init": "identity"},
            "unknown recurrent_init 'identity'; choose from 'default', 'orthogonal', 'gaussian'",
        ),
        ({"length": 401}, "length must be a whole number between 2 and 400, not 401"),
        ({"seeds": 2.0}, "seeds must be a whole number between 1 and 20, not 2.0"),
        ({"batch": True}, "batch must be a whole number between 1 and 64, not True"),
        ({"gain": float("nan")}, "gain must be between 0.05 and 4, not nan"),
        ({"forget_bias": "1"}, "forget_bias must be between -10 and 10, not '1'"),
    ],
)
def test_a_wrong_flow_says_what_is_allowed_and_what_was_given(changes, message):
    with pytest.raises(ValueError) as error:
        FlowSettings(**changes)

    assert str(error.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"length": 1}, "length must be a whole number between 2 and 200, not 1"),
        ({"width": 3}, "width must be a whole number between 4 and 128, not 3"),
        ({"rate": 0}, "rate must be between 1e-06 and 1, not 0"),
        ({"clip": float("inf")}, "clip must be between 0.001 and 1000, not inf"),
        (
            {"length": 200, "width": 128, "batch": 100},
            "length × width × batch must be at most 1500000, not 200 × 128 × 100 = 2560000",
        ),
    ],
)
def test_a_wrong_training_says_what_is_allowed_and_what_was_given(changes, message):
    with pytest.raises(ValueError) as error:
        AddingSettings(**changes)

    assert str(error.value) == message


@pytest.mark.parametrize("kind", [FlowSettings, AddingSettings])
@given(data=st.data())
def test_anything_at_all_is_accepted_or_refused_in_one_line(kind, data):
    names = list(kind.__dataclass_fields__)
    given_values = data.draw(st.dictionaries(st.sampled_from(names), ANYTHING, max_size=3))

    try:
        kind(**given_values)
    except ValueError as error:
        assert "\n" not in str(error)
        assert any(name in str(error) for name in given_values)
