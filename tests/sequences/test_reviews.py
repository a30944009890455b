"""Reviews: the line on bags of words against scikit-learn, and what a judgement owes to a word."""

import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from torch.nn.functional import softmax

from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.problems.judging import judged, negation
from explorer.sequences.problems.reviews import LONGEST, Rated, Reviews, bag_of_words

LEARNED = Rated(
    (("good", "film"), ("not", "bad", "film"), ("bad",), ("not", "good"), ("fine", "good")),
    torch.tensor([1, 1, 0, 0, 1]),
)
HELD_OUT = Rated((("good",), ("bad", "film"), ("unheard",)), torch.tensor([1, 0, 0]))
LEXICON = {"good": 1.9, "bad": -2.5}


@pytest.fixture(scope="module")
def problem():
    return Reviews(LEARNED, HELD_OUT, LEXICON, batch=3)


@pytest.fixture(scope="module")
def network(problem):
    rng = torch.Generator().manual_seed(0)
    return KINDS["vanilla"].draw(problem.shape, Build(units=4), rng)


def test_the_line_on_bags_of_words_is_scikit_learns_logistic_regression():
    rng = torch.Generator().manual_seed(3)
    table = torch.randint(0, 2, (30, 6), generator=rng)
    table[:, 0] = 0
    favourable = torch.randint(0, 2, (30,), generator=rng)
    bags = [tuple(row.nonzero()[:, 0].tolist()) for row in table]

    theirs = LogisticRegression(tol=1e-10, max_iter=1_000).fit(table.numpy(), favourable.numpy())
    ours = bag_of_words(bags, favourable, bags, 6)

    torch.testing.assert_close(
        ours, torch.from_numpy(theirs.decision_function(table.numpy())), atol=1e-4, rtol=0
    )


def test_the_floors_are_the_larger_class_the_lexicons_sign_and_the_line(problem):
    floors = {floor.name: floor.value for floor in problem.floors}

    assert floors["largest"] == pytest.approx(2 / 3)
    assert floors["lexicon"] == pytest.approx((1 + 1 + 0.5) / 3)  # of "unheard" it says nothing
    counted = CountVectorizer(binary=True)  # of words that it never met it counts none
    bags = counted.fit_transform(map(" ".join, LEARNED.sentences))
    line = LogisticRegression().fit(bags, LEARNED.favourable.numpy())
    asked = counted.transform(map(" ".join, HELD_OUT.sentences))
    assert floors["bag"] == pytest.approx(line.score(asked, HELD_OUT.favourable.numpy()))


def test_words_that_were_not_learned_from_are_all_the_same(problem, network):
    one, other = problem.log_odds(network, [("unheard", "good"), ("never", "good")])

    assert one == other


def test_a_review_is_cut_at_the_longest_that_is_read(problem, network):
    whole = ("good",) * (LONGEST + 7)

    assert problem.log_odds(network, [whole]) == problem.log_odds(network, [whole[:LONGEST]])


def test_log_odds_are_those_of_the_probabilities(problem, network):
    inputs, lengths = problem.batched([("not", "bad")])
    with torch.no_grad():
        shares = softmax(network(inputs, lengths), -1)[0]

    (found,) = problem.log_odds(network, [("not", "bad")])

    assert found == pytest.approx(float((shares[1] / shares[0]).log()), abs=1e-5)


def test_a_batch_is_drawn_without_putting_back_and_cut_to_its_longest(problem):
    drawn = problem.examples(torch.Generator().manual_seed(1))

    assert len(drawn.inputs) == int(drawn.lengths.max())
    rows = [
        tuple(drawn.inputs[: int(length), k].tolist()) for k, length in enumerate(drawn.lengths)
    ]
    known = [tuple(problem.words.encode(each).tolist()) for each in LEARNED.sentences]
    assert len(set(rows)) == 3
    assert all(
        drawn.targets[k] == LEARNED.favourable[known.index(row)] for k, row in enumerate(rows)
    )


def test_what_a_word_counts_is_the_judgement_less_that_without_it(problem, network):
    sentence = ("not", "bad", "film")

    seen = judged(problem, network, sentence)

    without = problem.log_odds(network, [("bad", "film"), ("not", "film"), ("not", "bad")])
    whole = problem.log_odds(network, [sentence])
    torch.testing.assert_close(seen.left_out, whole - without)
    assert seen.log_odds == pytest.approx(float(whole))
    assert seen.so_far[1] == pytest.approx(float(without[2]), abs=1e-6)


def test_without_order_leaving_out_is_all_the_same_for_two_equal_words(problem):
    bag = KINDS["unordered"].draw(problem.shape, Build(), torch.Generator().manual_seed(0))

    seen = judged(problem, bag, ("good", "bad", "good"))

    assert seen.left_out[0] == pytest.approx(float(seen.left_out[2]), abs=1e-6)
    assert problem.log_odds(bag, [("not", "good")]) == pytest.approx(
        float(problem.log_odds(bag, [("good", "not")])), abs=1e-6
    )


def test_negation_counts_the_sentences_that_have_it_in_a_row(problem, network):
    found = negation(problem, network, "good")

    alone, negated = problem.log_odds(network, [("good",), ("not", "good")]).tolist()
    assert (found.seen, found.favourable) == (1, 0)
    assert (found.alone, found.negated) == (pytest.approx(alone), pytest.approx(negated))
    assert found.turned == ((negated < alone) if alone > 0 else (negated > alone))
    assert negation(problem, network, "film").seen == 0


def test_a_sentence_without_words_cannot_be_judged(problem, network):
    with pytest.raises(ValueError, match="at least one word"):
        judged(problem, network, ())
