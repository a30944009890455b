"""Who may see which run: unguessable tokens, one for each session and run."""

import secrets
from dataclasses import dataclass

REMEMBERED = 64  # runs of a session whose token is kept for when they are opened again


@dataclass(frozen=True)
class Ticket:
    """The way to a run: an unguessable token, the name of the run, and a line for the page."""

    token: str
    digest: str
    notice: str = ""


class Tickets:
    """The tokens of all sessions; a token leads to the number of a run while that run lives.

    A session keeps its token for a run that was forgotten: when it opens the run again, the page
    holds the right token already, and its stage stays as it is.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, dict[str, str]] = {}  # session -> name of a run -> token
        self._released: dict[str, float] = {}  # sessions whose tab is gone, and since when
        self._numbers: dict[str, int] = {}  # token -> number of a living run
        self._origins: dict[str, str] = {}  # session -> where the past came from that it brought

    def number(self, token: str) -> int | None:
        """Return the number of the run that a token leads to."""
        return self._numbers.get(token)

    def is_held(self, number: int) -> bool:
        """Return whether some token leads to a run."""
        return number in self._numbers.values()

    def others(self, session: str, name: str) -> list[str]:
        """Return a session's tokens for living runs of another name, the oldest first."""
        mine = self._sessions.get(session, {})
        return [token for n, token in mine.items() if n != name and token in self._numbers]

    def give(self, session: str, name: str, number: int) -> str:
        """Return the token of a session for a run."""
        self._released.pop(session, None)
        mine = self._sessions.setdefault(session, {})
        token = mine.pop(name, "") or secrets.token_urlsafe(24)
        mine[name] = token  # at the end: the last one opened
        self._numbers[token] = number
        if len(mine) > REMEMBERED:
            self._numbers.pop(mine.pop(next(iter(mine))), None)
        return token

    def bring(self, session: str, origin: str) -> None:
        """Note where the past came from that a session brought with it last."""
        self._released.pop(session, None)
        self._origins[session] = origin

    def origin(self, session: str) -> str:
        """Return where the past came from that a session brought with it; empty where none did."""
        return self._origins.get(session, "")

    def take_back(self, token: str) -> None:
        """Have a token lead nowhere."""
        self._numbers.pop(token, None)

    def forget(self, number: int) -> None:
        """Have all tokens for a run lead nowhere."""
        self._numbers = {token: n for token, n in self._numbers.items() if n != number}

    def release(self, session: str, now: float) -> None:
        """Note that a session's tab is gone; it may come back."""
        self._released[session] = now

    def tidy(self, before: float) -> None:
        """Forget the sessions that were released before a time."""
        for session, since in list(self._released.items()):
            if since <= before:
                del self._released[session]
                self._sessions.pop(session, None)
                self._origins.pop(session, None)
