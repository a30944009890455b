"""Networks over frames and without order, against torch's own modules."""

import pytest
import torch
from torch import nn

from explorer.sequences.kinds import KINDS, Build, Shape

FILM = Shape(inputs=36, answers=5, reads="end", length=4, side=6)
BUILD = Build(units=7)
MODULES = nn.ModuleDict


def drawn(name: str):
    return KINDS[name].draw(FILM, BUILD, torch.Generator().manual_seed(1))


def film() -> torch.Tensor:
    return torch.randn(4, 3, 36, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", ["frames", "last_frame", "frames_mean"])
def test_a_network_of_frames_is_torchs_modules_with_its_weights(name):
    network, inputs = drawn(name), film()
    read = 7 if name == "frames" else 16 * 2 * 2
    modules = nn.ModuleDict(
        {
            "convolution1": nn.Conv2d(1, 8, 3, stride=2, padding=1),
            "convolution2": nn.Conv2d(8, 16, 3, stride=2, padding=1),
            "readout": nn.Linear(read, 5),
        }
    )
    if name == "frames":
        modules["recurrent"] = nn.LSTM(16 * 2 * 2, 7)
    modules.load_state_dict(network.parameters)

    maps = modules["convolution1"](inputs.reshape(12, 1, 6, 6)).relu()
    maps = modules["convolution2"](maps).relu().reshape(4, 3, -1)
    seen = {"last_frame": lambda: maps[-1], "frames_mean": lambda: maps.mean(0)}
    state = seen[name]() if name in seen else modules["recurrent"](maps)[0][-1]

    torch.testing.assert_close(network(inputs), modules["readout"](state))
    assert network.size == sum(part.numel() for part in modules.parameters())
    assert network.size == sum(part.parameters for part in network.parts())


def test_a_map_is_the_correlation_of_its_filter_with_the_frame_at_every_other_place():
    from scipy.signal import correlate2d

    network = drawn("last_frame")
    frame = film()[0, :1]
    with torch.no_grad():
        first, _ = network.convolutions.maps(frame)
    picture = frame.view(6, 6).numpy()

    for number, found in enumerate(first[0]):
        weight = network.parameters["convolution1.weight"][number, 0].detach().numpy()
        everywhere = correlate2d(picture, weight, mode="same")[::2, ::2]
        torch.testing.assert_close(found, torch.from_numpy(everywhere.clip(min=0)))


def test_the_last_frame_is_all_that_one_of_them_sees():
    inputs, other = film(), film()
    other[:-1] += 1.0

    network = drawn("last_frame")
    assert torch.equal(network(inputs), network(other))
    assert not torch.allclose(drawn("frames")(inputs), drawn("frames")(other))


def test_what_was_learned_is_read_by_the_laboratorys_own_cell():
    from explorer.sequences.stack import read_stack

    network, inputs = drawn("frames"), film()
    seen = read_stack(network.stack(), network.arriving(inputs))
    weight, bias = (network.parameters[f"readout.{part}"] for part in ("weight", "bias"))

    torch.testing.assert_close(network(inputs), seen.hidden[-1] @ weight.T + bias)
    with pytest.raises(ValueError, match="no recurrent layer"):
        drawn("frames_mean").stack()


def test_filters_need_pictures():
    with pytest.raises(ValueError, match="square pictures"):
        KINDS["frames"].draw(Shape(3, 4, "end", 6), BUILD, torch.Generator())


def test_work_counts_a_multiplication_for_each_weight_at_each_place():
    first, second = 8 * 9 * 3 * 3, 16 * 8 * 9 * 2 * 2
    once = first + second + 64 * 5

    assert drawn("last_frame").work(4) == pytest.approx(3 * once / 1e9)
    assert drawn("frames_mean").work(4) == pytest.approx(3 * (4 * (first + second) + 64 * 5) / 1e9)
