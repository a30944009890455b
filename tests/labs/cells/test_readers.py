"""Who reads what: only what is here is offered, and what replaces the rest is said."""

import io
from collections import OrderedDict
from dataclasses import replace

import pytest
import torch

from explorer.labs.cells import CellLab, read
from explorer.labs.cells.readers import (
    able,
    here,
    material_of,
    offered,
    reader,
    squashes,
    task_of,
)
from explorer.labs.cells.settings import READS
from explorer.networks import shelf, shipped
from explorer.networks.shelf import keep
from explorer.networks.tasks import RECIPES, TASKS
from explorer.networks.uploads import Upload, opened


def brought(inputs: int) -> str:
    """Return the mark of an uploaded file with one LSTM that nobody knows more of."""
    with torch.random.fork_rng():
        layer = torch.nn.LSTM(inputs, 5)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    return keep(opened("mine.pt", file.getvalue()))


def learned(name: str) -> str:
    """Return the mark of a network that was made here and put on the shelf."""
    return keep(Upload(name, "this laboratory", (), (), shipped.shipped(name)))


def test_a_shelf_keeps_the_newest_and_a_network_that_was_brought_twice_stands_there_once(
    monkeypatch,
):
    monkeypatch.setattr(shelf, "_shelf", OrderedDict())
    monkeypatch.setattr(shelf, "MOST_UPLOADS", 2)
    path = shipped.asset("characters-gru")

    for mark in ("a", "b", "a", "c"):
        shelf.take(f"{mark} my own file.safetensors", path.read_bytes())

    assert shelf.kept("a") is None
    assert shelf.kept("b") is not None
    assert shelf.kept("c").name == "my own file.safetensors"
    assert shelf.kept("c").trained.card == shipped.network_card("characters-gru")


def test_a_shelf_holds_few_large_networks(monkeypatch):
    monkeypatch.setattr(shelf, "_shelf", OrderedDict())
    monkeypatch.setattr(shelf, "MOST_NUMBERS", 1_000)

    small = [brought(3) for _ in range(5)]  # 200 numbers each
    large = brought(60)  # 1,340
    assert [mark for mark in (*small, large) if shelf.kept(mark)] == [large]

    after = [brought(3) for _ in range(6)]
    assert [mark for mark in (*small, large, *after) if shelf.kept(mark)] == after[1:]


def test_an_uploaded_plain_rnn_reads_with_the_activation_of_the_settings():
    with torch.random.fork_rng():
        layer = torch.nn.RNN(3, 5, num_layers=2, nonlinearity="relu")
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    mark = keep(opened("mine.pt", file.getvalue()))
    asked = CellLab(reads="yours", upload=mark)

    for squash in ("tanh", "relu"):
        seen = read(replace(asked, squash=squash))
        with torch.no_grad():
            layer.nonlinearity, layer.mode = squash, f"RNN_{squash.upper()}"
            theirs = layer.double()(seen.reader.given.x)[0]
        assert seen.cell == f"rnn_{squash}"
        assert (seen.outcome.whole.hidden - theirs).abs().max() < 1e-12
        assert seen.reader.assumed == (f"The file does not say tanh or relu; {squash} is assumed.",)
    assert squashes(asked) == squashes(replace(asked, squash="relu")) == ("tanh", "relu")
    assert squashes(CellLab(reads="yours", upload=brought(3))) == ()
    assert squashes(CellLab(reads="yours", upload=learned("numbers-gru"))) == ()
    assert squashes(CellLab()) == ()


def test_a_shelf_holds_so_many_numbers_and_the_newest_network_whatever_its_size(monkeypatch):
    monkeypatch.setattr(shelf, "_shelf", OrderedDict())
    first, second = brought(3), brought(4)
    assert shelf.kept(first).numbers == 4 * 5 * (3 + 5 + 2)
    both = shelf.kept(first).numbers + shelf.kept(second).numbers
    monkeypatch.setattr(shelf, "MOST_NUMBERS", both)

    third = brought(2)

    assert [shelf.kept(mark) is None for mark in (first, second, third)] == [True, False, False]
    monkeypatch.setattr(shelf, "MOST_NUMBERS", 1)
    fourth = brought(9)
    assert [shelf.kept(mark) is None for mark in (second, third, fourth)] == [True, True, False]


def test_all_that_is_here_is_offered_and_nothing_needs_a_word():
    assert offered("") == tuple(reads for reads in READS if reads != "yours")
    assert offered(brought(3)) == tuple(READS)
    for reads in offered(""):
        for cell in able(reads):
            found = here(reads, cell, "", 0)
            assert (found.reads, found.cell, found.why) == (reads, cell, "")


@pytest.mark.parametrize("gone", RECIPES)
def test_without_one_network_everything_that_is_asked_for_can_be_read(gone, tmp_path, monkeypatch):
    for name in RECIPES.keys() - {gone}:
        path = shipped.asset(name)
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr(shipped, "ASSETS", tmp_path)
    recipe = RECIPES[gone]

    found = here(recipe.task.name, recipe.settings.cell, "", 0)

    assert found.why.startswith(f"The file {gone}.safetensors is missing; make it with python -m")
    assert found.cell in able(found.reads)
    assert reader(CellLab(reads=found.reads, cell=found.cell)).network is not None


def test_cells_of_one_input_read_the_typed_numbers_as_they_are():
    settings = CellLab(reads="yours", upload=brought(1), numbers="1 -2 3.5")

    seen = read(settings)

    assert material_of(settings) is TASKS["waves"].material
    assert [frame.scalars["input/value"] for frame in seen.frames] == [1, -2, 3.5]
    assert seen.reader.clock == "value"
    assert "prediction" not in seen.outcome.scalars  # nobody reads a forecast out of them
    assert seen.difference < 1e-12


def test_cells_of_several_inputs_read_noise():
    settings = CellLab(reads="yours", upload=brought(3), steps=7)

    assert material_of(settings) is None
    assert len(read(settings).frames) == 7


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="part must be between 0 and 0 here, not 1"):
        reader(CellLab(reads="yours", upload=brought(3), part=1))


@pytest.mark.parametrize("name", ["english-lstm", "sunspots-lstm", "digits-lstm"])
def test_a_network_made_here_is_given_what_its_task_reads(name: str):
    task = RECIPES[name].task
    settings = CellLab(reads="yours", upload=learned(name))

    who = reader(settings)

    assert material_of(settings) is task.material
    assert who.given.tokens == task.material.given(task.material.example).tokens
    assert task_of(shipped.shipped(name)) is task


def test_a_network_that_gives_another_kind_s_name_is_read_as_its_own_kind():
    held = shipped.shipped("digits-lstm")
    strange = replace(held, card=replace(held.card, name="sunspots-lstm"))

    assert task_of(strange) is TASKS["digits"]


def test_what_shared_dials_say_is_the_example_until_somebody_types():
    own = replace(TASKS["waves"].material, setting="given", example="1 2")

    assert CellLab().said(own) == "1 2"
    assert CellLab(given="3").said(own) == "3"
    assert CellLab(numbers="4").said(TASKS["waves"].material) == "4"


def test_a_number_that_only_another_task_has_is_refused_for_an_uploaded_network(monkeypatch):
    recipe = RECIPES["digits-lstm"]
    own = replace(recipe.task.material, setting="which")
    monkeypatch.setitem(
        RECIPES, recipe.name, replace(recipe, task=replace(recipe.task, material=own))
    )

    with pytest.raises(ValueError, match="which must be between 0 and 1796, not 5000"):
        reader(CellLab(reads="yours", upload=learned(recipe.name), which=5_000))
