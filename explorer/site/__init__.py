"""The lessons as a static site: ``python -m explorer site OUT``.

Every lesson is one page with everything in it: texts, scripts, and what was recorded for it. So it
opens from a disk as well as from any path of a web host, and may be handed on alone.
"""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from explorer.runs.worker import arithmetic_of_a_trainer

MB = 1_000_000
LARGEST = 25 * MB  # of the whole site
LARGEST_FIRST = 2 * MB  # of the page of the first lesson
LARGEST_PAGE = 4 * MB  # of any other, while enough is left for those that follow
LEFT_FOR_ONE = 1 * MB  # of those that follow, each
FOR_THE_LIST = 100_000
DONE, FAILED = 0, 1


def site(out: Path, only: Sequence[str] | None = None) -> Callable[[], int]:
    """Return what builds the site into a folder, ready to go: calling it returns the exit status.

    ``only`` are the lessons that are built, all where it is None. Raises ValueError for a lesson
    that is not there, OSError for a folder that cannot be written.
    """
    from explorer.lessons.blocks import heads

    known = [head.name for head in heads()]
    for name in only or ():
        if name not in known:
            raise ValueError(f"there is no lesson {name[:40]!r}; choose from {', '.join(known)}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        growing = out / "index.html.part"
        growing.touch()
        growing.unlink()
    except OSError as error:
        raise type(error)(f"cannot write to {out}: {error.strerror}") from None
    return partial(build, out, only)


@arithmetic_of_a_trainer()
def build(out: Path, only: Sequence[str] | None = None) -> int:
    """Build the site: a line for each lesson, and at the end how large all of it is.

    A page is written once it is whole. Returns 1, with a sentence, where a limit is exceeded.
    """
    from explorer.lessons.reading import lessons
    from explorer.site.lessons import page_of
    from explorer.site.page import index_page

    all_of_them = list(lessons().values())
    some = [lesson for lesson in all_of_them if only is None or lesson.name in only]
    sizes: dict[str, int] = {}
    for lesson in some:
        began = time.monotonic()
        following = [each for each in some if each.number > lesson.number]
        most = allowed(lesson is all_of_them[0], sum(sizes.values()), len(following))
        try:
            page, said = page_of(lesson, following[0] if following else None, most, _progress)
        except ValueError as error:
            print(f"{lesson.name}: {error}", file=sys.stderr)
            return FAILED
        sizes[lesson.name] = _write(out / f"{lesson.name}.html", page)
        size, seconds = _mb(sizes[lesson.name]), time.monotonic() - began
        print(f"{lesson.name}.html: {size}, {said}, in {seconds:.0f} s", file=sys.stderr)
    sizes["index"] = _write(out / "index.html", index_page(some))
    whole = sum(sizes.values())
    largest = max(sizes, key=lambda name: sizes[name])
    print(
        f"{out}: {len(some)} lessons, {_mb(whole)} of {_mb(LARGEST)}; the largest page is "
        f"{largest}.html with {_mb(sizes[largest])}",
        file=sys.stderr,
    )
    if whole > LARGEST:
        print("the site is larger than it may be", file=sys.stderr)
        return FAILED
    return DONE


def allowed(first: bool, taken: int, following: int) -> int:
    """Return the most bytes that a page may have, after so many and before so many other pages."""
    left = LARGEST - FOR_THE_LIST - taken - LEFT_FOR_ONE * following
    return min(LARGEST_FIRST if first else LARGEST_PAGE, left)


def _progress(said: str) -> None:
    print(f"  {said}", file=sys.stderr, flush=True)


def _write(path: Path, text: str) -> int:
    """Write a page, whole or not at all; return its size in bytes."""
    data = text.encode()
    growing = path.with_name(path.name + ".part")
    growing.write_bytes(data)
    growing.replace(path)
    return len(data)


def _mb(size: int) -> str:
    return f"{size / MB:.2f} MB"
