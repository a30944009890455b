"""A translation as a scene: text and translation, where it looked, and the beam as a tree.

How to read it: point at a sign of the translation; the bars say which signs of the text were looked
at. In the tree the way that is lit leads to that sign.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Bars,
    Flow,
    FlowNode,
    Grid,
    Number,
    Numbers,
    Panel,
    Plot,
    Ranking,
    Scene,
    Sentence,
    Timeline,
    Tokens,
    as_json,
)
from explorer.labs.prose import fixed
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.tasks.translations import BLANK, ENDS, visible
from explorer.labs.sequences.translating import Translating, branches, picture
from explorer.runs.answers import Answer, RefusedError
from explorer.sequences.beam import Tree

ONE = "minmax(0, 1fr)"
MANY = 12  # columns of the grid


def answer(lab: SequenceLab, moving: bool) -> Answer:
    """Return how a text is translated, sign by sign."""
    asked = lab.translating()
    try:
        asked.network()
    except ValueError as why:
        raise RefusedError("translator", str(why)) from why
    still, frames, tree = picture(asked)
    return Answer(as_json(translating_scene(asked, tree)), frames, still, start=len(frames) - 1)


def translating_scene(asked: Translating, tree: Tree) -> Scene:
    """Return the scene of one text and its translation."""
    written = tuple(signs(asked)[code] for code in tree.best.codes)
    attends = asked.network().attends
    source = (
        Plot(
            area="source",
            title="Where it looks",
            note="before the sign that is lit below",
            marks=(Bars("attention", "accent", labels=tuple(visible(asked.text))),),
            x=Axis(-0.5, len(asked.text) - 0.5),
            y=Axis(0.0, 1.0),
            alt="How much is looked at each sign of the text before this one is written.",
        )
        if attends
        else Sentence("source", "text", lines=1, mono=True)
    )
    panels: list[Panel] = [
        source,
        Tokens("written", written, hover=True, alt="The translation, sign by sign."),
        _beam(asked, tree),
        Ranking(
            "expected",
            "Expected next",
            "expected",
            signs(asked),
            indices="codes",
            note="before this sign is written",
            alt="The likeliest signs in this place",
        ),
        *([Sentence("text", "text", lines=1, mono=True)] if attends else []),
        Sentence("right", "right", lines=1, mono=True),
        *(
            Sentence(f"line_{kind}", f"line/{kind}", lines=1, mono=True, against=f"right/{kind}")
            for kind in asked.translators
        ),
        Numbers(
            "numbers",
            (
                Number(
                    "best",
                    "probability of the translation",
                    bound="the greedy choice {greedy}",
                    help="The product of the probabilities of all its signs and of its end.",
                ),
                Number(
                    "chance",
                    "of this sign, after those before it",
                    bound="up to here {so_far}",
                ),
            ),
        ),
        Sentence("says", "says", lines=3),
        Sentence("look", "look", lead="What to look for.", lines=3),
        Sentence("cells", "cells", lines=2),
    ]
    if attends:
        panels.append(
            Timeline(
                "attention",
                "Attention",
                "attention",
                scale="sequential",
                low=0.0,
                high=1.0,
                row_name="sign",
                first_row=1,
                y_label="sign read",
                alt="How much it looks at each sign of the text before it writes each sign.",
            )
        )
    middle = "beam " * 7 + "attention " * 3 if attends else "beam " * 10
    lines = (
        *(("text",) if attends else ()),
        "right",
        *(f"line_{kind}" for kind in asked.translators),
    )
    maps = ("attention",) if attends else ()
    return Scene(
        tuple(panels),
        wide=Grid(
            (ONE,) * MANY,
            ("112px" if attends else "auto", "auto", ONE, "auto", *("auto" for _ in lines), "auto"),
            (
                _whole("source"),
                _whole("written"),
                f"{middle}{'expected ' * 2}".strip(),
                " ".join(["says"] * 4 + ["look"] * 4 + ["numbers"] * 4),
                *map(_whole, lines),
                _whole("cells"),
            ),
            fold=4,
        ),
        narrow=Grid(
            (ONE,),
            (*("auto", "auto", "auto"), *("180px" for _ in maps)),
            (
                *("source", "written", "says", *maps),
                *("beam", "expected", "numbers", "look", *lines, "cells"),
            ),
        ),
        clock="sign",
        wide_from=LAPTOP,
        alt=f"The translation of {asked.text}, sign by sign.",
    )


def signs(asked: Translating) -> tuple[str, ...]:
    """Return what every code that can be written is drawn as."""
    return (ENDS, *(BLANK if sign == " " else sign for sign in asked.problem.language.writes))


def _whole(name: str) -> str:
    return " ".join([name] * MANY)


def _beam(asked: Translating, tree: Tree) -> Flow:
    known = signs(asked)
    nodes = [FlowNode("root", 0, 0, "▸", "accent")]
    names: dict[int, str] = {}
    links = []
    for number, (branch, place) in enumerate(branches(tree)):
        names[id(branch)] = name = f"b{number}"
        chance = branch.log_probability
        nodes.append(
            FlowNode(name, branch.step, place, known[branch.code], "accent", fixed(chance, 1))
        )
        before = "root" if branch.parent is None else names[id(branch.parent)]
        links.append((before, name))
    kept = "one beginning" if asked.beam == 1 else f"{asked.beam} beginnings"
    return Flow(
        area="beam",
        title="Beam",
        note=f"{kept} kept at each step; under each sign log p so far",
        nodes=tuple(nodes),
        links=tuple(links),
        active="lit",
        alt=f"The beginnings that a beam of {asked.beam} kept, as a tree.",
    )
