"""The beam against every sequence there is."""

import itertools

import pytest
import torch

from explorer.sequences.beam import beam_search

END, STEPS, SYMBOLS = 0, 4, 3


def table(seed: int) -> torch.Tensor:
    """log p of each next symbol after every two symbols before it."""
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(SYMBOLS, SYMBOLS, SYMBOLS, generator=rng).log_softmax(-1)


def searched(known: torch.Tensor, width: int, steps: int = STEPS):
    def expect(codes, before):
        return known[before, codes], codes

    return beam_search(
        expect, lambda state, places: state[places], torch.tensor([END]), width, steps, END
    )


def chance(known: torch.Tensor, codes: tuple[int, ...]) -> float:
    found, before = 0.0, (END, END)
    for code in codes:
        found += float(known[before[0], before[1], code])
        before = (before[1], code)
    return found


def every() -> list[tuple[int, ...]]:
    """All sequences that end, or are as long as they may be."""
    found = []
    for length in range(1, STEPS + 1):
        for codes in itertools.product(range(SYMBOLS), repeat=length):
            ends = codes[-1] == END or length == STEPS
            if ends and END not in codes[:-1]:
                found.append(codes)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_that_drops_nothing_finds_the_likeliest_of_all_sequences(seed):
    known = table(seed)
    ranked = sorted(every(), key=lambda codes: -chance(known, codes))

    tree = searched(known, 3**STEPS)

    assert [branch.codes for branch in tree.found] == ranked
    assert tree.best.log_probability == pytest.approx(chance(known, ranked[0]), abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_of_width_1_takes_the_likeliest_symbol_at_every_step(seed):
    known, greedy, before = table(seed), [], (END, END)
    while len(greedy) < STEPS and (not greedy or greedy[-1] != END):
        greedy.append(int(known[before].argmax()))
        before = (before[1], greedy[-1])

    assert list(searched(known, 1).best.codes) == greedy


def test_a_wider_beam_finds_what_the_greedy_choice_misses():
    better = [
        seed
        for seed in range(30)
        if searched(table(seed), 3).best.log_probability
        > searched(table(seed), 1).best.log_probability + 1e-6
    ]

    assert better


def test_every_branch_grows_from_one_that_was_kept_and_what_ended_stays():
    tree = searched(table(1), 3)

    for before, row in itertools.pairwise(tree.rows):
        assert len(row) <= 3
        for branch in row:
            assert branch.parent in before or branch in before
            assert branch in before or branch.step == before[0].step + 1 or branch.parent in before
    assert [branch.step for branch in tree.best.line] == list(range(1, len(tree.best.codes) + 1))


def test_a_beam_without_width_or_length_is_refused():
    with pytest.raises(ValueError, match="at least 1, not 0 and 4"):
        searched(table(0), 0)
    with pytest.raises(ValueError, match="at least 1"):
        searched(table(0), 1, steps=0)
