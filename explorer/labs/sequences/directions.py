"""What each direction of the networks that read both ways knew, in words and as curves."""

from collections.abc import Mapping

import numpy as np

from explorer.labs.prose import spoken
from explorer.labs.sequences.compared import example
from explorer.labs.sequences.tasks import Task
from explorer.sequences.kinds import KINDS, Network, Recurrent
from explorer.sequences.problems import Directions, Problem, directions, knew

NONE = "None of these networks reads both ways."


def both_ways(networks: Mapping[str, Network]) -> dict[str, Recurrent]:
    """The networks that read both ways, by their sides."""
    return {
        side: network
        for side, network in networks.items()
        if isinstance(network, Recurrent) and network.merge
    }


def known(
    task: Task, problem: Problem, networks: Mapping[str, Network], kinds: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], str]:
    """Of every network that reads both ways ``side/there`` and ``side/back``, and a sentence.

    The arrays are the probability of the right answer after each step of the example, by the way
    there and by the way back alone; where answers are numbers there are none.
    """
    arrays: dict[str, np.ndarray] = {}
    said = []
    for side, network in both_ways(networks).items():
        found = directions(problem, network)
        said.append(_said(KINDS[kinds[side]].label, problem, found))
        if (ways := knew(problem, network, example(task, problem), found.means)) is not None:
            arrays |= {
                f"{side}/{name}": way.float().numpy()
                for name, way in zip(("there", "back"), ways, strict=True)
            }
    if not said:
        return {}, NONE
    head = f"**Each direction alone,** the other held at its mean state: {problem.metric.label}."
    return arrays, f"{head} {' '.join(said)}"


def _said(label: str, problem: Problem, found: Directions) -> str:
    percent = problem.metric.form == "percent"
    there, back, both = (
        f"{100 * value:.1f} %" if percent else spoken(value)
        for value in (found.forward, found.backward, found.together)
    )
    return f"{label}: the way there {there}, the way back {back}, together {both}."
