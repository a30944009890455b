"""Alphabets as files and people have them: read where they fit, else refused in one sentence."""

import json

import pytest

from explorer.networks.uploads.alphabets import alphabets, fitted, in_words, typed

LETTERS = "ba \n"
CODES = {letter: code for code, letter in enumerate(LETTERS)}
BY_CODE = dict(enumerate(LETTERS))


@pytest.mark.parametrize(
    "saved",
    [
        {"char2idx": CODES},
        {"char_to_ix": CODES},
        {"stoi": CODES},
        {"vocab": {"stoi": CODES}},
        {"hyper_parameters": {"alphabet": LETTERS}},
        {"idx2char": BY_CODE},
        {"int2char": {str(code): letter for code, letter in BY_CODE.items()}},
        {"itos": list(LETTERS)},
        {"chars": tuple(LETTERS)},
        {"all_characters": LETTERS},
        {"vocabulary": LETTERS},
        {"token_to_id": CODES},
        {"nobody knows this name": CODES},
    ],
    ids=lambda saved: next(iter(saved)),
)
def test_an_alphabet_is_read_under_the_names_and_in_the_shapes_that_are_in_use(saved):
    (told,) = alphabets({"epoch": 3, "state_dict": {}, **saved})

    assert fitted(told, 4).characters == LETTERS


def test_metadata_holds_alphabets_as_json_or_as_the_letters_alone():
    as_json = in_words({"format": "pt", "char2idx": json.dumps(CODES)})
    inside = in_words({"config": json.dumps({"char2idx": CODES, "layers": 2})})
    alone = in_words({"alphabet": LETTERS, "note": "ba"})

    for told in (as_json, inside, alone):
        assert [fitted(each, 4).characters for each in told] == [LETTERS]


def test_what_is_no_alphabet_is_not_taken_for_one():
    assert (
        alphabets({"optimizer": {"lr": 1, "betas": [1, 2]}, "args": {"units": 3, "layers": 2}})
        == ()
    )
    assert alphabets([CODES]) == alphabets(None) == in_words({"format": "pt"}) == ()


def test_special_tokens_and_codes_without_a_letter_have_a_sign_each():
    (told,) = alphabets({"stoi": {"<pad>": 0, "<unk>": 1, "<eos>": 2, "a": 3, "<space>": 5}})

    alphabet = fitted(told, 6)

    assert alphabet.encode("a aX").tolist() == [3, 5, 3, 1]
    assert len(set(alphabet.characters)) == 6
    named = {alphabet.encode(sign).item(): what for sign, what in alphabet.called}
    assert named == {0: "<pad>", 1: "<unk>", 2: "<eos>", 4: "code 4, which has no letter"}


def test_typed_letters_stand_in_the_order_of_their_codes_and_named_tokens_count_as_one():
    alphabet = fitted(typed("<pad>ab<unk> "), 5)

    assert alphabet.encode("ba?").tolist() == [2, 1, 3]
    assert fitted(typed("['b', 'a']"), 2).characters == "ba"
    assert fitted(typed("{'b': 1, 'a': 0}"), 2).characters == "ab"
    assert fitted(typed("[a]"), 3).characters == "[a]"


@pytest.mark.parametrize(
    ("told", "rows", "sentence"),
    [
        (typed("abc"), 4, "does not fit: 4 rows, 3 letters"),
        (typed("abcde"), 4, "does not fit: 4 rows, 5 letters"),
        (typed("abca"), 4, "the letter “a” stands twice, with the codes 0 and 3"),
        (*alphabets({"itos": list("abc")}), 4, "itos does not fit: 4 rows, 3 letters"),
        (
            *alphabets({"stoi": {"a": 0, "b": 7}}),
            4,
            "a letter of code 7, and the rows go from 0 to 3",
        ),
        (*alphabets({"stoi": {"a": 0, "b": -1}}), 4, "a letter of code -1"),
        (*alphabets({"stoi": {"a": 1, "b": 1}}), 4, "has the code 1 for “a” and for “b”"),
        (*alphabets({"stoi": {"a": 0}}), 40, "does not fit: 40 rows, 1 letter"),
        (*alphabets({"word2idx": {"the": 0, "cat": 1}}), 2, "holds “the”, which is a word"),
        (
            *alphabets({"vocab": {1: 2, 3: 4}}),
            2,
            "is no alphabet: it has 1 in the place of a letter",
        ),
        (
            *alphabets({"vocab": [1.5, 2.5]}),
            2,
            "is no alphabet: it has 1.5 in the place of a letter",
        ),
        (*alphabets({"stoi": {"a": 0.5}}), 2, "is no alphabet: it has 0.5 in the place of a code"),
        (
            *alphabets({"stoi": {"a": True}}),
            2,
            "is no alphabet: it has True in the place of a code",
        ),
        (
            *alphabets({"chars": "a" * 10**6}),
            2,
            "lists 1,000,000 entries; an alphabet may have 5,000",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(told, rows, sentence):
    with pytest.raises(ValueError, match=r"\S") as refused:
        fitted(told, rows)

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_alphabet_of_a_million_entries_is_refused_by_its_length():
    (told,) = alphabets({"char2idx": {chr(code): code for code in range(1_000_000)}})

    assert told.why == "lists 1,000,000 entries; an alphabet may have 5,000"
