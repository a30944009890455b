"""The two recordings of watched trainings that ship: one LSTM twice, with another forget bias."""

from pathlib import Path

import torch
from torch import nn

from explorer.gradients import Watching, watch, with_forget_bias
from explorer.labs.gradients.watched_shelf import SHIPPED
from explorer.sequences.long_lags import adding

UNITS, LENGTH, BATCH, UPDATES, EVERY, RATE, BIAS = 32, 60, 32, 600, 15, 1e-2, 3.0


class Adder(nn.Module):
    """An LSTM that reads numbers, some of them marked, and says the sum of those."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.read, self.out = nn.LSTM(2, UNITS), nn.Linear(UNITS, 1)
        for weight in self.parameters():  # as PyTorch draws an LSTM, from one generator
            nn.init.uniform_(weight, -(UNITS**-0.5), UNITS**-0.5, generator=generator)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.out(self.read(x)[0][-1])
        return answer[:, 0]


def record(folder: Path) -> list[Path]:
    """Train both and write what was watched; return the files."""
    model = Adder(torch.Generator().manual_seed(0))
    twin = with_forget_bias(model, BIAS)
    paths = []
    for name, one in zip(SHIPPED, (model, twin), strict=True):
        paths.append(folder / f"{name}.frames")
        trained(one).save(str(paths[-1]))
    return paths


def trained(model: Adder) -> Watching:
    """Train on the adding problem, every fifteenth update looked at."""
    generator = torch.Generator().manual_seed(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    with watch(model, every=EVERY) as watching:
        for _ in range(UPDATES):
            asked = adding(BATCH, LENGTH, 0, generator)
            loss = (model(asked.inputs.transpose(1, 2)) - asked.targets[0]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            watching.step()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return watching
