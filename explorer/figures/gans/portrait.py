"""Where the two numbers start: a small plane to click on, as a Plotly figure."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed

EDGE = 2.5
SPACING = 0.25


def start_figure(x: float, y: float, dark: bool = False) -> go.Figure:
    """Return the plane of (θ, ψ) with points a quarter apart to choose from, and the start."""
    colours = theme.DARK if dark else theme.LIGHT
    axis = np.arange(-EDGE, EDGE + SPACING / 2, SPACING)
    columns, rows = np.meshgrid(axis, axis)
    figure = go.Figure(
        [
            go.Scatter(
                x=columns.ravel(),
                y=rows.ravel(),
                mode="markers",
                marker={"color": colours["baseline"], "size": 7, "opacity": 0.35},
                selected={"marker": {"opacity": 0.35}},
                unselected={"marker": {"opacity": 0.35}},
                hovertemplate="θ = %{x}, ψ = %{y}<extra></extra>",
            ),
            go.Scatter(
                x=[x],
                y=[y],
                mode="markers",
                marker={"color": colours["fake"], "size": 13},
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 1}},
                hovertemplate="the start: θ = %{x}, ψ = %{y}<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(range=(-EDGE - 0.2, EDGE + 0.2), title="θ", fixedrange=True)
    figure.update_yaxes(range=(-EDGE - 0.2, EDGE + 0.2), title="ψ", fixedrange=True)
    dressed(figure, "", colours)
    return figure.update_layout(height=250, margin={"l": 40, "r": 8, "t": 8, "b": 40})
