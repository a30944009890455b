"""What the networks are built of, as boxes: a row each, with shapes and numbers learned.

How to read it: from left to right as the numbers go; T is the number of steps. Two boxes under each
other are the two directions of one layer.
"""

from collections.abc import Mapping

from explorer.figures.scene import Flow, FlowNode
from explorer.sequences.kinds import KINDS, Network, Part

ARROWS = {"forward": "→", "backward": "←", "": ""}


def architecture(sides: Mapping[str, str], networks: Mapping[str, Network]) -> Flow:
    """Return every network as a row of boxes; both directions of a layer stand in one column."""
    nodes: list[FlowNode] = []
    links: list[tuple[str, str]] = []
    row = 0
    for side, network in networks.items():
        columns = in_columns(network.parts())
        label = KINDS[sides[side]].label
        before: list[str] = []
        for column, parts in enumerate(columns):
            names = [f"{side}{column}{k}" for k in range(len(parts))]
            for k, (name, part) in enumerate(zip(names, parts, strict=True)):
                nodes.append(
                    FlowNode(
                        name,
                        column,
                        row + k,
                        f"{part.name} {ARROWS[part.way]}".strip() if column else label,
                        f"network_{side}",
                        below=under(part),
                    )
                )
            links += [(one, other) for one in before for other in names]
            before = names
        row += max(map(len, columns))
    said = "; ".join(
        f"{KINDS[sides[side]].label}: {network.size:,} numbers"
        for side, network in networks.items()
    )
    return Flow(
        area="networks",
        title="Architecture",
        note="shape · numbers learned",
        nodes=tuple(nodes),
        links=tuple(links),
        active="built",
        alt=f"What the networks are built of. {said}",
    )


def in_columns(parts: tuple[Part, ...]) -> list[list[Part]]:
    """Return the parts in columns: a way back stands with the way there before it."""
    columns: list[list[Part]] = []
    for part in parts:
        if part.way == "backward":
            columns[-1].append(part)
        else:
            columns.append([part])
    return columns


def under(part: Part) -> str:
    """Return the line under the name of a box."""
    return f"{part.shape} · {part.parameters:,}" if part.parameters else part.shape
