"""Any picture of the laboratory in a notebook, or as a page; without a kernel once it is saved.

    from explorer import lab

    lab.show("/gans?data=grid&seed=3", steps=1200)
    lab.show("run.frames")  # what `train` or a watched training wrote

It is trained, or computed, here and now; a recording only plays.
"""

from explorer.lab.played import Picture
from explorer.lab.showing import picture, show

__all__ = ["Picture", "picture", "show"]
