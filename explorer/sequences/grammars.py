"""Reber's grammar (1967) and the embedded one: strings, and the exact set of what may come next.

A string walks from state to state; in most of them two symbols are possible, each as likely as the
other. The embedded grammar puts a whole string of Reber's between a T or P and the same symbol
again (Smith and Zipser 1989; Hochreiter and Schmidhuber 1997): who has forgotten the second symbol
cannot know the last but one.
"""

from collections.abc import Sequence

import torch

SYMBOLS = "BTPSXVE"
START, STOP = 0, 7
MOVES: tuple[dict[str, int], ...] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": STOP},
)
"""From each state the symbols that may come, and the state that each leads to."""
DRAWN = 64
"""Coins that a string is drawn from; a longer one is drawn anew."""


def string(coins: Sequence[int]) -> str | None:
    """The string of Reber's grammar that coins (0 or 1) choose; None where they do not suffice."""
    state, found = START, ""
    for coin in coins:
        symbols = list(MOVES[state])
        found += symbols[coin % len(symbols)]
        state = MOVES[state][found[-1]]
        if state == STOP:
            return found
    return None


def strings(many: int, embedded: bool, rng: torch.Generator) -> list[str]:
    """So many strings, drawn with putting back."""
    found: list[str] = []
    while len(found) < many:
        for outer, *coins in torch.randint(2, (many, DRAWN + 1), generator=rng).tolist():
            inner = string(coins)
            if inner is not None:
                gate = "TP"[outer]
                found.append(f"B{gate}{inner}{gate}E" if embedded else inner)
    return found[:many]


def allowed(text: str, embedded: bool) -> tuple[frozenset[str], ...]:
    """What may come after each symbol of a string: after the last one nothing.

    Raises `ValueError` for a string that the grammar does not have, with the place of the symbol.
    """
    if not embedded:
        return _inner(text, 0, frozenset())
    if len(text) < 4 or text[0] != "B" or text[1] not in "TP":
        raise ValueError("an embedded string begins with B and T or P")
    gate = text[1]
    if text[-2:] != f"{gate}E":
        raise ValueError(f"an embedded string that begins with B{gate} ends with {gate}E")
    within = _inner(text[2:-2], 2, frozenset(gate))
    return (frozenset("TP"), frozenset("B"), *within, frozenset("E"), frozenset())


def _inner(text: str, before: int, after: frozenset[str]) -> tuple[frozenset[str], ...]:
    state, found = START, []
    for place, symbol in enumerate(text):
        if state == STOP or symbol not in MOVES[state]:
            raise ValueError(f"symbol {before + place + 1}, {symbol}, may not stand there")
        state = MOVES[state][symbol]
        found.append(after if state == STOP else frozenset(MOVES[state]))
    if state != STOP:
        raise ValueError("the string must go on to its E")
    return tuple(found)
