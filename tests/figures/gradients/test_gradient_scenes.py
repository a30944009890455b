"""The pictures of the gradient lab: which cells they show, and that all they name is there."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest
import torch

from explorer.figures import gradients, theme
from explorer.figures.home import vanishing
from explorer.figures.scene import Curve, History, Number, Plot, Rule, Scene, Sentence, Timeline
from explorer.gradients import LEARNERS, MEASURED, UNROLLED, spectrum
from explorer.labs.gradients import Adding, Flow, measure
from explorer.labs.gradients.start import Claim, claims
from explorer.runs.frames import Frame
from explorer.runs.recorded import load
from tests.figures.taking_apart import parts, templates_in

FLOW = Flow(length=12, seeds=2, size=6, batch=2)


def panel(scene: Scene, area: str) -> object:
    return next(each for each in scene.panels if each.area == area)


def measured() -> tuple[Scene, list[Frame]]:
    frame = measure(FLOW)
    return gradients.through_time(MEASURED, 1e-12, 10.0, 6, claims(FLOW, frame)), [Frame(0), frame]


def learning() -> tuple[Scene, list[Frame]]:
    adding = Adding(length=5, width=4, steps=20)
    return gradients.adding(LEARNERS, 1e-6, 5), [adding.still(), *islice(adding.stream(), 3)]


def recorded() -> tuple[Scene, list[Frame]]:
    found = load("gradients")
    still, frames = found.still, found.frames
    return vanishing(), [still, *frames]


SHOWS = {"start": measured, "learning": learning, "home": recorded}


@pytest.fixture(scope="module", params=list(SHOWS))
def show(request: pytest.FixtureRequest) -> tuple[Scene, list[Frame]]:
    return SHOWS[request.param]()


def test_every_array_and_number_that_a_scene_reads_is_in_its_frames(show):
    scene, frames = show
    arrays = {name for frame in frames for name in frame.arrays}
    scalars = {name for frame in frames for name in frame.scalars}

    for part in parts(scene):
        if isinstance(part, Curve):
            assert {part.y, part.x, part.low, part.high} - {""} <= arrays
        elif isinstance(part, Timeline):
            assert part.array in arrays
        elif isinstance(part, History | Number):
            assert part.scalar in scalars
        elif isinstance(part, Rule):
            assert not isinstance(part.y, str)
    assert templates_in(scene.panels) <= scalars


def test_every_sentence_of_a_scene_is_said_in_every_frame(show):
    scene, (_, *frames) = show
    names = {part.name for part in parts(scene) if isinstance(part, Sentence)}

    assert all(names <= frame.sentences.keys() for frame in frames)


def lines(plot: Plot) -> list[tuple[str, str]]:
    """Return the name and the role of every line that has a name."""
    return [
        (mark.label, mark.role)
        for mark in plot.marks
        if isinstance(mark, Curve | History) and mark.label
    ]


def named(cells: Sequence[str]) -> list[tuple[str, str]]:
    return [(UNROLLED[cell].label, role) for cell, role in theme.of_cells(cells).items()]


@pytest.mark.parametrize("area", ["norms", "factors"])
@pytest.mark.parametrize("cells", [MEASURED, ("gru", "rnn_relu"), ("lstm",)])
def test_a_measurement_shows_these_cells_under_their_names(cells: Sequence[str], area: str):
    scene = gradients.through_time(cells, 1e-12, 10.0, 6, {})

    assert lines(panel(scene, area)) == named(cells)
    labels = [number.label for number in panel(scene, "numbers").numbers]
    assert labels == [f"{UNROLLED[cell].label} at lag 6" for cell in cells]


@pytest.mark.parametrize("cells", [LEARNERS, ("gru", "rnn_relu"), MEASURED])
def test_networks_that_learn_are_shown_under_their_names(cells: Sequence[str]):
    scene = gradients.adding(cells, 1e-6, 5)
    maps = [each for each in scene.panels if isinstance(each, Timeline)]

    assert lines(panel(scene, "losses")) == named(cells)
    assert [each.title for each in maps] == [UNROLLED[cell].label for cell in cells]
    labels = [number.label for number in panel(scene, "numbers").numbers]
    assert labels == [f"{UNROLLED[cell].label}: error" for cell in cells]


@pytest.mark.parametrize("cells", [LEARNERS, ("gru", "rnn_relu"), MEASURED])
def test_every_panel_has_a_place_however_many_cells_there_are(cells: Sequence[str]):
    scene = gradients.adding(cells, 1e-6, 5)

    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {len(row) for row in rows} == {len(grid.columns)}
        assert {area for row in rows for area in row} == {each.area for each in scene.panels}


def test_the_theory_lies_over_the_measurement_and_has_no_name_of_its_own():
    marks = panel(gradients.through_time(MEASURED, 1e-12, 10.0, 6, {}), "norms").marks
    theory = [mark for mark in marks if isinstance(mark, Curve) and mark.role == "theory"]

    explained = [cell for cell in MEASURED if UNROLLED[cell].has_theory]
    assert [mark.y for mark in theory] == [f"{cell}/theory" for cell in explained]
    assert all(mark.dashed and not mark.label for mark in theory)
    assert marks[-len(explained) :] == tuple(theory)


def test_the_card_of_a_cell_without_a_theory_says_so_and_there_is_no_line():
    explained = {"lstm": Claim(6, "the stars")}
    scene = gradients.through_time(("lstm", "gru_before"), 1e-12, 10.0, 6, explained)
    marks, cards = panel(scene, "norms").marks, panel(scene, "numbers").numbers

    assert [mark.y for mark in marks if isinstance(mark, Curve)] == [
        *("lstm/norm", "gru_before/norm"),
        "lstm/theory",
    ]
    assert [card.bound for card in cards] == [
        "theory: {lstm/predicted}",
        "no theory of this cell yet",
    ]


def test_a_card_speaks_of_theory_at_its_own_lag_or_says_where_the_claim_ends():
    explained = {"lstm": Claim(6, "the stars"), "gru": Claim(5, "the moon")}
    scene = gradients.through_time(("lstm", "gru"), 1e-12, 10.0, 6, explained)
    here, before = panel(scene, "numbers").numbers

    assert here.label == "LSTM at lag 6"
    assert here.bound == "theory: {lstm/predicted}"
    assert here.help == "What theory says of the same lag, from the stars."
    assert before.bound == "theory to lag 5: within ×{gru/residual}"
    assert before.help.startswith("Theory says nothing of lag 6. Of lags 1 to 5 it does, from the")


@pytest.mark.parametrize("cells", [MEASURED, (*MEASURED[:4], "gru_before")])
def test_no_two_cells_of_one_picture_look_alike(cells: Sequence[str]):
    for palette in (theme.LIGHT, theme.DARK):
        roles = theme.of_cells(cells).values()
        assert len({palette[role] for role in roles}) == len(cells)
        assert len({theme.DASH[role] for role in roles}) == len(cells)


def test_a_cell_with_a_look_wears_it_and_a_second_one_without_is_an_error():
    assert theme.of_cells(("gru", "lstm_coupled")) == {"gru": "gru", "lstm_coupled": "other_cell"}
    with pytest.raises(ValueError, match=r"^no look for cells 'lstm_coupled', 'gru_before': give"):
        gradients.through_time(("lstm", "lstm_coupled", "gru_before"), 1e-12, 10.0, 6, {})


def test_a_rotation_has_its_eigenvalues_on_the_circle_that_is_drawn():
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    circle, values = gradients.eigenvalues(spectrum(turn)).data

    assert np.hypot(circle.x, circle.y) == pytest.approx(1)
    assert np.hypot(values.x, values.y) == pytest.approx(1)


def test_the_stretch_of_a_scaled_rotation_is_the_power_of_its_radius():
    turn = 0.9 * torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    measured, theory = gradients.stretch(spectrum(turn, powers=20)).data

    assert np.asarray(measured.y) == pytest.approx(np.asarray(theory.y))
    assert measured.y[10] == pytest.approx(0.9**10)
