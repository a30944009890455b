"""A network that makes series: its surprise in closed form, and what comes of learning."""

import pytest
import torch
from torch.distributions import Bernoulli, Normal

from explorer.sequences.learning import Pace, learn
from explorer.sequences.making import Maker, MakerLesson, surprise
from explorer.sequences.padded import padded
from explorer.sequences.problems.augmented import Augmented, Mixed, few_of_each, places_of_each


def chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def series(seed: int, lengths: list[int]) -> list[torch.Tensor]:
    rng = chance(seed)
    return [torch.randn(length, 2, generator=rng) for length in lengths]


def test_its_surprise_is_the_log_likelihood_of_each_series_alone_whatever_the_padding():
    maker, classes = Maker(2, 3, 4, chance(0)), torch.tensor([2, 0, 1])
    several = series(1, [3, 1, 5])
    total, steps = torch.zeros(()), 0
    for each, one in zip(several, classes, strict=True):
        read = torch.cat([torch.zeros(1, 2), each])[:, None]
        step, _ = maker.expect(read, one[None])
        total -= Normal(step.mean[:-1, 0], step.spread[:-1, 0]).log_prob(each).sum()
        last = torch.zeros(len(each))
        last[-1] = 1
        total -= Bernoulli(logits=step.ends[1:, 0]).log_prob(last).sum()
        steps += len(each)

    for longest in (5, 9):
        batch, lengths = padded(several, longest)
        found = surprise(maker, batch, classes, lengths)
        torch.testing.assert_close(found, total / steps)


def test_what_is_made_is_as_long_as_allowed_and_the_same_for_the_same_seed():
    maker, classes = Maker(2, 3, 4, chance(0)), torch.arange(3).repeat(20)

    made = maker.make(classes, 3, 6, chance(5))

    assert {len(each) for each in made} == {3, 4, 5, 6}
    again = maker.make(classes, 3, 6, chance(5))
    assert all(torch.equal(a, b) for a, b in zip(made, again, strict=True))
    with pytest.raises(ValueError, match="between 1 and 2 steps, not 3"):
        maker.make(classes, 3, 2, chance(5))


def test_it_learns_what_a_class_is_like_and_when_its_series_end():
    up, down = torch.arange(1, 5) / 4, -torch.arange(1, 8) / 4  # which tells when to end
    known = [up[:, None]] * 8 + [down[:, None]] * 8
    classes = torch.tensor([0] * 8 + [1] * 8)
    maker = Maker(1, 2, 16, chance(0))
    learn(MakerLesson(known, classes, maker, Pace(200, 3e-2, 100.0), chance(1)))

    made = maker.make(torch.tensor([0] * 20 + [1] * 20), 1, 12, chance(2), temperature=0.5)

    for few, like in ((made[:20], up), (made[20:], down)):
        assert torch.stack([each[0] for each in few]).mean() == pytest.approx(
            float(like[0]), abs=0.1
        )
        assert torch.stack([each[-1] for each in few]).mean() == pytest.approx(
            float(like[-1]), abs=0.3
        )
        assert sum(abs(len(each) - len(like)) <= 1 for each in few) >= 14


def test_so_many_of_every_class_are_drawn_and_all_where_there_are_fewer():
    classes = torch.tensor([0, 1, 1, 1, 2, 2])

    places = places_of_each(classes, 2, chance(0))

    assert classes[places].tolist() == [0, 1, 1, 2, 2]
    assert len(places.unique()) == 5
    with pytest.raises(ValueError, match="at least one example of each class, not 0"):
        places_of_each(classes, 0, chance(0))


def test_half_of_a_batch_is_replaced_and_the_padding_stays_empty():
    spoken = (series(1, [2, 3, 4, 5, 3, 2]), torch.tensor([0, 1, 0, 1, 0, 1]))
    real = Augmented(spoken, spoken, 2, Mixed("nothing"), batch=6)
    plain = real.examples(chance(3))
    noisy = real.mixing(Mixed("noise", 0.5)).examples(chance(3))
    made = (series(9, [7, 7]), torch.tensor([1, 1]))
    mixed = real.mixing(Mixed("made", made=made)).examples(chance(3))

    assert torch.equal(noisy.inputs[:, 3:], plain.inputs[:, 3:])
    behind = torch.arange(len(noisy.inputs))[:, None] >= noisy.lengths
    assert bool((noisy.inputs[behind] == 0).all())
    moved = (noisy.inputs - plain.inputs)[:, :3][~behind[:, :3]]
    assert 0.2 < float(moved.std()) < 1.0
    assert mixed.lengths[:3].tolist() == [7, 7, 7]
    assert mixed.targets[:3].tolist() == [1, 1, 1]
    assert torch.equal(mixed.inputs[: len(plain.inputs), 3:], plain.inputs[:, 3:])
    assert any(torch.equal(mixed.inputs[:, 0], each) for each in made[0])
    with pytest.raises(ValueError, match="there must be made utterances"):
        real.mixing(Mixed("made"))
    assert len(few_of_each(spoken, 1, chance(0))[0]) == 2
