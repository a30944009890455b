"""Tasks and recipes: all that is known of a network stands in its entry, and the house reads it."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from explorer.labs.cells.settings import READS, TRAINED, CellLab
from explorer.networks import tasks
from explorer.networks.material import CHOSEN, TYPED
from explorer.networks.shipped import network_card
from explorer.networks.tasks import KINDS, RECIPES, TASKS, by_name, recipe_of

FOLDER = Path(tasks.__file__).parent


def test_every_module_of_the_folder_is_a_task_with_its_networks():
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}

    assert modules == TASKS.keys()
    assert {recipe.task.name for recipe in RECIPES.values()} == TASKS.keys()


def test_two_entries_of_one_name_are_refused():
    one, other = RECIPES["numbers-lstm"], RECIPES["numbers-gru"]

    assert by_name([one, other, one]) == {"numbers-lstm": one, "numbers-gru": other}
    with pytest.raises(ValueError, match="two different entries are called 'numbers-lstm'"):
        by_name([one, replace(other, name="numbers-lstm")])


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match="unknown network 'nobody'; choose from 'characters-lstm'"):
        recipe_of("nobody")


def test_every_network_has_its_place_in_the_menus_and_no_two_share_one():
    placed = [name for by_cell in TRAINED.values() for name in by_cell.values()]

    assert sorted(placed) == sorted(RECIPES)
    assert list(READS) == [*TASKS, "noise", "yours"]
    assert all(READS[name] == task.label for name, task in TASKS.items())


@pytest.mark.parametrize("name", TASKS)
def test_what_a_task_gives_to_read_is_a_setting_of_the_lab_that_starts_at_its_example(name: str):
    material = TASKS[name].material
    defaults = {known.name: known.default for known in fields(CellLab)}

    expected = {TYPED: "", CHOSEN: 0}.get(material.setting, material.example)
    assert defaults[material.setting] == expected
    material.check(material.example)
    given = material.given(material.example)
    assert given.tokens
    assert {len(given.tokens)} >= {
        len(each) for each in (given.text, given.values, given.x) if each is not None and len(each)
    }


@pytest.mark.parametrize("name", TASKS)
def test_a_network_is_of_the_kind_and_has_the_readings_that_its_task_says(name: str):
    recipe = next(recipe for recipe in RECIPES.values() if recipe.task.name == name)
    network = recipe.lesson(1).network()
    task, given = recipe.task, recipe.task.material.given(recipe.task.material.example)

    response = task.kind.respond(network, given)

    assert KINDS[task.kind.name] is task.kind
    assert len(response.whole.hidden) == len(given.tokens)
    if response.probabilities is not None:
        assert len(response.probabilities) == len(given.tokens)
        expected = task.kind.classes or (*task.kind.next_ones(network), "�")
        assert response.probabilities.shape[1] == len(expected)
    assert all(len(values) == len(given.tokens) for values in response.scalars.values())


@pytest.mark.parametrize("name", RECIPES)
def test_a_card_answers_questions_that_its_task_has_words_for(name: str):
    card = network_card(name)

    assert {found.question for found in card.telling} <= RECIPES[name].task.tells.keys()
    assert card.reads == RECIPES[name].task.reads


@pytest.mark.parametrize("name", ["sunspots-lstm", "numbers-gru", "digits-lstm", "english-lstm"])
def test_what_is_measured_while_learning_holds_what_the_goal_promises(name: str):
    recipe = RECIPES[name]
    network, goal = recipe.lesson(1).network(), recipe.task.goal

    told = recipe.task.measure(network, None)

    assert told.scalars.keys() >= {"held_out", "score", "unit", *dict(goal.baselines)}
    assert ("sample" in told.sentences) == bool(goal.prompt)
    assert told.sentences.get("sample", "").startswith(goal.prompt)
    assert told.begins
    assert told.says
