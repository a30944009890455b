"""The Japanese Vowels: nine men say /ae/, 640 times (Kudo, Toyama and Shimbo 1999; UCI, CC BY 4.0).

12 cepstral coefficients a frame, 7 to 29 frames an utterance; 270 to learn from and 370 held out,
as its authors divide them. Shipped as a small file, made of the wheel of the PyPI package aeon by::

    pip download --no-deps aeon==1.6.0
    python -m explorer.labs.sequences.tasks.vowels aeon-1.6.0-py3-none-any.whl
"""

import sys
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from explorer.networks.recipes import ASSETS

FILE = ASSETS / "japanese-vowels.safetensors"
INSIDE = "aeon/datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts"
PARTS = {"learned": "TRAIN", "held_out": "TEST"}
LICENCE = "CC BY 4.0"
SOURCE = (
    "Kudo, Toyama and Shimbo (1999), UCI Machine Learning Repository, as in the wheel of aeon 1.6.0"
)
SPEAKERS = 9

Spoken = tuple[list[Tensor], Tensor]


def parsed(text: str) -> Spoken:
    """The utterances (T, 12) and speakers from 0 on of a file in the .ts form of sktime and aeon.

    Raises `ValueError` for a line whose channels differ in length.
    """
    utterances, speakers = [], []
    _, _, data = text.partition("@data")
    for line in data.split():
        *channels, speaker = line.split(":")
        numbers = [[float(number) for number in channel.split(",")] for channel in channels]
        if len(set(map(len, numbers))) != 1:
            raise ValueError("the channels of an utterance must be equally long")
        utterances.append(torch.tensor(numbers, dtype=torch.float32).T.contiguous())
        speakers.append(int(speaker) - 1)
    return utterances, torch.tensor(speakers)


def packed(parts: dict[str, Spoken]) -> dict[str, Tensor]:
    """All utterances of each part in a row, with their lengths and speakers."""
    found = {}
    for name, (utterances, speakers) in parts.items():
        found[f"{name}/frames"] = torch.cat(utterances)
        found[f"{name}/lengths"] = torch.tensor(list(map(len, utterances)), dtype=torch.int16)
        found[f"{name}/speakers"] = speakers.to(torch.int16)
    return found


@cache
def spoken() -> dict[str, Spoken]:
    """The utterances and speakers of both parts, as shipped.

    Raises `ValueError` where the file is missing.
    """
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    kept, found = load_file(FILE), {}
    for name in PARTS:
        ends = np.cumsum(kept[f"{name}/lengths"].numpy())[:-1].tolist()
        utterances = list(torch.tensor_split(kept[f"{name}/frames"], ends))
        found[name] = (utterances, kept[f"{name}/speakers"].long())
    return found


def make(wheel: Path) -> None:
    """Write the shipped file, from the wheel of aeon."""
    with zipfile.ZipFile(wheel) as archive:
        parts = {
            name: parsed(archive.read(INSIDE.format(part=part)).decode())
            for name, part in PARTS.items()
        }
    save_file(packed(parts), FILE, metadata={"source": SOURCE, "licence": LICENCE})


if __name__ == "__main__":
    make(Path(sys.argv[1]))
