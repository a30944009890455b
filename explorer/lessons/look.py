"""How lessons look wherever they are read: text, questions, verdicts, terms and their meanings."""

from typing import Final

from explorer.figures import theme

ROLES = ("accent", "background", "card", "line", "ink", "mute", "good", "warn", "candidate")
"""The colours of the theme that rules outside of pictures may name, as ``--explorer-role``."""


def colours() -> str:
    """Return the colours as declarations, each of the scheme that an element has."""
    return " ".join(
        f"--explorer-{role}: light-dark({theme.LIGHT[role]}, {theme.DARK[role]});" for role in ROLES
    )


WORDS: Final[str] = """
.heading { margin: 0; }
.heading h1 {
  font-size: 28px; line-height: 1.15; margin: 0; padding: 0;
  font-weight: 650; letter-spacing: -.01em;
}
.heading p { margin: 2px 0 0; font-size: 16px; opacity: .74; }

.card h2 { font-size: 20px; line-height: 1.25; margin: 0; padding: 0; font-weight: 650; }
.card p { margin: 6px 0 0; font-size: 15px; line-height: 1.5; opacity: .82; }
.card small { font-size: 14px; }

/* a word that explains itself: on hover, tap or focus */
.term {
  position: relative; cursor: help; text-decoration: underline dotted var(--explorer-mute) 1px;
  text-underline-offset: 3px;
}
.term:focus-visible { outline: 2px solid var(--explorer-accent); border-radius: 3px; }
.term .meaning {
  display: none; position: absolute; z-index: 1000; left: 0; top: calc(100% + 4px);
  width: max-content; max-width: min(300px, 74vw); padding: 7px 11px; border-radius: 8px;
  background: var(--explorer-card); border: 1px solid var(--explorer-line);
  box-shadow: 0 4px 14px rgba(10, 16, 24, .2); color: var(--explorer-ink);
  font-size: 14px; line-height: 1.4; font-weight: 400; font-style: normal; white-space: normal;
}
.term .meaning cite { display: block; font-style: normal; color: var(--explorer-mute); }
.term:is(:hover, :focus, :focus-within) .meaning { display: block; }
@media (max-width: 640px) { /* at the foot of the window, where nothing is cut off */
  .term .meaning { position: fixed; inset: auto 12px 12px; width: auto; max-width: none; }
}
"""
"""Headings, cards, and words that explain themselves."""

LESSON: Final[str] = """
.lesson-step .where { margin: 0; font-size: 14px; opacity: .74; }
.lesson-step h1 {
  font-size: 24px; line-height: 1.2; margin: 2px 0 8px; padding: 0; font-weight: 650;
}
.lesson-step p, .verdict p, .rate { margin: 0 0 10px; font-size: 16px; line-height: 1.5; }
.lesson-step code, .verdict code, .question code { font-size: .95em; overflow-wrap: anywhere; }
.asked {
  font-size: 16px !important; line-height: 1.35 !important; margin: 0; padding: 0 !important;
}
.verdict ul { list-style: none; margin: 0 0 10px; padding: 0; }
.verdict li {
  margin: 0 0 4px; padding: 4px 10px; border: 1px solid var(--explorer-line); border-radius: 10px;
  font-size: 15px; line-height: 1.4;
}
.verdict li > span { font-weight: 650; margin-right: 4px; }
.verdict li em {
  font-style: normal; font-weight: 600; color: var(--explorer-accent); white-space: nowrap;
}
.verdict li small { font-size: 14px; color: var(--explorer-mute); white-space: nowrap; }
.verdict li.measured { border: 2px solid var(--explorer-good); }
.verdict li.yours { border-style: dashed; }
.verdict li.measured.yours { border-style: solid; }
.rate { border-left: 3px solid var(--explorer-good); padding-left: 10px; }
.question p { margin: 0; font-size: 15px; opacity: .74; }
.question h2 {
  font-size: 24px; line-height: 1.25; margin: 2px 0 8px; padding: 0; font-weight: 650;
}
"""
"""A step of a lesson: what is read, what is asked, and what came of it."""
