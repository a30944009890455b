"""What the gradient lab says of its numbers is true of them."""

import math

import pytest

from explorer.gradients import LEARNERS, MEASURED, UNROLLED
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
    assert words.counted(LEARNERS) == "three"
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


def errors(noise: float = 0.002, **found: float) -> dict[str, float]:
    """Return how every network does beside guessing at 1/6: an error of a tenth, unless said."""
    ahead = {f"{cell}/ahead": 1 / 6 - found.get(cell, 0.1) for cell in LEARNERS}
    return ahead | {f"{cell}/noise": noise for cell in LEARNERS}


def test_progress_names_who_has_solved_it_first_and_who_still_guesses():
    solved = {"rnn_tanh": -1, "lstm": 1_204, "gru": 640}
    said = words.progress(1_300, solved, errors(rnn_tanh=0.166, lstm=0.001, gru=0.001))

    assert said == (
        "The GRU solved it by iteration 640. The LSTM solved it by iteration 1,204. "
        f"The {UNROLLED['rnn_tanh'].label} cannot be told from guessing the mean, within three "
        "standard errors."
    )


def test_better_than_guessing_is_said_of_all_or_of_none():
    nobody = dict.fromkeys(LEARNERS, -1)

    assert words.progress(40, nobody, errors()).startswith("All three are better than guessing")
    both = words.progress(40, nobody, errors(rnn_tanh=0.166, gru=0.166))
    assert both.startswith(f"The {words.named(['rnn_tanh', 'gru'])} cannot be told from guessing")


@pytest.mark.parametrize(
    ("error", "noise", "told"),
    [
        (0.10, 0.002, True),
        (0.14, 0.002, True),
        (0.1505, 0.002, True),
        (0.16, 0.002, True),
        (0.16, 0.003, False),
        (0.1505, 0.006, False),
        (0.14, 0.0088, True),
        (0.14, 0.009, False),
        (0.10, 0.03, False),
        (0.18, 0.002, False),
        (math.nan, 0.002, False),
    ],
)
def test_guessing_is_beaten_by_more_than_three_standard_errors(error, noise, told):
    nobody = dict.fromkeys(LEARNERS, -1)
    said = words.progress(40, nobody, errors(noise, **dict.fromkeys(LEARNERS, error)))

    assert said.startswith("All three are better than guessing") == told
    assert ("cannot be told from guessing" in said) != told


def test_what_to_look_for_follows_who_has_solved_it():
    nobody = dict.fromkeys(LEARNERS, -1)

    assert "Press Train" in words.what_to_look_for(0, nobody)
    assert "Watch where the maps light up" in words.what_to_look_for(40, nobody)
    for cell in ("lstm", "gru"):
        assert "Compare the maps" in words.what_to_look_for(40, nobody | {cell: 20})
    assert "Make the sequences longer" in words.what_to_look_for(40, nobody | {"rnn_tanh": 20})


def test_a_training_that_ends_names_whose_weights_are_lost():
    one, two = (words.divergence(cells, 1_200) for cells in (("lstm",), ("lstm", "gru")))

    assert one.startswith("The LSTM diverged by iteration 1,200: its weights left")
    assert two.startswith("The LSTM and GRU diverged by iteration 1,200: their weights left")
