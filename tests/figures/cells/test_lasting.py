"""The pictures of how long a memory lasts: dots and bands lie where the numbers say."""

import numpy as np
import pytest
import torch

from explorer.cells import hard_sigmoid, remembrance
from explorer.figures import theme
from explorer.figures.cells.lasting import forgetting, half_lives
from explorer.sequences.half_life import BIASES, HalfLives
from explorer.sequences.probe import Forgetting, ForgettingCurve

GATES = torch.tensor([0.5, 0.9, 0.99, 1.0], dtype=torch.float64)


@pytest.fixture
def lives() -> HalfLives:
    steps = np.log(2.0) / torch.log(GATES).abs()
    return HalfLives(GATES, steps, remembrance(torch.tensor(BIASES, dtype=torch.float64)))


def curve(score: float, count: int = 4) -> ForgettingCurve:
    def line(value: float) -> torch.Tensor:
        return torch.full((count,), value, dtype=torch.float64)

    return ForgettingCurve(tuple(range(count)), line(score), line(0.01), line(0.25), 100)


def named(figure, name):
    return next(part for part in figure.data if part.name == name)


def test_a_unit_stands_at_the_bias_that_would_give_it_its_gate(lives):
    units = named(half_lives(lives), "units")

    squashed = 1 / (1 + np.exp(-np.array(units.x)))
    assert squashed[:3] == pytest.approx([0.5, 0.9, 0.99], abs=1e-9)


def test_a_gate_of_one_half_loses_half_in_one_step(lives):
    assert named(half_lives(lives), "units").y[0] == pytest.approx(1.0)


def test_units_and_the_table_lie_on_the_curve_of_theory(lives):
    figure = half_lives(lives)
    theory = named(figure, "ln ½ / ln σ(b)")
    for name, points in (("units", slice(0, 3)), ("bias 0 to 5 alone", slice(None))):
        dots = named(figure, name)
        on_curve = np.interp(dots.x[points], theory.x, np.log(theory.y))
        assert np.exp(on_curve) == pytest.approx(np.array(dots.y[points]), rel=2e-3)


def test_units_of_hard_gates_lie_on_the_curve_of_their_own_gate(lives):
    by = hard_sigmoid(0.2, 0.5)
    table = remembrance(torch.tensor(BIASES, dtype=torch.float64), by)
    hard = HalfLives(lives.gate, lives.half_life, table, by)

    figure = half_lives(hard)

    theory, dots = named(figure, "ln ½ / ln hard σ(b)"), named(figure, "units")
    assert np.array(dots.x[:3]) == pytest.approx((GATES[:3].numpy() - 0.5) / 0.2)
    on_curve = np.interp(dots.x[:2], theory.x, np.log(theory.y))
    assert np.exp(on_curve) == pytest.approx(np.array(dots.y[:2]), rel=2e-2)
    assert named(figure, "bias 0 to 5 alone").text[-1] == "all"  # open from 2.5 on
    assert figure.layout.xaxis.title.text == "gate’s mean as a bias of hard σ"


def test_a_unit_that_never_lets_go_is_drawn_at_the_edge_and_named(lives):
    figure = half_lives(lives)

    assert np.isfinite(named(figure, "units").y).all()
    assert "unit 3 keeps half for all steps" in figure.layout.title.text


def test_the_selected_unit_is_ringed_where_its_dot_is(lives):
    figure = half_lives(lives, unit=1)
    ring, dots = named(figure, "unit 1"), named(figure, "units")
    order = [int(unit) for unit, _ in dots.customdata]

    assert (ring.x[0], ring.y[0]) == (dots.x[order.index(1)], dots.y[order.index(1)])


def test_bands_are_two_standard_errors_wide():
    figure = forgetting({"one item": Forgetting({"hidden": curve(0.8)})})
    band = next(part for part in figure.data if part.fill == "toself")

    assert (max(band.y), min(band.y)) == pytest.approx((0.82, 0.78))


def test_every_measurement_has_its_lines_and_its_baseline():
    found = {
        "one item": Forgetting({"hidden": curve(0.8), "cell": curve(0.9)}),
        "several": Forgetting({"hidden": curve(0.5)}),
    }
    figure = forgetting(found)

    assert {part.name for part in figure.data if part.showlegend is not False} == {
        "one item: hidden h",
        "one item: memory c",
        "one item: no state",
        "several: hidden h",
        "several: no state",
    }
    assert set(named(figure, "several: no state").y) == {0.25}


def test_lines_differ_without_colour():
    found = {
        "one item": Forgetting({"hidden": curve(0.8), "cell": curve(0.9)}),
        "several": Forgetting({"hidden": curve(0.5), "cell": curve(0.6)}),
    }
    looks = [
        (part.line.dash, part.marker.symbol)
        for part in forgetting(found).data
        if part.mode == "lines+markers"
    ]

    assert len(looks) == len(set(looks)) == 4


@pytest.mark.parametrize(("dark", "palette"), [(False, theme.LIGHT), (True, theme.DARK)])
def test_the_figures_wear_the_theme(lives, dark, palette):
    for figure in (half_lives(lives, dark=dark), forgetting({}, dark=dark)):
        assert figure.layout.paper_bgcolor == palette["background"]
        assert figure.layout.font.size >= 14
