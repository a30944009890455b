"""What the stage shows of a link, for whoever has no page: an answer of its view, or a whole run.

What is computed from its dials at once is an answer as the pages ask for it. A view that a run
stands behind begins with its opening, whose scene is that of the whole run.
"""

from dataclasses import replace
from typing import Any

from explorer.runs.answers import Answer, named
from explorer.runs.experiments import Experiment

HERE = "explorer.figures"
ANSWERS: dict[str, dict[str, str]] = {
    "cells": {
        name: "cells.answers:" + name
        for name in ("step", "memory", "patterns", "surgery", "hand", "writing")
    },
    "gradients": {
        "start": "gradients.start:answer",
        "matrix": "gradients.matrix:answer",
        "depth": "gradients.depth:answer",
        "depth_learning": "gradients.depth_learning:opening",
        "live": "gradients.learning:opening",
        "horizon": "gradients.learning:opening",
        "overfit": "gradients.learning:opening",
        "cliff": "gradients.cliff:answer",
        "trained": "gradients.trained:answer",
        "watched": "gradients.watched_beside:answer",
        "clipping": "gradients.clipping:opening",
        "myths": "gradients.myths:answer",
    },
    "sequences": {
        **dict.fromkeys(
            ("learning", "comparing", "starts", "overfit", "augmenting"),
            "sequences.openings:opening",
        ),
        "translating": "sequences.translating:answer",
        "writing": "sequences.writing:answer",
    },
    "gans": {
        "match": "gans.openings:match",
        "truth": "gans.openings:truth",
        "slow": "gans.slow:answer",
        "seeds": "gans.openings:seeds",
        "dirac": "gans.dirac:answer",
        "depth": "gans.openings:depth",
    },
    "transport": {
        name: f"transport.{name}:answer"
        for name in ("line", "sliding", "plane", "mean", "colours", "guess", "samples")
    },
}
"""What a page asks for each of its views, by lab and view; others have no picture that plays."""

RUNS = (
    "gans.openings:",
    *(
        f"{where}:opening"
        for where in (
            "gradients.learning",
            "gradients.clipping",
            "gradients.depth_learning",
            "sequences.openings",
        )
    ),
)
"""What only begins a run."""

DECIDES = {"cells": ("unit", "span_first", "span_last")}
"""What can be picked in a picture of a lab and decides what is computed, unless it is a gaze."""
GAZES = {("cells", "step")}
"""Views in which what is picked is only where one looks: every number of it is there already."""


def answer(page: str, settings: Any) -> Answer:
    """Return what a view shows at once: all of it, or how its run begins.

    Raises ValueError with one sentence for a view without a picture, and for what cannot be shown.
    """
    known = ANSWERS[page]
    if settings.view not in known:
        raise ValueError(
            f"the view {settings.view!r} of /{page} has no picture that plays; "
            f"choose from {', '.join(known)}"
        )
    found: Answer = named(f"{HERE}.{known[settings.view]}")(settings, False)
    return found


def run_of(page: str, settings: Any) -> Experiment | None:
    """Return the run that stands behind a view; None where all is there at once."""
    if not ANSWERS[page].get(settings.view, "").startswith(RUNS):
        return None
    found: Experiment = settings.experiment()
    return found


def fixed(page: str, settings: Any) -> tuple[str, ...]:
    """Return which selections of a picture decide what is computed for it."""
    return () if (page, settings.view) in GAZES else DECIDES.get(page, ())


def whole(page: str, settings: Any) -> Answer:
    """Return everything that a view shows, its run trained to the end."""
    found, run = answer(page, settings), run_of(page, settings)
    if run is None:
        return found
    still = run.still()
    return replace(found, frames=tuple(run.stream()), still=still, precision=run.precision)
