"""The cells of this lab: which are measured, which of them keep a memory, what they are called."""

from explorer.gradients import MEASURED, UNROLLED

__all__ = ["MEASURED", "gated", "label"]


def gated(name: str) -> bool:
    """Return whether a gate decides how much of the memory stays: whether it has a forget bias."""
    return UNROLLED[name].is_gated()


def label(name: str) -> str:
    """Return what legends and sentences call a cell."""
    return UNROLLED[name].label
