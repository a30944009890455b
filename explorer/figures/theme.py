"""One meaning, one colour, on every page: the palette of the laboratory, light and dark.

A picture names a *role* ("fake", "forget"), never a colour. Roles that can appear together differ
in lightness or come with a second sign (dash, shape, label), after Okabe and Ito (2008), so that
they stay apart for colour-blind eyes and on a tired projector.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Look:
    """How a line is told from others: its colour in both themes, its dash in pixels on and off."""

    light: str
    dark: str
    dash: tuple[int, ...] = ()


OF_CELLS: Final[dict[str, Look]] = {
    "rnn_tanh": Look("#b3261e", "#ff8a80", (2, 4)),
    "rnn_relu": Look("#8e4b9e", "#c58ad6", (10, 4, 2, 4)),
    "lstm": Look("#0b6e99", "#56b4e9"),
    "gru": Look("#00795c", "#3fcf9f", (8, 5)),
    "other_cell": Look("#946c00", "#e6b422", (10, 4, 2, 4, 2, 4)),
    "linear": Look("#44546a", "#b8c4d4", (16, 3, 2, 3)),
    "rnn_sigmoid": Look("#c94f00", "#ff8a3d", (14, 5)),
    "lstm_coupled": Look("#7a3fb0", "#c9a0f5", (5, 3)),
    "lstm_peephole": Look("#2d4fb8", "#8fb2ff", (3, 3, 10, 3)),
    "irnn": Look("#9a5b00", "#f0b766", (4, 3, 1, 3)),
    "gru_before": Look("#5f6b00", "#c3cf4a", (6, 3, 6, 8)),
}
"""The look of a cell's curve, by the name of the cell, which is its role.

"other_cell" is for one cell of a picture that has no look of its own.
"""

LIGHT: Final[dict[str, str]] = {
    "ink": "#1c2430",
    "mute": "#566170",
    "line": "#e3e7ec",
    "background": "#fbfcfd",
    "card": "#ffffff",
    "accent": "#0b6e99",
    "good": "#00795c",
    "warn": "#b3261e",
    # what a GAN is about
    "real": "#44546a",
    "fake": "#c94f00",
    "critic": "#0b6e99",
    "high": "#bfe5dc",  # the judge says real
    "low": "#e6dbf4",  # the judge says generated
    # the gates of a cell; the GRU borrows from its relatives
    "input": "#00795c",
    "forget": "#946c00",
    "candidate": "#8e4b9e",
    "output": "#0b6e99",
    "reset": "#00795c",
    "update": "#946c00",
    "new": "#8e4b9e",
    "cell": "#2b6cb0",
    "hidden": "#0b6e99",
    # signed values diverge around neutral
    "positive": "#b94a10",
    "negative": "#2b6cb0",
    # cells and games that share a picture
    **{name: look.light for name, look in OF_CELLS.items()},
    "gan": "#c94f00",
    "wgan": "#0b6e99",
    "other_game": "#00795c",
    "fourth_game": "#8e4b9e",
    # networks that learn a task side by side, by their side
    "network_a": "#0b6e99",
    "network_b": "#c94f00",
    "network_c": "#00795c",
    "network_d": "#8e4b9e",
    # a stack of layers: what enters an activation, what leaves it, and the weights between
    "preactivation": "#8e4b9e",
    "activation": "#0b6e99",
    "weights": "#946c00",
    # an error surface, and two ways down
    "error": "#5d7290",
    "unclipped": "#b3261e",
    "clipped": "#00795c",
    # a network before its training, and after it
    "untrained": "#946c00",
    "trained": "#0b6e99",
    "theory": "#1c2430",
    "baseline": "#566170",
}

DARK: Final[dict[str, str]] = {
    "ink": "#e8ecf1",
    "mute": "#9fabb9",
    "line": "#2a323d",
    "background": "#12161c",
    "card": "#181d25",
    "accent": "#56b4e9",
    "good": "#3fcf9f",
    "warn": "#ff8a80",
    "real": "#b8c4d4",
    "fake": "#ff8a3d",
    "critic": "#56b4e9",
    "high": "#1f4a43",
    "low": "#3b2f52",
    "input": "#3fcf9f",
    "forget": "#e6b422",
    "candidate": "#c58ad6",
    "output": "#56b4e9",
    "reset": "#3fcf9f",
    "update": "#e6b422",
    "new": "#c58ad6",
    "cell": "#6fb1ff",
    "hidden": "#56b4e9",
    "positive": "#ff9a52",
    "negative": "#6fb1ff",
    **{name: look.dark for name, look in OF_CELLS.items()},
    "gan": "#ff8a3d",
    "wgan": "#56b4e9",
    "other_game": "#3fcf9f",
    "fourth_game": "#c58ad6",
    "network_a": "#56b4e9",
    "network_b": "#ff8a3d",
    "network_c": "#3fcf9f",
    "network_d": "#c58ad6",
    "preactivation": "#c58ad6",
    "activation": "#56b4e9",
    "weights": "#e6b422",
    "error": "#7d91ad",
    "unclipped": "#ff8a80",
    "clipped": "#3fcf9f",
    "untrained": "#e6b422",
    "trained": "#56b4e9",
    "theory": "#e8ecf1",
    "baseline": "#9fabb9",
}

# Second signs beside the colour: the dash of a line, in pixels on and off.
DASH: Final[dict[str, tuple[int, ...]]] = {
    **{name: look.dash for name, look in OF_CELLS.items()},
    "gan": (8, 5),
    "wgan": (),
    "other_game": (10, 4, 2, 4),
    "fourth_game": (2, 4),
    "network_a": (),
    "network_b": (8, 5),
    "network_c": (10, 4, 2, 4),
    "network_d": (2, 4),
    "preactivation": (),
    "activation": (10, 4, 2, 4),
    "weights": (8, 5),
    "unclipped": (8, 5),
    "clipped": (),
    "untrained": (8, 5),
    "trained": (),
    "theory": (3, 5),
    "baseline": (3, 5),
}

FONT: Final[str] = 'Inter, "Source Sans 3", "Source Sans", system-ui, sans-serif'
MONOSPACE: Final[str] = 'ui-monospace, "DejaVu Sans Mono", monospace'


def of_cells(cells: Sequence[str]) -> dict[str, str]:
    """Return the role of every cell of a picture: its own, or that of the one without a look.

    Raises ValueError for several cells that have no look.
    """
    others = [cell for cell in cells if cell not in OF_CELLS]
    if len(others) > 1:
        raise ValueError(f"no look for cells {', '.join(map(repr, others))}: give them one each")
    return {cell: "other_cell" if cell in others else cell for cell in cells}
