"""How each training of the GAN lab looks, and how it begins: seen before its run is there.

A run that is opened anew takes a moment until its first frame has come, half of which are exact
distances. An opening is that frame without them; the run's own replaces it.
"""

from explorer.figures.gans.contestants import playing
from explorer.figures.gans.depth import depth_scene
from explorer.figures.gans.match import match_scene
from explorer.figures.gans.seeds import seeds_scene
from explorer.figures.gans.truth import truth_scene
from explorer.figures.scene import Scene, as_json
from explorer.labs.gans.beside import known_of_the_best
from explorer.labs.gans.settings import GanLab
from explorer.runs.answers import Answer


def match_of(lab: GanLab) -> Scene:
    """Return the games of a lab side by side."""
    data = lab.distribution()
    modes = 0 if data.modes is None else len(data.modes)
    return match_scene(
        playing(lab),
        data.extent,
        modes,
        lab.layer,
        data.kind,
        lab.turned().audit,
        data.held_fraction,
    )


def truth_of(lab: GanLab) -> Scene:
    """Return the games of a lab beside the truth; of images, side by side."""
    data, games, now = lab.distribution(), playing(lab), lab.turned()
    if data.kind == "image":
        return match_of(lab)
    known = {game.letter: known_of_the_best(now.settings(game.letter), data) for game in games}
    return truth_scene(games, data.extent, data.kind, known, bool(lab.given))


def seeds_of(lab: GanLab) -> Scene:
    """Return all seeds of the games of a lab."""
    data, many = lab.distribution(), lab.many()
    modes = 0 if data.modes is None else len(data.modes)
    return seeds_scene(playing(lab), data.extent, modes, many.seed, many.seeds)


def depth_of(lab: GanLab) -> Scene:
    """Return the deep critics of a lab."""
    return depth_scene(lab.deep.clip, lab.deep.depth)


def match(lab: GanLab, moving: bool) -> Answer:
    """Return how a match begins."""
    games = lab.match()
    return Answer(
        as_json(match_of(lab)), [games.opening()], games.still(hurried=True), games.precision
    )


def truth(lab: GanLab, moving: bool) -> Answer:
    """Return how a match begins, beside the truth as far as it is known by then."""
    games = lab.match()
    return Answer(
        as_json(truth_of(lab)), [games.opening()], games.still(hurried=True), games.precision
    )


def seeds(lab: GanLab, moving: bool) -> Answer:
    """Return how many seeds of the games begin."""
    many = lab.many()
    return Answer(as_json(seeds_of(lab)), [next(many.stream())], many.still(), many.precision)


def depth(lab: GanLab, moving: bool) -> Answer:
    """Return how the deep critics begin."""
    deep = lab.critics()
    return Answer(as_json(depth_of(lab)), [next(deep.stream())], deep.still(), deep.precision)
