"""The flat optimizer against torch.optim.Adam."""

import pytest
import torch

from explorer.gans.adam import Adam
from explorer.gans.networks import Network


@pytest.mark.parametrize("betas", [(0.5, 0.9), (0.0, 0.9), (0.5, 0.999)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-13), (torch.float32, 1e-6)])
def test_the_flat_update_is_that_of_torch_optim_adam(dtype, tolerance, betas):
    rng = torch.Generator().manual_seed(0)
    network = Network([2, 6, 1], "relu", None, dtype)
    network.draw([rng])
    parameter = torch.nn.Parameter(network.parameters.clone())
    ours = Adam(network, 0.01, betas)
    theirs = torch.optim.Adam([parameter], lr=0.01, betas=betas, foreach=False)

    for _ in range(40):
        gradient = torch.randn(len(parameter), generator=rng, dtype=dtype)
        network.gradient.copy_(gradient)
        parameter.grad = gradient.clone()
        ours.step()
        theirs.step()

    torch.testing.assert_close(network.parameters, parameter.data, rtol=tolerance, atol=tolerance)
