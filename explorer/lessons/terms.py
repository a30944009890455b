"""Text as HTML: paragraphs, emphasis, and terms that explain themselves on hover, tap or focus."""

import html
import re

from explorer.lessons.glossary import marked, terms

SPANS = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\*(.+?)\*"), r"<i>\1</i>"),
)


def paragraphs(text: str, known: set[str] | None = None) -> str:
    """Return a text as paragraphs; a blank line is between two of them.

    Each term is explained where it first appears, those that are ``known`` already not again.
    """
    seen = set() if known is None else known
    return "".join(f"<p>{line(part, seen)}</p>" for part in text.split("\n\n") if part.strip())


def title(text: str) -> str:
    """Return a title with its emphasis and its code; nothing is explained there."""
    return line(text, {*terms()})


def line(text: str, known: set[str] | None = None) -> str:
    """Return a line with its emphasis, its code, and its terms."""
    seen = set() if known is None else known
    parts = re.split(r"`([^`]+)`", " ".join(text.split()))
    done = []
    for index, part in enumerate(parts):
        if index % 2:
            done.append(f"<code>{html.escape(part)}</code>")
        else:
            done.append(_spans("".join(_pieces(part, seen))))
    return "".join(done)


def explained(text: str, known: set[str] | None = None) -> str:
    """Return a plain text with its terms; those that are ``known`` already are not explained."""
    return "".join(_pieces(text, set() if known is None else known))


def _spans(text: str) -> str:
    for pattern, into in SPANS:
        text = pattern.sub(into, text)
    return text


def _pieces(text: str, known: set[str]) -> list[str]:
    found = []
    for piece in marked(text, known):
        said = html.escape(piece.text, quote=False)
        if piece.term is None:
            found.append(said)
            continue
        name = piece.term.name
        meaning = html.escape(piece.term.meaning, quote=False)
        source = html.escape(piece.term.source, quote=False)
        found.append(
            f'<span class="term" tabindex="0" role="button" data-term="{html.escape(name)}">{said}'
            f'<span class="meaning" role="tooltip">{meaning} <cite>{source}</cite></span></span>'
        )
    return found
