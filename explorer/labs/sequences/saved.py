"""A network that learned in the sequence lab as a file: numbers with names, and a line of words.

A file is safetensors, which holds numbers and text and can execute nothing. Its one metadata entry
is JSON: a version, the settings of the training, the updates, and how what it reads became
numbers (its signs, or mean and spread). Whatever is opened is checked against all of that.
"""

import json
from dataclasses import fields
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from safetensors.torch import save as as_bytes
from torch import Tensor

from explorer.labs.sequences.learned import Learned
from explorer.labs.sequences.learning import TYPED, SideBySide
from explorer.networks.trained import metadata
from explorer.networks.uploads import shown_name
from explorer.sequences.kinds import KINDS, Network
from explorer.sequences.problems import Problem

ENTRY = "explorer.sequences"
"""The one metadata entry: with several, safetensors would order them differently each time."""
VERSION = 1
LARGEST = 16_000_000  # bytes; four layers of 256 units need 9 MB
MOST_UPDATES = 10**9
OF_ALL = ("first", "second", "third", "fourth", "clock")
"""Settings of a whole training, which say nothing of one network."""
APART = {"numbers": "own", "text": "like_you"}
"""What only one task reads: it stands in no other file."""
CLOSE = 1e-5  # by which share a mean or a spread may differ on another machine


def packed(learned: Learned) -> bytes:
    """The content of its file: equal networks are equal bytes."""
    training = learned.training
    settings = {
        each.name: getattr(training, each.name)
        for each in fields(training)
        if each.name not in OF_ALL and APART.get(each.name, training.task) == training.task
    }
    about = {
        "version": VERSION,
        "kind": learned.kind,
        "updates": learned.updates,
        "settings": settings,
        "reads": reads(learned.problem),
        "torch": torch.__version__,
    }
    tensors = {name: part.detach() for name, part in learned.network.parameters.items()}
    whole = {name: part.contiguous().clone() for name, part in tensors.items()}
    return as_bytes(whole, metadata={ENTRY: json.dumps(about, sort_keys=True)})


def reads(problem: Problem) -> dict[str, Any]:
    """How what a network reads, and says, is to be taken."""
    return {"signs": list(problem.signs), "names": list(problem.names), **problem.scale()}


def is_saved(data: bytes) -> bool:
    """Whether a safetensors file says that the sequence lab wrote it."""
    try:
        return ENTRY in metadata(data)
    except Exception:  # not even a header: the reader of other files says what is wrong
        return False


def opened(name: str, data: bytes) -> Learned:
    """The network of a file. Raises `ValueError`, one sentence, for whatever is wrong with it."""
    shown = shown_name(name)
    try:
        return _opened(data)
    except KeyError as missing:
        raise ValueError(f"{shown} cannot be opened: it lacks {_short(missing.args[0])}") from None
    except (ValueError, TypeError, ArithmeticError, SafetensorError, RecursionError) as why:
        raise ValueError(f"{shown} cannot be opened: {_short(why)}") from None


def _opened(data: bytes) -> Learned:
    if len(data) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 1_000_000} MB")
    if len(data) < 9 or not is_saved(data):
        raise ValueError(
            "no network of the sequence lab is in it: upload what was saved on this page; the cell "
            "lab opens networks of others"
        )
    tensors = load(data)
    about = json.loads(metadata(data)[ENTRY], parse_constant=_refuse)
    if not isinstance(about, dict):
        raise ValueError("what it says of itself is no table")
    version = about["version"]
    if type(version) is not int or version < 1:
        raise ValueError(f"its version must be a whole number from 1, not {_short(version)}")
    if version > VERSION:
        raise ValueError(
            f"it was written as version {version}, and this laboratory reads up to {VERSION}"
        )
    training = _settings(about["kind"], about["settings"])
    updates = about["updates"]
    if type(updates) is not int or not 0 <= updates <= MOST_UPDATES:
        raise ValueError(f"updates must be a whole number from 0, not {_short(updates)}")
    problem = training.problem
    _check_reads(problem, about["reads"])
    network = KINDS[training.first].draw(
        problem.shape, training.build, torch.Generator().manual_seed(0)
    )
    _fill(network, tensors)
    return Learned(training, updates, network)


def _settings(kind: Any, settings: Any) -> SideBySide:
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"unknown kind {_short(kind)!r}; choose from {', '.join(KINDS)}")
    if not isinstance(settings, dict):
        raise ValueError("its settings are no table")
    known = {each.name for each in fields(SideBySide)} - set(OF_ALL)
    if strange := set(settings) - known:
        raise ValueError(f"there is no setting {_short(min(strange, key=str))!r}")
    needed = known - set(APART)
    if settings.get("task") in TYPED:
        needed |= {name for name, task in APART.items() if task == settings["task"]}
    if missing := needed - set(settings):
        raise KeyError(min(missing))
    return SideBySide(first=kind, second=kind, third="", fourth="", **settings)


def _check_reads(problem: Problem, told: Any) -> None:
    if not isinstance(told, dict):
        raise ValueError("how it reads is no table")
    for name, ours in reads(problem).items():
        theirs = told[name]
        if name in ("signs", "names"):
            same = theirs == ours
        else:
            same = (
                isinstance(theirs, list)
                and len(theirs) == len(ours)
                and all(type(each) in (int, float) for each in theirs)
                and all(
                    abs(a - b) <= CLOSE * max(abs(b), 1e-12)
                    for a, b in zip(theirs, ours, strict=True)
                )
            )
        if not same:
            what = {"signs": "its signs are not those", "names": "its answers are not those"}
            raise ValueError(
                f"{what.get(name, f'its {name} differs from that')} of the task here, so its "
                "numbers would mean something else: it learned from other data, or by another "
                "Python"
            )


def _fill(network: Network, tensors: dict[str, Tensor]) -> None:
    if missing := network.parameters.keys() - tensors.keys():
        raise ValueError(f"it lacks {min(missing)!r}, which a network of its settings has")
    if strange := tensors.keys() - network.parameters.keys():
        raise ValueError(f"it has {_short(min(strange))!r}, which no network of its settings has")
    with torch.no_grad():
        for name, part in network.parameters.items():
            given = tensors[name]
            if given.shape != part.shape:
                sizes = ("×".join(map(str, each.shape)) for each in (part, given))
                raise ValueError("{} must be {}, not {}".format(name, *sizes))
            if given.dtype != torch.float32 or not given.isfinite().all():
                raise ValueError(f"{name} must be finite float32 numbers")
            part.copy_(given)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}")


def _short(what: Any) -> str:
    """Something of a file, or a reason, on one line that is short enough to show."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(what)).split())
    return line[:200] or type(what).__name__
