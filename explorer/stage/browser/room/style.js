// The style sheets of the presenter's view: what it does to the stage, and to the page around it.

/** Of the stage, inside its root. */
export const PRESENTED = `
.table.presenting .dials { display: none; }
`;

/** Of the page. The colours are the page's own. */
export const PAGE = `
html.presenting header.stAppHeader, html.presenting [data-testid="stHeader"] { display: none; }
html.presenting .stMainBlockContainer { padding-top: 3.6rem; }
html.presenting .stMain :is(p, li, label, small, td, th, button, a, input, textarea, code, pre, cite) {
  font-size: max(18px, 1em) !important; line-height: 1.4;
}
html.presenting .stMain :is(.st-key-actions, .st-key-lesson-out) { display: none; }
html.presenting .stMain .heading h1, html.presenting .lesson-step h1 { font-size: 30px; }
html.presenting .stMain .stMarkdownBadge, html.presenting .stMain .stMarkdownBadge * { font-size: 18px !important; }
@media (max-height: 700px) { html.presenting .st-key-sentence { display: none; } }
html.presenting .asked { font-size: 19px !important; }
html.presenting .st-key-lesson-question .stButton button { min-height: 60px; }
html.presenting .st-key-lesson-question .stButton button p { font-size: 22px !important; }
html.presenting .question h2 { font-size: 34px; }

.room-ui, .room-ui * { box-sizing: border-box; }
.room-ui {
  position: fixed; z-index: 999991; top: 0; right: 0; left: auto; min-height: 3rem; display: flex; gap: 8px;
  align-items: center; justify-content: flex-end; padding: 4px 14px; max-width: 100vw;
  font: 15px/1.35 Inter, "Source Sans", system-ui, sans-serif; color: var(--explorer-ink);
  font-variant-numeric: tabular-nums; pointer-events: none;
}
.room-ui > * { pointer-events: auto; }
html.presenting .room-ui {
  left: 0; font-size: 18px; background: var(--explorer-card); border-bottom: 1px solid var(--explorer-line);
}
.room-ui [hidden] { display: none !important; }
.room-ui button, .room-sheet button {
  min-height: 34px; padding: 3px 13px; border-radius: 20px; border: 1px solid var(--explorer-line);
  background: var(--explorer-card); color: var(--explorer-ink); font: inherit; font-weight: 600; cursor: pointer;
  white-space: nowrap;
}
.room-ui button:hover, .room-sheet button:hover { border-color: var(--explorer-mute); }
.room-ui button:focus-visible, .room-sheet :is(button, input, a):focus-visible {
  outline: 2px solid var(--explorer-accent); outline-offset: 2px;
}
:is(.room-ui, .room-sheet) button.primary {
  background: var(--explorer-accent); border-color: var(--explorer-accent); color: var(--explorer-background);
}
:is(.room-ui, .room-sheet) button[aria-pressed="true"] { border-color: var(--explorer-accent); color: var(--explorer-accent); }
.room-ui .next-title { margin: 0 auto 0 6px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--explorer-mute); }
.room-ui .next-title:empty { visibility: hidden; }
html:not(.presenting) .room-ui .next-title { display: none; }
@media (max-width: 640px) {
  .room-ui { gap: 5px; padding: 4px 8px; font-size: 14px; }
  html.presenting .room-ui { font-size: 16px; flex-wrap: wrap; }
  .room-ui button { min-height: 40px; padding: 3px 10px; }
}

.room-qr {
  position: fixed; z-index: 999990; right: 18px; bottom: 18px; width: min(300px, 44vmin, 60vw); margin: 0; padding: 12px;
  border-radius: 14px; background: #fff; color: #10151c; text-align: center; box-shadow: 0 6px 28px rgba(10, 16, 24, .3);
  font: 600 18px/1.3 Inter, "Source Sans", system-ui, sans-serif;
}
.room-qr[hidden] { display: none; }
.room-qr img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; }
.room-qr figcaption { overflow-wrap: anywhere; margin-top: 6px; }
.room-qr small { display: block; font-weight: 400; font-size: 15px; }

.room-spot {
  position: fixed; z-index: 999989; left: -17px; top: -17px; width: 34px; height: 34px; border-radius: 17px;
  pointer-events: none; background: color-mix(in srgb, var(--explorer-warn) 34%, transparent);
  border: 3px solid var(--explorer-warn); box-shadow: 0 0 0 2px var(--explorer-background);
}
.room-spot[hidden] { display: none; }
.room-spot.theirs { transition: transform 90ms linear; }
@media (prefers-reduced-motion: reduce) { .room-spot.theirs { transition: none; } }
`;
