"""How long a memory lasts: half-lives of all units, and what can still be read out of a state."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
import torch

from explorer.cells import Activation, Remembrance, remembrance
from explorer.cells.activations import SIGMOID
from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.sequences.half_life import HalfLives
from explorer.sequences.probe import Forgetting, ForgettingCurve

LONGEST = 1e4  # steps; a unit that never lets go is drawn here
TITLES = {"cell": "memory c", "hidden": "hidden h"}
ROLES = {"cell": "cell", "hidden": "candidate"}
DASHES = {"cell": "solid", "hidden": "dash"}


def half_lives(found: HalfLives, unit: int | None = None, dark: bool = False) -> go.Figure:
    """Return the half-life of every unit, on the curve of what a bias alone would give it.

    A gate that keeps the share f = σ(b), or what the cell has in place of σ, lets go of half its
    memory in ln ½ / ln f steps. Every unit is drawn where its mean gate puts it: left short, right
    long, on a log axis of steps. Diamonds are the table for the biases 0 to 5; ``unit`` is ringed.
    A unit that never lets go stands at the upper edge.
    """
    colours = theme.DARK if dark else theme.LIGHT
    gates = np.asarray(found.gate, float)
    lives = _within(np.asarray(found.half_life, float))
    # The bias that such a gate would have if nothing else reached it.
    biases = _bias_of(gates, found.activation)
    figure = go.Figure(
        [
            _theory(biases, found.activation, colours),
            _units(biases, gates, lives, colours),
            _known(found.table, colours),
        ]
    )
    if unit is not None:
        figure.add_trace(_ring(unit, biases[unit], lives[unit], colours))
    meant = ", ln f / (1 − f)" if found.activation == SIGMOID else f" of {found.activation.sign}"
    figure.update_xaxes(title=f"gate’s mean as a bias{meant}")
    figure.update_yaxes(title="half-life, steps", type="log", exponentformat="power")
    longest = int(np.argmax(lives))
    title = f"Half-life: unit {longest} keeps half for {_steps(lives[longest])} steps"
    return dressed(figure, title, colours, legend=True)


def _theory(biases: np.ndarray, by: Activation, colours: dict[str, str]) -> go.Scatter:
    """Return the curve of what a bias alone gives, a little wider than the units reach."""
    curve = np.linspace(min(-2.0, biases.min()), max(6.0, biases.max()), 200)
    return go.Scatter(
        x=curve,
        y=_within(remembrance(torch.from_numpy(curve), by).half_life.numpy()),
        name=f"ln ½ / ln {by.sign}(b)",
        mode="lines",
        line={"color": colours["theory"], "dash": "dot", "width": 2},
        hoverinfo="skip",
    )


def _units(
    biases: np.ndarray, gates: np.ndarray, lives: np.ndarray, colours: dict[str, str]
) -> go.Scatter:
    """Return a dot for every unit, those that forget soonest first."""
    order = np.argsort(gates)
    return go.Scatter(
        x=biases[order],
        y=lives[order],
        name="units",
        mode="markers",
        marker={"color": colours["forget"], "size": 10, "opacity": 0.75},
        customdata=np.stack([order, gates[order]], 1),
        hovertemplate="unit %{customdata[0]}: keeps %{customdata[1]:.3f} a step, "
        "half is left after %{y:.3g} steps<extra></extra>",
    )


def _known(table: Remembrance, colours: dict[str, str]) -> go.Scatter:
    """Return the diamonds: the half-lives of some biases, with their numbers."""
    lives = _within(np.asarray(table.half_life, float))
    return go.Scatter(
        x=np.asarray(table.bias, float),
        y=lives,
        name="bias 0 to 5 alone",
        mode="markers+text",
        text=[_steps(life) for life in lives],
        textposition="bottom right",
        textfont={"size": 14},
        marker={"color": colours["ink"], "symbol": "diamond", "size": 11},
        hovertemplate="bias %{x:.0f}: %{y:.3g} steps<extra></extra>",
    )


def _ring(unit: int, bias: float, life: float, colours: dict[str, str]) -> go.Scatter:
    """Return the ring around one unit."""
    return go.Scatter(
        x=[bias],
        y=[life],
        name=f"unit {unit}",
        mode="markers",
        marker={
            "color": "rgba(0, 0, 0, 0)",
            "size": 20,
            "line": {"color": colours["accent"], "width": 3},
        },
        hoverinfo="skip",
    )


def forgetting(
    found: Mapping[str, Forgetting], score: str = "share of right answers", dark: bool = False
) -> go.Figure:
    """Return forgetting curves: how well what came k steps ago can be read out of the state.

    ``found`` names each measurement ("one item", "several"). A line that stays above the baseline
    (dotted) at lag k says that the state still knows what came k steps ago; the band is two
    standard errors. Several measurements differ in their markers, memory and output in colour and
    dash.
    """
    colours = theme.DARK if dark else theme.LIGHT
    figure = go.Figure()
    symbols = ("circle", "square", "diamond", "cross")
    for (name, forgetting_of), symbol in zip(found.items(), symbols, strict=False):
        for part, curve in forgetting_of.curves.items():
            _add_curve(figure, name, part, curve, symbol, colours)
        baseline = next(iter(forgetting_of.curves.values()))
        figure.add_scatter(
            x=list(baseline.lags),
            y=np.asarray(baseline.baseline, float),
            name=f"{name}: no state",
            mode="lines",
            line={"color": colours["baseline"], "dash": "dot", "width": 2},
            hovertemplate="no state: %{y:.2f}<extra></extra>",
        )
    figure.update_xaxes(title="lag, steps back", rangemode="tozero")
    figure.update_yaxes(title=score)
    return dressed(figure, "What can still be read out of the state", colours, legend=True)


def _add_curve(
    figure: go.Figure,
    name: str,
    part: str,
    curve: ForgettingCurve,
    symbol: str,
    colours: dict[str, str],
) -> None:
    """Draw one curve with its band of two standard errors."""
    lags, score = list(curve.lags), np.asarray(curve.score, float)
    spread = 2 * np.asarray(curve.error, float)
    colour = colours[ROLES.get(part, "ink")]
    figure.add_scatter(
        x=[*lags, *lags[::-1]],
        y=[*(score + spread), *(score - spread)[::-1]],
        fill="toself",
        fillcolor=_faint(colour),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=lags,
        y=score,
        name=f"{name}: {TITLES.get(part, part)}",
        mode="lines+markers",
        marker={"symbol": symbol, "size": 8},
        line={"color": colour, "dash": DASHES.get(part, "solid"), "width": 3},
        hovertemplate=f"{name}, {TITLES.get(part, part)}, lag %{{x}}: %{{y:.2f}}<extra></extra>",
    )


def _bias_of(share: np.ndarray, by: Activation) -> np.ndarray:
    """Return the bias that alone would make a gate such a share."""
    assert by.sum_of is not None, "a gate that keeps is a share"
    return by.sum_of(torch.from_numpy(np.clip(share, 1e-6, 1 - 1e-5))).numpy()


def _within(lives: np.ndarray) -> np.ndarray:
    return np.clip(lives, 1e-2, LONGEST)


def _steps(life: float) -> str:
    return "all" if life >= LONGEST else f"{life:.3g}"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.16)"
