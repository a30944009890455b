"""Three clouds and their barycentre, without the page."""

import pytest
import torch

from explorer.labs.transport import Sand
from explorer.labs.transport.mean import CORNERS, FEW, SCALE, SHAPES, Mean
from explorer.labs.transport.plane import CLOUDS

SMALL = Mean(count=12)


def test_the_barycentre_of_the_lab_is_that_of_its_settings():
    sand = Sand(mean_first="grid", mean_across=0.5, mean_up=0.25, mean_count=12, mean_seed=3)

    assert sand.mean() == Mean(first="grid", across=0.5, up=0.25, count=12, seed=3)
    assert set(CLOUDS) - set(SHAPES) == {"drawn", "csv"}


@pytest.mark.parametrize(
    ("across", "up", "weights"),
    [(0.3, 0.3, (0.4, 0.3, 0.3)), (0.0, 0.0, (1, 0, 0)), (1.0, 1.0, (0, 0.5, 0.5))],
)
def test_what_is_left_of_the_weights_is_that_of_the_first_cloud(across, up, weights):
    assert Mean(across=across, up=up).weights.tolist() == pytest.approx(weights)


def test_the_barycentre_stands_at_the_weighted_mean_of_the_middles():
    still = SMALL.still()

    middles = torch.stack([cloud.points.mean(0) for cloud in SMALL.clouds])
    assert still.arrays["mean"].mean(0) == pytest.approx((SMALL.weights @ middles).numpy())
    assert (middles - torch.tensor(CORNERS)).abs().max() < 2 * SCALE
    assert not torch.equal(SMALL.clouds[0].points, Mean(count=12, seed=1).clouds[0].points)


def test_its_cost_is_the_weighted_mean_of_the_squared_distances_that_are_shown():
    scalars = SMALL.still().scalars

    mean = sum(scalars[f"w{k}"] * scalars[f"d{k}"] ** 2 for k in (1, 2, 3))
    assert scalars["cost"] == pytest.approx(mean)
    assert f"{mean:.3g}" in SMALL.still().sentences["says"]
    for weights in ((0.5, 0.5), (0.0, 0.0)):  # nearer to those that weigh more
        other = Mean(count=12, across=weights[0], up=weights[1]).still().scalars
        assert (other["d2"] < scalars["d2"]) == (other["w2"] > scalars["w2"])


def test_at_a_corner_it_is_the_cloud_that_stands_there():
    still = Mean(count=12, across=0.0, up=1.0).still()

    ends = {tuple(point) for point in still.arrays["mean"].round(9)}
    assert ends == {tuple(point) for point in still.arrays["third"].round(9)}
    assert "the cloud that stands there" in still.sentences["look"]


def test_one_point_each_and_a_hand_that_moves():
    one = Mean(count=1)
    points = torch.cat([cloud.points for cloud in one.clouds])

    assert one.still().arrays["mean"][0] == pytest.approx((one.weights @ points).numpy())
    assert Mean(count=150).few().count == FEW
    assert one.few() == one
