"""Known answers about networks that translate, their beam, and the grammars."""

import itertools
from functools import partial

import torch
from torch import nn

from explorer.labs.sequences.tasks.grammars import grammar
from explorer.labs.sequences.tasks.translations import translation
from explorer.labs.sequences.translating import EXAMPLES, searched
from explorer.labs.sequences.translators import shipped
from explorer.sequences.beam import beam_search
from explorer.sequences.grammars import SYMBOLS, allowed, strings
from explorer.sequences.kinds import KINDS, Build, EncoderDecoder, Shape
from explorer.sequences.kinds.translating import END, taught_from
from explorer.sequences.padded import padded
from explorer.verify.draws import rng
from explorer.verify.known import Known

SHAPE = Shape(1, 5, "every", 6, symbols=7, writes=8)
KINDS_HERE = ("translator", "attending", "reversed")
THREE, STEPS = 3, 5
COUNTS = {
    "translator": 7 * 4 + 5 * 4 + 2 * 4 * 9 * (4 + 9 + 2) + 5 * 10,
    "attending": 7 * 4 + 5 * 4 + 2 * 4 * 9 * (4 + 9 + 2) + 2 * 9 * 9 + 5 * 10,
}
"""Two embeddings, two LSTMs of 4H(E + H + 2), W_c of H × 2H, a readout of five symbols."""


def drawn(name: str) -> EncoderDecoder:
    """A fresh network of a kind."""
    network = KINDS[name].draw(SHAPE, Build(units=9, embedding=4), rng())
    assert isinstance(network, EncoderDecoder)
    return network


def textbook(name: str) -> float:
    """Largest difference to torch.nn modules put together by the book, on one source."""
    network = drawn(name)
    known = network.parameters
    source = torch.randint(0, 7, (6, 1), generator=rng())
    right = torch.randint(0, 5, (4, 1), generator=rng())
    encoder, decoder = nn.LSTM(4, 9), nn.LSTM(4, 9)
    for layer, start in ((encoder, "encoder."), (decoder, "decoder.")):
        layer.load_state_dict({k[len(start) :]: v for k, v in known.items() if k.startswith(start)})
    read, written = nn.Embedding(7, 4), nn.Embedding(5, 4)
    joined, readout = nn.Linear(18, 9, bias=False), nn.Linear(9, 5)
    read.weight, written.weight = known["embedding.weight"], known["written.weight"]
    readout.weight, readout.bias = known["readout.weight"], known["readout.bias"]
    with torch.no_grad():
        states, last = encoder(read(source.flip(0) if name == "reversed" else source))
        hidden, _ = decoder(written(right), last)
        if network.attends:
            joined.weight = known["attention.weight"]
            weights = torch.softmax(hidden[:, 0] @ states[:, 0].T, dim=1)
            hidden = torch.tanh(joined(torch.cat([(weights @ states[:, 0])[:, None], hidden], -1)))
        found = network.read(source)
        said = network.write(found, right, found.last)[0].answers
        return float((said - readout(hidden)).abs().max())


def padding(name: str) -> float:
    """Largest difference of what is said in a padded batch and of each source alone."""
    network = drawn(name)
    sources = [torch.randint(0, 7, (length,), generator=rng(length)) for length in (6, 1, 4)]
    given = torch.randint(0, 5, (4, 3), generator=rng())
    apart = 0.0
    with torch.no_grad():
        batch = network.read(*padded(sources, steps=9))
        together = network.write(batch, given, batch.last)[0].answers
        for place, each in enumerate(sources):
            alone = network.read(each[:, None])
            own = network.write(alone, given[:, [place]], alone.last)[0].answers
            apart = max(apart, float((own - together[:, [place]]).abs().max()))
    return apart


def attention() -> float:
    """Largest error of the sums of attention over the held-out dates, padded side by side."""
    problem, network = translation("dates"), shipped("dates", "attending")
    held_out = problem.held_out
    with torch.no_grad():
        source = network.read(held_out.inputs, held_out.lengths)
        looked = network.write(source, taught_from(held_out.targets), source.last)[0].attention
    return float((looked.sum(-1) - 1).abs().max())


def narrow(language: str) -> float:
    """How many of twenty sources a beam of width 1 and the greedy choice translate unequally."""
    problem, network = translation(language), shipped(language, "attending")
    unequal = 0
    for pair in problem.pairs[:20]:
        codes = list(searched(problem, network, pair.source, 1).best.codes)
        with torch.no_grad():
            source = network.read(problem.encode(pair.source)[:, None])
            greedy = network.greedy(source, problem.shape.writes).answers[:, 0].argmax(-1)
        unequal += codes != greedy.tolist()
    return float(unequal)


def whole() -> float:
    """Difference of log p of the best of a full beam to that of all sequences of three symbols."""
    known = torch.randn(THREE, THREE, THREE, generator=rng()).log_softmax(-1)

    def expect(codes: torch.Tensor, before: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return known[before, codes], codes

    start = torch.tensor([END])
    full = THREE**STEPS
    tree = beam_search(expect, lambda state, some: state[some], start, full, STEPS, END)
    best = -torch.inf
    for length in range(1, STEPS + 1):
        for codes in itertools.product(range(THREE), repeat=length):
            if END in codes[:-1] or (codes[-1] != END and length < STEPS):
                continue
            walk = (END, END, *codes)
            steps = zip(walk, walk[1:], walk[2:], strict=False)
            best = max(best, sum(float(known[a, b, c]) for a, b, c in steps))
    return abs(tree.best.log_probability - best)


def by_cells(kind: str) -> float:
    """Largest difference of h between a shipped network's layers and the laboratory's cells."""
    problem = translation("dates")
    codes = torch.tensor(problem.codes("1987-03-05"))[:, None]
    read = problem.encode(EXAMPLES["dates"])[:, None]
    return shipped("dates", kind).by_cells(read, taught_from(codes))


def unseen(embedded: bool) -> float:
    """How many next symbols of 3,000 strings the oracle does not allow, or allows and never come.

    Of beginnings of up to six symbols.
    """
    came: dict[str, set[str]] = {}
    may: dict[str, frozenset[str]] = {}
    for text in strings(3_000, embedded, rng()):
        for place, symbols in list(enumerate(allowed(text, embedded), 1))[:6]:
            if place < len(text):
                came.setdefault(text[:place], set()).add(text[place])
                may[text[:place]] = symbols
    return float(sum(len(came[begun] ^ symbols) for begun, symbols in may.items()))


def oracle() -> float:
    """The share of held-out strings that the oracle itself gets right, as a network is scored."""
    problem = grammar(True)
    return float(problem.scores(problem.may.float(), problem.held_out).mean())


def memory() -> float:
    """Error of the share that is right where the last but one symbol is always told as T."""
    problem = grammar(True)
    answers = problem.may.float()
    for number, text in enumerate(problem.strings):
        answers[len(text) - 3, number] = 0.0
        answers[len(text) - 3, number, SYMBOLS.index("T")] = 1.0
    share = sum(text[1] == "T" for text in problem.strings) / len(problem.strings)
    return abs(float(problem.scores(answers, problem.held_out).mean()) - share)


def size(name: str) -> float:
    """How many numbers a network learns."""
    return float(drawn(name).size)


TRANSLATING = (
    *(
        Known(f"{KINDS[name].label}: numbers learned", count, partial(size, name), "closed form")
        for name, count in COUNTS.items()
    ),
    *(
        Known(
            f"{KINDS[name].label}: what it says, taught",
            0,
            partial(textbook, name),
            "torch.nn modules, by the book",
            tolerance=1e-6,
        )
        for name in KINDS_HERE
    ),
    *(
        Known(
            f"{KINDS[name].label}: a padded batch against one by one",
            0,
            partial(padding, name),
            "each source alone",
            tolerance=1e-6,
        )
        for name in KINDS_HERE
    ),
    *(
        Known(
            f"{KINDS[name].label}: states by the laboratory's cells",
            0,
            partial(by_cells, name),
            "the layers that learned",
            tolerance=1e-5,
        )
        for name in KINDS_HERE
    ),
    Known("attention: its sum over the source", 0, attention, "definition", tolerance=1e-5),
    *(
        Known(
            f"{language}: a beam of width 1 against the greedy choice, unequal of 20",
            0,
            partial(narrow, language),
            "definition",
        )
        for language in ("dates", "sums")
    ),
    Known("a full beam, three symbols: log p of the best", 0, whole, "all sequences", 1e-5),
    *(
        Known(
            f"{label}: what may come against what comes in 3,000 strings",
            0,
            partial(unseen, embedded),
            "counted",
        )
        for label, embedded in (("Reber", False), ("embedded Reber", True))
    ),
    Known("embedded Reber: the oracle's own score", 1, oracle, "definition"),
    Known("embedded Reber: right without memory", 0, memory, "counted", tolerance=1e-6),
)
