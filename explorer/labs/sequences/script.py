"""One network of a training as a plain PyTorch script that runs alone and reproduces its losses."""

import ast
import base64
import inspect
import zlib
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import torch
from torch import Tensor

from explorer.cells import CELLS
from explorer.labs.gans.quoting import Quotation
from explorer.labs.sequences import script_text as text
from explorer.labs.sequences.learning import Running, SideBySide
from explorer.sequences.kinds import KINDS, EncoderDecoder, Frames, Network, Recurrent, Unordered
from explorer.sequences.kinds import Window as Perceptron
from explorer.sequences.kinds import frames as of_frames
from explorer.sequences.kinds.kind import thinned
from explorer.sequences.kinds.recurrent import WIDTH
from explorer.sequences.padded import flipped, last_of, mask, mean_of, windowed
from explorer.sequences.problems import Examples, Problem, Translation

MOST_HELD_OUT = 250_000  # numbers: more would make a long script for one line of its answer
PADDED: Mapping[type[Network], tuple[Callable[..., Any], ...]] = {
    Recurrent: (thinned, flipped, last_of, mean_of),
    Perceptron: (thinned, windowed, last_of),
    Unordered: (thinned, mean_of),
    Frames: (thinned, last_of, mean_of),
    EncoderDecoder: (thinned, flipped, mask),
}
"""What each network asks of sequences of unequal length, and of dropout."""
BODIES: Mapping[type[Network], str] = {
    Recurrent: text.RECURRENT,
    Perceptron: text.WINDOW,
    Unordered: text.UNORDERED,
    Frames: text.FRAMES,
    EncoderDecoder: text.TRANSLATING,
}
METHODS = ("examples", "loss", "windows", "_cut", "_drawn")
"""What a problem needs to draw a batch and to judge what is said of it, where it has them."""


def as_script(
    training: SideBySide, side: str, link: str = "", updates: int | None = None, name: str = ""
) -> str:
    """The network of one side in modules of torch.nn, a file of text that needs nothing but torch.

    It learns as long as in the training, or for so many ``updates``. First weights, batches and
    dropout come from the same streams of random numbers.
    """
    running = Running(training, training.learners())
    network, problem = running.learners[side].lesson.network(), training.problem
    if updates is None:
        updates = int(training.steps * running.worth[side] + 1e-9)
    kind = KINDS[training.sides[side]]
    constants = {
        "SEED": training.seed,
        "UPDATES": updates,
        "RATE": training.rate,
        "CLIP": training.clip,
        "DROPOUT": training.dropout,
        **_sizes(network),
    }
    head = text.HEAD.format(
        title=f"{kind.label}: it {kind.says}; the task “{training.what.label}”",
        name=name or f"{training.task}_{training.sides[side]}.py",
        link=f"The link: {_one_line(link)}\n" if link else "",
    )
    quotation, used = _quotation(network, problem)
    says = text.SAYS_TAUGHT if isinstance(problem, Translation) else text.SAYS
    return "".join(
        (
            head,
            quotation,
            "\n",
            text.DRAWN,
            *_cell(network),
            BODIES[type(network)],
            says,
            text.LEARN,
            *(f"{name} = {value!r}\n" for name, value in constants.items()),
            _data(problem, used),
            text.END,
        )
    )


def _sizes(network: Network) -> dict[str, Any]:
    """The sizes and choices of a network, by the names that the script calls them."""
    shape, build = network.shape, network.build
    found: dict[str, Any] = {"ANSWERS": shape.answers, "UNITS": build.units}
    if not isinstance(network, Frames):
        found |= {"INPUTS": shape.inputs, "SYMBOLS": shape.symbols}
        found |= {"EMBEDDING": build.embedding, "SPREAD": shape.spread}
    if not isinstance(network, EncoderDecoder):
        found |= {"READS": shape.reads}
    match network:
        case Recurrent():
            found |= {
                "LAYERS": network.stack().depth,
                "MERGE": network.merge,
                "MEAN": network.reads == "mean",
                "CONVOLVED": "convolution.weight" in network.parameters,
                "WIDTH": WIDTH,
            }
        case Perceptron():
            found |= {"WINDOW": build.window, "HIDDEN": build.hidden}
        case Frames():
            found |= {"SIDE": shape.side, "ALONG": network.along, "FIRST": of_frames.FIRST}
            found |= {"SECOND": of_frames.SECOND, "WIDE": of_frames.WIDE}
            found |= {"STRIDE": of_frames.STRIDE, "MAPS": network.convolutions.outputs}
        case EncoderDecoder():
            found |= {"ATTENDS": network.attends, "REVERSES": network.reverses, "END": 0}
    if _recurs(network):
        cell = CELLS[build.cell]
        keeps = None
        if cell.keeping_gate is not None:
            gate, sign = cell.forget_bias
            keeps = (cell.gates.index(gate), sign * build.forget_bias)
        found |= {"KEEPS": keeps}
        if not cell.has_layer:
            found |= {"GATES": len(cell.gates)}
    return found


def _recurs(network: Network) -> bool:
    return isinstance(network, EncoderDecoder) or (
        isinstance(network, Recurrent | Frames) and network.recurs
    )


def _cell(network: Network) -> tuple[str, ...]:
    """The recurrent layer, where the network has one; step by step, where torch has none."""
    if not _recurs(network):
        return ()
    name = network.build.cell
    if name in text.TORCH_CELLS:
        return (text.LAYER.format(made=text.TORCH_CELLS[name]),)
    more = text.PEEPHOLES if CELLS[name].peepholes else ""
    own = text.OWN_CELL.replace("{more}", more) + text.STEPS[name]
    return (own, text.LAYER.format(made="Own(inputs)"))


def _quotation(network: Network, problem: Problem) -> tuple[str, list[str]]:
    """The code of this project that the script runs, and what it asks of the problem's numbers."""
    quotation = Quotation({"Network", "Own", "layer", "line", "table", "uniform", "learn", "says"})
    for function in PADDED[type(network)]:
        quotation.add(function)
    kind = type(problem)
    methods = [name for name in METHODS if hasattr(kind, name)]
    quotation.add_class(kind, methods, {})
    used: dict[str, None] = {}
    for name in methods:
        for node in ast.walk(ast.parse(dedent(inspect.getsource(getattr(kind, name))))):
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=attr) if attr not in methods:
                    used[attr] = None
    if isinstance(problem, Translation):
        used["forcing"] = None
    return quotation.text, list(used)


def _data(problem: Problem, used: list[str]) -> str:
    """What is learned from, as the attributes that the methods of the problem use."""
    lines = [f"\nproblem = {type(problem).__name__}()\n"]
    lines += [f"problem.{name} = {_literal(getattr(problem, name))}\n" for name in used]
    held_out = problem.held_out
    few = held_out.inputs.numel() <= MOST_HELD_OUT
    lines.append(f"HELD_OUT = {_literal(held_out) if few else None}\n")
    return "".join(lines)


def _literal(value: object) -> str:
    """A value as source text, exact to the last bit. TypeError for one that has no such form."""
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, Examples):
        parts = (value.inputs, value.targets, value.lengths)
        return f"Examples({', '.join(map(_literal, parts))})"
    if isinstance(value, Tensor):
        return _packed(value)
    raise TypeError(f"a script holds numbers and tensors, not {type(value).__name__}")


WHOLE: Mapping[str, torch.dtype] = {
    name: getattr(torch, name) for name in ("int8", "uint8", "int16", "int32", "int64")
}


def _packed(value: Tensor) -> str:
    if value.dtype == torch.int64:
        low, high = int(value.min()), int(value.max())
        name = next(
            name
            for name, kind in WHOLE.items()
            if torch.iinfo(kind).min <= low and high <= torch.iinfo(kind).max
        )
    elif value.dtype == torch.float32:
        name = "float32"
    else:
        raise TypeError(f"a script holds float32 and int64 tensors, not {value.dtype}")
    raw = value.to(getattr(torch, name)).contiguous().numpy().tobytes()
    packed = base64.b64encode(zlib.compress(raw, 9)).decode()
    return f"unpacked({packed!r}, torch.{name}, {tuple(value.shape)})"


def _one_line(link: str) -> str:
    """A link that cannot end the docstring it stands in."""
    return "".join(c for c in link if c.isprintable() and c not in '"\\')
