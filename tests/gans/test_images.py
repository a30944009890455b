"""The digits as images: their parts, the classifier, and what generated tiles are held against."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from explorer.gans.images import (
    CLASSES,
    DIGIT_IMAGES,
    class_report,
    classifier,
    confident_ceiling,
    held_out_images,
    sample_images,
    training_images,
)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_every_stored_digit_is_in_one_part_and_grey_runs_from_minus_one_to_one():
    pixels, labels = load_digits(return_X_y=True)
    unseen = torch.arange(1_797) % 4 == 3

    for part, keep in ((training_images(), ~unseen), (held_out_images(), unseen)):
        torch.testing.assert_close(part.pixels, torch.from_numpy(pixels / 8 - 1).float()[keep])
        assert part.labels.equal(torch.from_numpy(labels).long()[keep])
        assert (float(part.pixels.min()), float(part.pixels.max())) == (-1, 1)
    assert (len(training_images().labels), len(held_out_images().labels)) == (1_348, 449)


def test_samples_are_training_images_with_their_labels():
    images, labels = sample_images(500, rng())
    stored = training_images()
    which = torch.cdist(images, stored.pixels).argmin(dim=1)

    assert images.equal(stored.pixels[which])
    assert labels.equal(stored.labels[which])
    assert images.equal(DIGIT_IMAGES.sample(500, rng()))
    assert labels.unique().tolist() == list(range(CLASSES))
    assert DIGIT_IMAGES.dimensions == images.shape[1] == 64


def test_the_classifier_says_how_good_it_is_and_is_no_worse_than_logistic_regression():
    learned, unseen, found = training_images(), held_out_images(), classifier()
    linear = LogisticRegression(max_iter=200).fit(learned.pixels.numpy(), learned.labels.numpy())

    right = found.probabilities(unseen.pixels).argmax(dim=1) == unseen.labels

    assert found.accuracy == pytest.approx(float(right.double().mean()))
    assert found.held_out == 449
    assert found.accuracy > linear.score(unseen.pixels.numpy(), unseen.labels.numpy()) - 0.01


def test_the_classifier_is_the_same_every_time_and_touches_no_global_generator():
    before, first = torch.get_rng_state(), classifier()
    classifier.cache_clear()
    again = classifier()

    assert torch.get_rng_state().equal(before)
    assert again.network.hidden.equal(first.network.hidden)
    assert again.network.readout.equal(first.network.readout)
    assert not again.network.hidden.requires_grad


def test_real_digits_are_all_there():
    images, labels = sample_images(1_000, rng(1))

    report = class_report(images, labels)

    assert report.held.all()
    assert report.captured.all()
    assert report.agreement > 0.99
    assert report.reverse_kl < report.reverse_kl_bias + 0.02
    assert report.confident_share > confident_ceiling() - 0.02
    assert float(report.coverage.min()) > 0.85
    assert report.density == pytest.approx(1, abs=0.1)


def test_a_generator_of_threes_holds_one_class_and_covers_one():
    stored = training_images()
    threes = stored.pixels[stored.labels == 3].repeat(3, 1)

    report = class_report(threes)

    assert report.held.tolist() == [digit == 3 for digit in range(10)]
    assert float(report.coverage[3]) > 0.9
    others = torch.cat([report.coverage[:3], report.coverage[4:]])
    assert float(others.mean()) < 0.05
    assert report.reverse_kl > 1.9  # one class of ten: log 10 = 2.3
    assert report.agreement is None


def test_a_grey_tile_is_nobodys_digit():
    grey = torch.full((100, 64), -1.0) + 0.01 * torch.randn(100, 64, generator=rng(2))

    report = class_report(grey)

    assert report.coverage.sum() == 0
    assert int(report.counts.sum()) == 100


def test_every_tile_is_counted_and_only_sure_ones_capture():
    noise = 2 * torch.rand(400, 64, generator=rng(3)) - 1
    confidence, answers = classifier().probabilities(noise).max(dim=1)

    report = class_report(noise)

    assert report.counts.equal(answers.bincount(minlength=10))
    assert report.answers.equal(answers)
    sure = answers[confidence >= 0.9].bincount(minlength=10)
    assert report.confident_share == pytest.approx(int(sure.sum()) / 400)
    assert 0 < report.confident_share < 1
    assert report.captured.equal(sure > 0)
    assert report.held.equal(sure >= 0.2 * 400 / 10)


def test_tiles_of_a_diverged_generator_are_refused():
    with pytest.raises(ValueError, match="3 of 3 points are NaN or infinite"):
        class_report(torch.full((3, 64), torch.nan))
