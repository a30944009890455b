"""Who reads what: a shipped network, an untrained one, or one that a visitor brought."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch

from explorer.cells import CELLS
from explorer.labs.cells.letters import MOST_CELLS_OF_A_TRACE, material_of_letters
from explorer.labs.cells.settings import READS, TRAINED, CellLab, readers_of
from explorer.networks.cards import Card
from explorer.networks.enclosed import Enclosed
from explorer.networks.kinds import NUMBERS, Given, Kind, Network
from explorer.networks.material import Material, as_meant
from explorer.networks.recipes import Task
from explorer.networks.shelf import kept
from explorer.networks.shipped import shipped, trouble
from explorer.networks.tasks import RECIPES, TASKS
from explorer.networks.trained import Trained
from explorer.networks.uploads import Found, Lettered, Upload, Wiring, lettered, wirings
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.stack import Stack

GONE = "this server does not hold the uploaded network any more; upload the file again"
NONE_BROUGHT = "there is no uploaded network here; bring one in the view Networks"


@dataclass(frozen=True)
class Reader:
    """A stack of cells, the trained network around it if there is one, and what it is to read.

    A network that a visitor brought with its alphabet is a trained one without a card, and so is
    one that learned in the sequence lab.
    """

    stack: Stack
    trained: Trained | Lettered | Enclosed | None
    given: Given
    assumed: tuple[str, ...] = ()  # sentences on what the file of an uploaded one does not say

    @property
    def network(self) -> Network | None:
        """The whole network, if there is one."""
        return self.trained.network if self.trained else None

    @property
    def card(self) -> Card | None:
        """What is known of the network."""
        return self.trained.card if self.trained else None

    @property
    def clock(self) -> str:
        """What one step reads: "character", "value", "year", "row" or "step"."""
        return self.given.clock

    @property
    def tokens(self) -> tuple[str, ...]:
        """What is read, step by step, in words."""
        return self.given.tokens

    @property
    def text(self) -> str:
        """The text that is read; empty where it is none."""
        return self.given.text

    @property
    def title(self) -> str:
        """Who reads, in a few words."""
        if self.card:
            return self.card.sentence
        if isinstance(self.trained, Enclosed):
            return self.trained.title
        letters = ""
        if isinstance(self.trained, Lettered):
            letters = f"; it reads and expects {len(self.trained.alphabet):,} letters"
        return described(self.stack) + letters


@dataclass(frozen=True)
class Here:
    """What is read by which cell, of what there is on this server.

    `why` says in sentences what is not as it was asked for; empty: it is all here.
    """

    reads: str
    cell: str
    upload: str
    part: int
    why: str = ""


def able(reads: str) -> tuple[str, ...]:
    """Return the cells that can read this here: of trained networks those whose file opens."""
    if reads not in TRAINED:
        return tuple(CELLS)
    return tuple(cell for cell, name in TRAINED[reads].items() if not trouble(name))


def offered(upload: str) -> tuple[str, ...]:
    """Return what can be read here, by a trained network, an untrained or the uploaded one."""
    some = tuple(reads for reads in READS if reads != "yours" and able(reads))
    return (*some, "yours") if upload and kept(upload) else some


def here(reads: str, cell: str, upload: str, part: int) -> Here:
    """Return what is read, and by whom, when this is asked for: what is not here is replaced."""
    why = []
    if upload and kept(upload) is None:
        why.append(GONE)
        upload, part = "", 0
    elif reads == "yours" and not upload:
        why.append(NONE_BROUGHT)
    elif reads == "yours" and part >= (count := _parts(upload)):
        why.append(f"the uploaded file has no part {part}: they are counted from 0 to {count - 1}")
        part = count - 1
    if not able(reads):
        why.append(_trouble(reads, cell))
    if (reads == "yours" and not upload) or not able(reads):
        reads = offered(upload)[0]
        cell = _nearest(cell, reads)
        why.append(f"{READS[reads]} is read instead, by the {CELLS[cell].label}")
    elif cell not in able(reads):
        why.append(_trouble(reads, cell))
        cell = _nearest(cell, reads)
        why.append(f"the {CELLS[cell].label} reads it instead")
    return Here(reads, cell, upload, part, why=" ".join(f"{s[:1].upper()}{s[1:]}." for s in why))


def _trouble(reads: str, cell: str) -> str:
    """Why a cell cannot read something: nobody trained it, or its file does not open."""
    if cell not in TRAINED[reads]:
        return f"no {CELLS[cell].label} was trained to read {READS[reads]}"
    return f"the file {trouble(TRAINED[reads][cell])}"


def _parts(upload: str) -> int:
    """How many recurrent networks there are in an uploaded file."""
    found = kept(upload)
    return 1 if found is None or found.trained else len(found.found)


def _nearest(cell: str, reads: str) -> str:
    """The cell that reads in place of another: itself, the LSTM, or the first there is."""
    some = able(reads)
    return next((each for each in (cell, "lstm") if each in some), some[0])


def readable(settings: CellLab, last: CellLab | None = None) -> CellLab:
    """Return the settings with what is read at its example, by a network that is here.

    An uploaded network goes on reading what it ``last`` read, where that can be read.
    """
    if settings.reads == "yours":
        for given in (last.given if last else "", ""):
            try:
                reader(again := replace(settings, given=given))
            except ValueError:
                continue
            return again
    found = here(CellLab.reads, CellLab.cell, "", 0)
    return replace(CellLab(view=settings.view), reads=found.reads, cell=found.cell)


def material_of(settings: CellLab) -> Material | None:
    """Return what the settings give to read, with its dial; None where it is noise."""
    if settings.reads in TASKS:
        return TASKS[settings.reads].material
    if settings.reads != "yours":
        return None
    upload = _uploaded(settings)
    if upload.trained is not None:
        return task_of(upload.trained).material
    if upload.enclosed:
        return enclosed_part(upload, settings.part).material
    part, speaks = _part(upload, settings), brought(settings)
    if isinstance(speaks, Lettered):
        return material_of_letters(speaks)
    return _first_of(NUMBERS).material if part.stack.inputs == 1 else None


def squashes(settings: CellLab) -> tuple[str, ...]:
    """Return the activations to choose from, where an uploaded file does not say which it is."""
    if settings.reads != "yours" or _uploaded(settings).trained is not None:
        return ()
    return _as_assumed(_uploaded(settings), settings).squashes


def brought(settings: CellLab) -> Lettered | str | None:
    """Return the uploaded network as it reads letters, or why it does not; None if that is none.

    None also for a network that learned in this project, which says itself what it reads. Raises
    ValueError where nothing was uploaded, or not that part.
    """
    if settings.reads != "yours":
        return None
    upload = _uploaded(settings)
    if upload.trained is not None:
        return None
    _part(upload, settings)
    if upload.enclosed:
        return None
    s = settings
    return _lettered(s.upload, s.part, s.squash, s.alphabet, s.wiring)


def own_writer(settings: CellLab) -> CharacterNetwork | None:
    """Return the uploaded network where it is looked at and expects letters, else None.

    Raises ValueError as `brought` does.
    """
    if settings.reads != "yours":
        return None
    upload = _uploaded(settings)
    trained: Trained | Lettered | Enclosed | str | None = upload.trained or brought(settings)
    if upload.enclosed:
        trained = enclosed_part(upload, settings.part)
    network = trained.network if isinstance(trained, Trained | Lettered | Enclosed) else None
    return network if isinstance(network, CharacterNetwork) else None


def wirings_of(settings: CellLab) -> tuple[Wiring, ...]:
    """Return what could embed and read out the uploaded network; nothing where none is looked at.

    Raises ValueError as `brought` does.
    """
    if settings.reads != "yours" or (upload := _uploaded(settings)).trained is not None:
        return ()
    if upload.enclosed:
        return ()
    return wirings(upload, _part(upload, settings))


@lru_cache(maxsize=8)
def _lettered(mark: str, part: int, squash: str, alphabet: str, wiring: int) -> Lettered | str:
    """A network put together once for all its readings; what a mark stands for never changes."""
    upload = kept(mark)
    if upload is None:
        raise ValueError(GONE)
    squashed = tuple(found.squashed(squash) for found in upload.found)
    return lettered(replace(upload, found=squashed), part, as_meant(alphabet), wiring)


def task_of(trained: Trained) -> Task:
    """Return the task that a network learned, or the first one of its kind where nobody knows."""
    recipe = RECIPES.get(trained.card.name)
    if recipe is not None and recipe.task.kind is trained.kind:
        return recipe.task
    return _first_of(trained.kind)


def _first_of(kind: Kind[Any]) -> Task:
    return next(task for task in TASKS.values() if task.kind is kind)


def reader(settings: CellLab) -> Reader:
    """Return who reads what by these settings. Raises ValueError with one sentence."""
    given = _given(material_of(settings), settings)
    if settings.reads == "yours":
        upload = _uploaded(settings)
        trained = upload.trained or brought(settings)
        if isinstance(trained, Trained):
            return _trained(trained, given)
        if upload.enclosed:
            return _trained(enclosed_part(upload, settings.part), given)
        part = _part(upload, settings)
        read = _bare(part.stack, given, settings)
        if isinstance(trained, Lettered):
            read = _trained(trained, given)
        return replace(read, assumed=part.assumed)
    if settings.cell not in (some := readers_of(settings.reads)):
        raise ValueError(
            f"no network of the cell {settings.cell!r} was trained to read "
            f"{READS[settings.reads]}; choose from {', '.join(map(repr, some))}"
        )
    if settings.network_name is None:
        stack = Stack.draw(
            settings.cell,
            settings.inputs,
            settings.units,
            settings.layers,
            settings.both_ways,
            torch.Generator().manual_seed(settings.seed),
        )
        return _bare(stack, given, settings)
    return _trained(shipped(settings.network_name), given)


def described(stack: Stack) -> str:
    """Return a stack in a few words."""
    layers = f"{stack.depth} layers" if stack.depth > 1 else "one layer"
    ways = ", both ways" if stack.both_ways else ""
    cell = stack.cell.label if stack.cell.varied else stack.cell_name
    return f"{cell} of {stack.units} units, {layers}{ways}, {stack.parameters:,} weights"


def _given(material: Material | None, settings: CellLab) -> Given | None:
    """What the dial of a material says is read, if it allows that; None without a material."""
    if material is None:
        return None
    value = settings.said(material)
    material.check(value)
    given: Given = material.given(value)
    return given


def parts_of(settings: CellLab) -> tuple[str, ...]:
    """Return what the parts of a network that learned in the sequence lab are called."""
    upload = _uploaded(settings) if settings.reads == "yours" else None
    if upload is None or not upload.enclosed:
        return ()
    return tuple(found.name for found in upload.found)


def enclosed_part(upload: Upload, part: int) -> Enclosed:
    """Return a part of a network that learned in the sequence lab.

    Raises ValueError for a part that it does not have.
    """
    if part >= len(upload.enclosed):
        raise ValueError(f"part must be between 0 and {len(upload.enclosed) - 1} here, not {part}")
    return upload.enclosed[part]


def _trained(trained: Trained | Lettered | Enclosed, given: Given | None) -> Reader:
    if given is None:
        raise ValueError("a trained network must be given something to read")
    return Reader(trained.network.stack, trained, given)


def _uploaded(settings: CellLab) -> Upload:
    if not settings.upload:
        raise ValueError(NONE_BROUGHT)
    upload = kept(settings.upload)
    if upload is None:
        raise ValueError(GONE)
    return upload


def _part(upload: Upload, settings: CellLab) -> Found:
    return _as_assumed(upload, settings).squashed(settings.squash)


def _as_assumed(upload: Upload, settings: CellLab) -> Found:
    if settings.part >= len(upload.found):
        raise ValueError(
            f"part must be between 0 and {len(upload.found) - 1} here, not {settings.part}"
        )
    return upload.found[settings.part]


def _bare(stack: Stack, given: Given | None, settings: CellLab) -> Reader:
    """Cells without a network around them: the given numbers as they are, or noise."""
    if given is not None:
        x = torch.tensor(given.values, dtype=torch.float64)[:, None]
        return Reader(stack, None, replace(given, x=x))
    return Reader(stack, None, _noise(stack, settings))


def _noise(stack: Stack, settings: CellLab) -> Given:
    """Normal numbers of a seed: an input that means nothing, to watch the cell itself."""
    if stack.units * settings.steps > MOST_CELLS_OF_A_TRACE:
        raise ValueError(f"steps must be at most {MOST_CELLS_OF_A_TRACE // stack.units:,} here")
    rng = torch.Generator().manual_seed(settings.seed + 1)
    x = torch.randn(settings.steps, stack.inputs, generator=rng, dtype=torch.float64)
    return Given("step", tuple(str(step + 1) for step in range(settings.steps)), x=x)
