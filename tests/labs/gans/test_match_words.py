"""The words of a match claim no more than its numbers."""

import pytest

from explorer.gans.distributions import distribution
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.labs.gans.match import Match
from explorer.labs.gans.standards import standard
from explorer.labs.gans.words import look, obstacle, preset_of, verdict
from explorer.labs.prose import fixed, spoken

RING = distribution("ring")
TWO = (("a", "GAN", "non_saturating"), ("b", "WGAN-GP", "wasserstein_gp"))
THREE = (*TWO, ("c", "GAN with R1", "r1"))


def test_inside_the_noise_no_winner_is_named():
    noise = standard(RING, "w1").std

    said = verdict(RING, TWO, {"a/w1": 0.5, "b/w1": 0.5 + 2 * noise})

    assert said.startswith("No winner by exact W₁: GAN 0.50 and WGAN-GP")
    assert "ahead" not in said


def test_at_the_floor_no_winner_is_named():
    floor = standard(RING, "w1")

    said = verdict(RING, THREE, {"a/w1": floor.low, "b/w1": floor.mean, "c/w1": floor.high - 1e-6})

    assert said.startswith("No winner: all three are as near")


def test_beyond_the_noise_the_nearer_is_ahead_by_its_own_numbers():
    said = verdict(RING, TWO, {"a/w1": 1.25, "b/w1": 0.31})

    assert said.startswith("WGAN-GP is ahead by exact W₁, 0.31 against GAN's 1.25")


def test_a_leader_must_beat_every_other():
    said = verdict(RING, THREE, {"a/w1": 1.25, "b/w1": 0.31, "c/w1": 0.32})

    assert said.startswith("No winner by exact W₁: WGAN-GP 0.31 and GAN with R1 0.32")


def told(held: tuple[int, int], good: tuple[float, float] = (0.9, 0.9), steps: int = 5) -> str:
    scalars = {"a/held": held[0], "b/held": held[1], "a/good": good[0], "b/good": good[1]}
    return look(1_200, [steps, steps], "generator", 8, TWO, scalars, "")


def test_a_collapse_is_claimed_only_where_modes_are_lacking():
    assert told((5, 8)).startswith("GAN lacks 3 of the 8 modes, WGAN-GP none.")
    assert told((8, 8)).startswith("Both hold all 8 modes. With this seed the GAN does not")
    assert told((8, 6)).startswith("WGAN-GP lacks 2 of the 8 modes, GAN none.")
    assert "neither game has them all" in told((5, 6))


def test_that_a_gan_holds_its_modes_is_said_of_its_seed_with_the_rate_of_its_settings():
    """The default match is the collapse preset, whose shipped rate is 7 of 8."""
    rules = [Match().settings(side) for side in "ab"]
    presets = [preset_of("ring", each) for each in rules]
    scalars = {"a/held": 8, "b/held": 8, "a/good": 0.9, "b/good": 0.9}

    said = look(1_200, [5, 5], "generator", 8, TWO, scalars, "", presets=presets)

    assert "With this seed the GAN does not collapse." in said
    assert "At least two of the eight modes are gone".lower() in said.lower()
    assert "That came true for 7 of 8 seeds." in said
    assert preset_of("grid", rules[0]) is None
    assert preset_of("ring", Match(width=48).settings("a")) is None


FINE = {"judge_loss": 0.7, "outside": 0.02, "slope_between": 0.4, "step": 300}


@pytest.mark.parametrize(
    ("numbers", "rules", "says"),
    [
        ({}, {}, ""),
        ({"slope_between": 0.0}, {}, "The judge of GAN is flat"),
        ({"slope_between": 2e-9}, {}, "its slope is 2×10⁻⁹"),
        ({"judge_loss": -2e5}, {}, "has a loss of −2×10⁵ and nothing holds it"),
        ({"outside": 0.8}, {}, "80 % of the samples of GAN lie outside the picture"),
        ({}, {"generator_rate": 0.0}, "The generator of GAN stands still"),
        ({}, {"critic_rate": 0.0}, "The judge of GAN stands still"),
    ],
)
def test_what_more_training_would_not_mend_is_said_in_its_place(numbers, rules, says: str):
    said = obstacle("GAN", GameSettings(**rules), FINE | numbers)

    assert says in said
    assert bool(said) == bool(says)
    scalars = {"a/held": 2, "b/held": 3, "a/good": 0.9, "b/good": 0.9}
    shown = look(300, [5, 5], "generator", 8, TWO, scalars, "", obstacles=[said, ""])
    assert ("Let them train on" in shown) == (not says)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_only_a_gan_whose_judge_may_become_sure_is_said_not_to_collapse(objective: str):
    scalars = {"a/held": 8, "b/held": 8, "a/good": 0.9, "b/good": 0.9}
    sides = (("a", "it", objective), ("b", "WGAN-GP", "wasserstein_gp"))

    said = look(1_200, [5, 5], "generator", 8, sides, scalars, "")

    assert ("does not collapse" in said) == (objective in ("minimax", "non_saturating"))


@pytest.mark.parametrize(("good", "says"), [((0.97, 0.7), True), ((0.9, 0.88), False)])
def test_bridges_are_told_where_there_are_some(good: tuple[float, float], says: bool):
    assert ("lie between the modes" in told((8, 8), good)) == says


def test_unequal_work_is_told_before_anything_is_trained():
    said = look(0, [1, 5], "generator", 8, TWO, {}, "")

    assert "equal steps of the generator are unequal work" in said
    assert "equally many updates" in look(0, [1, 5], "updates", 8, TWO, {}, "")
    assert "trains five times" in look(0, [5, 5], "generator", 8, TWO, {}, "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-16, "10⁻¹⁶"),
        (-2.84e-16, "−2.84×10⁻¹⁶"),
        (-0.25, "−0.25"),
        (0.0, "0"),
        (9.996, "10"),
        (0.0009996, "0.001"),
        (12_345.0, "12,300"),
        (1e5, "10⁵"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_are_written_as_people_do(value: float, text: str):
    assert spoken(value) == text


def test_decimals_have_a_true_minus_and_zero_has_no_sign():
    assert [fixed(-0.5), fixed(-0.0001), fixed(2.0)] == ["−0.50", "0.00", "2.00"]


def test_the_dial_of_the_judge_is_called_by_its_name():
    assert "the judge's updates to 5" in told((8, 8), steps=1)
    assert "the judge's updates to 1" in told((5, 8), steps=5)
