"""Trained networks as files: saved, opened, shipped, and nothing believed that a file says."""

import json
import pickle
import struct
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from explorer.networks import shipped as networks
from explorer.networks.shipped import Trained, load_network, network_card, open_network, save
from explorer.networks.tasks import RECIPES
from explorer.networks.tasks.python import python_source
from explorer.sequences import separation, stack_agreement
from explorer.sequences.heldout import excerpts, remembered


@pytest.fixture(scope="module")
def tiny():
    recipe = RECIPES["numbers-lstm"]
    settings = replace(recipe.settings, units=4, batch=4, length=10)
    network, card = replace(recipe, settings=settings).make(2, 0, None)
    return Trained(network, recipe.task.kind, card)


@pytest.fixture
def shipped_file():
    return networks.ASSETS / "characters-lstm.safetensors"


def rewritten(path, source, change_tensors=None, change_about=None):
    """A copy of a network's file with something changed."""
    with safe_open(source, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        about = json.loads(file.metadata()["explorer"])
    (change_tensors or dict.copy)(tensors)
    (change_about or dict.copy)(about)
    save_file(tensors, path, metadata={"explorer": json.dumps(about)})
    return path


def test_a_saved_network_opens_as_the_same_network_with_the_same_card(tiny, tmp_path):
    save(tiny, tmp_path / "new" / "tiny.safetensors")

    opened = open_network(tmp_path / "new" / "tiny.safetensors")

    assert opened.card == tiny.card
    for name, value in tiny.network.state_dict().items():
        assert torch.equal(opened.network.state_dict()[name], value)
    values = (0.1, 0.5, -0.3)
    assert torch.equal(
        opened.network.read(values).predictions, tiny.network.read(values).predictions
    )
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["tiny.safetensors"]


def test_the_same_recipe_makes_the_same_file_byte_for_byte(tmp_path):
    for name in ("numbers-gru", "sunspots-lstm"):
        for file in ("one", "two"):
            networks.make_network(name, tmp_path / file, updates=1)

        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("name", RECIPES)
def test_every_network_of_the_registry_ships_and_agrees_with_torch(name):
    network, task = load_network(name), RECIPES[name].task

    response = task.kind.respond(network, task.material.given(task.material.example))

    assert stack_agreement(response.whole) < 1e-12
    assert network is load_network(name)
    assert (networks.ASSETS / f"{name}.safetensors").stat().st_size < 300_000


@pytest.mark.parametrize("name", RECIPES)
def test_every_card_says_how_the_network_was_made_and_how_good_it_is(name):
    card, network = network_card(name), load_network(name)

    assert card.command == f"python -m explorer train {name} --out assets/{name}.safetensors"
    assert card.updates == RECIPES[name].updates
    assert card.parameters == network.parameters
    assert card.units == network.units
    assert (card.layers, card.both_ways) == (network.stack.depth, network.stack.both_ways)
    assert card.best.score == max(found.score for found in card.telling) > 0.6
    assert f"Unit {card.unit}" in card.sentence
    assert f"{100 * card.best.score:.0f} % of all pairs of one and the other" in card.sentence
    assert card.command in card.description


@pytest.mark.parametrize("name", ["sunspots-lstm", "digits-lstm", "numbers-gru"])
def test_a_card_states_what_can_be_measured_again(name):
    card, again = network_card(name), RECIPES[name].card(load_network(name))

    assert again.loss == pytest.approx(card.loss, rel=1e-4)
    assert [found.unit for found in again.telling] == [found.unit for found in card.telling]
    for found, promised in zip(again.telling, card.telling, strict=True):
        assert found.score == pytest.approx(promised.score, abs=1e-3)


@pytest.mark.parametrize("name", ["characters-gru"])
def test_a_card_of_this_python_states_what_can_be_measured_again(name):
    card, text = network_card(name), python_source()
    if text.sha256 != card.sha256:
        pytest.skip(f"trained on the source of Python {card.python}")

    network = load_network(name)
    read = excerpts(network.vocabulary, text.scoring)
    kept, losses = remembered(network, read.codes)

    assert losses.mean().item() == pytest.approx(card.loss, rel=1e-4)
    for found in card.telling:
        inside, values = read.inside[found.question][:-1], kept[..., found.unit]
        above = separation(values.reshape(-1, 1), inside.ravel())[0]
        score = above if found.high_inside else 1 - above
        assert score == pytest.approx(found.score, abs=1e-3)
    for followed in card.following:
        counted, values = read.amounts[followed.amount][:-1], kept[..., followed.unit]
        correlation = np.corrcoef(values.ravel(), counted.ravel())[0, 1]
        assert correlation == pytest.approx(followed.correlation, abs=1e-3)


def test_an_unknown_name_is_answered_with_the_names_there_are(tmp_path):
    for attempt in (load_network, network_card):
        with pytest.raises(ValueError, match=r"unknown network '\.\./x'; choose from"):
            attempt("../x")
    with pytest.raises(ValueError, match="unknown network"):
        networks.make_network("nobody", tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_answered_with_the_command_that_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "ASSETS", tmp_path)

    with pytest.raises(ValueError, match="missing; make it with python -m explorer train numbers"):
        load_network("numbers-gru")
    assert networks.trouble("numbers-gru").startswith("numbers-gru.safetensors is missing")


def test_a_file_that_holds_another_kind_of_network_than_its_recipe_makes_is_refused(
    tmp_path, monkeypatch
):
    (tmp_path / "numbers-gru.safetensors").write_bytes(
        (networks.ASSETS / "digits-lstm.safetensors").read_bytes()
    )
    assert networks.trouble("numbers-gru") == ""
    monkeypatch.setattr(networks, "ASSETS", tmp_path)

    with pytest.raises(ValueError, match="holds a network of the kind digits, not numbers"):
        load_network("numbers-gru")


class Explosive:
    def __reduce__(self):
        return (exec, ("raise SystemExit('executed')",))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a network",
        pickle.dumps(Explosive()),
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 2) + b"{}",
        b"\x00" * 6_000_000,
    ],
    ids=["empty", "text", "pickle", "huge header", "no tensors", "large"],
)
def test_what_is_no_safetensors_file_is_refused_in_one_sentence(content, tmp_path):
    (tmp_path / "hostile.safetensors").write_bytes(content)

    with pytest.raises(ValueError, match=r"^hostile\.safetensors is not a trained network: \S"):
        open_network(tmp_path / "hostile.safetensors")


def test_a_file_cut_short_anywhere_is_refused(shipped_file, tmp_path):
    whole = shipped_file.read_bytes()
    cut = tmp_path / "cut.safetensors"

    for share in (0.0001, 0.01, 0.5, 0.99, 0.99999):
        cut.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match="is not a trained network"):
            open_network(cut)


def damage(key, change):
    return lambda parts: parts.update({key: change(parts[key])})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (damage("readout.bias", lambda b: b * float("nan")), "must be finite float32"),
        (damage("readout.weight", lambda w: w.half()), "must be finite float32"),
        (
            damage("readout.weight", lambda w: w[:, 1:].contiguous()),
            "readout.weight must be 97×64, not 97×63",
        ),
        (damage("embedding.weight", lambda e: e[:5]), "embedding.weight must be 97×"),
        (damage("recurrent.weight_hh_l0", lambda w: w[:-64]), "weight_ih must have 192 rows"),
        (lambda tensors: tensors.pop("readout.bias"), "it has no 'readout.bias'"),
        (lambda tensors: tensors.pop("recurrent.weight_hh_l0"), "no 'weight_hh_l0' among"),
    ],
)
def test_numbers_that_do_not_fit_are_refused_by_name(change, message, shipped_file, tmp_path):
    path = rewritten(tmp_path / "bent.safetensors", shipped_file, change_tensors=change)

    with pytest.raises(ValueError, match=message):
        open_network(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda about: about.pop("card"), "it has no 'card'"),
        (lambda about: about.update(cell="gru"), "gru needs 3 gates"),
        (lambda about: about.update(cell=["lstm"]), "not a trained network"),
        (lambda about: about.update(kind="pictures"), "unknown kind 'pictures'; choose from 'cha"),
        (lambda about: about.update(kind="numbers"), "it reads 32 numbers a step instead of one"),
        (lambda about: about.update(kind="digits"), "it reads 32 numbers a step instead of 8"),
        (lambda about: about.update(vocabulary="abc"), "must be 4×"),
        (lambda about: about.update(vocabulary=7), "vocabulary must be a str, not '7'"),
        (lambda about: about.update(card=[1]), "not a trained network"),
        (lambda about: about["card"].update(loss="low"), "loss must be a float, not 'low'"),
        (lambda about: about["card"].update(telling=[]), "must name units between 0 and 63"),
        (lambda about: about["card"]["telling"][0].update(unit=64), "between 0 and 63"),
        (lambda about: about["card"]["telling"][0].update(layer=1), "layer must be between 0 and"),
        (lambda about: about["card"].update(loss=float("nan")), "it holds NaN"),
    ],
)
def test_words_that_do_not_fit_are_refused_by_name(change, message, shipped_file, tmp_path):
    path = rewritten(tmp_path / "bent.safetensors", shipped_file, change_about=change)

    with pytest.raises(ValueError, match=message):
        open_network(path)


def test_a_file_without_a_card_or_with_a_bottomless_one_is_refused(shipped_file, tmp_path):
    with safe_open(shipped_file, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    path = tmp_path / "bare.safetensors"

    for metadata in (None, {"explorer": "{"}, {"explorer": "[" * 100_000}, {"explorer": "null"}):
        save_file(tensors, path, metadata=metadata)
        with pytest.raises(ValueError, match="is not a trained network"):
            open_network(path)


def test_a_card_tells_the_direction_of_its_unit(tiny):
    low = replace(tiny.card.best, high_inside=False, score=0.81, unit=3)

    card = replace(tiny.card, telling=(low,))

    assert (
        "Unit 3 tells rising from falling in 81 % of all pairs of one and the other, on waves it "
        "never saw" in card.sentence
    )
    assert "low there" in card.description


def test_a_file_from_before_cards_knew_layers_still_opens(shipped_file, tmp_path):
    def older(about):
        for name in ("layers", "both_ways", "held_out"):
            about["card"].pop(name)
        for found in about["card"]["telling"] + about["card"]["following"]:
            for name in ("layer", "way", "error"):
                if name != "error" or "correlation" in found:
                    found.pop(name)

    opened = open_network(rewritten(tmp_path / "old.safetensors", shipped_file, change_about=older))

    assert opened.card.layers == 1
    assert opened.card.best.unit == network_card("characters-lstm").best.unit
    for name, value in load_network("characters-lstm").state_dict().items():
        assert torch.equal(opened.network.state_dict()[name], value)


@pytest.mark.parametrize(
    ("change_tensors", "change_about", "message"),
    [
        (damage("example", lambda e: e.float()), None, "example must be finite float64"),
        (damage("example", lambda e: e.repeat(2)), None, "at most 500 numbers in a row"),
        (None, lambda about: about.update(learned=309), "learned must be between 1 and 308"),
        (None, lambda about: about.update(scale=0.0), "scale must be above 0"),
        (None, lambda about: about.update(scale="big"), "scale must be a float"),
    ],
)
def test_a_series_that_does_not_fit_is_refused_by_name(
    change_tensors, change_about, message, tmp_path
):
    source = networks.ASSETS / "sunspots-lstm.safetensors"
    path = rewritten(tmp_path / "bent.safetensors", source, change_tensors, change_about)

    with pytest.raises(ValueError, match=message):
        open_network(path)


def test_cards_name_layers_and_directions(tiny):
    found = replace(tiny.card.best, unit=3, score=0.81, layer=1, way=1)
    card = replace(tiny.card, layers=2, both_ways=True, telling=(found,))

    assert "LSTM of 2 layers both ways, 4 units each," in card.sentence
    assert "Unit 3 of layer 2, backward, tells rising" in card.sentence
