"""The look of a page around its stage: one style sheet over Streamlit's own."""

from typing import Final

from explorer.figures import theme


def sheet(kind: str | None) -> str:
    """Return the style sheet; ``kind`` is "light", "dark", or None: as the system has it."""
    light, dark = (_variables(palette) for palette in (theme.LIGHT, theme.DARK))
    if kind is None:
        head = f"{light} @media (prefers-color-scheme: dark) {{ {dark} }}"
    else:
        head = dark if kind == "dark" else light
    return head + SHEET


def _variables(palette: dict[str, str]) -> str:
    roles = ("accent", "background", "card", "line")
    return ":root {" + "".join(f"--explorer-{role}: {palette[role]};" for role in roles) + "}"


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

.heading { margin: 0; }
.heading h1 {
  font-size: 28px; line-height: 1.15; margin: 0; padding: 0;
  font-weight: 650; letter-spacing: -.01em;
}
.heading p { margin: 2px 0 0; font-size: 16px; opacity: .74; }

/* the narrow column of dials */
.st-key-dials [data-testid="stWidgetLabel"] p { font-size: 14px; }
.st-key-dials, .st-key-dials [data-testid="stVerticalBlock"] { gap: 0.3rem; }
.st-key-dials [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
.st-key-dials h4 { font-size: 14px; font-weight: 650; padding: 6px 0 2px; }
.st-key-dials .stSlider { margin-bottom: -0.55rem; }
.st-key-dials .stSlider [data-testid="stWidgetLabel"] { margin-bottom: -0.1rem; min-height: 0; }
.st-key-dials hr { margin: 0.4rem 0; }
.st-key-dials [data-testid="stSliderTickBar"] { display: none; }

/* dials above a picture: in one row, close together */
.st-key-controls .stSlider { margin-bottom: -0.55rem; }

/* title, tabs and actions on one line; the sentence under them */
.st-key-title { gap: 0.6rem; }
.st-key-sentence { margin-top: -0.7rem; }

/* title at the left, link and code at the right, on one line */
.st-key-title > [data-testid="stHorizontalBlock"] { align-items: center; }
.st-key-actions { flex-wrap: nowrap; }

/* a phone: the stage first, the dials below it */
@media (max-width: 640px) {
  .st-key-lab > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  .st-key-lab > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-controls) { order: 1; }
  .st-key-title { gap: 0.35rem; }
  .heading h1 { font-size: 23px; }
  .heading p { font-size: 15px; }
  .stMain button { min-height: 40px !important; }
}

/* the cards of the home page: equally tall, the way in at their foot */
.st-key-cards [data-testid="stColumn"] > div,
.st-key-cards [data-testid="stColumn"] > div > [data-testid="stLayoutWrapper"],
.st-key-cards [data-testid="stColumn"] [data-testid="stVerticalBlock"] { height: 100%; }
.card h2 { font-size: 20px; line-height: 1.25; margin: 0; padding: 0; font-weight: 650; }
.card p { margin: 6px 0 0; font-size: 15px; line-height: 1.5; opacity: .82; }
.st-key-cards [data-testid="stElementContainer"]:has([data-testid="stPageLink"]) {
  margin-top: auto;
}
.st-key-cards [data-testid="stPageLink-NavLink"] {
  background: var(--explorer-accent); border-radius: 20px; min-height: 42px;
  justify-content: center;
}
.st-key-cards [data-testid="stPageLink-NavLink"] * {
  color: var(--explorer-background); font-weight: 600; font-size: 15px;
}
.st-key-try [data-testid="stPageLink-NavLink"] {
  border: 1px solid var(--explorer-line); border-radius: 12px; min-height: 48px;
  background: var(--explorer-card);
}
.st-key-try [data-testid="stPageLink-NavLink"] * { font-size: 15px; white-space: normal; }
.try { margin: 0.4rem 0 0; font-size: 18px; font-weight: 620; }
"""
