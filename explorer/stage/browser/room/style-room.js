// The style sheet of a room: its sheet, its door, and the board with a question and its answers.

export const ROOM = `
.room-ui .where { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 46vw; color: var(--explorer-ink);
  background: var(--explorer-card); padding: 2px 6px; border-radius: 8px; }
.room-sheet {
  position: fixed; z-index: 999992; top: 3.2rem; right: 12px; width: min(340px, calc(100vw - 24px)); padding: 14px 18px 16px;
  border-radius: 14px; border: 1px solid var(--explorer-line); background: var(--explorer-card); color: var(--explorer-ink);
  box-shadow: 0 8px 30px rgba(10, 16, 24, .22); font: 15px/1.45 Inter, "Source Sans", system-ui, sans-serif; box-sizing: border-box;
}
.room-sheet *, .room-door * { box-sizing: border-box; }
html.presenting .room-sheet { font-size: 18px; }
.room-sheet[hidden], .room-sheet [hidden], .room-door [hidden] { display: none; }
.room-sheet :is(p, label, span, button) { font-size: 1em; line-height: 1.4; }
.room-sheet p { margin: 0 0 10px; overflow-wrap: anywhere; }
.room-sheet button { min-height: 40px; margin: 0 6px 10px 0; }
:is(.room-sheet, .room-door) .says { font-weight: 600; }
.room-sheet .says { color: var(--explorer-warn); }
.room-sheet .code { font-size: 44px; line-height: 1.1; font-weight: 700; letter-spacing: .06em; margin: 2px 0 4px; }
.room-sheet .small { font-size: max(14px, .85em); color: var(--explorer-mute); margin: 0; }
:is(.room-sheet, .room-door) form { display: flex; gap: 8px; align-items: end; }
:is(.room-sheet, .room-door) label { display: grid; gap: 2px; flex: 1 1 0; min-width: 0; font-weight: 600; }
:is(.room-sheet, .room-door) input {
  width: 100%; min-height: 44px; padding: 4px 12px; border: 1px solid var(--explorer-mute); border-radius: 10px; text-transform: uppercase;
  background: var(--explorer-background); color: var(--explorer-ink); font: 700 22px/1.2 ui-monospace, monospace; letter-spacing: .12em;
}
.room-sheet form button { margin: 0; min-height: 44px; }
.room-door { max-width: 420px; margin: 12vh auto 0; font: 16px/1.45 Inter, "Source Sans", system-ui, sans-serif; color: var(--explorer-ink); }
.room-door input { min-height: 56px; font-size: 28px; }
.room-door button { min-height: 56px; padding: 0 24px; border: 0; border-radius: 28px; background: var(--explorer-accent); color: var(--explorer-background);
  font: 600 18px/1 Inter, "Source Sans", system-ui, sans-serif; cursor: pointer; }
.room-door :is(input, button):focus-visible { outline: 3px solid var(--explorer-accent); outline-offset: 2px; }
.room-door .says { margin: 14px 0 0; min-height: 1.5em; }

.room-board {
  position: fixed; z-index: 999988; left: 50%; bottom: 14px; transform: translateX(-50%); width: min(880px, calc(100vw - 24px));
  max-height: min(76vh, 560px); overflow: auto; padding: 14px 20px 14px; border-radius: 16px; border: 1px solid var(--explorer-line); box-sizing: border-box;
  background: var(--explorer-card); color: var(--explorer-ink); box-shadow: 0 8px 34px rgba(10, 16, 24, .28);
  font: 17px/1.35 Inter, "Source Sans", system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
.room-board * { box-sizing: border-box; }
.room-board[hidden], .room-board [hidden] { display: none; }
html.presenting .room-board { font-size: 22px; }
.room-board :is(ol, li, p, h2, button) { font-size: 1em; font-family: inherit; line-height: inherit; }
.room-board h2 { margin: 0 0 10px; padding: 0; font-size: 1.15em; line-height: 1.25; font-weight: 650; color: inherit; }
.room-board .choices { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.room-board .choices li { margin: 0; }
.room-board .choices button {
  position: relative; width: 100%; min-height: 52px; padding: 8px 16px; display: flex; gap: 12px; align-items: center; overflow: hidden;
  border: 2px solid var(--explorer-line); border-radius: 12px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.room-board .choices button:disabled { cursor: default; opacity: 1; }
.room-board .choices button > * { position: relative; }
.room-board .choices .bar { position: absolute; inset: 0 auto 0 0; width: 0; background: color-mix(in srgb, var(--explorer-accent) 22%, transparent); transition: width .3s; }
.room-board .choices .text { flex: 1 1 auto; }
.room-board .choices .count { font-weight: 700; min-width: 1.6em; text-align: right; }
.room-board .choices .note { font-style: normal; font-weight: 600; color: var(--explorer-accent); white-space: nowrap; }
.room-board li.yours button { border-color: var(--explorer-accent); border-style: dashed; }
.room-board li.right button { border-color: var(--explorer-good); border-style: solid; }
.room-board li.right .bar { background: color-mix(in srgb, var(--explorer-good) 28%, transparent); }
.room-board .foot { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-top: 12px; }
.room-board .sum { margin: 0; flex: 1 1 14em; }
.room-board .foot button { min-height: 44px; padding: 4px 18px; border-radius: 22px; border: 1px solid var(--explorer-line); background: var(--explorer-card);
  color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
.room-board .foot button.primary { background: var(--explorer-accent); border-color: var(--explorer-accent); color: var(--explorer-background); }
.room-board button:focus-visible { outline: 3px solid var(--explorer-accent); outline-offset: 2px; }
/* no more answers: it makes room for the run */
.room-board.closed { left: 14px; transform: none; width: min(30vw, 460px); padding: 12px 14px; font-size: 16px; }
html.presenting .room-board.closed { font-size: 18px; }
.room-board.closed .choices { gap: 5px; }
.room-board.closed .choices button { min-height: 0; padding: 4px 10px; border-width: 1px; gap: 8px; }
.room-board.closed li.right button { border-width: 2px; }
.room-board.closed .foot { margin-top: 8px; }
@media (max-width: 640px) { .room-board.closed { left: 0; width: 100vw; font-size: 15px; padding: 10px 12px 14px; } }
@media (max-width: 640px), (max-height: 700px) {
  .room-board.closed h2 { display: none; }
  .room-board.closed .choices { grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); }
  .room-board.closed .text { display: none; }
  .room-board.closed .choices button { flex-wrap: wrap; justify-content: space-between; height: 100%; }
  .room-board.closed .note { order: 1; flex-basis: 100%; white-space: normal; font-size: 14px; }
}
@media (max-width: 640px) { .room-board:not(.closed) { left: 50%; bottom: 0; width: 100vw; border-radius: 16px 16px 0 0; padding: 14px 14px 18px; } }
@media (prefers-reduced-motion: reduce) { .room-board .bar { transition: none !important; } }

/* a question of the page: whoever follows answers it in the room */
.st-key-lesson-open { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); visibility: hidden; }
html.room-follows .st-key-lesson-question .stButton { display: none; }
html.room-follows .st-key-lesson-question .question::after { content: "The room answers this in a moment."; font-size: 17px; color: var(--explorer-mute); }
html:is(.room-follows, .room-steers).room-asked .st-key-lesson-question { visibility: hidden; }
html.room-asked .stMainBlockContainer { padding-bottom: 46vh; } /* all of it can be scrolled out from under the board */
`;
