"""Pairs to translate: what they say, that nothing held out was seen, and how they are scored."""

import pytest
import torch

from explorer.sequences.languages import LANGUAGES, day_of, iso, spelled, sum_of, word_of
from explorer.sequences.problems.problem import UNKNOWN
from explorer.sequences.problems.translation import END, Translation, divided


@pytest.fixture(scope="module")
def sums() -> Translation:
    return Translation(LANGUAGES["sums"], batch=16)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_rules_translate_every_pair_as_it_was_drawn(language):
    pairs = language.pairs(300, torch.Generator().manual_seed(3))

    for pair in pairs:
        assert language.known(pair.source) == pair.target
        assert set(pair.source) <= set(language.reads)
        assert set(pair.target) <= set(language.writes)
        assert 1 <= len(pair.source) <= language.longest
    assert len({pair.key for pair in pairs}) > 100


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_no_key_that_is_held_out_is_learned_from(language):
    held, learned = divided(language, torch.Generator().manual_seed(0))

    keys = {pair.key for pair in held}
    assert len(keys) == len(held) == 400
    assert not keys & {pair.key for pair in learned}
    assert len(learned) > 4_000


def test_pairs_are_what_they_are_said_to_be():
    assert day_of([0, 0, 0, 0]) == ("1950-01-01", "january 1, 1950", "1950-01-01")
    assert day_of([99, 11, 30, 4]).source == "31.12.2049"
    assert day_of([0, 0, 30, 5]).source == "1/31/1950"
    assert day_of([50, 1, 28, 3]).source == "29 feb 2000"
    assert day_of([51, 1, 28, 2]).source == "1 february 2001"
    assert sum_of([58, 7]) == ("7+58", "58+7", "65")
    assert word_of([0, 0, 1, 2, 25]) == ("abcz", "abcz", "zcba")
    assert spelled(0) == "zero"
    assert spelled(7_042) == "seven thousand forty-two"
    assert spelled(913) == "nine hundred thirteen"
    assert spelled(20) == "twenty"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mar 5, 1987", "1987-03-05"),
        ("5 march 1987", "1987-03-05"),
        ("5.3.1987", "1987-03-05"),
        ("3/5/1987", "1987-03-05"),
        ("31 february 1987", None),
        ("5 smarch 1987", None),
        ("1987", None),
        ("0.3.1987", None),
        ("13/1/1987", None),
        ("29.2.2001", None),
        ("29.2.2000", "2000-02-29"),
    ],
)
def test_rules_know_the_spellings_and_no_day_that_is_none(text, day):
    assert iso(text) == day


def test_a_translation_is_right_only_with_all_its_signs_and_its_end(sums):
    right = sums.held_out.targets
    answers = torch.nn.functional.one_hot(right.clamp(min=0), sums.shape.answers).float()

    assert sums.scores(answers, sums.held_out).min() == 1
    spoilt = answers.clone()
    spoilt[0] = spoilt[0].roll(1, dims=-1)  # the first sign of every one
    assert sums.scores(spoilt, sums.held_out).max() == 0
    exact, known = sums.right(spoilt, sums.held_out)
    assert torch.equal(known - exact, torch.ones_like(known))
    assert int(known[0]) == len(sums.pairs[0].target) + 1
    short = answers[: int((right != UNKNOWN).sum(0).min())]
    ending = sums.scores(short, sums.held_out)
    assert 0 < float(ending.mean()) < 1


def test_signs_behind_the_end_do_not_count(sums):
    answers = torch.nn.functional.one_hot(
        sums.held_out.targets.clamp(min=0), sums.shape.answers
    ).float()
    more = torch.cat([answers, answers.roll(1, dims=-1)])

    assert sums.scores(more, sums.held_out).min() == 1


def test_a_batch_has_the_sources_and_translations_of_pairs(sums):
    found = sums.examples(torch.Generator().manual_seed(4))

    assert found.inputs.shape[1] == 16
    for place in range(16):
        length = int(found.lengths[place])
        source = "".join(sums.language.reads[code] for code in found.inputs[:length, place])
        written = sums.text(found.targets[:, place].tolist())
        assert sums.language.known(source) == written
    assert int(found.lengths.max() - found.lengths.min()) <= 6


def test_the_text_of_codes_ends_at_the_first_end(sums):
    assert sums.text([*sums.codes("46"), 3, 3]) == "46"
    assert sums.text([5, 7]) == "46"
    assert sums.codes("46")[-1] == END


def test_the_floors_are_what_looking_up_reaches(sums):
    held = sums.held_out
    nearest, usual = (floor.value for floor in sums.floors)

    assert 0 <= nearest < 0.1
    assert 0 < usual < 0.1
    again = Translation(LANGUAGES["sums"], batch=16)
    assert torch.equal(again.held_out.targets, held.targets)


def test_forcing_changes_nothing_but_the_teaching(sums):
    other = sums.forced(0.5)

    assert other.forcing == 0.5
    assert sums.forcing == 1.0
    assert other.held_out is sums.held_out
