"""Kinds of networks in files: a file says its kind, and older ones are told by how they lie."""

import json

import pytest
from safetensors import safe_open
from safetensors.torch import save

from explorer.networks.shipped import ASSETS, load_network
from explorer.networks.tasks import RECIPES
from explorer.networks.trained import read_network

PICKED = ("characters-lstm", "english-lstm", "numbers-gru", "sunspots-lstm", "digits-lstm")


def content(name, change_tensors=None, change_about=None):
    """The content of a shipped file with something changed."""
    with safe_open(ASSETS / f"{name}.safetensors", framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        about = json.loads(file.metadata()["explorer"])
    (change_tensors or dict.copy)(tensors)
    (change_about or dict.copy)(about)
    return save(tensors, metadata={"explorer": json.dumps(about)})


@pytest.mark.parametrize("name", PICKED)
def test_a_file_under_any_name_is_what_it_says_it_is(name):
    held = read_network("anything at all", content(name))

    assert held.kind is RECIPES[name].task.kind
    assert type(held.network) is type(load_network(name))


@pytest.mark.parametrize("name", PICKED)
def test_a_file_that_does_not_say_its_kind_is_told_by_how_it_lies(name):
    held = read_network("old", content(name, change_about=lambda about: about.pop("kind")))

    assert held.kind is RECIPES[name].task.kind
    for key, value in load_network(name).state_dict().items():
        assert held.network.state_dict()[key].equal(value)


def test_a_file_of_no_known_layout_is_refused_with_what_was_found():
    def without(about):
        about.pop("kind")
        about.pop("reach")

    message = (
        r"^x is not a trained network: it does not say its kind, and what it holds "
        r"\(cell, readout, recurrent\) is that of none of characters, numbers, digits$"
    )
    with pytest.raises(ValueError, match=message):
        read_network("x", content("numbers-gru", change_about=without))


def test_a_file_of_two_layouts_at_once_is_refused():
    def both(about):
        about.pop("kind")
        about["reach"] = 1.0
        about["vocabulary"] = "ab"

    def readout(tensors):
        tensors["embedding.weight"] = tensors["recurrent.weight_ih_l0"].clone()

    with pytest.raises(ValueError, match="is that of characters and numbers"):
        read_network("x", content("numbers-gru", readout, both))


def test_a_card_from_before_amounts_were_followed_still_opens():
    held = read_network(
        "old", content("numbers-lstm", change_about=lambda about: about["card"].pop("following"))
    )

    assert held.card.following == ()
    assert "rising from falling" in held.card.sentence


def test_a_card_that_answers_what_nobody_asks_is_refused_by_its_question():
    def strange(about):
        about["card"]["telling"][0]["question"] = "a rhyme"

    with pytest.raises(ValueError, match=r"no task of the kind numbers asks .*: 'a rhyme'"):
        read_network("x", content("numbers-lstm", change_about=strange))
