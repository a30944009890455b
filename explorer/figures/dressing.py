"""What every Plotly figure of the laboratory wears: the theme's fonts, grounds and lines."""

import plotly.graph_objects as go

from explorer.figures import theme

HEIGHT = 380


def dressed(
    figure: go.Figure, title: str, colours: dict[str, str], legend: bool = False
) -> go.Figure:
    """Return the figure with its title in the theme; a legend stands in a row above the plot."""
    figure.update_layout(
        title={"text": title, "font": {"size": 16}},
        font={"family": theme.FONT, "size": 14, "color": colours["ink"]},
        paper_bgcolor=colours["background"],
        plot_bgcolor=colours["background"],
        showlegend=legend,
        height=HEIGHT,
        margin={"l": 64, "r": 16, "t": 48, "b": 52},
    )
    if legend:
        row = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0}
        figure.update_layout(legend=row, title={"y": 0.97}, margin={"t": 88})
    figure.update_xaxes(gridcolor=colours["line"], zerolinecolor=colours["line"])
    figure.update_yaxes(gridcolor=colours["line"], zerolinecolor=colours["line"])
    return figure
