"""Inside or outside, against Python's own tokenizer."""

import inspect
import io
import json.decoder
import textwrap
import tokenize

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.sequences import syntax
from explorer.sequences.syntax import lines, prose


def by_tokenizer(text):
    """Depth, quotes and comments at every character as Python's tokenizer sees them."""
    line_starts = np.cumsum([0, *(len(line) for line in text.splitlines(keepends=True))])
    depth, quotes, comment = (np.zeros(len(text), dtype=int) for _ in range(3))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        start, end = (line_starts[row - 1] + column for row, column in (token.start, token.end))
        if token.type == tokenize.OP and token.string in "([{":
            depth[start:] += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth[start:] -= 1
        elif token.type == tokenize.STRING:
            body = token.string.lstrip("rbfuRBFU")
            quotes[end - len(body) : end - (3 if body[:3] in ('"' * 3, "'" * 3) else 1)] = 1
        elif token.type == tokenize.COMMENT:
            comment[start:end] = 1
    return depth, quotes.astype(bool), comment.astype(bool)


@pytest.mark.parametrize("module", [textwrap, json.decoder, inspect, tokenize])
def test_brackets_quotes_and_comments_are_where_the_tokenizer_sees_them(module):
    text = inspect.getsource(module)
    depth, quotes, comment = by_tokenizer(text)

    seen = syntax(text)

    assert quotes.any()
    assert comment.any()
    assert np.array_equal(seen.depth, depth)
    assert np.array_equal(seen.comment, comment)
    # A triple quote closes at its first sign here and at its last one there.
    assert (seen.quotes != quotes).sum() <= 2 * text.count('"' * 3) + 2 * text.count("'" * 3)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("f(x[0])", " ##### "),
        ("a)b(c", "   ##"),  # a closing bracket too many is ignored
        ("'('+(", "    #"),  # a quoted bracket opens nothing
        ("# (\n(", "    #"),  # nor does one in a comment
    ],
)
def test_inside_brackets_is_from_the_opening_one_to_before_the_last_closing(text, where):
    assert "".join(" #"[int(d)] for d in syntax(text).inside["brackets"]) == where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a 'b' c", "  ##   "),
        (r"'\'' x", "###   "),  # an escaped quote does not close
        ("'a\nb", "##  "),  # a quote left open ends with its line
        ('"""a"b"""', "######   "),
        ("# don't", "       "),
    ],
)
def test_inside_quotes_is_from_the_opening_one_to_before_the_closing(text, where):
    assert "".join(" #"[int(q)] for q in syntax(text).quotes) == where


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_syntax(text):
    seen = syntax(text)

    assert len(seen.depth) == len(text)
    assert (seen.depth >= 0).all()
    assert not (seen.quotes & seen.comment).any()


@settings(deadline=None)
@given(st.text(alphabet=" \nab\t", max_size=60))
def test_lines_are_counted_as_python_counts_them(text):
    seen = lines(text)

    for t, character in enumerate(text):
        line = text[: t + 1].rpartition("\n")[2]
        assert seen.column[t] == len(line)
        assert seen.indentation[t] == len(line) - len(line.lstrip(" "))
        assert (seen.column[t] == 0) == (character == "\n")
    assert np.array_equal(syntax(text).amounts["length of the line"], seen.column)


@pytest.mark.parametrize(
    ("question", "text", "where"),
    [
        ("quotes", 'a "b c" d', "  ####   "),
        ("quotes", 'a "b\n\nc" d', "  ###  ###"),  # a quote left open ends with its paragraph
        ("quotes", "don't", "     "),
        ("brackets", "a (b [c] d) e", "  ########   "),
        ("brackets", "a (b\n\nc", "  ###  "),
        ("a capitalised word", "The aB Cd (Ef) G", "###    ##  ## " + " #"),
    ],
)
def test_english_is_inside_from_the_opening_sign_to_before_the_closing_one(question, text, where):
    assert "".join(" #"[int(yes)] for yes in prose(text).inside[question]) == where


def test_letters_of_a_word_are_counted():
    assert prose("to be, é1a").amounts["position in the word"].tolist() == [
        *(1, 2, 0, 1, 2, 0, 0, 1, 0, 1)
    ]


@settings(deadline=None)
@given(st.text(alphabet="a\n ", max_size=40))
def test_english_can_be_read_afresh_after_an_empty_line(text):
    rests = prose(text).at_rest

    assert [bool(rest) for rest in rests] == [
        text[max(t - 1, 0) : t + 1] == "\n\n" for t in range(len(text))
    ]
