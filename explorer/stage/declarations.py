"""The TypeScript declarations of what the browser reads and says, written from the Python side.

Scenes, frames and messages are described once, where Python makes them. The browser's scripts are
checked against ``browser/types.d.ts``, which this module writes::

    python -m explorer.stage.declarations

How a description turns into JSON decides what is declared: `figures.scene.as_json` leaves out what
is None, so such a field is optional; a status is told with all its fields, so it may be null.
"""

import json
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from explorer.figures import scene
from explorer.runs import answers, frames, reel
from explorer.runs.run import State, Status
from explorer.stage import hand, plain, routes, talk, viewer
from explorer.stage.messages import LessonTold, Showing, Told
from explorer.stage.rooms.said import RoomSaid, RoomTold

FILE = Path(__file__).with_name("browser") / "types.d.ts"
COMMAND = "python -m explorer.stage.declarations"

DECLARED = (
    scene.Scene,
    frames.Header,
    Status,
    viewer.Command,
    routes.FramesAsked,
    answers.AnswerHeader,
    hand.Ask,
    plain.PlainAsk,
    plain.PlainReply,
    Showing,
    Told,
    LessonTold,
    RoomSaid,
    RoomTold,
)
WITH_NULLS = (Status,)  # dataclasses that travel with the fields that are None
NAMED = {
    "Mark": scene.Mark,
    "Handle": scene.Handle,
    "Panel": scene.Panel,
    "Kind": frames.Kind,
    "State": State,
}
PLAIN = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}

# Numbers that both sides write down: a script that says another one does not pass.
CONSTANTS = {
    "PACKET_MAGIC": int.from_bytes(frames.PACKET_MAGIC, "little"),
    "REEL_MAGIC": int.from_bytes(reel.REEL_MAGIC, "little"),
    "CHUNK_MAGIC": int.from_bytes(frames.CHUNK_MAGIC, "little"),
    "ANSWER_MAGIC": int.from_bytes(answers.ANSWER_MAGIC, "little"),
    "PLAIN_MAGIC": int.from_bytes(plain.PLAIN_MAGIC, "little"),
    "TOP": frames.TOP,
    "OFFENCE": talk.OFFENCE,
    "BUSY": talk.BUSY,
    "MOST_FRAMES": routes.MOST_FRAMES,
}


def declarations() -> str:
    """Return the text of ``types.d.ts``; raises TypeError for what has no form in JSON."""
    written: dict[str, str] = {}
    for described in DECLARED:
        _declare(described, written)
    unions = (
        ("Panel", scene.Panel, "kind"),
        ("Mark", scene.Mark, "mark"),
        ("Handle", scene.Handle, "handle"),
    )
    for name, union, key in unions:
        written[f"{name}s"] = _by_name(name, union, key)
    for name in ("Kind", "State"):
        written[name] = f"export type {name} = {_literal(NAMED[name])};"
    written["Constants"] = _constants()
    head = f"// Written by `{COMMAND}` from what Python says; change it there.\n"
    return "\n".join([head, *(f"{text}\n" for text in written.values())])


def _declare(described: type, written: dict[str, str]) -> None:
    """Write the declaration of a class, and before it those of the classes that it names."""
    name = described.__name__
    if name in written:
        return
    written[name] = ""  # its place is taken, also for itself
    hints = get_type_hints(described, include_extras=True)
    parts = {field: _typescript(hint, written) for field, hint in hints.items()}
    del written[name]
    if issubclass(described, tuple):
        entries = ", ".join(f"{field}: {part}" for field, part in parts.items())
        text = f"export type {name} = [{entries}];"
    else:
        lines = [_field(described, field, hint, parts[field]) for field, hint in hints.items()]
        text = "\n".join([f"export interface {name} {{", *lines, "}"])
    written[name] = f"{_comment(getdoc(described) or '')}\n{text}"


def _field(described: type, name: str, hint: Any, part: str) -> str:
    optional = get_origin(hint) is NotRequired
    if is_dataclass(described) and described not in WITH_NULLS and type(None) in get_args(hint):
        optional, part = True, part.removesuffix(" | null")
    return f"  {name}{'?' if optional else ''}: {part};"


def _typescript(hint: Any, written: dict[str, str]) -> str:
    """Return how a Python type is called in TypeScript, declaring the classes in it."""
    for name, union in NAMED.items():
        if hint == union:
            for part in get_args(hint):
                if isinstance(part, type):
                    _declare(part, written)
            return name
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _typescript(parts[1], written)
    if origin is NotRequired:
        return _typescript(parts[0], written)
    if origin is Literal:
        return _literal(hint)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(_typescript(part, written) for part in parts))
    if origin in (list, Sequence) or (origin is tuple and parts[1:] == (...,)):
        inside = _typescript(parts[0], written)
        return f"({inside})[]" if " | " in inside else f"{inside}[]"
    if origin is tuple:
        return f"[{', '.join(_typescript(part, written) for part in parts)}]"
    if origin in (dict, Mapping) and parts[0] is str:
        return f"Record<string, {_typescript(parts[1], written)}>"
    if isinstance(hint, type) and _is_described(hint):
        _declare(hint, written)
        return hint.__name__
    raise TypeError(f"{hint!r} has no form in TypeScript")


def _is_described(hint: type) -> bool:
    return is_dataclass(hint) or typing.is_typeddict(hint) or hasattr(hint, "_fields")


def _literal(hint: Any) -> str:
    return " | ".join(json.dumps(value) for value in get_args(hint))


def _by_name(name: str, union: Any, key: str) -> str:
    """Return the members of a union by the name that each bears in its field ``key``."""
    named = ((f.default, part) for part in get_args(union) for f in fields(part) if f.name == key)
    lines = [f"  {member}: {part.__name__};" for member, part in named]
    by_name = "\n".join([f"export interface {name}s {{", *lines, "}"])
    return f"{by_name}\n\nexport type {name} = {name}s[keyof {name}s];"


def _constants() -> str:
    lines = []
    for name, value in CONSTANTS.items():
        text = json.dumps(value)
        if isinstance(value, dict):
            text = f"{{ {'; '.join(f'{key}: {number}' for key, number in value.items())} }}"
        lines.append(f"  {name}: {text};")
    head = _comment("Numbers that both sides write down.")
    return "\n".join([head, "export interface Constants {", *lines, "}"])


def _comment(text: str) -> str:
    """Return a docstring as a doc comment."""
    lines = text.replace("``", "`").splitlines()
    if len(lines) == 1:
        return f"/** {lines[0]} */"
    body = textwrap.indent("\n".join(lines), " * ", lambda line: True)
    return "\n".join(["/**", *(line.rstrip() for line in body.splitlines()), " */"])


if __name__ == "__main__":
    FILE.write_text(declarations(), encoding="utf-8")
