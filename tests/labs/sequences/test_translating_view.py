"""What a trained encoder-decoder translates: attention, beam and sentences of one text."""

import math

import pytest

from explorer.figures.scene import Flow, as_json
from explorer.figures.scene.told import from_json
from explorer.figures.sequences.translating import answer, translating_scene
from explorer.labs.sequences import SequenceLab, SideBySide, shelf
from explorer.labs.sequences.learned import learned_at
from explorer.labs.sequences.translating import EXAMPLES, LEARNED, Translating, branches, picture
from explorer.labs.sequences.translators import SHIPPED
from tests.figures.taking_apart import templates_in

ASKED = Translating(asked="March 5, 1987 ", beam=3)


@pytest.fixture(scope="module")
def shown():
    return picture(ASKED)


def test_attention_is_a_share_of_the_signs_and_follows_the_sign_that_is_written(shown):
    _, frames, tree = shown

    assert len(frames) == len(tree.best.codes) == len("1987-03-05") + 1
    for frame in frames:
        assert frame.arrays["attention"].sum() == pytest.approx(1, abs=1e-5)
        assert len(frame.arrays["attention"]) == len("march 5, 1987")
    year, day = frames[0].arrays["attention"], frames[9].arrays["attention"]
    assert year[9:].sum() > 0.5  # looks at 1987, or at what was read after it
    assert day[:9].sum() > day[9:].sum()


def test_the_lit_way_leads_from_the_root_to_each_sign_and_its_chance_is_their_product(shown):
    still, frames, tree = shown
    product = 1.0
    for step, frame in enumerate(frames, 1):
        lit = frame.arrays["lit"]
        assert lit[0] == 1
        assert lit[1:].sum() == step
        product *= frame.scalars["chance"]
        assert frame.scalars["so_far"] == pytest.approx(product, rel=1e-4)
    assert len(frames[0].arrays["lit"]) == 1 + len(branches(tree))
    assert still.scalars["best"] == pytest.approx(product, rel=1e-4)
    assert still.scalars["best"] >= still.scalars["greedy"] * (1 - 1e-6)


def test_it_says_what_is_right_and_what_the_greedy_choice_finds(shown):
    still, _, _ = shown

    assert "writes “1987-03-05”" in still.sentences["says"]
    assert still.sentences["says"].endswith("That is right.")
    one = picture(Translating(asked="5 march 1987", beam=1))[0].sentences["says"]
    assert "which is the greedy choice" in one
    unruly = picture(Translating(asked="1987 march", beam=2))[0].sentences["says"]
    assert unruly.endswith("so nothing is right or wrong.")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"asked": "  "}, "at least one sign"),
        ({"asked": "5 março 1987"}, "'Dates' knows no 'ç'; it reads ␣,./0123456789a"),
        ({"asked": "september 30, 2049 "}, ""),
        ({"asked": "september 30, 20490"}, "has 18 signs, not 19"),
        ({"language": "sums", "asked": "1-2"}, "knows no '-'"),
        ({"asked": "1" * 81}, "80"),
        ({"beam": 9}, "beam must be between 1 and 8, not 9"),
        ({"translator": "vanilla"}, "unknown translator"),
    ],
)
def test_a_text_that_cannot_be_read_is_one_sentence(wrong, says):
    if not says:
        assert Translating(**wrong).text == "september 30, 2049"
        return
    with pytest.raises(ValueError, match=says):
        Translating(**wrong)


@pytest.mark.parametrize("kind", ["attending", "translator"])
def test_the_scene_names_what_its_frames_have_and_every_panel_has_a_place(kind):
    asked = Translating(translator=kind)
    still, frames, tree = picture(asked)
    scene = translating_scene(asked, tree)
    areas = {panel.area for panel in scene.panels}

    for grid in (scene.wide, scene.narrow):
        assert {name for row in grid.areas for name in row.split()} == areas
    assert ("attention" in areas) == (kind == "attending")
    assert templates_in(scene) <= {*still.scalars, *frames[0].scalars}
    assert from_json(as_json(scene)) == scene
    flow = next(panel for panel in scene.panels if isinstance(panel, Flow))
    assert len(flow.links) == len(flow.nodes) - 1 == len(frames[0].arrays["lit"]) - 1
    assert len({(node.column, node.row) for node in flow.nodes}) == len(flow.nodes)
    assert all(f"line/{name}" in still.sentences for name in SHIPPED)


@pytest.mark.parametrize("language", EXAMPLES)
def test_every_task_has_an_example_that_its_attention_translates_right(language):
    lab = SequenceLab(
        view="translating", language=language, asked=EXAMPLES[language], translator="attending"
    )

    found = answer(lab, moving=False)

    assert found.still.sentences["says"].endswith("That is right.")
    assert found.start == len(found.frames) - 1
    assert math.isfinite(found.still.scalars["best"])


def test_a_network_that_learned_here_translates_beside_the_shipped_ones():
    training = SideBySide(task="sums", first="attending", second="reversed", third="", units=6)
    mark = shelf.keep(learned_at(training, "b", None, 3), "mine.safetensors")
    asked = Translating(language="sums", asked="58+67", translator=LEARNED, learned=mark)

    still, frames, tree = picture(asked)

    assert asked.translators == (*SHIPPED, LEARNED)
    assert still.sentences["says"].startswith("Yours, 3 updates, writes “")
    assert still.sentences["line/learned"].startswith("Yours, 3 updates")
    assert len(frames) == len(tree.best.codes)
    with pytest.raises(ValueError, match="your network learned the task 'Sums as text', not"):
        Translating(translator=LEARNED, learned=mark).network()
    with pytest.raises(ValueError, match="does not hold that network any more"):
        Translating(translator=LEARNED, learned="0" * 16).network()
    with pytest.raises(ValueError, match="no network of yours is here yet"):
        Translating(translator=LEARNED).network()
