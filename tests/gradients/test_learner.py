"""A learner takes the steps that autograd, clipping and Adam of torch.optim would take."""

import math

import numpy as np
import pytest
import torch

from explorer.gradients import Learner
from tests.gradients.unrolling import TORCH_CELLS, drawn, normal, rng, states

STEPS, UNITS, SAMPLES = 8, 5, 6


def learner(cell, clip=0.05, rate=0.02, batch=SAMPLES):
    readout = normal(UNITS + 1, seed=3)
    return Learner(cell, drawn(cell, 2, UNITS), readout, STEPS, batch, rate, clip)


def batch(seed, samples=SAMPLES):
    return normal(STEPS, 2, samples, seed=seed), normal(samples, seed=seed + 100)


def error(cell, matrix, readout, inputs, targets):
    hidden, memory = states(cell, matrix, inputs)
    answers = hidden[-1] @ readout[:-1] + readout[-1]
    return (answers - targets).square(), hidden, memory


@pytest.mark.parametrize("clip", [0.05, 1e3])
@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_five_updates_are_those_of_the_textbook(cell, clip):
    ours = learner(cell, clip)
    matrix = drawn(cell, 2, UNITS).requires_grad_()
    readout = normal(UNITS + 1, seed=3).requires_grad_()
    adam = torch.optim.Adam([matrix, readout], lr=0.02)

    for step in range(5):
        inputs, targets = batch(step)
        loss = error(cell, matrix, readout, inputs, targets)[0].mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([matrix, readout], clip)
        adam.step()
        ours.learn(inputs, targets)

        assert float(ours.loss) == pytest.approx(loss.item(), rel=1e-9)
    torch.testing.assert_close(ours.matrix, matrix.detach(), rtol=0, atol=1e-9)
    torch.testing.assert_close(ours.readout[0], readout.detach()[:-1], rtol=0, atol=1e-9)
    torch.testing.assert_close(ours.bias, readout.detach()[-1:], rtol=0, atol=1e-9)


@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_the_profile_is_the_norm_of_every_states_gradient(cell):
    ours = learner(cell)
    inputs, targets = batch(1, samples=11)
    errors, hidden, memory = error(
        cell, drawn(cell, 2, UNITS), normal(UNITS + 1, seed=3), inputs, targets
    )
    errors.sum().backward()

    profile = ours.gradient_profile(inputs, targets)

    expected = [s.grad.norm(dim=1).mean().item() for s in reversed(memory or hidden)]
    np.testing.assert_allclose(profile, expected, rtol=1e-9)


@pytest.mark.parametrize("sequences", [1, SAMPLES, SAMPLES + 1, 3 * SAMPLES])
def test_answers_come_in_any_number(sequences):
    ours = learner("gru")
    inputs, _ = batch(2, samples=sequences)
    hidden, _ = states("gru", drawn("gru", 2, UNITS), inputs)
    readout = normal(UNITS + 1, seed=3)

    expected = (hidden[-1] @ readout[:-1] + readout[-1]).detach()

    torch.testing.assert_close(ours.answers(inputs)[0, 0], expected, rtol=0, atol=1e-12)


def test_looking_changes_nothing():
    looked_at, alone = learner("lstm"), learner("lstm")
    for step in range(3):
        inputs, targets = batch(step)
        looked_at.answers(normal(STEPS, 2, 9, seed=50))
        looked_at.gradient_profile(*batch(60))
        looked_at.learn(inputs, targets)
        looked_at.answers(normal(STEPS, 2, 4, seed=51))
        alone.learn(inputs, targets)

    assert torch.equal(looked_at.parameters, alone.parameters)


def test_a_profile_lives_where_float32_underflows():
    """Sixty steps of gain 0.05 take the norm to 1e-78; float32 ends at 1e-45."""
    matrix = drawn("linear", 2, UNITS, recurrent_init="orthogonal", gain=0.05).float()
    readout = torch.rand(UNITS + 1, generator=rng())
    ours = Learner("linear", matrix, readout, 60, 4, 0.01, 1.0)
    inputs, targets = torch.rand(60, 2, 4, generator=rng(1)), torch.ones(4)

    profile = ours.gradient_profile(inputs, targets)
    ours.differentiate(inputs, targets)

    assert not ours.network.hidden_gradients[0].any()
    np.testing.assert_allclose(profile / profile[0], 0.05 ** np.arange(61.0), rtol=1e-4)


ANSWERS, CLASSES, SEEDS = 3, 4, 2


def crowd(cell, dropped=False, lead=(SEEDS,)):
    """A population that names one of four classes at each of its last three steps."""
    seeds = range(SEEDS)
    matrix = torch.stack([drawn(cell, 2, UNITS, seed=seed) for seed in seeds])
    readout = torch.stack([normal(CLASSES * (UNITS + 1), seed=9 + seed) for seed in seeds])
    return Learner(cell, matrix, readout, STEPS, SAMPLES, 0.02, 0.05, ANSWERS, CLASSES)


def classified(seed):
    chosen = torch.randint(0, CLASSES, (ANSWERS, SEEDS, SAMPLES), generator=rng(seed))
    kept = (torch.rand(ANSWERS, SEEDS, UNITS, SAMPLES, generator=rng(seed + 7)) < 0.5).double() * 2
    return normal(STEPS, SEEDS, 2, SAMPLES, seed=seed), chosen, kept


@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_a_population_takes_the_steps_of_autograd_cross_entropy_and_adam_seed_by_seed(cell):
    """Classes at several steps, dropout before the readout, clipping by the seed's own norm."""
    ours = crowd(cell)
    each = []
    for seed in range(SEEDS):
        matrix = drawn(cell, 2, UNITS, seed=seed).requires_grad_()
        readout = normal(CLASSES * (UNITS + 1), seed=9 + seed).requires_grad_()
        each.append((matrix, readout, torch.optim.Adam([matrix, readout], lr=0.02)))

    for step in range(3):
        inputs, chosen, kept = classified(step)
        ours.learn(inputs, chosen, kept)
        for seed, (matrix, readout, adam) in enumerate(each):
            hidden, _ = states(cell, matrix, inputs[:, seed])
            read = torch.stack(hidden[-ANSWERS:]) * kept[:, seed].mT
            weight, bias = readout[: CLASSES * UNITS].view(CLASSES, -1), readout[CLASSES * UNITS :]
            said = (read @ weight.T + bias).flatten(0, 1)
            loss = torch.nn.functional.cross_entropy(said, chosen[:, seed].flatten())
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([matrix, readout], 0.05)
            adam.step()
            assert float(ours.loss[seed]) == pytest.approx(loss.item(), rel=1e-9)
    for seed, (matrix, readout, _) in enumerate(each):
        torch.testing.assert_close(ours.matrix[seed], matrix.detach(), rtol=0, atol=1e-9)
        found = torch.cat((ours.readout[seed].flatten(), ours.bias[seed]))
        torch.testing.assert_close(found, readout.detach(), rtol=0, atol=1e-9)


def test_an_answer_is_wrong_where_another_class_is_likelier_or_none_is_a_number():
    ours = crowd("gru")
    answers = torch.zeros(ANSWERS, SEEDS, CLASSES, 2, dtype=torch.float64)
    answers[:, :, 2, 0] = 1.0
    answers[:, 1, :, 1] = torch.nan
    targets = torch.tensor([[2, 0], [2, 0], [1, 0]])

    wrong = ours.wrong(answers, targets)

    assert wrong[:, 0].tolist() == [[False, False], [False, False], [True, False]]
    assert wrong[:, 1, 1].all()
    first = math.log(math.e + 3)
    assert ours.losses(answers, targets)[0, 0, 0] == pytest.approx(first - 1)


def test_a_seed_that_is_no_number_leaves_the_others_alone():
    sound, sick = crowd("lstm"), crowd("lstm")
    sick.parameters[1, 3] = torch.inf
    for step in range(2):
        sound.learn(*classified(step))
        sick.learn(*classified(step))

    assert sick.finite().tolist() == [True, False]
    torch.testing.assert_close(sick.parameters[0], sound.parameters[0], rtol=0, atol=0)
