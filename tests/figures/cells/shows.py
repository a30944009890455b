"""Every scene of the cell lab with frames that hold exactly what its docstring asks for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from explorer.figures.cells import (
    CIRCUITS,
    handmade_scene,
    memory_scene,
    patterns_scene,
    step_scene,
    surgery_scene,
    training_scene,
    writing_scene,
)
from explorer.figures.scene import Scene
from explorer.networks.tasks import RECIPES
from explorer.runs.frames import Frame
from tests.figures.cells.readings import Reading, reading

TEXT = 'print("gate", f(x[0]))  # done\n'
UNIT = 2
LEARNING = {recipe.task.name: name for name, recipe in RECIPES.items()}.values()
"""A network of each task."""


@dataclass(frozen=True)
class Show:
    """A scene, its still frame and its frames."""

    scene: Scene
    still: Frame
    frames: tuple[Frame, ...]


def with_more(frame: Frame, arrays: dict[str, object], **scalars: float) -> Frame:
    more = {name: np.asarray(values, float) for name, values in arrays.items()}
    return replace(frame, arrays=frame.arrays | more, scalars=frame.scalars | scalars)


def step(cell: str, units: int = 8) -> Show:
    read, letters = reading(cell, TEXT, units), sorted(set(TEXT))
    scene = step_scene(cell, TEXT, units, letters, UNIT, "character", letters)
    return Show(scene, read.still, read.frames)


def numbers(cell: str, units: int = 8) -> Show:
    read = reading(cell, TEXT, units)
    frames = tuple(
        replace(f, scalars={"input/value": np.sin(i / 3), "prediction": np.sin(i / 3 + 0.2)})
        for i, f in enumerate(read.frames)
    )
    scene = step_scene(cell, ["0.5"] * len(TEXT), units, None, UNIT, "value", ("value",))
    return Show(scene, read.still, frames)


def digits(cell: str, units: int = 8) -> Show:
    read = reading(cell, TEXT, units)
    scene = step_scene(cell, "12345678", units, classes=tuple("0123456789"), clock="row")
    return Show(scene, read.still, read.frames[:8])


def memory(cell: str, units: int = 8) -> Show:
    read, keep = reading(cell, TEXT, units), CIRCUITS[cell].keep
    frames, left = [], np.zeros(len(TEXT))
    for i, frame in enumerate(read.frames):
        left = left * frame.arrays[keep][UNIT]
        left[i] = frame.arrays["written"][UNIT]
        says = {"says": "**“(” is still there.** Half of what the memory holds was written there."}
        frames.append(replace(with_more(frame, {"left": left}), sentences=says))
    scene = memory_scene(cell, TEXT, units, UNIT, "character")
    return Show(scene, read.still, tuple(frames))


def patterns(cell: str, units: int = 8) -> Show:
    read, circuit = reading(cell, TEXT, units), CIRCUITS[cell]
    found = {"found/score": [0.9, 0.7, 0.4], "found/unit": [2, 5, 1]}
    matches = {"matches": [float(c in '"([') for c in TEXT]}
    still = with_more(read.still, found | matches, **{"threshold/high": 0.3, "threshold/low": -0.3})
    says = {"says": "**Unit 2 switches on at “(”.** The same pattern occurs at 3 other places."}
    frames = tuple(
        replace(with_more(f, {}, memory=float(f.arrays[circuit.memory][UNIT])), sentences=says)
        for f in read.frames
    )
    return Show(patterns_scene(cell, TEXT, units, UNIT, 5, 6, "character"), still, frames)


def surgery(cell: str, units: int = 8) -> Show:
    read, other, letters = reading(cell, TEXT, units), reading(cell, TEXT, units, 9), set(TEXT)
    circuit = CIRCUITS[cell]
    texts = {
        "says": "**The prediction changed at 12 of 31 characters.**",
        "generated": "def get(self, name=None):\n    return self.name",
        "untouched_text": "def get(self, name):\n    return self._name",
    }
    frames = []
    for f, g in zip(read.frames, other.frames, strict=True):
        arrays = {f"difference/{n}": f.arrays[n] - g.arrays[n] for n, _, _ in circuit.maps}
        arrays |= {f"untouched/{n}": g.arrays[n] for n in ("next/probability", "next/index")}
        memories = {
            "operated/memory": float(f.arrays[circuit.memory][UNIT]),
            "untouched/memory": float(g.arrays[circuit.memory][UNIT]),
        }
        frames.append(replace(with_more(f, arrays, **memories), sentences=texts))
    scene = surgery_scene(cell, TEXT, units, sorted(letters), UNIT, "character")
    return Show(scene, read.still, tuple(frames))


def writing(cells: tuple[str, ...] = ("rnn_tanh", "lstm", "gru")) -> Show:
    readings = {cell: reading(cell, TEXT) for cell in cells}
    frames = []
    for i in range(len(TEXT)):
        arrays: dict[str, object] = {}
        scalars = {}
        for j, (cell, read) in enumerate(readings.items()):
            past = np.arange(len(TEXT)) - i
            arrays[f"{cell}/saliency"] = np.where(past <= 0, (0.5 + 0.15 * j) ** -past, 0.0)
            for name in ("next/probability", "next/index"):
                arrays[f"{cell}/{name}"] = read.frames[i].arrays[name]
            scalars[f"{cell}/next/came"] = float(read.frames[i].arrays["next/probability"][1])
        says = {
            "says": "**The LSTM rests on the bracket.** The plain RNN sees four characters.",
            "look": "Point at a closing bracket. On this text a letter costs: RNN 1.9, LSTM 1.2.",
        }
        frames.append(replace(with_more(Frame(i), arrays, **scalars), sentences=says))
    return Show(writing_scene(cells, TEXT, sorted(set(TEXT))), Frame(0), tuple(frames))


def handmade() -> Show:
    text = "aaabbb"
    read: Reading = reading("lstm", text, units=2)
    still = with_more(read.still, {"wrong": [0, 0, 0, 0, 0, 1]})
    verdict = {"verdict": "**Solved.** 200 of 200 words right, up to a length of 400."}
    frames = tuple(replace(f, sentences=verdict) for f in read.frames)
    scene = handmade_scene("lstm", text, 2, "aaab⊣⊣", "aaab⊣b", inputs="ab")
    return Show(scene, still, frames)


def training(network: str) -> Show:
    said = {
        "says": "**Below blind guessing since update 40.** Unit 12 begins to follow the brackets.",
        "sample": "def get(self, name):\n    return self.name\n\n\nclass Test(unittest",
    }
    frames = tuple(
        Frame(
            20 * i,
            {},
            {
                "smoothed": 1.3 + 3 * 0.93**i,
                "held_out": 1.45 + 2.9 * 0.93**i,
                "score": 0.5 + 0.35 * (1 - 0.95**i),
                "unit": 12.0,
            },
            said,
        )
        for i in range(60)
    )
    goal = RECIPES[network].task.goal
    baselines = dict.fromkeys(dict(goal.baselines), 3.1)
    return Show(training_scene(network, goal), Frame(0, {}, baselines), frames)


def shows() -> dict[str, Callable[[], Show]]:
    """Return every scene by name, for every cell that has it."""
    found: dict[str, Callable[[], Show]] = {}
    for cell, circuit in CIRCUITS.items():
        for make in (step, numbers, patterns, surgery, *((memory,) if circuit.keep else ())):
            found[f"{make.__name__} {cell}"] = lambda make=make, cell=cell: make(cell)
    return found | {
        "digits lstm": lambda: digits("lstm"),
        "writing": writing,
        "handmade": handmade,
        **{f"training {name}": lambda name=name: training(name) for name in LEARNING},
    }
