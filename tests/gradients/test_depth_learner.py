"""Stacks that learn: gradients by automatic differentiation, updates by torch's optimizers."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gradients.depth import ACTIVATIONS, Depth, all_digits, passes
from explorer.gradients.depth_learner import TRAINED, VALIDATED, DepthLearners, DepthTraining
from explorer.gradients.initial import INPUTS, stream

SMALL = DepthTraining(layers=4, width=6, samples=8, seeds=2, init="xavier")
KINDS = {
    "plain": {},
    "ReLU": {"activation": "relu", "init": "he"},
    "leaky": {"activation": "leaky", "init": "lsuv"},
    "sigmoid, residual": {"activation": "sigmoid", "residual": True},
    "GELU, layer norm": {"activation": "gelu", "norm": "layer"},
    "batch norm": {"norm": "batch"},
    "batch norm, residual": {"norm": "batch", "residual": True, "activation": "linear"},
}


def trained(settings: DepthTraining, seeds=(0, 1), updates: int = 5, **more) -> DepthLearners:
    learners = DepthLearners(settings, seeds, **more)
    for _ in range(updates):
        learners.step()
    return learners


@pytest.mark.parametrize("name", KINDS)
def test_the_first_moment_is_what_depth_measures_by_automatic_differentiation(name: str):
    settings = replace(SMALL, **KINDS[name])
    learners = DepthLearners(settings, [3, 4], dtype=torch.float64)
    known = passes(settings, 3)
    found = learners.first_passes()

    for part in ("weights", "preactivations", "activations", "by_preactivation", "by_weights"):
        for ours, theirs in zip(getattr(found, part), getattr(known, part), strict=True):
            assert ours.numpy() == pytest.approx(theirs.numpy(), rel=1e-9, abs=1e-14)
    assert found.inputs == 64
    assert found.input_power == pytest.approx(known.input_power)


@pytest.mark.parametrize("name", KINDS)
def test_loss_and_gradients_of_every_network_are_those_of_autograd(name: str):
    settings = replace(SMALL, **KINDS[name])
    learners = trained(settings, dtype=torch.float64)  # somewhere else than at the start
    x, classes = learners.digits[:, 20:28], learners.classes[:, 20:28]
    losses, _ = learners.differentiate(x, classes)
    ours = learners.gradient.clone()
    leaf = learners.parameters.clone().requires_grad_()
    *learners.weights, learners.readout = learners._views(leaf)
    with torch.enable_grad():
        answers = learners.forward(x).answers
        theirs = torch.stack(
            [torch.nn.functional.cross_entropy(a, c) for a, c in zip(answers, classes, strict=True)]
        )
        (known,) = torch.autograd.grad(theirs.sum(), leaf)

    assert losses.numpy() == pytest.approx(theirs.detach().numpy())
    assert ours.numpy() == pytest.approx(known.numpy(), rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_are_those_of_the_activation(activation: str):
    kind = ACTIVATIONS[activation]
    z = torch.linspace(-3, 3, 40, dtype=torch.float64, requires_grad=True)
    passed = kind.apply(z)
    (known,) = torch.autograd.grad(passed.sum(), z)

    assert kind.slope(z, passed).detach().numpy() == pytest.approx(known.numpy(), abs=1e-12)


@pytest.mark.parametrize("clip", [0.0, 0.05])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_updates_are_those_of_torchs_own_optimizers(optimizer: str, clip: float):
    settings = replace(SMALL, optimizer=optimizer, clip=clip, rate=0.02)
    ours = DepthLearners(settings, [0], dtype=torch.float64)
    leaf = ours.parameters[0].clone().requires_grad_()
    theirs = {
        "sgd": lambda: torch.optim.SGD([leaf], lr=0.02, momentum=0.9),
        "adam": lambda: torch.optim.Adam([leaf], lr=0.02),
    }[optimizer]()
    norms = []
    for _ in range(4):
        with torch.no_grad():
            ours.parameters[0].copy_(leaf)  # the same place, whatever rounding does
        state = ours.step()
        assert torch.isfinite(state).all()
        leaf.grad = ours.gradient[0].clone()  # clipped in place already
        norms.append(float(leaf.grad.norm()))
        theirs.step()
        assert ours.parameters[0].numpy() == pytest.approx(
            leaf.detach().numpy(), rel=1e-9, abs=1e-12
        )
    assert (max(norms) <= 0.05 * (1 + 1e-9)) == (clip > 0)


def test_a_network_learns_as_if_it_were_alone_and_rates_are_its_own():
    together = trained(SMALL, (0, 1, 1), rates=[0.01, 0.01, 0.1], dtype=torch.float64)

    for place, seed, rate in ((0, 0, 0.01), (1, 1, 0.01), (2, 1, 0.1)):
        alone = trained(replace(SMALL, rate=rate), (seed,), dtype=torch.float64)
        assert together.parameters[place].numpy() == pytest.approx(
            alone.parameters[0].numpy(), rel=1e-9
        )


def test_no_digit_is_trained_on_and_tested_and_nothing_outside_is_touched():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    learners = DepthLearners(SMALL, [7])
    seen: list[torch.Tensor] = []
    learners.differentiate = lambda x, classes: (seen.append(x), (torch.zeros(1), []))[1]  # type: ignore[method-assign]
    for _ in range(40):
        learners.step()
    rows = {tuple(row.tolist()) for batch in seen for row in batch[0]}
    held = {tuple(row.tolist()) for row in learners.digits[0, TRAINED:]}
    order = torch.randperm(1_797, generator=stream(7, INPUTS))

    assert torch.equal(torch.get_rng_state(), state)
    assert len(rows) > 250
    assert not rows & held
    assert len(held) == 600
    assert torch.equal(learners.classes[0], all_digits().classes[order])
    assert TRAINED + 2 * VALIDATED == 1_797


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_the_share_that_is_right_counts_digits_one_by_one(norm: str):
    settings = replace(SMALL, norm=norm, width=16)
    learners = trained(settings, updates=60)
    for first, found in ((TRAINED, learners.validated()), (TRAINED + VALIDATED, learners.tested())):
        for network, share in enumerate(found.tolist()):
            right = 0
            trained_on = learners.digits[network, :TRAINED].numpy()
            shown = learners.digits[network, first : first + 300].numpy()
            for matrix in learners.weights:
                w = matrix[network].numpy()
                u, v = trained_on @ w.T, shown @ w.T
                if norm == "batch":
                    mean, size = u.mean(0), np.sqrt(u.var(0) + 1e-5)
                    u, v = (u - mean) / size, (v - mean) / size
                trained_on, shown = np.tanh(u), np.tanh(v)
            named = (shown @ learners.readout[network].numpy().T).argmax(1)
            right = int((named == learners.classes[network, first : first + 300].numpy()).sum())
            assert share == pytest.approx(right / 300, abs=2 / 300)  # ties by rounding
        assert float(found.mean()) > 0.5  # it has learned something


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_training_goes_on_from_its_state_bit_for_bit(optimizer: str):
    settings = replace(SMALL, optimizer=optimizer)
    whole, first = trained(settings, updates=6), trained(settings, updates=3)
    state = first.state()
    first.step()
    second = DepthLearners(settings, (0, 1))
    second.restore(state)
    for _ in range(3):
        second.step()

    assert torch.equal(whole.parameters, second.parameters)
    assert second.updates == 6


def test_what_cannot_be_trained_is_refused_in_one_line():
    with pytest.raises(ValueError, match=r"the digits are learned, not 'gaussian'"):
        DepthTraining(data="gaussian")
    with pytest.raises(ValueError, match=r"at most 2,500,000 .* 3 × 100 × 256²"):
        DepthTraining(layers=100, width=256)
    with pytest.raises(ValueError, match="rate must be between"):
        DepthTraining(rate=1e9)
    assert Depth(data="gaussian").data == "gaussian"


def test_a_stack_of_vanishing_gradients_does_not_learn_and_xavier_weights_do():
    fate = {
        init: float(
            trained(
                DepthTraining(layers=20, width=24, samples=32, init=init), range(3), updates=150
            )
            .tested()
            .mean()
        )
        for init in ("standard", "xavier")
    }

    assert fate["standard"] < 0.2
    assert fate["xavier"] > 0.4
