"""A trained network that draws letters move by move, shipped as one small file, half precision.

Made within a minute on one core by::

    python -m explorer.labs.sequences.scribes assets/strokes.safetensors
"""

import sys
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from explorer.networks.recipes import ASSETS
from explorer.sequences import CharacterNetwork
from explorer.sequences.kinds import KINDS, Build, Network
from explorer.sequences.learning import Pace, learn
from explorer.sequences.problems import ProblemLesson, Writing
from explorer.sequences.problems.writing import writer
from explorer.sequences.strokes import MOVES, lettering
from explorer.sequences.vocabulary import Vocabulary

FILE = ASSETS / "strokes.safetensors"
LEARNED, HELD_OUT, UPDATES = 3_000, 300, 1_500
BUILD = Build(units=64)
RATE, CLIP, SEED = 1e-2, 1.0, 0


@cache
def scribe(name: str) -> CharacterNetwork:
    """The trained network. Raises `ValueError` where the file is missing."""
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    network = blank()
    kept = load_file(FILE)
    with torch.no_grad():
        for part, values in network.parameters.items():
            values.copy_(kept[part].float())
    return _read(network)


def blank() -> Network:
    """The same before it has learned anything."""
    some = lettering(12, 1)
    shape = Writing(some, some, Vocabulary(MOVES), windows=1).shape
    return KINDS["vanilla"].draw(shape, BUILD, torch.Generator().manual_seed(SEED))


def made() -> dict[str, torch.Tensor]:
    """What is shipped, learned anew; prints how well it does."""
    held_out = lettering(HELD_OUT, 1)
    problem = Writing(lettering(LEARNED, 0), held_out, Vocabulary(MOVES))
    pace = Pace(UPDATES, RATE, CLIP)
    network = learn(ProblemLesson(problem, KINDS["vanilla"], BUILD, pace, SEED))
    nats = float(problem.measured(network).mean())
    floor = problem.floors[-1]
    print(f"{nats:.3f} nats a move of {HELD_OUT} held-out letters; {floor.label} {floor.value:.3f}")
    return {name: part.detach().half() for name, part in network.parameters.items()}


def _read(network: Network) -> CharacterNetwork:
    found = writer(network, Vocabulary(MOVES))
    assert found is not None
    return found


if __name__ == "__main__":
    save_file(made(), Path(sys.argv[1]), metadata={"source": "explorer.sequences.strokes"})
