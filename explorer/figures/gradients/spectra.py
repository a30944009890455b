"""The spectrum of a recurrent matrix, and what its powers do: Plotly figures of arrays."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.gradients import Spectrum
from explorer.labs.gradients.start import PLAIN


def eigenvalues(found: Spectrum, dark: bool = False) -> go.Figure:
    """Return the eigenvalues in the complex plane with the unit circle.

    Inside the circle a direction fades with every step back, outside it grows.
    """
    colours = theme.DARK if dark else theme.LIGHT
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 181))
    values = found.eigenvalues
    reach = 1.1 * max(1.0, float(np.abs(values).max()))
    figure = go.Figure(
        [
            go.Scatter(
                x=circle.real,
                y=circle.imag,
                mode="lines",
                line={"color": colours["baseline"], "dash": "dash", "width": 2},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=values.real,
                y=values.imag,
                mode="markers",
                marker={"color": colours[PLAIN], "size": 8},
                hovertemplate="%{x:.3f} %{y:+.3f} i<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(range=(-reach, reach), title="real part")
    figure.update_yaxes(range=(-reach, reach), title="imaginary part", scaleanchor="x")
    return dressed(figure, f"Eigenvalues: spectral radius {found.radius:.2f}", colours)


def stretch(found: Spectrum, dark: bool = False) -> go.Figure:
    """Return the largest stretch of the matrix's powers on a log axis, beside radius to the k.

    Where the curve rises above 1 although the radius is below it, the matrix is far from normal:
    gradients can grow before they die.
    """
    colours = theme.DARK if dark else theme.LIGHT
    powers = np.arange(len(found.stretch))
    figure = go.Figure(
        [
            go.Scatter(
                x=powers,
                y=found.stretch,
                name="‖Wᵏ‖₂",
                line={"color": colours[PLAIN], "width": 3},
            ),
            go.Scatter(
                x=powers,
                y=found.radius**powers,
                name="radiusᵏ",
                line={"color": colours["theory"], "dash": "dot", "width": 2},
            ),
        ]
    )
    figure.update_xaxes(title="k, steps back")
    figure.update_yaxes(title="stretch", type="log", exponentformat="power")
    peak = int(found.stretch.argmax())
    title = f"Largest stretch: {found.stretch.max():.2f} after {peak} steps"
    return dressed(figure, title, colours).update_layout(showlegend=True)
