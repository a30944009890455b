"""The live pictures of a cell that reads: inside one step, over time, unfolded, operated on.

    from explorer.figures.cells import step_scene
    picture = step_scene("lstm_peephole", list("print(x)"), units=48, vocabulary=letters, unit=39)

One frame is one time step; every function says which arrays, numbers and sentences it draws. The
circuit of a cell grows from its gates and equations (`explorer.cells`); where its parts lie may be
set by hand (`places`).
"""

from explorer.figures.cells.handmade import handmade_scene
from explorer.figures.cells.operated import surgery_scene
from explorer.figures.cells.panels import CIRCUITS, diagram, in_words, shown, words
from explorer.figures.cells.patterns import patterns_scene
from explorer.figures.cells.step import step_scene
from explorer.figures.cells.training import training_scene
from explorer.figures.cells.unfolded import memory_scene
from explorer.figures.cells.writing import writing_scene

scene = step_scene  # the name that pages know the microscope by

__all__ = [
    "CIRCUITS",
    "diagram",
    "handmade_scene",
    "in_words",
    "memory_scene",
    "patterns_scene",
    "scene",
    "shown",
    "step_scene",
    "surgery_scene",
    "training_scene",
    "words",
    "writing_scene",
]
