"""The same training as a tutorial would write it, to measure speed against."""

import torch
from torch import nn

from explorer.cells import CELLS
from explorer.gradients.initial import INPUTS, WEIGHTS, stream
from explorer.gradients.side_by_side import LearningSettings
from explorer.sequences.tasks import adding_problem


class TextbookAdding(nn.Module):
    """PyTorch's own layer with a linear readout, automatic differentiation and Adam.

    Raises `ValueError` for a cell that torch does not have.
    """

    def __init__(self, settings: LearningSettings, cell: str) -> None:
        super().__init__()
        s = self.settings = settings
        kind = CELLS[cell]
        self.layer = kind.blank_layer(2, s.width, torch.float32)
        self.layer.batch_first = True
        with torch.device("meta"):  # or its own draws would move the global generator
            self.readout = nn.Linear(s.width, 1)
        self.readout.to_empty(device="cpu")
        rng = stream(s.seed, WEIGHTS)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(s.width**-0.5), s.width**-0.5, generator=rng)
        if kind.keeping_gate is not None:
            gate, sign = kind.forget_bias
            block = kind.gates.index(gate)
            rows = slice(block * s.width, (block + 1) * s.width)
            biases = dict(self.layer.named_parameters())
            with torch.no_grad():
                biases["bias_ih_l0"][rows] = sign * s.forget_bias
                biases["bias_hh_l0"][rows] = 0
        self.adam = torch.optim.Adam(self.parameters(), lr=s.rate)
        self._sequences = stream(s.seed, INPUTS)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The answers to a batch of sequences."""
        hidden, _ = self.layer(inputs)
        return self.readout(hidden[:, -1]).squeeze(-1)

    def step(self) -> float:
        """One update on a fresh batch; its mean squared error."""
        s = self.settings
        batch = adding_problem(s.batch, s.length, self._sequences)
        loss = nn.functional.mse_loss(self(batch.inputs), batch.targets)
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters(), s.clip)
        self.adam.step()
        return loss.item()
