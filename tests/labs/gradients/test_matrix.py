"""One matrix on the page: its numbers, and sentences that are true of them."""

import math

import numpy as np
import pytest

from explorer.figures.gradients.matrix import answer
from explorer.gradients import jacobians
from explorer.labs.gradients import Flow
from explorer.labs.gradients.matrix import counts, ends, matrix_of, picture, settings_of

SMALL = {"size": 12, "length": 20}


def test_a_rotation_of_gain_s_has_all_its_eigenvalues_on_the_circle_of_radius_s():
    still, frames = picture(Flow(matrix_cell="linear", init="orthogonal", gain=1.25, **SMALL))

    assert np.hypot(*still.arrays["eigenvalues"].T) == pytest.approx(1.25)
    assert np.hypot(*still.arrays["circle"].T) == pytest.approx(1)
    assert np.hypot(*still.arrays["reach"].T) == pytest.approx(1.25)
    for frame in frames:
        power = 1.25**frame.step
        named = ("power", "product", "radius_k", "bound")
        assert [frame.scalars[name] for name in named] == pytest.approx([power] * 4)
        assert frame.arrays["of_product"] == pytest.approx(power)
    assert still.scalars["exponent"] == pytest.approx(math.log(1.25))


def test_the_steps_of_a_network_stretch_no_more_than_the_bound_says():
    for cell in ("rnn_tanh", "rnn_relu"):
        _, frames = picture(Flow(matrix_cell=cell, init="gaussian", gain=1.2, **SMALL))
        for frame in frames:
            assert frame.scalars["product"] <= frame.scalars["bound"] * (1 + 1e-9)
            assert frame.scalars["power"] <= frame.scalars["bound"] * (1 + 1e-9)
            assert frame.scalars["radius_k"] <= frame.scalars["power"] * (1 + 1e-9)


def test_a_sigmoid_network_fades_below_a_largest_singular_value_of_four():
    """Pascanu et al. (2013): 1/γ, and γ = 1/4."""
    flow = Flow(matrix_cell="rnn_sigmoid", init="orthogonal", gain=3.9, **SMALL)
    still, _ = picture(flow)

    look = still.sentences["look"]
    assert "It had to: the largest singular value is below 4, and no slope exceeds 0.25" in look
    assert still.scalars["factor"] < 3.9 / 4


def test_the_matrix_is_that_of_the_first_seed_at_its_gain():
    flow = Flow(init="gaussian", gain=0.95, seed=7, **SMALL)
    still, _ = picture(flow)
    values = np.linalg.eigvals(matrix_of(flow.settings("rnn_tanh")).numpy())

    assert still.scalars["radius"] == pytest.approx(np.abs(values).max()) == pytest.approx(0.95)


def test_looks_are_spread_evenly_and_never_more_than_there_are_steps():
    assert counts(5) == [0, 1, 2, 3, 4, 5]
    assert counts(100, 5) == [0, 25, 50, 75, 100]


@pytest.mark.parametrize(
    ("flow", "says", "look"),
    [
        (
            Flow(matrix_cell="linear", init="orthogonal", gain=0.9, **SMALL),
            "No step of the matrix can stretch a gradient",
            "It had to: the largest singular value is below 1",
        ),
        (
            Flow(init="gaussian", gain=0.95, size=64, length=100),
            "In the end its powers die, and first they grow",
            "Pascanu's condition (2013) does not say so",
        ),
        (
            Flow(matrix_cell="linear", init="orthogonal", gain=1.5, **SMALL),
            "Alone it explodes: after 20 steps its largest stretch is 3,330",
            "exceeding 1 is not enough",
        ),
        (
            Flow(matrix_cell="linear", init="orthogonal", gain=1.0, **SMALL),
            "Alone it keeps the length of what it turns",
            "whether it fades or grows cannot be told",
        ),
    ],
)
def test_sentences_are_true_of_the_numbers(flow: Flow, says: str, look: str):
    still, _ = picture(flow)

    assert says in still.sentences["says"]
    assert look in still.sentences["look"]


def test_a_peak_that_is_said_is_the_largest_stretch_of_all_powers():
    flow = Flow(init="gaussian", gain=0.95, size=64, length=100)
    still, _ = picture(flow)
    matrix = matrix_of(flow.settings("rnn_tanh")).numpy()
    norms = [np.linalg.norm(np.linalg.matrix_power(matrix, k), 2) for k in range(101)]

    assert still.scalars["peak"] == pytest.approx(max(norms))
    assert still.scalars["peak_at"] == int(np.argmax(norms))


def test_a_fading_network_whose_rate_is_within_its_noise_is_not_said_to_fade():
    flow = Flow(matrix_cell="rnn_relu", init="orthogonal", gain=1.44, size=24, length=30)
    still, _ = picture(flow)
    certain = abs(still.scalars["exponent"]) > 2 * still.scalars["error"]

    assert ("cannot be told" in still.sentences["look"]) == (not certain)


def test_while_a_hand_moves_less_is_computed_and_it_says_so():
    moving, whole = (answer(Flow(), moving) for moving in (True, False))

    assert len(moving.frames) == 9 < len(whole.frames) == 33
    assert "9 products, λ along 270 steps" in moving.coarse
    assert whole.coarse == ""
    assert whole.start == 32
    assert moving.scene["panels"][0] == whole.scene["panels"][0]


def test_the_axis_of_norms_holds_what_is_measured_and_not_the_bound():
    _, frames = picture(Flow(init="gaussian", gain=0.95, size=64, length=100))
    low, high = ends(frames)
    shown = [f.scalars[name] for f in frames for name in ("power", "product", "radius_k")]

    assert low <= min(shown) < max(shown) < high < frames[-1].scalars["bound"]


@pytest.mark.parametrize("cell", ["lstm", "gru_before"])
def test_a_gated_cell_is_taken_apart_in_the_state_that_it_hands_on(cell: str):
    flow = Flow(matrix_cell=cell, forget_bias=1.0, **SMALL)
    still, frames = picture(flow)
    last = jacobians(settings_of(flow))[-1].numpy()

    assert len(still.arrays["eigenvalues"]) == (24 if cell == "lstm" else 12)
    assert still.scalars["radius"] == pytest.approx(np.abs(np.linalg.eigvals(last)).max())
    assert frames[1].scalars["product"] == pytest.approx(np.linalg.norm(last, 2))  # one step
    assert all("bound" not in frame.scalars for frame in frames)
    assert still.sentences["says"].startswith("**Of the last step the spectral radius is")
    assert "Each step has gates of its own" in still.sentences["look"]
    assert still.scalars["exponent"] < 0  # it forgets


def test_the_dials_of_the_matrix_are_about_the_gated_cell_that_is_taken_apart():
    found = settings_of(Flow(matrix_cell="gru", init="orthogonal", gain=1.2, keeping="chrono"))

    assert (found.recurrent_init, found.gain, found.keeping) == ("orthogonal", 1.2, "chrono")


def test_while_a_hand_moves_a_gated_rate_is_measured_along_the_steps_at_hand():
    flow = Flow(matrix_cell="lstm", size=4, length=60)

    assert answer(flow, True).coarse == "while it moves: 9 products, λ along 54 steps"
