"""What the lab says of the remedies after training, true of the rows that were recorded."""

from collections.abc import Sequence

from explorer.gradients.depth import ACTIVATIONS, DEPTH_INITS
from explorer.labs.gradients.remedies import (
    COMMAND,
    RATES,
    RECORDED,
    REMEDIES,
    UPDATES,
    Learned,
    Row,
    label,
    ranked,
)
from explorer.labs.prose import listing, spoken


def headline(found: Sequence[Learned]) -> str:
    """Return what did best, and which remedies help alone."""
    table = ranked(found)
    best, base = table[0].learned, found[0]
    alone = [row for row in table if len(row.learned.names) == 1]
    helps = [_name(row) for row in alone if row.helps]
    harms = [_name(row) for row in alone if row.helps is False]
    untold = [_name(row) for row in alone if row.helps is None]
    told = (
        f"As it stands {_share(base)} of unseen digits are named right after {UPDATES} updates, "
        f"with {label(best.names)} {_share(best)}."
    )
    if helps:
        told += f" Alone, {listing(helps)} {_verb(helps, 'helps', 'help')}"
        told += "." if not untold else f"; {listing(untold)} cannot be told from nothing."
    if harms:
        told += f" {listing(harms)} {_verb(harms, 'does', 'do')} harm."
    return told


def rows(found: Sequence[Learned]) -> list[dict[str, str | int]]:
    """Return the table, the best first."""
    return [
        {
            "place": row.place,
            "remedy": label(row.learned.names),
            "unseen digits right, %": f"{row.learned.mean:.1f} ± {row.learned.noise:.1f}",
            "more than as it stands": _gain(row),
            "dL/dz, first / last, before": spoken(row.learned.dz),
            "learning rate": f"{row.learned.rate:g}",
        }
        for row in ranked(found)
    ]


def caption(found: Sequence[Learned]) -> str:
    """Return what the numbers rest on, and how to make more."""
    s, seeds = RECORDED, len(found[0].tested)
    rates = ", ".join(f"{rate:g}" for rate in RATES)
    return (
        f"Recorded: {s.layers} layers of {s.width} {ACTIVATIONS[s.activation].label} units, "
        f"{DEPTH_INITS[s.init].label} weights, SGD with momentum, {UPDATES} updates of "
        f"{s.samples} digits, {seeds} seeds, ± the standard error over them. Each row has the best "
        f"of the rates {rates} by 300 other digits. A place counts the rows that are better beyond "
        f"the noise of all comparisons together, so equals share one; a dash cannot be told. With "
        f"the same remedies the live view trains one of them under your eyes; `{COMMAND}` makes "
        "the table again, with `--seed` another one."
    )


def _gain(row: Row) -> str:
    if not row.learned.names:
        return ""
    if row.helps is None:
        return "—"
    sign = "+" if row.gain > 0 else "−"
    return f"{sign}{abs(row.gain):.1f} ± {row.noise:.1f}"


def _name(row: Row) -> str:
    return REMEDIES[row.learned.names[0]].label


def _share(one: Learned) -> str:
    return f"{one.mean:.0f} ± {one.noise:.1f} %"


def _verb(some: Sequence[str], one: str, many: str) -> str:
    return one if len(some) == 1 else many
