"""Networks that read text: probabilities, unknown characters, causality."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cells import CELLS as KINDS
from explorer.cells import Clamp, InputEdit, Surgery, WeightEdit
from explorer.sequences import CharacterNetwork, Vocabulary, stack_agreement
from explorer.sequences.characters import fresh_characters
from explorer.sequences.stack import Stack, fused

LETTERS = "\n" + "".join(map(chr, range(32, 127)))
CELLS = ("rnn_tanh", "lstm", "gru")


def a_network(cell="lstm", seed=0, layers=1):
    rng = torch.Generator().manual_seed(seed)
    return fresh_characters(cell, Vocabulary(LETTERS), 12, 5, 1.0, rng, layers)


def by_torch(network, codes):
    """Next-character probabilities of the same network built of torch's own modules."""
    embedding = torch.nn.Embedding.from_pretrained(network.embedding)
    recurrent = fused(network.stack)
    readout = torch.nn.Linear(12, len(network.vocabulary))
    readout.load_state_dict({"weight": network.readout, "bias": network.readout_bias})
    with torch.no_grad():
        modules = embedding.double(), recurrent.double(), readout.double()
        return modules[2](modules[1](modules[0](codes))[0]).softmax(dim=-1)


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_a_reading_is_what_the_same_modules_of_torch_compute(cell, layers):
    network = a_network(cell, layers=layers)

    reading = network.read("for x in range(3): print(x)")

    assert (reading.probabilities - by_torch(network, reading.codes)).abs().max() < 1e-14
    assert stack_agreement(reading.trace) < 1e-14


@settings(deadline=None)
@given(text=st.text(min_size=1, max_size=40))
def test_whatever_is_read_probabilities_sum_to_one(text):
    reading = a_network().read(text)

    torch.testing.assert_close(
        reading.probabilities.sum(dim=1), torch.ones(len(text), dtype=torch.float64)
    )
    assert len(reading.surprise) == len(text) - 1
    assert (reading.surprise >= 0).all()


def test_surprise_is_what_the_character_that_came_cost():
    network = a_network()
    reading = network.read("abc")

    b = network.vocabulary.encode("b").item()

    assert reading.surprise[0].exp().item() == pytest.approx(1 / reading.probabilities[0, b].item())


@pytest.mark.parametrize("cell", CELLS)
def test_a_later_character_changes_nothing_earlier_not_even_a_bit(cell):
    network = a_network(cell)

    one, other = network.read("x = f(1) + 2"), network.read("x = f(9) + 2")

    assert torch.equal(one.probabilities[:6], other.probabilities[:6])
    assert not torch.equal(one.probabilities[6], other.probabilities[6])
    first, second = one.trace.traces[0][0].states, other.trace.traces[0][0].states
    for name, values in first.items():
        assert torch.equal(values[:6], second[name][:6])


def test_the_likeliest_next_characters_are_named_in_order():
    network = a_network()
    reading = network.read("print")

    named = reading.expected(2, most=3)

    shares = [share for _, share in named]
    ours = reading.probabilities[2]
    assert shares == sorted(ours.tolist(), reverse=True)[:3]
    for character, share in named:
        assert ours[network.vocabulary.encode(character)].item() == share


def test_unknown_characters_are_reported_once_and_read_as_the_stand_in():
    network = a_network()

    strange, plain = network.read("a\tb€\t"), network.read("a�b��")

    assert strange.unknown == ("\t", "€")
    assert torch.equal(strange.probabilities, plain.probabilities)
    assert network.read("plain text").unknown == ()


def test_half_a_surrogate_pair_is_only_one_more_unknown_character():
    assert a_network().read("a\ud800b").unknown == ("\ud800",)


def test_what_is_learned_loads_into_the_modules_of_torch_by_name():
    network = a_network("gru")
    modules = torch.nn.ModuleDict(
        {
            "embedding": torch.nn.Embedding(97, 5),
            "recurrent": torch.nn.GRU(5, 12),
            "readout": torch.nn.Linear(12, 97),
        }
    )

    modules.load_state_dict(network.state_dict())

    assert network.parameters == sum(p.numel() for p in modules.parameters())


@given(st.text(alphabet=LETTERS))
def test_known_characters_keep_their_identity(text):
    vocabulary = Vocabulary(LETTERS)

    assert "".join(vocabulary[int(code)] for code in vocabulary.encode(text)) == text
    assert vocabulary.unknown(text) == ()


def test_a_vocabulary_has_what_occurs_often_enough():
    vocabulary = Vocabulary.of("b" * 5 + "a" * 4 + "c" * 3 + "�" * 9, at_least=4)

    assert vocabulary.characters == "ab"
    assert vocabulary.encode("abc").tolist() == [0, 1, 2]
    assert vocabulary[2] == "�"


@pytest.mark.parametrize("characters", ["", "ba", "aa", "a�"])
def test_a_vocabulary_is_distinct_characters_in_order(characters):
    with pytest.raises(ValueError, match="distinct characters in order"):
        Vocabulary(characters)


def test_the_precision_of_a_network_can_be_raised_without_changing_it():
    network = a_network()

    precise = network.to(torch.float64)

    assert isinstance(precise, CharacterNetwork)
    for name, value in network.state_dict().items():
        assert torch.equal(precise.state_dict()[name], value.double())


SURGERIES = {
    "nothing": None,
    "a clamp": Surgery(clamps=(Clamp("hidden", (3,), 2, 4, 0.9),)),
    "edits": Surgery(edits=(WeightEdit("weight_hh", 1, 2, 0.7),), inputs=(InputEdit(3, 0, 2.0),)),
}


@pytest.mark.parametrize("done", SURGERIES)
@pytest.mark.parametrize("at", [(0, 0), (1, 0)])
@pytest.mark.parametrize("cell", KINDS)
def test_character_by_character_it_expects_what_it_does_in_one_go(cell, at, done):
    network = a_network(cell, layers=2)
    reading = network.read("x = f(1)", SURGERIES[done], at)

    carry, found = network.begin(), []
    for code in reading.codes.tolist():
        expected, carry = network.next(code, carry, SURGERIES[done], at)
        found.append(expected)

    torch.testing.assert_close(torch.stack(found), reading.log_probabilities, atol=1e-13, rtol=0)
    assert carry.steps == 8
    if SURGERIES[done]:
        plain = network.read("x = f(1)").log_probabilities
        changed = (reading.log_probabilities != plain).any(dim=1)
        assert changed[4:].all()


def test_a_surgery_in_a_layer_that_is_not_there_is_refused():
    network, done = a_network(), SURGERIES["a clamp"]

    with pytest.raises(ValueError, match="layer must be between 0 and 0"):
        network.read("x = f(1)", done, (1, 0))
    with pytest.raises(ValueError, match="layer must be between 0 and 0"):
        network.next(3, network.begin(), done, (1, 0))


def test_a_network_that_would_see_the_answer_is_refused():
    network, rng = a_network(), torch.Generator().manual_seed(0)
    both = Stack.draw("gru", 5, 12, 1, True, rng)

    with pytest.raises(ValueError, match="cannot read backward"):
        CharacterNetwork(
            network.vocabulary, network.embedding, both, network.readout, network.readout_bias
        )
