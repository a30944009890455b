"""Many seeds: a population is what its members are, and its summary their statistics."""

import math

import pytest
import torch
from scipy.stats import sem

from explorer.gans.distances import energy_distance, w1
from explorer.gans.distributions import DISTRIBUTIONS, RING, stratified
from explorer.gans.game import Game
from explorer.gans.learned import mode_report
from explorer.gans.seeds import population_report, summary
from explorer.gans.settings import GameSettings


def game(seeds=(0, 1, 2), data=RING, **changes):
    return Game(GameSettings(width=8, batch=32, **changes), data.sample, seeds)


def test_a_summary_is_mean_and_standard_error_without_what_diverged():
    values = [3.0, 5.0, math.nan, 4.0, 8.0]
    kept = [3.0, 5.0, 4.0, 8.0]

    found = summary(values)

    assert found.mean == pytest.approx(5)
    assert found.standard_error == pytest.approx(sem(kept))
    assert (found.count, found.least, found.most) == (4, 3, 8)
    assert math.isnan(summary([2.0]).standard_error)
    assert summary([math.nan]).count == 0


def test_each_seed_is_measured_as_it_would_be_alone():
    played = game()
    clouds = played.generate(played.evaluation_noise(2_500))
    reference = stratified(RING, 512, torch.Generator().manual_seed(0))

    report = population_report(played, RING)

    assert report.seeds == (0, 1, 2)
    assert report.diverged == ()
    for index, cloud in enumerate(clouds):
        modes = mode_report(cloud, RING)
        assert report.values["held"][index] == modes.modes_held
        assert report.values["good"][index] == modes.good_share
        assert report.values["reverse_kl"][index] == pytest.approx(modes.reverse_kl)
        assert report.values["w1"][index] == pytest.approx(w1(reference, cloud[:512]))
        energy = energy_distance(reference, cloud[:512])
        assert report.values["energy"][index] == pytest.approx(energy)


def test_a_seed_that_diverged_holds_nothing_and_spoils_no_mean():
    played = game()
    played.networks["generator"].weights[0][1] = math.nan

    report = population_report(played, RING, measured=300, shown=100)

    assert report.diverged == (1,)
    assert report.values["held"][1] == 0
    assert report.values["w1"].isnan().tolist() == [False, True, False]
    assert summary(report.values["w1"]).count == 2
    assert summary(report.values["held"]).count == 3


def test_data_without_modes_and_a_game_alone_are_reported_as_well():
    moons = DISTRIBUTIONS["moons"]

    report = population_report(game(None, moons), moons, measured=100, shown=100)

    assert set(report.values) == {"w1", "energy", "density", "coverage"}
    assert len(report.values["w1"]) == 1
