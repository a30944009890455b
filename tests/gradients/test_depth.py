"""Stacks of layers: their gradients by brute force, their weights, and what theory says."""

import math

import numpy as np
import pytest
import torch

from explorer.gradients.depth import (
    ACTIVATIONS,
    CLASSES,
    DEPTH_DATA,
    DEPTH_INITS,
    NORMS,
    Depth,
    factor,
    passes,
    quantiles,
    relative,
    through_depth,
    typical,
)
from explorer.gradients.depth_theory import averages, depth_theory
from explorer.gradients.initial import INPUTS, READOUT, stream

WIDE = {"width": 256, "samples": 256, "data": "gaussian"}


def first_over_last(settings: Depth) -> tuple[float, float]:
    found = through_depth(settings)
    by_z, by_w = (relative(each) for each in (found.by_preactivation, found.by_weights))
    return float(typical(by_z)[0]), float(typical(by_w)[0])


def a_layer(settings: Depth) -> float:
    return factor(first_over_last(settings)[0], settings.layers)


# ------------------------------------------------------------------------------- the passes


def loss_by_hand(settings: Depth, weights: list[np.ndarray], pushed: dict[int, np.ndarray]):
    """The loss in NumPy; ``pushed`` is added to what enters the activation of a layer."""
    s = settings
    read = DEPTH_DATA[s.data].draw(s.samples, s.width, stream(s.seed, INPUTS))
    bound = s.width**-0.5
    readout = torch.empty(CLASSES, s.width, dtype=torch.float64)
    readout = readout.uniform_(-bound, bound, generator=stream(s.seed, READOUT)).numpy()
    h = read.x.numpy()
    for number, matrix in enumerate(weights):
        z = h @ matrix.T
        axis = {"batch": 0, "layer": 1}.get(s.norm)
        if axis is not None:
            z = (z - z.mean(axis, keepdims=True)) / np.sqrt(z.var(axis, keepdims=True) + 1e-5)
        z = z + pushed.get(number, 0)
        passed = {"tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x))}[s.activation](z)
        h = h + passed if s.residual and number else passed
    logits = h @ readout.T
    chosen = logits[np.arange(len(h)), read.classes.numpy()]
    return float((np.log(np.exp(logits).sum(1)) - chosen).mean())


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_every_gradient_is_that_of_a_small_push(norm: str, residual: bool, activation: str):
    settings = Depth(
        layers=4, width=5, samples=6, activation=activation, norm=norm, residual=residual, seed=3
    )
    found = passes(settings, settings.seed)
    weights = [each.numpy() for each in found.weights]
    rng = np.random.default_rng(0)
    for layer in range(4):
        along = rng.normal(size=weights[layer].shape)
        into = rng.normal(size=(6, 5))
        by_weights, by_z = [], []
        for step in (1e-5, -1e-5):
            moved = [*weights]
            moved[layer] = weights[layer] + step * along
            by_weights.append(loss_by_hand(settings, moved, {}))
            by_z.append(loss_by_hand(settings, weights, {layer: step * into}))
        for (up, down), ours in (
            (by_weights, (found.by_weights[layer].numpy() * along).sum()),
            (by_z, (found.by_preactivation[layer].numpy() * into).sum()),
        ):
            assert (up - down) / 2e-5 == pytest.approx(ours, rel=1e-5, abs=1e-10)


def test_what_is_drawn_rests_on_the_seed_alone_and_more_layers_change_none_before():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    few, many = (passes(Depth(layers=n, width=16), 4) for n in (3, 9))

    assert torch.equal(torch.get_rng_state(), state)
    for ours, theirs in zip(few.activations, many.activations, strict=False):
        assert torch.equal(ours, theirs)
    assert not torch.equal(few.weights[1], passes(Depth(layers=3, width=16), 5).weights[1])


@pytest.mark.parametrize("init", ["standard", "xavier", "he", "orthogonal"])
def test_weights_have_the_variance_that_their_init_names(init: str):
    known = {"standard": 1 / 300, "xavier": 2 / 150, "he": 2 / 100, "orthogonal": 1 / 100}
    drawn = torch.empty(50, 100, dtype=torch.float64)
    kind = DEPTH_INITS[init]
    kind.draw(drawn, kind.variance(100, 50), torch.Generator().manual_seed(0))

    assert kind.variance(100, 50) == pytest.approx(known[init])
    assert float(drawn.square().mean()) == pytest.approx(known[init], rel=0.06)


def test_lsuv_brings_the_preactivations_of_every_layer_to_variance_one():
    for activation in ACTIVATIONS:
        found = through_depth(Depth(activation=activation, init="lsuv", layers=8, width=32))
        assert found.preactivations == pytest.approx(1)


def test_a_norm_brings_every_unit_or_every_sample_to_mean_0_and_variance_1():
    for norm, axis in (("batch", 0), ("layer", 1)):
        for z in passes(Depth(norm=norm, layers=3, width=32), 0).preactivations:
            assert z.mean(axis).abs().max() < 1e-12
            assert z.var(axis, correction=0).numpy() == pytest.approx(1, abs=0.01)


def test_the_digits_are_standardised_and_no_digit_comes_twice():
    every = DEPTH_DATA["digits"].draw(1_797, 8, torch.Generator().manual_seed(0))
    spread = every.x.std(0, correction=0)

    assert every.x.shape == (1_797, 64)
    assert every.x.mean(0).abs().max() < 1e-12
    assert set(spread.round(decimals=9).tolist()) == {0.0, 1.0}
    assert len(torch.unique(every.x, dim=0)) == 1_797
    assert torch.bincount(every.classes).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]


def test_quantiles_are_those_of_all_samples_and_units():
    layer = torch.arange(101, dtype=torch.float64).reshape(1, 101)

    assert quantiles([layer])[0] == pytest.approx([5, 25, 50, 75, 95])


# ---------------------------------------------------------------------------- known answers


@pytest.mark.parametrize(
    ("init", "known"), [("he", 1), ("xavier", 0.5**0.5), ("standard", 6**-0.5)]
)
def test_a_layer_of_relu_multiplies_the_gradient_as_its_weights_are_drawn(init: str, known: float):
    settings = Depth(layers=30, activation="relu", init=init, **WIDE)

    assert a_layer(settings) == pytest.approx(known, rel=0.02)


def test_batch_norm_with_relu_explodes_as_yang_et_al_say():
    settings = Depth(activation="relu", init="he", norm="batch", **WIDE)

    assert a_layer(settings) == pytest.approx(math.sqrt(math.pi / (math.pi - 1)), rel=0.01)


def test_glorots_trap_the_gradient_by_z_vanishes_and_that_by_the_weights_stays_level():
    by_z, by_w = first_over_last(Depth(**WIDE))

    assert by_z < 1e-4
    assert 0.8 < by_w < 1.3


def test_orthogonal_linear_layers_keep_the_gradient_exactly():
    found = through_depth(Depth(activation="linear", init="orthogonal", layers=50, width=64))

    assert relative(found.by_preactivation) == pytest.approx(1, rel=1e-11)


# ------------------------------------------------------------------------------- the theory


def test_the_averages_of_relu_are_known():
    found = averages("relu", 4.0)

    assert found.mean == pytest.approx(2 / math.sqrt(2 * math.pi), rel=1e-5)
    assert found.second == pytest.approx(2, rel=1e-5)
    assert found.slope == pytest.approx(0.5, rel=1e-9)
    assert found.variance == pytest.approx(2 - 2 / math.pi, rel=1e-5)


def expected(**turned: object) -> np.ndarray:
    theory = depth_theory(Depth(**turned), 64, 1.0)
    assert theory is not None
    return theory.factors


@pytest.mark.parametrize(
    ("turned", "known"),
    [
        ({"activation": "relu", "init": "he"}, 1),
        ({"activation": "relu", "init": "xavier"}, 0.5**0.5),
        ({"activation": "relu", "init": "standard"}, 6**-0.5),
        ({"activation": "relu", "init": "lsuv"}, 1),
        ({"activation": "relu", "norm": "layer"}, 1),
        ({"activation": "relu", "norm": "batch"}, math.sqrt(math.pi / (math.pi - 1))),
        ({"activation": "linear", "init": "standard"}, 3**-0.5),
        ({"activation": "linear", "init": "he"}, 2**0.5),
        ({"activation": "linear", "norm": "batch", "samples": 8}, (6 / 5) ** 0.5),
        ({"activation": "leaky", "init": "he"}, (1 + 1e-4) ** 0.5),
    ],
)
def test_a_layer_of_the_theory_has_the_known_factor(turned: dict[str, object], known: float):
    assert expected(**turned) == pytest.approx(known, rel=1e-5)


def test_tanh_of_vanishing_preactivations_is_linear_in_the_theory():
    assert expected(layers=40)[-1] == pytest.approx(3**-0.5, rel=1e-6)


def test_variances_of_the_theory_are_those_of_the_first_product_and_of_he():
    theory = depth_theory(Depth(activation="relu", init="he", width=32), 64, 0.9)

    assert theory is not None
    assert theory.preactivations == pytest.approx((2 * 0.9) ** 0.5, rel=1e-5)
    assert theory.activations == pytest.approx(((1 - 1 / math.pi) * 0.9) ** 0.5, rel=1e-5)


def test_the_theory_multiplies_from_the_last_layer_to_the_first():
    theory = depth_theory(Depth(layers=5, init="xavier"), 64, 1.0)

    assert theory is not None
    assert theory.relative[-1] == 1
    assert theory.relative[:-1] / theory.relative[1:] == pytest.approx(theory.factors)
    assert theory.factors[0] < theory.factors[-1] < 1  # tanh saturates less and less


def test_no_theory_is_claimed_with_residual_connections():
    assert depth_theory(Depth(residual=True), 64, 1.0) is None


@pytest.mark.parametrize("norm", ["none", "layer"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky"])
def test_the_theory_lies_on_the_measurement(activation: str, norm: str):
    settings = Depth(activation=activation, init="xavier", norm=norm, **WIDE)
    found = through_depth(settings)
    theory = depth_theory(settings, found.first.inputs, found.input_power)

    assert theory is not None
    measured = typical(relative(found.by_preactivation))
    assert np.abs(np.log10(measured / theory.relative)).max() < 0.1
    assert found.activations.mean(0) == pytest.approx(theory.activations, rel=0.25)
