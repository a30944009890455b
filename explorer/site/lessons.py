"""The page of one lesson: everything that is recorded for it, made as small as the page allows."""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.figures import views
from explorer.lessons.lesson import Lesson, Step
from explorer.runs.answers import Answer
from explorer.runs.reel import Reel, reel
from explorer.site.page import Shown, lesson_page
from explorer.site.recorded import Row, State, link_of, recorded, rows
from explorer.stage.standalone import written

FOR_JSON = 6  # how hard what is no reel is deflated


@dataclass
class Reels:
    """The elements of a page by name, equal ones once; recordings are wound when all are known."""

    texts: dict[str, str] = field(default_factory=dict)
    films: dict[str, tuple[Answer, set[int]]] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        """Keep bytes; return the name of their element."""
        name = _name(data)
        self.texts[name] = written(data)
        return name

    def film(self, shown: Answer, keep: int) -> str:
        """Keep the frames of what is shown, among them the one to ``keep``; return their name."""
        name = _name(reel(shown.frames, shown.precision).data)
        _, kept = self.films.setdefault(name, (shown, set()))
        if 0 <= keep < len(shown.frames):
            kept.add(keep)
        return name

    def wind(self, most: int) -> list[Reel]:
        """Wind all recordings, so that they take at most so many bytes as text; return them.

        None takes more than an equal share while others need less. Raises ValueError where it
        cannot be.
        """
        room = most * 3 // 4 - 64 * len(self.films)  # base 64
        whole = {
            name: reel(shown.frames, shown.precision, indices=_indices(shown))
            for name, (shown, _) in self.films.items()
        }
        cap = _share([len(one.data) for one in whole.values()], room)
        done = []
        for name, (shown, keep) in self.films.items():
            found = whole[name]
            if len(found.data) > cap:
                found = reel(shown.frames, shown.precision, cap, keep, _indices(shown))
            self.texts[name] = written(found.data)
            done.append(found)
        return done


def page_of(
    lesson: Lesson, following: Lesson | None, most: int, tell: Callable[[str], None]
) -> tuple[str, str]:
    """Return the page of a lesson, of at most so many bytes, and a line on what is in it.

    Raises ValueError where what it shows takes more.
    """
    reels = Reels()
    dials: list[list[Row]] = []
    shown: list[Mapping[str, Shown]] = []
    for at, step in enumerate(lesson.steps):
        dials.append(rows(lesson, step))
        states = dict(_states(step, dials[-1]))
        tell(f"{lesson.name}, step {at + 1} of {len(lesson.steps)}: {len(states)} recorded")
        shown.append({name: _shown(step, state, reels) for name, state in states.items()})
    bare = len(lesson_page(lesson, following, dials, shown, reels.texts).encode())
    films = reels.wind(most - bare - 60 * len(reels.films))
    page = lesson_page(lesson, following, dials, shown, reels.texts)
    if len(page.encode()) > most:
        raise ValueError(f"its page takes {len(page.encode()):,} bytes of {most:,}")
    rounded = sum(film.rounded for film in films)
    return page, f"{len(films)} recordings, {rounded} of them rounded or thinned"


def _states(step: Step, dials: list[Row]) -> "list[tuple[str, State]]":
    """Return what is recorded of a step: its own link, then each value of each dial."""
    found = [("", recorded(step, step.settings))]
    for row in dials:
        for place, choice in enumerate(row.choices):
            if place != row.own:
                found.append((f"{row.name} {place}", recorded(step, choice.settings)))
    return found


def _shown(step: Step, state: State, reels: Reels) -> Shown:
    answer = state.shown
    start = answer.start if step.look.moment is None else step.look.moment
    scene = json.dumps(answer.scene, ensure_ascii=False, separators=(",", ":")).encode()
    return Shown(
        scene=reels.put(gzip.compress(scene, FOR_JSON, mtime=0)),
        still=reels.put(reel([answer.still], answer.precision).data),
        frames=reels.film(answer, start // answer.every),
        last=(len(answer.frames) - 1) * answer.every,
        select=answer.select,
        start=start,
        fixed=views.fixed(step.page, state.settings),
        link=link_of(step.page, state.settings),
        found=state.found,
    )


def _indices(shown: Answer) -> list[int]:
    return [index * shown.every for index in range(len(shown.frames))]


def _share(sizes: list[int], room: int) -> int:
    """Return the most that one may take, so that all fit into the room, small ones as they are."""
    left, cap = room, 0
    for done, size in enumerate(sorted(sizes)):
        cap = left // (len(sizes) - done)
        if size > cap:
            return cap
        left -= size
    return max(sizes, default=0)


def _name(data: bytes) -> str:
    return f"x{hashlib.sha256(data).hexdigest()[:16]}"
