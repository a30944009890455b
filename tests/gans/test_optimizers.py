"""The flat optimizers against torch.optim."""

import pytest
import torch

from explorer.dials import values
from explorer.gans.networks import Network
from explorer.gans.optimizers import OPTIMIZERS, PRESETS
from explorer.gans.settings import GameSettings
from tests.ulps import ulps_apart

TORCH = {
    "adam": lambda p, betas: torch.optim.Adam([p], lr=0.01, betas=betas, foreach=False),
    "rmsprop": lambda p, betas: torch.optim.RMSprop([p], lr=0.01, alpha=betas[1]),
    "sgd": lambda p, betas: torch.optim.SGD([p], lr=0.01, momentum=betas[0]),
}


@pytest.mark.parametrize("betas", [(0.5, 0.9), (0.0, 0.9), (0.5, 0.999)])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_flat_update_is_that_of_torch_optim(name, dtype, betas):
    rng = torch.Generator().manual_seed(0)
    network = Network([2, 6, 1], "relu", None, dtype)
    network.draw([rng])
    parameter = torch.nn.Parameter(network.parameters.clone())
    ours = OPTIMIZERS[name](network, 0.01, betas)
    theirs = TORCH[name](parameter, betas)

    for _ in range(40):
        gradient = torch.randn(len(parameter), generator=rng, dtype=dtype)
        network.gradient.copy_(gradient)
        parameter.grad = gradient.clone()
        ours.step()
        theirs.step()

    assert ulps_apart(network.parameters, parameter.data, at=1) <= 40  # one for each step


def test_the_three_circulating_settings_are_told_apart():
    paper, toy_code, dcgan = (PRESETS[name].dials for name in ("paper", "toy_code", "dcgan"))

    assert (paper["beta1"], paper["beta2"]) == (0.0, 0.9)
    assert paper["penalty_weight"] == 100 * toy_code["penalty_weight"]
    assert "penalty_weight" not in dcgan
    assert len({(each["beta1"], each["beta2"]) for each in (paper, toy_code, dcgan)}) == 3


@pytest.mark.parametrize("name", PRESETS)
def test_the_settings_of_a_source_are_dials_of_a_game(name):
    settings = GameSettings(**PRESETS[name].dials)

    assert values(settings).items() >= PRESETS[name].dials.items()
