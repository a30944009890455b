"""Every kind of network against torch's own layers, and what no kind may do."""

import pytest
import torch
from torch import nn

from explorer.sequences.kinds import KINDS, Build, Recurrent, Shape
from explorer.sequences.kinds.registry import as_large
from explorer.sequences.padded import padded
from explorer.sequences.stack import read_stack

EVERY = Shape(inputs=1, answers=4, reads="every", length=6, symbols=7)
END = Shape(inputs=3, answers=4, reads="end", length=6)
ANYWHERE = [name for name, kind in KINDS.items() if not (kind.pictures or kind.writes)]
"""Kinds that any task can be learned by."""
BUILD = Build(units=5, layers=3, embedding=2, window=3)


def drawn(name: str, shape: Shape, build: Build = BUILD):
    return KINDS[name].draw(shape, build, torch.Generator().manual_seed(1))


def codes(*shape: int) -> torch.Tensor:
    return torch.randint(0, 7, shape, generator=torch.Generator().manual_seed(2))


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("vanilla", {}),
        ("both", {"bidirectional": True}),
        ("stacked", {"num_layers": 3}),
        ("wide", {}),
    ],
)
def test_a_recurrent_kind_is_torchs_layer_between_an_embedding_and_a_line(name, options):
    network = drawn(name, EVERY)
    known = dict(network.parameters)
    layer = nn.LSTM(2, len(known["recurrent.weight_hh_l0"][0]), **options)
    layer.load_state_dict(
        {k.removeprefix("recurrent."): v for k, v in known.items() if k.startswith("recurrent.")}
    )
    read = codes(6, 2)

    hidden, _ = layer(known["embedding.weight"][read])
    expected = hidden @ known["readout.weight"].T + known["readout.bias"]

    torch.testing.assert_close(network(read), expected)


def test_at_the_end_each_direction_is_read_where_it_has_read_everything():
    network = drawn("both", END)
    known = network.parameters
    layer = nn.LSTM(3, 5, bidirectional=True)
    layer.load_state_dict(
        {k.removeprefix("recurrent."): v for k, v in known.items() if k.startswith("recurrent.")}
    )

    _, (last, _) = layer(numbers(6, 2, 3))
    expected = torch.cat((last[0], last[1]), -1) @ known["readout.weight"].T

    torch.testing.assert_close(network(numbers(6, 2, 3)), expected + known["readout.bias"])


def test_the_sum_of_both_ways_is_a_readout_with_its_weights_twice():
    network, beside = drawn("both_summed", END), drawn("both", END)
    for name, part in beside.parameters.items():
        if name.startswith("recurrent."):
            part.data = network.parameters[name].data
    weight = network.parameters["readout.weight"].data
    beside.parameters["readout.weight"].data.copy_(torch.cat((weight, weight), -1))

    torch.testing.assert_close(network(numbers(6, 2, 3)), beside(numbers(6, 2, 3)))


def test_the_mean_kind_reads_the_mean_of_its_own_states():
    network = drawn("averaged", END)
    inputs, lengths = padded([numbers(6, 3), numbers(2, 3)])
    (states,) = network.hidden(inputs[:2, 1:])
    known = network.parameters

    expected = states.mean(0) @ known["readout.weight"].T + known["readout.bias"]

    torch.testing.assert_close(network(inputs, lengths)[1:], expected)


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_padded_batch_says_what_each_sequence_alone_says(name):
    network = drawn(name, END)
    sequences = [numbers(6, 3), numbers(4, 3) + 1, numbers(1, 3) - 1]
    batch, lengths = padded(sequences, steps=9)

    together = network(batch, lengths)
    alone = torch.cat([network(each[:, None]) for each in sequences])

    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("name", [name for name in ANYWHERE if not name.startswith("both")])
def test_who_reads_forward_cannot_know_what_comes(name):
    network = drawn(name, EVERY)
    read = codes(6, 1)
    other = read.clone()
    other[4:] = (other[4:] + 1) % 7

    torch.testing.assert_close(network(read)[:4], network(other)[:4])
    assert not torch.allclose(network(read)[4:], network(other)[4:])


def test_who_reads_both_ways_knows_what_comes_and_back_to_front_is_the_other_direction():
    network = drawn("both", EVERY)
    read = codes(6, 1)
    other = read.clone()
    other[5] = (other[5] + 1) % 7
    assert not torch.allclose(network(read)[0], network(other)[0])

    there, back = network.hidden(read)
    known = network.parameters
    for name in [name for name in known if name.endswith("_l0")]:
        swapped = known[name].data.clone()
        known[name].data.copy_(known[f"{name}_reverse"].data)
        known[f"{name}_reverse"].data.copy_(swapped)
    swapped_there, swapped_back = network.hidden(read.flip(0))

    torch.testing.assert_close(swapped_there.flip(0), back)
    torch.testing.assert_close(swapped_back.flip(0), there)


def test_the_convolution_is_torchs_with_zeros_before_the_first_step():
    network = drawn("convolved", END)
    known = network.parameters
    inputs = numbers(6, 2, 3)

    before = torch.cat((torch.zeros(4, 2, 3), inputs)).permute(1, 2, 0)
    filters = nn.functional.conv1d(
        before, known["convolution.weight"], known["convolution.bias"]
    ).relu()

    torch.testing.assert_close(network.arriving(inputs), filters.permute(2, 0, 1))


def test_the_window_is_a_perceptron_of_the_last_steps():
    network = drawn("window", END)
    known = network.parameters
    inputs = numbers(6, 2, 3)

    seen = torch.cat(tuple(inputs[-3:]), -1)
    hidden = (seen @ known["hidden.weight"].T + known["hidden.bias"]).relu()
    expected = hidden @ known["readout.weight"].T + known["readout.bias"]

    torch.testing.assert_close(network(inputs), expected)


@pytest.mark.parametrize("name", ANYWHERE)
@pytest.mark.parametrize("shape", [EVERY, END], ids=["every", "end"])
def test_the_boxes_of_a_network_count_all_that_it_learns(name, shape):
    network = drawn(name, shape)

    assert sum(part.parameters for part in network.parts()) == network.size


def test_the_published_counts_of_gates_hold():
    assert drawn("vanilla", END).size == 4 * 5 * (3 + 5 + 2) + 4 * (5 + 1)
    assert drawn("gru", END).size == 3 * 5 * (3 + 5 + 2) + 4 * (5 + 1)
    assert drawn("rnn", END).size == 5 * (3 + 5 + 2) + 4 * (5 + 1)
    assert drawn("peephole", END).size == drawn("vanilla", END).size + 3 * 5


def test_an_update_is_three_times_the_multiplications_of_the_way_there():
    there = 6 * (4 * 5 * (3 + 5)) + 4 * 5

    assert drawn("vanilla", END).work(6) == pytest.approx(3 * there / 1e9)


def test_the_wide_network_is_as_large_as_the_one_of_both_ways_but_not_larger():
    units = as_large(END, BUILD)

    sizes = [Recurrent(END, Build(units=u), torch.Generator()).size for u in (units, units + 1)]

    assert sizes[0] <= drawn("both", END).size < sizes[1]
    assert drawn("wide", END).size == sizes[0]


@pytest.mark.parametrize("name", ["vanilla", "both", "stacked", "gru", "peephole", "rnn"])
def test_the_cells_of_the_laboratory_compute_what_was_learned(name):
    network = drawn(name, END)
    inputs = numbers(6, 2, 3)

    seen = read_stack(network.stack(), network.arriving(inputs))

    torch.testing.assert_close(seen.hidden, torch.cat(network.hidden(inputs), -1))


def test_dropout_needs_a_generator_keeps_the_mean_and_is_drawn_from_it():
    network = drawn("stacked", END, Build(units=200, layers=2, dropout=0.5))
    inputs = numbers(6, 1, 3)

    quiet = network(inputs)
    noisy = [network(inputs, None, torch.Generator().manual_seed(k)) for k in (0, 0, 1)]

    torch.testing.assert_close(quiet, network(inputs))
    torch.testing.assert_close(noisy[0], noisy[1])
    assert not torch.allclose(noisy[0], noisy[2])
    assert not torch.allclose(noisy[0], quiet)


def test_dropout_leaves_out_its_share_and_lets_the_others_grow():
    from explorer.sequences.kinds.kind import thinned

    left = thinned(torch.ones(10_000), 0.25, torch.Generator().manual_seed(0))

    assert float((left == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert left.max() == pytest.approx(1 / 0.75)
