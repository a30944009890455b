"""How the numbers of a step follow from each other: one line of text for each.

    Equation("cell", "{kept} + {written}")

Names are those of the step's fields, with ``_before`` for a state one step ago; products and sums
go entry by entry. The same line is drawn with numbers in it, printed as a formula, and computed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

NAME = re.compile(r"\{(\w+)\}")
REST = re.compile(r"1 − \{(\w+)\}")


@dataclass(frozen=True)
class Equation:
    """`name` is what `of` says: a sum of products, ``1 −`` a gate, or ``tanh(…)``."""

    name: str
    of: str

    @property
    def reads(self) -> tuple[str, ...]:
        """What it is made of, in the order written."""
        return tuple(NAME.findall(self.of))

    @property
    def terms(self) -> tuple[tuple[str, ...], ...]:
        """The factors of every term of the sum, as they are written."""
        return tuple(tuple(term.split(" · ")) for term in self.of.split(" + "))


def rest_of(factor: str) -> str:
    """What a factor is the rest of: the gate f of ``(1 − {f})``; empty for another factor."""
    found = REST.fullmatch(factor.strip("()"))
    return found[1] if found else ""


def written_out(of: str, symbol: Callable[[str], str], known: Mapping[str, Equation]) -> str:
    """An equation's right side in symbols; what has none stands as what it is made of.

    Raises `KeyError` for a name with neither a symbol nor an equation among those `known`.
    """
    return NAME.sub(
        lambda found: symbol(found[1]) or written_out(known[found[1]].of, symbol, known), of
    )
