"""A small training that was watched, for the tests of what is made of it."""

import torch
from torch import nn

from explorer import gradients

STEPS, EVERY = 5, 2


def watched(kind=nn.LSTM, name: str = "read", **options) -> gradients.Watching:
    """Five updates, every second looked at: steps 0, 2 and 4, of sequences of 12, 10 and 8."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.ModuleDict({name: kind(2, 3, **options), "out": nn.LazyLinear(1)})
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        with gradients.watch(model, every=EVERY) as watching:
            for step in range(STEPS):
                loss = (
                    model["out"](model[name](torch.randn(12 - step, 4, 2))[0][-1]).square().mean()
                )
                optimizer.zero_grad()
                loss.backward()
                watching.step()
                optimizer.step()
    return watching
