"""Expecting the next character of English prose: what Python's `help()` tells about Python."""

from functools import cache
from pydoc_data.topics import topics

from explorer.networks.recipes import Recipe
from explorer.networks.texts import Text, parted, text_task, typed
from explorer.sequences.syntax import prose
from explorer.sequences.training import CharacterTraining

PARAGRAPH = 60  # characters; shorter ones, such as headings, are no sign of a repeated topic


@cache
def english() -> Text:
    """The prose of Python's built-in help, which `help()` shows: about 370,000 characters.

    Many topics repeat others; one that stands to more than half in larger ones is left out, so
    that nothing is held out that was learned. Of every eight topics, largest first, the sixth is
    held out to choose units on and the seventh to score on.
    """
    told: set[str] = set()
    parts: dict[str, list[str]] = {"learned": [], "choosing": [], "scoring": []}
    for name in sorted(topics, key=lambda name: (-len(topics[name]), name)):
        text = topics[name].strip("\n") + "\n\n"
        paragraphs = {part for part in text.split("\n\n") if len(part) >= PARAGRAPH}
        known = sum(map(len, paragraphs & told))
        if 2 * known > sum(map(len, paragraphs)):
            continue
        told |= paragraphs
        place = sum(map(len, parts.values())) % 8
        parts[{5: "choosing", 6: "scoring"}.get(place, "learned")].append(text)
    return parted("topics of Python's built-in help", parts, "topics", prose)


TASK = text_task(
    "english",
    "English",
    english,
    reads="English prose about Python",
    place=2,
    prompt="The ",
    material=typed(
        "prose", 'The "print" function writes its arguments to a file, and returns None.'
    ),
    tells={
        "quotes": ("inside quotes", "outside"),
        "brackets": ("inside brackets", "outside"),
        "a capitalised word": ("capitalised words", "the rest"),
    },
)

RECIPES = (
    Recipe(
        "english-lstm",
        "two layers of LSTM that read English prose character by character",
        TASK,
        CharacterTraining("lstm", layers=2, updates=5_000, learning_rate=8e-3),
    ),
)
