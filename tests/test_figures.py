"""Pictures described as data: what they claim to show is in them."""

import numpy as np
import pytest
import torch

from explorer.figures import gans, home, theme
from explorer.figures.gradients import scenes as gradients
from explorer.figures.gradients import spectra
from explorer.figures.scene import Diagram, Numbers, Plot, Scene, Timeline, as_json
from explorer.gradients import spectrum
from explorer.labs.gans.match import Match
from explorer.labs.gradients.flow import CELLS, Flow, measure


def scenes() -> dict[str, Scene]:
    return {
        "ring": gans.match_scene(gans.contestants(["non_saturating", "r1"]), (-2, 2, -2, 2), 8),
        "moons": gans.match_scene(gans.contestants(["minimax", "hinge"]), (-2, 2, -2, 2), 0),
        "flow": gradients.through_time(CELLS, 1e-12, 10, 50),
        "adding": gradients.adding(("rnn_tanh", "lstm", "gru"), 1e-6, 50),
        "home": home.two_games((-2, 2, -2, 2)),
    }


@pytest.mark.parametrize("name", scenes())
def test_every_panel_has_a_place_wide_and_narrow(name: str):
    scene = scenes()[name]
    areas = {panel.area for panel in scene.panels}

    for grid in (scene.wide, scene.narrow):
        placed = {area for row in grid.areas for area in row.split()} - {"."}
        assert placed == areas


@pytest.mark.parametrize("name", scenes())
def test_every_role_of_a_mark_has_a_colour(name: str):
    def roles(thing: object) -> set[str]:
        if isinstance(thing, dict):
            found = {thing["role"]} if "role" in thing else set()
            return found.union(*(roles(value) for value in thing.values()))
        if isinstance(thing, list):
            return set().union(*(roles(item) for item in thing))
        return set()

    assert roles(as_json(scenes()[name])) <= theme.LIGHT.keys() | {"input", "cell"}


@pytest.mark.parametrize("name", scenes())
def test_every_picture_has_a_text_that_stands_for_it(name: str):
    for panel in scenes()[name].panels:
        if isinstance(panel, Plot | Timeline | Diagram):
            assert panel.alt


@pytest.mark.parametrize("data", ["ring", "moons"])
def test_every_number_on_a_card_is_in_the_frames_of_the_run(data: str):
    match = Match(data=data, width=8, batch=32, steps=20)
    frame = list(match.stream())[1]
    known = frame.scalars.keys() | match.still().scalars.keys()
    games = gans.contestants(["non_saturating", "wasserstein_gp"])

    for panel in gans.match_scene(games, (-2, 2, -2, 2), 8 * (data == "ring")).panels:
        if isinstance(panel, Numbers):
            assert {number.scalar for number in panel.numbers} <= known


def test_the_theory_is_drawn_only_where_it_is_claimed():
    flow = Flow(length=60, seeds=2, size=16)
    frame = measure(flow)

    for cell in CELLS:
        drawn = np.isfinite(frame.arrays[f"{cell}/theory"])
        last = int(frame.scalars[f"{cell}/valid_to"])
        assert drawn[: last + 1].all()
        assert not drawn[last + 1 :].any()


def test_a_rotation_has_its_eigenvalues_on_the_circle_that_is_drawn():
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    circle, values = spectra.eigenvalues(spectrum(turn)).data

    assert np.hypot(circle.x, circle.y) == pytest.approx(1)
    assert np.hypot(values.x, values.y) == pytest.approx(1)


def test_the_stretch_of_a_scaled_rotation_is_the_power_of_its_radius():
    turn = 0.9 * torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    measured, theory = spectra.stretch(spectrum(turn, powers=20)).data

    assert np.asarray(measured.y) == pytest.approx(np.asarray(theory.y))
    assert measured.y[10] == pytest.approx(0.9**10)
