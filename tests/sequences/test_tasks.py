"""The adding problem is what the papers say, and costs no luck to be measured on."""

import pytest
import torch

from explorer.sequences.tasks import ADDING_BASELINE, adding_problem, stratified_adding_problem


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("length", [2, 3, 7, 10, 51])
def test_one_number_is_marked_in_each_half(length):
    marks = adding_problem(400, length, rng()).inputs[..., 1]

    assert set(marks.unique().tolist()) <= {0.0, 1.0}
    assert (marks[:, : length // 2].sum(1) == 1).all()
    assert (marks[:, length // 2 :].sum(1) == 1).all()


def test_every_place_of_a_half_is_marked_equally_often():
    marks = adding_problem(20_000, 10, rng()).inputs[..., 1]

    expected, deviation = 20_000 / 5, (20_000 * 0.2 * 0.8) ** 0.5
    assert (marks.sum(0) - expected).abs().max() < 5 * deviation


@pytest.mark.parametrize(
    "problem", [adding_problem(300, 9, rng()), stratified_adding_problem(15, 20, 9, rng())]
)
def test_the_target_is_the_sum_of_the_marked_numbers(problem):
    numbers, marks = problem.inputs.unbind(-1)

    torch.testing.assert_close((numbers * marks).sum(1), problem.targets)


def test_always_answering_one_costs_a_sixth():
    targets = adding_problem(100_000, 4, rng(), dtype=torch.float64).targets

    assert (targets - 1).square().mean().item() == pytest.approx(1 / 6, abs=0.002)
    assert pytest.approx(1 / 6) == ADDING_BASELINE


def test_numbers_are_uniform_between_zero_and_one():
    numbers = adding_problem(10_000, 10, rng()).inputs[..., 0].flatten()

    deciles = torch.histc(numbers, bins=10, min=0, max=1)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert (deciles - 10_000).abs().max() < 5 * (100_000 * 0.1 * 0.9) ** 0.5


@pytest.mark.parametrize("seed", range(20))
def test_a_stratified_set_costs_a_sixth_whatever_the_seed(seed):
    targets = stratified_adding_problem(20, 25, 6, rng(seed)).targets

    assert (targets - 1).square().mean().item() == pytest.approx(1 / 6, abs=0.003)


def test_a_stratified_set_has_one_pair_in_each_cell_of_the_square():
    problem = stratified_adding_problem(20, 25, 30, rng())
    numbers, marks = problem.inputs.unbind(-1)
    first, second = numbers[marks == 1].view(500, 2).unbind(1)

    cells = (first * 20).long() * 25 + (second * 25).long()
    assert sorted(cells.tolist()) == list(range(500))
    for place in (first * 20 % 1, second * 25 % 1):  # anywhere in its cell
        assert torch.histc(place, bins=5, min=0, max=1).min() > 60


def test_a_stratified_set_fills_the_other_places_with_uniform_numbers():
    numbers, marks = stratified_adding_problem(40, 50, 20, rng()).inputs.unbind(-1)

    others = numbers[marks == 0]
    assert others.mean().item() == pytest.approx(0.5, abs=5 / (12 * len(others)) ** 0.5)
    assert others.var().item() == pytest.approx(1 / 12, abs=0.002)


def test_equal_generators_give_equal_sequences_and_leave_the_global_one_alone():
    before = torch.get_rng_state()

    one, two, other = (adding_problem(5, 8, rng(seed)) for seed in (3, 3, 4))

    assert torch.equal(one.inputs, two.inputs)
    assert torch.equal(one.targets, two.targets)
    assert not torch.equal(one.inputs, other.inputs)
    assert torch.equal(before, torch.get_rng_state())


def test_one_step_has_no_two_halves():
    with pytest.raises(ValueError, match="length must be at least 2, not 1"):
        adding_problem(1, 1, rng())
