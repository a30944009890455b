"""Kept runs beside each other: one number of both over their steps."""

import plotly.graph_objects as go

from explorer.figures import theme
from explorer.figures.dressing import dressed
from explorer.runs.shelf.numbers import Course


def beside(
    first: Course,
    second: Course,
    names: tuple[str, str],
    label: str,
    clock: str,
    dark: bool = False,
) -> go.Figure:
    """Return one number of two runs over their steps: solid the first, dashed the second.

    Where the lines lie on each other the runs agree; where a line ends, its run was kept.
    """
    colours = theme.DARK if dark else theme.LIGHT
    figure = go.Figure()
    looks = (("accent", "solid"), ("fake", "dash"))
    for course, name, (role, dash) in zip((first, second), names, looks, strict=True):
        figure.add_scatter(
            x=course.steps,
            y=course.values,
            name=name,
            mode="lines+markers" if len(course.steps) == 1 else "lines",
            line={"color": colours[role], "width": 2, "dash": dash},
        )
    figure.update_xaxes(title=clock)
    figure.update_yaxes(title=label)
    return dressed(figure, "", colours, legend=True)
