"""What it costs to watch a training of one's own, against the same training left alone."""

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import nn

from explorer.bench.rows import Effort, Row, side_by_side
from explorer.gradients import watch

STEPS, BATCH, INPUTS, UNITS = 100, 64, 8, 128
EVERY = 10
KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def watched(kind: str, effort: Effort) -> Iterable[Row]:
    """Updates a second of torch's own layer with Adam, every tenth of them looked at.

    128 units, 100 steps, batches of 64, the loss at the last step: what is watched costs a fixed
    time for each step and so weighs more on smaller layers.
    """
    ours, other = training(kind, EVERY), training(kind, None)
    name = f"watched/{kind}/every={EVERY}"
    yield side_by_side(
        name, ours, other, "textbook", effort, "updates/s", work=EVERY, other_work=EVERY
    )


def training(kind: str, every: int | None) -> Callable[[], None]:
    """An action that trains for as many updates as lie between two looks; nobody looks at None."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.ModuleDict({"read": KINDS[kind](INPUTS, UNITS), "out": nn.Linear(UNITS, 1)})
        x, y = torch.randn(STEPS, BATCH, INPUTS), torch.randn(BATCH, 1)
    optimizer = torch.optim.Adam(model.parameters())
    watching = None if every is None else watch(model, every)

    def act() -> None:
        for _ in range(EVERY):
            loss = (model["out"](model["read"](x)[0][-1]) - y).square().mean()
            optimizer.zero_grad()
            loss.backward()
            if watching is not None:
                watching.step()
            optimizer.step()

    return act


ROWS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    f"watched/{kind}/every={EVERY}": partial(watched, kind) for kind in KINDS
}
