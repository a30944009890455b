"""Known answers about the data, what was learned of it, and single steps of the games."""

import math
from functools import partial

import torch
from torch import Tensor

from explorer.gans.distributions import DISTRIBUTIONS, RING, stratified
from explorer.gans.game import Game
from explorer.gans.learned import (
    expected_coverage,
    mode_report,
    neighbour_coverage,
    reverse_kl,
    w1_floor,
)
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import gradient_penalty
from explorer.gans.settings import GameSettings
from explorer.verify.bands import BANDS
from explorer.verify.dirac import DIRAC
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known
from explorer.verify.learned import LEARNED
from explorer.verify.players import PLAYERS, precise_ring
from explorer.verify.scripts import SCRIPTS
from explorer.verify.slow import GENERATOR_LOSSES, Slow
from explorer.verify.truth import TRUTH


def distinct_centres(name: str) -> int:
    """How many different centres there are."""
    modes = DISTRIBUTIONS[name].modes
    assert modes is not None
    return len({tuple(round(x, 4) for x in centre) for centre in modes.tolist()})


def nearest_centres(name: str) -> float:
    """The smallest distance of two centres."""
    modes = DISTRIBUTIONS[name].modes
    assert modes is not None
    return float(torch.pdist(modes.double()).min())


def good_share() -> float:
    """The share of good samples of a perfect generator: the ring itself, 400,000 points."""
    return mode_report(RING.sample(400_000, rng()), RING).good_share


def real_coverage() -> float:
    """Coverage of moons by moons, 1,000 points each, mean of eight pairs."""
    moons, draws = DISTRIBUTIONS["moons"], rng()
    pairs = ((moons.sample(1_000, draws), moons.sample(1_000, draws)) for _ in range(8))
    return sum(neighbour_coverage(real, fake).coverage for real, fake in pairs) / 8


def mean_reverse_kl() -> float:
    """Reverse KL of 1,000 points that are really uniform over 25 modes, mean of 4,000 draws."""
    draws = torch.randint(25, (4_000, 1_000), generator=rng())
    return sum(reverse_kl(row.bincount(minlength=25)) for row in draws) / 4_000


def lost_mode() -> float:
    """Reverse KL of a generator that has 24 of 25 modes, evenly."""
    return reverse_kl(torch.tensor([40] * 24 + [0]))


def floor(name: str, even: bool) -> float:
    """Mean W1 of 1,000 real points to 1,000 others, equally many from each mode if ``even``."""
    data = DISTRIBUTIONS[name]
    reference = stratified(data, 1_000, rng(1)) if even else None
    return w1_floor(data, 1_000, 6, rng(), reference).mean


def linear_penalty() -> float:
    """The penalty of a critic whose slope is (3, 4) everywhere."""
    weights = torch.tensor([3.0, 4.0], dtype=torch.float64)
    mixing = torch.rand(64, 1, generator=rng(2), dtype=torch.float64)
    return float(
        gradient_penalty(lambda x: x @ weights, normal(64, 2), normal(64, 2, seed=1), mixing)
    )


def difference_to_slow(objective: str, activation: str = "relu", steps: int = 5) -> float:
    """Largest difference of the parameters after some steps, fast game against `Slow`, float64."""
    settings = GameSettings(
        objective=objective, width=16, activation=activation, batch=32, penalty_weight=1.0
    )
    game = Game(settings, precise_ring, dtype=torch.float64)
    slow = Slow(game)
    for _ in range(steps):
        slow.step(game.next_draws())
        game.step()
    return max(
        float((theirs.detach() - ours).abs().max())
        for name, network in game.networks.items()
        for theirs, ours in zip(
            slow.networks[name],
            (t for pair in zip(network.weights, network.biases, strict=True) for t in pair),
            strict=True,
        )
    )


def judge_gradient_error(activation: str) -> float:
    """Largest relative error of the critic's last gradient, penalty included, float64."""
    settings = GameSettings(
        width=16, activation=activation, batch=32, critic_steps=1, penalty_weight=1.0
    )
    game = Game(settings, precise_ring, dtype=torch.float64)
    slow = Slow(game)
    slow.step(game.next_draws())
    game.step()
    network = game.networks["judge"]
    pairs = zip(network.weight_gradients, network.bias_gradients, strict=True)
    written = torch.cat([t.flatten() for pair in pairs for t in pair])
    derived = torch.cat([p.grad.flatten() for p in slow.networks["judge"] if p.grad is not None])
    return float((written - derived).norm() / derived.norm())


def played(
    steps: int, dtype: torch.dtype, seed: int, seeds: tuple[int, ...] | None = None
) -> Tensor:
    """What a game, or several at once, generate after some steps."""
    settings = GameSettings(width=16, batch=32, seed=seed)
    game = Game(settings, lambda n, draws: RING.sample(n, draws).to(dtype), seeds, dtype)
    for _ in range(steps):
        game.step()
    return game.generate(normal(100, 2).to(dtype))


def population_difference(steps: int, dtype: torch.dtype) -> float:
    """Largest difference of three games played at once to the same three alone."""
    together = played(steps, dtype, 0, (3, 4, 5))
    alone = torch.stack([played(steps, dtype, seed) for seed in (3, 4, 5)])
    return float((together - alone).abs().max())


def slope_between_two_points(weight: float, apart: float = 0.5) -> float:
    """The slope that a critic settles at between two points, of which no one moves."""
    settings = GameSettings(width=32, batch=64, generator_rate=0, penalty_weight=weight)
    there = torch.tensor([apart, 0.0], dtype=torch.float64)
    game = Game(settings, lambda n, draws: there.expand(n, 2), dtype=torch.float64)
    game.networks["generator"].parameters.zero_()  # it generates the origin, whatever the noise
    for _ in range(400):
        game.step()
    return float(game.losses().slope)


def modes_held(objective: str) -> Tensor:
    """How many modes of the ring three seeds hold after 1,200 steps with the default settings."""
    game = Game(GameSettings(objective=objective), RING.sample, seeds=(0, 1, 2))
    for _ in range(1_200):
        game.step()
    clouds = game.generate(game.evaluation_noise(2_500))
    return torch.tensor([mode_report(cloud, RING).modes_held for cloud in clouds]).double()


FLOORS = {
    ("ring", False): (0.078, 0.022),
    ("ring", True): (0.059, 0.019),
    ("grid", False): (0.097, 0.022),
    ("grid", True): (0.068, 0.015),
}
"""Mean and standard deviation of one distance, from 12 repeats with POT alone."""

KNOWN = (
    Known("distinct centres of the ring", 8, partial(distinct_centres, "ring"), "definition"),
    Known("distinct centres of the grid", 25, partial(distinct_centres, "grid"), "definition"),
    Known(
        "neighbours on the ring: distance",
        2 * 2 / 1.414 * math.sin(math.pi / 8),
        partial(nearest_centres, "ring"),
        "chord of 45°, radius 2/1.414 of gan_toy.py",
        tolerance=1e-6,
    ),
    Known(
        "neighbours on the grid: distance",
        2 / 2.828,
        partial(nearest_centres, "grid"),
        "gan_toy.py",
        tolerance=1e-6,
    ),
    Known(
        "good samples of a perfect generator",
        1 - math.exp(-4.5),
        good_share,
        "1 − exp(−9/2): 3 σ in the plane",
        tolerance=6e-4,
    ),
    Known(
        "coverage, expected, n = m = 1,000, k = 5",
        1 - math.prod((1_000 - i) / (2_000 - i) for i in range(1, 6)),
        partial(expected_coverage, 1_000, 1_000, 5),
        "Naeem et al. 2020, lemma 2",
        tolerance=1e-12,
    ),
    Known("coverage of moons by moons", 0.969, real_coverage, "Naeem et al. 2020", tolerance=0.01),
    Known(
        "reverse KL of perfect samples, K = 25, m = 1,000",
        24 / 2_000,
        mean_reverse_kl,
        "(K − 1)/2m, Miller 1955",
        tolerance=0.02,
        kind="rel",
    ),
    Known(
        "reverse KL, 24 of 25 modes",
        math.log(25 / 24),
        lost_mode,
        "log(K/(K − 1))",
        tolerance=1e-12,
    ),
    *(
        Known(
            f"W1 floor of the {name}, n = 1,000" + (", even reference" if even else ""),
            (round(mean - 2 * std, 3), round(mean + 2 * std, 3)),
            partial(floor, name, even),
            "POT alone, 12 repeats, ± 2 std",
            kind="range",
        )
        for (name, even), (mean, std) in FLOORS.items()
    ),
    *LEARNED,
    *TRUTH,
    *DIRAC,
    *BANDS,
    Known("penalty of a critic of slope (3, 4)", 16, linear_penalty, "(‖w‖ − 1)²", tolerance=1e-12),
    *(
        Known(
            f"critic's gradient with penalty, {activation}, relative error",
            0,
            partial(judge_gradient_error, activation),
            "autograd, float64",
            tolerance=1e-10,
        )
        for activation in ("relu", "tanh")
    ),
    *PLAYERS,
    *(
        Known(
            f"{OBJECTIVES[objective].label}: parameters after 5 steps, written out",
            0,
            partial(difference_to_slow, objective),
            "autograd, torch.optim.Adam, float64",
            tolerance=1e-9,
        )
        for objective in GENERATOR_LOSSES
    ),
    Known(
        "three games at once against each alone, 20 steps, float64",
        0,
        partial(population_difference, 20, torch.float64),
        "equality of two runs",
        tolerance=1e-9,
    ),
    Known(
        "three games at once against each alone, 3 steps, float32",
        0,
        partial(population_difference, 3, torch.float32),
        "equal but for rounding, which Adam enlarges where a gradient nearly vanishes",
        tolerance=1e-4,
    ),
    *(
        Known(
            f"slope of a critic between points 0.5 apart, λ = {weight:g}",
            1 + 0.5 / (2 * weight),
            partial(slope_between_two_points, weight),
            "1 + W/2λ: where sW − λ(s − 1)² is largest",
            tolerance=0.02,
            kind="rel",
        )
        for weight in (0.1, 10.0)
    ),
    Known(
        "ring, WGAN-GP: fewest modes held by 3 seeds",
        8,
        lambda: float(modes_held("wasserstein_gp").min()),
        "all 6 seeds of an independent run",
        slow=True,
    ),
    Known(
        "ring, non-saturating, 5 judge steps: mean modes held",
        (1, 7),
        lambda: float(modes_held("non_saturating").mean()),
        "1 to 7 in 24 seeds: 3.7 ± 0.4 in the mean",
        kind="range",
        slow=True,
    ),
    Known(
        "ring, minimax, 5 judge steps: mean modes held",
        (0, 5),
        lambda: float(modes_held("minimax").mean()),
        "0 to 5 in 24 seeds: 2.0 ± 0.3 in the mean",
        kind="range",
        slow=True,
    ),
    *SCRIPTS,
)
