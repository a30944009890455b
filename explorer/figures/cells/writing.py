"""Three networks write the same text side by side: which earlier characters decide the next."""

from collections.abc import Mapping, Sequence

from explorer.figures import theme
from explorer.figures.cells.layout import FLEXIBLE
from explorer.figures.cells.panels import circuit_of, expectation, shown
from explorer.figures.scene import (
    Axis,
    Grid,
    History,
    Number,
    Numbers,
    Panel,
    Plot,
    Scene,
    Sentence,
    Tokens,
)


def writing_scene(
    cells: Sequence[str],
    tokens: Sequence[str],
    vocabulary: Sequence[str],
    clock: str = "character",
) -> Scene:
    """Return the saliency of several networks: point at a character, and see what it rests on.

    Arrays of the frame, for each cell: "<cell>/saliency" (T,): how much each character counts for
    the prediction of the present one, zero from there on; "<cell>/next/probability" and
    "<cell>/next/index": what it expected in the place of the present one. Scalars
    "<cell>/next/came", the probability that it gave to the present one before reading it (none for
    the first). Sentences "says" and "look". Raises ValueError for an unknown cell.
    """
    labels = {cell: circuit_of(cell).cell.short for cell in cells}
    visible = tuple(shown(token) for token in tokens)
    panels: list[Panel] = []
    for cell, label in labels.items():
        panels += _network(cell, label, visible, vocabulary)
    panels += [
        _chances(labels, clock),
        Sentence("says", "says", lines=4),
        Sentence("look", "look", lead="What to look for.", lines=2),
    ]
    return Scene(
        tuple(panels),
        wide=_wide(labels),
        narrow=Grid(
            (FLEXIBLE,),
            tuple("auto" for _ in panels),
            (
                *(f"{cell}_{part}" for cell in labels for part in ("came", "tokens", "next")),
                "says",
                "look",
                "chances",
            ),
        ),
        clock=clock,
        alt=f"{', '.join(labels.values())} read the same text; pointing at a character shows what "
        "each of them rests its expectation on.",
    )


def _network(
    cell: str, label: str, visible: tuple[str, ...], vocabulary: Sequence[str]
) -> tuple[Panel, ...]:
    """Return one network: what it gave to the present letter, what that rests on, what it saw."""
    came = Number(
        f"{cell}/next/came",
        f"{label} gave this letter",
        "percent",
        help="What this network gave to the present character before reading it.",
    )
    alt = f"{label}: every earlier character, tinted by how much the present one rests on it."
    return (
        Numbers(f"{cell}_came", (came,)),
        Tokens(f"{cell}_tokens", visible, f"{cell}/saliency", "", alt=alt, of="frame", hover=True),
        expectation(vocabulary, f"{cell}_next", f"{label} expected", f"{cell}/"),
    )


def _chances(labels: Mapping[str, str], clock: str) -> Plot:
    """Return what each network gave to every character that came, over the text."""
    return Plot(
        "chances",
        "probability of the character that came",
        tuple(
            History(f"{cell}/next/came", role, labels[cell])
            for cell, role in theme.of_cells(tuple(labels)).items()
        ),
        x=Axis(label=clock),
        y=Axis(0.0, 1.0),
        alt="The probability that each network gave to every character before reading it.",
    )


def _wide(labels: Mapping[str, str]) -> Grid:
    columns = len(labels)
    rows = [f"{cell}_came" + f" {cell}_tokens" * columns for cell in labels]
    nexts = " ".join(f"{cell}_next" for cell in labels)
    return Grid(
        ("172px", *(FLEXIBLE for _ in labels)),
        (*("auto" for _ in labels), FLEXIBLE if columns > 1 else "auto", FLEXIBLE, "auto"),
        (*rows, f"says {nexts}", "chances" + " chances" * columns, "look" + " look" * columns),
    )
