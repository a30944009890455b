"""Numbers as circuits and equations write them."""

import math

from explorer.stage.paper.format import NOTHING, signed, to_fixed


def fixed(value: float, digits: int = 2) -> str:
    """Return a number with so many decimals, fewer from 10 on, so that columns stay as wide."""
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    decimals = digits if size < 9.995 else min(1, digits) if size < 99.95 else 0
    return signed(value, lambda size: to_fixed(size, decimals))


def percent(share: float) -> str:
    """Return a share in whole percent; what is almost nothing or almost all is not rounded away."""
    hundredths = 100 * share
    if 0 < hundredths < 0.5:
        return "less than 1 %"
    if 99.5 <= hundredths < 100:
        return "more than 99 %"
    return f"{fixed(hundredths, 0)} %" if math.isfinite(hundredths) else NOTHING
