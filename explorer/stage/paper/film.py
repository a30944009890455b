"""Films of a scene: a picture of every frame, with axes that stay the same throughout."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from explorer.figures.scene import Scene
from explorer.runs.frames import Frame
from explorer.stage.paper.picture import Painter
from explorer.stage.standalone import indices_kept

MOST_FRAMES = 240  # of a film: about ten seconds
RATE = 25  # frames a second
COLOURS = 128  # of a GIF


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
) -> int:
    """Write a film of a run to a ``.gif`` or ``.mp4`` file and return how many pictures it has.

    Of more than 240 frames every second, fourth, … is shown, and the last. Raises ValueError for
    another suffix and without frames, and ModuleNotFoundError, with what to install, for a
    ``.mp4`` without imageio-ffmpeg.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise ValueError(f"unknown suffix {path.suffix!r} of {path.name!r}; choose from {known}")
    if path.suffix == ".mp4":
        _ffmpeg()
    kept = indices_kept(len(frames), MOST_FRAMES) if frames else []
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
    WRITERS[path.suffix](path, (painter.paint(i) for i in range(len(kept))), painter.size)
    return len(kept)


def _write_gif(path: Path, pictures: Iterable[Image.Image], size: tuple[int, int]) -> None:
    """Write an animation that runs for ever, all pictures in the colours of the first and last."""
    drawn = list(pictures)
    both = Image.new("RGB", (size[0], 2 * size[1]))
    both.paste(drawn[0], (0, 0))
    both.paste(drawn[-1], (0, size[1]))
    palette = both.quantize(COLOURS)
    first, *others = (p.quantize(palette=palette, dither=Image.Dither.NONE) for p in drawn)
    durations = [1000 // RATE] * (len(drawn) - 1) + [1500]  # the end stays for a moment
    first.save(
        path, save_all=True, append_images=others, duration=durations, loop=0, optimize=False
    )


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
