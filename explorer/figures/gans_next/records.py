"""Published numbers of mode collapse as Plotly figures: every method once, by its paper."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.gans.published import Published

MODES = {"ring": 8, "grid": 25}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def published_figure(rows: Sequence[Published], data: str, dark: bool = False) -> go.Figure:
    """Return modes captured against good samples, a point for each method, a symbol for each paper.

    A hollow point is quoted from memory. The dotted line is what a perfect sampler reaches. Raises
    ValueError for data that no row is about.
    """
    colours = theme.DARK if dark else theme.LIGHT
    shown = [row for row in rows if row.data == data]
    if not shown:
        raise ValueError(f"no published number is about {data!r}")
    figure = go.Figure()
    for symbol, source in zip(SYMBOLS, dict.fromkeys(row.source for row in shown), strict=False):
        mine = [row for row in shown if row.source == source]
        figure.add_scatter(
            x=[row.good for row in mine],
            y=[row.modes for row in mine],
            error_x=_error([row.good_error for row in mine], colours["mute"]),
            error_y=_error([row.modes_error for row in mine], colours["mute"]),
            mode="markers+text",
            name=source.partition(":")[0],
            text=[row.method for row in mine],
            textposition=_places(mine, MODES[data]),
            textfont={"size": 14, "color": colours["ink"]},
            marker={
                "symbol": symbol if mine[0].read else f"{symbol}-open",
                "size": 11,
                "color": colours["wgan" if "WGAN" in mine[0].method else "gan"],
                "line": {"width": 2},
            },
            hovertemplate="%{text}: %{y} modes, %{x} % good<extra>" + source + "</extra>",
        )
    figure.add_vline(x=98.889, line={"color": colours["baseline"], "dash": "dot", "width": 2})
    figure.update_xaxes(title="good samples, per cent", range=(-6, 116), tickvals=range(0, 101, 20))
    figure.update_yaxes(title=f"modes of {MODES[data]}", range=(0, MODES[data] * 1.12))
    title = "Ring of 8" if data == "ring" else "Grid of 25"
    return dressed(figure, title, colours, legend=True)


def _error(values: Sequence[float | None], colour: str) -> dict[str, object] | None:
    if all(value is None for value in values):
        return None
    return {"type": "data", "array": [value or 0.0 for value in values], "color": colour}


def _places(rows: Sequence[Published], most: int) -> list[str]:
    """Return where each name stands: methods that nearly coincide take turns around the point."""
    around = ("top left", "bottom left", "middle right", "bottom right", "top right")
    found: list[str] = []
    for index, row in enumerate(rows):
        near = [
            other
            for other in rows[:index]
            if abs(other.good - row.good) < 12 and abs(other.modes - row.modes) < most / 8
        ]
        found.append(around[len(near) % len(around)] if row.good > 20 else "middle right")
    return found
