"""Eigenvalues say how a matrix ends, singular values how it can begin."""

import math

import numpy as np
import pytest
import torch

from explorer.gradients import recurrent_matrices, spectrum


def test_a_rotation_times_a_gain_has_nothing_but_the_gain():
    found = spectrum(recurrent_matrices("rnn_tanh", 30, [0], "orthogonal", 0.9)[0], powers=60)

    np.testing.assert_allclose(np.abs(found.eigenvalues), 0.9, rtol=1e-9)
    np.testing.assert_allclose(found.singular_values, 0.9, rtol=1e-9)
    np.testing.assert_allclose(found.stretch, 0.9 ** np.arange(61), rtol=1e-9)
    assert found.departure == pytest.approx(0, abs=1e-6)


def test_a_jordan_block_grows_before_it_dies():
    """[[a, b], [0, a]]^k = a^k [[1, kb/a], [0, 1]], whose norm is known."""
    a, b = 0.9, 2.0
    found = spectrum(torch.tensor([[a, b], [0.0, a]], dtype=torch.float64), powers=100)

    shear = np.arange(101) * b / a
    expected = a ** np.arange(101) * (shear + np.sqrt(shear**2 + 4)) / 2
    np.testing.assert_allclose(found.stretch, expected, rtol=1e-9)
    assert found.radius == pytest.approx(a)
    assert found.departure == pytest.approx(b)  # what is above the diagonal of its Schur form
    assert found.stretch.max() > 5
    assert found.stretch[-1] < 0.01


def test_a_gaussian_matrix_of_radius_below_one_amplifies_at_first():
    """Of 128 units and radius 0.95 the largest singular value is near 1.91, as for all such."""
    for seed in range(3):
        matrix = recurrent_matrices("rnn_tanh", 128, [seed], "gaussian", 0.95)[0]
        found = spectrum(matrix, powers=100)

        assert found.radius == pytest.approx(0.95, rel=1e-9)
        assert found.singular_values[0] == pytest.approx(1.91, rel=0.1)
        assert found.stretch[5] > 1.5
        assert found.stretch[100] < 0.1


def test_the_numbers_are_those_of_numpy():
    matrix = torch.randn(7, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = spectrum(matrix, powers=3)

    expected = np.linalg.eigvals(matrix.numpy())
    assert np.abs(found.eigenvalues).tolist() == pytest.approx(sorted(np.abs(expected))[::-1])
    np.testing.assert_allclose(found.eigenvalues.sum(), matrix.trace().item(), atol=1e-12)
    singular = np.linalg.svd(matrix.numpy(), compute_uv=False)
    np.testing.assert_allclose(found.singular_values, singular)
    cubed = np.linalg.matrix_power(matrix.numpy(), 3)
    assert found.stretch[3] == pytest.approx(np.linalg.norm(cubed, 2))
    henrici = (np.linalg.norm(matrix.numpy()) ** 2 - (np.abs(expected) ** 2).sum()) ** 0.5
    assert found.departure == pytest.approx(henrici)
    assert not math.isclose(found.departure, 0)
