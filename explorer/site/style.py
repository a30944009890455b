"""The look of the site around the stage, as the laboratory's own pages have it."""

from typing import Final

SHEET: Final[str] = """
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; font: 15px/1.5 var(--font); font-variant-numeric: tabular-nums;
  background: var(--explorer-background); color: var(--explorer-ink);
}
a { color: var(--explorer-accent); overflow-wrap: anywhere; }
code { font-size: .95em; padding: 1px 4px; border-radius: 5px;
  background: color-mix(in srgb, var(--explorer-mute) 12%, transparent); }
:focus-visible { outline: 2px solid var(--explorer-accent); outline-offset: 2px; }
h1:focus { outline: none; }
.top {
  display: flex; gap: 22px; align-items: center; height: 48px;
  padding: 0 clamp(12px, 2vw, 30px); background: var(--explorer-card);
  border-bottom: 1px solid var(--explorer-line);
}
.top a { color: inherit; text-decoration: none; min-height: 40px; line-height: 40px; }
.top .home { font-weight: 650; }
main { max-width: 1760px; margin: 0 auto; padding: 12px clamp(12px, 2vw, 30px) 32px; }

/* a lesson: the text beside the picture, and under it on a phone */
.lesson { display: flex; gap: 16px; align-items: flex-start; }
.lesson .text { flex: 0 0 calc(30% - 8px); min-width: 0; }
.lesson .lab { flex: 1 1 0; min-width: 0; }
.lesson button, .lesson a.primary, .begin {
  min-height: 40px; padding: 0 14px; border-radius: 20px; border: 1px solid var(--explorer-line);
  background: var(--explorer-card); color: inherit; font: inherit; cursor: pointer;
}
.lesson button:hover:not(:disabled) { border-color: var(--explorer-accent); }
.lesson button:disabled { opacity: .45; cursor: default; }
.lesson button[aria-pressed="true"], .lesson button.primary, .lesson a.primary {
  background: var(--explorer-accent); border-color: var(--explorer-accent);
  color: var(--explorer-background); font-weight: 600;
}
.lesson a.primary { display: inline-flex; align-items: center; text-decoration: none;
  padding-block: 6px; }
.ways > div { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 0; }
.ways .steps { gap: 6px; }
.ways .steps button { min-height: 34px; min-width: 34px; padding: 0 6px; }
.lesson .try, .lesson .out { margin: 12px 0 0; font-size: 14px; line-height: 1.5; }
.question {
  min-height: max(420px, calc(100vh - 6.5rem)); display: flex; flex-direction: column; gap: 10px;
  justify-content: center; padding: 12px 6%; border: 1px dashed var(--explorer-line);
  border-radius: 12px;
}
.lesson .question button {
  min-height: 52px; border-radius: 12px; text-align: left; font-size: 16px; padding: 8px 16px;
}
.question button span { font-weight: 650; margin-right: 10px; }
.recorded { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 0 0 12px; align-items: end; }
.recorded fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.recorded legend { padding: 0 0 3px; font-size: 14px; color: var(--explorer-mute); }
.recorded .values { display: flex; flex-wrap: wrap; gap: 6px; }
.recorded button { min-height: 34px; padding: 0 12px; font-size: 14px; overflow-wrap: anywhere; }
.recorded p { margin: 0; font-size: 14px; color: var(--explorer-mute); flex-basis: 100%; }
.noscript { padding: 0 clamp(12px, 2vw, 30px); }

/* the list of all */
.cards { display: grid; gap: 16px; margin: 16px 0 0;
  grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); }
a.card {
  display: flex; flex-direction: column; padding: 16px; border-radius: 10px; color: inherit;
  border: 1px solid var(--explorer-line); background: var(--explorer-card); text-decoration: none;
}
a.card:hover { border-color: var(--explorer-accent); }
.card p:last-of-type { margin-bottom: 14px; }
.begin {
  margin-top: auto; display: grid; place-items: center; border-color: var(--explorer-accent);
  color: var(--explorer-accent); font-weight: 600; background: none;
}
@media (max-width: 640px) {
  .lesson { flex-direction: column-reverse; align-items: stretch; }
  .lesson .text { flex: none; }
  .question { min-height: 300px; padding: 12px 14px; }
  .ways .steps button, .recorded button { min-width: 40px; min-height: 40px; }
}
"""
