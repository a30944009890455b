"""Links that were made before still open to the same experiments, whatever became of the code."""

from urllib.parse import parse_qsl

import pytest

from explorer.dials import values
from explorer.labs.gans.deep import Critics
from explorer.labs.gans.dirac import Portrait
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.slow import Iteration
from explorer.runs import links

NAMES = """
changes data drawing theta first second third fourth first_steps second_steps third_steps
fourth_steps one_sided pairs spectral conditional width depth activation normalisation noise
noise_dim batch critic_steps generator_rate critic_rate beta1 beta2 critic_beta1 critic_beta2
optimizer critic_optimizer penalty_weight r1_weight clip seed view upload steps clock audit seeds
seeds_steps slow_side slow_step slow_moves dirac_game dirac_x dirac_y dirac_gamma
dirac_judge_steps dirac_h dirac_steps deep_clip deep_depth deep_width deep_steps
"""
"""Every setting that a link of the lab has ever had."""

LINKS = {
    "": GanLab(),
    "data=grid&seed=3": GanLab(data="grid", seed=3),
    "third=r1&critic_steps=1": GanLab(third="r1", critic_steps=1),
    "penalty_weight=10": GanLab(penalty_weight=10.0),
    "first=minimax&second=least_squares&third=hinge&fourth=r1&fourth_steps=20": GanLab(
        first="minimax", second="least_squares", third="hinge", fourth="r1", fourth_steps=20
    ),
    "data=lines&theta=-2.5&one_sided=yes&pairs=optimal&spectral=yes&conditional=yes": GanLab(
        data="lines", theta=-2.5, one_sided=True, pairs="optimal", spectral=True, conditional=True
    ),
    "data=drawn&drawing=0%2C0+100%2C50%3B20%2C-30": GanLab(
        data="drawn", drawing="0,0 100,50;20,-30"
    ),
    "data=csv&upload=0123456789abcdef": GanLab(data="csv", upload="0123456789abcdef"),
    "width=128&depth=12&activation=leaky_relu&normalisation=batch": GanLab(
        width=128, depth=12, activation="leaky_relu", normalisation="batch"
    ),
    "noise=uniform&noise_dim=64": GanLab(noise="uniform", noise_dim=64),
    "batch=1024&critic_steps=20&generator_rate=1e-05&critic_rate=0.0002": GanLab(
        batch=1024, critic_steps=20, generator_rate=1e-5, critic_rate=2e-4
    ),
    "beta1=0&beta2=0.999&critic_beta1=0.9&critic_beta2=0.5": GanLab(
        beta1=0.0, beta2=0.999, critic_beta1=0.9, critic_beta2=0.5
    ),
    "optimizer=sgd&critic_optimizer=rmsprop&third=wasserstein_clip": GanLab(
        optimizer="sgd", critic_optimizer="rmsprop", third="wasserstein_clip"
    ),
    "r1_weight=0.3&clip=0.05&seed=999999&first_steps=1&second_steps=2": GanLab(
        r1_weight=0.3, clip=0.05, seed=999_999, first_steps=1, second_steps=2
    ),
    "width=512&depth=12&batch=1024&critic_steps=20": GanLab(
        width=512, depth=12, batch=1024, critic_steps=20
    ),
    "changes=400%3Acritic_steps%3D1%3B900%3Ab.penalty_weight%3D10.0%2Cfirst%3Dr1&audit=yes": GanLab(
        changes="400:critic_steps=1;900:b.penalty_weight=10.0,first=r1", audit=True
    ),
    "steps=10000&clock=time&view=truth": GanLab(steps=10_000, clock="time", view="truth"),
    "view=seeds&seeds=32&seeds_steps=400": GanLab(view="seeds", seeds=32, seeds_steps=400),
    "view=slow&slow_side=b&slow_step=300&slow_moves=jgb": GanLab(
        view="slow", slow=Iteration(side="b", step=300, moves="jgb")
    ),
    "view=dirac&dirac_game=r1&dirac_x=-0.5&dirac_y=2&dirac_gamma=10&dirac_judge_steps=5": GanLab(
        view="dirac", dirac=Portrait(game="r1", x=-0.5, y=2.0, gamma=10.0, judge_steps=5)
    ),
    "dirac_h=0.01&dirac_steps=2000": GanLab(dirac=Portrait(h=0.01, steps=2_000)),
    "view=depth&deep_clip=0.2&deep_depth=2&deep_width=64&deep_steps=1000&seed=9": GanLab(
        view="depth", deep=Critics(clip=0.2, depth=2, width=64, steps=1_000), seed=9
    ),
    "view=seeds&data=images": GanLab(view="seeds", data="images"),
}


@pytest.mark.parametrize("link", LINKS)
def test_an_old_link_opens_to_the_experiment_that_it_was_made_from(link: str):
    opened = links.decode(GanLab, dict(parse_qsl(link)))

    assert opened.problems == ()
    assert opened.settings == LINKS[link]


def test_no_name_of_a_setting_was_lost_or_renamed():
    assert set(values(GanLab())) >= set(NAMES.split())


def test_the_depth_view_trains_from_the_seed_of_its_link():
    opened = links.decode(GanLab, {"view": "depth", "seed": "9", "deep_width": "8"})

    assert (opened.settings.experiment().seed, opened.settings.experiment().width) == (9, 8)
