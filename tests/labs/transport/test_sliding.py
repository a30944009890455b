"""A pile that slides over its like: its curves agree with the closed forms, its words with both."""

import math

import numpy as np
import pytest

from explorer.labs.transport import Sand
from explorer.labs.transport.sliding import SLIDERS, Slide

NAMES = ("w1", "w2", "js", "kl", "tv", "energy", "mmd")


def test_what_slides_in_the_lab_is_what_its_settings_say():
    assert Sand(slide_shape="bell", slide_theta=-1.0).slide() == Slide(shape="bell", theta=-1.0)


@pytest.mark.parametrize("shape", SLIDERS)
def test_the_way_is_theta_for_whatever_slides(shape: str):
    still = Slide(shape=shape, theta=-1.5).still()

    assert still.scalars["w1/value"] == pytest.approx(1.5)
    assert still.scalars["w2/value"] == pytest.approx(1.5)
    assert still.scalars["w1/slope"] == pytest.approx(-1)
    assert still.arrays["w1"] == pytest.approx(np.abs(still.arrays["theta"]), abs=1e-12)


def test_all_that_slides_is_its_own_mirror_image():
    for kind in SLIDERS.values():
        assert kind.heights == pytest.approx(kind.heights[::-1])


def test_the_curves_of_a_block_are_the_closed_forms_on_both_sides():
    arrays = Slide(shape="block").still().arrays
    theta = arrays["theta"]
    apart = np.minimum(np.abs(theta), 1)

    assert np.allclose(theta, -theta[::-1])
    assert arrays["tv"] == pytest.approx(apart, abs=1e-9)
    assert arrays["js"] == pytest.approx(apart * math.log(2), abs=1e-9)
    assert np.isnan(arrays["kl"][theta != 0]).all()
    inside = (np.abs(theta) > 0.01) & (np.abs(theta) < 0.99)
    assert arrays["tv/slope"][inside] == pytest.approx(np.sign(theta[inside]))
    assert arrays["tv/slope"][np.abs(theta) > 1.01] == pytest.approx(0)


def test_parallel_lines_have_the_distances_of_the_paper():
    scalars = Slide(shape="line", theta=0.7).still().scalars

    assert scalars["js/value"] == pytest.approx(math.log(2))
    assert scalars["tv/value"] == pytest.approx(1)
    assert math.isinf(scalars["kl/value"])
    assert scalars["w1/value"] == pytest.approx(0.7)
    assert scalars["energy/value"] == pytest.approx(math.sqrt(1.4))


def test_what_is_said_agrees_with_the_slopes():
    apart = Slide(theta=2.0).still().sentences
    over = Slide(theta=0.5).still().sentences
    on = Slide(theta=0.0).still().sentences
    around = Slide(shape="two", theta=1.8).still()

    assert "nothing overlaps" in apart["says"]
    assert apart["look"].endswith("JS, KL and TV have no slope to follow here.")
    assert "50 % overlaps" in over["says"]
    assert "JS, TV" in over["look"]
    assert "every distance is 0" in on["says"]
    assert around.scalars["js/slope"] < 0
    assert "away from it for JS and TV" in around.sentences["look"]
