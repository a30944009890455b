"""A generator of given points: the push-forward of the noise is these points, equally often."""

import pytest
import torch

from explorer.gans.drawn import atoms
from explorer.gans.game import Game
from explorer.gans.given import given_points, noise_of_each
from explorer.gans.settings import GameSettings

POINTS = torch.arange(14.0).view(7, 2)
TARGET = atoms(POINTS + 3)


def game(**settings) -> Game:
    small = {"width": 8, "depth": 1, "batch": 32, "generator_rate": 0.0, "critic_steps": 2}
    return Game(GameSettings(**small | settings), TARGET.sample, given=POINTS)


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_each_point_is_returned_once_by_its_own_noise_and_equally_often_by_any(kind: str):
    noise = noise_of_each(7, 3, kind)
    assert torch.equal(given_points(POINTS, noise, kind), POINTS)

    many = game(noise=kind).evaluation_noise(7_000)
    counts = given_points(POINTS, many, kind)[:, 0].unique(return_counts=True)[1]
    assert len(counts) == 7
    assert (counts - 1_000).abs().max() < 5 * (7_000 * 6 / 49) ** 0.5  # five standard deviations


def test_noise_at_the_very_ends_still_names_a_point():
    ends = torch.tensor([[-40.0, 0.0], [40.0, 0.0]])

    assert torch.equal(given_points(POINTS, ends, "gaussian"), POINTS[[0, -1]])


@pytest.mark.parametrize("settings", [{}, {"normalisation": "batch"}])
def test_the_judge_meets_the_given_points_alone_and_the_generator_stays(settings):
    playing = game(**settings)
    for _ in range(3):
        playing.step()
    playing.step_judge()
    playing.step_generator()

    known = {tuple(point) for point in POINTS.tolist()}
    met = playing._judge.fake.reshape(-1, 2)
    assert {tuple(point) for point in met.tolist()} <= known
    assert {tuple(point) for point in playing._generator.points.tolist()} <= known
    assert torch.equal(playing.generate(noise_of_each(7, 2, "gaussian")), POINTS)


def test_atoms_are_drawn_without_noise_and_equally_often():
    drawn = TARGET.sample(700, torch.Generator().manual_seed(0))

    assert {tuple(p) for p in drawn.tolist()} == {tuple(p) for p in (POINTS + 3).tolist()}
