"""The remedies after training: places beyond the noise, and sentences true of the rows."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from explorer.gradients.depth_learner import DepthTraining
from explorer.labs.gradients import remedies, remedy_words
from explorer.labs.gradients.remedies import Learned, learned, ranked


def row(*names: str, tested: tuple[float, ...]) -> Learned:
    return Learned(names, 0.01, 1.0, np.array(tested))


BASE = row(tested=(0.10, 0.11, 0.09, 0.10))
GOOD = row("xavier", tested=(0.90, 0.91, 0.89, 0.90))
NEAR = row("he", tested=(0.91, 0.90, 0.90, 0.90))
WILD = row("clip", tested=(0.9, 0.1, 0.1, 0.1))


def test_a_place_counts_who_is_better_beyond_the_noise_so_equals_share_one():
    table = {r.learned.names: r for r in ranked([BASE, GOOD, NEAR, WILD])}

    assert table["xavier",].place == table["he",].place == 1
    assert table[()].place == 3  # two are better; the wild one may be luck
    assert table["xavier",].helps
    assert table["clip",].helps is None
    assert table["xavier",].gain == pytest.approx(80)


def test_a_difference_counts_beyond_students_t_of_all_comparisons():
    apart = np.array([0.05, 0.04, 0.03, 0.06])
    t = apart.mean() / (apart.std(ddof=1) / 2)
    better = row("relu", tested=tuple(np.array(BASE.tested) + apart))
    few, many = [BASE, better], [BASE, better, *[BASE] * 60]
    p = stats.ttest_rel(better.tested, BASE.tested).pvalue

    assert t > 0
    assert 0.05 / 1891 < p < 0.05  # so it counts alone, and not among 1,891
    assert next(r for r in ranked(few) if r.learned is better).helps
    assert next(r for r in ranked(many) if r.learned is better).helps is None


def test_the_rate_is_chosen_by_other_digits_than_the_test():
    stack = DepthTraining(layers=3, width=8, samples=16, seeds=2)
    found = learned(stack, ("xavier",), 60, rates=(1e-5, 0.1))

    assert found.rate == 0.1
    assert found.tested.shape == (2,)
    assert found.mean > 40
    assert found.dz == remedies.outcome(remedies.treated(stack, ("xavier",))).dz


def test_a_table_is_written_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []

    def fake(settings, names, updates):
        calls.append((settings.seed, updates))
        return Learned(tuple(names), 0.01, 0.5, np.array([0.1, 0.2]))

    monkeypatch.setattr(remedies, "learned", fake)
    made = remedies.record(tmp_path / "t.safetensors", updates=7, seed=3)
    again = remedies.read(tmp_path / "t.safetensors")

    assert set(calls) == {(3, 7)}
    assert [one.names for one in again] == [one.names for one in made]
    assert again[0].names == ()
    assert again[5].tested.tolist() == [0.1, 0.2]
    from safetensors.numpy import save_file

    save_file({"other": np.zeros(3)}, tmp_path / "u.safetensors")
    with pytest.raises(ValueError, match="is no table of these remedies"):
        remedies.read(tmp_path / "u.safetensors")


def test_the_headline_names_who_helps_who_harms_and_what_cannot_be_told():
    harm = row("relu", tested=(0.01, 0.02, 0.0, 0.01))
    said = remedy_words.headline([BASE, GOOD, NEAR, WILD, harm])

    assert "As it stands 10 ± 0.4 %" in said
    assert "Alone, He and Xavier help; clipping at 1 cannot be told from nothing." in said
    assert "ReLU does harm" in said


def test_the_shipped_table_says_what_was_found():
    found = remedies.shipped()
    table = {r.learned.names: r for r in ranked(found)}

    assert len(found) == 1 + len(remedies.REMEDIES) + len(remedies.PAIRS)
    assert {len(one.tested) for one in found} == {remedies.LEARNING_SEEDS}
    assert table["xavier",].helps  # what twenty layers of tanh want (Glorot & Bengio 2010)
    assert table["residual",].helps
    assert not table["clip",].helps  # nothing explodes here
    rows = remedy_words.rows(found)
    assert rows[0]["place"] == 1
    assert rows[0]["remedy"] == remedies.label(ranked(found)[0].learned.names)
    assert str(remedies.UPDATES) in remedy_words.caption(found)
