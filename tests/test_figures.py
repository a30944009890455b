"""Pictures described as data: what they claim to show is in them."""

import pytest

from explorer.figures import gans, gradients, home, theme
from explorer.figures.scene import Diagram, Numbers, Plot, Scene, Timeline, as_json
from explorer.gradients import MEASURED
from explorer.labs.gans.match import Match
from explorer.labs.gradients import Horizon, Learning, Overfitting


def scenes() -> dict[str, Scene]:
    return {
        "ring": gans.match_scene(gans.contestants(["non_saturating", "r1"]), (-2, 2, -2, 2), 8),
        "moons": gans.match_scene(gans.contestants(["minimax", "hinge"]), (-2, 2, -2, 2), 0),
        "flow": gradients.through_time(MEASURED, 1e-12, 10, 50, {}),
        "learning": gradients.scene_of(Learning(seeds=10)),
        "one seed": gradients.scene_of(Learning(seeds=1, learners="plain", problem="copy")),
        "all networks": gradients.scene_of(Learning(seeds=7, learners="all")),
        "horizon": gradients.scene_of(Horizon()),
        "over-fitting": gradients.scene_of(Overfitting(early=True)),
        "home, gradients": home.vanishing(),
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
