"""Answers for tests: one that says what it was asked, slow ones, and ones that fail."""

import os
import time
from dataclasses import dataclass

import numpy as np

from explorer.dials import check, dial
from explorer.runs.answers import Answer, RefusedError
from explorer.runs.frames import Frame

BROUGHT: dict[str, bytes] = {}


@dataclass(frozen=True)
class Asked:
    """Settings of every kind, and how long an answer takes."""

    level: float = dial(1.0, "Level", low=-5.0, high=5.0)
    count: int = dial(3, "Count", low=1, high=1_000)
    word: str = dial("", "Word", longest=100)
    open: bool = dial(False, "Open")
    seconds: float = dial(0.0, "Seconds", low=0.0, high=60.0)
    fault: str = dial("", "Fault", choices=("", "value", "dial", "key", "end", "pid"))

    def __post_init__(self) -> None:
        check(self)
        if self.word == "closed" and self.open:
            raise ValueError("a closed word cannot be open")


def answer(asked: Asked, moving: bool) -> Answer:
    """Return frames that hold the level, in a scene that names the word."""
    time.sleep(asked.seconds)
    if asked.fault == "value":
        raise ValueError("there is no such thing")
    if asked.fault == "dial":
        raise RefusedError("level", "no level is low enough")
    if asked.fault == "key":
        raise KeyError("a fault of ours")
    if asked.fault == "end":
        os._exit(1)
    if asked.fault == "pid":
        return Answer({"alt": "pid"}, [Frame(0, scalars={"pid": float(os.getpid())})])
    frames = [Frame(k, {"x": np.full(2, asked.level)}) for k in range(asked.count)]
    return Answer(
        {"alt": BROUGHT.get(asked.word, asked.word.encode()).decode()},
        frames,
        still=Frame(0, scalars={"level": asked.level}),
        select={"unit": asked.count},
        start=asked.count - 1,
        coarse="less" if moving else "",
    )


def take(name: str, body: bytes) -> None:
    """Keep something that was brought, unless it is empty."""
    if not body:
        raise ValueError("there is nothing in it")
    BROUGHT[name] = body
