"""Reber's grammars against walks through the printed diagram, and how expectations are scored."""

import pytest
import torch

from explorer.sequences.grammars import SYMBOLS, allowed, strings
from explorer.sequences.problems.grammar import Grammar, encoded, oracle


@pytest.fixture(scope="module")
def embedded() -> Grammar:
    return Grammar(embedded=True)


def following(embedded: bool) -> dict[str, set[str]]:
    """What came after each beginning among many strings."""
    found: dict[str, set[str]] = {}
    for text in strings(6_000, embedded, torch.Generator().manual_seed(1)):
        for place in range(1, min(len(text), 7)):
            found.setdefault(text[:place], set()).add(text[place])
    return found


@pytest.mark.parametrize("embedded", [False, True])
def test_what_may_come_is_what_does_come(embedded):
    seen = following(embedded)
    known = strings(300, embedded, torch.Generator().manual_seed(2))

    for text in known:
        sets = allowed(text, embedded)
        assert all(text[k + 1] in sets[k] for k in range(len(text) - 1))
        for place in range(1, min(len(text), 6)):
            if text[:place] in seen:
                assert seen[text[:place]] == sets[place - 1]


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("BTXSE", ["TP", "SX", "XS", "E", ""]),
        ("BPVVE", ["TP", "TV", "PV", "E", ""]),
        ("BTSXXTVPSE", ["TP", "SX", "SX", "XS", "TV", "TV", "PV", "XS", "E", ""]),
    ],
)
def test_strings_of_the_papers_have_the_sets_of_their_diagram(text, sets):
    assert allowed(text, embedded=False) == tuple(map(frozenset, sets))


def test_the_second_symbol_of_an_embedded_string_comes_again_before_its_end():
    sets = allowed("BTBTXSETE", embedded=True)

    assert sets[0] == frozenset("TP")
    assert sets[1] == frozenset("B")
    assert sets[-3:] == (frozenset("T"), frozenset("E"), frozenset())
    assert allowed("BPBTXSEPE", embedded=True)[-3] == frozenset("P")


@pytest.mark.parametrize(
    ("text", "embedded", "says"),
    [
        ("BTXSP", False, "symbol 5, P"),
        ("BTX", False, "go on to its E"),
        ("BTBTXSEPE", True, "ends with TE"),
        ("BTBVXSETE", True, "symbol 4, V"),
        ("XT", True, "begins with B"),
    ],
)
def test_a_string_that_the_grammar_does_not_have_is_refused(text, embedded, says):
    with pytest.raises(ValueError, match=says):
        allowed(text, embedded)


def test_the_oracle_is_right_everywhere_and_who_takes_one_wrong_symbol_is_not(embedded):
    answers = embedded.may.float()
    assert embedded.scores(answers, embedded.held_out).min() == 1

    length = len(embedded.strings[0])
    last = answers[length - 3, 0]  # where the second symbol comes again
    assert last.sum() == 1
    spoilt = answers.clone()
    spoilt[length - 3, 0] = last.roll(1)

    scores = embedded.scores(spoilt, embedded.held_out)
    assert scores[0] == 0
    assert scores[1:].min() == 1


def test_a_table_of_two_symbols_knows_all_of_the_plain_grammar_and_not_of_the_embedded(embedded):
    plain = {floor.name: floor.value for floor in Grammar(embedded=False).floors}
    floors = {floor.name: floor.value for floor in embedded.floors}

    assert plain["two"] == 1
    assert floors["two"] < 0.6
    assert 0.5 <= floors["forgotten"] < 0.65


def test_no_held_out_string_is_learned_from_and_targets_are_the_next_symbols(embedded):
    assert not set(embedded.strings) & set(embedded.learned)
    assert len(set(embedded.strings)) == len(embedded.strings) == 200

    found = embedded.examples(torch.Generator().manual_seed(0))
    length = int(found.lengths[3])
    text = "".join(SYMBOLS[code] for code in found.inputs[:length, 3])
    after = "".join(SYMBOLS[code] for code in found.targets[:length, 3])
    assert text[1:] == after[:-1]
    assert after[-1] == "E"
    assert f"{text}E" in embedded.learned
    assert torch.equal(oracle(["BTXSE"], False).sum(-1)[:, 0], torch.tensor([2, 2, 2, 1]))
    assert encoded(["BTXSE"]).inputs.shape == (4, 1)
