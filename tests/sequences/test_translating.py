"""Encoder and decoder against torch.nn modules put together the textbook way."""

import pytest
import torch
from torch import nn

from explorer.sequences.kinds import KINDS, Build, EncoderDecoder, Shape
from explorer.sequences.kinds.translating import END, chosen, taught_from
from explorer.sequences.learning import Layers
from explorer.sequences.padded import padded, read_to_ends
from explorer.sequences.problems.problem import UNKNOWN
from explorer.sequences.stack import Stack

SHAPE = Shape(1, 4, "every", 5, symbols=6, writes=7)
KINDS_THAT_WRITE = [name for name, kind in KINDS.items() if kind.writes]


def drawn(name: str = "attending", cell: str = "lstm") -> EncoderDecoder:
    build = Build(cell=cell, units=5, embedding=3)
    return KINDS[name].draw(SHAPE, build, torch.Generator().manual_seed(1))


def codes(most: int, *shape: int, seed: int = 2) -> torch.Tensor:
    return torch.randint(0, most, shape, generator=torch.Generator().manual_seed(seed))


def layer(network: EncoderDecoder, which: str) -> nn.LSTM:
    found = nn.LSTM(3, 5)
    start = f"{which}."
    known = network.parameters.items()
    found.load_state_dict({k[len(start) :]: v for k, v in known if k.startswith(start)})
    return found


@pytest.mark.parametrize("name", ["translator", "attending", "reversed"])
def test_what_is_said_is_what_torchs_modules_say_put_together_by_the_book(name):
    network, known = drawn(name), drawn(name).parameters
    source, right = codes(6, 5, 1), codes(4, 3, 1, seed=3)
    read = source.flip(0) if name == "reversed" else source

    states, last = layer(network, "encoder")(known["embedding.weight"][read])
    hidden, _ = layer(network, "decoder")(known["written.weight"][right], last)
    if name == "attending":
        context = torch.stack(
            [
                sum(weight * state for weight, state in zip(weights, states[:, 0], strict=True))
                for weights in torch.softmax(hidden[:, 0] @ states[:, 0].T, dim=1)
            ]
        )
        joined = nn.Linear(10, 5, bias=False)
        joined.weight = known["attention.weight"]
        hidden = torch.tanh(joined(torch.cat([context[:, None], hidden], -1)))
    expected = hidden @ known["readout.weight"].T + known["readout.bias"]

    found = network.read(source)
    torch.testing.assert_close(network.write(found, right, found.last)[0].answers, expected)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn_tanh", "lstm_peephole"])
@pytest.mark.parametrize("name", ["attending", "reversed"])
def test_a_padded_batch_is_read_and_written_as_each_sequence_alone(name, cell):
    network = drawn(name, cell)
    sequences = [codes(6, length, seed=length) for length in (2, 5, 1, 5, 3)]
    given = codes(4, 4, 5, seed=3)
    batch, lengths = padded(sequences, steps=7)
    together = network.read(batch, lengths)
    said = network.write(together, given, together.last)[0]

    for place, each in enumerate(sequences):
        alone = network.read(each[:, None])
        own = network.write(alone, given[:, [place]], alone.last)[0]
        torch.testing.assert_close(said.answers[:, [place]], own.answers)
        torch.testing.assert_close(said.attention[:, place, : len(each)], own.attention[:, 0])
        assert not said.attention[:, place, len(each) :].any()
        torch.testing.assert_close(together.states[: len(each), [place]], alone.states)


def test_every_sequence_is_left_in_the_state_of_its_own_end_in_its_own_place():
    network = nn.LSTM(3, 5)
    x, lengths = torch.randn(6, 4, 3), torch.tensor([3, 6, 1, 3])

    hidden, last = read_to_ends(network, x, lengths)
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    states, (ended, memory) = network(packed)

    torch.testing.assert_close(hidden, nn.utils.rnn.pad_packed_sequence(states)[0])
    torch.testing.assert_close(last[0], ended)
    torch.testing.assert_close(last[1], memory)


def test_a_memory_that_is_held_learns_as_packed_sequences_do():
    layers = Layers(Stack.draw("lstm", 3, 5, generator=torch.Generator().manual_seed(0)))
    network = nn.LSTM(3, 5)
    network.load_state_dict(layers.parameters)
    x, lengths = torch.randn(6, 4, 3), torch.tensor([3, 6, 1, 3])
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    states, (ended, memory) = network(packed)
    expected = (nn.utils.rnn.pad_packed_sequence(states)[0], ended, memory)

    hidden, last = read_to_ends(layers, x, lengths)
    found = (hidden, *last)

    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)
    for parts in (found, expected):
        sum(part.sin().sum() for part in parts).backward()
    for name, part in network.named_parameters():
        torch.testing.assert_close(layers.parameters[name].grad, part.grad)


def test_attention_is_a_share_of_each_symbol_and_only_networks_that_attend_have_any():
    source = codes(6, 5, 3)

    looked = drawn().greedy(drawn().read(source), 6).attention

    torch.testing.assert_close(looked.sum(-1), torch.ones(looked.shape[:2]))
    assert not drawn("translator").greedy(drawn("translator").read(source), 6).attention.any()


def test_writing_alone_reads_the_likeliest_symbol_of_the_step_before():
    network, source = drawn(), codes(6, 5, 3)
    read = network.read(source)
    written = network.greedy(read, 6)
    own = taught_from(written.answers.argmax(-1))

    torch.testing.assert_close(network.write(read, own, read.last)[0].answers, written.answers)


def test_without_teacher_forcing_it_is_taught_on_what_it_writes_itself():
    network, source, targets = drawn(), codes(6, 5, 3), codes(4, 6, 3, seed=5)
    rng = torch.Generator().manual_seed(0)

    alone = network.taught(source, None, targets, 0.0, rng)
    forced = network.taught(source, None, targets, 1.0, rng)
    nearly = network.taught(source, None, targets, 1 - 1e-9, rng)
    written = network.greedy(network.read(source), 6).answers

    torch.testing.assert_close(alone[: len(written)], written)
    torch.testing.assert_close(nearly, forced)
    assert not torch.allclose(alone, forced)


def test_the_decoder_reads_an_end_before_the_first_symbol_and_behind_the_last():
    targets = torch.tensor([[3], [0], [UNKNOWN], [UNKNOWN]])

    assert taught_from(targets)[:, 0].tolist() == [END, 3, 0, END]


@pytest.mark.parametrize("name", KINDS_THAT_WRITE)
@pytest.mark.parametrize("cell", ["lstm", "gru", "lstm_peephole"])
def test_the_cells_of_the_laboratory_read_and_write_the_same(name, cell):
    assert drawn(name, cell).by_cells(codes(6, 5, 1), codes(4, 4, 1)) < 1e-6


def test_the_boxes_have_all_numbers_and_attention_costs_what_its_sizes_say():
    for name in KINDS_THAT_WRITE:
        network = drawn(name)
        assert sum(part.parameters for part in network.parts()) == network.size
    plain, attending = drawn("translator"), drawn()

    more = attending.work(5) - plain.work(5)

    assert more == pytest.approx(3e-9 * 7 * (2 * 5 * 5 + 2 * 5 * 5))
    assert attending.size - plain.size == 2 * 5 * 5
    assert plain.size == 6 * 3 + 4 * 3 + 2 * 4 * 5 * (3 + 5 + 2) + 4 * 6


def test_states_are_chosen_in_the_order_asked_for():
    state = (torch.arange(3.0)[None, :, None], 10 + torch.arange(3.0)[None, :, None])

    found = chosen(state, torch.tensor([2, 0, 2]))

    assert [part.flatten().tolist() for part in found] == [[2, 0, 2], [12, 10, 12]]
    assert chosen(state[0], torch.tensor([1])).tolist() == [[[1.0]]]
