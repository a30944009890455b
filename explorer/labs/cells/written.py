"""A text that a network writes, and what three networks make of it, letter by letter.

A network that a visitor brought writes alone: nobody else here has its letters.

Everything under the playhead is about the letter there: what was expected in its place, and which
of the letters before it mattered to that.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.cells import CELLS
from explorer.labs.cells.frames import likeliest
from explorer.labs.cells.readers import able, own_writer
from explorer.labs.cells.remembered import seen_token
from explorer.labs.cells.settings import SPEAKERS, TRAINED, WRITES, CellLab
from explorer.networks.material import as_meant
from explorer.networks.shipped import load_network
from explorer.runs.frames import Frame
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.generation import Generation, generate
from explorer.sequences.saliency import Saliency, saliency

EXPECTED = 4  # likeliest letters that a frame shows
WRITING = ("cell", "prompt", "length", "temperature", "top_k", "seed")
BROUGHT = ("reads", "upload", "part", "squash", "alphabet", "wiring")
MOST_WORK = 2.5e10  # weights times letters squared, about what saliency multiplies: some seconds


@dataclass(frozen=True)
class Written:
    """A text with its frames, one a letter.

    `cells` are those of the networks that read it. `generation` is what the chosen network wrote;
    `cost` is what a letter of the text cost each network on average, in nats.
    """

    cells: tuple[str, ...]
    generation: Generation
    text: str
    vocabulary: tuple[str, ...]
    frames: tuple[Frame, ...]
    cost: dict[str, float]


def speakers() -> tuple[str, ...]:
    """Return the cells whose networks are here to write side by side."""
    return tuple(cell for cell in SPEAKERS if cell in able(WRITES.name))


def written(settings: CellLab) -> Written:
    """Return the text that the settings ask for.

    Raises ValueError with one sentence where the cell is none of the `speakers`, and where the
    prompt has letters that an uploaded network does not know.
    """
    return _written(_asked(settings), True)


def glimpse(settings: CellLab) -> tuple[Written, str]:
    """Return the same while a hand moves, and a line that says what was left out.

    What each letter rests on takes a gradient for every letter, and waits. Raises as above.
    """
    return _written(_asked(settings), False), "while it moves: not what the letters rest on"


def _asked(settings: CellLab) -> CellLab:
    if (own := own_writer(settings)) is not None:
        asked = {name: getattr(settings, name) for name in (*WRITING, *BROUGHT)}
        return CellLab(**asked | {"cell": own.cell_name})
    if settings.cell not in (here := speakers()):
        raise ValueError(f"{settings.cell!r} does not write; choose from {', '.join(here)}")
    return CellLab(**{name: getattr(settings, name) for name in WRITING})


@lru_cache(maxsize=6)
def _written(settings: CellLab, rests: bool) -> Written:
    own = own_writer(settings)
    networks = {cell: _network(cell) for cell in speakers()} if own is None else {}
    if own is not None:
        networks[settings.cell] = own
    prompt = as_meant(settings.prompt) or "\n"
    writer = networks[settings.cell]
    generation = generate(
        writer,
        prompt,
        settings.length,
        temperature=settings.temperature,
        top_k=min(settings.top_k, len(writer.vocabulary)),
        seed=settings.seed,
    )
    text = prompt + generation.text
    leans = _says if rests else _follows
    if own is not None and own.parameters * len(text) ** 2 > MOST_WORK:
        rests, leans = False, _left_out
    arrays: dict[str, np.ndarray] = {}
    scalars: dict[str, np.ndarray] = {}
    cost = {}
    for cell, network in networks.items():
        reading = network.read(text)
        expected = likeliest(reading.probabilities, EXPECTED)
        arrays |= {f"{cell}/{name}": _after(values) for name, values in expected.items()}
        rows = _influences(saliency(network, text)) if rests else np.zeros((len(text),) * 2)
        arrays[f"{cell}/saliency"] = rows.astype(np.float32)
        surprise = reading.surprise.numpy()
        scalars[f"{cell}/next/came"] = np.concatenate(([np.nan], np.exp(-surprise)))
        cost[cell] = float(surprise.mean()) if len(surprise) else 0.0
    look = _look(cost) if own is None else _look_at_own(writer, cost[settings.cell], rests)
    frames = tuple(
        Frame(
            step,
            {name: values[step] for name, values in arrays.items()},
            {name: float(v[step]) for name, v in scalars.items() if not np.isnan(v[step])},
            {"says": leans(text, step, arrays, tuple(networks)), "look": look},
        )
        for step in range(len(text))
    )
    vocabulary = tuple(writer.vocabulary.characters)
    return Written(tuple(networks), generation, text, vocabulary, frames=frames, cost=cost)


def _says(text: str, step: int, arrays: Mapping[str, np.ndarray], cells: tuple[str, ...]) -> str:
    """Which earlier letter each network leans on most, and how far back it stands."""
    if step == 0:
        return "Nothing was read before the first letter."
    leans = []
    for cell in cells:
        source = int(arrays[f"{cell}/saliency"][step].argmax())
        leans.append(f"{CELLS[cell].short} on “{seen_token(text[source])}”, {step - source} back")
    return f"“{seen_token(text[step])}” leans most on: {'; '.join(leans)}."


def _follows(text: str, step: int, arrays: Mapping[str, np.ndarray], cells: tuple[str, ...]) -> str:
    return "Which letters each of them leans on follows as soon as the hand rests."


def _left_out(
    text: str, step: int, arrays: Mapping[str, np.ndarray], cells: tuple[str, ...]
) -> str:
    return (
        f"What each letter rests on is left out: for {len(text):,} letters and so many weights it "
        "would take too long. Let it write fewer letters."
    )


def _look_at_own(network: CharacterNetwork, cost: float, rests: bool) -> str:
    """What to look for where a network is alone, with what a letter costs it and a guess would."""
    guess = math.log(len(network.vocabulary))
    tint = "Point at a letter: where does the tint reach back beyond the word that it stands in? "
    return (
        f"{tint if rests else ''}On this text a letter costs {cost:.2f} nats on average (−ln of "
        f"its probability); blind guessing would cost {guess:.2f}."
    )


def _look(cost: Mapping[str, float]) -> str:
    """What to look for in a text, with what a letter of it costs each network."""
    costs = ", ".join(f"{CELLS[cell].short} {nats:.2f}" for cell, nats in cost.items())
    return (
        "Point at a closing bracket or quote: does a network look back to the one that opened it? "
        f"On this text a letter costs on average, in nats (−ln of its probability): {costs}."
    )


def _network(cell: str) -> CharacterNetwork:
    network = load_network(TRAINED[WRITES.name][cell])
    assert isinstance(network, CharacterNetwork), "these networks read characters"
    return network


def _influences(found: Saliency) -> np.ndarray:
    """Row t is about letter t: the influence of each letter before it, (T, T)."""
    count = len(found.text)
    rows = np.zeros((count, count), np.float32)
    rows[1:, :-1] = found.matrix.numpy()
    return rows


def _after(rows: np.ndarray) -> np.ndarray:
    """What was known before each letter: row t − 1 at letter t, and nothing at the first."""
    return np.concatenate((np.zeros_like(rows[:1]), rows[:-1]))
