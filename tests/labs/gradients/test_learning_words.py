"""What is said of networks that learn is what their numbers say."""

import numpy as np
import pytest

from explorer.gradients import LearningSettings, Standing
from explorer.labs.gradients import learning_words as words

FIVE = LearningSettings(seeds=5)
NONE = np.full(5, -1)
NOBODY = {"rnn_tanh": NONE, "lstm": NONE, "gru": NONE}
NO_LOSS = dict.fromkeys(NOBODY, 0)


def standing(error: float, noise: float = 0.002, seeds: int = 5) -> Standing:
    """Return a standing of every seed with the same error, of networks that guess at 1/6."""
    all_of = np.full(seeds, error)
    ahead = 1 / 6 - all_of
    return Standing(all_of, all_of, ahead, np.full(seeds, noise), all_of < 0.01, (all_of, all_of))


def test_progress_counts_the_seeds_and_names_who_still_guesses():
    solved = NOBODY | {"lstm": np.array([600, 700, 900, -1, 650])}
    now = {"rnn_tanh": standing(0.166), "lstm": standing(0.001), "gru": standing(0.1)}

    said = words.progress(FIVE, 1_000, solved, now, NO_LOSS)

    assert said == (
        "**tanh RNN 0 of 5; LSTM 4 of 5 seeds, the middle one at 675; GRU 0 of 5.** No seed of the "
        "tanh RNN is better than guessing by three standard errors or more."
    )


@pytest.mark.parametrize(
    ("error", "noise", "told"),
    [(0.10, 0.002, True), (0.1601, 0.002, True), (0.1607, 0.002, False), (0.18, 0.002, False)],
)
def test_guessing_is_beaten_by_more_than_three_standard_errors(error, noise, told):
    said = words.progress(FIVE, 40, NOBODY, dict.fromkeys(NOBODY, standing(error, noise)), NO_LOSS)

    assert ("better than guessing" in said) != told


def test_seeds_that_diverged_are_counted_and_what_to_do_is_said():
    said = words.progress(
        FIVE, 40, NOBODY, dict.fromkeys(NOBODY, standing(0.1)), NO_LOSS | {"gru": 2}
    )

    assert said.endswith("Diverged: 2 of the GRU. Lower the learning rate, or clip sooner.")


def test_one_seed_alone_is_not_counted():
    alone = LearningSettings(seeds=1)
    solved = {"lstm": np.array([640]), "gru": np.array([-1])}
    now = dict.fromkeys(solved, standing(0.001, seeds=1))

    said = words.progress(alone, 700, solved, now, dict.fromkeys(solved, 0))

    assert said == "**LSTM solved it at 640; GRU not yet.**"


@pytest.mark.parametrize(
    ("rnn", "lstm", "apart"), [(0, 5, True), (0, 4, False), (0, 3, False), (4, 5, False)]
)
def test_a_network_learns_it_more_often_only_where_the_intervals_do_not_meet(rnn, lstm, apart):
    """Wilson: 0 of 5 is at most .434, 4 of 5 at least .376 and 5 of 5 at least .566."""
    counts = {"rnn_tanh": rnn, "lstm": lstm}
    solved = {cell: np.where(np.arange(5) < n, 100, -1) for cell, n in counts.items()}

    said = words.what_to_look_for(FIVE, 1_000, solved, ends=True)

    assert ("learns it more often" in said) == apart
    assert ("no network can be called the better one" in said) != apart


def test_what_to_look_for_follows_the_training():
    assert "Start it below" in words.what_to_look_for(FIVE, 0, NOBODY)
    assert "Watch where the maps light up" in words.what_to_look_for(FIVE, 40, NOBODY)
    everyone = dict.fromkeys(NOBODY, np.full(5, 30))
    assert "Make it longer than 50" in words.what_to_look_for(FIVE, 40, everyone)


def test_a_training_that_ends_says_why_and_what_to_do():
    said = words.divergence(FIVE, 1_200)

    assert said.startswith("Every seed of every network diverged by iteration 1,200")
    assert said.endswith("Lower the learning rate, or clip sooner.")


def test_the_reach_is_that_of_every_network_and_of_none_where_none_was_recorded():
    said = words.reach({"rnn_tanh": 10, "irnn": 50, "gru": 0}, 10)

    assert "the tanh RNN up to 10 steps and the IRNN up to 50 steps" in said
    assert "The GRU at no length that was tried" in said
    assert words.reach({"lstm": 0}, 10).startswith("Nothing was recorded yet")


def test_losses_of_few_examples_are_those_of_training_and_held_out():
    few = LearningSettings(problem="sine", length=12, examples=48, seeds=5)
    scalars = {"lstm/training": 0.02, "lstm/loss": 0.25, "lstm/kept": 0.15}
    first_best = {"lstm": np.array([40, 50, 60, 70, 80])}

    said = words.overfitted(few, 900, {"lstm": standing(0.25)}, first_best, scalars)

    assert said == (
        "**Loss, middle of 5 seeds:** the LSTM 0.02 in training and 0.25 held out (best at 60, "
        "0.15 where it was stopped early)."
    )
    begins = words.overfitted(few, 0, {"lstm": standing(0.25)}, first_best, {})
    assert begins.startswith("48 sequences to learn from")
    gone = words.overfitted(few, 10, {"lstm": standing(0.25)}, first_best, {})
    assert "the LSTM diverged" in gone
