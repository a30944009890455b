"""The codes of rooms, short enough to be typed, and what keeps them from being found by trying."""

import secrets
from collections import deque
from collections.abc import Callable, Container

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
LENGTH = 6  # 31^6 = 8.9e8 codes
WINDOW = 60.0  # seconds
MOST_WRONG = 30  # wrong codes of all visitors in that time: 43,200 in the day that a room lasts
MOST_WRONG_OF_ONE = 8  # of one address


def draw(taken: Container[str]) -> str:
    """Return a code that is not taken, from the system's own generator of secrets."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if code not in taken:
            return code


def tidied(text: str) -> str:
    """Return the code in what somebody typed, in any case and spaced; "" for what is none."""
    code = "".join(text[:40].upper().replace("-", " ").split())
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else ""


class Tries:
    """How many wrong codes came lately, of each address and of all."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()  # the oldest first

    def wait(self, address: str) -> float:
        """Return the seconds until an address may try again; 0 where it may now."""
        now = self._clock()
        while self._wrong and now - self._wrong[0][0] >= WINDOW:
            self._wrong.popleft()
        mine = [time for time, who in self._wrong if who == address]
        waits = [0.0]
        if len(mine) >= MOST_WRONG_OF_ONE:
            waits.append(mine[-MOST_WRONG_OF_ONE] + WINDOW - now)
        if len(self._wrong) >= MOST_WRONG:
            waits.append(self._wrong[-MOST_WRONG][0] + WINDOW - now)
        return max(waits)

    def was_wrong(self, address: str) -> None:
        """Take note of a wrong code."""
        self._wrong.append((self._clock(), address))
