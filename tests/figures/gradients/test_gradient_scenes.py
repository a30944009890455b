"""The pictures of the gradient lab: which cells they show, and that all they name is there."""

from collections.abc import Sequence

import pytest

from explorer.figures import gradients, theme
from explorer.figures.home import vanishing
from explorer.figures.scene import Curve, History, Number, Plot, Rule, Scene, Sentence, Timeline
from explorer.gradients import (
    CELL_SETS,
    LEARNER_SETS,
    LEARNERS,
    MEASURED,
    QUANTITIES,
    UNROLLED,
)
from explorer.labs.gradients import Flow, Horizon, Learning, Overfitting, measure
from explorer.labs.gradients.start import Claim, claims
from explorer.runs.frames import Frame
from explorer.runs.recorded import load
from explorer.sequences.long_lags import PROBLEMS
from tests.figures.taking_apart import parts, templates_in

FLOW = Flow(length=12, seeds=2, size=6, batch=2)


def panel(scene: Scene, area: str) -> object:
    return next(each for each in scene.panels if each.area == area)


def measured() -> tuple[Scene, list[Frame]]:
    frame = measure(FLOW)
    return gradients.through_time(MEASURED, 1e-12, 10.0, 6, claims(FLOW, frame)), [Frame(0), frame]


def learning() -> tuple[Scene, list[Frame]]:
    run = Learning(length=5, width=4, steps=20, seeds=2, batch=4)
    return gradients.scene_of(run), [run.still(), *run.stream()]


def horizon() -> tuple[Scene, list[Frame]]:
    run = Horizon(length=5, width=4, steps=20, seeds=2, batch=4)
    return gradients.scene_of(run), [run.still(), *run.stream()]


def overfitting() -> tuple[Scene, list[Frame]]:
    run = Overfitting(width=4, steps=20, seeds=2, batch=4, early=True)
    return gradients.scene_of(run), [run.still(), *run.stream()]


def recorded() -> tuple[Scene, list[Frame]]:
    found = load("gradients")
    still, frames = found.still, found.frames
    return vanishing(), [still, *frames]


SHOWS = {
    "start": measured,
    "learning": learning,
    "horizon": horizon,
    "overfitting": overfitting,
    "home": recorded,
}


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
    return [(UNROLLED[cell].legend, role) for cell, role in theme.of_cells(cells).items()]


@pytest.mark.parametrize("area", ["norms", "factors"])
@pytest.mark.parametrize("cells", [MEASURED, ("gru", "rnn_relu"), ("lstm",)])
def test_a_measurement_shows_these_cells_under_their_names(cells: Sequence[str], area: str):
    scene = gradients.through_time(cells, 1e-12, 10.0, 6, {})

    assert lines(panel(scene, area)) == named(cells)
    labels = [number.label for number in panel(scene, "numbers").numbers]
    assert labels == [f"{UNROLLED[cell].legend} at lag 6" for cell in cells]


@pytest.mark.parametrize("learners", LEARNER_SETS)
def test_networks_that_learn_are_shown_under_their_names(learners: str):
    run = Learning(learners=learners, seeds=9)
    scene = gradients.scene_of(run)
    maps = [each for each in scene.panels if isinstance(each, Timeline)]

    called = [LEARNERS[name].legend for name in LEARNER_SETS[learners].learners]
    assert [label for label, _ in lines(panel(scene, "solved"))] == called
    assert [each.title for each in maps] == called
    labels = [number.label for number in panel(scene, "numbers").numbers]
    assert labels == [f"{name}: solved" for name in called]


@pytest.mark.parametrize("seeds", [1, 5, 7, 32])
@pytest.mark.parametrize("learners", LEARNER_SETS)
def test_every_panel_has_a_place_however_many_seeds_and_networks_there_are(learners, seeds):
    scene = gradients.scene_of(Learning(learners=learners, seeds=seeds))

    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {len(row) for row in rows} == {len(grid.columns)}
        assert {area for row in rows for area in row} - {"."} == {
            each.area for each in scene.panels
        }
    assert len(scene.wide.columns) <= 30  # whose gaps must fit beside each other


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_line_of_no_memory_is_the_problems_own_and_lies_in_the_picture(problem: str):
    run = Learning(problem=problem, length=12, symbols=2)
    plot = panel(gradients.scene_of(run), "seed0")

    (rule,) = [mark for mark in plot.marks if isinstance(mark, Rule)]
    assert rule.label == f"no memory: {PROBLEMS[problem].formula}"
    assert rule.y == run.still().scalars["baseline"]
    assert plot.y.low < rule.y < plot.y.high


def test_a_name_that_is_a_phrase_is_short_beside_a_curve():
    found = {name: kind.legend for name, kind in UNROLLED.items()}

    assert found["lstm_coupled"] == "Coupled"
    assert found["gru_before"] == "GRU before"
    for name in ("rnn_tanh", "rnn_relu", "lstm", "gru", "linear", "rnn_sigmoid"):
        assert found[name] == UNROLLED[name].label
    assert max(map(len, found.values())) <= 16


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_quantity_is_named_by_the_title_the_axis_and_the_cards(quantity: str):
    flow = Flow(length=12, seeds=1, size=4, batch=2, quantity=quantity, cells="gated")
    scene = gradients.answer(flow, False).scene
    plot = next(each for each in scene["panels"] if each["area"] == "norms")
    cards = next(each for each in scene["panels"] if each["area"] == "numbers")["numbers"]

    known = QUANTITIES[quantity]
    called = "" if quantity == "memory" else known.called
    assert plot["title"] == known.title
    assert plot["y"]["label"] == called
    for card, cell in zip(cards, CELL_SETS["gated"].cells, strict=True):
        of = f", {called}" if called else ""
        assert card["label"] == f"{UNROLLED[cell].legend}{of} at lag 6"
    roles = [mark["role"] for mark in plot["marks"] if mark.get("label")]
    assert roles == list(theme.of_cells(CELL_SETS["gated"].cells).values())
    dashed = [mark for mark in plot["marks"] if mark.get("role") == "theory"]
    explained = dict.fromkeys(("memory", "hidden", "jacobian"), 5) | {"input": 2, "weights": 2}
    assert len(dashed) == explained[quantity]
    assert ("theory" in plot["note"]) == (len(dashed) > 0)


def test_a_card_says_what_no_theory_is_about():
    flow = Flow(length=12, seeds=1, size=4, batch=2, loss_at="every", keeping="chrono")
    panels = gradients.answer(flow, False).scene["panels"]
    cards = next(each for each in panels if each["area"] == "numbers")["numbers"]
    plot = next(each for each in panels if each["area"] == "norms")

    said = "with a bias for each unit and a loss that reads every step."
    without = [card for card in cards if card["bound"] == "no theory of it"]
    assert [card["help"] for card in without] == [
        f"No theory here is about the {name} {said}" for name in ("LSTM", "GRU")
    ]
    assert plot["x"]["label"] == "lag: steps back from the end"


def test_the_theory_lies_over_the_measurement_and_has_no_name_of_its_own():
    marks = panel(gradients.through_time(MEASURED, 1e-12, 10.0, 6, {}), "norms").marks
    theory = [mark for mark in marks if isinstance(mark, Curve) and mark.role == "theory"]

    explained = [cell for cell in MEASURED if UNROLLED[cell].has_theory]
    assert [mark.y for mark in theory] == [f"{cell}/theory" for cell in explained]
    assert all(mark.dashed and not mark.label for mark in theory)
    assert marks[-len(explained) :] == tuple(theory)


def test_the_card_of_a_cell_without_a_theory_says_so_and_there_is_no_line():
    explained = {"lstm": Claim(6, "the stars")}
    scene = gradients.through_time(("lstm", "irnn"), 1e-12, 10.0, 6, explained)
    marks, cards = panel(scene, "norms").marks, panel(scene, "numbers").numbers

    assert [mark.y for mark in marks if isinstance(mark, Curve)] == [
        *("lstm/norm", "irnn/norm"),
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


@pytest.mark.parametrize("cells", [MEASURED, (*MEASURED[:4], "lstm_peephole"), tuple(UNROLLED)])
def test_no_two_cells_of_one_picture_look_alike(cells: Sequence[str]):
    for palette in (theme.LIGHT, theme.DARK):
        roles = theme.of_cells(cells).values()
        assert len({palette[role] for role in roles}) == len(cells)
        assert len({theme.DASH[role] for role in roles}) == len(cells)


def test_a_cell_with_a_look_wears_it_and_a_second_one_without_is_an_error():
    found = theme.of_cells(("gru", "your_cell"))
    assert found == {"gru": "gru", "your_cell": "other_cell"}
    with pytest.raises(ValueError, match=r"^no look for cells 'your_cell', 'my_cell': give"):
        theme.of_cells(("lstm", "your_cell", "my_cell"))
