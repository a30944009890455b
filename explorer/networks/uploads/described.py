"""What Keras' description of a model says about its recurrent layers.

The description is JSON; it is read as text, so that no class in it is ever looked up or built.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.cells import CELLS, Activation, activation, hard_sigmoid

FAMILIES = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}
CUDNN = {"CuDNNLSTM": "lstm", "CuDNNGRU": "gru"}
"""Layers of Keras 2 that only a graphics card could compute, always by σ and tanh."""
PASSING = {
    "InputLayer", "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise",
    "AlphaDropout", "ActivityRegularization",
}  # fmt: skip
"""Layers that hand on what they read once a network is trained."""
MODELS = ("Sequential", "Functional", "Model")
DEEPEST = 6  # models and wrappers within each other


@dataclass(frozen=True)
class Described:
    """A recurrent layer as its model's description has it, or one of the cells that it stacks.

    `cells` are the places of its cells among the weights of Keras 3, forward and backward; `within`
    are the names that older versions put into those of its arrays, from the outermost layer on.
    `refused` says why it is not computed here; `reads` is the first place of the recurrent layer
    whose sequence it reads, empty where it reads anything else.
    """

    cells: tuple[str, ...]
    within: tuple[str, ...]
    name: str
    kind: str
    cell_name: str = ""
    units: int | None = None
    refused: str = ""
    backward: bool = False
    merge: str = "none"
    sequences: bool = False
    reads: str = ""
    cudnn: bool = False
    frozen: bool = False
    facts: tuple[str, ...] = ()

    @property
    def both_ways(self) -> bool:
        """Whether it reads from both ends."""
        return len(self.cells) == 2

    @property
    def place(self) -> str:
        """What tells it from all others."""
        return self.cells[0]


@dataclass(frozen=True)
class Description:
    """The recurrent layers of a model in its order; name and class of every layer by its place.

    `complete` is false for a model of a class of its own that keeps its layers to itself.
    """

    layers: tuple[Described, ...]
    classes: Mapping[str, tuple[str, str]]
    model: str
    complete: bool


def described(text: str, version: str) -> Description:
    """The recurrent layers of a model, by what the Keras of that version meant by its words."""
    told = json.loads(text)
    walk = _Walk(version)
    config = told["config"]
    complete = isinstance(config, list) or isinstance(config.get("layers"), list)
    layers = walk.model(config, "", (), 0) if complete else []
    return Description(tuple(layers), walk.classes, str(told["class_name"])[:40], complete)


def usual(family: str, version: str) -> tuple[Activation, ...]:
    """The activations that a layer has in the Keras of a version unless told otherwise."""
    if family.startswith("rnn"):
        return (activation("tanh"),)
    gates = "hard_sigmoid" if _numbers(version) < (2, 3) and "tf" not in version else "sigmoid"
    shown = (activation("tanh"),) * (2 if family == "lstm" else 1)
    return (_gates_by(gates, version), *shown)


def with_activations(family: str, by: Sequence[Activation]) -> str:
    """The name of a cell with these activations."""
    return f"rnn_{by[0].name}" if family == "rnn" else CELLS[family].by(*by).name


def of_keras_itself(name: str) -> bool:
    """Whether a word in a path of Keras 3, made of a class, can be one of those read here."""
    known = (*FAMILIES, *CUDNN, *MODELS, "RNN", "Bidirectional", "TimeDistributed")
    return re.sub(r"_\d+$", "", name) in map(_snake, known)


@dataclass
class _Walk:
    version: str
    classes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def model(self, model: Any, place: str, within: tuple[str, ...], depth: int) -> list[Described]:
        """The recurrent layers of a model, each with the one that it reads."""
        layers = model["layers"] if isinstance(model, Mapping) else model
        counts: dict[str, int] = {}
        found: dict[str, list[Described]] = {}
        kinds: dict[str, str] = {}
        for layer in layers:
            name, word = _name(layer), _snake(layer["class_name"].rpartition(">")[2])
            count = counts[word] = counts.get(word, -1) + 1
            numbered = f"{word}_{count}" if count else word
            called = (*within, name or numbered)
            found[name] = self.layer(layer, f"{place}layers/{numbered}", called, depth)
            kinds[name] = layer["class_name"]
        sources = _sources(layers)
        every = []
        for name, leaves in found.items():
            if leaves and kinds[name] in _READ_ALONE:
                source, steps = sources.get(name, ""), 0
                while kinds.get(source) in PASSING and steps < len(kinds):
                    source, steps = sources.get(source, ""), steps + 1
                if kinds.get(source) in _READ_ALONE and found[source]:
                    leaves[0] = replace(leaves[0], reads=found[source][-1].place)
            every += leaves
        return every

    def layer(self, layer: Any, path: str, within: tuple[str, ...], depth: int) -> list[Described]:
        """The recurrent layers in one layer: itself, those that it wraps, those of a model."""
        kind, config = _class(layer)
        self.classes[path] = within[-1], kind
        if depth > DEEPEST or not isinstance(config, Mapping | list):
            return []
        if isinstance(config, list) or isinstance(config.get("layers"), list):
            return self.model(config, f"{path}/", within, depth + 1)
        if _is_foreign(layer):
            return []
        if kind == "TimeDistributed":
            inner = self.layer(config["layer"], f"{path}/layer", within, depth + 1)
            fact = f"{within[-1]} hands it one slice after the other, each read from zeros."
            return [replace(each, facts=(*each.facts, fact)) for each in inner]
        if kind == "Bidirectional":
            return self.both(config, path, within)
        if kind in (*FAMILIES, *CUDNN, "RNN"):
            return self.forward(kind, config, path, within)
        if kind.startswith("Conv") and ("LSTM" in kind or "RNN" in kind or "GRU" in kind):
            why = f"it is a {kind[:40]}, whose cells convolve, which is not computed here"
            return [Described((f"{path}/cell",), within, within[-1], kind, refused=why)]
        return []

    def forward(
        self, kind: str, config: Any, path: str, within: tuple[str, ...]
    ) -> list[Described]:
        """One layer as one, or as many as it stacks cells."""
        cells = _cells(kind, config, path, within)
        found: list[Described] = []
        for number, (each, settings, place, names, foreign) in enumerate(cells):
            cell_name, why = "", _unknown(each)
            if not foreign:
                cell_name, why = self.computed(each, settings)
            found.append(
                Described(
                    cells=(place,),
                    within=names,
                    name=within[-1] if len(cells) == 1 else f"{within[-1]}, cell {number + 1}",
                    kind=each,
                    cell_name=cell_name,
                    units=settings.get("units", settings.get("output_dim")),
                    refused=why,
                    backward=bool(config.get("go_backwards")),
                    sequences=number + 1 < len(cells) or bool(config.get("return_sequences")),
                    reads=cells[number - 1][2] if number else "",
                    cudnn=each in CUDNN,
                    frozen=config.get("trainable") is False,
                    facts=_facts(config),
                )
            )
        return found

    def both(self, config: Any, path: str, within: tuple[str, ...]) -> list[Described]:
        """A layer that reads from both ends, as one."""
        kind, inner = _class(config["layer"])
        other = config.get("backward_layer") or config["layer"]
        ways = []
        for way, layer in (("forward", config["layer"]), ("backward", other)):
            if _is_foreign(layer):
                ways.append(
                    [Described(("",), within, within[-1], kind, refused=_unknown(_class(layer)[0]))]
                )
            else:
                ways.append(self.forward(*_class(layer), f"{path}/{way}_layer", within))
        (first, *_), (second, *_) = ways
        why = first.refused or second.refused
        if not why and len(ways[0]) > 1:
            why = "each of its ways stacks cells of its own, which is not computed here"
        elif not why and first.cell_name != second.cell_name:
            there, back = (CELLS[each.cell_name].label for each in (first, second))
            why = f"its two directions are of different kinds, {there} and {back}"
        elif not why and first.units != second.units:
            why = f"its two directions have {first.units} and {second.units} units"
        elif not why and inner.get("go_backwards"):
            why = "its two directions are exchanged, which is not computed here"
        places = tuple(f"{path}/{way}_layer/cell" for way in ("forward", "backward"))
        merge = str(config.get("merge_mode") or "none")
        first = replace(first, name=within[-1])
        return [
            replace(first, cells=places, within=within, refused=why, backward=False, merge=merge)
        ]

    def computed(self, kind: str, config: Mapping[str, Any]) -> tuple[str, str]:
        """The cell of this laboratory, or a sentence why there is none."""
        if kind in CUDNN:
            return CUDNN[kind], ""
        kind = kind.removesuffix("Cell")
        if kind not in FAMILIES:
            return "", _unknown(kind)
        family = FAMILIES[kind]
        if family == "gru" and not config.get("reset_after", _numbers(self.version) >= (3,)):
            family = "gru_before"
        first, *_ = default = usual(family, self.version)
        told, why = _activation(config.get("activation", default[-1].name))
        if why or told not in ("tanh", "relu"):
            return "", why or _not_computed("its activation", told, "activation='tanh'")
        if family == "rnn":
            return f"rnn_{told}", ""
        shown = (activation(told),) * (len(default) - 1)
        asked = config.get("recurrent_activation", config.get("inner_activation"))
        if asked is None:
            return with_activations(family, (first, *shown)), ""
        gates, why = _activation(asked)
        if why or gates not in ("sigmoid", "hard_sigmoid"):
            way_out = "recurrent_activation='sigmoid'"
            return "", why or _not_computed("the activation of its gates", gates, way_out)
        if gates == "hard_sigmoid" and not self.version:
            return "", (
                "its gates are by a hard sigmoid, which Keras 2 and Keras 3 compute differently, "
                "and the file does not say which of them wrote it; save it again"
            )
        return with_activations(family, (_gates_by(gates, self.version), *shown)), ""


_READ_ALONE = {*FAMILIES, *CUDNN, "RNN", "Bidirectional"}


def _cells(
    kind: str, config: Any, path: str, within: tuple[str, ...]
) -> list[tuple[str, Any, str, tuple[str, ...], bool]]:
    """Every cell of a layer: its class, its settings, its places, and whether the class is own."""
    if kind != "RNN":
        return [(kind, config, f"{path}/cell", within, False)]
    cell = config["cell"]
    inner, settings = _class(cell)
    if inner != "StackedRNNCells":
        return [(inner, settings, f"{path}/cell", within, _is_foreign(cell))]
    found, counts = [], dict[str, int]()
    for each in settings["cells"]:
        word = _snake(_class(each)[0])
        count = counts[word] = counts.get(word, -1) + 1
        place = f"{path}/cell/cells/{f'{word}_{count}' if count else word}"
        found.append((*_class(each), place, (*within, _name(each)), _is_foreign(each)))
    return found


def _facts(config: Mapping[str, Any]) -> tuple[str, ...]:
    facts = []
    if config.get("stateful"):
        facts.append(
            "It goes on from the state of the batch before; the laboratory starts from zeros."
        )
    policy = config.get("dtype")
    if isinstance(policy, Mapping):
        policy = (policy.get("config") or {}).get("name")
    if isinstance(policy, str) and policy.endswith("float16"):
        facts.append(
            f"Keras computes it in half precision ({policy[:20]}), the laboratory does not."
        )
    return tuple(facts)


def _unknown(kind: str) -> str:
    return (
        f"its class {kind[:40]!r} is none of Keras' {', '.join(FAMILIES)}, and what it computes is "
        f"not in the file; put its weights into one of these and save that"
    )


def _not_computed(what: str, told: str, way_out: str) -> str:
    return f"{what} is {told[:40]}, which is not computed here; train it with {way_out}"


def _gates_by(name: str, version: str) -> Activation:
    if name == "sigmoid":
        return activation("sigmoid")
    return hard_sigmoid(1 / 6, 0.5) if _numbers(version) >= (3,) else hard_sigmoid(0.2, 0.5)


def _numbers(version: str) -> tuple[int, ...]:
    """A version as numbers; one that is not told is taken for a new one."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (3, 0)


def _activation(told: Any) -> tuple[str, str]:
    """The name of an activation, or a sentence why that is not enough."""
    if isinstance(told, Mapping):
        name = told.get("config")
        if not isinstance(name, str):
            name = str(told.get("class_name"))
            return name, f"its activation is a layer of the class {name[:40]!r}, which is not read"
        if not str(told.get("module") or "").startswith("keras"):
            return name, f"its activation {name[:40]!r} is a function of its own, not in the file"
        told = name
    return ("linear" if told is None else str(told)), ""


def _is_foreign(layer: Any) -> bool:
    """Whether a layer's class is none of Keras' own, whatever it is called."""
    if ">" in str(layer["class_name"]):
        return True
    if "module" not in layer:  # older than these words
        return False
    return not str(layer["module"]).startswith(("keras", "tf_keras", "tensorflow"))


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
    config = layer["config"]
    named = config.get("name") if isinstance(config, Mapping) else None
    return str(named or layer.get("name") or "")


def _snake(name: str) -> str:
    """A class name as Keras writes it in paths: SimpleRNN becomes simple_rnn."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
