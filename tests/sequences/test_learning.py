"""Learning: our unrolled cells learn as torch's fused layers do, and can be put down any time."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from explorer.cells import CELLS
from explorer.sequences import CharacterTraining, NumberTraining, Stack
from explorer.sequences.digits import DigitLesson, DigitTraining, Pictures
from explorer.sequences.forecasting import WaveLesson
from explorer.sequences.learning import Layers, Learner, learn
from explorer.sequences.series import Series
from explorer.sequences.training import CharacterLesson
from explorer.sequences.yearly import SeriesLesson, SeriesTraining

TEXT = "total = add(first[0], 'two')  # keep\nif total: print(total)\n" * 30
ALL_SHAPES = [(1, False), (2, False), (1, True), (2, True)]


def some_pictures():
    rng = torch.Generator().manual_seed(0)
    digits = torch.randint(10, (40,), generator=rng)
    return Pictures(torch.rand(40, 8, 8, generator=rng), digits, 30)


def a_series():
    rng = torch.Generator().manual_seed(0)
    values = torch.rand(60, generator=rng, dtype=torch.float64)
    return Series("noise", values, 1700, 40)


LESSONS = {
    **{
        f"characters {cell}": lambda cell=cell: CharacterLesson(
            TEXT,
            CharacterTraining(
                cell, units=6, embedding=4, updates=8, batch=3, length=10, carried=2, layers=2
            ),
        )
        for cell in CELLS
    },
    "waves": lambda: WaveLesson(NumberTraining("gru", 4, updates=8, batch=3, length=10, clip=0.05)),
    "series": lambda: SeriesLesson(
        a_series(), SeriesTraining(units=4, updates=8, batch=3, length=10)
    ),
    "digits": lambda: DigitLesson(some_pictures(), DigitTraining(units=4, updates=8, batch=3)),
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_put_down_and_taken_up_again_is_the_same_bit_for_bit(lesson):
    whole = Learner(LESSONS[lesson]())
    losses = [whole.update() for _ in range(8)]

    first = Learner(LESSONS[lesson]())
    before = [first.update() for _ in range(3)]
    state = first.state()
    first.update()  # what happens after a state was taken does not change it
    second = Learner(LESSONS[lesson]())
    second.restore(state)
    after = [second.update() for _ in range(5)]

    assert before + after == losses
    assert second.updates == 8
    for name, value in whole.state().items():
        assert np.array_equal(value, second.state()[name]), name


def test_a_state_from_before_the_first_update_starts_all_over():
    learner = Learner(LESSONS["characters lstm"]())
    state = learner.state()
    losses = [learner.update() for _ in range(3)]

    again = Learner(LESSONS["characters lstm"]())
    again.restore(state)

    assert [again.update() for _ in range(3)] == losses


@pytest.mark.parametrize(("layers", "both_ways"), ALL_SHAPES)
@pytest.mark.parametrize("name", ["lstm", "gru", "rnn_tanh"])
def test_unrolled_layers_have_the_values_and_gradients_of_fused_ones(
    name, layers, both_ways, monkeypatch
):
    rng = torch.Generator().manual_seed(3)
    stack = Stack.draw(name, 3, 5, layers, both_ways, rng, torch.float64)
    x = torch.randn(2, 7, 4, 3, generator=rng, dtype=torch.float64)
    theirs = Layers(stack)
    monkeypatch.setattr(type(CELLS[name]), "has_layer", False)
    ours = Layers(stack)

    found = []
    for run in (theirs, ours):
        first, carried = run(x[0])
        second, carried = run(x[1], carried)
        last = carried if isinstance(carried, tuple) else (carried,)
        (first.square().sum() + second.sin().sum() + sum(part.sum() for part in last)).backward()
        found.append((first, second, *last, *(run.parameters[k].grad for k in stack.state_dict())))

    for expected, seen in zip(*found, strict=True):
        torch.testing.assert_close(seen, expected)
    assert list(ours.parameters) == list(theirs.parameters)


@pytest.mark.parametrize("name", ["lstm_peephole", "lstm_coupled", "gru_before"])
def test_every_number_of_a_cell_that_torch_lacks_is_learned(name):
    lesson = LESSONS[f"characters {name}"]()
    before = {key: value.detach().clone() for key, value in lesson.parameters.items()}

    learned = learn(lesson).state_dict()

    for key, value in before.items():
        assert not torch.equal(learned[key], value), key


def test_an_update_is_clipped_adam_at_a_rate_that_falls_along_half_a_cosine():
    lesson = LESSONS["waves"]()
    learner = Learner(lesson)
    twin = LESSONS["waves"]()
    parameters = list(twin.parameters.values())
    adam = torch.optim.Adam(parameters, lr=1.0)
    for update in range(8):
        adam.param_groups[0]["lr"] = 5e-3 * (1 + np.cos(np.pi * update / 8)) / 2
        adam.zero_grad()
        twin.loss().backward()
        nn.utils.clip_grad_norm_(parameters, 0.05)
        adam.step()
        learner.update()

    for one, other in zip(lesson.parameters.values(), parameters, strict=True):
        torch.testing.assert_close(one, other)


def test_what_is_not_a_number_is_seen():
    learner = Learner(LESSONS["digits"]())
    assert learner.finite()

    with torch.no_grad():
        learner.lesson.parameters["readout.bias"][0] = torch.inf

    assert not learner.finite()


def test_a_copied_network_does_not_learn_on():
    lesson = LESSONS["characters gru_before"]()
    learner = Learner(lesson)
    network = lesson.network()
    before = {key: value.clone() for key, value in network.state_dict().items()}

    learner.update()

    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key])
        assert not value.requires_grad


def test_stacked_networks_from_another_seed_differ():
    settings = CharacterTraining(units=6, embedding=4, updates=0, layers=2, length=10, carried=2)

    one, other = (learn(CharacterLesson(TEXT, replace(settings, seed=seed))) for seed in (0, 1))

    assert one.stack.depth == 2
    assert not torch.equal(one.readout, other.readout)
