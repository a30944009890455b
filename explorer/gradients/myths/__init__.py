"""Common claims about gradients that can be run: each measures itself and judges by its numbers."""

from explorer.gradients.myths.deep import DEEP
from explorer.gradients.myths.myth import Myth, Trial, Verdict, tried
from explorer.gradients.myths.practice import PRACTICE
from explorer.gradients.myths.recurrent import RECURRENT

MYTHS: dict[str, Myth] = {myth.name: myth for myth in (*RECURRENT, *DEEP, *PRACTICE)}

__all__ = ["MYTHS", "Myth", "Trial", "Verdict", "tried"]
