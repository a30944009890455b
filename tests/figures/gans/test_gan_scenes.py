"""The scenes of the GAN lab: all that they name is there, and everything has its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from explorer.figures import theme
from explorer.figures.gans import (
    LAYERS,
    Contestant,
    contestants,
    depth_scene,
    dirac_scene,
    match_scene,
    seeds_scene,
    slow_scene,
    truth_scene,
)
from explorer.figures.scene import (
    Arrows,
    Band,
    Bars,
    Choice,
    Curve,
    Flow,
    History,
    Mesh,
    Number,
    Points,
    Rule,
    Scene,
    Sentence,
    Surface,
    Tiles,
    Timeline,
)
from explorer.gans.anatomy import SUB_STEPS
from explorer.gans.objectives import OBJECTIVES
from explorer.labs.gans.beside import known_of_the_best
from explorer.labs.gans.deep import Deep
from explorer.labs.gans.dirac import Portrait
from explorer.labs.gans.many import Many
from explorer.labs.gans.match import Match
from explorer.labs.gans.slow import Slow
from explorer.runs.frames import Frame
from explorer.stage.paper.picture import picture
from tests.figures.taking_apart import parts, templates_in

UNKNOWN_AT_FIRST = {"spread"}
"""Numbers that are left out for as long as no mode has samples enough."""
SMALL = {"width": 8, "depth": 1, "batch": 16, "critic_steps": 1}


@dataclass(frozen=True)
class Show:
    """A scene, its still frame, and what its frames hold at one time or another."""

    scene: Scene
    still: Frame
    frames: Sequence[Frame]

    @property
    def arrays(self) -> set[str]:
        return {*self.still.arrays, *(name for f in self.frames for name in f.arrays)}

    @property
    def scalars(self) -> set[str]:
        return {*self.still.scalars, *(name for f in self.frames for name in f.scalars)}


def playing(match: Match | Many | Slow) -> tuple[Contestant, ...]:
    return contestants([objective for _, _, objective in match.sides()])


def matched(layer: str = "pull", **settings: object) -> Show:
    match = Match(**{**SMALL, "steps": 10, **settings})  # type: ignore[arg-type]
    data = match.distribution()
    scene = match_scene(
        playing(match),
        data.extent,
        0 if data.modes is None else len(data.modes),
        layer,
        data.kind,
        match.audit,
    )
    return Show(scene, match.still(), list(match.stream()))


def true(**settings: object) -> Show:
    match = Match(**{**SMALL, "steps": 10, **settings})  # type: ignore[arg-type]
    data = match.distribution()
    known = {side: known_of_the_best(match.settings(side), data) for side, _, _ in match.sides()}
    scene = truth_scene(playing(match), data.extent, data.kind, known)
    return Show(scene, match.still(), list(match.stream()))


def many(data: str = "ring", seeds: int = 8) -> Show:
    population = Many(**SMALL, data=data, seeds=seeds, steps=10, seed=3)  # type: ignore[arg-type]
    known = population.distribution()
    modes = 0 if known.modes is None else len(known.modes)
    scene = seeds_scene(playing(population), known.extent, modes, 3, seeds)
    return Show(scene, population.still(), list(population.stream()))


def dirac(game: str) -> Show:
    portrait = Portrait(game=game, steps=10)
    return Show(dirac_scene(game), portrait.still(), portrait.frames())


def depth() -> Show:
    deep = Deep(depth=3, width=8, steps=10)
    return Show(depth_scene(deep.clip, deep.depth), deep.still(), list(deep.stream()))


def slow(side: str, **settings: object) -> Show:
    iteration = Slow(**{**SMALL, **settings}, side=side)  # type: ignore[arg-type]
    game = next(g for g in playing(iteration) if g.letter == side)
    scene = slow_scene(game, iteration.distribution().extent, uniform=False)
    return Show(scene, iteration.still(), list(iteration.stream()))


SHOWS: dict[str, Callable[[], Show]] = {
    **{f"match, {layer}": lambda layer=layer: matched(layer) for layer in LAYERS},  # type: ignore[misc]
    "match of three": lambda: matched(first="least_squares", second="hinge", third="r1"),
    "match of four": lambda: matched(
        first="minimax", second="wasserstein_clip", third="r1", fourth="wasserstein_gp"
    ),
    "match without modes": lambda: matched(data="moons"),
    "match on a line": lambda: matched(data="comb"),
    "match with an audit": lambda: matched(audit=True),
    "match of images": lambda: matched(data="images"),
    "truth": true,
    "truth on a line": lambda: true(data="two_bumps"),
    "truth on a line, matched pairs": lambda: true(data="two_bumps", pairs="optimal"),
    "truth of four": lambda: true(
        first="least_squares", second="wasserstein_clip", third="r1", fourth="wasserstein_gp"
    ),
    "eight seeds": many,
    "eleven seeds without modes": lambda: many("moons", 11),
    "two numbers, smooth": lambda: dirac("r1"),
    "two numbers, not smooth": lambda: dirac("wasserstein_gp"),
    "depth": depth,
    "slow, without a penalty": lambda: slow("a"),
    "slow, with a penalty": lambda: slow("b"),
    "slow, relativistic": lambda: slow("a", first="relativistic_average"),
    "match and truth of relativistic games": lambda: true(
        first="relativistic_paired", second="relativistic_average"
    ),
    "match of relativistic games": lambda: matched(
        first="relativistic_paired", second="relativistic_average", audit=True
    ),
    "two numbers, relativistic": lambda: dirac("relativistic_paired"),
}


@pytest.fixture(scope="module", params=list(SHOWS))
def show(request: pytest.FixtureRequest) -> Show:
    return SHOWS[request.param]()


def read_by(scene: Scene) -> tuple[set[str], set[str]]:
    """Return the arrays and the scalars that the panels of a scene read."""
    arrays: set[str] = set()
    scalars: set[str] = set()
    for part in parts(scene):
        if isinstance(part, Points | Surface | Mesh | Bars | Tiles | Timeline):
            arrays.add(part.array)
            if isinstance(part, Mesh):
                arrays |= {part.density, part.origin}
        elif isinstance(part, Flow):
            arrays.add(part.active)
        elif isinstance(part, Arrows):
            arrays |= {part.tails, part.vectors}
        elif isinstance(part, Curve):
            arrays |= {part.y, part.x, part.low, part.high}
        elif isinstance(part, History | Number):
            scalars.add(part.scalar)
        elif isinstance(part, Rule):
            scalars |= {part.y} if isinstance(part.y, str) else set()
        elif isinstance(part, Band):
            scalars |= {edge for edge in (part.low, part.high) if isinstance(edge, str)}
    return arrays - {""}, scalars


def test_every_array_that_a_scene_reads_is_in_its_recording(show):
    assert read_by(show.scene)[0] <= show.arrays


def test_every_number_that_a_scene_reads_is_in_its_recording(show):
    missing = read_by(show.scene)[1] - show.scalars

    assert {name.rpartition("/")[2] for name in missing} <= UNKNOWN_AT_FIRST


def test_every_name_in_braces_is_a_number_of_the_recording(show):
    missing = templates_in(show.scene.panels) - show.scalars

    assert {name.rpartition("/")[2] for name in missing} <= UNKNOWN_AT_FIRST


def test_every_sentence_of_a_scene_is_said_in_every_frame_or_once_for_all(show):
    names = {part.name for part in parts(show.scene) if isinstance(part, Sentence)}

    for frame in show.frames:
        assert names <= {*frame.sentences, *show.still.sentences}


def test_every_panel_has_its_place_in_both_grids_and_fills_a_rectangle(show):
    areas = [panel.area for panel in show.scene.panels]
    assert len(areas) == len(set(areas))
    for grid in (show.scene.wide, show.scene.narrow):
        cells = np.array([row.split() for row in grid.areas])
        assert set(cells.flat) - {"."} == set(areas)
        assert len(grid.rows) in (0, len(grid.areas))
        assert cells.shape[1] == len(grid.columns)
        for name in areas:
            rows, columns = np.nonzero(cells == name)
            assert (
                cells[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] == name
            ).all()


def test_every_picture_has_a_text_alternative_and_every_role_a_colour(show):
    for panel in show.scene.panels:
        if not isinstance(panel, Choice | Sentence) and panel.kind != "numbers":
            assert panel.alt, panel.area
    for part in parts(show.scene):
        assert getattr(part, "role", "ink") in theme.LIGHT


def test_a_scene_is_drawn_as_a_still_picture_too(show):
    light, dark = (picture(show.scene, show.still, show.frames, dark=d) for d in (False, True))

    assert len(light.getcolors(maxcolors=2**24)) > 8
    assert light.tobytes() != dark.tobytes()


# ------------------------------------------------------------------------------- slow motion

TWO_PLAYERS = {
    "draw data": {"real data"},
    "draw noise": {"noise z"},
    "generate": {"generator G", "fake"},
    "judge the data": {"real data", "J D"},
    "judge the generated": {"fake", "J D"},
    "measure the slope": {"J D", "penalty"},
    "the judge's gradient": {"J's loss"},
    "the judge learns": {"J's update", "J D"},
    "draw noise anew": {"noise z"},
    "judge them": {"fake", "J D"},
    "the generator's gradient": {"generator's loss"},
    "the generator learns": {"generator's update", "generator G"},
}
"""What Goodfellow et al. (2014, algorithm 1) touch in each part, J for what the judge is called."""


@pytest.mark.parametrize(("side", "pays"), [("a", False), ("b", True)])
def test_each_sub_step_lights_what_it_is_about_and_nothing_else(side: str, pays: bool):
    show = slow(side)
    flow = next(panel for panel in show.scene.panels if isinstance(panel, Flow))
    judge = next(node.text for node in flow.nodes if node.name == "judge").removesuffix(" D")

    def lit(frame: Frame) -> set[str]:
        active = frame.arrays[flow.active]
        assert len(active) == len(flow.nodes)
        return {node.text for node, on in zip(flow.nodes, active, strict=True) if on}

    assert lit(show.frames[0]) == set()
    for frame in show.frames[1:]:
        wanted = TWO_PLAYERS[frame.sentences["title"].partition(". ")[2]]
        assert lit(frame) == {text.replace("J", judge) for text in wanted}
    told = [frame.sentences["part"] for frame in show.frames[1:]]
    assert told == [name for name in SUB_STEPS if pays or name != "penalty"]


@pytest.mark.parametrize(("side", "pays"), [("a", False), ("b", True)])
def test_the_diagram_of_the_game_has_a_penalty_only_where_the_judge_pays(side: str, pays: bool):
    flow = next(panel for panel in slow(side).scene.panels if isinstance(panel, Flow))
    names = [node.name for node in flow.nodes]

    assert ("penalty" in names) == pays
    assert {name for link in flow.links for name in link} == set(names)
    assert len({(node.column, node.row) for node in flow.nodes}) == len(names)


# ------------------------------------------------------------------------------- contestants


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_game_is_shown_under_the_names_of_its_own_objective(objective: str):
    rules = OBJECTIVES[objective]
    other = "hinge" if objective != "hinge" else "r1"
    game, _ = contestants([objective, other])
    scene = match_scene([game], (-2, 2, -2, 2), 8)
    shown = next(panel for panel in scene.panels if panel.area == "a")

    assert (shown.title, shown.note) == (rules.title, rules.note)
    assert (game.short, game.judge) == (rules.short, rules.judge)
    assert game.role == ("wgan" if rules.answer == "value" else "gan")


def test_what_the_settings_make_of_an_objective_stands_in_its_note():
    one, other = contestants(["wasserstein_gp", "r1"], one_sided=True, spectral=True)

    assert one.note == "one-sided penalty, spectral norm"
    assert other.note == "penalty at the data, spectral norm"
    assert [game.short for game in contestants(["non_saturating", "minimax"])] == ["NS", "minimax"]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_line_of_a_guessing_judge_is_drawn_where_its_loss_is_in_nats(objective: str):
    (game,) = contestants([objective])
    scene = match_scene([game], (-2, 2, -2, 2), 8)
    losses = next(panel for panel in scene.panels if panel.area == "a_loss")
    rules = [part for part in parts(losses) if isinstance(part, Rule)]

    same = torch.zeros(4)
    if OBJECTIVES[objective].answer in ("probability", "difference"):
        assert rules[0].y == pytest.approx(float(game.rules.judge_loss(same, same)), abs=1e-4)
    else:
        assert rules == []


def test_a_gan_and_a_critic_keep_their_lines_wherever_they_stand():
    one, other = contestants(["wasserstein_gp", "non_saturating"])

    assert (one.role, other.role) == ("wgan", "gan")


def test_no_two_games_of_a_match_share_a_line_or_a_name():
    for objectives in (
        ["r1"] * 4,
        ["wasserstein_clip", "wasserstein_gp"] * 2,
        list(OBJECTIVES)[:4],
        ["minimax", "non_saturating"],
    ):
        found = contestants(objectives)
        assert len({game.role for game in found}) == len(found)
        assert len({game.short for game in found}) == len(found)


@pytest.mark.parametrize("objectives", [[], ["r1"] * 5])
def test_no_game_or_five_games_are_refused(objectives: list[str]):
    with pytest.raises(ValueError, match="between 1 and 4 games"):
        contestants(objectives)


def test_probabilities_are_drawn_from_zero_to_one_and_critics_around_their_mean():
    scene = match_scene(contestants(["non_saturating", "wasserstein_gp"]), (-2, 2, -2, 2), 8)
    gan, wgan = (part for part in parts(scene) if isinstance(part, Surface))

    assert (gan.low, gan.high, gan.middle) == (0.0, 1.0, 0.5)
    assert (wgan.low, wgan.high, wgan.middle) == (None, None, 0.0)


def test_a_layer_and_a_game_that_do_not_exist_are_named_with_those_that_do():
    with pytest.raises(ValueError, match="unknown layer 'truth'; choose from 'pull', 'grid'"):
        match_scene(contestants(["r1"]), (-2, 2, -2, 2), 8, "truth")
    with pytest.raises(ValueError, match="unknown game 'gan'; choose from 'minimax'"):
        dirac_scene("gan")


def test_the_truth_of_given_clouds_shows_both_of_them_and_their_own_gap():
    match = Match(first="wasserstein_gp", second="wasserstein_clip")
    data = match.distribution()

    scene = truth_scene(playing(match), data.extent, data.kind, given=True)

    truth = next(panel for panel in scene.panels if panel.area == "a_truth")
    assert {mark.array for mark in truth.marks if isinstance(mark, Points)} == {"real", "a/fake"}
    card = next(panel for panel in scene.panels if panel.area == "a_numbers").numbers[-1]
    assert card.label == "gap / W₁"
    assert "noise" not in card.bound
