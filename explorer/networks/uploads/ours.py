"""Files that this project wrote: the whole network, with its vocabulary and its card."""

from dataclasses import replace

import torch

from explorer.cells import CELLS
from explorer.cells.conventions import packing
from explorer.networks.trained import ENTRY, Trained, metadata, read_network
from explorer.networks.uploads.found import Convention, Found, Table
from explorer.networks.uploads.limits import RefusedError, check_sizes
from explorer.networks.uploads.proof import ROUNDING, probe
from explorer.sequences import CharacterNetwork
from explorer.sequences.stack import Stack, read_stack, stack_agreement


def is_ours(data: bytes) -> bool:
    """Whether a safetensors file says that this project wrote it."""
    try:
        return ENTRY in metadata(data)
    except Exception:  # not even a header: the reader of other files says what is wrong
        return False


def whole(name: str, data: bytes) -> tuple[Trained, Found]:
    """The network of a file with its card, and its recurrent layers with their proof.

    Raises `RefusedError` with the reason of `read_network`.
    """
    try:
        trained = read_network(name, data)
    except ValueError as why:
        raise RefusedError(str(why).removeprefix(f"{name} ")) from why
    network = trained.network
    check_sizes(network.stack.units, network.stack.depth)
    embedding = None
    if isinstance(network, CharacterNetwork):
        embedding = Table("embedding.weight", network.embedding)
    readout = Table("readout.weight", network.readout, network.readout_bias)
    found = layers_of_ours(trained.card.name, network.stack, "Its card says everything else.")
    return trained, replace(found, embedding=embedding, readout=readout)


def layers_of_ours(name: str, stack: Stack, told: str) -> Found:
    """Recurrent layers that are in the order of this laboratory, with their proof."""
    return Found(
        name=name,
        stack=stack,
        convention=_convention(stack, told),
        difference=_difference(stack),
        tolerance=ROUNDING[torch.float64],
        against=_oracle(stack),
        embedding=None,
        readout=None,
    )


def _difference(stack: Stack) -> float:
    with torch.no_grad():
        x = torch.from_numpy(probe(stack))
        return stack_agreement(read_stack(stack.to(torch.float64), x))


def _oracle(stack: Stack) -> str:
    cell = stack.cell
    if not cell.has_layer:
        return "the published formula, unit by unit in NumPy"
    return f"torch.nn.{type(cell.blank_layer(1, 1, torch.float32)).__name__}"


def _convention(stack: Stack, told: str) -> Convention:
    packed = packing("pytorch", stack.cell_name)
    return Convention(
        source="Network of this project",
        gates=packed.gates,
        letters=packed.letters,
        reset=CELLS[stack.cell_name].candidate.reset,
        biases=2,
        peepholes=stack.weights.peepholes is not None,
        directions="both" if stack.both_ways else "forward",
        told_by=(told,),
    )
