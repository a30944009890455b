"""What a picture of a game is made of, where the answer is known."""

import numpy as np
import pytest
import torch

from explorer.dials import dials
from explorer.gans.distributions import distribution
from explorer.gans.game import Game
from explorer.gans.settings import GameSettings
from explorer.labs.gans import looks
from explorer.labs.gans.match import Match

EXTENT = (-2.0, 2.0, -1.0, 1.0)


@pytest.mark.parametrize("noise", ["gaussian", "uniform"])
def test_a_linear_generator_thins_its_noise_by_the_determinant(noise: str):
    lattice, density = looks.noise_lattice(noise, 3)
    matrix = torch.tensor([[1.5, 0.3], [-0.2, 0.5]])
    z = lattice[..., :2]

    found = looks.lattice_density(z @ matrix.T, lattice, density, EXTENT)

    exact = torch.exp(-z.square().sum(-1) / 2) / (2 * torch.pi)
    if noise == "uniform":
        exact = torch.full_like(exact, 0.25)
    thick = exact / torch.det(matrix).abs()
    assert torch.allclose(found, thick / (thick + 1 / 8), atol=1e-4)


def test_noise_of_one_number_has_the_density_along_its_curve():
    lattice, density = looks.noise_lattice("gaussian", 1)
    grid = torch.cat([3 * lattice, 4 * lattice], dim=-1)  # five times as long as the noise

    found = looks.lattice_density(grid, lattice, density, EXTENT)

    thick = torch.exp(-lattice[..., 0].square() / 2) / (2 * torch.pi) ** 0.5 / 5
    assert torch.allclose(found, thick / (thick + 1 / 4), atol=1e-4)


def test_cells_run_from_low_y_up_and_from_left_to_right():
    cells = looks.cell_centres(EXTENT, 4).view(4, 4, 2)

    assert cells[0, 0].tolist() == [-1.5, -0.75]
    assert cells[0, 3].tolist() == [1.5, -0.75]
    assert cells[3, 0].tolist() == [-1.5, 0.75]


def test_every_slope_is_counted_once_however_large():
    slopes = torch.tensor([0.0, 1e-9, 0.5, 1.0, 1e9])

    shares = looks.slope_shares(slopes)

    assert shares.sum() == pytest.approx(1)
    assert (shares[0], shares[-1]) == (0.4, 0.2)
    inside = np.searchsorted(looks.SLOPE_EDGES, 0.5) - 1
    assert shares[inside] == 0.2


def shown_and_said(objective: str) -> tuple[torch.Tensor, torch.Tensor]:
    """What a picture shows of a judge whose answers are far from zero, and those answers."""
    game = Game(GameSettings(objective=objective, width=8, depth=1), distribution("ring").sample)
    game.networks["judge"].biases[-1].fill_(5.0)
    values = looks.judged(game, looks.cell_centres(EXTENT, 6))
    return looks.as_shown(game, values), values


@pytest.mark.parametrize("objective", ["wasserstein_gp", "wasserstein_clip", "hinge"])
def test_the_picture_of_what_is_known_up_to_a_constant_has_mean_zero(objective: str):
    shown, values = shown_and_said(objective)

    assert abs(float(values.mean())) > 1
    assert abs(float(shown.mean())) < 1e-5
    assert torch.allclose(shown - shown[0], values - values[0], atol=1e-5)


def test_the_picture_of_a_discriminator_is_its_probability():
    shown, values = shown_and_said("non_saturating")

    assert torch.allclose(shown, 1 / (1 + torch.exp(-values)))


def test_a_discriminator_is_certain_beyond_nineteen_of_twenty_on_either_side():
    answers = np.array([0.93, 0.07, 0.949, 0.051, 0.5])

    assert looks.certain_share(answers) == 0
    assert looks.certain_share(np.array([0.951, 0.049, 0.999, 0.93])) == 0.75


def test_a_conditional_judge_is_shown_as_the_mean_over_its_labels():
    data = distribution("lines")
    game = Game(GameSettings(width=8, depth=1, batch=8, classes=2), data.sample_labelled)
    points = torch.rand(5, 2)

    found = looks.judged(game, points)

    each = [game.judge(points, torch.full((5,), label)) for label in (0, 1)]
    assert torch.allclose(found, (each[0] + each[1]) / 2)


def test_work_grows_with_the_batch_and_with_the_judges_steps():
    data = distribution("ring")

    def work(**changed: int) -> float:
        settings = GameSettings(
            **{"width": 8, "depth": 2, "batch": 16, "critic_steps": 1} | changed
        )
        return looks.work_of_a_step(Game(settings, data.sample))

    judge, generator = 2 * 8 + 8 * 8 + 8, 2 * 8 + 8 * 8 + 8 * 2
    assert work() == pytest.approx(16 * ((11 + 2) * judge + 4 * generator) / 1e9)
    assert work(batch=32) == pytest.approx(2 * work())
    assert work(critic_steps=3) - work() == pytest.approx(16 * (22 * judge + 2 * generator) / 1e9)


def test_the_price_of_many_updates_is_that_of_the_clocks_count():
    """Of networks of one size: (5·6 + 2 + 8) / (6 + 2 + 4) without a penalty, 81 / 21 with two."""
    assert looks.dearer(5) == pytest.approx((40 / 12, 81 / 21))
    assert looks.dearer(1) == (1, 1)
    assert looks.dearer_in_words(5) == "3.3 to 3.9 times"
    assert "3.3 to 3.9 times" in dials(Match)["clock"].help

    def work(objective: str, updates: int) -> float:
        settings = GameSettings(objective=objective, width=512, depth=4, critic_steps=updates)
        return looks.work_of_a_step(Game(settings, distribution("ring").sample))

    for objective, price in (("non_saturating", 3.3), ("wasserstein_gp", 3.8)):
        assert work(objective, 5) / work(objective, 1) == pytest.approx(price, abs=0.05)


def test_r1_and_r2_cost_four_passes_each_and_a_relativistic_generator_one_more():
    def work(objective: str) -> float:
        settings = GameSettings(objective=objective, width=8, depth=2, batch=16, critic_steps=3)
        return looks.work_of_a_step(Game(settings, distribution("ring").sample))

    judge = (2 * 8 + 8 * 8 + 8) * 16 / 1e9

    assert work("r1") - work("non_saturating") == pytest.approx(3 * 4 * judge)
    assert work("relativistic_paired") - work("r1") == pytest.approx((3 * 4 + 1) * judge)
