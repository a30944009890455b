"""The picture of one game: data, samples and what the judge thinks of every place.

How to read it: dark points are data, orange ones are generated. The ground shows the judge: green
where it says real (or gives a high value), violet where it says generated. An arrow is what the
generator's own loss asks of that sample, in true magnitude: minus the gradient of the loss with
respect to the sample. Long arrows move samples; where there are none, nothing is learned.
"""

from explorer.figures.gans.contestants import Contestant
from explorer.figures.scene import Arrows, Axis, Curve, Mark, Mesh, Plot, Points, Surface, Tiles
from explorer.labs.gans.looks import LAYERS

Extent = tuple[float, float, float, float]  # x0, x1, y0, y1

# One scale for all games: a pull of 1 (a critic's ideal slope) is drawn a tenth of a unit long,
# and what is longer than half a unit is cut and marked.
ARROW_SCALE = 0.1
LONGEST_ARROW = 0.5


def ground(
    game: Contestant, array: str, extent: Extent, probability: bool, label: str = ""
) -> Surface:
    """Return the surface of a judge: probabilities from 0 to 1, other values around their mean."""
    words = "probability of being real" if probability else f"{game.judge}'s value"
    return Surface(
        f"{game.letter}/{array}",
        extent,
        low=0.0 if probability else None,
        high=1.0 if probability else None,
        middle=0.5 if probability else 0.0,
        contours=0 if probability else 9,
        label=label or words,
    )


def picture(game: Contestant, extent: Extent, layer: str = "pull") -> Plot:
    """Return the picture of a game in the plane. Raises ValueError for a layer there is none of."""
    if layer not in LAYERS:
        raise ValueError(f"unknown layer {layer!r}; choose from {', '.join(map(repr, LAYERS))}")
    letter, (x0, x1, y0, y1) = game.letter, extent
    marks: list[Mark] = [
        ground(game, "surface", extent, game.gives_probability),
        Points("real", "real", size=2.2, opacity=0.75, label="data"),
    ]
    if layer == "grid":
        marks.append(
            Mesh(
                f"{letter}/grid",
                "fake",
                opacity=0.75,
                label="the grid of noise",
                density=f"{letter}/grid_density",
                origin="noise_grid",
            )
        )
    else:
        marks.append(Points(f"{letter}/fake", "fake", size=2.2, opacity=0.8, label="generated"))
    if layer == "pull":
        marks.append(
            Arrows(
                f"{letter}/tails",
                f"{letter}/arrows",
                "fake",
                scale=ARROW_SCALE,
                longest=LONGEST_ARROW,
                label="pull on the sample",
            )
        )
    shows = (
        "the probability that the discriminator gives"
        if game.gives_probability
        else (f"the {game.judge}'s value")
    )
    what = (
        "a grid of noise as the generator bends it, shaded where its points lie thick,"
        if layer == "grid"
        else "generated points"
    )
    return Plot(
        area=letter,
        title=game.title,
        note=game.note,
        marks=tuple(marks),
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt=f"{game.title}, {game.note}: data and {what} over {shows}. Step {{step}}.",
    )


def profile(game: Contestant) -> Plot:
    """Return a game on a line: the data's density, a histogram of samples, and the judge."""
    letter = game.letter
    return Plot(
        area=letter,
        title=game.title,
        note=game.note,
        marks=(
            Curve("density", "real", x="axis", label="data"),
            Curve(f"{letter}/histogram", "fake", x="axis", label="generated"),
            Curve(f"{letter}/profile", "critic", x="profile_axis", label=game.judge, dashed=True),
        ),
        alt=f"{game.title}, {game.note}: the density of the data and of the samples, and what the "
        f"{game.judge} says along the line. Step {{step}}.",
    )


def cumulated(game: Contestant) -> Plot:
    """Return both cumulated distributions on a line: the area between them is W₁."""
    letter = game.letter
    return Plot(
        area=f"{letter}_cdf",
        title=f"{game.title}: cumulated",
        note="the area between is W₁",
        marks=(
            Curve("cdf", "real", x="axis", label="data"),
            Curve(f"{letter}/cdf", "fake", x="axis", label="generated"),
        ),
        y=Axis(0, 1),
        alt=f"Cumulated distributions; {{{letter}/w1}} lies between them.",
    )


def tiles(game: Contestant) -> Tiles:
    """Return the digits that a game makes, a class a column where labels go into the networks."""
    return Tiles(
        area=game.letter,
        title=game.title,
        note=game.note,
        array=f"{game.letter}/tiles",
        columns=10,
        low=-1.0,
        alt=f"{game.title}, {game.note}: digits of 8 × 8 pixels that the generator makes. "
        "Step {step}.",
    )
