"""Networks that read one sequence and write another: an encoder, a decoder, attention between them.

Letters in the shapes: S symbols of the longest source, T steps that are written, N sequences,
E numbers of an embedding, C symbols that can be written, H units.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from explorer.sequences.kinds.kind import (
    Build,
    Embedding,
    Lengths,
    Network,
    Part,
    Readout,
    Shape,
    thinned,
)
from explorer.sequences.learning import Carried, Layers
from explorer.sequences.padded import flipped, mask, read_to_ends
from explorer.sequences.stack import Stack, read_stack

Codes = Int64[Tensor, "S N"]
END = 0
"""The symbol that ends what is written, and that the decoder reads before its first symbol."""


@dataclass(frozen=True)
class Source:
    """What the encoder made of the sources: h at every symbol, where there is one, its last state.

    The states stand in the order of the source, also where it was read from behind.
    """

    states: Float[Tensor, "S N H"]
    there: Bool[Tensor, "S N"]
    last: Carried

    def repeated(self, times: int) -> "Source":
        """One source as many times, side by side."""
        return Source(
            self.states.expand(-1, times, -1),
            self.there.expand(-1, times),
            widened(self.last, times),
        )


@dataclass(frozen=True)
class Written:
    """What the decoder says at each step, and how much it looked at each symbol of the source."""

    answers: Float[Tensor, "T N C"]
    attention: Float[Tensor, "T N S"]


class EncoderDecoder(Network):
    """An encoder reads the source, a decoder starts from its last state and writes the target.

    Without attention that state is all the decoder knows of the source (Sutskever, Vinyals and Le
    2014; Cho et al. 2014); the former read it from behind, as ``reverses`` does. With attention
    (Luong, Pham and Manning 2015, equations 5 to 8: global, "dot", without input feeding) every
    state of the encoder is weighed anew at each step::

        a_t(s) = softmax over s of (h_t · h̄_s)      c_t = Σ_s a_t(s) h̄_s
        h̃_t = tanh(W_c [c_t; h_t])                  p_t = softmax(W h̃_t)

    As h_t does not depend on h̃ of the step before, torch's fused layer takes all steps of a
    training in one go.
    """

    def __init__(
        self,
        shape: Shape,
        build: Build,
        rng: torch.Generator,
        *,
        attends: bool = False,
        reverses: bool = False,
    ) -> None:
        """Draw it as torch draws its layers, with the forget bias of the build."""
        self.shape, self.build, self.attends, self.reverses = shape, build, attends, reverses
        H = build.units
        self._embedding = Embedding(shape, build, rng)
        drawn = torch.randn(shape.answers, build.embedding, generator=rng)
        self._written = nn.Parameter(drawn)
        self._encoder, self._decoder = (
            Layers(
                Stack.draw(build.cell, build.embedding, H, generator=rng).with_forget_bias(
                    build.forget_bias
                )
            )
            for _ in range(2)
        )
        self.parameters = {
            **self._embedding.parameters,
            "written.weight": self._written,
            **{f"encoder.{name}": part for name, part in self._encoder.parameters.items()},
            **{f"decoder.{name}": part for name, part in self._decoder.parameters.items()},
        }
        if attends:
            bound = (2 * H) ** -0.5
            joined = torch.empty(H, 2 * H).uniform_(-bound, bound, generator=rng)
            self.parameters["attention.weight"] = nn.Parameter(joined)
        self._readout = Readout(shape, H, rng)
        self.parameters |= self._readout.parameters

    def arriving(self, inputs: Codes, lengths: Lengths = None) -> Float[Tensor, "S N E"]:
        """What the encoder reads, in the order in which it does."""
        x = self._embedding(inputs)
        return flipped(x, lengths) if self.reverses else x

    def read(self, inputs: Codes, lengths: Lengths = None) -> Source:
        """The sources as the encoder leaves them, each read to its own end and no further."""
        states, last = read_to_ends(self._encoder, self.arriving(inputs, lengths), lengths)
        if self.reverses:
            states = flipped(states, lengths)
        if lengths is None:
            there = torch.ones(states.shape[:2], dtype=torch.bool)
        else:
            there = mask(lengths, len(states))
        return Source(states, there, last)

    def write(
        self,
        source: Source,
        given: Int64[Tensor, "T N"],
        carried: Carried,
        noise: torch.Generator | None = None,
    ) -> tuple[Written, Carried]:
        """What the decoder says after each of the symbols given, and its state at the end."""
        read = nn.functional.embedding(given, self._written)
        hidden, carried = self._decoder(read, carried)
        attention, hidden = self._looked(source, hidden)
        return Written(
            self._readout(thinned(hidden, self.build.dropout, noise)), attention
        ), carried

    def _looked(
        self, source: Source, hidden: Float[Tensor, "T N H"]
    ) -> tuple[Float[Tensor, "T N S"], Float[Tensor, "T N H"]]:
        if not self.attends:
            return hidden.new_zeros(*hidden.shape[:2], len(source.states)), hidden
        states = source.states.transpose(0, 1)
        scores = hidden.transpose(0, 1) @ states.mT
        attention = scores.masked_fill(~source.there.T[:, None], -torch.inf).softmax(-1)
        context = (attention @ states).transpose(0, 1)
        joined = torch.cat([context, hidden], -1) @ self.parameters["attention.weight"].T
        return attention.transpose(0, 1), joined.tanh()

    def taught(
        self,
        inputs: Codes,
        lengths: Lengths,
        targets: Int64[Tensor, "T N"],
        forcing: float,
        rng: torch.Generator,
        noise: torch.Generator | None = None,
    ) -> Float[Tensor, "T N C"]:
        """What it says at each step of the targets while it is trained.

        With teacher forcing (Williams and Zipser 1989) it reads the right symbol before each step,
        and so with chance ``forcing``, else its own likeliest one (scheduled sampling, Bengio et
        al. 2015, one coin a symbol, at a share that stays).
        """
        source = self.read(inputs, lengths)
        right = taught_from(targets)
        if forcing >= 1:
            return self.write(source, right, source.last, noise)[0].answers
        coins = torch.rand(right.shape, generator=rng) < forcing
        found: list[Tensor] = []
        carried, own = source.last, right[0]
        for truth, coin in zip(right, coins, strict=True):
            step, carried = self.write(source, torch.where(coin, truth, own)[None], carried, noise)
            found.append(step.answers[0])
            own = step.answers[0].argmax(-1)
        return torch.stack(found)

    def greedy(self, source: Source, steps: int) -> Written:
        """What it writes by itself: at each step it reads the likeliest symbol of the one before.

        What it says behind its own `END` means nothing.
        """
        found: list[Written] = []
        carried = source.last
        given = torch.full((1, source.states.shape[1]), END)
        over = torch.zeros(given.shape[1], dtype=torch.bool)
        for _ in range(steps):
            step, carried = self.write(source, given, carried)
            found.append(step)
            given = step.answers.argmax(-1)
            over |= given[0] == END
            if bool(over.all()):
                break
        answers, attention = (
            torch.cat([getattr(step, name) for step in found]) for name in ("answers", "attention")
        )
        return Written(answers, attention)

    def __call__(
        self, inputs: Codes, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Float[Tensor, "T N C"]:
        """What it writes by itself, of as many steps as the task may need."""
        return self.greedy(self.read(inputs, lengths), self.shape.writes).answers

    def stacks(self) -> tuple[Stack, Stack]:
        """Encoder and decoder as they are now, copied: for the laboratory's own cells."""
        return self._encoder.stack(), self._decoder.stack()

    def by_cells(self, inputs: Int64[Tensor, "S 1"], given: Int64[Tensor, "T 1"]) -> float:
        """How far the laboratory's own cells are from the layers that learned, on one source.

        The largest difference of h, in the encoder and in the decoder that starts from its state.
        """
        encoder, decoder = self.stacks()
        with torch.no_grad():
            source, read = self.read(inputs), nn.functional.embedding(given, self._written)
            theirs = self._decoder(read, source.last)[0]
            seen = read_stack(encoder, self.arriving(inputs))
            states = seen.hidden.flip(0) if self.reverses else seen.hidden
            ours = read_stack(decoder, read, initial=seen.last).hidden
        apart = (ours - theirs).abs().max(), (states - source.states).abs().max()
        return max(map(float, apart))

    def parts(self) -> tuple[Part, ...]:
        """Embedding, encoder, attention where there is one, decoder, readout."""
        H, S, T = self.build.units, self.shape.length, self.shape.writes
        encoder, decoder = self.stacks()
        name = encoder.cell.short
        embedding = self._embedding.parameters["embedding.weight"].numel()
        recurrent = encoder.weights.weight_ih.numel() + encoder.weights.weight_hh.numel()
        found = [
            Part("Embedding", f"{self.build.embedding}", embedding, 0),
            Part(
                f"Encoder {name}",
                f"{H}{' ←' if self.reverses else ''}",
                encoder.parameters,
                S * recurrent,
                once=True,
            ),
            Part(
                f"Decoder {name}",
                f"{H}",
                decoder.parameters + self._written.numel(),
                T * recurrent,
                once=True,
            ),
        ]
        if self.attends:
            weights = self.parameters["attention.weight"].numel()
            found.append(Part("Attention", f"{H}", weights, T * (weights + 2 * S * H), once=True))
        readout = self._readout.part()
        return (
            *found,
            Part(
                "Readout",
                f"{readout.shape.split()[-1]}",
                readout.parameters,
                T * readout.multiplies,
                once=True,
            ),
        )


def taught_from(targets: Int64[Tensor, "T N"]) -> Int64[Tensor, "T N"]:
    """The right symbol before each step: `END` before the first, and behind a target's end."""
    before = torch.full_like(targets[:1], END)
    return torch.cat([before, targets[:-1]]).clamp(min=END)


def widened(carried: Carried, times: int) -> Carried:
    """The state of one sequence as many times, side by side."""
    if carried is None or isinstance(carried, Tensor):
        return None if carried is None else carried.expand(-1, times, -1).contiguous()
    return tuple(part.expand(-1, times, -1).contiguous() for part in carried)


def chosen(carried: Carried, places: Int64[Tensor, " W"]) -> Carried:
    """The states of some of the sequences, in this order."""
    if carried is None or isinstance(carried, Tensor):
        return None if carried is None else carried[:, places]
    return tuple(part[:, places] for part in carried)
