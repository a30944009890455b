"""A Markdown file becomes a lesson.

The file has a title, a few lines that say for whom it is, one sentence for its card, and steps::

    # Why a network needs a memory
    - number: 1
    - minutes: 6
    - for: newcomers

    The same letters in another order.

    ## Two orders
    - show: /cells?text=for
    - look: diagram, next
    - moment: 3
    - plays: yes
    - dials: text, cell
    - recorded: text | for | rof
    - claim: held_a 0 .. 6: the first game holds six modes or fewer

    What stands beside the picture, at most 80 words.

    ### What will it expect?
    - measure: surprise
    - seeds: 8
    - About as much: 0 .. 0.1
    - More: 0.1 ..

    What is said after the verdict.

Only ``show`` is needed. ``recorded`` has the values of dials that a page without a server offers,
several dials apart by ``||``; where it is silent the dial's row says them. Whatever is wrong is
named in one sentence, with the file and its line.
"""

import math
from functools import cache
from itertools import pairwise

from explorer.dials import values
from explorer.gans.predictions import PRESETS
from explorer.lessons.blocks import ASKS, Block, FaultError, Reader, walks
from explorer.lessons.lesson import (
    LETTERS,
    MOST_WORDS,
    Choice,
    Claim,
    Lesson,
    Look,
    Question,
    Range,
    Step,
)
from explorer.lessons.measures import MEASURES, Measure
from explorer.lessons.rooms import opened
from explorer.runs import links

LEAST_SEEDS = 8

STEP = {"show", "look", "moment", "plays", "dials", "recorded", "claim", "prediction"}


@cache
def lessons() -> dict[str, Lesson]:
    """Return all lessons by name, in their order."""
    return read_all({path.stem: path.read_text(encoding="utf-8") for path in walks()})


def read_all(texts: dict[str, str]) -> dict[str, Lesson]:
    """Return the lessons of files by their names; two of them must not have one number.

    Raises `FaultError`.
    """
    found = [read(name, text) for name, text in texts.items()]
    known: dict[int, str] = {}
    for lesson in found:
        if lesson.number in known:
            other = known[lesson.number]
            line = _line_of(texts[lesson.name], "- number:")
            raise FaultError(
                f"{lesson.name}.md", line, f"{other}.md has the number {lesson.number} already"
            )
        known[lesson.number] = lesson.name
    return {lesson.name: lesson for lesson in sorted(found, key=lambda each: each.number)}


def read(name: str, text: str) -> Lesson:
    """Return the lesson that a file of that name holds. Raises `FaultError`."""
    return _Reader(f"{name}.md").lesson(name, text)


class _Reader(Reader):
    def lesson(self, name: str, text: str) -> Lesson:
        blocks = list(self.blocks(text))
        head = self.head(name, blocks)
        rest = blocks[1:]
        steps: list[Step] = []
        while rest:
            block = rest.pop(0)
            if block.level != 2:
                raise self.fault(block.line, "a question belongs to a step, '## …'")
            asks = rest.pop(0) if rest and rest[0].level == 3 else None
            steps.append(self._step(block, asks))
        if not steps:
            raise self.fault(blocks[0].line, "a lesson needs a step, '## …'")
        return Lesson(
            name, head.number, head.title, head.minutes, head.audience, head.summary, tuple(steps)
        )

    def _step(self, block: Block, asks: Block | None) -> Step:
        self.known(block, STEP)
        link, line = self.one(block, "show")
        try:
            page, settings = opened(link)
        except ValueError as error:
            raise self.fault(line, error) from None
        if not block.said():
            raise self.fault(block.line, f"the step {block.title[:40]!r} has no text")
        words = block.words + (asks.words if asks else 0)
        if words > MOST_WORDS:
            raise self.fault(
                block.line, f"the step has {words} words; at most {MOST_WORDS} are read"
            )
        moment = self.all(block, "moment")
        return Step(
            title=block.title,
            text=block.said(),
            page=page,
            link=link,
            settings=settings,
            look=Look(
                self._names(block, "look"),
                self.whole(block, "moment", 0, 100_000) if moment else None,
                self._plays(block),
            ),
            dials=self._dials(block, settings),
            recorded=self._recorded(block, settings),
            question=self._question(asks, page) if asks else None,
            claim=self._claim(block, page),
            prediction=self._prediction(block, settings),
            line=block.line,
        )

    def _prediction(self, block: Block, settings: object) -> str:
        found = self.all(block, "prediction")
        if found is None:
            return ""
        name, line = found
        if name not in PRESETS:
            known = ", ".join(PRESETS)
            raise self.fault(line, f"unknown prediction {name[:40]!r}; choose from {known}")
        preset = PRESETS[name]
        wanted = {"data": preset.data, "steps": preset.steps, **preset.settings}
        wanted["first"] = wanted.pop("objective", "")
        for dial, value in wanted.items():
            if getattr(settings, dial, None) != value:
                raise self.fault(line, f"{name} is about {dial} {value!r}, which the link has not")
        return name

    def _names(self, block: Block, key: str) -> tuple[str, ...]:
        found = self.all(block, key)
        return tuple(name.strip() for name in found[0].split(",")) if found else ()

    def _plays(self, block: Block) -> bool:
        said, line = self.all(block, "plays") or ("no", block.line)
        if said not in ("yes", "no"):
            raise self.fault(line, f"plays must be yes or no, not {said[:40]!r}")
        return said == "yes"

    def _dials(self, block: Block, settings: object) -> tuple[str, ...]:
        names = self._names(block, "dials")
        for name in names:
            if name not in values(settings):
                line = self.one(block, "dials")[1]
                raise self.fault(line, f"there is no dial {name[:40]!r}")
        return names

    def _recorded(self, block: Block, settings: object) -> dict[str, tuple[object, ...]]:
        found = self.all(block, "recorded")
        if found is None:
            return {}
        said, line = found
        kept: dict[str, tuple[object, ...]] = {}
        for part in said.split("||"):
            name, *some = (each.strip() for each in part.split("|"))
            if name not in self._names(block, "dials"):
                raise self.fault(line, f"{name[:40]!r} is none of the dials that the step opens")
            if len(some) < 2:
                raise self.fault(line, f"{name[:40]!r} needs two values or more, each after a |")
            given = [links.decode(type(settings), {name: value}, settings) for value in some]
            for problem in (each for one in given for each in one.problems):
                raise self.fault(line, problem.partition(". The default")[0])
            kept[name] = tuple(values(one.settings)[name] for one in given)
        return kept

    def _measure(self, name: str, page: str, line: int) -> Measure:
        if name not in MEASURES:
            known = ", ".join(each for each, what in MEASURES.items() if what.page == page)
            raise self.fault(line, f"unknown measure {name[:40]!r}; on /{page} there are {known}")
        if MEASURES[name].page != page:
            raise self.fault(line, f"{name} is measured on /{MEASURES[name].page}, not on /{page}")
        return MEASURES[name]

    def _claim(self, block: Block, page: str) -> Claim | None:
        found = self.all(block, "claim")
        if found is None:
            return None
        said, line = found
        what, _, text = said.partition(":")
        name, _, span = what.partition(" ")
        if not text.strip():
            raise self.fault(line, "a claim is a measure, a range, a colon and a sentence")
        self._measure(name, page, line)
        return Claim(text.strip(), name, self._range(span, line), LEAST_SEEDS)

    def _question(self, block: Block, page: str) -> Question:
        name, line = self.one(block, "measure")
        measure = self._measure(name, page, line)
        seeds = 0
        if self.all(block, "seeds"):
            seeds = self.whole(block, "seeds", LEAST_SEEDS, 64)
        choices = [(key, value, at) for key, value, at in block.items if key not in ASKS]
        if not 2 <= len(choices) <= len(LETTERS):
            raise self.fault(
                block.line, f"a question has 2 to {len(LETTERS)} choices, not {len(choices)}"
            )
        made = [Choice(key, self._range(value, at)) for key, value, at in choices]
        return Question(
            block.title, name, self._covering(made, measure, block.line), block.said(), seeds
        )

    def _range(self, text: str, line: int) -> Range:
        low, dots, high = (part.strip() for part in text.partition(".."))
        try:
            start = float(low) if low or not dots else -math.inf
            end = start if not dots else float(high) if high else math.inf
        except ValueError:
            raise self.fault(line, f"{text[:40]!r} is no range such as 0 .. 0.5") from None
        if not start <= end:
            raise self.fault(line, f"the range {text[:40]!r} is empty")
        return Range(start, end)

    def _covering(self, choices: list[Choice], measure: Measure, line: int) -> tuple[Choice, ...]:
        """Return the choices, each up to where the next one begins; they must leave no gap."""
        order = sorted(range(len(choices)), key=lambda k: choices[k].range.low)
        first, last = choices[order[0]].range, choices[order[-1]].range
        if first.low > measure.low or last.high < measure.high:
            raise self.fault(
                line,
                f"the choices go from {first.low:g} to {last.high:g}; {measure.says} may be "
                f"{measure.low:g} to {measure.high:g}",
            )
        done = list(choices)
        for here, there in pairwise(order):
            end, begin = choices[here].range.high, choices[there].range.low
            step = 1 if measure.whole else 0
            if begin != end + step:
                between = "overlap" if begin < end + step else "leave a gap"
                raise self.fault(
                    line,
                    f"the choices {choices[here].text[:30]!r} and {choices[there].text[:30]!r} "
                    f"{between}",
                )
            if not measure.whole:
                span = choices[here].range
                done[here] = Choice(choices[here].text, Range(span.low, span.high, closed=False))
        return tuple(done)


def _line_of(text: str, beginning: str) -> int:
    lines = text.splitlines()
    return next((k for k, line in enumerate(lines, 1) if line.startswith(beginning)), 1)
