"""Training: the same from the same seed, without side effects, and better than counting letters."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.cells import CELLS, Weights
from explorer.sequences import (
    CharacterLesson,
    CharacterTraining,
    NumberNetwork,
    NumberTraining,
    Stack,
    Vocabulary,
    WaveLesson,
    Waves,
    forecasts,
    held_out,
    learn,
    read_stack,
    separation,
    syntax,
)
from explorer.sequences.heldout import excerpts
from explorer.sequences.training import Windows, blanked, resting_starts, with_stand_ins

LINE = "total = add(first[0], 'two')  # keep\nif total: print(total)\n"
TEXT = LINE * 100
TINY = CharacterTraining(units=16, embedding=8, updates=3, batch=4, length=20, carried=2)


@pytest.mark.parametrize("cell", CELLS)
def test_training_twice_gives_the_same_network_bit_for_bit(cell):
    settings = replace(TINY, cell=cell)
    one = learn(CharacterLesson(TEXT, settings))

    torch.manual_seed(12345)  # the global state has no say
    other = learn(CharacterLesson(TEXT, settings))

    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_another_seed_gives_another_network():
    one, other = (learn(CharacterLesson(TEXT, replace(TINY, seed=seed))) for seed in (0, 1))

    assert not torch.equal(one.readout, other.readout)


def test_training_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    learn(CharacterLesson(TEXT, TINY))
    learn(WaveLesson(NumberTraining(units=4, updates=2, batch=2, length=10)))

    assert torch.equal(torch.get_rng_state(), before)


def test_a_trained_network_knows_more_than_how_often_each_letter_occurs():
    counts = Counter(TEXT)
    entropy = -sum(n / len(TEXT) * math.log(n / len(TEXT)) for n in counts.values())
    losses = []

    often = replace(TINY, updates=150, batch=16, learning_rate=2e-2)
    learn(
        CharacterLesson(TEXT, often),
        watch=lambda update, loss: losses.append((update, loss)),
    )

    assert [update for update, _ in losses] == list(range(1, 151))
    assert losses[0][1] == pytest.approx(math.log(len(counts) + 1), rel=0.2)  # guessing blindly
    assert losses[-1][1] < entropy / 4


def test_no_updates_give_the_drawn_network_with_its_forget_bias():
    drawn = learn(CharacterLesson(TEXT, replace(TINY, updates=0)))

    bias = drawn.weights.bias_ih + drawn.weights.bias_hh
    assert torch.equal(bias[16:32], torch.ones(16))


def test_reading_starts_only_where_nothing_is_open():
    text = "a = (\n1)\n'''\n'''\nb  # (\nc\n"

    assert [text[start] for start in resting_starts(text, syntax(text), 2)] == ["a", "'", "b", "c"]


def test_excerpts_go_on_where_they_ended_and_start_afresh_in_turn():
    settings = replace(TINY, updates=6, batch=3, length=10, carried=3)
    vocabulary = Vocabulary.of(TEXT)

    windows, rng = Windows(TEXT, vocabulary, settings), torch.Generator().manual_seed(0)
    read = [windows.next(rng) for _ in range(6)]

    assert read[0][1].all()
    for update in range(1, 6):
        (before, _), (now, starting) = read[update - 1], read[update]
        for b in range(3):
            assert starting[b] == ((b + update) % 3 == 0)
            if starting[b]:  # every line of the text starts with one of two letters
                assert vocabulary[int(now[0, b])] in "ti"
            else:
                assert now[0, b] == before[10, b]
                follow = "".join(vocabulary[int(c)] for c in torch.cat((before, now[1:]))[:, b])
                assert follow in TEXT


def test_a_fresh_excerpt_reads_from_a_blank_state_and_the_others_go_on():
    rng = torch.Generator().manual_seed(0)
    hidden, cell = torch.randn(2, 1, 3, 4, generator=rng).requires_grad_()
    starting = torch.tensor([False, True, False])

    for carried in (blanked((hidden, cell), starting), (blanked(hidden, starting),)):
        for before, now in zip((hidden, cell), carried, strict=False):
            assert torch.equal(now[0, [0, 2]], before[0, [0, 2]])
            assert now[0, 1].count_nonzero() == 0
            assert not now.requires_grad  # no gradient travels further back
    assert blanked(None, starting) is None


def test_the_stand_in_is_met_as_often_as_asked():
    window = torch.zeros(100, 200, dtype=torch.int64)

    read = with_stand_ins(window, 7, 0.1, torch.Generator().manual_seed(0))

    assert set(read.unique().tolist()) == {0, 7}
    assert (read == 7).float().mean().item() == pytest.approx(0.1, abs=0.01)


def test_stand_ins_are_read_and_never_expected():
    often = replace(TINY, updates=1, stand_ins=1.0)  # everything read is the stand-in
    drawn = learn(CharacterLesson(TEXT, replace(TINY, updates=0)))

    trained = learn(CharacterLesson(TEXT, often))

    moved = (trained.embedding != drawn.embedding).any(dim=1)
    assert moved.tolist() == [False] * (len(moved) - 1) + [True]


def test_a_text_too_short_to_train_on_is_refused():
    with pytest.raises(ValueError, match="at least 41 characters, not 30"):
        resting_starts("x" * 30, syntax("x" * 30), 41)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cell", "elman", "unknown cell 'elman'; choose from 'rnn_tanh'"),
        ("units", 100_000, "units must be between 1 and 256, not 100000"),
        ("updates", -1, "updates must be between 0 and 1000000, not -1"),
    ],
)
def test_settings_are_checked_at_the_door(field, value, message):
    with pytest.raises(ValueError, match=message):
        CharacterTraining(**{field: value})
    with pytest.raises(ValueError, match=message):
        NumberTraining(**{field: value})


def test_the_held_out_loss_is_the_mean_surprise_over_the_excerpts():
    network = learn(CharacterLesson(TEXT, TINY))
    text = LINE * 10

    told = held_out(network, text, text)

    read = excerpts(network.vocabulary, text)
    costs = []
    for codes in read.codes.T:
        reading = network.read("".join(network.vocabulary[int(code)] for code in codes))
        costs.append(reading.surprise.mean().item())
    assert told.loss == pytest.approx(sum(costs) / len(costs), rel=1e-5)
    expected = np.std(costs, ddof=1) / math.sqrt(len(costs))
    assert told.loss_error == pytest.approx(expected, rel=1e-4)
    assert told.characters == 500 * len(costs)


def test_named_units_are_where_the_card_says_in_whatever_layer():
    network = learn(CharacterLesson(TEXT, replace(TINY, units=4, layers=3, updates=0)))
    text = LINE * 10

    told = held_out(network, text, text)

    read = excerpts(network.vocabulary, text)
    with torch.no_grad():
        seen = read_stack(network.stack, network.embedding[read.codes[:-1]])
    assert len({found.layer for found in (*told.telling, *told.following)}) > 1
    for found in told.telling:
        values = seen.traces[found.layer][0].memory[..., found.unit].numpy().reshape(-1, 1)
        above = separation(values, read.inside[found.question][:-1].ravel())[0]
        assert found.score == pytest.approx(above if found.high_inside else 1 - above, abs=1e-6)
    for found in told.following:
        values = seen.traces[found.layer][0].memory[..., found.unit].numpy().ravel()
        counted = read.amounts[found.amount][:-1].ravel()
        expected = 0.0 if counted.std() == 0 else np.corrcoef(values, counted)[0, 1]
        assert found.correlation == pytest.approx(expected, abs=1e-5)


def test_a_forecaster_learns_waves():
    network = learn(WaveLesson(NumberTraining(units=16, updates=200, batch=24, learning_rate=2e-2)))

    told = forecasts(network, Waves(), torch.Generator().manual_seed(1), many=100)

    assert told.floor < told.error < told.persistence / 2


class ByHand(Waves):
    """Four waves of three values: two that choose, and two that all figures are of."""

    def draw(self, steps: int, many: int, rng: torch.Generator) -> torch.Tensor:
        assert (steps, many) == (3, 4)
        return torch.tensor([[9.0, 0.0, 1.0, 5.0], [0.0, 9.0, 4.0, 5.0], [9.0, 0.0, 2.0, 7.0]])


def test_what_a_forecast_is_held_against_is_the_last_value_of_the_same_waves():
    network = learn(WaveLesson(NumberTraining(cell="gru", units=2, updates=0, length=3)))

    told = forecasts(network, ByHand(), torch.Generator(), many=2, length=2)

    assert told.persistence == pytest.approx((3**2 + 2**2 + 0**2 + 2**2) / 4)
    each = []
    for wave in ((1.0, 4.0, 2.0), (5.0, 5.0, 7.0)):
        said = network.read(wave).predictions
        each.append(float(((said[0] - wave[1]) ** 2 + (said[1] - wave[2]) ** 2) / 2))
    assert told.error == pytest.approx(sum(each) / 2, rel=1e-5)
    assert told.error_error == pytest.approx(abs(each[0] - each[1]) / 2, rel=1e-4)


def test_a_unit_that_holds_the_value_tells_that_what_is_high_will_fall():
    faint = torch.full((1, 1), 0.1)
    holding = Weights(faint, torch.zeros(1, 1), torch.zeros(1), torch.zeros(1))
    network = NumberNetwork(
        Stack("rnn_tanh", ((holding,),)), torch.ones(1, 1), torch.zeros(1), reach=1.5
    )

    told = forecasts(network, Waves(), torch.Generator().manual_seed(1), many=100)

    assert not told.telling.high_inside
    assert told.telling.score > 0.6


def test_the_noise_of_waves_is_the_floor_of_every_forecast():
    still = Waves(shortest=1e6, longest=1e6 + 1)  # nothing but noise moves until the beat changes

    values = still.draw(20, 4000, torch.Generator().manual_seed(0))[:5]
    jumps = values[1:] - values[:-1]

    assert jumps.square().mean().item() == pytest.approx(2 * still.floor, rel=0.05)


def test_waves_have_the_period_that_they_are_given():
    waves = Waves(shortest=8.0, longest=8.0, noise=0.0)

    values = waves.draw(200, 50, torch.Generator().manual_seed(0))

    torch.testing.assert_close(values[:42], values[8:50])  # before any beat changes
    assert values.abs().max() <= waves.reach
