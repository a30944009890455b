"""What the GAN lab calls the values of its dials."""

CLOCK_NAMES = {"generator": "generator", "updates": "updates", "time": "compute"}


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
