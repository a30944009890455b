"""The cliff seen from the side, as a Plotly figure: E is height, the wall stands upright."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.gradients.cliff import WALL_FROM, Descent, error, wall
from explorer.labs.gradients.cliff import B, Cliff, W, relief

HEIGHT = 520
LIFTED = 0.006  # of lines over the surface, in E


def from_the_side(cliff: Cliff, dark: bool = False) -> go.Figure:
    """Return the error surface as a landscape, with both descents from the point upon it.

    The steep face is the wall; a descent that meets it is pushed away along the gradient, which
    there is hundreds of times as long as anywhere else.
    """
    colours = theme.DARK if dark else theme.LIGHT
    ground = relief()
    surface = go.Surface(
        x=ground.b,
        y=np.broadcast_to(ground.w[:, None], ground.b.shape),
        z=ground.error,
        colorscale=[[0, colours["line"]], [1, colours["error"]]],
        showscale=False,
        lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
        hovertemplate="b %{x:.2f}, w %{y:.2f}<br>E %{z:.3g}<extra></extra>",
    )
    lines = [
        _descent(run, name, colours[role], dash)
        for (name, role, dash), run in zip(
            (("unclipped", "unclipped", "dash"), ("clipped", "clipped", "solid")),
            cliff.descents().values(),
            strict=True,
        )
    ]
    along = np.linspace(np.nextafter(WALL_FROM, np.inf), W[1], 60)
    at = np.array([wall(float(w)) for w in along])
    foot = go.Scatter3d(
        x=at,
        y=along,
        z=error(along, at - 0.01) + LIFTED,
        mode="lines",
        name="the wall",
        line={"color": colours["ink"], "width": 6},
        hoverinfo="skip",
    )
    start = go.Scatter3d(
        x=[cliff.b],
        y=[cliff.w],
        z=[float(cliff.course.error) + LIFTED],
        mode="markers",
        name="start",
        marker={"color": colours["accent"], "size": 7},
        hoverinfo="skip",
    )
    figure = dressed(go.Figure([surface, foot, *lines, start]), "", colours, legend=True)
    axis = {"gridcolor": colours["line"], "backgroundcolor": colours["background"]}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 48, "b": 0},
        scene={
            "xaxis": {"title": "bias b", "range": B, "dtick": 1, **axis},
            "yaxis": {"title": "weight w", "range": W, "dtick": 1, **axis},
            "zaxis": {"title": "E", "range": (0, 0.5), "dtick": 0.1, **axis},
            "aspectratio": {"x": 1.3, "y": 1.3, "z": 0.75},
            "camera": {
                "eye": {"x": 1.2, "y": -1.3, "z": 0.8},
                "center": {"x": 0, "y": 0, "z": -0.15},
            },
        },
    )
    return figure


def _descent(run: Descent, name: str, colour: str, dash: str) -> go.Scatter3d:
    """Return a descent as far as it stays over the surface."""
    w, b = run.places.T
    outside = (w < W[0]) | (w > W[1]) | (b < B[0]) | (b > B[1])
    last = int(outside.argmax()) if outside.any() else len(w)
    return go.Scatter3d(
        x=b[:last],
        y=w[:last],
        z=run.errors[:last] + LIFTED,
        mode="lines",
        name=name,
        line={"color": colour, "width": 4, "dash": dash},
        hoverinfo="skip",
    )
