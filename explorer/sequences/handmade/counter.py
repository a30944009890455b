"""Tell aⁿbⁿ from every other word, by counting.

Letters in the shapes: T steps, B sequences.
"""

import math

import torch

from explorer.cells import Weights
from explorer.sequences.handmade.entry import (
    Answers,
    Codes,
    Handmade,
    double,
    every_sequence,
)

UNITS = (
    "1 once there was a b.",
    "1 once there were more b than a.",
    "1 once an a came after a b.",
)


def balanced(codes: Codes) -> Answers:
    """Whether the word up to here is aⁿbⁿ with n ≥ 1: as many a (0) as b (1), no a after a b."""
    surplus = (1 - 2 * codes).cumsum(dim=0)
    seen_b = codes.cummax(dim=0).values
    disorder = torch.zeros_like(codes)
    disorder[1:] = (1 - codes[1:]) * seen_b[:-1]
    return (surplus == 0) & (disorder.cummax(dim=0).values == 0)


def words(length: int, many: int, generator: torch.Generator) -> Codes:
    """Words aⁿbᵐ of random n, every second one with one letter changed; one is aⁿbⁿ exactly."""
    steps = torch.arange(length)[:, None]
    turn = torch.randint(1, length, (1, many), generator=generator)
    turn[0, 0] = length // 2
    codes = (steps >= turn).long()
    changed = torch.randint(length, (many,), generator=generator)
    odd = torch.arange(many) % 2
    codes[changed, torch.arange(many)] ^= odd
    return codes


def ladder(length: int) -> Codes:
    """The words aⁿbᵐ of a length, one for each n; their beginnings hold the shorter ones."""
    return (torch.arange(length)[:, None] >= torch.arange(1, length)).long()


def lstm_counter(strength: int = 40) -> Handmade:
    """An LSTM of four units; its first memory is the number of a less the number of b.

    LSTMs count like this after training too (Gers and Schmidhuber 2001; Weiss, Goldberg and Yahav
    2018). With f = σ(s) instead of 1 the count after n a and n b is off by about e⁻ˢ n².
    """
    s = strength
    closed = [0, 0, 0, 0]
    longest = math.isqrt(int((1 - math.atanh(3 / 8)) * math.exp(s)))
    return Handmade(
        name="counter",
        label="Counter",
        sentence="Says yes when the word so far is aⁿbⁿ: it counts the a up and the b down.",
        cell_name="lstm",
        symbols="ab",
        example="aaabbbb",
        vectors=double([[1, 0], [0, 1]]),
        weights=Weights(
            weight_ih=double(
                [[0, 0], [-s, s], [-s, s], [-s, -5 * s]]
                + [[0, 0], [s, -s], [0, 0], [0, 0]]
                + [[20, -20], [0, 0], [0, 0], [0, 0]]
                + [[0, 0]] * 4
            ),
            weight_hh=double([closed, closed, [-4 * s, 0, 0, 0], [0, 4 * s, 0, 0]] + [closed] * 12),
            bias_ih=double([s, 0, 0, 0] + [s, 0, s, s] + [0, 20, 20, 20] + [s] * 4),
            bias_hh=double([0] * 16),
        ),
        readout=double([-8, 0, -32, -32]),
        readout_bias=3.0,
        units=("Adds 1 for each a and takes 1 away for each b.", *UNITS),
        right=balanced,
        draw=words,
        always=(every_sequence(2, 10), ladder(64)),
        holds_until=2 * longest,
    )


def gru_counter(bias: int = 5) -> Handmade:
    """The same plan in a GRU, whose state cannot leave [−1, 1]: it counts until that saturates.

    h goes a share δ = 1 − σ(bias) of the way to 1 for each a and to −1 for each b. The nearer to
    1, the shorter the way up and the longer the way down, so after n a and n − 1 b, where δ should
    be left, it is 2zⁿ⁻¹ − z²ⁿ⁻¹ − 1 with z = σ(bias): n grows only as the square root of 1/(2δ).
    A larger bias counts further in smaller steps. That GRUs cannot count without bound at finite
    precision is from Weiss, Goldberg and Yahav (2018).
    """
    keep, step = 1 / (1 + math.exp(-bias)), 1 / (1 + math.exp(bias))
    half = 2 / step  # a reading of half a step times this is 1
    still = [0, 0, 0, 0]
    return Handmade(
        name="gru_counter",
        label="GRU counter",
        sentence=(
            "The same with a GRU: its state saturates, each a adds less than the one before, and "
            f"beyond n = {saturates_at(keep)} the count is lost."
        ),
        cell_name="gru",
        symbols="ab",
        example="aaaaabbbbb",
        vectors=double([[1, 0], [0, 1]]),
        weights=Weights(
            weight_ih=double(
                [[0, 0]] * 4
                + [[0, 0], [40, -40], [80, -40], [-40, 160]]
                + [[20, -20], [0, 0], [0, 0], [0, 0]]
            ),
            weight_hh=double(
                [still] * 4 + [still, still, [80 * half, 0, 0, 0], [0, -80, 0, 0]] + [still] * 4
            ),
            bias_ih=double([0] * 4 + [bias, 0, 0, 80] + [0, 20, 20, 20]),
            bias_hh=double([0] * 12),
        ),
        readout=double([-half, 0, -4 * half, -4 * half]),
        readout_bias=1.0,
        units=(
            "Goes a small part of the way to 1 for each a, and to −1 for each b.",
            *UNITS,
        ),
        right=balanced,
        draw=words,
        always=(every_sequence(2, 10), ladder(64)),
        holds_until=2 * saturates_at(keep),
    )


def saturates_at(keep: float) -> int:
    """The largest n that a GRU which keeps this share tells from n − 1, by the formula above."""
    n, left = 1, 1 - keep
    while 2 * keep**n - keep ** (2 * n + 1) - 1 > left / 2:
        n += 1
    return n
