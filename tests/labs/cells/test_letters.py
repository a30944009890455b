"""A network that somebody brought reads a typed text in every view, as the shipped ones do."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from explorer.labs.cells import CellLab, read
from explorer.labs.cells.letters import beginning, check_text, example, room
from explorer.labs.cells.operated import operate
from explorer.labs.cells.readers import brought, material_of, own_writer, readable
from explorer.labs.cells.standing import standing
from explorer.labs.cells.written import written
from explorer.networks.shelf import keep
from explorer.networks.uploads import opened
from explorer.sequences.alphabet import Alphabet
from explorer.sequences.saliency import saliency

LETTERS = "abcdefghijklmnopqrstuvwxyz .,\n'"


def talker(units: int = 8, rows: int = len(LETTERS)) -> dict[str, torch.Tensor]:
    """Return the numbers of a character network as it is usually written."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        parts = {
            "embedding": nn.Embedding(rows, 6),
            "lstm": nn.LSTM(6, units, 2),
            "fc": nn.Linear(units, rows),
        }
    return nn.ModuleDict(parts).state_dict()


def mark(**beside: object) -> str:
    """Return the mark of an uploaded talker with this beside its weights."""
    file = io.BytesIO()
    torch.save({"model": talker(), **beside}, file)
    return keep(opened("talker.pt", file.getvalue()))


def yours(**said: object) -> CellLab:
    return CellLab(**{"reads": "yours", "upload": mark(alphabet=LETTERS), **said})


def test_a_typed_text_is_read_letter_by_letter_and_the_next_one_is_expected():
    settings = yours(given="the cat,↵sat")

    seen = read(settings)

    assert seen.reader.tokens == tuple("the cat,\nsat")
    assert seen.reader.clock == "character"
    assert seen.vocabulary == tuple(LETTERS)
    network = own_writer(settings)
    likeliest = network.read("the cat,\nsat").probabilities.topk(5)
    shown = [frame.arrays["next/index"].tolist() for frame in seen.frames]
    assert shown == likeliest.indices.tolist()
    assert seen.difference < 1e-12


def test_nothing_typed_is_an_example_in_its_own_letters():
    assert read(yours()).reader.text.startswith("the quick brown fox")
    assert example(Alphabet("01")) == "01" * 12
    assert beginning(Alphabet("eht ")) == "the "
    assert set(example(Alphabet("QWERTZ\N{SYMBOL FOR NULL}", None))) <= set("QWERTZ␀")


def test_letters_that_it_does_not_know_are_refused_by_name_and_the_last_text_stays():
    last = yours(given="as it was")
    now = replace(last, given="Así")

    with pytest.raises(ValueError, match="has no “A”, “í”, and no code for unknown letters"):
        read(now)
    assert readable(now, last) == last
    assert readable(now) == replace(last, given="")


def test_with_a_code_for_unknown_letters_they_are_read_and_said():
    codes = {letter: code for code, letter in enumerate(LETTERS[:-1])} | {"<unk>": 30}
    seen = read(CellLab(reads="yours", upload=mark(stoi=codes), given="aXbX"))

    assert seen.unknown == ("X",)
    embedding = talker()["embedding.weight"].double()
    assert torch.equal(seen.outcome.whole.traces[0][0].x, embedding[[0, 30, 1, 30]])


def test_an_alphabet_that_is_typed_in_will_do_and_one_that_does_not_fit_is_said():
    bare = CellLab(reads="yours", upload=mark())
    short = replace(bare, alphabet=LETTERS[:-1].replace("\n", "↵"))
    right = replace(bare, alphabet=LETTERS.replace("\n", "↵"))

    assert material_of(bare) is material_of(short) is None  # numbers in, as for any other
    assert "type its alphabet" in brought(bare)
    assert "31 rows, 30 letters" in brought(short)
    assert brought(right).alphabet.characters == LETTERS
    assert read(right).reader.text == read(yours()).reader.text


def test_a_hand_on_it_changes_what_it_writes_next():
    settings = yours(given="the cat sat", hold="cell", value=3.0, everyone=True, first=2, last=9)

    found = operate(settings, 0)

    assert found.moved > 1
    assert [len(text) for text in found.texts] == [60, 60]
    assert found.texts[0] != found.texts[1]


def test_it_writes_alone_and_says_what_each_letter_rests_on():
    settings = yours(view="writing", prompt="the ", length=20, temperature=0.0)

    found = written(settings)

    network = own_writer(settings)
    assert found.cells == ("lstm",)
    assert found.text.startswith("the ")
    assert len(found.text) == 24
    surprise = network.read(found.text).surprise
    assert found.cost["lstm"] == pytest.approx(float(surprise.mean()))
    came = [frame.scalars["lstm/next/came"] for frame in found.frames[1:]]
    assert came == pytest.approx((-surprise).exp().tolist())
    rests = np.stack([frame.arrays["lstm/saliency"][:-1] for frame in found.frames[1:]])
    expected = saliency(network, found.text).matrix.numpy()
    assert np.abs(rests - expected).max() < 1e-6
    assert f"{math.log(31):.2f}" in found.frames[0].sentences["look"]


def test_what_would_take_too_long_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr("explorer.labs.cells.written.MOST_WORK", 10.0)

    found = written(yours(view="writing", prompt="the ", length=21))

    assert "left out: for 25 letters" in found.frames[3].sentences["says"]
    assert "Point at" not in found.frames[3].sentences["look"]
    assert not any(frame.arrays["lstm/saliency"].any() for frame in found.frames)


def test_a_prompt_that_it_cannot_read_is_turned_to_one_that_it_can_and_said():
    typed = standing(yours(view="writing", prompt="X := 1"))
    untouched = standing(yours(view="writing"))
    good = standing(yours(view="writing", prompt="a cat"))

    assert typed.settings.prompt == "the "
    assert "has no “X”, “:”, “=”, “1”" in typed.why[0]
    assert (good.settings.prompt, good.why, good.notes) == ("a cat", (), ())
    assert untouched == standing(untouched.settings)  # ours can be written after


def test_a_network_that_does_not_write_says_why_and_ours_write():
    found = standing(CellLab(view="writing", reads="yours", upload=mark()))

    assert found.notes[-1].startswith("Your network does not write: it has what reads and what")
    assert own_writer(found.settings) is None
    assert found.settings.cell == "lstm"


def test_a_large_network_is_given_as_many_letters_as_a_page_records(monkeypatch):
    monkeypatch.setattr("explorer.labs.cells.letters.MOST_CELLS_OF_A_TRACE", 80)
    monkeypatch.setattr("explorer.labs.cells.letters.MOST_PRODUCTS", 9_000)
    settings = yours()
    network = own_writer(settings)

    check_text(network, "a" * 10)
    with pytest.raises(ValueError, match="at most 10 letters here, as the network has 8 units"):
        check_text(network, "a" * 11)
    assert room(network, "ab") == 9_000 // network.parameters
    longer = standing(replace(settings, view="writing", prompt="ab", length=100))
    assert longer.settings.length == room(network, "ab")
    assert "weights it writes up to" in longer.why[0]
