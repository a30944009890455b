"""The Dirac-GAN: derivatives by autograd, the published notebook, and theory."""

import cmath
import math

import pytest
import torch
from torch.nn.functional import softplus

from explorer.gans.dirac import (
    DIRAC_GAMES,
    NOISE,
    PENALTY,
    START,
    consensus,
    eigenvalues,
    jacobian,
    of_objective,
    r1,
    r1_eigenvalues,
    radius,
    relativistic_eigenvalues,
    small_circle,
    step_eigenvalues,
    step_jacobian,
    trajectory,
    velocities,
    verdict,
    weights_that_draw_in,
)
from explorer.gans.objectives import OBJECTIVES

POINTS = torch.randn(40, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def by_parts(value):
    return value.real, value.imag


def f(t):
    """−log(1 + e^−t)."""
    return -softplus(-t)


# For each game what the generator and the judge minimise, at (θ, ψ), D larger on generated points.
LOSSES = {
    "minimax": (lambda a, p: f(p * a), lambda a, p: -f(p * a)),
    "non_saturating": (lambda a, p: -f(-p * a), lambda a, p: -f(p * a)),
    "least_squares": (lambda a, p: (p * a + 1) ** 2 / 2, lambda a, p: (p * a - 1) ** 2 / 2),
    "hinge": (lambda a, p: p * a, lambda a, p: torch.relu(1 - p * a)),
    "wasserstein": (lambda a, p: p * a, lambda a, p: -p * a),
    "wasserstein_clip": (lambda a, p: p * a, lambda a, p: -p * a),
    "wasserstein_gp": (
        lambda a, p: p * a,
        lambda a, p: -p * a + PENALTY / 2 * (p.abs() - 1) ** 2,
    ),
    "r1": (lambda a, p: f(p * a), lambda a, p: -f(p * a) + 0.3 / 2 * p**2),
    "r1_critical": (lambda a, p: f(p * a), lambda a, p: -f(p * a) + p**2 / 2),
    # R1 and R2: the line has the slope ψ at the real point and at the generated one
    "relativistic_paired": (lambda a, p: -f(-p * a), lambda a, p: -f(p * a) + 2 * 0.3 / 2 * p**2),
    "relativistic_average": (
        lambda a, p: -2 * f(-p * a),
        lambda a, p: -2 * f(p * a) + 2 * 0.3 / 2 * p**2,
    ),
}


@pytest.mark.parametrize("name", [*LOSSES, *OBJECTIVES])
def test_both_players_move_down_their_own_loss(name):
    points = POINTS.clone().requires_grad_()
    ours, theirs = (loss(points[:, 0], points[:, 1]).sum() for loss in LOSSES[name])
    (down,) = torch.autograd.grad(ours, points)
    (up,) = torch.autograd.grad(theirs, points)

    expected = -torch.stack([down[:, 0], up[:, 1]], dim=1)

    torch.testing.assert_close(velocities(DIRAC_GAMES[name], POINTS), expected)


def test_consensus_adds_the_gradient_of_half_the_fields_square():
    points = POINTS.clone().requires_grad_()
    gan = velocities(DIRAC_GAMES["minimax"], points)
    (slope,) = torch.autograd.grad(gan.square().sum() / 2, points)

    torch.testing.assert_close(velocities(consensus(1.0), POINTS), gan.detach() - slope)


def test_instance_noise_is_the_mean_field_of_noisy_points():
    generator, n = torch.Generator().manual_seed(1), 200_000
    theta, psi = 0.8, -1.3
    ours, real = (NOISE * torch.randn(n, generator=generator, dtype=torch.float64) for _ in "12")
    at = torch.tensor([theta, psi], dtype=torch.float64, requires_grad=True)
    value = f(at[1] * (at[0] + ours)).mean() + f(-at[1] * real).mean()
    (slope,) = torch.autograd.grad(value, at)

    found = velocities(DIRAC_GAMES["instance_noise"], at.detach()[None])[0]

    torch.testing.assert_close(found, slope * torch.tensor([-1.0, 1.0]), rtol=0, atol=0.01)


# Distance from the equilibrium after 500 steps of 0.2 from (1, 1), to the digits that are known:
# run from the vector fields of the notebook of Mescheder et al. 2018.
NOTEBOOK = {
    "minimax": (3.1, 1.42, 1.85),
    "non_saturating": (0.64, 0.28, 0.14),
    "wasserstein_clip": (1.0, 1.0, 0.92),
    "wasserstein_gp": (1.8, 1.2, 0.72),
    "r1": (2.6e-6, 2.3e-7, 9e-34),
    "r1_critical": (9.5e-22, 7.5e-17, 5e-12),
}


@pytest.mark.parametrize("name", NOTEBOOK)
@pytest.mark.parametrize(("column", "judge_steps"), [(0, 0), (1, 1), (2, 5)])
def test_the_distances_of_the_notebook_come_out(name, column, judge_steps):
    end = trajectory(DIRAC_GAMES[name], judge_steps=judge_steps)[-1]

    assert float(end.norm()) == pytest.approx(NOTEBOOK[name][column], rel=0.06)


@pytest.mark.parametrize(("judge_steps", "distance"), [(0, 2e-10), (1, 1.3e-11), (5, 5e-33)])
def test_consensus_with_the_notebooks_half_bend_arrives_as_it_does(judge_steps, distance):
    end = trajectory(consensus(bend=0.5), judge_steps=judge_steps)[-1]

    assert float(end.norm()) == pytest.approx(distance, rel=0.1)


@pytest.mark.parametrize("judge_steps", [0, 1, 5])
def test_wgan_gp_circles_and_r1_converges_however_often_the_judge_moves(judge_steps):
    found = {
        name: verdict(
            DIRAC_GAMES[name], trajectory(DIRAC_GAMES[name], START, judge_steps), judge_steps
        )
        for name in ("wasserstein_gp", "wasserstein_clip", "r1", "r1_critical", "instance_noise")
    }

    assert found == {
        "wasserstein_gp": "circles",
        "wasserstein_clip": "circles",
        "r1": "converges",
        "r1_critical": "converges",
        "instance_noise": "converges",
    }


@pytest.mark.parametrize(
    ("name", "judge_steps", "expected"),
    [
        ("minimax", 0, "diverges"),
        ("minimax", 1, "circles"),
        ("wasserstein", 0, "diverges"),
        ("non_saturating", 0, "slow"),
        ("non_saturating", 1, "slow"),
        ("non_saturating", 5, "slow"),
    ],
)
def test_the_verdicts_of_the_unpenalised_games(name, judge_steps, expected):
    game = DIRAC_GAMES[name]

    assert verdict(game, trajectory(game, START, judge_steps), judge_steps) == expected


def test_simultaneous_wgan_leaves_by_the_factor_of_its_rotation():
    path = trajectory(DIRAC_GAMES["wasserstein"], (0.3, -0.4), steps=7)

    # Each step multiplies the distance by |1 + 0.2 i|.
    expected = 0.5 * torch.tensor([math.hypot(1, 0.2) ** k for k in range(8)], dtype=torch.float64)
    torch.testing.assert_close(path.norm(dim=1), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.5])
def test_r1_has_the_eigenvalues_of_its_formula(gamma):
    found = sorted(eigenvalues(r1(gamma)).tolist(), key=lambda z: (z.real, z.imag))
    a, b = 1, gamma  # λ² + γ λ + 1/4 = 0
    roots = [(-b + s * cmath.sqrt(b * b - a)) / 2 for s in (1, -1)]
    expected = sorted(roots, key=lambda z: (z.real, z.imag))

    # At the double root of γ = 1 an error of 1e-16 moves the eigenvalues by its root.
    assert found == pytest.approx(expected, abs=1e-7)
    formula = sorted(r1_eigenvalues(gamma), key=lambda z: (z.real, z.imag))
    assert formula == pytest.approx(expected)


@pytest.mark.parametrize(("name", "a"), [("relativistic_paired", 0.5), ("relativistic_average", 1)])
@pytest.mark.parametrize("gamma", [0.0, 0.2, 0.5, 1.0, 2.5])
def test_with_r1_and_r2_a_relativistic_game_has_the_eigenvalues_of_its_formula(name, a, gamma):
    found = sorted(eigenvalues(of_objective(name, gamma=gamma)).tolist(), key=by_parts)
    # λ² + 2γ λ + a² = 0
    roots = [-gamma + s * cmath.sqrt(gamma**2 - a**2) for s in (1, -1)]
    expected = sorted(roots, key=by_parts)

    assert found == pytest.approx(expected, abs=1e-7)  # at the double root, its root of rounding
    formula = relativistic_eigenvalues(gamma, average=name == "relativistic_average")
    assert sorted(formula, key=by_parts) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["relativistic_paired", "relativistic_average"])
@pytest.mark.parametrize("judge_steps", [0, 1, 5])
def test_with_r1_and_r2_a_relativistic_game_arrives_and_without_it_does_not(name, judge_steps):
    with_both, without = of_objective(name), of_objective(name, gamma=0.0)

    assert verdict(with_both, trajectory(with_both, START, judge_steps), judge_steps) == "converges"
    assert verdict(without, trajectory(without, START, judge_steps), judge_steps) != "converges"


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_has_a_game_of_two_numbers_that_rests_at_the_equilibrium(name):
    game = DIRAC_GAMES[name]

    assert game.name == name
    if game.smooth:
        rest = velocities(game, torch.zeros(1, 2, dtype=torch.float64))
        assert float(rest.abs().max()) == 0
    assert (game.weighed is not None) == (OBJECTIVES[name].weighed_by == "r1_weight")
    assert game.weighed is None or "γ = 2.5" in game.weighed(2.5).label


def test_an_objective_that_there_is_none_of_has_no_game():
    with pytest.raises(ValueError, match="unknown objective 'gan'; choose from 'minimax'"):
        of_objective("gan")


@pytest.mark.parametrize("name", [name for name in DIRAC_GAMES if name != "wasserstein_gp"])
def test_the_jacobian_is_the_fields_slope_by_central_differences(name):
    game, step = DIRAC_GAMES[name], 1e-5
    columns = []
    for axis in range(2):
        move = torch.zeros(1, 2, dtype=torch.float64)
        move[0, axis] = step
        columns.append((velocities(game, move) - velocities(game, -move))[0] / (2 * step))

    torch.testing.assert_close(jacobian(game), torch.stack(columns, 1), rtol=0, atol=1e-8)


@pytest.mark.parametrize("judge_steps", [0, 1, 5])
@pytest.mark.parametrize("name", [name for name, game in DIRAC_GAMES.items() if game.smooth])
def test_the_jacobian_of_a_whole_iteration_is_its_slope_by_central_differences(name, judge_steps):
    game, size, h = DIRAC_GAMES[name], 1e-5, 0.37
    ends = [
        trajectory(game, start, judge_steps, 1, h)[1]
        for start in ((size, 0.0), (-size, 0.0), (0.0, size), (0.0, -size))
    ]
    matrix = torch.stack([ends[0] - ends[1], ends[2] - ends[3]], dim=1) / (2 * size)

    torch.testing.assert_close(step_jacobian(game, judge_steps, h), matrix, rtol=0, atol=1e-8)
    largest = max(abs(value) for value in torch.linalg.eigvals(matrix).tolist())
    assert radius(game, judge_steps, h) == pytest.approx(largest, abs=1e-4)  # double roots: √1e-8


@pytest.mark.parametrize("h", [0.05, 0.2, 0.5, 1.0])
def test_r1_draws_in_between_the_weights_of_its_discrete_moves(h):
    """I + hJ has the determinant 1 − hγ + h²/4 and the trace 2 − hγ; in turn they are others."""
    assert weights_that_draw_in("r1", 0, h) == pytest.approx((h / 4, 2 / h + h / 8), abs=1e-4)
    assert weights_that_draw_in("r1", 1, h) == pytest.approx((0, 2 / h - h / 8), abs=1e-4)
    at_once = weights_that_draw_in("relativistic_average", 0, h)
    assert at_once == pytest.approx((h / 2, 1 / h + h / 4), abs=1e-4)


@pytest.mark.parametrize(
    ("gamma", "h", "expected"),
    [(0.1, 0.5, "circles"), (0.2, 0.5, "converges"), (3.0, 1.0, "diverges")],
)
def test_r1_at_once_arrives_for_some_weights_only(gamma, h, expected):
    game = r1(gamma)

    assert verdict(game, trajectory(game, START, 0, 500, h), 0, h) == expected


def test_a_verdict_uses_the_length_of_the_moves_of_its_run():
    """With h = 0.2 this R1 draws in nearby; with 0.5 it pushes away, however near a path ends."""
    game, path = r1(0.1), torch.linspace(1, 0, 101, dtype=torch.float64)[:, None].expand(-1, 2)

    assert verdict(game, path.clone()[:99] ** 9, 0, 0.2) == "converges"
    assert verdict(game, path.clone()[:99] ** 9, 0, 0.5) != "converges"


@pytest.mark.parametrize(("judge_steps", "end"), [(0, 1.97), (1, 1.43), (5, 0.71)])
def test_small_circles_of_wgan_gp_grow(judge_steps, end):
    assert small_circle(DIRAC_GAMES["wasserstein_gp"], judge_steps) == pytest.approx(end, abs=0.006)


def test_what_has_no_weight_or_no_jacobian_says_so():
    with pytest.raises(ValueError, match="'minimax' has no weight"):
        weights_that_draw_in("minimax")
    assert math.isnan(radius(DIRAC_GAMES["wasserstein_gp"]))
    assert step_eigenvalues(DIRAC_GAMES["wasserstein_gp"]) is None


def test_unpenalised_games_rotate_and_wgan_gp_has_no_linearisation():
    for name, speed in (
        ("minimax", 0.5),
        ("non_saturating", 0.5),
        ("hinge", 1),
        ("wasserstein", 1),
    ):
        found = eigenvalues(DIRAC_GAMES[name]).tolist()
        assert sorted(z.imag for z in found) == pytest.approx([-speed, speed])
        assert [z.real for z in found] == pytest.approx([0, 0])
    assert eigenvalues(DIRAC_GAMES["wasserstein_gp"]) is None
    with pytest.raises(ValueError, match="'wasserstein_gp' has no derivative at the equilibrium"):
        jacobian(DIRAC_GAMES["wasserstein_gp"])


def test_clipping_keeps_the_judge_inside():
    path = trajectory(DIRAC_GAMES["wasserstein_clip"], (2.0, 0.5), judge_steps=5)

    assert float(path[1:, 1].abs().max()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"start": (math.nan, 1.0)}, "must be finite numbers"),
        ({"h": 0.0}, "the step positive"),
        ({"judge_steps": 101}, "judge_steps must be between 0 and 100, not 101"),
    ],
)
def test_a_path_needs_a_start_and_a_step(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        trajectory(DIRAC_GAMES["r1"], **arguments)


def test_a_path_that_leaves_for_good_is_followed_no_farther():
    path = trajectory(DIRAC_GAMES["wasserstein"], steps=2_000)

    assert path.isfinite().all()
    assert verdict(DIRAC_GAMES["wasserstein"], path) == "diverges"
