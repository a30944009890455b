"""Expecting the next character: tables by hand, and networks that write as the laboratory reads."""

import math

import pytest
import torch

from explorer.sequences.generation import generate
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.problems.writing import PRIOR, Writing, expected_loss, writer
from explorer.sequences.vocabulary import Vocabulary

TEXT = "abracadabra, a cadabra; " * 40
KNOWN = Vocabulary.of(TEXT, at_least=1)


@pytest.fixture(scope="module")
def problem():
    return Writing(TEXT, TEXT[:200], KNOWN, length=16, batch=4, windows=5)


def drawn(name: str, problem: Writing):
    return KINDS[name].draw(problem.shape, Build(units=6), torch.Generator().manual_seed(0))


def test_the_tables_are_those_counted_by_hand():
    learned, held_out = (
        torch.tensor([0, 1, 0, 1, 1]).numpy(),
        torch.tensor([1, 0]).numpy(),
    )
    shares = [(2 + PRIOR / 3) / (5 + PRIOR), (3 + PRIOR / 3) / (5 + PRIOR)]
    after_one = (1 + PRIOR * shares[0]) / (2 + PRIOR)  # of two that follow a 1, one is a 0

    assert expected_loss(learned, held_out, 0, 3) == pytest.approx(
        -(math.log(shares[1]) + math.log(shares[0])) / 2
    )
    assert expected_loss(learned, held_out, 1, 3) == pytest.approx(-math.log(after_one))


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_the_expectations_of_a_table_sum_to_one(seen):
    learned = torch.randint(0, 4, (60,), generator=torch.Generator().manual_seed(0)).numpy()
    start = torch.tensor([2, 1][:seen]).numpy()

    total = 0.0
    for code in range(4):
        held_out = torch.tensor([*start.tolist(), code]).numpy()
        total += math.exp(-expected_loss(learned, held_out, seen, 4))

    assert total == pytest.approx(1)


def test_targets_are_the_characters_after_those_that_are_read(problem):
    drawn_now = problem.examples(torch.Generator().manual_seed(1))

    assert torch.equal(drawn_now.inputs[1:], drawn_now.targets[:-1])
    for column in drawn_now.inputs.T.tolist():
        assert "".join(KNOWN[code] for code in column) in TEXT
    assert torch.equal(problem.held_out.inputs[1:], problem.held_out.targets[:-1])


def test_the_mean_score_is_the_loss(problem):
    network = drawn("vanilla", problem)
    with torch.no_grad():
        answers = network(problem.held_out.inputs)

    torch.testing.assert_close(
        problem.scores(answers, problem.held_out).mean(), problem.loss(answers, problem.held_out)
    )


@pytest.mark.parametrize("name", ["vanilla", "stacked", "gru", "rnn", "peephole"])
def test_a_network_writes_with_what_it_expects(name, problem):
    network = drawn(name, problem)
    read = problem.held_out.inputs[:, :1]
    with torch.no_grad():
        expected = network(read)[:, 0].log_softmax(-1)

    text = "".join(KNOWN[code] for code in read[:, 0].tolist())
    reading = writer(network, KNOWN).read(text)

    torch.testing.assert_close(reading.log_probabilities.float(), expected, atol=1e-5, rtol=0)
    assert len(generate(writer(network, KNOWN), text, 5).text) == 5


@pytest.mark.parametrize("name", ["both", "both_summed", "window", "convolved", "unordered"])
def test_a_network_that_reads_backward_or_has_no_state_does_not_write(name, problem):
    assert writer(drawn(name, problem), KNOWN) is None


def test_a_text_too_short_for_a_window_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="more than 16 characters, not 16"):
        Writing(TEXT, TEXT[:16], KNOWN, length=16)
