"""Writing on: the next character of Python's source or of its help, and texts made of it."""

from collections.abc import Mapping
from functools import cache, lru_cache

from explorer.labs.prose import listing
from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.networks.material import as_meant
from explorer.networks.tasks.english import english
from explorer.networks.tasks.python import python_source
from explorer.networks.texts import Text
from explorer.sequences.generation import generate
from explorer.sequences.kinds import Network
from explorer.sequences.problems import Problem, Writing
from explorer.sequences.problems.writing import writer
from explorer.sequences.vocabulary import STAND_IN, Vocabulary

LEARNED, HELD_OUT = 300_000, 60_000  # characters
LENGTH = 64  # characters that are written
WINDOW = 32  # characters of a typed text that are read at once
TEMPERATURE = 0.5
TEXTS = {"python": python_source, "english": english}
PROMPTS = {"python": "def ", "english": "The "}
EXAMPLE_TEXT = (
    "Half a pound of tuppenny rice, half a pound of treacle. That's the way the money goes: pop "
    "goes the weasel. Up and down the City Road, in and out the Eagle. That's the way the money "
    "goes: pop goes the weasel. Every night when I go out, the monkey's on the table. Take a stick "
    "and knock it off: pop goes the weasel."
)
"""An English nursery rhyme of the 1850s."""
SHORTEST, HELD = 200, 0.1  # characters of a typed text, and the share of it that is held out
STATELESS = "(no state to carry on)"


@cache
def writing(name: str) -> Writing:
    """The problem of one text."""
    text: Text = TEXTS[name]()
    learned = text.learned[:LEARNED]
    return Writing(learned, text.scoring[:HELD_OUT], Vocabulary.of(learned))


@lru_cache(maxsize=8)
def typed_writing(typed: str) -> Writing:
    """The problem of a text that a visitor typed: its last tenth is held out.

    Raises `ValueError` for one that is too short, and for one character again and again.
    """
    text = as_meant(typed).encode("utf-8", "replace").decode()  # halves of pairs are no characters
    if len(text) < SHORTEST:
        raise ValueError(f"the text must have at least {SHORTEST} characters, not {len(text)}")
    if len(set(text)) == 1:
        raise ValueError(f"the text is {text[0]!r} again and again: nothing to expect")
    cut = len(text) - max(int(HELD * len(text)), WINDOW + 1)
    known = Vocabulary.of(text.replace(STAND_IN, " "), at_least=1)
    return Writing(text[:cut], text[cut:], known, length=WINDOW, windows=32)


def seen(problem: Problem, network: Network, prompt: str = "") -> Seen:
    """What a network writes after the prompt, drawn with one seed; line breaks as ↵.

    Without one, after the first character of the text.
    """
    assert isinstance(problem, Writing)
    prompt = prompt or problem.begins
    found = writer(network, problem.vocabulary)
    if found is None:
        return Seen(line=STATELESS)
    made = generate(found, prompt, LENGTH, TEMPERATURE)
    return Seen(line=(prompt + made.text).replace("\n", "↵"))


def foresight(problem: Problem, networks: Mapping[str, Network]) -> str:
    """Which networks read the very character that they are asked for, from behind."""
    seeing = [
        label
        for label, network in networks.items()
        if any(part.way == "backward" for part in network.parts())
    ]
    if not seeing:
        return ""
    verb = "reads" if len(seeing) == 1 else "read"
    return (
        f"{listing(seeing)} {verb} the text from behind too, with the character that is asked for: "
        "that is no forecast, and nothing can be written so."
    )


def _task(name: str, label: str, source: str) -> Task:
    return Task(
        label=label,
        asks="which character comes next, at every place of a text",
        purpose="What is expected next can be drawn from, again and again: then the network "
        "writes. A table of the last two characters is the floor.",
        source=source,
        family="writing",
        problem=lambda typed: writing(name),
        line_up=("vanilla", "stacked", "window"),
        updates=400,
        rate=1e-2,
        floors=("chance", "none", "two"),
        look=f"What each network writes after “{PROMPTS[name]}”, drawn at temperature "
        f"{TEMPERATURE:g} with one seed, from what it expects at this moment.",
        still=lambda problem: Seen(),
        seen=lambda problem, network, answers: seen(problem, network, PROMPTS[name]),
        remark=foresight,
    )


TASKS: Mapping[str, Task] = {
    "python": _task(
        "python",
        "Writing Python",
        "300,000 characters of the source of the Python standard library that runs this page, and "
        "60,000 of other files of it held out",
    ),
    "english": _task(
        "english",
        "Writing English",
        "300,000 characters of the help that this Python carries, and other topics held out",
    ),
    "like_you": Task(
        label="Writing like you",
        asks="which character comes next in a text of yours",
        purpose="So little text can be learned by heart: whether it is shows where the loss of the "
        "part that is learned parts from that of the held-out part.",
        source="Whatever is typed; at first a nursery rhyme of the 1850s",
        family="writing",
        problem=typed_writing,
        line_up=("vanilla", "rnn", "window"),
        updates=300,
        rate=1e-2,
        floors=("chance", "none", "two"),
        look="What each network writes after the first letter of the text, drawn at temperature "
        f"{TEMPERATURE:g} with one seed. Compare the training loss with the held-out one.",
        still=lambda problem: Seen(),
        seen=lambda problem, network, answers: seen(problem, network),
        remark=foresight,
    ),
}
