"""The seam between the pages and training: runs that belong to the server, not to a tab.

A page opens an experiment and gets a token; the stage in the browser shows that token to a route
and becomes a viewer of the run. Equal experiments share one run, and an experiment that differs
from a living run only after some step goes on from there. Training happens in `worker` processes;
a process that dies or falls silent is replaced, by a spare one where that is loaded already, and
its runs go on from their last checkpoint.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from explorer.runs.cluster import Cluster
from explorer.runs.distant import AnyTrainer
from explorer.runs.experiments import Experiment, digest
from explorer.runs.frames import Frame, pack
from explorer.runs.limits import LimitError, Limits
from explorer.runs.messages import Message
from explorer.runs.past import Past
from explorer.runs.recording import Checkpoint
from explorer.runs.run import Run
from explorer.runs.staffing import Pauses, Silence
from explorer.runs.tickets import Ticket, Tickets
from explorer.runs.trainer import Trainer

log = logging.getLogger(__name__)

__all__ = ["Hub", "LimitError", "Ticket", "the_hub"]

TICK = 1.0  # seconds between two rounds of the housekeeping
SETTLING = 10.0  # seconds in which a run that was just opened finds its viewer
SPARE_AFTER = 5.0  # seconds from when all trainers work to when a spare one is loaded

ENDED = "The trainer process ended and was replaced"
SILENT = "The trainer process did not answer any more and was replaced"
STARTING = "Waiting for the training process, which is starting."
MISSED = "The training process has been silent for some seconds; it is replaced if it stays so."
NONE_LEFT = "The training process ended; another one is being started."
NONE_STAYS = "Training processes end as soon as they start; another one is tried within a minute."
NONE_STARTS = "No training process may be started on this computer ({}); it is tried every minute."


class Hub:
    """All runs of a server. Without `start` it keeps and shows runs but trains none.

    It trains in ``workers`` processes of its own, or on all workers of a ``cluster``.
    """

    def __init__(
        self,
        workers: int | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        cluster: Cluster | None = None,
    ) -> None:
        self.cluster = cluster
        self._workers = workers or max(1, (os.cpu_count() or 2) - 1)
        self.limits = limits or Limits()
        self._clock = clock
        self._lock = threading.RLock()
        self._runs: dict[int, Run] = {}
        self._tickets = Tickets()
        self._trainers: list[AnyTrainer] = []  # as many as wanted, each replaced when it ends
        self._spare: AnyTrainer | None = None  # which has loaded everything, for the next accident
        self._spare_at = 0.0  # when it may be started
        self._pauses = Pauses(clock)
        self._silence = Silence(clock)
        self._obstacle = ""  # why the last attempt to start a process failed
        self._warm: tuple[str, ...] = ()
        self._count = 0
        self._running = False
        self._stopping = threading.Event()
        self._housekeeper: threading.Thread | None = None

    # ------------------------------------------------------------------------- start and stop

    def start(self, warm: Sequence[str] = ()) -> None:
        """Start the trainer processes, which load the modules ``warm`` before the first run."""
        with self._lock:
            if self._running:
                return
            self._running = True
            self._stopping.clear()
            self._warm = tuple(warm)
            if self.cluster is not None:
                self.cluster.start()
            self._staff()
        self._housekeeper = threading.Thread(target=self._keep_house, name="runs", daemon=True)
        self._housekeeper.start()

    def stop(self) -> None:
        """End the trainer processes and forget all runs."""
        with self._lock:
            self._running = False
            for run in list(self._runs.values()):
                self._forget(run)
            trainers = self._staffed
            self._trainers, self._spare = [], None
        self._stopping.set()
        for trainer in trainers:  # without the lock, which their last messages may need
            trainer.stop()
        if self.cluster is not None:
            self.cluster.stop()
        if self._housekeeper is not None:
            self._housekeeper.join()
            self._housekeeper = None

    # -------------------------------------------------------------------------- for the pages

    def open(self, session: str, experiment: Experiment) -> Ticket:
        """Return the ticket of a session for an experiment, the same one as long as it lasts.

        An equal experiment shares its run; one that is equal to a living run up to some step goes
        on from the last checkpoint before it. Raises `LimitError` when there are too many runs.
        """
        name = digest(experiment)
        with self._lock:
            origin = self._tickets.origin(session)
            run = self._find(_named(name, origin))
            relative = None if run is not None else self._relative(experiment, origin)
            if origin and run is None and relative is None:  # nothing of what was brought
                origin, run = "", self._find(name)
                relative = None if run is not None else self._relative(experiment, origin)
            if run is not None:
                return self._admit(session, run)
            run = self._new(
                _named(name, origin), experiment, experiment.frame_count - 1, origin=origin
            )
            if relative is not None:
                run.fork(*relative)
            ticket = self._admit(session, run)
            self._assign(run)
            return ticket

    def bring(
        self, session: str, origin: str, experiment: Experiment, past: Past, notice: str = ""
    ) -> Run:
        """Have an experiment go on, for this session, from what it has behind it elsewhere.

        Whoever opens the experiment without having brought the same trains it anew: nobody else is
        shown numbers that were not computed here. The ``notice`` says on the stage what it is.
        Raises `LimitError` as `open` does.
        """
        name = _named(digest(experiment), origin)
        with self._lock:
            run = self._find(name)
            if run is None:
                run = self._new(name, experiment, past.last, origin=origin)
                run.relive(past)
                self._assign(run)
            run.announce(notice, self._clock() + self.limits.notice_time)
            self._tickets.bring(session, origin)
            return run

    def replay(self, session: str, name: str, past: Past) -> Ticket:
        """Return the ticket for what some run had behind it, to be played and no more.

        Equal names mean equal pasts, for every session. Raises `LimitError` as `open` does.
        """
        key = _key("replay", name)
        with self._lock:
            run = self._find(key)
            if run is None:
                run = self._new(key, None, past.head)
                run.relive(replace(past, checkpoints=(), last=past.head, complete=True, trouble=""))
                run.began = 0  # where it stands is the page's affair
            return self._admit(session, run)

    def publish(
        self,
        session: str,
        name: str,
        still: Frame,
        frames: Sequence[Frame],
        precision: Mapping[str, str],
        kind: str = "trace",
    ) -> Ticket:
        """Return the ticket for a complete recording: something computed at once, to be scrubbed.

        Equal ``kind`` and ``name`` mean the same recording, for every session; so the name must
        say all that the frames depend on. Raises `LimitError` for more frames than a run may have.
        """
        most = self.limits.frames_per_run
        if not 0 < len(frames) <= most:
            raise LimitError(f"A recording may have 1 to {most} frames, not {len(frames)}.")
        key = _key(kind, name)
        with self._lock:
            run = self._find(key)
        if run is None:  # packed outside the lock, for it takes its time
            packed = [pack(frame, index, precision) for index, frame in enumerate(frames)]
            still_packet = pack(still, -1, precision)
            if sum(map(len, packed)) > self.limits.bytes_per_run:
                most_megabytes = self.limits.bytes_per_run // 2**20
                raise LimitError(f"A recording may take at most {most_megabytes} MB.")
        with self._lock:
            run = self._find(key)
            if run is None:
                run = self._new(key, None, len(frames) - 1)
                run.still = still_packet
                run.receive(packed, len(packed) - 1, frames[-1].step)
            return self._admit(session, run)

    def release(self, session: str) -> None:
        """Take note that a tab is gone, or its line; the session is forgotten within a minute.

        Its connections end by themselves; a run that nobody watches is paused after a few seconds,
        for a reload is a new session, and forgotten within a minute too.
        """
        with self._lock:
            self._tickets.release(session, self._clock())

    def run(self, token: str) -> Run | None:
        """Return the run of a token, or None: the token is unknown or its run is forgotten."""
        with self._lock:
            number = self._tickets.number(token)
            return None if number is None else self._runs.get(number)

    # ------------------------------------------------------------------------ for the viewers

    def enter(self, token: str) -> int:
        """Return the number of a new connection to a run.

        Raises KeyError for an unknown token, and `LimitError` when there are too many connections.
        """
        with self._lock:
            run = self.run(token)
            if run is None:
                raise KeyError("this run is over")
            if list(run.connections.values()).count(token) >= self.limits.connections_per_viewer:
                most = self.limits.connections_per_viewer
                raise LimitError(f"A viewer may watch one run at most {most} times at once.")
            if len(run.connections) >= self.limits.connections_per_run:
                raise LimitError(f"At most {self.limits.connections_per_run} may watch one run.")
            if self.connections >= self.limits.connections:
                raise LimitError(f"At most {self.limits.connections} may watch at once.")
            self._count += 1
            run.connections[self._count] = token
            run.unwatched_since = None
            run.tell(True)
            return self._count

    def leave(self, token: str, connection: int) -> None:
        """End a connection. Its goal counts for a few seconds more, for a reload to take over."""
        with self._lock:
            run = self.run(token)
            if run is None or run.connections.pop(connection, None) is None:
                return
            if connection in run.goals:
                run.leaving[connection] = self._clock() + self.limits.goal_grace
            if not run.connections:
                run.unwatched_since = self._clock()
            run.tell(True)

    def demand(self, token: str, connection: int, goal: int) -> None:
        """Set the frame that a viewer wants the run to reach; -1: none."""
        with self._lock:
            run = self.run(token)
            if run is None or connection not in run.connections:
                return
            goal = max(-1, min(goal, run.last))
            if run.goals.get(connection, -1) != goal:
                run.goals[connection] = goal
                run.wait_for(self._what_it_waits_for(run))
                run.pursue()

    @property
    def connections(self) -> int:
        """How many viewers are connected in all."""
        return sum(len(run.connections) for run in list(self._runs.values()))

    @property
    def workers(self) -> int:
        """How many trainers there are to be."""
        return self._workers if self.cluster is None else self.cluster.size

    @property
    def pids(self) -> list[int]:
        """The process ids of the trainers; 0 for one of a cluster that has not said it yet."""
        with self._lock:
            return [trainer.pid for trainer in self._trainers]

    @property
    def spare_pid(self) -> int | None:
        """The process id of the trainer that waits for an accident, once it has loaded all."""
        with self._lock:
            return self._spare.pid if self._spare is not None and self._spare.warm else None

    # -------------------------------------------------------------------------- housekeeping

    def tidy(self) -> None:
        """Drop the goals of those who left, what nobody watches any more, and old notices."""
        with self._lock:
            now = self._clock()
            for run in list(self._runs.values()):
                gone = [c for c, until in run.leaving.items() if until <= now]
                for connection in gone:
                    del run.leaving[connection]
                    run.goals.pop(connection, None)
                if gone:
                    run.pursue()
                if run.notice and run.notice_until <= now:
                    run.announce("", 0.0)
                since = run.unwatched_since
                if since is not None and now - since >= self.limits.run_grace:
                    self._forget(run)
            self._tickets.tidy(now - self.limits.run_grace)
            self._economise()
            self._attend()

    def _keep_house(self) -> None:
        while not self._stopping.wait(TICK):
            self.tidy()

    def _economise(self) -> None:
        """Keep all runs together within their bytes.

        What has not been watched for a while goes first, then half of the past of the largest run;
        a recording is never thinned, for each of its frames is a step of what it explains.
        """
        while sum(run.bytes for run in self._runs.values()) > self.limits.bytes:
            idle = self._longest_unwatched(at_least=SETTLING)
            largest = max(self._runs.values(), key=lambda run: run.bytes * run.can_thin)
            if idle is not None:
                self._forget(idle)
            elif largest.can_thin:
                largest.thin()
            else:
                break

    def _longest_unwatched(self, at_least: float = 0.0) -> Run | None:
        since = self._clock() - at_least
        idle = [
            (run.unwatched_since, run.number, run)
            for run in self._runs.values()
            if run.unwatched_since is not None and run.unwatched_since <= since
        ]
        return min(idle)[2] if idle else None

    # ------------------------------------------------------------------------- runs and tokens

    def _find(self, name: str) -> Run | None:
        return next((run for run in self._runs.values() if run.name == name), None)

    def _new(self, name: str, experiment: Experiment | None, last: int, origin: str = "") -> Run:
        self.tidy()
        if len(self._runs) >= self.limits.runs:
            idle = self._longest_unwatched()
            if idle is None:
                raise LimitError(f"At most {self.limits.runs} experiments run here at once.")
            self._forget(idle)
        self._count += 1
        about = (self._count, name, experiment, last)
        run = Run(*about, self.limits, self._lock, self._clock, origin)
        self._runs[run.number] = run
        return run

    def _admit(self, session: str, run: Run) -> Ticket:
        """Return the session's ticket for a run, and close its oldest unwatched run if need be."""
        others, notice = self._tickets.others(session, run.name), ""
        if len(others) >= self.limits.runs_per_session:
            given_up = next((token for token in others if not self._is_watched(token)), None)
            if given_up is None:
                self._forget_if_nobodys(run)
                raise LimitError(f"A tab runs at most {len(others)} experiments at once.")
            notice = f"An older run was closed: a tab keeps at most {len(others)}."
            its = self.run(given_up)
            self._tickets.take_back(given_up)
            if its is not None:
                self._forget_if_nobodys(its)
        if run.unwatched_since is not None:
            run.unwatched_since = self._clock()
        return Ticket(self._tickets.give(session, run.name, run.number), run.name, notice)

    def _is_watched(self, token: str) -> bool:
        run = self.run(token)
        return run is not None and token in run.connections.values()

    def _forget_if_nobodys(self, run: Run) -> None:
        if not run.connections and not self._tickets.is_held(run.number):
            self._forget(run)

    def _forget(self, run: Run) -> None:
        run.dismiss()
        run.closed = True
        del self._runs[run.number]
        self._tickets.forget(run.number)
        run.tell(True)

    def _relative(self, experiment: Experiment, origin: str) -> tuple[Run, Checkpoint, int] | None:
        """Return the living run that shares most, its state, and up to which step it is shared.

        Of those whose beginning is from the same place.
        """
        best: tuple[Run, Checkpoint, int] | None = None
        for run in self._runs.values():
            if type(run.experiment) is not type(experiment) or run.origin != origin:
                continue
            shared = experiment.shared_steps(run.experiment)
            found = run.checkpoints.before(shared) if shared >= 0 else None
            if found is not None and (best is None or found.step > best[1].step):
                best = run, found, shared
        return best

    # ------------------------------------------------------------------------------- trainers

    @property
    def _staffed(self) -> list[AnyTrainer]:
        """All trainer processes, the spare one too."""
        return [*self._trainers, *([self._spare] if self._spare is not None else [])]

    def _attend(self) -> None:
        """Give up trainers that have been silent for too long, and start those that are missing."""
        self._silence.look(self._staffed)
        for trainer in self._staffed:
            if self._silence.too_long(trainer):
                self._let_go(trainer, SILENT)
                trainer.kill()  # one that was only stopped must not go on
        self._staff()
        for run in self._runs.values():
            run.wait_for(self._what_it_waits_for(run))

    def _staff(self) -> None:
        """Start the trainers that are missing, and the spare one, if it is time to."""
        while self._running and self._pauses.over and len(self._trainers) < self.workers:
            hired = self._hire()
            if hired is None:
                break
            self._trainers.append(hired)
        if not all(trainer.proven for trainer in self._trainers):
            self._spare_at = self._clock() + SPARE_AFTER
        elif self._running and self._wants_spare:
            self._spare = self._hire()
        for run in self._runs.values():
            if run.trainer is None:
                self._assign(run)

    @property
    def _wants_spare(self) -> bool:
        """Whether it is time to start a spare trainer."""
        if self.cluster is not None:  # what loads there, loads on workers that are there already
            return False
        soon = self._pauses.over and self._clock() >= self._spare_at
        return soon and self._spare is None and len(self._trainers) == self.workers

    def _hire(self) -> AnyTrainer | None:
        """Return a new trainer, which loads its modules; None where no process may be started."""
        trainer: AnyTrainer
        try:
            if self.cluster is not None:
                trainer = self.cluster.trainer(self._hear, self._lost)
            else:
                trainer = Trainer(self._hear, self._lost)
        except OSError as error:
            if not self._obstacle:
                log.warning("no trainer process can be started: %s", error)
            if self.cluster is None:
                self._pauses.failed()
                self._obstacle = NONE_STARTS.format(error.strerror or error)
            else:
                self._obstacle = str(error)
            return None
        self._obstacle = ""
        trainer.heard_at = self._clock()
        trainer.send(Message("warm", 0, {"modules": list(self._warm)}))
        return trainer

    def _assign(self, run: Run) -> None:
        """Give a run to the trainer with the fewest runs that train, and then the fewest in all."""
        if not self._running or run.experiment is None or run.complete:
            return

        def load(trainer: AnyTrainer) -> tuple[int, int]:
            its = [r for r in self._runs.values() if r is not run and r.trainer is trainer]
            return sum(other.is_wanted for other in its), len(its)

        if self._trainers:
            run.train(min(self._trainers, key=load))
            self._tell_accident(run)
        run.wait_for(self._what_it_waits_for(run))

    def _tell_accident(self, run: Run) -> None:
        """Say what became of a run's trainer, now that another one has taken over."""
        if run.accident and run.recording.head > 0:
            last = run.checkpoints.last
            run.announce(
                f"{run.accident}; this run went on from step {last.step if last else 0}.",
                self._clock() + self.limits.notice_time,
            )
        run.accident = ""

    def _what_it_waits_for(self, run: Run) -> str:
        """Return what keeps a run from going on at the moment, if anything does."""
        if not self._running or run.experiment is None or not run.is_wanted:
            return ""
        trainer = run.trainer
        if trainer is None:
            if self._obstacle:
                return self._obstacle
            return NONE_STAYS if self._pauses.failures > 1 else NONE_LEFT
        if self._silence.missed(trainer):
            return MISSED
        return "" if trainer.proven else STARTING

    def _hear(self, trainer: AnyTrainer, message: Message) -> None:
        with self._lock:
            if trainer not in self._staffed:
                return  # it was given up: nothing of it is taken any more
            trainer.heard_at = self._clock()
            if message.kind in ("ready", "pulse"):
                return
            self._prove(trainer, message.kind == "warm")
            if message.kind == "warm":
                return
            trainer.turn = message.run
            run = self._runs.get(message.run)
            if run is not None and run.trainer is trainer and message.kind != "turn":
                run.hear(message)

    def _prove(self, trainer: AnyTrainer, warm: bool) -> None:
        """Take note that a trainer works."""
        trainer.warm |= warm
        if trainer.proven:
            return
        trainer.proven = True
        self._pauses.worked()
        for run in self._runs.values():
            run.wait_for(self._what_it_waits_for(run))

    def _lost(self, trainer: AnyTrainer) -> None:
        """Replace a trainer that has ended, and have its runs go on."""
        with self._lock:
            self._let_go(trainer, ENDED)

    def _let_go(self, trainer: AnyTrainer, accident: str) -> None:
        """Have another trainer take over what one leaves: the spare, a new one, or the others."""
        if trainer is self._spare:
            self._spare = None
        elif trainer in self._trainers:
            self._trainers.remove(trainer)
        else:
            return
        if not trainer.proven:
            self._pauses.failed()
        if self._spare is not None and len(self._trainers) < self.workers:
            self._trainers.append(self._spare)
            self._spare = None
        for run in self._runs.values():
            if run.trainer is trainer:
                run.lose(accident)
        self._staff()


def _named(name: str, origin: str) -> str:
    """Return what a run is called whose beginning is from somewhere: other than one made here."""
    return f"{name}@{origin}" if origin else name


def _key(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()[:24]


_THE_HUB = Hub()


def the_hub() -> Hub:
    """Return the hub of this server, the same in the pages and in the routes."""
    return _THE_HUB
