"""Sentences as words: which signs count, what a code is, and what a lexicon adds up."""

import pytest

from explorer.sequences.words import LONGEST_SENTENCE, UNKNOWN_WORD, Words, lexicon_sum, words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Not BAD!", ("not", "bad", "!")),
        ("I don't, isn’t it?", ("i", "don't", "isn't", "it", "?")),
        ("co-writer (1999) ''Kong''", ("co", "writer", "1999", "kong")),
        ("Ein schöner Film.", ("ein", "schöner", "film")),
    ],
)
def test_words_are_small_letters_with_their_apostrophes_and_few_signs(sentence, expected):
    assert words(sentence) == expected


@pytest.mark.parametrize("sentence", ["", " \t", "... -- \N{PILE OF POO}"])
def test_a_sentence_without_a_word_is_refused_in_one_sentence(sentence):
    with pytest.raises(ValueError, match="at least one word"):
        words(sentence)


def test_an_enormous_sentence_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="2,000 characters, not 2,001"):
        words("a" * (LONGEST_SENTENCE + 1))


def test_the_most_frequent_words_are_known_equals_by_letter_and_all_others_are_one():
    known = Words.of([("b", "a", "b"), ("c", "a", "d")], most=3)

    assert known.known == ("a", "b", "c")
    assert known.encode(("d", "a", "c", "never")).tolist() == [0, 1, 3, 0]
    assert [known[code] for code in range(len(known))] == [UNKNOWN_WORD, "a", "b", "c"]


def test_a_word_cannot_be_known_twice():
    with pytest.raises(ValueError, match="differ"):
        Words(("a", "a"))


def test_a_lexicon_adds_up_what_it_knows_and_negation_is_nothing_to_it():
    lexicon = {"bad": -2.5, "great": 3.1}

    assert lexicon_sum(lexicon, ("not", "bad", "great", "great")) == pytest.approx(3.7)
