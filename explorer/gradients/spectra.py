"""What a recurrent matrix does to a gradient, at once and in the long run.

Letters in the shapes: H units, P powers 0, 1, 2, …
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Complex, Float
from torch import Tensor


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues and singular values of a matrix, and the largest stretch of its powers.

    The spectral radius says what happens in the end, the largest singular value what can happen
    in one step. They agree for normal matrices (rotations, symmetric ones); otherwise the powers
    can grow before they die. `departure` is Henrici's (1962): √(‖W‖_F² − Σ|λ|²), 0 if normal.
    Both of Pascanu et al.'s (2013) conditions are about the largest singular value.
    """

    eigenvalues: Complex[np.ndarray, " H"]
    singular_values: Float[np.ndarray, " H"]
    radius: float
    departure: float
    stretch: Float[np.ndarray, " P"]  # ‖W^k‖₂ for k = 0, 1, 2, …


def spectrum(matrix: Float[Tensor, "H H"], powers: int = 50) -> Spectrum:
    """The spectrum of a square matrix and the norm of its powers up to the given one, in float64.

    The largest singular value first; eigenvalues by falling modulus.
    """
    matrix = matrix.double()
    eigenvalues = torch.linalg.eigvals(matrix)
    eigenvalues = eigenvalues[eigenvalues.abs().argsort(descending=True)]
    power = torch.eye(len(matrix), dtype=matrix.dtype)
    stretch = [1.0]
    for _ in range(powers):
        power = power @ matrix
        stretch.append(float(torch.linalg.matrix_norm(power, ord=2)))
    excess = matrix.square().sum() - eigenvalues.abs().square().sum()
    return Spectrum(
        eigenvalues=eigenvalues.numpy(),
        singular_values=torch.linalg.svdvals(matrix).numpy(),
        radius=float(eigenvalues[0].abs()),
        departure=float(excess.clamp_min(0).sqrt()),
        stretch=np.array(stretch),
    )
