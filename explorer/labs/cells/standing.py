"""What a configuration stands for here: its dials, each at something that there is.

A dial that is turned may leave others at what no longer goes with it: a cell that nobody trained to
read this text, a unit that another network has, a span beyond the end of what is read, a value
beyond what a gate can be. The page turns those to what there is and says so; what a stage is
answered meanwhile is of the same settings.
"""

from dataclasses import dataclass, replace

from explorer.cells import CELLS, STATES
from explorer.labs.cells.letters import beginning, check_text, room
from explorer.labs.cells.operated import holds
from explorer.labs.cells.readers import Reader, brought, here, own_writer, reader
from explorer.labs.cells.reading import place
from explorer.labs.cells.settings import SPEAKERS, CellLab
from explorer.labs.cells.written import speakers
from explorer.networks.material import as_meant, as_typed
from explorer.sequences.characters import CharacterNetwork

READING_VIEWS = ("step", "memory", "patterns", "surgery")
"""The views in which a network reads what a dial says."""
SPAN_VIEWS = ("patterns", "surgery")
"""Those in which a span of it is chosen."""


@dataclass(frozen=True)
class Standing:
    """Settings of things that are here.

    ``why`` says in sentences what was asked for and cannot be, ``notes`` what comes of a choice.
    """

    settings: CellLab
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def standing(settings: CellLab) -> Standing:
    """Return what the settings stand for. Raises ValueError where nothing can be read by them."""
    found = here(settings.reads, settings.cell, settings.upload, settings.part)
    kept = replace(
        settings, reads=found.reads, cell=found.cell, upload=found.upload, part=found.part
    )
    now = Standing(kept, (found.why,) if found.why else ())
    if settings.view == "writing":
        return _writing(now)
    if settings.view not in READING_VIEWS:
        return now
    who = reader(kept)
    now = _looked_at(now, who)
    if settings.view in SPAN_VIEWS:
        now = _spanned(now, who)
    return _held(now, who.stack.cell_name) if settings.view == "surgery" else now


def _writing(now: Standing) -> Standing:
    """By a network that writes, if there is one."""
    if (own := own_writer(now.settings)) is not None:
        return _begun(now, own)
    why_not = brought(now.settings)
    if isinstance(why_not, str):
        now = replace(now, notes=(*now.notes, f"Your network does not write: {why_not}. Ours do."))
    some, asked = speakers(), now.settings.cell
    if asked in some or not some:
        return now
    writer = "lstm" if "lstm" in some else some[0]
    notes = now.notes
    if asked not in SPEAKERS:
        notes += (f"{CELLS[asked].short} does not write here; {CELLS[writer].short} does.",)
    return replace(now, settings=replace(now.settings, cell=writer), notes=notes)


def _begun(now: Standing, own: CharacterNetwork) -> Standing:
    """With a prompt that an uploaded network can read, and no more letters than it may have."""
    settings, why, notes = now.settings, now.why, now.notes
    try:
        check_text(own, as_meant(settings.prompt) or "\n")
    except ValueError as error:
        prompt = beginning(own.vocabulary)
        said = f"{_sentence(error)} It begins with “{prompt}” instead."
        if settings.prompt == CellLab.prompt:  # nobody typed that
            notes += (f"Your network begins with “{prompt}”: it has not all letters of ours.",)
        else:
            why += (said,)
        settings = replace(settings, prompt=as_typed(prompt))
    most = room(own, settings.prompt)
    if settings.length > most:
        why += (f"With {own.parameters:,} weights it writes up to {most} letters here.",)
        settings = replace(settings, length=most)
    return replace(now, settings=settings, why=why, notes=notes)


def _looked_at(now: Standing, who: Reader) -> Standing:
    """At a place and a unit that the network has."""
    settings, why = now.settings, now.why
    try:
        place(who, settings)
    except ValueError as error:
        why += (_sentence(error),)
        settings = replace(settings, place=-1)
    if settings.unit >= (units := who.stack.units):
        why += (f"Unit must be between 0 and {units - 1} here, not {settings.unit}.",)
        settings = replace(settings, unit=-1)
    return replace(now, settings=settings, why=why)


def _spanned(now: Standing, who: Reader) -> Standing:
    """With a span that reaches no further than what is read."""
    settings, why = now.settings, now.why
    end = len(who.tokens) - 1
    asked = (settings.first, settings.last)
    if max(asked) <= end:
        return now
    if asked != (CellLab.first, CellLab.last):  # else nobody asked for it
        why += (f"The span ends at {who.clock} {end + 1}, the last that is read.",)
    first, last = (min(at, end) for at in asked)
    return replace(now, settings=replace(settings, first=first, last=last), why=why)


def _held(now: Standing, cell: str) -> Standing:
    """With the hand on a part that the cell has, at a value that it can have."""
    settings = now.settings
    if settings.hold not in holds(cell):
        note = f"This cell has no {part(settings.hold)} to hold, so nothing is held."
        return replace(now, settings=replace(settings, hold="nothing"), notes=(*now.notes, note))
    if settings.hold == "nothing":
        return now
    low, high = held_within(cell, settings.hold)
    value = settings.value
    if low <= value <= high:
        return now
    why = f"The {part(settings.hold)} is held between {low:g} and {high:g}, not at {value:g}."
    within = replace(settings, value=min(high, max(low, value)))
    return replace(now, settings=within, why=(*now.why, why))


def part(name: str) -> str:
    """Return what a part that can be held is called within a sentence."""
    return STATES[name][0].title if name in STATES else name.replace("_", " ")


def held_within(cell: str, part: str) -> tuple[float, float]:
    """Return between which values a part is held: a gate within its own range."""
    share = part not in STATES and CELLS[cell].kind(part).is_share
    return (0.0, 1.0) if share else (-3.0, 3.0)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
