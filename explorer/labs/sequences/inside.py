"""What learned in the sequence lab, as the cell lab steps through it: layers, material, answers.

A network becomes one part for each run of recurrent layers that it has: one, or encoder and decoder
of one that writes. What stands before the layers makes what they read; what stands behind them
says what the network would answer, step by step, in float64.

Letters in the shapes: T steps, I inputs, S signs of a source, H units, C answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.dials import Dial
from explorer.labs.cells.letters import MOST_CELLS_OF_A_TRACE
from explorer.labs.sequences.compared import by_cells, inputs_of
from explorer.labs.sequences.learned import Learned
from explorer.labs.sequences.tasks.translations import ENDS
from explorer.networks.enclosed import Enclosed
from explorer.networks.kinds import CHARACTERS, Given, Network, Reads, Response
from explorer.networks.kinds.kind import numbered
from explorer.networks.material import (
    CHOSEN,
    LONGEST_LINE,
    TYPED,
    Material,
    as_meant,
    as_typed,
    characters,
)
from explorer.networks.uploads import Upload, layers_of_ours
from explorer.sequences.kinds import KINDS, EncoderDecoder, Frames, Recurrent
from explorer.sequences.kinds.translating import END, Source
from explorer.sequences.problems import Forecast, Problem, Writing
from explorer.sequences.problems.writing import writer
from explorer.sequences.stack import BACKWARD, FORWARD, Stack, StackTrace, read_stack
from explorer.sequences.trace import Surgery
from explorer.sequences.vocabulary import STAND_IN
from explorer.sequences.words import UNKNOWN_WORD

READS = {
    "labels": "character",
    "writing": "character",
    "review": "word",
    "translation": "sign",
    "speech": "frame",
    "film": "frame",
    "rows": "row",
    "forecast": "value",
    "strokes": "move",
}
"""What one step reads, by the family of the task."""
STAND_INS = (STAND_IN, UNKNOWN_WORD)
TOLD = "It learned in the sequence lab; its file says which task, and by which settings."


@dataclass(frozen=True)
class Layers:
    """Recurrent layers of a network, and the line behind them."""

    stack: Stack
    readout: Tensor
    readout_bias: Tensor

    @property
    def cell_name(self) -> str:
        """The name of its cell."""
        return self.stack.cell_name

    @property
    def units(self) -> int:
        """H: units of each direction of each layer."""
        return self.stack.units

    @property
    def parameters(self) -> int:
        """How many numbers were learned, without what stands before the layers."""
        return self.stack.parameters + self.readout.numel() + self.readout_bias.numel()

    def state_dict(self) -> dict[str, Tensor]:
        """All numbers under the names that torch gives them."""
        layers = {f"recurrent.{name}": part for name, part in self.stack.state_dict().items()}
        return layers | {"readout.weight": self.readout, "readout.bias": self.readout_bias}

    def read(self, hidden: Float[Tensor, "*batch H"]) -> Float[Tensor, "*batch C"]:
        """The line behind the layers, in float64."""
        return hidden @ self.readout.double().T + self.readout_bias.double()


@dataclass(frozen=True)
class GivenFrom(Given):
    """What a decoder reads, the state that it starts from, and what it may look at."""

    initial: Any = ()
    source: Float[Tensor, "S H"] | None = None


class Inside(Reads[Layers]):
    """How a network of one recurrent stack answers, step by step."""

    def __init__(self, network: Recurrent | Frames, problem: Problem) -> None:
        self.of, self.problem, self.classes = network, problem, problem.names
        if network.shape.reads == "every":
            self.takes = "says"

    def respond(
        self,
        network: Layers,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """What it says at every step; of a whole sequence, what it would say if it ended there.

        Read both ways, it has one answer for all steps: each way is read where it has seen all.
        """
        assert given.x is not None
        with torch.no_grad():
            whole = read_stack(network.stack.to(torch.float64), given.x, surgery, at)
            said = network.read(self._read(whole))
        scalars = {}
        if isinstance(self.problem, Forecast):
            values = torch.tensor(given.values, dtype=torch.float64)
            ahead = values + said[:, 0] * self.problem.spread
            scalars = {"input/value": values.numpy(), "prediction": ahead.numpy()}
        return Response(whole, self.problem.chances(said), scalars)

    def _read(self, whole: StackTrace) -> Float[Tensor, "T J"]:
        """What the line behind the layers reads at every step."""
        ways = [one.steps.hidden for one in whole.traces[-1]]
        at_end = self.of.shape.reads == "end"
        if at_end and isinstance(self.of, Recurrent) and self.of.reads == "mean":
            steps = torch.arange(1, 1 + len(whole), dtype=torch.float64)
            return ways[FORWARD].cumsum(0) / steps[:, None]
        if len(ways) == 1:
            return ways[FORWARD]
        if at_end:
            ends = ways[FORWARD][-1], ways[BACKWARD][0]
            ways = [end.expand(len(whole), -1) for end in ends]
        assert isinstance(self.of, Recurrent)
        return ways[0] + ways[1] if self.of.merge == "sum" else torch.cat(ways, dim=-1)

    def unknown(self, network: Layers, given: Given) -> tuple[str, ...]:
        """Signs that a stand-in is read for."""
        if not self.problem.signs:
            return ()
        known = set(self.problem.signs)
        return tuple(dict.fromkeys(token for token in given.tokens if token not in known))

    def inputs(self, network: Layers) -> tuple[str, ...]:
        """None for those of an embedding, which are named by their sign."""
        return () if self.problem.signs else numbered(network.stack.inputs)


class InsideTranslator(Reads[Layers]):
    """How one half of an encoder-decoder answers, step by step."""

    def __init__(self, network: EncoderDecoder, problem: Problem) -> None:
        self.of, self.problem, self.classes = network, problem, problem.names

    def inputs(self, network: Layers) -> tuple[str, ...]:
        """None: the numbers of an embedding are named by their sign."""
        return ()


class InsideEncoder(InsideTranslator):
    """What the decoder would write first if the source ended at each step."""

    takes = "would write first"

    def respond(
        self,
        network: Layers,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """The decoder's first step after each sign that the encoder has read."""
        assert given.x is not None
        with torch.no_grad():
            whole = read_stack(network.stack.to(torch.float64), given.x, surgery, at)
            trace = whole.traces[0][0]
            states, T = trace.steps.hidden, len(whole)
            ended = (states, trace.memory)[: 1 if trace.initial.cell is None else 2]
            last = tuple(part.float()[None].contiguous() for part in ended)
            source = Source(
                states.float()[:, None].expand(-1, T, -1),
                torch.ones(T, T, dtype=torch.bool).triu(),
                last if len(last) > 1 else last[0],
            )
            said, _ = self.of.write(source, torch.full((1, T), END), source.last)
        return Response(whole, said.answers[0].double().softmax(-1))


class InsideDecoder(InsideTranslator):
    """What is written next, by a decoder that reads what the untouched network wrote."""

    takes = "writes next"

    def respond(
        self,
        network: Layers,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """Its answers in float64, from what it attends to where it does."""
        assert isinstance(given, GivenFrom)
        assert given.x is not None
        stack = network.stack.to(torch.float64)
        with torch.no_grad():
            whole = read_stack(stack, given.x, surgery, at, initial=given.initial)
            hidden = whole.hidden
            if self.of.attends:
                assert given.source is not None
                looked = (hidden @ given.source.T).softmax(-1) @ given.source
                joined = self.of.parameters["attention.weight"].double()
                hidden = (torch.cat([looked, hidden], dim=-1) @ joined.T).tanh()
            said = network.read(hidden)
        return Response(whole, said.softmax(-1))


@dataclass(frozen=True)
class Reading:
    """What a network can be given: a held-out example, or a text of signs that it knows."""

    learned: Learned
    problem: Problem = field(repr=False)
    UNTOLD: ClassVar[str] = "one of the held-out sequences, which it never learned from"

    def encoded(self, asked: int | str) -> tuple[tuple[str, ...], Tensor]:
        """The steps in words, and as the network takes them. Raises `ValueError` for others."""
        problem = self.problem
        if isinstance(asked, int):
            inputs = inputs_of(problem, asked)
            if problem.signs:
                return tuple(problem.signs[code] for code in inputs[:, 0].tolist()), inputs
            if isinstance(problem, Forecast):
                values = self.values(inputs)
                return tuple(f"{value:.4g}".replace("-", "−") for value in values), inputs
            return numbers_of(len(inputs)), inputs
        tokens = problem.split(as_meant(asked))
        if not tokens:
            raise ValueError("there must be at least one sign to read")
        if len(tokens) > (most := self.longest):
            raise ValueError(f"it may read at most {most:,} signs here, not {len(tokens):,}")
        codes = {sign: code for code, sign in enumerate(problem.signs)}
        other = next((codes[sign] for sign in STAND_INS if sign in codes), None)
        unknown = "".join(dict.fromkeys(sign for sign in tokens if sign not in codes))
        if other is None and unknown:
            raise ValueError(
                f"this network knows no {unknown[:8]!r}; it reads {''.join(problem.signs)[:80]}"
            )
        return tokens, torch.tensor([codes.get(sign, other) for sign in tokens])[:, None]

    def values(self, inputs: Float[Tensor, "T 1 1"]) -> tuple[float, ...]:
        """The values of a series in their own unit."""
        problem = self.problem
        assert isinstance(problem, Forecast)
        return tuple((inputs[:, 0, 0].double() * problem.spread + problem.mean).tolist())

    @property
    def longest(self) -> int:
        """How many signs may be read."""
        units = max(1, self.learned.training.units)
        return min(LONGEST_LINE, MOST_CELLS_OF_A_TRACE // (4 * units))

    def material(self, given: Callable[[int | str], Given]) -> Material:
        """The dial by which it is said what is read."""
        task, held_out = self.learned.task, self.problem.held_out
        shown = task.example()
        if not self.problem.signs:
            most = held_out.inputs.shape[1] - 1
            row = Dial(label="Held-out example", help=f"Read is {self.UNTOLD}.", low=0, high=most)
            return Material(setting=CHOSEN, row=row, example=int(shown), given=given)
        if isinstance(shown, str):
            text = self.learned.training.sentence or shown
        else:
            text = "".join(self.encoded(shown)[0])
        row = Dial(
            label="Text",
            help="In the signs that it knows; Shift and Enter, or ↵, break a line.",
            longest=self.longest,
        )
        return Material(setting=TYPED, row=row, example=as_typed(text), given=given)


def numbers_of(steps: int) -> tuple[str, ...]:
    """Steps that have no words, counted from 1."""
    return tuple(str(step + 1) for step in range(steps))


def enclosed(learned: Learned) -> tuple[Enclosed, ...]:
    """The recurrent parts of a network, in the order of reading; none where it has none."""
    network, problem = learned.network, learned.problem
    differs = by_cells(learned.task, problem, network)
    if differs is None:
        return ()
    reading = Reading(learned, problem)
    if isinstance(network, EncoderDecoder):
        return _translating(learned, network, reading, differs)
    assert isinstance(network, Recurrent | Frames)
    known = {name: part.detach().clone() for name, part in network.parameters.items()}
    clock = READS[learned.task.family]

    def given(asked: int | str) -> Given:
        tokens, inputs = reading.encoded(asked)
        with torch.no_grad():
            x = network.arriving(inputs)[:, 0].double()
        values = reading.values(inputs) if isinstance(problem, Forecast) else ()
        single = problem.signs and max(map(len, problem.signs)) == 1
        return Given(clock, tokens, text="".join(tokens) if single else "", values=values, x=x)

    if isinstance(problem, Writing) and (writes := writer(network, problem.vocabulary)):
        material = reading.material(lambda asked: characters(str(asked)))
        return (Enclosed(writes, CHARACTERS, material, learned.title, differs),)
    layers: Network = Layers(network.stack(), known["readout.weight"], known["readout.bias"])
    kind = Inside(network, problem)
    return (Enclosed(layers, kind, reading.material(given), learned.title, differs),)


def _translating(
    learned: Learned, network: EncoderDecoder, reading: Reading, differs: float
) -> tuple[Enclosed, ...]:
    problem, stacks = learned.problem, network.stacks()
    known = {name: part.detach().clone() for name, part in network.parameters.items()}
    encoder, decoder = (
        Layers(stack, known["readout.weight"], known["readout.bias"]) for stack in stacks
    )

    def read(asked: int | str) -> Given:
        tokens, inputs = reading.encoded(asked)
        with torch.no_grad():
            x = network.arriving(inputs)[:, 0].double()
        return Given("sign", tokens[::-1] if network.reverses else tokens, x=x)

    def written(asked: int | str) -> GivenFrom:
        _, inputs = reading.encoded(asked)
        x = read(asked).x
        assert x is not None
        with torch.no_grad():
            whole = read_stack(stacks[0].to(torch.float64), x)
            source = network.read(inputs)
            codes = network.greedy(source, problem.shape.writes).answers[:, 0].argmax(-1).tolist()
            codes = codes[: codes.index(END)] if END in codes else codes[:-1]
            x = known["written.weight"][torch.tensor([END, *codes])].double()
        tokens = (ENDS, *(problem.names[code] for code in codes))
        return GivenFrom("sign", tokens, x=x, initial=whole.last, source=whole.hidden)

    return (
        Enclosed(
            encoder,
            InsideEncoder(network, problem),
            reading.material(read),
            f"Encoder: {learned.title}",
            differs,
        ),
        Enclosed(
            decoder,
            InsideDecoder(network, problem),
            reading.material(written),
            f"Decoder: {learned.title}",
            differs,
        ),
    )


def opened(learned: Learned, name: str) -> Upload | None:
    """A network as the cell lab opens an uploaded one; None for one without recurrent layers."""
    parts = enclosed(learned)
    if not parts:
        return None
    label = KINDS[learned.kind].label
    names = (f"{label}, encoder", f"{label}, decoder") if len(parts) > 1 else (label,)
    found = tuple(
        layers_of_ours(called, part.network.stack, TOLD)
        for called, part in zip(names, parts, strict=True)
    )
    return Upload(name, "Network of this project", found, enclosed=parts)
