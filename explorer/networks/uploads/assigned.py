"""Which arrays of a Keras file belong to which recurrent layer of its description.

Keras 3 has a place for every layer. Older versions have one for every layer of the outermost model,
where the arrays of all that is inside lie under names, and in an order, of their own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.networks.uploads.described import Described, Description, of_keras_itself
from explorer.networks.uploads.kernels import Kernels

OLDER = "model_weights/"
OLDER_LIST = "_layer_checkpoint_dependencies/"  # what Keras 2.12 called the list of layers


@dataclass(frozen=True)
class Belonging:
    """A recurrent layer and the arrays of its directions; not described where weights are alone."""

    name: str
    cells: tuple[Kernels, ...]
    told: Described | None


@dataclass(frozen=True)
class Assigned:
    """The recurrent layers of a file with their arrays, and sentences about what is left."""

    layers: tuple[Belonging, ...]
    refused: tuple[str, ...]


def by_place(told: Description, found: Sequence[Kernels]) -> Assigned:
    """As Keras 3 keeps them: each layer's arrays at its place."""
    at = {each.place.replace(OLDER_LIST, "layers/"): each for each in found}
    layers, refused, used = [], [], set[str]()
    missing = []
    for each in told.layers:
        there = [place for place in each.cells if place in at]
        if len(there) == len(each.cells):
            used |= set(there)
            layers.append(Belonging(each.name, tuple(at[place] for place in there), each))
        elif each.refused:
            used |= set(there)
            refused.append(f"{each.name}: {each.refused}")
        else:
            missing.append(each)
    for each in missing:
        again = any(b.told and (b.told.name, b.told.kind) == (each.name, each.kind) for b in layers)
        if not again:  # a layer that two models share is kept once
            refused.append(
                f"{each.name}: its description and its weights disagree; save and upload it again"
            )
    left = [place for place in at if place not in used]
    return Assigned(tuple(layers), (*refused, *_strangers(told, left)))


def by_name(
    told: Description, found: Sequence[Kernels], orders: Mapping[str, Sequence[str]]
) -> Assigned:
    """As older versions keep them: below each layer of the outermost model, in Keras' order."""
    layers: list[Belonging] = []
    refused: list[str] = []
    used = set[str]()
    for outermost in dict.fromkeys(each.within[0] for each in told.layers):
        every = [each for each in told.layers if each.within[0] == outermost]
        refused += [f"{each.name}: {each.refused}" for each in every if each.refused]
        described = [each for each in every if not each.kind.startswith("Conv")]
        group = f"{OLDER}{outermost}"
        inside = _in_order([k for k in found if k.place.startswith(f"{group}/")], group, orders)
        used |= {each.place for each in inside}
        fitting = _shared_out(described, inside)
        if fitting is None:
            open_ = [each.name for each in described if not each.refused]
            needed = sum(len(each.cells) for each in described)
            if open_:
                refused.append(
                    f"{', '.join(open_)}: its description has {needed} recurrent cells in "
                    f"{outermost}, and its weights {len(inside)}; save it as .keras"
                )
            continue
        layers += [
            Belonging(each.name, cells, each)
            for each, cells in zip(described, fitting, strict=True)
            if not each.refused
        ]
    left = [each.place for each in found if each.place not in used]
    return Assigned(tuple(layers), (*refused, *_strangers(told, left)))


def alone(found: Sequence[Kernels], names: Mapping[str, str]) -> Assigned:
    """Arrays without a description: the two directions of a layer together."""
    layers: dict[str, list[Kernels]] = {}
    refused: list[str] = []
    for each in found:
        if why := _foreign(each.place, names):
            refused.append(why)
            continue
        key = re.sub(r"(^|/)(forward|backward)_", r"\1", each.place)
        layers.setdefault(key, []).append(each)
    belonging = []
    for cells in layers.values():
        cells.sort(key=lambda each: bool(re.search(r"(^|/)backward_", each.place)))
        if len(cells) > 2:
            refused.append(f"{cells[0].place}: {len(cells)} cells lie there under one name")
            continue
        belonging.append(Belonging(_called(cells[0].place, names), tuple(cells), None))
    return Assigned(tuple(belonging), tuple(refused))


def _shared_out(
    described: Sequence[Described], inside: Sequence[Kernels]
) -> list[tuple[Kernels, ...]] | None:
    """The arrays of each layer in the order of the description; None where that cannot be told."""
    if len(inside) != sum(len(each.cells) for each in described):
        return None
    if len(described) == 1:
        return [_ways(inside)]
    named = [_named(each, inside, len(each.within)) for each in described]
    if any(len(n) != len(each.cells) for n, each in zip(named, described, strict=True)):
        named = [_named(each, inside, 1) for each in described]
    taken = [cell.place for cells in named for cell in cells]
    counts = all(len(n) == len(each.cells) for n, each in zip(named, described, strict=True))
    if counts and len(set(taken)) == len(taken):
        return [_ways(cells) for cells in named]
    if any(each.frozen for each in described):
        return None  # Keras lists what is not trained last
    shared, first = [], 0
    for each in described:
        shared.append(_ways(inside[first : first + len(each.cells)]))
        first += len(each.cells)
    return shared


def _named(each: Described, inside: Sequence[Kernels], last: int) -> list[Kernels]:
    """The arrays in whose places the last names of a layer are."""
    wanted = set(each.within[1:][-last:] or each.within)
    return [cell for cell in inside if wanted <= set(cell.place.split("/"))]


def _ways(cells: Sequence[Kernels]) -> tuple[Kernels, ...]:
    """Forward before backward."""
    return tuple(sorted(cells, key=lambda each: bool(re.search(r"/backward_", each.place))))


def _in_order(
    inside: list[Kernels], group: str, orders: Mapping[str, Sequence[str]]
) -> list[Kernels]:
    """The cells of a group as the group lists their arrays."""
    listed = [f"{group}/{name}" for name in orders.get(group, ())]

    def first(each: Kernels) -> int:
        start = re.sub(r"_\d+$", "", each.place)
        places = [n for n, path in enumerate(listed) if path.startswith(each.place)]
        again = [n for n, path in enumerate(listed) if path.startswith(start)]
        return min(places or again or [len(listed)])

    return sorted(inside, key=first)


def _strangers(told: Description, places: Sequence[str]) -> list[str]:
    """Sentences about cells that stand in layers of which the description is not enough."""
    said: dict[str, str] = {}
    outermost = {
        name: (name, kind) for p, (name, kind) in told.classes.items() if p.count("/") == 1
    }
    for place in places:
        known = [path for path in told.classes if place.startswith(f"{path}/")]
        name, kind = place.split("/")[0], ""
        if known:
            name, kind = told.classes[max(known, key=len)]
        elif place.startswith(OLDER):
            plain = place.removeprefix(OLDER)
            above = [each for each in outermost if plain.startswith(f"{each}/")]
            name, kind = outermost[max(above, key=len)] if above else (plain.split("/")[0], "")
        said[name] = stranger(name, kind)
    return list(said.values())


def stranger(name: str, kind: str) -> str:
    """Why a cell in a layer of a foreign class is not opened."""
    whose = f"its class {kind[:40]!r}" if kind else "its class, which is not described,"
    return (
        f"{name}: {whose} is none of Keras' own recurrent layers, and what it "
        f"computes is not in the file; put its weights into an LSTM, GRU or SimpleRNN and save that"
    )


def _foreign(place: str, names: Mapping[str, str]) -> str:
    """Why a cell at a place of Keras 3 is none of Keras' own; empty where nothing speaks for it."""
    parts = place.split("/")
    for number, part in enumerate(parts[:-1]):
        inside = parts[number + 1]
        if part in ("layers", OLDER_LIST.strip("/")) and not of_keras_itself(inside):
            return stranger(_called(place, names), re.sub(r"_\d+$", "", inside))
    if re.search(r"(forward|backward)_layer/cell/cells/", place):
        return (
            f"{_called(place, names)}: each of its ways stacks cells of its own, which is not "
            f"computed here"
        )
    noted = names.get(f"{place}/vars", "")
    if noted and not re.fullmatch(r"(lstm|gru|simple_rnn)_cell(_\d+)?", noted):
        return (
            f"{_called(place, names)}: its cell is called {noted[:40]!r}, and the file does not "
            f"say its class; save the whole model, as .keras"
        )
    return ""


def _called(place: str, names: Mapping[str, str]) -> str:
    """What a layer is called: by its own name in the file, or by its place."""
    layer = re.sub(r"(/(forward|backward)_layer)?/cell(/cells/[^/]+)?$", "", place)
    if noted := names.get(f"{layer}/vars"):
        return noted
    return layer.rsplit("/", 1)[-1] if layer != place else place.split("/")[0]
