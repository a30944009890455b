"""A laboratory for recurrent networks and GANs. Each room is a package of its own.

Rooms look downwards only, and hand nothing up by themselves. Where a user asks a thing made below
for what only rooms above can do, the name of who does it hangs here.
"""

UPSTAIRS = {"watching": "explorer.train.watched"}
"""Who writes down and draws what a room has made, by the name of what was made."""
