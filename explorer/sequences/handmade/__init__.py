"""Tiny cells with readable weights, each solving something exactly, whatever the length."""

from explorer.sequences.handmade.counter import gru_counter, lstm_counter
from explorer.sequences.handmade.delay import delay_line
from explorer.sequences.handmade.entry import Failure, Handmade, Verdict, every_sequence, verdict
from explorer.sequences.handmade.latch import latch
from explorer.sequences.handmade.oscillator import oscillator
from explorer.sequences.handmade.parity import parity

HANDMADE: dict[str, Handmade] = {
    made.name: made
    for made in (latch(), lstm_counter(), gru_counter(), parity(), oscillator(), delay_line())
}
"""Every hand-made cell by the name it has in menus and links."""

__all__ = ["HANDMADE", "Failure", "Handmade", "Verdict", "every_sequence", "verdict"]
