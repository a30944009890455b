"""What is said once a run has decided: the measured value, and which choice it falls into.

All of it is HTML. The value is measured on a run; nothing here knows how.
"""

import html

from explorer.gans.predictions import PRESETS
from explorer.lessons import terms
from explorer.lessons.lesson import LETTERS, Question, Step
from explorer.lessons.measures import MEASURES
from explorer.lessons.rates import hits, values_of, votes

UNDER_WAY = "The run decides; it is under way. Its button starts and stops it."


def waiting(question: Question, link: str, answer: int | None) -> str:
    """Return what could be answered, and that the run has not decided yet."""
    return f'{choices(question, link, answer, None)}<p role="status">{UNDER_WAY}</p>'


def decided(
    question: Question, link: str, answer: int | None, found: float, known: set[str]
) -> str:
    """Return what could be answered, what was measured, and whether it came as expected.

    Terms that are ``known`` are not explained again.
    """
    measure, right = MEASURES[question.measure], question.right(found)
    said = f"{html.escape(measure.says)}: <b>{html.escape(measure.written(found))}</b>."
    came = "That is what you expected." if right == answer else "You expected something else."
    if right is None:
        came = "None of the answers is right."
    elif answer is None:
        came = ""
    then = terms.paragraphs(question.then, known)
    return (
        f"{choices(question, link, answer, right)}"
        f'<p role="status">Measured: {said} {came}</p>{then}'
    )


def choices(question: Question, link: str, answer: int | None, right: int | None) -> str:
    """Return what could be answered, the viewer's own and the right one marked."""
    values = values_of(question.measure, link) if right is not None else ()
    counts = votes(question, values)  # also where only a claim of the step asked for them
    rows = []
    for index, choice in enumerate(question.choices):
        marks = []
        if index == right:
            marks.append("measured")
        if index == answer:
            marks.append("yours")
        letter = LETTERS[index]
        seeds = f" <small>{counts[letter]} of {len(values)} seeds</small>" if values else ""
        label = f" <em>{' · '.join(marks)}</em>" if marks else ""
        rows.append(
            f'<li class="{" ".join(marks)}"><span>{letter.upper()}</span> '
            f"{terms.title(choice.text)}{label}{seeds}</li>"
        )
    return f"<ul>{''.join(rows)}</ul>"


def now(question: Question, found: float | None) -> str:
    """Return what is measured with the dials as they stand now; None: its run is not over."""
    if found is None:
        return "With the dials as they stand now the run is not over yet."
    written = html.escape(MEASURES[question.measure].written(found))
    return f"With the dials as they stand now: <b>{written}</b>."


def rates(step: Step) -> list[str]:
    """Return how often what a step says of more than one run came true."""
    said = []
    if step.claim is not None and (values := values_of(step.claim.measure, step.link)):
        said.append(_rate(hits(values, step.claim.range), len(values), step.claim.text))
    if step.prediction:
        preset = PRESETS[step.prediction]
        said.append(_rate(preset.measured.hits, preset.measured.seeds, preset.claim))
    return said


def _rate(true: int, of: int, claim: str) -> str:
    return f'<p class="rate"><b>{true} of {of} seeds:</b> {terms.title(claim)}</p>'
