"""Text that a character network writes, with what it was drawn from.

Letters in the shapes: T characters that were generated, V characters known.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from explorer.cells.surgery import Surgery
from explorer.sequences.characters import Carry, CharacterNetwork
from explorer.sequences.stack import check_place

LONGEST_GENERATED = 2_000
HOTTEST = 10.0


@dataclass(frozen=True)
class Generation:
    """A prompt, what a network wrote after it, and how each character was chosen.

    Row t of `probabilities` is the distribution that character t was drawn from, temperature and
    top-k included. `ranks` and `surprise` are about what the network itself expected, without
    both: how many characters it found likelier than the one drawn, and −log p in nats.
    """

    prompt: str
    text: str
    codes: Int64[Tensor, " T"]
    probabilities: Float[Tensor, "T V"]
    ranks: Int64[Tensor, " T"]
    surprise: Float[Tensor, " T"]


def generate(
    network: CharacterNetwork,
    prompt: str,
    length: int,
    temperature: float = 1.0,
    top_k: int = 0,
    seed: int = 0,
    surgery: Surgery | None = None,
    at: tuple[int, int] = (0, 0),
    carry: Carry | None = None,
) -> Generation:
    """Write `length` characters after a prompt, in float64; the same seed writes the same text.

    Each is drawn from softmax(log p / temperature) over the `top_k` likeliest (0: over all), by
    its distribution function and one uniform number a step. So runs of one seed share their
    randomness: where an operated network writes something else, the operation is why. Temperature
    0 takes the likeliest, the first of equals. The stand-in � can be drawn like any other. Steps of
    a surgery count from the first character of the prompt. A network that has read the prompt
    before need not read it again: `carry` is where it was before the last character of it. Raises
    `ValueError` for an empty prompt, for settings out of range, for a carry from elsewhere, and for
    a surgery that does not fit.
    """
    _check(network, prompt, length, temperature, top_k)
    codes = network.vocabulary.encode(prompt).tolist()
    if surgery:
        check_place(network.stack, at)
        weights = network.stack.layers[at[0]][at[1]]
        surgery.check(network.cell, weights, len(codes) + length)
    uniform = torch.rand(length, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    if carry is None:
        carry = network.begin()
        for code in codes[:-1]:
            _, carry = network.next(code, carry, surgery, at)
    if carry.steps != len(codes) - 1:
        raise ValueError(f"a carry must be from step {len(codes) - 1}, not {carry.steps}")
    last, written, expected, drawn_from = codes[-1], [], [], []
    for chance in uniform:
        log_probabilities, carry = network.next(last, carry, surgery, at)
        if log_probabilities.isnan().any():
            raise ValueError("the operation makes the network's numbers too large to go on")
        drawn_from.append(sharpened(log_probabilities, temperature, top_k))
        expected.append(log_probabilities)
        last = drawn(drawn_from[-1], chance)
        written.append(last)
    found, own = torch.tensor(written), torch.stack(expected)
    chosen = own.gather(1, found[:, None])
    return Generation(
        prompt=prompt,
        text="".join(network.vocabulary[code] for code in written),
        codes=found,
        probabilities=torch.stack(drawn_from),
        ranks=(own > chosen).sum(dim=1),
        surprise=-chosen[:, 0],
    )


def sharpened(
    log_probabilities: Float[Tensor, " V"], temperature: float, top_k: int = 0
) -> Float[Tensor, " V"]:
    """softmax(log p / temperature) of the `top_k` likeliest, zero for the others; 0 keeps all.

    Temperature 0 is the limit: all on the likeliest. Of equals the first are kept.
    """
    order = log_probabilities.argsort(descending=True, stable=True)
    kept = order[: 1 if temperature == 0 else top_k or None]
    shares = torch.zeros_like(log_probabilities)
    scaled = log_probabilities[kept] / (temperature or 1.0)
    shares[kept] = scaled.softmax(dim=0)
    return shares


def drawn(probabilities: Float[Tensor, " V"], chance: Float[Tensor, ""]) -> int:
    """The first code whose cumulated probability exceeds a chance that is uniform in [0, 1).

    Scaled by the cumulated total, which rounding leaves a little off 1, so that a code of
    probability zero is never drawn.
    """
    cumulated = probabilities.cumsum(dim=0)
    return int(torch.searchsorted(cumulated, chance * cumulated[-1], right=True))


def _check(
    network: CharacterNetwork, prompt: str, length: int, temperature: float, top_k: int
) -> None:
    if not prompt:
        raise ValueError("a prompt must have at least one character")
    if not 1 <= length <= LONGEST_GENERATED:
        raise ValueError(f"length must be between 1 and {LONGEST_GENERATED:,}, not {length:,}")
    if not (math.isfinite(temperature) and 0 <= temperature <= HOTTEST):
        raise ValueError(f"temperature must be between 0 and {HOTTEST:g}, not {temperature:g}")
    if not 0 <= top_k <= len(network.vocabulary):
        raise ValueError(f"top_k must be between 0 and {len(network.vocabulary)}, not {top_k}")
