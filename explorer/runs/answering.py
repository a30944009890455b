"""A process that answers: one question at a time, each a pure function of a configuration.

Started as ``python -m explorer.runs.answering`` with messages on standard input and output, as a
trainer is (`worker`). Equal questions are answered once and remembered; the server's own process
computes nothing.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from explorer.runs import answers
from explorer.runs.answers import Asking, Packed, RefusedError
from explorer.runs.messages import Message
from explorer.runs.worker import Inbox, line, prepare, serve

REMEMBERED = 48 * 2**20  # bytes of answers

log = logging.getLogger(__name__)


class Answering:
    """The questions of such a process. ``send`` takes its messages, ``inbox`` brings questions.

    None in the inbox ends it.
    """

    def __init__(self, inbox: Inbox, send: Callable[[Message], None]) -> None:
        self._inbox = inbox
        self._send = send
        self._preparations: list[Callable[[], None]] = []  # for when nobody asks
        self._known: OrderedDict[str, Packed] = OrderedDict()
        self._bytes = 0

    def work(self) -> None:
        """Answer until the end."""
        while True:
            if self._preparations and self._inbox.empty():
                self._preparations.pop(0)()
                if not self._preparations:
                    self._send(Message("warm"))
                continue
            command = self._inbox.get()
            if command is None:
                return
            if command.kind == "warm":
                self._preparations += prepare(command.values["modules"])
            elif command.kind == "ask":
                self._send(self._answer(command))
            elif command.kind == "bring":
                self._take(command)
            else:
                raise ValueError(f"there is no command {command.kind!r}")

    def _take(self, brought: Message) -> None:
        """Hand over what answers need; without it they say themselves what is missing."""
        to, name = brought.values["to"], brought.values["name"]
        try:
            answers.named(to)(name, brought.body)
        except Exception:
            log.warning("%s did not take %s", to, name, exc_info=True)

    def _answer(self, question: Message) -> Message:
        values = question.values
        asking = Asking(values["function"], values["settings"])
        try:
            found = self._found(asking, values["given"], values["moving"])
        except RefusedError as error:
            refused = {"name": error.name, "sentence": line(error)}
            return Message("refused", question.run, refused)
        except Exception as error:
            log.warning("%s failed", asking.function, exc_info=True)
            refused = {"name": "", "sentence": f"This could not be computed: {line(error)}"}
            return Message("refused", question.run, refused)
        shape = {"scene": len(found.scene), "name": found.scene_name, "shown": dict(found.shown)}
        return Message("answer", question.run, shape, found.scene + found.frames)

    def _found(self, asking: Asking, given: dict[str, Any], moving: bool) -> Packed:
        key = repr((asking, sorted(given.items()), moving))
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        self._known[key] = found = answers.answered(asking, given, moving)
        self._bytes += found.size
        while self._bytes > REMEMBERED and len(self._known) > 1:
            self._bytes -= self._known.popitem(last=False)[1].size
        return found


if __name__ == "__main__":
    serve(Answering)
