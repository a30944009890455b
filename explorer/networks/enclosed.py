"""Recurrent layers of a larger network, as the cell lab steps through them: without a card."""

from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.networks.kinds import Network, Reads
from explorer.networks.material import Material


@dataclass(frozen=True)
class Enclosed:
    """Recurrent layers, how the network around them reads by them, and what it may be given.

    `title` says who reads, in a few words, and `differs` how far h of the fused layers that learned
    is from that of our cells on the example.
    """

    network: Network
    kind: Reads[Any]
    material: Material
    title: str
    differs: float
    card: ClassVar[None] = None
