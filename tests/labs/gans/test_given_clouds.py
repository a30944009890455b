"""Critics of two given clouds: all numbers are those of the very points, and links hold them."""

import pytest
import torch

from explorer.labs.gans import GanLab
from explorer.labs.gans.data import DEFAULT_CLOUD, MOST_GIVEN, cloud_of, cloud_text
from explorer.labs.gans.match import Match
from explorer.labs.gans.script import as_script
from explorer.runs import links
from explorer.transport import wasserstein

RNG = torch.Generator().manual_seed(4)
HERE, THERE = (torch.randn(20, 2, generator=RNG) for _ in range(2))
SETTINGS = {"data": "cloud", "cloud": cloud_text(THERE), "given": cloud_text(HERE),
            "generator_rate": 0.0, "width": 8, "batch": 16, "critic_steps": 1}  # fmt: skip


def test_the_points_of_a_link_are_read_to_half_a_place_of_its_grid():
    assert torch.allclose(cloud_of(cloud_text(HERE)), HERE, atol=1 / 8_192)
    most = torch.full((MOST_GIVEN, 2), -7.5)
    lab = GanLab(**SETTINGS | {"cloud": cloud_text(most), "given": cloud_text(most - 0.0)} |
                 {"cloud": cloud_text(torch.randn(MOST_GIVEN, 2, generator=RNG))})  # fmt: skip
    opened = links.decode(GanLab, links.encode(lab))
    assert opened.problems == ()
    assert opened.settings == lab


@pytest.mark.parametrize(
    ("points", "why"),
    [(torch.zeros(9, 2), "10 to 300"), (torch.zeros(301, 2), "10 to 300"),
     (torch.full((10, 2), 8.0), "up to 7.9"), (torch.full((10, 2), torch.nan), "up to 7.9")],
)  # fmt: skip
def test_what_no_link_holds_gets_a_sentence(points, why):
    with pytest.raises(ValueError, match=why):
        cloud_text(points)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"cloud": "#"}, "points as the transport lab"),
        ({"given": "AAAA"}, "points"),
        ({"given": DEFAULT_CLOUD}, "as many points: 24 and 20"),
        ({"data": "ring"}, "given points as its data"),
        ({"generator_rate": 0.1}, "rate must be 0"),
    ],
)
def test_what_does_not_go_together_gets_a_sentence(given, why):
    with pytest.raises(ValueError, match=why):
        GanLab(**SETTINGS | given)


def test_every_number_is_that_of_the_very_clouds_and_an_exact_critic_has_all_of_w1():
    match = Match(**SETTINGS, first="wasserstein_gp", second="relativistic_average", steps=10)
    frames = list(match.stream())

    w1 = wasserstein(cloud_of(match.given).double(), cloud_of(match.cloud).double())
    for frame in (frames[0], frames[-1]):
        assert torch.equal(torch.from_numpy(frame.arrays["a/fake"]), cloud_of(match.given))
        assert frame.scalars["a/w1"] == pytest.approx(w1, abs=1e-6)
        assert frame.scalars["a/exact_ratio"] == pytest.approx(1.0, abs=1e-9)
    assert torch.equal(torch.from_numpy(match.still().arrays["real"]), cloud_of(match.cloud))


def test_the_picture_holds_both_clouds():
    here, there = torch.full((10, 2), 3.0), torch.randn(10, 2, generator=RNG)
    clouds = {"cloud": cloud_text(there), "given": cloud_text(here)}

    low, high, *_ = Match(**SETTINGS | clouds).distribution().extent

    assert high > 3.0
    assert low < float(there.min())


def test_a_script_of_a_generator_that_stands_still_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="none of given points"):
        as_script(Match(**SETTINGS))
