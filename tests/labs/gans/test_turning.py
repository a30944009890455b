"""Dials that turn while it trains are part of what a run is."""

from dataclasses import replace

import pytest

from explorer.labs.gans.dirac import Portrait
from explorer.labs.gans.match import Match
from explorer.labs.gans.settings import GanLab

SMALL = Match(width=8, depth=2, batch=16, steps=100)


def test_dials_turned_twice_stand_where_they_were_left():
    once = SMALL.turn(10, replace(SMALL, critic_steps=1, spectral=True))
    twice = once.turn(50, replace(once.turned(), generator_rate=0.01, activation="tanh"))

    wanted = replace(SMALL, critic_steps=1, spectral=True, generator_rate=0.01, activation="tanh")
    assert twice.turned() == wanted
    assert [step for step, _ in twice.turns()] == [10, 50]
    assert once.shared_steps(twice) == 50


def test_a_game_can_go_on_with_another_objective_and_no_game_can_come_or_go():
    assert SMALL.turn(10, replace(SMALL, first="r1")).changes == "10:first=r1"
    assert SMALL.turn(10, replace(SMALL, third="r1")) == replace(SMALL, third="r1")


def test_a_dial_that_shapes_the_networks_starts_a_new_match():
    turned = SMALL.turn(10, replace(SMALL, width=16))

    assert turned == replace(SMALL, width=16)
    assert SMALL.shared_steps(turned) == -1


def test_turning_back_before_the_first_step_leaves_no_change():
    assert SMALL.turn(0, replace(SMALL, critic_steps=1)) == replace(SMALL, critic_steps=1)


def test_what_is_looked_at_is_no_part_of_the_run():
    lab = GanLab().turn(100, GanLab(critic_steps=1))

    looking = lab.turn(200, replace(lab.turned(), view="truth", dirac=Portrait(x=2.0), seeds=16))

    assert looking.view == "truth"
    assert looking.match() == lab.match()


def test_a_fork_is_one_more_game_that_alone_is_told_something():
    lab = GanLab().turn(100, GanLab(critic_steps=2))

    forked = lab.fork(400, "b", penalty_weight=10.0, objective="r1")

    assert [letter for letter, _, _ in forked.sides()] == ["a", "b", "c"]
    assert forked.third == "wasserstein_gp"
    assert forked.turned().third == "r1"
    assert forked.turned().penalty_weight == 0.1
    turned = forked.turns()[1][1]
    assert forked.at(turned, "c").penalty_weight == 10.0
    assert forked.at(turned, "b").penalty_weight == 0.1


def test_a_fork_of_a_fork_takes_its_own_changes_with_it():
    once = SMALL.fork(20, "a", penalty_weight=5.0)
    twice = once.fork(40, "c", critic_steps=1)

    assert dict(twice.turns())[20] == {"c.penalty_weight": 5.0, "d.penalty_weight": 5.0}
    with pytest.raises(ValueError, match="four games play already"):
        twice.fork(50, "a", critic_steps=1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ("10:width=8", "width cannot change while it trains"),
        ("10:critic_steps=1;10:critic_steps=2", "rising steps, not at 10 again"),
        ("-4:critic_steps=1", "rising steps"),
        ("10:critic_steps=900", "critic_steps must be between 1 and 100, not 900"),
        ("10:critic_steps", "a change must read '400:critic_steps=1'"),
        ("10:spectral=perhaps", "a change must read"),
        ("10:first=cubism", "unknown first 'cubism'"),
        ("10:d.objective=r1", "no game comes or goes while others train"),
        ("10:third=r1", "no game comes or goes while others train"),
        ("10:second=", "no game comes or goes while others train"),
        ("10:e.clip=1", "e.clip cannot change"),
        ("10:__class__=1", "__class__ cannot change"),
        (";".join(f"{k}:critic_steps=1" for k in range(1, 52)), "at most 50 changes"),
    ],
)
def test_changes_that_cannot_be_are_refused_in_one_line(changes: str, sentence: str):
    with pytest.raises(ValueError, match=sentence) as refused:
        Match(changes=changes)

    assert "\n" not in str(refused.value)
