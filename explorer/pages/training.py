"""What the views of networks that learn have in common: a run of the engine on the stage."""

from explorer.figures.scene import Scene
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.runs.answers import Asking
from explorer.runs.experiments import Experiment
from explorer.runs.hub import the_hub
from explorer.stage.component import Beginning
from explorer.stage.component import show as show_stage


def shown(column: Column, run: Experiment, scene: Scene, opening: Asking, key: str) -> None:
    """Show a training that this viewer is admitted to; ``opening`` answers how one begins."""
    show_stage(
        scene,
        surroundings.admitted(lambda viewer: the_hub().open(viewer, run)),
        key=key,
        live=True,
        dials=column.told,
        on_settled=column.settle,
        begins=Beginning(opening, surroundings.attend()),
    )
