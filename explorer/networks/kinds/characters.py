"""Networks that read a text character by character and expect the next one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor

from explorer.networks.kinds.kind import Given, Kind, Response, shaped, typed
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.stack import Stack
from explorer.sequences.trace import Surgery
from explorer.sequences.vocabulary import Vocabulary


class Characters(Kind[CharacterNetwork]):
    """A vocabulary and an embedding before the layers, a logit for every character after them."""

    name = "characters"

    def described(self, network: CharacterNetwork) -> dict[str, Any]:
        """The characters it knows."""
        return {"vocabulary": network.vocabulary.characters}

    def opened(
        self, about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack
    ) -> CharacterNetwork:
        """The network of a file. Raises as `Kind.opened` does."""
        vocabulary = Vocabulary(typed("vocabulary", about["vocabulary"], str))
        return CharacterNetwork(
            vocabulary,
            shaped(tensors, "embedding.weight", len(vocabulary), stack.inputs),
            stack,
            shaped(tensors, "readout.weight", len(vocabulary), stack.units),
            readout_bias=shaped(tensors, "readout.bias", len(vocabulary)),
        )

    def recognises(self, about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> bool:
        """Whether there is a vocabulary, and an embedding of it."""
        return "vocabulary" in about and "embedding.weight" in tensors

    def respond(
        self,
        network: CharacterNetwork,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """What it expects after every character; "surprise" is what the next one cost, in nats."""
        reading = network.read(given.text, surgery, at)
        surprise = np.concatenate(([np.nan], reading.surprise.numpy()))
        return Response(reading.trace, reading.probabilities, {"surprise": surprise})

    def next_ones(self, network: CharacterNetwork) -> tuple[str, ...]:
        """The characters it knows."""
        return tuple(network.vocabulary.characters)

    def unknown(self, network: CharacterNetwork, given: Given) -> tuple[str, ...]:
        """Characters that it reads its stand-in for."""
        return network.vocabulary.unknown(given.text)

    def inputs(self, network: CharacterNetwork) -> tuple[str, ...]:
        """None: the numbers of an embedding are named by their character."""
        return ()


CHARACTERS = Characters()
