"""What an uploaded network of letters is given to read, and how long it may be."""

from explorer.dials import Dial
from explorer.networks.kinds import Given
from explorer.networks.material import TYPED, Material, as_meant, characters
from explorer.networks.texts import LONGEST_TEXT
from explorer.networks.uploads import Lettered
from explorer.sequences import CharacterNetwork, Vocabulary
from explorer.sequences.alphabet import Alphabet

MOST_CELLS_OF_A_TRACE = 256 * 1_000  # units times steps that a page records
MOST_PRODUCTS = 2e9  # weights times letters that a network writes: some seconds
EXAMPLES = (
    "the quick brown fox jumps over the lazy dog, and the dog sleeps on.",
    "The Quick Brown Fox: 0123456789",
    'def f(x):\n    return [x[0], "(a)"]\n',
)
SHORTEST = 12  # letters that an example should have
BEGINS = ("the ", "The ", "a")


def material_of_letters(speaks: Lettered) -> Material:
    """Return the line in which a text for this network is typed, with an example in its letters."""

    def given(typed: str) -> Given:
        check_text(speaks.network, as_meant(typed))
        return characters(typed)

    row = Dial(
        label="Text",
        help="In the letters of its alphabet; Shift and Enter, or ↵, break a line.",
        longest=longest(speaks.network),
    )
    return Material(setting=TYPED, row=row, example=example(speaks.alphabet), given=given)


def longest(network: CharacterNetwork) -> int:
    """Return how many letters a network of so many units may be given."""
    return min(LONGEST_TEXT, MOST_CELLS_OF_A_TRACE // network.units)


def room(network: CharacterNetwork, prompt: str) -> int:
    """Return how many letters a network may write after a prompt."""
    return max(1, min(longest(network) - len(prompt), int(MOST_PRODUCTS // network.parameters)))


def check_text(network: CharacterNetwork, text: str) -> None:
    """Raise ValueError, one sentence, for a text that a network cannot be given."""
    if len(text) > (most := longest(network)):
        raise ValueError(
            f"a text may have at most {most:,} letters here, as the network has "
            f"{network.units:,} units; this one has {len(text):,}"
        )
    network.vocabulary.encode(text)


def example(alphabet: Vocabulary) -> str:
    """Return a text in the letters of an alphabet: of a sentence what it can spell, or itself."""
    known = set(alphabet.characters)
    for text in EXAMPLES:
        spelt = "".join(letter for letter in text if letter in known)
        if len(spelt.strip()) >= max(SHORTEST, len(text) // 2):
            return spelt.strip()
    signs = {sign for sign, _ in alphabet.called} if isinstance(alphabet, Alphabet) else set()
    letters = [letter for letter in alphabet.characters if letter not in signs]
    return "".join((letters or list(alphabet.characters)) * SHORTEST)[: 3 * SHORTEST]


def beginning(alphabet: Vocabulary) -> str:
    """Return how a text in these letters may begin."""
    known = set(alphabet.characters)
    return next((text for text in BEGINS if set(text) <= known), example(alphabet)[:1])
