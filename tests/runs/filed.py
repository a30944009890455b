"""A process that makes a file for tests: as long, as slowly and as badly as it is told."""

import os
import time
from collections.abc import Callable

from explorer.runs.messages import Message
from explorer.runs.worker import Inbox, serve


class Filed:
    def __init__(self, inbox: Inbox, send: Callable[[Message], None]) -> None:
        self._inbox = inbox
        self._send = send

    def work(self) -> None:
        order = self._inbox.get()
        if order is None:
            return
        told = order.values
        self._send(Message("share", 0, {"share": 0.5}))
        time.sleep(told.get("seconds", 0))
        if told.get("dies"):
            os._exit(1)
        if told.get("refuses"):
            self._send(Message("refused", 0, {"sentence": told["refuses"]}))
            return
        self._send(Message("file", 0, {}, order.body * told.get("times", 1)))


if __name__ == "__main__":
    serve(Filed)
