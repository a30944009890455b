"""What it costs to learn side by side and be recorded, against the textbook loop over torch.nn."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import torch
from torch import nn

from explorer.bench.rows import Effort, Row, side_by_side
from explorer.labs.sequences import TASKS, SideBySide
from explorer.labs.sequences.learning import TICKS_PER_FRAME, Running
from explorer.sequences.kinds.translating import taught_from
from explorer.sequences.problems.problem import UNKNOWN


def recorded(kind: str, effort: Effort) -> Iterable[Row]:
    """Updates a second on the next vowel, a frame every few updates included.

    The textbook loop is one network of torch.nn with Adam on the same batches, that nobody
    watches: no held-out text, no example, no frame.
    """
    settings = replace(SideBySide(), first=kind, second=kind, third="")
    yield _beside(settings, textbook(settings, kind == "both"), effort)


def _beside(settings: SideBySide, other: Callable[[], None], effort: Effort) -> Row:
    """Updates a second of the first network of a page, which is watched, and of another loop."""
    running = Running(settings, {"a": settings.learners()["a"]})

    def ours() -> None:
        for _ in range(TICKS_PER_FRAME):
            running.step()
        running.frame()

    return side_by_side(
        f"sequences/{settings.first}",
        ours,
        other,
        "textbook",
        effort,
        "updates/s",
        work=TICKS_PER_FRAME,
        other_work=TICKS_PER_FRAME,
    )


def textbook(settings: SideBySide, both_ways: bool) -> Callable[[], None]:
    """An action that trains as everybody does, for as many updates as lie between two frames."""
    problem, build = settings.problem, settings.build
    with torch.random.fork_rng():
        torch.manual_seed(0)
        embedding = nn.Embedding(problem.shape.symbols, build.embedding)
        lstm = nn.LSTM(build.embedding, build.units, bidirectional=both_ways)
        readout = nn.Linear((1 + both_ways) * build.units, problem.shape.answers)
    learned = [*embedding.parameters(), *lstm.parameters(), *readout.parameters()]
    optimizer, rng = torch.optim.Adam(learned, lr=settings.rate), torch.Generator().manual_seed(0)
    criterion = nn.CrossEntropyLoss(ignore_index=UNKNOWN)

    def act() -> None:
        for _ in range(TICKS_PER_FRAME):
            examples = problem.examples(rng)
            answers = readout(lstm(embedding(examples.inputs))[0])
            loss = criterion(answers.flatten(0, 1), examples.targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, settings.clip)
            optimizer.step()

    return act


def translated(kind: str, effort: Effort) -> Iterable[Row]:
    """Updates a second on dates, a frame every few updates included, against the textbook loop.

    That packs its padded sources, as its manual says, and translates nothing by itself meanwhile.
    """
    settings = SideBySide("dates", kind, kind, third="", units=64, rate=TASKS["dates"].rate, seed=1)
    yield _beside(settings, textbook_translation(settings, kind == "attending"), effort)


def textbook_translation(settings: SideBySide, attends: bool) -> Callable[[], None]:
    """An action that trains an encoder and a decoder as everybody does, as `textbook`."""
    problem, build = settings.problem, settings.build
    shape, H, E = problem.shape, build.units, build.embedding
    with torch.random.fork_rng():
        torch.manual_seed(0)
        read, written = nn.Embedding(shape.symbols, E), nn.Embedding(shape.answers, E)
        encoder, decoder = nn.LSTM(E, H), nn.LSTM(E, H)
        joined, readout = nn.Linear(2 * H, H, bias=False), nn.Linear(H, shape.answers)
    modules = [read, written, encoder, decoder, readout, *([joined] if attends else [])]
    learned = [part for module in modules for part in module.parameters()]
    optimizer, rng = torch.optim.Adam(learned, lr=settings.rate), torch.Generator().manual_seed(0)
    criterion = nn.CrossEntropyLoss(ignore_index=UNKNOWN)

    def act() -> None:
        for _ in range(TICKS_PER_FRAME):
            examples = problem.examples(rng)
            assert examples.lengths is not None
            packed = nn.utils.rnn.pack_padded_sequence(
                read(examples.inputs), examples.lengths, enforce_sorted=False
            )
            states, last = encoder(packed)
            hidden, _ = decoder(written(taught_from(examples.targets)), last)
            if attends:
                there, lengths = nn.utils.rnn.pad_packed_sequence(states)
                scores = torch.einsum("tnh,snh->nts", hidden, there)
                padding = torch.arange(len(there)) >= lengths[:, None]
                weights = scores.masked_fill(padding[:, None], -torch.inf).softmax(-1)
                context = torch.einsum("nts,snh->tnh", weights, there)
                hidden = torch.tanh(joined(torch.cat([context, hidden], -1)))
            answers = readout(hidden)
            loss = criterion(answers.flatten(0, 1), examples.targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, settings.clip)
            optimizer.step()

    return act


ROWS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    **{f"sequences/{kind}": partial(recorded, kind) for kind in ("vanilla", "both")},
    **{f"sequences/{kind}": partial(translated, kind) for kind in ("translator", "attending")},
}
