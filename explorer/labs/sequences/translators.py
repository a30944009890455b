"""Trained encoder-decoders, shipped as one small file, in half precision.

Made by::

    python -m explorer.labs.sequences.translators assets/translators.safetensors

which takes some minutes on one core. The page learns the same ones live, for a shorter time.
"""

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from explorer.labs.sequences.tasks.translations import translation
from explorer.networks.recipes import ASSETS
from explorer.sequences.kinds import KINDS, Build, EncoderDecoder
from explorer.sequences.languages import LANGUAGES
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.problems import ProblemLesson

FILE = ASSETS / "translators.safetensors"
SHIPPED = ("translator", "attending", "reversed")
UPDATES = {"dates": 700, "sums": 1_500, "words": 500, "reversal": 900}
RATE, CLIP, BUILD = 5e-3, 1.0, Build(units=64, embedding=32)


@cache
def shipped(language: str, kind: str) -> EncoderDecoder:
    """A trained network of a kind. Raises `ValueError` where the file is missing."""
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    start = f"{language}/{kind}/"
    network = blank(language, kind)
    kept = {k.removeprefix(start): v for k, v in load_file(FILE).items() if k.startswith(start)}
    with torch.no_grad():
        for name, part in network.parameters.items():
            part.copy_(kept[name].float())
    return network


def blank(language: str, kind: str) -> EncoderDecoder:
    """A network of a kind before it has learned anything."""
    network = KINDS[kind].draw(translation(language).shape, BUILD, torch.Generator().manual_seed(0))
    assert isinstance(network, EncoderDecoder)
    return network


def made(languages: Iterable[str] = tuple(LANGUAGES)) -> dict[str, torch.Tensor]:
    """All that is shipped, learned anew; prints how well each does."""
    found = {}
    for language in languages:
        problem = translation(language)
        for kind in SHIPPED:
            pace = Pace(UPDATES[language], RATE, CLIP)
            learner = Learner(ProblemLesson(problem, KINDS[kind], BUILD, pace, 0))
            while learner.updates < pace.updates:
                learner.update()
            network = learner.lesson.network()
            right = float(problem.measured(network).mean())
            print(f"{language} {kind}: {right:.3f} of the held-out ones")
            for name, part in network.parameters.items():
                found[f"{language}/{kind}/{name}"] = part.detach().half()
    return found


if __name__ == "__main__":
    save_file(made(), Path(sys.argv[1]), metadata={"source": "explorer.sequences"})
