"""The pages of the site as text: one for each lesson, with all it needs inside, and the list."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.figures.theme import FONT
from explorer.lessons import look, terms, told
from explorer.lessons.lesson import LETTERS, Lesson, Step
from explorer.lessons.measures import MEASURES
from explorer.site.recorded import Row
from explorer.site.style import SHEET
from explorer.stage.bundle import bundle
from explorer.stage.messages import PALETTE, DecidesTold, LessonTold, StepTold
from explorer.stage.standalone import in_script, policy

COMMAND = "streamlit run app.py"
AT = "http://localhost:8501"  # where that command listens

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{about}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header class="top"><a class="home" href="index.html">Explorer</a>
<a href="index.html">Lessons</a></header>
{body}
</body>
</html>
"""
LESSON = """<main class="lesson">
<div class="text">
{steps}
<nav class="ways" aria-label="Steps">
<div><button type="button" data-go="previous">Previous</button>
<button type="button" class="primary" data-go="next">Next</button>{after}</div>
<div class="steps">{numbers}</div>
</nav>
<p class="try" hidden><b>Try it yourself.</b> With the laboratory running
(<code>{command}</code>): <a data-try href="{at}">{at}</a></p>
<p class="out"><a href="index.html">All lessons</a></p>
</div>
<div class="lab">
{questions}
<div class="recorded" hidden></div>
<div class="stages"></div>
</div>
</main>
<noscript><p class="noscript">The pictures of this page are drawn by its script, which this browser
does not run; the texts of the steps stand above.</p></noscript>
"""


@dataclass(frozen=True)
class Shown:
    """One recorded configuration of a step: where its parts stand in the page, and what it says."""

    scene: str  # the names of elements
    still: str
    frames: str
    last: int  # the index of the last frame
    select: Mapping[str, int]
    start: int
    fixed: Sequence[str]
    link: str
    found: float | None


def lesson_page(
    lesson: Lesson,
    following: Lesson | None,
    rows: Sequence[Sequence[Row]],
    shown: Sequence[Mapping[str, Shown]],
    elements: Mapping[str, str],
) -> str:
    """Return the page of a lesson.

    ``rows`` are the recorded dials of each step, ``shown`` what is recorded, by the dial and the
    place of its value, "" for the step itself; ``elements`` are the texts of what is recorded.
    """
    steps = [_step(lesson, at, step) for at, step in enumerate(lesson.steps)]
    questions = [_asks(at, step) for at, step in enumerate(lesson.steps) if step.question]
    data: LessonTold = {
        "name": lesson.name,
        "palette": PALETTE,
        "steps": [
            _told(step, some, states)
            for step, some, states in zip(lesson.steps, rows, shown, strict=True)
        ],
    }
    numbers = "".join(
        f'<button type="button" data-go="{at}" title="{html.escape(_plain(step.title))}">'
        f"{at + 1}</button>"
        for at, step in enumerate(lesson.steps)
    )
    after = ""
    if following is not None:
        title = terms.title(following.title)
        after = f'<a class="primary" data-after href="{following.name}.html">Next: {title}</a>'
    carried = "".join(
        f'<script type="text/plain" id="{name}">{text}</script>\n'
        for name, text in elements.items()
    )
    body = LESSON.format(
        steps="\n".join(steps),
        questions="\n".join(questions),
        numbers=numbers,
        after=after,
        command=COMMAND,
        at=AT,
    )
    script = bundle("site/lesson.js")
    body += (
        f'<script type="application/json" id="data">{in_script(data)}</script>\n'
        f"{carried}<script>{script}</script>"
    )
    return _page(f"{lesson.title} · Explorer", lesson.summary, body, [script])


def index_page(lessons: Iterable[Lesson]) -> str:
    """Return the list of all lessons."""
    cards = "".join(
        f'<a class="card" href="{lesson.name}.html"><h2>{lesson.number}. '
        f"{terms.title(lesson.title)}</h2><p>{terms.title(lesson.summary)}</p>"
        f"<p><small>{lesson.minutes} minutes · for {html.escape(lesson.audience)}</small></p>"
        '<span class="begin">Begin</span></a>'
        for lesson in lessons
    )
    body = (
        '<main class="list"><div class="heading"><h1>Lessons</h1><p>Short walks through a '
        "laboratory for recurrent networks and GANs. Often you are asked first, and then a "
        "recorded run decides.</p></div>"
        f'<div class="cards">{cards}</div></main>'
    )
    about = "Short walks through a laboratory for recurrent networks and GANs."
    return _page("Lessons · Explorer", about, body, [])


def _page(title: str, about: str, body: str, scripts: list[str]) -> str:
    style = (
        f":root {{ color-scheme: light dark; --font: {FONT}; {look.colours()} }}"
        f"{look.WORDS}{look.LESSON}{SHEET}"
    )
    return PAGE.format(
        policy=policy(scripts, [style]),
        about=html.escape(_plain(about)),
        title=html.escape(_plain(title)),
        style=style,
        body=body,
    )


def _step(lesson: Lesson, at: int, step: Step) -> str:
    """Return the text of a step; only the first is shown until the script says which."""
    known: set[str] = set()
    text = terms.paragraphs(step.text, known)
    asked = verdict = ""
    if step.question is not None:
        asked = f'<h2 class="asked" hidden>{terms.line(step.question.text, known)}</h2>'
        verdict = '<div class="verdict" data-verdict></div>'
    return (
        f'<section class="lesson-step" id="step-{at}"{" hidden" if at else ""}>'
        f'<p class="where">Lesson {lesson.number} · {terms.title(lesson.title)}</p>'
        f'<h1 tabindex="-1">{terms.title(step.title)}</h1>{text}{asked}{verdict}'
        f"<div data-rates hidden>{''.join(told.rates(step))}</div>"
        '<div class="verdict" data-now></div></section>'
    )


def _asks(at: int, step: Step) -> str:
    """Return the question of a step as it stands in the place of its picture."""
    question = step.question
    assert question is not None
    rows = "".join(
        f'<button type="button" data-answer="{letter}"><span>{letter.upper()}</span> '
        f"{terms.title(choice.text)}</button>"
        for letter, choice in zip(LETTERS, question.choices, strict=False)
    )
    return (
        f'<div class="question" id="asks-{at}" hidden><p>Before you look</p>'
        f"<h2>{terms.title(question.text)}</h2>{rows}</div>"
    )


def _told(step: Step, rows: Sequence[Row], states: Mapping[str, Shown]) -> StepTold:
    """Return what the page's script is told of a step."""
    return {
        "title": step.title,
        "look": {"panels": list(step.look.panels), "plays": step.look.plays},
        "question": _decides(step, states[""]) if step.question else None,
        "rows": [
            {
                "name": row.name,
                "label": row.label,
                "own": row.own,
                "values": [choice.written or "as it stands" for choice in row.choices],
            }
            for row in rows
        ],
        "states": {
            name: {
                "scene": state.scene,
                "still": state.still,
                "frames": state.frames,
                "last": state.last,
                "select": dict(state.select),
                "start": state.start if step.look.moment is None else step.look.moment,
                "fixed": list(state.fixed),
                "address": AT + state.link,
                "now": told.now(step.question, state.found) if name and step.question else "",
            }
            for name, state in states.items()
        },
    }


def _decides(step: Step, state: Shown) -> DecidesTold:
    """Return what is said of a question, by the letter of the answer; "-" without one."""
    question = step.question
    assert question is not None
    assert state.found is not None
    known: set[str] = set()
    terms.paragraphs(step.text, known)
    terms.line(question.text, known)
    answers: list[int | None] = [None, *range(len(question.choices))]
    named = {("-" if each is None else LETTERS[each]): each for each in answers}
    live = MEASURES[question.measure].is_live
    return {
        "live": live,
        "waiting": {
            name: told.waiting(question, step.link, each) if live else ""
            for name, each in named.items()
        },
        "decided": {
            name: told.decided(question, step.link, each, state.found, {*known})
            for name, each in named.items()
        },
    }


def _plain(text: str) -> str:
    """Return a line without the signs of emphasis and code."""
    return " ".join(text.split()).replace("*", "").replace("`", "")
