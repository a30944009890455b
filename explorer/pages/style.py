"""The look of a page around its stage: one style sheet over Streamlit's own."""

from typing import Final

from explorer.lessons import look


def sheet(kind: str | None) -> str:
    """Return the style sheet; ``kind`` is "light", "dark", or None: as the system has it.

    Streamlit's app has a colour scheme of its own, which changes without a run of the script; every
    colour follows it. What Streamlit puts beside its app, as popovers, has the scheme of the root.
    """
    scheme = kind if kind in ("light", "dark") else "light dark"
    return f":root {{ color-scheme: {scheme}; {look.colours()} }}" + look.WORDS + SHEET


SHEET: Final[str] = """
/* room for the picture: Streamlit leaves a hand's breadth of air on every side */
.stMainBlockContainer, .block-container {
  padding: 3.5rem clamp(0.75rem, 2vw, 1.9rem) 2rem; max-width: 1760px;
}
header.stAppHeader, [data-testid="stHeader"] {
  height: 3rem; min-height: 3rem;
  border-bottom: 1px solid var(--explorer-line);
  background: var(--explorer-card);
}
.stAppDeployButton, [data-testid="stStatusWidget"], [data-testid="stDecoration"] { display: none; }
[data-testid="stVerticalBlock"] { gap: 0.7rem; }
.stMain { font-variant-numeric: tabular-nums; }

/* Streamlit's captions, and its colours of code, are too pale on our ground: at least 4.5:1 */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {
  opacity: 1;
  color: var(--explorer-mute);
}
[data-testid="stCaptionContainer"] code { color: inherit; font-size: 0.95em; }
[data-testid="stCode"] .token { color: var(--explorer-ink); }
[data-testid="stCode"] .token.comment { color: var(--explorer-mute); }
[data-testid="stCode"] .token:is(.keyword, .boolean, .decorator) {
  color: var(--explorer-candidate);
}
[data-testid="stCode"] .token:is(.string, .triple-quoted-string) { color: var(--explorer-good); }
[data-testid="stCode"] .token.number { color: var(--explorer-warn); }
[data-testid="stCode"] .token:is(.function, .class-name, .builtin) {
  color: var(--explorer-accent);
}

/* Streamlit writes white on the accent of either theme, and in the dark that is not read */
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] p {
  color: var(--explorer-background);
}

/* the narrow column of dials */
.st-key-dials [data-testid="stWidgetLabel"] p { font-size: 14px; }
.st-key-dials, .st-key-dials [data-testid="stVerticalBlock"] { gap: 0.3rem; }
.st-key-dials [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
.st-key-dials h4 { font-size: 14px; font-weight: 650; padding: 6px 0 2px; }
.st-key-dials .stSlider { margin-bottom: -0.55rem; }
.st-key-dials .stSlider [data-testid="stWidgetLabel"] { margin-bottom: -0.1rem; min-height: 0; }
.st-key-dials hr { margin: 0.4rem 0; }
.st-key-dials [data-testid="stSliderTickBar"] { display: none; }

/* what a slider stands at does not touch its name */
.stSlider [data-testid="stWidgetLabel"] { margin-bottom: 0.4rem; }

/* dials above a picture: in one row, close together */
.st-key-controls .stSlider { margin-bottom: -0.55rem; }

/* title, tabs and actions on one line; the sentence under them */
.st-key-title { gap: 0.6rem; }
.st-key-sentence { margin-top: -0.7rem; }
@media (max-width: 1150px) {
  .st-key-title:has([role="radiogroup"] > :nth-child(6)) { flex-wrap: wrap; row-gap: 0; }
  .st-key-title:has([role="radiogroup"] > :nth-child(6)) > :first-child { flex: 1 0 100%; }
}

/* a laptop at 150 %: what stands above the picture leaves it the height */
@media (max-height: 640px) {
  .stMainBlockContainer, .block-container { padding-top: 3.2rem; }
  .heading h1 { font-size: 24px; }
  .heading p { font-size: 15px; line-height: 1.3; }
}

/* more tabs than fit beside a title: a row of their own below it, at every width */
.st-key-title:has([role="radiogroup"] > :nth-child(9)) { flex-wrap: wrap; row-gap: 0.1rem; }
.st-key-title:has([role="radiogroup"] > :nth-child(9)) > :first-child { flex: 1 1 0; }
.st-key-title > :has([role="radiogroup"] > :nth-child(9)) { order: 1; flex: 1 0 100%; }

@media (min-width: 641px) and (max-width: 1000px) {
  .st-key-title [role="radiogroup"]:has(> :nth-child(12)) > * { padding-inline: 11px; }
}

/* title at the left, link and code at the right, on one line */
.st-key-title > [data-testid="stHorizontalBlock"] { align-items: center; }
.st-key-actions { flex-wrap: nowrap; }

/* a phone: the stage first, the dials below it */
@media (max-width: 640px) {
  .st-key-lab > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  .st-key-lab > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-controls) { order: 1; }
  .st-key-title { gap: 0.35rem; }
  .st-key-title, .st-key-actions { flex-wrap: wrap; }
  .st-key-title > :first-child,
  .st-key-title:has([role="radiogroup"] > :nth-child(9)) > :first-child { flex: 1 0 100%; }
  .st-key-actions { gap: 0.5rem; justify-content: flex-start; }
  .heading h1 { font-size: 23px; }
  .heading p { font-size: 15px; }
  .stMain button { min-height: 40px !important; }
}

/* the cards of the home page: equally tall, the way in at their foot */
:is(.st-key-cards, .st-key-lessons) [data-testid="stColumn"] > div,
:is(.st-key-cards, .st-key-lessons) [data-testid="stColumn"] > div > *,
:is(.st-key-cards, .st-key-lessons) [data-testid="stColumn"] [data-testid="stVerticalBlock"] {
  height: 100%;
}
:is(.st-key-cards, .st-key-lessons) .stElementContainer:has([data-testid="stPageLink"]) {
  margin-top: auto;
}
:is(.st-key-cards, .st-key-begin > :first-child) [data-testid="stPageLink-NavLink"] {
  background: var(--explorer-accent); border-radius: 20px; min-height: 42px;
  justify-content: center;
}
:is(.st-key-cards, .st-key-begin > :first-child) [data-testid="stPageLink-NavLink"] * {
  color: var(--explorer-background); font-weight: 600; font-size: 15px;
}
.st-key-try [data-testid="stPageLink-NavLink"] {
  border: 1px solid var(--explorer-line); border-radius: 12px; min-height: 48px;
  background: var(--explorer-card);
}
.st-key-try [data-testid="stPageLink-NavLink"] * { font-size: 15px; white-space: normal; }

/* the beginning of a table that somebody brought: as small as it can be read */
.small-table { overflow-x: auto; }
.small-table table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.small-table th, .small-table td {
  padding: 2px 14px 2px 0; text-align: right; font-size: 14px; white-space: nowrap;
  border: 0; max-width: 15em; overflow: hidden; text-overflow: ellipsis;
}
.small-table th { font-weight: 600; vertical-align: bottom; opacity: .74; }
.small-table th.chosen { opacity: 1; color: var(--explorer-accent); }
.small-table th small { display: block; font-weight: 400; font-size: 14px; opacity: .9; }
.small-table tbody tr:first-child td { padding-top: 5px; }
.small-table thead th { border-bottom: 1px solid var(--explorer-line); padding-bottom: 4px; }
.small-table tfoot td { border-top: 1px solid var(--explorer-line); padding-top: 4px; }
.small-table p { margin: 4px 0 0; font-size: 14px; opacity: .74; }
.st-key-gans-table [data-testid="stVerticalBlock"],
.st-key-transport-table [data-testid="stVerticalBlock"],
.st-key-sequences-table [data-testid="stVerticalBlock"] { gap: 0.45rem; }
/* what is kept: a small picture, what it is, and what can be done with it */
.kept-picture {
  width: 240px; aspect-ratio: 16 / 9; border-radius: 8px; overflow: hidden; display: flex;
  align-items: center; justify-content: center; border: 1px solid var(--explorer-line);
}
.kept-picture img { width: 100%; height: 100%; object-fit: cover; display: block; }
.kept-picture p { margin: 0; padding: 0 12px; font-size: 14px; color: var(--explorer-mute); }
.kept h2, .kept-name { overflow-wrap: anywhere; }
.kept-name { font-size: 18px; font-weight: 620; margin: 0; padding: 0; }
.kept p { overflow-wrap: anywhere; white-space: pre-line; }
.kept-sum { margin: 0; font-size: 15px; color: var(--explorer-mute); }
@media (max-width: 640px) {
  [class*="st-key-kept-"] { flex-wrap: wrap; }
}
/* what stands around every page draws itself elsewhere, and takes no room */
.st-key-room { position: absolute; height: 0; overflow: hidden; }
[data-testid="stLayoutWrapper"]:has(> .st-key-room) { position: absolute; }
.try { margin: 0.4rem 0 0; font-size: 18px; font-weight: 620; }

.st-key-begin > :first-child [data-testid="stPageLink-NavLink"] { padding: 0 18px; }
.st-key-begin [data-testid="stPageLink-NavLink"] * { font-size: 15px; white-space: normal; }
"""
