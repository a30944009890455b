"""The vocabulary of live pictures: a scene is data, so a new lab needs no new JavaScript.

A `Scene` places panels on a grid; a panel reads named arrays, numbers and sentences from the
frame under the playhead (or, for what never moves, from the run's *still* frame) and draws them.
Colours are named by role (`theme`), numbers by name (`runs.frames.Frame`). Everything here turns
into JSON with `as_json`; the stage in the browser and the still pictures read nothing else.

Names of arrays and scalars are looked up in the frame first, then in the still frame.

Any text may contain ⟦key⟧, which stands for the word of the chosen `Lexicon`: one switch renames
everything. `worded` puts the words in for what is drawn without a viewer.

A new mark is a class in `marks` and its place in `Mark`; what can be taken hold of, a class in
`handles` and its place in `Handle`; a new panel, a class in `panels` and its place in `Panel`. How
it is drawn stands in ``stage/browser`` and ``stage/paper``.
"""

# All of their names, so that a new mark or panel needs no line here.
from explorer.figures.scene.circuit import *  # noqa: F403
from explorer.figures.scene.handles import *  # noqa: F403
from explorer.figures.scene.marks import *  # noqa: F403
from explorer.figures.scene.panels import *  # noqa: F403
from explorer.figures.scene.told import *  # noqa: F403
from explorer.figures.scene.whole import *  # noqa: F403
