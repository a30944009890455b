"""What the GAN lab calls its data, its games and the values of its dials."""

from explorer.gans.predictions import PRESETS

DATA_NAMES = {
    "ring": "ring of 8",
    "grid": "grid of 25",
    "swiss_roll": "Swiss roll",
    "moons": "moons",
    "circles": "circles",
    "pinwheel": "pinwheel",
    "checkerboard": "checkerboard",
    "spiral": "spirals",
    "lines": "two lines",
    "digits": "digits, two components",
    "two_bumps": "1-D: two bumps",
    "comb": "1-D: five teeth",
    "uneven": "1-D: uneven bumps",
    "needle": "1-D: needle on a hill",
    "images": "images of digits",
    "drawn": "drawn by hand",
    "csv": "your table",
}

GAME_NAMES = {
    "": "no further game",
    "minimax": "GAN, minimax",
    "non_saturating": "GAN, non-saturating",
    "least_squares": "least squares",
    "hinge": "hinge",
    "wasserstein_clip": "WGAN, clipped",
    "wasserstein_gp": "WGAN-GP",
    "r1": "GAN with R1",
}

OPTIMIZER_NAMES = {"adam": "Adam", "rmsprop": "RMSProp", "sgd": "SGD"}
CLOCK_NAMES = {"generator": "generator", "updates": "updates", "time": "compute"}
LAYER_NAMES = {"pull": "pull", "grid": "noise grid", "points": "points"}

PRESET_NAMES = {
    "collapse": "Collapse",
    "one_step": "The same, judge updated once",
    "oscillation": "Oscillation",
    "vanishing": "Minimax gradient vanishes",
    "flat_critic": "Clipping: a flat critic",
    "bridges": "Bridges of WGAN-GP",
    "r1": "R1 settles",
    "dirac": "R1 arrives, WGAN-GP circles",
    "parallel_lines": "Parallel lines",
}
assert set(PRESET_NAMES) == set(PRESETS)


def power(rate: float) -> str:
    """Return a rate as 10⁻³ or 5·10⁻⁴."""
    if rate == 0:
        return "0"
    mantissa, exponent = f"{rate:.0e}".split("e")
    power_of = "".join(
        "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in exponent.lstrip("+-").lstrip("0") or "0"
    )
    sign = "⁻" if exponent.startswith("-") else ""
    ten = f"10{sign}{power_of}"
    return ten if mantissa == "1" else f"{mantissa}·{ten}"


def plain(value: float) -> str:
    """Return a number as short as it can be."""
    return f"{value:g}"
