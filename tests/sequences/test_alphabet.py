"""An alphabet of somebody else's: one letter for each code, in its own order."""

import pytest

from explorer.sequences.alphabet import Alphabet


def test_letters_have_the_codes_of_their_places_and_codes_their_letters():
    alphabet = Alphabet("cab")

    assert alphabet.encode("abca").tolist() == [1, 2, 0, 1]
    assert [alphabet[code] for code in range(len(alphabet))] == ["c", "a", "b"]


def test_an_unknown_letter_reads_as_the_code_for_unknown_ones():
    alphabet = Alphabet("a�b", unknown_code=1)

    assert alphabet.encode("abXa").tolist() == [0, 2, 1, 0]
    assert alphabet.unknown("aXbYX�") == ("X", "Y")


def test_without_such_a_code_unknown_letters_are_refused_by_name():
    with pytest.raises(ValueError, match=r"has no “X”, the blank, U\+000A, and no code"):
        Alphabet("ab").encode("aXb a\nX")


def test_a_letter_that_stands_twice_is_refused_with_both_places():
    with pytest.raises(ValueError, match="“a” stands twice, with the codes 0 and 2"):
        Alphabet("aba")
