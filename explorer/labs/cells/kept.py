"""The latest results of a function, kept as long as there is room for them.

A reading of a large network takes a hundred times what one of a small network takes, so what is
kept is bounded by its size as well as by its number.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def kept(
    most: int, room: int, size: Callable[[R], int]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep at most so many results whose sizes add up to at most ``room``; the oldest make room.

    The newest is kept whatever its size. Arguments must be hashable, and are given by position.
    """

    def keeping(function: Callable[P, R]) -> Callable[P, R]:
        found: OrderedDict[object, R] = OrderedDict()
        lock = threading.Lock()

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
            key = (args, tuple(sorted(kwargs.items())))
            with lock:
                if key in found:
                    found.move_to_end(key)
                    return found[key]
            result = function(*args, **kwargs)
            with lock:
                found[key] = result
                found.move_to_end(key)
                while len(found) > 1 and (
                    len(found) > most or sum(map(size, found.values())) > room
                ):
                    found.popitem(last=False)
            return result

        return remembered

    return keeping
