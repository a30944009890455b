"""The memory as a sum of what every earlier step wrote: exact, and the same as brute force."""

import pytest
import torch

from explorer.cells import (
    CELLS,
    Clamp,
    State,
    Surgery,
    keeping_share,
    unfolded,
    written_share,
)

GATED = [name for name, cell in CELLS.items() if cell.keeping_gate]


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def read(name, steps, units, batch=(), surgery=None):
    """Memory before the first step, then shares kept, shares written and memory at every step."""
    cell = CELLS[name]
    weights = cell.draw(3, units, torch.Generator().manual_seed(0), torch.float64)
    memory = normal(2, *batch, units) if cell.memory == "cell" else None
    state = first = State(normal(1, *batch, units), memory)
    found = []
    for number, x in enumerate(normal(3, steps, *batch, 3)):
        step = cell.step(weights, x, state, (surgery or Surgery()).touch(number))
        state = step.state
        found.append((keeping_share(cell, step), written_share(cell, step), step))
    keep, written, taken = zip(*found, strict=True)
    memories = torch.stack([getattr(step, cell.memory) for step in taken])
    return getattr(first, cell.memory), torch.stack(keep), torch.stack(written), memories


def by_brute_force(initial, keep, written):
    """Every product of every source with every later gate, one number at a time."""
    parts = torch.zeros(len(keep), len(keep) + 1, len(initial), dtype=torch.float64)
    for t in range(len(keep)):
        for source in range(t + 2):
            for unit in range(len(initial)):
                left = initial[unit] if source == 0 else written[source - 1, unit]
                for later in range(source, t + 1):
                    left = left * keep[later, unit]
                parts[t, source, unit] = left
    return parts


@pytest.mark.parametrize("name", GATED)
def test_the_parts_sum_to_the_memory_after_every_one_of_200_steps(name):
    initial, keep, written, memory = read(name, 200, 64)

    parts = unfolded(initial, keep, written)

    assert (parts.sum(1) - memory).abs().max() < 1e-12


@pytest.mark.parametrize("name", GATED)
def test_every_part_is_what_was_written_times_every_later_keeping_gate(name):
    initial, keep, written, _ = read(name, 7, 3)

    parts = unfolded(initial, keep, written)

    torch.testing.assert_close(
        parts, by_brute_force(initial, keep, written), rtol=1e-13, atol=1e-300
    )


def test_a_part_falls_by_a_half_over_every_half_life():
    keep = torch.full((60, 1), 2 ** -(1 / 12), dtype=torch.float64)  # a half-life of 12 steps

    parts = unfolded(torch.zeros(1).double(), keep, torch.ones(60, 1).double())

    for age in (12, 24, 48):
        assert parts[10 + age, 11].item() == pytest.approx(0.5 ** (age / 12), rel=1e-12)


def test_what_is_not_yet_written_has_no_part():
    parts = unfolded(*read("lstm", 9, 4)[:3])

    for step in range(9):
        assert not parts[step, step + 2 :].any()
        assert parts[step, : step + 2].all()


def test_sequences_of_a_batch_unfold_one_by_one():
    initial, keep, written, _ = read("gru", 12, 4, batch=(3,))

    together = unfolded(initial, keep, written)

    for number in range(3):
        alone = unfolded(initial[number], keep[:, number], written[:, number])
        assert torch.equal(together[:, :, number], alone)


@pytest.mark.parametrize("name", GATED)
def test_the_share_that_is_written_is_what_the_step_calls_so(name):
    cell = CELLS[name]
    weights = cell.draw(3, 5, torch.Generator().manual_seed(0), torch.float64)
    step = cell.step(weights, normal(1, 3), cell.start(weights))

    torch.testing.assert_close(written_share(cell, step), step.written, rtol=0, atol=1e-16)


@pytest.mark.parametrize("name", GATED)
def test_a_memory_set_by_surgery_still_unfolds(name):
    memory = CELLS[name].memory
    held = Surgery(clamps=(Clamp(memory, (1,), 4, 5, 0.7),))

    initial, keep, written, memories = read(name, 10, 3, surgery=held)

    assert (memories[4:6, 1] == 0.7).all()
    assert (unfolded(initial, keep, written).sum(1) - memories).abs().max() < 1e-14


@pytest.mark.parametrize("name", ["rnn_tanh", "rnn_relu"])
@pytest.mark.parametrize("share", [keeping_share, written_share])
def test_a_plain_network_keeps_nothing_that_could_be_unfolded(name, share):
    cell = CELLS[name]
    weights = cell.draw(3, 5, torch.Generator().manual_seed(0))
    step = cell.step(weights, torch.zeros(3), cell.start(weights))

    with pytest.raises(ValueError, match=f"{name} has no gate that keeps its memory"):
        share(cell, step)


def test_unfolding_asks_for_no_gradients():
    initial, keep, written, _ = read("lstm", 5, 3)

    assert not unfolded(initial, keep.requires_grad_(), written).requires_grad
