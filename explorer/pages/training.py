"""What the views of networks that learn have in common: a run of the engine on the stage."""

from collections.abc import Callable

from explorer.figures.scene import Scene
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.runs.answers import Asking
from explorer.runs.experiments import Experiment
from explorer.runs.hub import Ticket, the_hub
from explorer.stage.component import Beginning
from explorer.stage.component import show as show_stage


def shown(
    column: Column,
    run: Experiment,
    scene: Scene,
    opening: Asking,
    key: str,
    on_rest: Callable[[str, int], None] | None = None,
) -> Ticket:
    """Show a training that this viewer is admitted to, and return the ticket to it.

    ``opening`` answers how one begins; ``on_rest`` is called where the picture came to rest.
    """
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, run))
    show_stage(
        scene,
        ticket,
        key=key,
        live=True,
        dials=column.told,
        on_settled=column.settle,
        begins=Beginning(opening, surroundings.attend()),
        on_rest=on_rest,
    )
    return ticket
