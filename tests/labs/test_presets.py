"""Experiments by name and by link."""

import pytest

from explorer.labs.gans.match import Match
from explorer.labs.gradients import Flow, Horizon, Learning, Overfitting
from explorer.labs.presets import PRESETS, plan


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_link(name):
    planned = plan(name)

    assert planned == plan(PRESETS[name].link)
    assert planned == plan("http://127.0.0.1:8501" + planned.link)


def test_no_two_presets_are_one_experiment():
    planned = [plan(name).experiment for name in PRESETS]

    assert all(one != other for i, one in enumerate(planned) for other in planned[:i])


def test_a_link_is_the_experiment_of_its_page():
    assert plan("/gans?data=grid&seed=3").experiment == Match(data="grid", seed=3)
    assert plan("gradients?task_length=20").experiment == Flow(task_length=20).learning()
    assert type(plan("/gradients").experiment) is Learning
    assert type(plan("/gradients?view=horizon").experiment) is Horizon
    assert type(plan("/gradients?view=overfit").experiment) is Overfitting


def test_a_length_can_be_given_beside_the_link():
    planned = plan("/gans?data=grid", steps=50)

    assert planned.experiment == Match(data="grid", steps=50)
    assert planned.link == "/gans?data=grid&steps=50"


@pytest.mark.parametrize("name", PRESETS)
def test_every_run_is_as_long_as_it_is_told_to_be(name):
    assert plan(name, steps=60).experiment.steps == 60


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("rings", "unknown preset 'rings'; choose from 'ring', "),
        ("/kitchen", "there is no run behind '/kitchen'"),
        ("/gans?data=rings", "In the link: unknown data 'rings'; choose from 'ring', "),
        ("/gans?steps=1e99", "In the link: steps must be"),
        ("/gans?__class__=3", "unknown setting '__class__'"),
        ("/gans?depth=6&seed=x", "In the link: seed must be a number, not 'x'"),
    ],
)
def test_a_link_with_anything_wrong_is_refused_whole(name, complaint):
    with pytest.raises(ValueError) as refused:
        plan(name)

    assert str(refused.value).startswith(complaint)
    assert "default" not in str(refused.value)
