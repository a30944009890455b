"""How sure a share of successes is."""

import math

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """The interval of a share, both ends (Wilson 1927): the shares p with |p̂ − p| ≤ z √(p q / n).

    With `z` as it is it holds 95 % of them, also where none or all succeeded. Raises `ValueError`
    for no trials, or successes that are no part of them.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"successes must be between 0 and the trials, not {successes} of {trials}")
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / trials + spread / trials / 4) / (1 + spread)
    # None and all leave an end of 0 or 1, which rounding would miss by a unit in the last place.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    return low, 1.0 if successes == trials else min(1.0, middle + half)
