"""A trainer on a cluster: the server's end of one of its workers, told and heard as a process is.

Each run is a chain of tasks, one after the other: the `stretches` of that run. Only one stretch is
under way at a time, of the run that has had the least time so far. What was made beyond a goal that
was taken back meanwhile is kept here until it is wanted.
"""

import logging
import queue
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.runs.dask import edition
from explorer.runs.frames import chunk, packets, step_of
from explorer.runs.messages import Message
from explorer.runs.stretches import Stretch, stretch, warmed
from explorer.runs.trainer import Trainer
from explorer.runs.worker import line

log = logging.getLogger(__name__)

LOST = "lost"


@dataclass
class Chain:
    """A run as its trainer sees it, and from which checkpoint it could go on elsewhere."""

    opening: Message
    goal: int
    made: int  # the index of the newest frame made
    wants_still: bool
    spent: float
    there: bool = False  # whether the worker has it at hand
    over: bool = False
    beyond: list[Message] = field(default_factory=list)  # made, and not wanted yet

    @property
    def waits(self) -> bool:
        """Whether there is something to compute."""
        return not self.over and (self.made < self.goal or self.wants_still)

    def learn(self, said: Message) -> None:
        """Take note of what the worker said of the run."""
        if said.kind == "frames":
            self.made = said.values["index"]
        elif said.kind == "checkpoint":
            values = {**self.opening.values, "still": False, **said.values}
            self.opening = replace(self.opening, values=values, body=said.body)
        elif said.kind == "still":
            self.wants_still = False
        elif said.kind in ("ended", "trouble"):
            self.over = True


class DistantTrainer:
    """What a `Trainer` is to the hub, on the worker of a cluster at ``address``.

    ``hear`` gets its messages, ``lost`` is called once when it is gone; both are called from a
    thread of its own. ``restart`` has the cluster replace the worker.
    """

    def __init__(
        self,
        client: Any,
        address: str,
        hear: "Callable[[Any, Message], None]",
        lost: "Callable[[Any], None]",
        restart: Callable[[str], None],
    ) -> None:
        self.proven = False
        self.warm = False
        self.heard_at = 0.0
        self.turn = 0
        self.pid = 0  # until it has said so
        self.address = address
        self._client = client
        self._hear = hear
        self._lost = lost
        self._restart = restart
        self._name = uuid.uuid4().hex
        self._chains: dict[int, Chain] = {}
        self._closed: list[Message] = []
        self._modules: list[str] | None = None
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._future: Any = None
        self._thread = threading.Thread(target=self._work, name="distant trainer", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        """Tell the trainer something; returns at once, and says nothing when it is gone."""
        self._news.put(message)

    def pulse(self) -> None:
        """Take note that the worker lives."""
        self._hear(self, Message("pulse"))

    def lose(self) -> None:
        """Take note that the worker is gone."""
        self._news.put(LOST)

    def kill(self) -> None:
        """Have a worker replaced that does not answer any more."""
        self._news.put(None)
        self._restart(self.address)

    def stop(self) -> None:
        """Let the worker go, and wait until nothing of it is heard any more."""
        self._news.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(5)

    def _work(self) -> None:
        """Take commands and what the worker said, and have it make the next stretch."""
        while (news := self._news.get()) is not None:
            try:
                if isinstance(news, Message):
                    self._obey(news)
                elif news == LOST or not self._take(news):
                    self._give_up()
                    self._lost(self)
                    return
                if self._future is None:
                    self._go_on()
            except Exception:  # the client is closed, or the like
                log.warning("the worker at %s is given up", self.address, exc_info=True)
                self._give_up()
                self._lost(self)
                return
        self._give_up()

    def _obey(self, command: Message) -> None:
        known = self._chains.get(command.run)
        if command.kind == "warm":
            self._modules = list(command.values["modules"])
        elif command.kind == "open":
            values = command.values
            chain = Chain(command, values["goal"], values["index"], values["still"], 0.0)
            chain.spent = self._least_spent(chain)
            self._chains[command.run] = chain
        elif command.kind == "goal" and known is not None:
            if not known.waits:  # waiting is not saved up
                known.spent = max(known.spent, self._least_spent(known))
            known.goal = command.values["goal"]
            beyond, known.beyond = known.beyond, []
            for said in beyond:
                self._pass_on(known, said)
        elif command.kind == "close" and known is not None:
            del self._chains[command.run]
            if known.there:
                self._closed.append(command)

    def _go_on(self) -> None:
        """Submit the next task, if there is something to do."""
        if self._modules is not None:
            self._submit(warmed, self._modules, edition())
            return
        waiting = [chain for chain in self._chains.values() if chain.waits]
        if not waiting:
            return
        chain = min(waiting, key=lambda chain: chain.spent)
        run = chain.opening.run
        commands, self._closed = self._closed, []
        if not chain.there:
            chain.made = chain.opening.values["index"]
            values = {**chain.opening.values, "still": chain.wants_still}
            commands.append(replace(chain.opening, values=values))
        commands.append(Message("goal", run, {"goal": chain.goal}))
        self.turn = run
        self._submit(stretch, self._name, commands, run, edition())

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._future = self._client.submit(
            function,
            *arguments,
            key=f"trainer-{uuid.uuid4().hex}",
            workers=[self.address],
            allow_other_workers=False,
            pure=False,
            priority=1,
        )
        self._future.add_done_callback(self._news.put)

    def _take(self, future: Any) -> bool:
        """Take what a task came to; False where the worker is of no use any more."""
        if future is not self._future:
            return True
        self._future = None
        if future.status != "finished":
            if future.status == "error":
                log.warning("the worker at %s: %s", self.address, line(future.exception()))
            return False
        came_to = future.result()
        if not isinstance(came_to, Stretch):
            self.pid, self._modules = came_to, None
            self._hear(self, Message("warm"))
            return True
        chain = self._chains.get(self.turn)
        if chain is None:
            return True
        chain.there = came_to.known
        chain.spent += came_to.seconds
        for said in came_to.said:
            chain.learn(said)
            self._pass_on(chain, said)
        return True

    def _pass_on(self, chain: Chain, said: Message) -> None:
        """Tell the hub what was said of a run, as far as it wants frames; keep the rest."""
        if chain.beyond:
            chain.beyond.append(said)
            return
        if said.kind != "frames" or said.values["index"] <= max(chain.goal, 0):
            self._hear(self, said)
            return
        made = packets(said.body)
        wanted = max(0, len(made) - (said.values["index"] - max(chain.goal, 0)))
        if wanted:
            values = {
                "index": said.values["index"] - (len(made) - wanted),
                "step": step_of(made[wanted - 1]),
            }
            self._hear(self, replace(said, values=values, body=chunk(made[:wanted])))
        chain.beyond.append(replace(said, body=chunk(made[wanted:])))

    def _least_spent(self, newcomer: Chain) -> float:
        others = (c.spent for c in self._chains.values() if c.waits and c is not newcomer)
        return min(others, default=newcomer.spent)

    def _give_up(self) -> None:
        if self._future is not None:
            self._future.cancel()
            self._future = None


AnyTrainer = Trainer | DistantTrainer
"""Whoever trains for a hub: a process beside it, or the worker of a cluster."""
