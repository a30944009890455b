"""Labels in both networks."""

import re
from dataclasses import replace

import pytest
import torch

from explorer.gans.conditional import asked_labels, with_labels
from explorer.gans.game import Game
from explorer.gans.settings import GameSettings

CENTRES = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.5]])
THREE = GameSettings(width=16, depth=2, batch=48, critic_steps=2, classes=3)


def clusters(n, rng):
    labels = torch.randint(3, (n,), generator=rng)
    return CENTRES[labels] + 0.1 * torch.randn(n, 2, generator=rng), labels


def plain(n, rng):
    return clusters(n, rng)[0]


def of_each_class(game, noise):
    """The points of every class from the same noise, (3, …)."""
    return torch.stack([game.generate(noise, torch.full((len(noise),), k)) for k in range(3)])


def test_a_label_is_a_one_at_its_place():
    rows = torch.zeros(2, 1)

    assert with_labels(rows, torch.tensor([2, 0]), 3).tolist() == [[0, 0, 0, 1], [0, 1, 0, 0]]
    assert with_labels(rows, None, 0) is rows


@pytest.mark.parametrize("objective", ["non_saturating", "wasserstein_gp"])
def test_each_class_learns_its_own_cluster(objective):
    game = Game(replace(THREE, objective=objective, penalty_weight=1.0), clusters)
    for _ in range(800):
        game.step()

    each = of_each_class(game, game.evaluation_noise(200))

    torch.testing.assert_close(each.mean(dim=1), CENTRES, rtol=0, atol=0.35)


def test_a_generated_point_meets_the_judge_under_the_label_it_was_made_for():
    game = Game(THREE, clusters)
    labels = game.next_draws().labels

    steps = [step for step in game.anatomy() if step.name in ("generate", "judge_fake")]

    for index in range(2):
        noise_and_points, outputs = steps[2 * index : 2 * index + 2]
        if index == 0:  # before the first update of the judge
            first = Game(THREE, clusters)
            expected = first.judge(noise_and_points.values["points"], labels[0])
            torch.testing.assert_close(outputs.values["outputs"], expected)


def test_the_slope_of_a_conditional_judge_is_by_the_point_alone():
    game = Game(THREE, clusters, dtype=torch.float64)
    points, labels = clusters(9, torch.Generator().manual_seed(0))
    leaf = points.double().requires_grad_()
    weights, biases = game.networks["judge"].weights, game.networks["judge"].biases
    layer = torch.cat([leaf, torch.eye(3).double()[labels]], dim=1)
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        layer = torch.relu(layer @ weight.mT + bias)
    (layer @ weights[-1].mT).sum().backward()

    torch.testing.assert_close(game.slopes(leaf.detach(), labels), leaf.grad.norm(dim=1))


def test_a_population_is_conditional_too():
    seeds = (3, 8)
    together = Game(THREE, clusters, seeds=seeds, dtype=torch.float64)
    for _ in range(3):
        together.step()
    noise = together.evaluation_noise(5)

    for member, seed in enumerate(seeds):
        alone = Game(replace(THREE, seed=seed), clusters, dtype=torch.float64)
        for _ in range(3):
            alone.step()
        ours = of_each_class(together, noise)[:, member]
        torch.testing.assert_close(ours, of_each_class(alone, noise), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "sampler"), [(THREE, plain), (replace(THREE, classes=0), clusters)]
)
def test_a_sampler_gives_labels_exactly_where_there_are_classes(settings, sampler):
    with pytest.raises(ValueError, match="points and labels where there are classes"):
        Game(settings, sampler)


@pytest.mark.parametrize(
    ("classes", "labels", "message"),
    [
        (0, [0, 0], "takes no labels"),
        (3, None, "needs the labels of the points, 0 to 2"),
        (3, [0, 3], "labels must be between 0 and 2"),
        (3, [-1, 0], "labels must be between 0 and 2"),
    ],
)
def test_missing_or_foreign_labels_are_refused_in_one_line(classes, labels, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        with_labels(torch.zeros(2, 1), None if labels is None else torch.tensor(labels), classes)


def test_labels_are_asked_for_as_often_as_the_data_has_them_in_every_beginning():
    shares = (0.7, 0.25, 0.05)
    labels = asked_labels(2_500, shares)

    for count in (100, 500, 2_500):
        found = labels[:count].bincount(minlength=3).double() / count
        assert (found - torch.tensor(shares).double()).abs().max() < 3 / count
    assert asked_labels(7, (1 / 3,) * 3).tolist() == [0, 1, 2, 0, 1, 2, 0]
