"""Colours carried by the plan of a sample: what becomes of sampled pixels, and of all others."""

import ot
import pytest
import torch

from explorer.transport.colours import AT_ONCE, colour_map


def pixels(n, seed):
    return torch.rand(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


HERE, THERE = pixels(40, 0), 0.5 * pixels(30, 1)


def test_a_picture_that_takes_its_own_colours_moved_is_moved_as_far():
    move = torch.tensor([0.3, -0.1, 0.05], dtype=torch.float64)

    found = colour_map(HERE, (HERE + move).flip(0))

    torch.testing.assert_close(found.carried(HERE), HERE + move)
    torch.testing.assert_close(found.carried(pixels(7, 2)), pixels(7, 2) + move)
    assert found.distance == pytest.approx(float(move.norm()))


def test_pixels_that_were_not_sampled_move_as_in_pot():
    other = ot.da.EMDTransport().fit(Xs=HERE.numpy(), Xt=THERE.numpy())
    new = pixels(AT_ONCE + 50, 3)  # more than look for their nearest at once

    expected = other.transform(Xs=new.numpy(), batch_size=10_000)

    assert colour_map(HERE, THERE).carried(new).numpy() == pytest.approx(expected, abs=1e-9)


def test_a_large_blur_takes_every_colour_to_the_mean_and_a_small_one_is_exact():
    blurred, near = colour_map(HERE, THERE, 20.0), colour_map(HERE, THERE, 0.005)

    torch.testing.assert_close(
        blurred.carried(HERE), THERE.mean(0).expand(40, 3), atol=2e-3, rtol=0
    )
    assert near.distance == pytest.approx(colour_map(HERE, THERE).distance, rel=1e-2)
    with pytest.raises(ValueError, match="below 0"):
        colour_map(HERE, THERE, -0.1)
