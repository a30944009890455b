"""Presets: what they claim can be checked, and is, on runs short enough for a test."""

from dataclasses import replace

import pytest

from explorer.gans.distributions import DISTRIBUTIONS
from explorer.gans.game import Game
from explorer.gans.learned import mode_report
from explorer.gans.predictions import PRESETS, SEEDS, played, rate
from explorer.gans.settings import GameSettings

GAMES = [preset for preset in PRESETS.values() if preset.play is None]


@pytest.mark.parametrize("preset", GAMES, ids=lambda preset: preset.name)
def test_every_preset_is_a_game_on_known_data_with_a_recorded_rate(preset):
    GameSettings(**preset.settings)

    assert preset.data in DISTRIBUTIONS
    assert preset.steps >= 100
    assert 8 <= preset.measured.seeds == len(SEEDS)
    assert 0 < preset.measured.hits <= preset.measured.seeds


def test_the_command_of_a_preset_measures_its_own_rate():
    assert all(name == preset.name for name, preset in PRESETS.items())
    begun = "python -m explorer sweep predictions --only"
    assert all(preset.command.startswith(f"{begun} {name} ") for name, preset in PRESETS.items())


def test_collapse_and_its_counterpart_differ_in_the_judges_steps_alone():
    collapse, one_step = PRESETS["collapse"], PRESETS["one_step"]

    assert {**collapse.settings, "critic_steps": 1} == one_step.settings
    assert (collapse.data, collapse.steps) == (one_step.data, one_step.steps)


@pytest.mark.parametrize("name", ["dirac", "parallel_lines", "vanishing"])
def test_a_short_preset_comes_true_for_two_more_seeds(name):
    found = rate(name, (100, 101))

    assert found.hits == 2
    assert found.seeds == (100, 101)


def test_clipping_flattens_and_the_same_critic_with_a_penalty_does_not():
    flat = replace(PRESETS["flat_critic"], steps=40)
    steep = replace(flat, settings={"objective": "wasserstein_gp", "width": 32})

    assert all(flat.holds(found) for found in played(flat, (0, 1)))
    assert not any(flat.holds(found) for found in played(steep, (0, 1)))


def test_a_prediction_is_held_against_what_was_measured():
    assert PRESETS["collapse"].holds({"held": 6})
    assert not PRESETS["collapse"].holds({"held": 7})
    assert not PRESETS["bridges"].holds({"held": 8, "good": 0.95})
    assert not PRESETS["bridges"].holds({"held": 7, "good": 0.5})
    lines = {"js": 0.693, "minimax_pull": 0.0, "non_saturating_pull": -9.0, "critic_pull": -6.0}
    assert PRESETS["parallel_lines"].holds(lines)
    for name, value in (
        ("js", 0.5),
        ("minimax_pull", -0.2),
        ("non_saturating_pull", 0.0),
        ("critic_pull", -1.0),
    ):
        assert not PRESETS["parallel_lines"].holds({**lines, name: value})


def test_what_is_measured_is_that_of_the_game_itself():
    preset = replace(
        PRESETS["bridges"], steps=30, settings={"objective": "wasserstein_gp", "width": 8}
    )
    game = Game(GameSettings(**preset.settings), DISTRIBUTIONS["ring"].sample, (5, 6))
    for _ in range(30):
        game.step()
    clouds = game.generate(game.evaluation_noise(2_500))

    for found, cloud in zip(played(preset, (5, 6)), clouds, strict=True):
        report = mode_report(cloud, DISTRIBUTIONS["ring"])
        assert found["held"] == report.modes_held
        assert found["good"] == report.good_share
        # Two centres were seen, at step 20 and 30, and the last half is one of them.
        assert found["swing"] < 1e-15
        assert found["moved"] > 0


def test_a_preset_without_modes_still_has_distances():
    preset = replace(PRESETS["bridges"], data="moons", steps=2, settings={"width": 8, "batch": 32})

    (found,) = played(preset, (0,))

    assert "held" not in found
    assert found["w1"] > 0


def test_unknown_presets_and_no_seeds_are_refused():
    with pytest.raises(ValueError, match="unknown preset 'collapsed'; choose from 'collapse'"):
        rate("collapsed")
    with pytest.raises(ValueError, match="a rate needs at least one seed"):
        rate("collapse", ())
