"""Is a review favourable? Word by word, beside a line that knows no order and a lexicon."""

from collections.abc import Mapping
from functools import cache, partial

import numpy as np
import torch
from torch import Tensor

from explorer.labs.prose import listing
from explorer.labs.sequences.tasks.snippets import LICENCE, SOURCE, snippets
from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.sequences.kinds import Network
from explorer.sequences.problems import Problem, Reviews, judged, negation
from explorer.sequences.problems.reviews import LONGEST, Rated
from explorer.sequences.words import lexicon_sum, words

CLEAR = 0.5  # how far from 0 a mean rating must be for its side to be clear
HELD_OUT = 0.2  # share of the reviews
SCORED = 800  # of the held-out ones: each is read again at every frame
EXAMPLES = {
    "film": "Not bad, but never as funny as it should be.",
    "product": "Not bad, but the sound is never as good as it should be.",
}
PROBES = ("good", "bad")


def rated(about: str) -> tuple[Rated, Rated]:
    """Reviews with a clear rating in an order drawn once: to learn from, and held out."""
    found = []
    for each in snippets().reviews[about]:
        if abs(each.rating) < CLEAR:
            continue
        try:
            found.append((words(each.text), int(each.rating > 0)))
        except ValueError:  # signs alone
            continue
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(0)).tolist()
    many = int(len(found) * HELD_OUT)

    def some(chosen: list[int]) -> Rated:
        return Rated(
            tuple(found[k][0] for k in chosen), torch.tensor([found[k][1] for k in chosen])
        )

    return some(order[many:]), some(order[: min(many, SCORED)])


@cache
def reviews(about: str) -> Reviews:
    """The problem of the reviews of one kind of thing, and a sentence that is judged."""
    return Reviews(*rated(about), snippets().lexicon).asking(words(EXAMPLES[about]))


def asking(about: str, typed: str) -> Reviews:
    """The same, with a sentence of a visitor's. Raises `ValueError` for one that has no words."""
    return reviews(about).asking(asked(typed)) if typed.strip() else reviews(about)


def asked(typed: str) -> tuple[str, ...]:
    """The words of a sentence that a visitor typed. ValueError, one sentence, for none or many."""
    found = words(typed)
    if len(found) > LONGEST:
        raise ValueError(f"a sentence may have {LONGEST} words, not {len(found)}")
    return found


def probes() -> tuple[tuple[str, ...], ...]:
    """Each word whose negation is looked at, alone and after "not"."""
    return tuple(phrase for word in PROBES for phrase in ((word,), ("not", word)))


def still(problem: Problem) -> Seen:
    """What the lexicon says of every word of the example, and of the words that are negated."""
    assert isinstance(problem, Reviews)
    lexicon = problem.lexicon
    by_word = [lexicon.get(word, 0.0) for word in problem.asked]
    return Seen(
        {
            "lexicon": np.asarray(by_word, dtype=np.float32),
            "sums": np.asarray([lexicon_sum(lexicon, each) for each in probes()], dtype=np.float32),
        }
    )


def seen(problem: Problem, network: Network, answers: Tensor) -> Seen:
    """What each word of the example counts, and what "not" does to a word."""
    assert isinstance(problem, Reviews)
    counted = judged(problem, network, problem.asked).left_out.numpy()
    said = problem.log_odds(network, probes()).numpy()
    return Seen({"counted": placed(counted), "said": placed(said)})


def placed(values: np.ndarray) -> np.ndarray:
    """Values as points over 0, 1, 2, …"""
    return np.stack([np.arange(len(values)), values], axis=1).astype(np.float32)


def negations(problem: Problem, networks: Mapping[str, Network]) -> str:
    """What "not" does to each of the `PROBES` in each network, what there was to learn it from.

    And which words of the sentence that is judged no network knows.
    """
    assert isinstance(problem, Reviews)
    said = [_negation(problem, networks, word) for word in PROBES]
    strange = list(dict.fromkeys(word for word in problem.asked if not problem.knows(word)))
    if strange:
        shown = listing([f"“{word}”" for word in strange[:3]])
        more = f" and {len(strange) - 3} more words" if len(strange) > 3 else ""
        are = "is" if len(strange) == 1 else "are"
        said.append(f"{shown}{more} {are} unknown: one code for all.")
    return " ".join(said)


def _negation(problem: Reviews, networks: Mapping[str, Network], word: str) -> str:
    found = {name: negation(problem, network, word) for name, network in networks.items()}
    one = next(iter(found.values()))
    below = [name for name, each in found.items() if each.negated < each.alone]
    above = [name for name, each in found.items() if each.negated >= each.alone]
    said = [
        f"{listing(names)} {'puts' if len(names) == 1 else 'put'} “not {word}” {where} “{word}”"
        for names, where in ((below, "below"), (above, "above"))
        if names
    ]
    reviews = "review" if one.seen == 1 else "reviews"
    learned = (
        f"of {one.seen} {reviews} to learn from with “not {word}” {one.favourable} are favourable"
        if one.seen
        else f"no review to learn from has “not {word}”"
    )
    return f"{'; '.join(said)}: {learned}."


def _task(about: str, label: str, updates: int, floors: tuple[str, ...]) -> Task:
    return Task(
        label=label,
        asks=f"whether a review of a {about} is favourable",
        purpose="Most of the answer is in the words, whatever their order: the lines know no "
        "order. The lexicon was not made for these reviews.",
        source=f"{SOURCE}; {LICENCE}; reviews with a mean rating of at least ±{CLEAR:g}",
        family="review",
        problem=partial(asking, about),
        line_up=("vanilla", "both", "unordered"),
        updates=updates,
        rate=3e-3,
        floors=floors,
        look="Left, what each word of a sentence counts; right, what “not” does.",
        example=lambda: EXAMPLES[about],
        still=still,
        seen=seen,
        remark=negations,
    )


TASKS: Mapping[str, Task] = {
    "films": _task("film", "Reviews of films", 300, ("lexicon", "bag")),
    "products": _task("product", "Reviews of products", 200, ("lexicon", "bag")),
}
