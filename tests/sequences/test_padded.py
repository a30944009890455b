"""Padding changes nothing, and a way back begins at each sequence's own end."""

import pytest
import torch

from explorer.sequences.padded import flipped, last_of, mask, mean_of, padded, windowed

SEQUENCES = [torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[4.0]])]


def test_a_batch_is_filled_up_with_zeros_behind_each_end():
    batch, lengths = padded(SEQUENCES, steps=4)

    assert batch[..., 0].T.tolist() == [[1, 2, 3, 0], [4, 0, 0, 0]]
    assert lengths.tolist() == [3, 1]
    assert mask(lengths, 4).T.tolist() == [[True, True, True, False], [True, False, False, False]]


def test_a_sequence_is_flipped_within_its_own_length():
    batch, lengths = padded(SEQUENCES, steps=4)

    back = flipped(batch, lengths)

    assert back[..., 0].T.tolist() == [[3, 2, 1, 0], [4, 0, 0, 0]]
    assert torch.equal(flipped(back, lengths), batch)
    assert torch.equal(flipped(batch, None), batch.flip(0))


def test_last_and_mean_are_those_of_each_sequence_alone():
    batch, lengths = padded(SEQUENCES, steps=4)
    batch[3] = 99.0  # what stands behind an end is nobody's

    assert last_of(batch, lengths)[:, 0].tolist() == [3, 4]
    assert mean_of(batch, lengths)[:, 0].tolist() == [2, 4]
    assert last_of(batch, None)[:, 0].tolist() == [99, 99]
    assert mean_of(batch[:3], None)[0, 0] == 2


def test_a_window_holds_the_last_steps_the_earliest_first():
    found = windowed(SEQUENCES[0][:, None], 2)

    assert found[:, 0].tolist() == [[0, 1], [1, 2], [2, 3]]


@pytest.mark.parametrize("sequences", [[], [torch.zeros(0, 1)], [torch.zeros(5, 1)]])
def test_no_sequence_an_empty_one_and_one_too_long_are_refused(sequences):
    with pytest.raises(ValueError, match="sequence"):
        padded(sequences, steps=4)
