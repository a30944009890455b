"""A sheet to draw on without a browser: lines, shapes, letters and heat maps with Pillow.

Everything is drawn at twice its size and brought down at the end, which smooths the edges. Lengths
are the pixels of the finished picture; y runs downwards.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explorer.stage.paper.colour import channels, lightness
from explorer.stage.paper.registry import registered

LARGER = 2
TEXT = 14.0  # px of the letters, unless they are larger
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Ink = tuple[int, int, int, int]  # red, green, blue and opacity, 0 to 255

# Families that hold σ, − and ⁻³, as systems carry them; Pillow's own letters lack these signs.
FACES: Mapping[str, tuple[str, ...]] = {
    "plain": ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "LiberationSans-Regular.ttf"),
    "bold": ("DejaVuSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf", "LiberationSans-Bold.ttf"),
    "mono": ("DejaVuSansMono.ttf", "Menlo.ttc", "consola.ttf", "LiberationMono-Regular.ttf"),
}
SPELT = str.maketrans(
    {
        "−": "-", "–": "-", "×": "x", "·": ".", "σ": "s", "∞": "inf", "␣": "_", "↵": "/", "⇥": ">",
        "⁻": "-", "₋": "-", "₁": "1", "²": "2", "³": "3", "λ": "lambda ",
        **{sign: str(i) for i, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹") if i not in (2, 3)},
    }
)  # fmt: skip


@functools.lru_cache(maxsize=64)
def font(face: str, size: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    """Return letters of a face, and whether they hold all signs; Pillow's own as a last resort."""
    for name in FACES[face]:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False


@functools.lru_cache(maxsize=4096)
def _width(words: str, size: int, face: str) -> float:
    """Return the width of one line in the pixels of the large picture: films say the same often."""
    letters, complete = font(face, size)
    return float(letters.getlength(words if complete else words.translate(SPELT)))


class Paper:
    """A sheet of one size and ground."""

    def __init__(self, width: int, height: int, palette: Mapping[str, str]) -> None:
        self.width, self.height, self.palette = width, height, palette
        size = (LARGER * width, LARGER * height)
        self._image = Image.new("RGB", size, palette["background"])
        self._draw = ImageDraw.Draw(self._image, "RGBA")
        self._origin = (0, 0)  # of the part that is drawn on, in the pixels of the large picture

    @property
    def dark(self) -> bool:
        """Return whether what is drawn is lighter than the ground."""
        return lightness(self.palette["background"]) < 0.5

    def finished(self) -> Image.Image:
        """Return the picture at its own size."""
        return self._image.reduce(LARGER)

    def colour(self, role: str) -> str:
        """Return the colour of a role; a colour stays itself."""
        return role if role.startswith("#") else registered(self.palette, role, "role")

    @contextmanager
    def within(self, left: float, top: float, right: float, bottom: float) -> Iterator[None]:
        """Keep what is drawn meanwhile inside a rectangle."""
        corner = (max(0, round(LARGER * left)), max(0, round(LARGER * top)))
        end = (round(LARGER * right), round(LARGER * bottom))
        whole = self._image, self._draw, self._origin
        self._image = self._image.crop(
            (*corner, max(corner[0] + 1, end[0]), max(corner[1] + 1, end[1]))
        )
        self._draw, self._origin = ImageDraw.Draw(self._image, "RGBA"), corner
        try:
            yield
        finally:
            part, (self._image, self._draw, self._origin) = self._image, whole
            self._image.paste(part, corner)

    def _at(self, x: float, y: float) -> Point:
        """Return a place in the large picture, whose pixels begin at whole numbers."""
        return LARGER * x - self._origin[0], LARGER * y - self._origin[1]

    def _among(self, x: float, y: float) -> Point:
        """Return a place as Pillow takes it for lines and areas: pixels lie at whole numbers."""
        left, top = self._at(x, y)
        return left - 0.5, top - 0.5

    def _fill(self, role: str, opacity: float) -> Ink:
        return (*channels(self.colour(role)), round(255 * opacity))

    def line(
        self,
        points: Iterable[Point],
        role: str,
        width: float = 2.0,
        dash: Sequence[float] = (),
        opacity: float = 1.0,
    ) -> None:
        """Draw a line through points, dashed by lengths on and off."""
        path = [self._among(x, y) for x, y in points]
        if len(path) < 2:
            return
        fill, thick = self._fill(role, opacity), max(1, round(LARGER * width))
        if not dash and opacity < 1 and len(path) > 2:
            self._veil(path, role, thick, opacity)
            return
        if not dash:
            self._draw.line(path, fill, thick, joint="curve")
            return
        for piece in _dashes(path, [LARGER * length for length in dash]):
            self._draw.line(piece, fill, thick)

    def _veil(self, path: Sequence[Point], role: str, thick: int, opacity: float) -> None:
        """Draw a line that lets the ground through, and no more of itself at its corners."""
        xs, ys = zip(*path, strict=True)
        left, top = max(0, math.floor(min(xs)) - thick), max(0, math.floor(min(ys)) - thick)
        right = min(self._image.width, math.ceil(max(xs)) + thick)
        bottom = min(self._image.height, math.ceil(max(ys)) + thick)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        moved = [(x - left, y - top) for x, y in path]
        ImageDraw.Draw(mask).line(moved, round(255 * opacity), thick, joint="curve")
        self._image.paste(self.colour(role), (left, top), mask)

    def polygon(self, points: Iterable[Point], role: str, opacity: float = 1.0) -> None:
        """Fill the area inside points."""
        corners = [self._among(x, y) for x, y in points]
        if len(corners) > 2:
            self._draw.polygon(corners, self._fill(role, opacity))

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        role: str,
        radius: float = 0.0,
        outline: str = "",
        width: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Fill a rectangle with round corners, with an outline where one is named."""
        if right <= left or bottom <= top:
            return
        corner, (x, y) = self._at(left, top), self._at(right, bottom)
        end = (max(corner[0], x - 1), max(corner[1], y - 1))  # that pixel is filled, too
        self._draw.rounded_rectangle(
            [corner, end],
            LARGER * radius,
            self._fill(role, opacity),
            self._fill(outline, 1.0) if outline else None,
            round(LARGER * width) if outline else 0,
        )

    def dot(
        self, x: float, y: float, radius: float, role: str, opacity: float = 1.0, shape: str = "dot"
    ) -> None:
        """Draw a dot, a ring or a cross that a circle of this radius holds."""
        (x, y), r = self._among(x, y), LARGER * radius - 0.5
        fill, thick = self._fill(role, opacity), max(1, round(LARGER * max(1.1, 0.45 * radius)))
        registered(SHAPES, shape, "shape of a point")(self._draw, x, y, r, fill, thick)

    def heat(
        self,
        colours: np.ndarray,
        left: float,
        top: float,
        right: float,
        bottom: float,
        smooth: bool = False,
    ) -> None:
        """Stretch (rows, columns, 3) bytes over a rectangle; row 0 lies on top.

        Cells keep sharp edges unless they are asked to be ``smooth`` or are finer than pixels.
        """
        width, height = round(LARGER * (right - left)), round(LARGER * (bottom - top))
        if width < 1 or height < 1:
            return
        rows, columns = colours.shape[:2]
        finer = rows > height or columns > width
        sharp = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
        kept = Image.Resampling.BOX if finer else sharp
        image = Image.fromarray(colours).resize((width, height), kept)
        x, y = self._at(left, top)
        self._image.paste(image, (round(x), round(y)))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = TEXT,
        role: str = "ink",
        anchor: str = "ls",
        face: str = "plain",
        halo: str = "",
    ) -> None:
        """Write one line, with a rim in the colour ``halo`` where it covers lines.

        ``anchor`` is Pillow's: l, m or r across, a, m or s down.
        """
        letters, complete = font(face, round(LARGER * size))
        told = words if complete else words.translate(SPELT)
        rim = (2 * LARGER, self._fill(halo, 1.0)) if halo else (0, None)
        self._draw.text(
            self._at(x, y),
            told,
            self._fill(role, 1.0),
            letters,
            anchor=anchor,
            stroke_width=rim[0],
            stroke_fill=rim[1],
        )

    def upright(self, x: float, y: float, words: str, role: str = "ink") -> None:
        """Write one line from below upwards, its middle at a place."""
        letters, complete = font("plain", round(LARGER * TEXT))
        told = words if complete else words.translate(SPELT)
        box = [math.ceil(edge) for edge in letters.getbbox(told)]
        mask = Image.new("L", (box[2] + 2, box[3] + 2))
        ImageDraw.Draw(mask).text((1, 1), told, 255, letters)
        turned = mask.rotate(90, expand=True)
        left, top = self._at(x, y)
        corner = (round(left - turned.width / 2), round(top - turned.height / 2))
        self._image.paste(self.colour(role), corner, turned)

    def measure(self, words: str, size: float = TEXT, face: str = "plain") -> float:
        """Return the width of one line."""
        return _width(words, round(LARGER * size), face) / LARGER

    def wrapped(self, words: str, width: float, size: float = TEXT) -> list[str]:
        """Return the words in lines that are no wider than ``width``, where words allow it."""
        lines: list[str] = []
        for word in words.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.measure(joined, size) <= width:
                lines[-1] = joined
            else:
                lines.append(word)
        return lines

    def clipped(self, words: str, width: float, size: float = TEXT, face: str = "plain") -> str:
        """Return the words, cut with an ellipsis where they are wider than ``width``."""
        if self.measure(words, size, face) <= width:
            return words
        while words and self.measure(f"{words}…", size, face) > width:
            words = words[:-1]
        return f"{words.rstrip()}…" if words else ""


def _dot(pen: ImageDraw.ImageDraw, x: float, y: float, r: float, fill: Ink, thick: int) -> None:
    pen.ellipse([x - r, y - r, x + r, y + r], fill)


def _ring(pen: ImageDraw.ImageDraw, x: float, y: float, r: float, fill: Ink, thick: int) -> None:
    pen.ellipse([x - r, y - r, x + r, y + r], None, fill, thick)


def _cross(pen: ImageDraw.ImageDraw, x: float, y: float, r: float, fill: Ink, thick: int) -> None:
    arm = r / math.sqrt(2)
    pen.line([(x - arm, y - arm), (x + arm, y + arm)], fill, thick)
    pen.line([(x - arm, y + arm), (x + arm, y - arm)], fill, thick)


SHAPES: Mapping[str, Callable[..., None]] = {"dot": _dot, "ring": _ring, "cross": _cross}


def _dashes(path: Sequence[Point], lengths: Sequence[float]) -> list[list[Point]]:
    """Return the pieces of a line that a pattern of lengths on and off leaves."""
    pieces: list[list[Point]] = []
    which, left = 0, lengths[0]
    current = [path[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(path):
        length, done = math.hypot(x1 - x0, y1 - y0), 0.0
        while length - done > left:
            done += left
            point = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length)
            if which % 2 == 0:
                pieces.append([*current, point])
            which, current = which + 1, [point]
            left = lengths[which % len(lengths)]
        left -= length - done
        current.append((x1, y1))
    if which % 2 == 0 and len(current) > 1:
        pieces.append(current)
    return pieces
