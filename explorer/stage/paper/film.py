"""Films of a scene: a picture of every frame, with axes that stay the same throughout."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.figures.scene import Scene
from explorer.runs.frames import Frame
from explorer.runs.recording import indices_kept
from explorer.stage.paper.picture import Painter

MOST_FRAMES = 240  # of a film: about ten seconds
RATE = 25  # frames a second
COLOURS = 256  # of a GIF
KEPT = 96  # of them are as they are: grounds, lines and letters; the others stand for the rest


def film(
    scene: Scene,
    still: Frame,
    frames: Sequence[Frame],
    path: Path | str,
    *,
    dark: bool = False,
    size: tuple[int, int] = (960, 540),
    heading: str = "",
    select: Mapping[str, int] | None = None,
    last: int | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> int:
    """Write a film of a run to a ``.gif`` or ``.mp4`` file and return how many pictures it has.

    It ends with the frame at ``last``, but its axes and heat maps are those of all frames. Of more
    than 240 every second, fourth, … is shown, and the last. ``tell`` hears which share of all work
    is done. Raises ValueError for another suffix and without frames, and
    ModuleNotFoundError, with what to install, for a ``.mp4`` without imageio-ffmpeg.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise ValueError(f"unknown suffix {path.suffix!r} of {path.name!r}; choose from {known}")
    if path.suffix == ".mp4":
        _ffmpeg()
    end = len(frames) if last is None else last + 1
    shown = indices_kept(end, MOST_FRAMES) if frames else []
    apart = shown[1] - shown[0] if len(shown) > 1 else 1
    kept = [*shown, *range(end - 1 + apart, len(frames), apart)]
    painter = Painter(
        scene,
        still,
        [frames[i] for i in kept],
        kept,
        dark=dark,
        size=(size[0] // 2 * 2, size[1] // 2 * 2),  # video codecs ask for even ones
        heading=heading,
        select=select,
    )
    WRITERS[path.suffix](path, _painted(painter, len(shown), tell), painter.size)
    return len(shown)


def _painted(painter: Painter, count: int, tell: Callable[[float], None]) -> Iterator[Image.Image]:
    for i in range(count):
        yield painter.paint(i)
        tell((i + 1) / (count + 1))


def _write_gif(path: Path, pictures: Iterable[Image.Image], size: tuple[int, int]) -> None:
    """Write an animation that runs for ever, all pictures in one palette of the whole film.

    A colour is the same in all of them, so that nothing flickers that stands still. What was
    painted is kept packed until the palette is known: a film of 240 pictures takes 370 MB.
    """
    drawn, seen = [], np.zeros(2**24, np.uint32)
    for picture in pictures:
        drawn.append(zlib.compress(picture.tobytes(), 1))
        colours, counts = np.unique(_packed(np.asarray(picture)), return_counts=True)
        seen[colours] += counts.astype(np.uint32)
    known = np.flatnonzero(seen)
    palette = _palette(known, seen)
    places = np.zeros(2**24, np.uint8)
    places[known] = _nearest(known, palette)

    def small(packed: bytes) -> Image.Image:
        colours = _packed(np.frombuffer(zlib.decompress(packed), np.uint8))
        found = Image.fromarray(places[colours].reshape(size[1], size[0]), "P")
        found.putpalette(palette.ravel().tolist())
        return found

    first, *others = drawn
    durations = [1000 // RATE] * len(others) + [1500]  # the end stays for a moment
    small(first).save(
        path,
        save_all=True,
        append_images=map(small, others),
        duration=durations,
        loop=0,
        optimize=False,
    )


def _palette(colours: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return at most 256 colours, (n, 3) bytes, for these: 0xRRGGBB, by how often there are.

    The most frequent ones stand in it as they are. The rest, the shades of heat maps and the rims
    of letters, are cut into boxes (Heckbert 1982) by how often they are, in tenfolds, lest a large
    ground takes all boxes for itself.
    """
    order = colours[np.argsort(counts[colours])[::-1]]
    kept, rest = order[:KEPT], order[KEPT:]
    if not len(rest):
        return _channels(kept)
    often = np.repeat(rest, 1 + np.log10(counts[rest]).astype(int))
    cut = Image.fromarray(_channels(often)[None]).quantize(COLOURS - KEPT)
    boxes = np.array(cut.getpalette(), np.uint8).reshape(-1, 3)
    return np.concatenate([_channels(kept), boxes])[:COLOURS]


def _nearest(colours: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return the place in the palette that is nearest to each colour, 0xRRGGBB."""
    ours = palette.astype(np.float32)
    found = np.empty(len(colours), np.uint8)
    for start in range(0, len(colours), 4096):
        some = _channels(colours[start : start + 4096]).astype(np.float32)
        apart = (ours**2).sum(-1) - 2 * some @ ours.T  # and what all have alike
        found[start : start + 4096] = apart.argmin(-1)
    return found


def _packed(channels: np.ndarray) -> np.ndarray:
    """Return (…, 3) bytes, or as many in a row, as 0xRRGGBB."""
    red, green, blue = channels.reshape(-1, 3).astype(np.uint32).T
    return red << 16 | green << 8 | blue


def _channels(colours: np.ndarray) -> np.ndarray:
    """Return 0xRRGGBB as (n, 3) bytes."""
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], -1).astype(np.uint8)


def _write_mp4(path: Path, pictures: Iterable[Image.Image], size: tuple[int, int]) -> None:
    """Write an H.264 film that every player can show."""
    writer = _ffmpeg().write_frames(
        str(path), size, fps=RATE, codec="libx264", pix_fmt_out="yuv420p", macro_block_size=2
    )
    writer.send(None)
    try:
        for drawn in pictures:
            writer.send(drawn.tobytes())
    finally:
        writer.close()


def _ffmpeg() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ModuleNotFoundError(
            "a .mp4 film needs the package imageio-ffmpeg (pip install imageio-ffmpeg); "
            "a .gif needs nothing more"
        ) from None
    return imageio_ffmpeg


WRITERS: Mapping[str, Callable[[Path, Iterable[Image.Image], tuple[int, int]], None]] = {
    ".gif": _write_gif,
    ".mp4": _write_mp4,
}
