"""A network that writes, as a scene: its text, what each character was drawn from, its surprise.

How to read it: play, and the text is written. Left the chances that a character was drawn with,
beside them what the network itself expected: temperature and top k are what lies between them.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Ranking,
    Rule,
    Scene,
    Sentence,
    as_json,
)
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.writing import GLIMPSED, Writing, picture
from explorer.networks.material import as_typed
from explorer.runs.answers import Answer
from explorer.sequences.strokes import named

COLUMN = "minmax(0, 1fr)"
ALT = "The strokes that the network has drawn so far, behind those of the prime text."
LIKELIEST = "The strokes of always the likeliest move, behind those of the prime text."


def answer(lab: SequenceLab, moving: bool) -> Answer:
    """Return what a network writes; while a hand moves it writes less, and says so."""
    writing = lab.writing()
    still, frames = picture(writing, moving)
    less = moving and writing.letters > GLIMPSED
    return Answer(
        as_json(writing_scene(writing)),
        frames,
        still,
        start=len(frames) - 1,
        coarse=f"while it moves: {GLIMPSED} {writing.who.unit}s" if less else "",
    )


def writing_scene(writing: Writing) -> Scene:
    """Return the scene of one network that writes."""
    known, who = writing.network.vocabulary, writing.who
    names = tuple(
        "␣" if each == " " else as_typed(named(each))
        for each in map(known.__getitem__, range(len(known)))
    )
    return Scene(
        (
            *(_drawn() if who.draws else _written()),
            Ranking(
                "chosen",
                "Drawn from",
                "chosen",
                names,
                indices="codes",
                role="fake",
                note="·: lifted" if who.draws else "temperature and top k",
                alt="The chances that this character was drawn with",
            ),
            Ranking(
                "expected",
                "Expected by the network",
                "expected",
                names,
                indices="codes",
                note="without both",
                alt="What the network expected in the place of this character",
            ),
            Plot(
                area="surprise",
                title="Surprise",
                note="nats, by the network's own expectation",
                marks=(
                    Rule("blind", label="blind guessing"),
                    History("surprise", "fake", label="this one", width=1.5),
                    History("mean", "theory", label="mean so far"),
                ),
                x=Axis(0, None, label=f"{who.unit} written"),
                y=Axis(0, None),
                alt="The surprise of each character to the network that wrote it: now {surprise}.",
            ),
            Numbers(
                "numbers",
                (
                    Number(
                        "mean",
                        f"nats a {who.unit} so far",
                        bound="blind guessing {blind}",
                        help="How surprising what it writes is to the network, by what it expected "
                        "without temperature and top k.",
                    ),
                    Number(
                        "choices",
                        f"{who.unit}s to choose from",
                        bound="1: nothing is left to chance",
                        help="e to the entropy of the chances that this character was drawn with: "
                        "as many equally likely ones would be as open.",
                    ),
                ),
            ),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lead="What to look for.", lines=3),
        ),
        wide=Grid(
            (COLUMN, COLUMN, COLUMN, COLUMN),
            (
                *((COLUMN, "minmax(0, 0.6fr)") if who.draws else ("auto", "auto")),
                COLUMN,
                "auto",
            ),
            (
                "text text text text",
                "greedy greedy greedy greedy",
                "chosen expected surprise surprise",
                "says look look numbers",
            ),
        ),
        narrow=Grid(
            (COLUMN,),
            (),
            ("text", "says", "greedy", "chosen", "expected", "numbers", "surprise", "look"),
        ),
        clock=who.unit,
        wide_from=LAPTOP,
        alt=f"A trained network writes, {who.unit} by {who.unit}.",
    )


def _written() -> tuple[Sentence, Sentence]:
    """Return the text so far, and that of the likeliest characters."""
    return (
        Sentence("text", "text", lines=5, mono=True),
        Sentence("greedy", "greedy", lead="Always the likeliest:", lines=2, mono=True),
    )


def _drawn() -> tuple[Plot, ...]:
    """Return the strokes so far, and those of the likeliest moves, at one scale."""
    return tuple(
        Plot(
            area=area,
            title=title,
            note=note,
            marks=(
                Curve("prime_y", "real", x="prime_x", width=3),
                Curve(f"{name}_y", role, x=f"{name}_x", dashed=False),
            ),
            x=Axis(-0.2, None, label="heights of a small letter"),
            y=Axis(-1, 2.4),
            alt=alt,
        )
        for area, name, role, title, note, alt in (
            ("text", "pen", "fake", "Drawn", "behind the prime text", ALT),
            ("greedy", "greedy", "theory", "Always the likeliest", "", LIKELIEST),
        )
    )
