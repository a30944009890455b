"""What the gradient lab says of its numbers is true of them."""

import math

import pytest

from explorer.gradients import MEASURED, UNROLLED
from explorer.labs.gradients import words
from explorer.labs.prose import listing


def at(**norms: float) -> dict[str, float]:
    """Return what is left of every cell's gradient: one half, where nothing else is said."""
    return {f"{cell}/at": norms.get(cell, 0.5) for cell in MEASURED}


def test_a_list_of_things_is_one_of_a_sentence():
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(["a", "b", "c"]) == "a, b and c"


def test_things_are_counted_in_words_up_to_ten():
    assert words.counted(MEASURED) == "four"
    assert words.counted("abcdefghij") == "ten"
    assert words.counted("abcdefghijk") == "11"


def test_a_forget_bias_is_that_of_the_gate_that_keeps(monkeypatch):
    monkeypatch.setattr(words, "MEASURED", ("rnn_tanh", "lstm", "gru"))

    assert words.keeping_gates() == "the LSTM's forget gate and of the GRU's update gate"


@pytest.mark.parametrize("cell", MEASURED)
def test_a_cell_is_said_to_keep_lose_or_grow_by_its_norm_alone(cell: str):
    kept, lost, grown = (words.what_is_left(30, at(**{cell: norm})) for norm in (0.1, 1e-7, 11.0))

    assert kept.startswith("**30 steps back** the ")
    assert UNROLLED[cell].label in kept
    assert f"the {UNROLLED[cell].label} has less than a millionth left" in lost
    assert f"in the {UNROLLED[cell].label} the gradient has grown more than tenfold" in grown
    assert all(
        UNROLLED[other].label in lost.partition(";")[0] for other in MEASURED if other != cell
    )


def test_of_another_quantity_the_sentence_says_which():
    found = {"lstm/at": 0.5, "gru/at": 1e-7, "linear/at": 11.0, "rnn_relu/at": math.inf}
    cells = ("lstm", "gru", "linear", "rnn_relu")

    assert words.what_is_left(30, found, cells, "the gradient by the input") == (
        "**30 steps back, of the gradient by the input,** the LSTM still has a tenth or more; the "
        "GRU has less than a millionth left; in the linear network it has grown more than tenfold; "
        "what is left of the ReLU RNN has left the range of floating point."
    )


def test_exact_zeros_are_counted_by_network_or_said_to_be_none():
    found = {"lstm/zeros": 0.0, "gru/zeros": 61.0, "linear/zeros": 0.4}

    said = words.exact_zeros(("lstm", "gru", "linear"), 200, 5, found)
    assert said == (
        "Of 200 gradients, exactly 0 in float32 are 61 of the GRU and 0.4 of the linear network, "
        "mean of 5 seeds."
    )
    assert words.exact_zeros(("gru",), 200, 1, found) == (
        "Of 200 gradients, exactly 0 in float32 are 61 of the GRU."
    )
    assert words.exact_zeros(("lstm",), 200, 5, found, "contributions") == (
        "In float32 none of the 200 contributions is exactly 0."
    )


def test_a_gate_alone_leaves_its_logistic_to_the_lag():
    said = words.keeping_alone(3.0, 50)

    assert "σ(3) = 0.95" in said
    assert "leave 0.0881 after 50 steps" in said
    assert "leave 8.88×10⁻¹⁶ after 50 steps" in words.keeping_alone(0.0, 50)


@pytest.mark.parametrize("norm", [math.nan, math.inf])
def test_what_is_no_number_is_said_to_be_none_and_not_to_have_grown(norm: float):
    others = {cell: 1e-3 for cell in MEASURED if cell != "lstm"}
    said = words.what_is_left(200, at(**others, lstm=norm))

    assert said == (
        "**200 steps back** the gradient of the LSTM has left the range of floating point."
    )
    assert "left the range" in words.forget_bias(5.0, 200, at(lstm=norm))
    assert "explodes" not in words.forget_bias(5.0, 200, at(lstm=norm))


def test_where_nothing_stands_out_that_is_what_is_said():
    said = words.what_is_left(10, at(**dict.fromkeys(MEASURED, 1e-3)))

    assert said == (
        "**10 steps back** every network has lost most of it, and none has lost it all."
    )


@pytest.mark.parametrize(
    ("bias", "norms", "says"),
    [
        (0.0, {"lstm": 1e-8}, "vanishes too"),
        (5.0, {"lstm": 11.0}, "explodes"),
        (3.0, {"lstm": 0.7, "rnn_tanh": 1e-9}, "The LSTM keeps what the"),
        (1.0, {"lstm": 0.01, "rnn_tanh": 20.0}, "The plain RNN explodes"),
        (1.0, {"lstm": 0.25, "rnn_tanh": 0.125}, "7 steps back the LSTM keeps 0.25 of"),
    ],
)
def test_what_a_forget_bias_has_done_is_told_by_the_norms(bias: float, norms: dict, says: str):
    said = words.forget_bias(bias, 7, at(**norms))

    assert says in said
    assert said.startswith(f"At bias {bias:g} a forget gate starts near σ({bias:g}) = ")


def test_lost_is_less_than_a_millionth_and_not_a_little_more():
    assert "has less than a millionth left" in words.what_is_left(30, at(lstm=0.9e-6))
    assert "millionth" not in words.what_is_left(30, at(lstm=1.1e-6))


@pytest.mark.parametrize(("lstm", "vanishes"), [(0.9e-4, True), (1.1e-4, False)])
def test_an_lstm_without_bias_vanishes_below_a_ten_thousandth(lstm: float, vanishes: bool):
    said = words.forget_bias(0.0, 50, at(lstm=lstm, rnn_tanh=lstm))

    assert ("vanishes too" in said) == vanishes


@pytest.mark.parametrize(("lstm", "keeps"), [(0.101, True), (0.099, False)])
def test_an_lstm_keeps_what_the_rnn_loses_from_a_hundredfold_on(lstm: float, keeps: bool):
    said = words.forget_bias(3.0, 50, at(lstm=lstm, rnn_tanh=1e-3))

    assert ("keeps what the" in said) == keeps


def test_a_gate_starts_at_the_sigmoid_of_its_bias():
    assert "σ(0) = 0.50" in words.forget_bias(0.0, 7, at())
    assert "σ(3) = 0.95" in words.forget_bias(3.0, 7, at())
