"""Known answers about filters over frames, moving digits, rated reviews and the next character."""

import math
from functools import partial

import torch
from torch import nn

from explorer.labs.sequences.tasks import TASKS
from explorer.labs.sequences.tasks.snippets import snippets
from explorer.sequences.generation import generate
from explorer.sequences.kinds import KINDS, Build, Network, Shape
from explorer.sequences.problems import Reviews, Writing
from explorer.sequences.problems.clips import filmed
from explorer.sequences.problems.reviews import bag_of_words
from explorer.sequences.problems.writing import writer
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

FILM = Shape(inputs=144, answers=14, reads="end", length=8, side=12)
LAST = 16 * 3 * 3  # numbers of the maps of the second convolution


def drawn(name: str, shape: Shape = FILM) -> Network:
    """A fresh network of a kind."""
    return KINDS[name].draw(shape, Build(units=7), rng())


def against_modules(name: str) -> float:
    """Largest difference of a network over frames to torch's modules with its weights."""
    network, inputs = drawn(name), normal(8, 3, 144).float()
    modules = nn.ModuleDict(
        {
            "convolution1": nn.Conv2d(1, 8, 3, stride=2, padding=1),
            "convolution2": nn.Conv2d(8, 16, 3, stride=2, padding=1),
            "readout": nn.Linear(7 if name == "frames" else LAST, 14),
        }
    )
    if name == "frames":
        modules["recurrent"] = nn.LSTM(LAST, 7)
    modules.load_state_dict(network.parameters)
    first = modules["convolution1"](inputs.reshape(24, 1, 12, 12)).relu()
    maps = modules["convolution2"](first).relu().reshape(8, 3, -1)
    if name == "frames":
        state = modules["recurrent"](maps)[0][-1]
    else:
        state = maps[-1] if name == "last_frame" else maps.mean(0)
    return float((network(inputs) - modules["readout"](state)).detach().abs().max())


def without_order(name: str) -> float:
    """Largest difference of what a network says of films, and of the same back to front."""
    network, inputs = drawn(name), normal(8, 3, 144).float()
    return float((network(inputs) - network(inputs.flip(0))).detach().abs().max())


def back_to_front() -> float:
    """How many points of a film to one side differ from a film to the other side back to front."""
    films = filmed(normal(64, 8, 8).float(), torch.zeros(64, dtype=torch.int64), rng(), noise=0.0)
    steps = torch.tensor([(0, 1), (1, 0), (0, -1), (-1, 0)])
    wrong = 0
    for number, way in enumerate(films.ways.tolist()):
        back = films.frames[:, number].flip(0)
        rows, columns = steps[(way + 2) % 4].tolist()
        expected = torch.roll(back[0], (rows, columns), (0, 1))
        wrong += int((back[1] != expected).sum())
    return float(wrong)


def line_on_bags() -> float:
    """Largest difference of our log-odds of bags of words to scikit-learn's."""
    from sklearn.linear_model import LogisticRegression

    table = torch.randint(0, 2, (80, 12), generator=rng())
    table[:, 0] = 0
    favourable = torch.randint(0, 2, (80,), generator=rng())
    bags = [tuple(row.nonzero()[:, 0].tolist()) for row in table]
    judge = LogisticRegression(tol=1e-10, max_iter=1_000).fit(table.numpy(), favourable.numpy())
    theirs = torch.from_numpy(judge.decision_function(table.numpy()))
    return float((bag_of_words(bags, favourable, bags, 12) - theirs).abs().max())


def reviews_without_order() -> float:
    """Largest difference of the judgement of a line on the mean of words, in another order."""
    problem = TASKS["products"].problem("")
    assert isinstance(problem, Reviews)
    network = drawn("unordered", problem.shape)
    one, other = problem.log_odds(network, [("not", "bad", "sound"), ("sound", "bad", "not")])
    return abs(float(one - other))


def written_again() -> float:
    """Largest error of the chances that a writing network draws from, each set summing to 1."""
    problem = TASKS["english"].problem("")
    assert isinstance(problem, Writing)
    found = writer(drawn("vanilla", problem.shape), problem.vocabulary)
    assert found is not None
    made = generate(found, "The ", 20, temperature=0.7, top_k=5)
    return float((made.probabilities.sum(1) - 1).abs().max())


def blind() -> float:
    """What guessing blindly costs, told by the floor of the task, less log V."""
    problem = TASKS["english"].problem("")
    return problem.floors[0].value - math.log(problem.shape.symbols)


FILTERS = (
    *(
        Known(
            f"{KINDS[name].label}: its answer by torch's modules",
            0,
            partial(against_modules, name),
            "torch.nn.Conv2d, LSTM, Linear",
            tolerance=1e-5,
        )
        for name in ("frames", "last_frame", "frames_mean")
    ),
    *(
        Known(
            f"{KINDS[name].label}: a film and the same back to front",
            0,
            partial(without_order, name),
            "symmetry",
            tolerance=1e-5,
        )
        for name in ("frames_mean", "unordered")
    ),
    Known("films: one back to front is one of the other way", 0, back_to_front, "symmetry"),
    Known("reviews: a line on bags of words", 0, line_on_bags, "sklearn LogisticRegression", 1e-3),
    Known("reviews: words in another order, a mean", 0, reviews_without_order, "symmetry", 1e-5),
    Known(
        "reviews: how many there are of films",
        10_605,
        lambda: float(len(snippets().reviews["film"])),
        "Hutto and Gilbert 2014",
    ),
    Known(
        "reviews: how many there are of products",
        3_708,
        lambda: float(len(snippets().reviews["product"])),
        "Hutto and Gilbert 2014",
    ),
    Known("writing: chances of the five likeliest sum to 1", 0, written_again, "definition", 1e-12),
    Known("writing: blind guessing costs log V", 0, blind, "closed form", 1e-12),
)
"""Those of frames, films, reviews and writing."""
