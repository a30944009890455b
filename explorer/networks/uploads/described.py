"""What Keras' description of a model says about its recurrent layers.

The description is JSON; it is read as text, so that no class in it is ever looked up or built.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CELLS_OF = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}
PASSING = {
    "InputLayer", "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise",
    "AlphaDropout", "ActivityRegularization",
}  # fmt: skip
"""Layers that hand on what they read once a network is trained."""
MODELS = ("Sequential", "Functional", "Model")
DEEPEST = 6  # models within models


@dataclass(frozen=True)
class Described:
    """A recurrent layer as its model's description has it.

    `refused` says why it is not computed here; `reads` is the path of the recurrent layer whose
    sequence it reads, empty where it reads anything else.
    """

    path: str
    name: str
    cell_name: str
    refused: str
    backward: bool
    both_ways: bool
    merge: str
    sequences: bool
    reads: str


def described(text: str, by_name: bool) -> dict[str, Described]:
    """The recurrent layers of a model by their paths among its weights, in the model's order.

    Keras 3 calls the groups after the classes, `layers/lstm_1`, older versions after the layers.
    """
    told = json.loads(text)
    layers = _of_model(told["config"], "model_weights" if by_name else "layers", by_name, 0)
    return {layer.path: layer for layer in layers}


def _of_model(model: Any, place: str, by_name: bool, depth: int) -> Iterator[Described]:
    layers = model["layers"] if isinstance(model, Mapping) else model
    paths, counts = {}, dict[str, int]()
    classes = {}
    for layer in layers:
        name, word = _name(layer), _snake(layer["class_name"])
        count = counts[word] = counts.get(word, -1) + 1
        numbered = f"{word}_{count}" if count else word
        paths[name] = f"{place}/{name if by_name else numbered}"
        classes[name] = layer["class_name"]
    sources = _sources(layers)
    for layer in layers:
        name, config = _name(layer), layer["config"]
        if layer["class_name"] in MODELS and depth < DEEPEST:
            yield from _of_model(config, f"{paths[name]}/layers", by_name, depth + 1)
            continue
        source, steps = sources.get(name, ""), 0
        while classes.get(source) in PASSING and steps < len(classes):
            source, steps = sources.get(source, ""), steps + 1
        found = _recurrent(layer["class_name"], config, paths[name], name, paths.get(source, ""))
        if found is not None:
            yield found


def _recurrent(kind: str, config: Any, path: str, name: str, reads: str) -> Described | None:
    both, wrapped = kind == "Bidirectional", kind in ("Bidirectional", "RNN")
    merge, inner = "", config
    if both:
        merge, kind, inner = config["merge_mode"], *_class(config["layer"])
    sequences = bool(inner.get("return_sequences"))
    backward = bool(inner.get("go_backwards"))
    cells = [(kind, inner)]
    if kind == "RNN":
        kind, cell = _class(inner["cell"])
        cells = [(kind, cell)]
        if kind == "StackedRNNCells":
            cells = [_class(each) for each in cell["cells"]]
    kinds = {each.removesuffix("Cell") for each, _ in cells}
    if not wrapped and not kinds & CELLS_OF.keys():
        return None
    computed = [_computed(each.removesuffix("Cell"), settings) for each, settings in cells]
    if both:
        other = _class(config["backward_layer"])[1] if config.get("backward_layer") else {}
        computed += [_computed(cells[0][0].removesuffix("Cell"), {**inner, **other})]
    refused = next((why for _, why in computed if why), "")
    names = {cell_name for cell_name, _ in computed}
    if not refused and len(names) != 1:
        refused = "it stacks cells of different kinds, which is not computed here"
    if not refused and both and backward:
        refused = "its two directions are exchanged, which is not computed here"
    return Described(
        path=path,
        name=name,
        cell_name=computed[0][0],
        refused=refused,
        backward=backward,
        both_ways=both,
        merge=str(merge or "none"),
        sequences=sequences,
        reads=reads,
    )


def _computed(kind: str, config: Mapping[str, Any]) -> tuple[str, str]:
    """The cell of this laboratory, or a sentence why there is none."""
    if kind not in CELLS_OF:
        return "", f"its cell {kind[:40]!r} is not one of {', '.join(CELLS_OF)}"
    activation = _activation(config.get("activation", "tanh"))
    allowed = ("tanh", "relu") if kind == "SimpleRNN" else ("tanh",)
    if activation not in allowed:
        return "", (
            f"its activation is {activation[:40]}, which is not computed here; train it with "
            f"activation='tanh'"
        )
    gates = _activation(config.get("recurrent_activation", "sigmoid"))
    if gates != "sigmoid":
        return "", (
            f"the activation of its gates is {gates[:40]}, which is not computed here; train it "
            f"with recurrent_activation='sigmoid'"
        )
    if kind == "SimpleRNN":
        return f"rnn_{activation}", ""
    if kind == "GRU" and not config.get("reset_after", True):
        return "gru_before", ""
    return CELLS_OF[kind], ""


def _activation(told: Any) -> str:
    if isinstance(told, Mapping):
        told = told.get("config", told.get("class_name"))
    return "linear" if told is None else str(told)


def _sources(layers: Sequence[Any]) -> dict[str, str]:
    """For each layer the one layer that it reads; left out where it reads several or none."""
    if not any("inbound_nodes" in layer for layer in layers):  # one after the other
        names = [_name(layer) for layer in layers]
        return dict(zip(names[1:], names, strict=False))
    found = {}
    for layer in layers:
        nodes = layer.get("inbound_nodes") or []
        histories = list(_histories(nodes[0])) if len(nodes) == 1 else []
        if len(histories) == 1 and histories[0][1:] == (0, 0):
            found[_name(layer)] = histories[0][0]
    return found


def _histories(node: Any, depth: int = 0) -> Iterator[tuple[str, int, int]]:
    """Every tensor that a call of a layer was given: (layer, which call, which of its outputs)."""
    if depth > 12:
        return
    if isinstance(node, Mapping):
        history = node.get("keras_history")
        if isinstance(history, list) and len(history) == 3:
            yield str(history[0]), history[1], history[2]
            return
        for value in node.values():
            yield from _histories(value, depth + 1)
    elif isinstance(node, list):
        if len(node) in (3, 4) and isinstance(node[0], str):  # Keras 2
            yield node[0], node[1], node[2]
            return
        for value in node:
            yield from _histories(value, depth + 1)


def _class(layer: Any) -> tuple[str, Any]:
    return str(layer["class_name"]), layer["config"]


def _name(layer: Any) -> str:
    return str(layer["config"].get("name") or layer.get("name") or "")


def _snake(name: str) -> str:
    """A class name as Keras writes it in paths: SimpleRNN becomes simple_rnn."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
