"""One iteration in slow motion, part by part."""

from explorer.figures import gans as figures
from explorer.figures.gans import slow as pictures
from explorer.gans.anatomy import taken_apart
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.slow import MOVES
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = """
**An iteration** is as many updates of the judge as its dial says, then one of the generator.
Parts 1 to 8 come once for each update of the judge, part 6 only where it pays for its slope. The
judge sees fresh data and fresh noise every time; the generator does not change meanwhile.

**Nothing is approximated.** The parts are those of the game itself, handed out one by one; played
to the end they give the weights of an undivided iteration to the last bit.

**One frozen judge.** In part 12 the saturating loss log(1 − D), the non-saturating −log D and a
critic's loss −f are asked what they make of the same points and the same judge. All three follow
the judge's slope and differ in length alone: with o the judge's answer before any sigmoid, by the
factors σ(o), σ(−o) and 1. Where the judge sees through the generator σ(o) is next to nothing. The
three share one scale, which the longest arrow sets; 24 points of the batch are drawn, and the means
are those of the batch, of at most 256 points.

**One player alone.** The buttons let the judge or the generator learn once while the other stands
still. What happens to a generator whose judge stands still for twenty updates?
"""


SOURCES = (taken_apart,)


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    lab, slow = material.asked(dials, GanLab.taken_apart)
    playing = {game.letter: game for game in figures.playing(lab)}
    column.show(
        "slow_side",
        offered=tuple(playing),
        written=lambda letter: playing[letter].short,
        as_="row",
        labelled=False,
    )
    column.show("slow_step")
    column.show("slow_moves", offered=tuple(MOVES), written=lambda letter: MOVES[letter].label)
    material.match_dials(dials, column, brief=True)
    material.table(dials)
    ask(
        Asking.about(pictures.answer, GanLab),
        surroundings.attend(),
        key="gans.slow",
        dials=column.told,
        on_settled=column.settle,
        title="One iteration, part by part.",
    )
    surroundings.unfolded("What an iteration is", HOW)
    game, before = playing[slow.side], slow.step
    moved = f" and {len(slow.moves)} single moves" if slow.moves else ""
    return f"{game.title}, {game.note}: one iteration after {before:,} others{moved}, part by part."
