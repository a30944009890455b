"""The file of a lesson as headings with what stands under them, and what its head says.

Needs no library of mathematics: the home page is there before any is loaded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WALKS = Path(__file__).parent / "walks"
HEAD = {"number", "minutes", "for"}
ASKS = {"measure", "seeds"}
"""What a question has besides its choices."""


@dataclass(frozen=True)
class Head:
    """What a card says of a lesson: its name in links, its place, how long it takes, for whom."""

    name: str
    number: int
    title: str
    minutes: int
    audience: str
    summary: str


def walks() -> Sequence[Path]:
    """The files of all lessons."""
    return sorted(WALKS.glob("*.md"))


def heads() -> list[Head]:
    """The heads of all lessons, in their order. Raises `FaultError`."""
    found = []
    for path in walks():
        reader = Reader(path.name)
        blocks = list(reader.blocks(path.read_text(encoding="utf-8")))
        found.append(reader.head(path.stem, blocks))
    return sorted(found, key=lambda head: head.number)


class FaultError(ValueError):
    """What is wrong with a lesson: one sentence that begins with its file and line."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}, line {line}: {what.rstrip('.')}.")


@dataclass
class Block:
    """A heading with what stands under it: its items, by key, and its text; each with its line."""

    level: int
    title: str
    line: int
    items: list[tuple[str, str, int]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(len(part.split()) for part in [self.title, *self.text])

    def said(self) -> str:
        """Return the text, a blank line between two paragraphs."""
        joined = "\n".join(self.text).strip()
        return re.sub(r"\n{3,}", "\n\n", joined)


class Reader:
    """Reads the file of that name."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fault(self, line: int, what: object) -> FaultError:
        """Return what is wrong in a line."""
        return FaultError(self.file, line, str(what))

    def head(self, name: str, blocks: Sequence[Block]) -> Head:
        """Return what the first block says of the lesson of that name. Raises `FaultError`."""
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise self.fault(1, "a file is called by small letters, digits and hyphens")
        if not blocks or blocks[0].level != 1:
            raise self.fault(1, "a lesson begins with its title, '# …'")
        head = blocks[0]
        self.known(head, HEAD)
        return Head(
            name,
            self.whole(head, "number", 1, 999),
            head.title,
            self.whole(head, "minutes", 1, 60),
            self.one(head, "for")[0],
            head.said(),
        )

    def blocks(self, text: str) -> Iterator[Block]:
        block: Block | None = None
        for number, line in enumerate(text.splitlines(), 1):
            if heading := re.match(r"(#{1,6})\s*(.*)", line):
                if block is not None:
                    yield block
                level, title = len(heading[1]), heading[2].strip()
                if level > 3 or not title or (level == 1 and block is not None):
                    raise self.fault(number, f"what heading is {line[:40]!r}")
                block = Block(level, title, number)
            elif block is None:
                if line.strip():
                    raise self.fault(number, "a lesson begins with its title, '# …'")
            elif line.startswith("- ") and not block.said():
                key, colon, value = line[2:].partition(":")
                if block.level == 3 and key not in ASKS:  # a choice may have colons of its own
                    key, colon, value = line[2:].rpartition(":")
                if not colon or not value.strip():
                    raise self.fault(number, f"{line[:40]!r} says nothing after a colon")
                block.items.append((key.strip(), value.strip(), number))
            else:
                block.text.append(line.strip())
        if block is not None:
            yield block

    def known(self, block: Block, keys: set[str]) -> None:
        seen: set[str] = set()
        for key, _, line in block.items:
            if key not in keys:
                raise self.fault(
                    line, f"unknown {key[:40]!r}; choose from {', '.join(sorted(keys))}"
                )
            if key in seen:
                raise self.fault(line, f"{key!r} stands here twice")
            seen.add(key)

    def all(self, block: Block, key: str) -> tuple[str, int] | None:
        return next(((value, line) for name, value, line in block.items if name == key), None)

    def one(self, block: Block, key: str) -> tuple[str, int]:
        found = self.all(block, key)
        if found is None:
            raise self.fault(block.line, f"{block.title[:40]!r} needs a line '- {key}: …'")
        return found

    def whole(self, block: Block, key: str, low: int, high: int) -> int:
        value, line = self.one(block, key)
        if not value.isdecimal() or not low <= int(value) <= high:
            raise self.fault(
                line, f"{key} must be a whole number from {low} to {high}, not {value[:40]!r}"
            )
        return int(value)
