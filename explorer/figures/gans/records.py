"""Published numbers of mode collapse as Plotly figures: every method once, by its paper."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.gans.distributions import distribution
from explorer.gans.published import Published

HEIGHT = 460
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def published_figure(rows: Sequence[Published], data: str, dark: bool = False) -> go.Figure:
    """Return the modes that every method captures, a row each with its share of good samples.

    Bars are standard errors, where the paper gives them; a hollow point is quoted from memory. The
    dotted line is all modes. Raises ValueError for data that no row is about.
    """
    colours = theme.DARK if dark else theme.LIGHT
    shown = [row for row in rows if row.data == data]
    if not shown:
        raise ValueError(f"no published number is about {data!r}")
    known = distribution(data)
    assert known.modes is not None
    most = len(known.modes)
    figure = go.Figure()
    for symbol, source in zip(SYMBOLS, dict.fromkeys(row.source for row in shown), strict=False):
        mine = [row for row in shown if row.source == source]
        paper = source.partition(":")[0]
        figure.add_scatter(
            x=[row.modes for row in mine],
            y=[f"{row.method} · {paper}" for row in mine],
            error_x={
                "type": "data",
                "array": [row.modes_error for row in mine],
                "visible": any(row.modes_error is not None for row in mine),
                "color": colours["mute"],
            },
            mode="markers",
            name=paper,
            marker={
                "symbol": symbol if mine[0].read else f"{symbol}-open",
                "size": 12,
                "color": colours["fake"],
                "line": {"width": 2, "color": colours["fake"]},
            },
            customdata=[row.good for row in mine],
            hovertemplate="%{x} modes, %{customdata} % good<extra>" + source + "</extra>",
        )
        for row in mine:
            figure.add_annotation(
                x=1.02,
                xref="paper",
                y=f"{row.method} · {paper}",
                text=f"{row.good:g} %",
                showarrow=False,
                xanchor="left",
            )
    figure.add_annotation(
        x=1.02, xref="paper", y=1.07, yref="paper", text="good", showarrow=False, xanchor="left"
    )
    figure.add_vline(x=most, line={"color": colours["baseline"], "dash": "dot", "width": 2})
    figure.update_xaxes(title=f"modes captured, of {most}", range=(0, most * 1.04))
    figure.update_yaxes(autorange="reversed")
    dressed(figure, known.label.capitalize(), colours)
    return figure.update_layout(height=HEIGHT, margin={"l": 190, "r": 72})
