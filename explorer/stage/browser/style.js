// The style sheet of the stage. Colours are the roles of the palette, set as --role on the root;
// --text is the size of the smallest text (14 px, 18 px for a presenter).

/**
 * Dials in rows over the picture, of tables of a class.
 *
 * @param {string} table
 */
const above = (table) => `
  .table${table} { flex-direction: column; align-items: stretch; gap: 21px; }
  .table${table} > .stage { flex: none; }
  ${table} .dials { flex: none; flex-flow: row wrap; align-items: end; gap: 8px 14px; }
  ${table} .dials .group { display: contents; }
  ${table} .dials details.group { display: block; border: 0; padding: 0; }
  ${table} .dials details[open] { flex-basis: 100%; }
  ${table} .dials :is(h2, [data-kind="menu"] .top, [data-kind="row"] .top, [data-kind="line"] .top, [data-kind="lines"] .top) {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  ${table} .dials .knob { flex: 1 1 128px; max-width: 190px; }
  ${table} .dials .knob[data-kind="row"] { flex: none; max-width: 100%; }
  ${table} .dials .knob:is([data-kind="line"], [data-kind="lines"]) { flex: 3 1 220px; max-width: none; }
  ${table} .dials textarea.line { display: block; height: 36px; }
  ${table} .dials .rail { height: 22px; }
  ${table} .dials .rail::before, ${table} .dials .rail::after { top: 9px; }
  ${table} .dials .tick { top: 17px; }
  ${table} .dials .range { inset: -9px 0; }
  ${table} .dials .coarse { position: absolute; right: 0; bottom: -20px; }
`;

export const STYLE = `
.stage {
  --text: 14px; --gap: 16px; --radius: 10px;
  position: relative; display: flex; flex-direction: column; gap: 12px; box-sizing: border-box;
  width: 100%; min-width: 0; padding-bottom: 10px; color: var(--ink); font: var(--text)/1.42 var(--font);
  font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; text-align: left;
}
.stage *, .stage *::before { box-sizing: border-box; }
.stage:focus { outline: none; }
.stage:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; border-radius: var(--radius); }
.stage :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.stage.presenter { --text: 18px; --gap: 24px; }
.table:fullscreen { background: var(--background); padding: 24px 28px 20px; overflow: auto; width: 100vw; }

/* picture and dials */
.table { display: flex; gap: 26px; align-items: flex-start; width: 100%; font: 14px/1.42 var(--font); color: var(--ink); }
.table > .stage { flex: 1 1 0; }
.table *, .table *::before { box-sizing: border-box; }
.dials { position: relative; flex: 0 0 clamp(150px, 18.2%, 300px); min-width: 0; display: flex; flex-direction: column; gap: 14px;
  font-size: 14px; line-height: 1.35; font-variant-numeric: tabular-nums; }
.table:fullscreen .dials { font-size: 18px; }
.dials .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dials .group { display: flex; flex-direction: column; gap: 9px; margin: 0; }
.dials details.group { display: block; border-top: 1px solid var(--line); padding-top: 8px; }
.dials details.group .knob { margin-top: 9px; }
.dials summary { cursor: pointer; min-height: 28px; line-height: 28px; font-weight: 600; }
.dials h2 { margin: 0; padding: 2px 0 0; font: 650 1em/1.4 var(--font); }
.dials .top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 14px; }
.dials .name { color: var(--ink); cursor: default; user-select: none; overflow-wrap: anywhere; }
.dials .value { color: var(--ink); font-weight: 620; white-space: nowrap; margin-left: auto; }
.dials .refused { margin: 2px 0 0; padding: 4px 8px; border-left: 3px solid var(--warn); background: var(--card); }
.dials .refused[hidden] { display: none; }
.dials .coarse { margin: 0; min-height: 1.4em; color: var(--mute); }
.dials .rail { position: relative; height: 26px; }
.dials .rail::before, .dials .rail::after { content: ""; position: absolute; left: 0; top: 11px; height: 4px; border-radius: 2px; }
.dials .rail::before { right: 0; background: var(--line); }
.dials .rail::after { width: calc(8px + (100% - 16px) * var(--at, 0)); background: var(--accent); }
.dials .tick { position: absolute; left: calc(8px + (100% - 16px) * var(--home, 0)); top: 19px; width: 2px; height: 6px; margin-left: -1px;
  border-radius: 1px; background: var(--mute); }
.dials .tick[hidden] { display: none; }
.dials .range { position: absolute; z-index: 1; inset: -7px 0; width: 100%; height: 40px; margin: 0; background: none; appearance: none; cursor: pointer; touch-action: pan-y; }
.dials .range::-webkit-slider-runnable-track { height: 40px; background: none; }
.dials .range::-webkit-slider-thumb { appearance: none; width: 16px; height: 16px; margin-top: 12px; border-radius: 8px; background: var(--accent); border: 2px solid var(--background); box-shadow: 0 0 0 1px var(--accent); }
.dials .range::-moz-range-track { height: 40px; background: none; }
.dials .range::-moz-range-thumb { width: 13px; height: 13px; border-radius: 8px; background: var(--accent); border: 2px solid var(--background); box-shadow: 0 0 0 1px var(--accent); }
.dials .range:focus-visible { outline: none; }
.dials .range:focus-visible::-webkit-slider-thumb { box-shadow: 0 0 0 4px color-mix(in srgb, var(--accent) 55%, transparent); }
.dials .range:focus-visible::-moz-range-thumb { box-shadow: 0 0 0 4px color-mix(in srgb, var(--accent) 55%, transparent); }
.dials :is(.field, .menu, .line) { width: 100%; min-width: 0; min-height: 36px; padding: 5px 10px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: var(--ink); font: inherit; }
.dials textarea.line { resize: vertical; line-height: 1.4; }
.dials :is(.field, .menu, .line):focus-visible, .dials button:focus-visible, .dials summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.dials .typed { display: flex; gap: 6px; }
.dials .next { flex: none; min-height: 36px; padding: 0 14px; border: 1px solid var(--line); border-radius: 18px; background: var(--card); color: var(--ink); font: inherit; cursor: pointer; }
.dials .next:hover { border-color: var(--mute); }
.dials .next:disabled { opacity: 0.5; cursor: default; }
.dials .next[hidden] { display: none; }
.dials .letters { display: flex; flex-wrap: wrap; gap: 6px; }
.dials .pad { width: 100%; max-width: 240px; aspect-ratio: 1; display: block; margin-bottom: 6px; touch-action: none; cursor: crosshair;
  color: var(--ink); border: 1px solid var(--line); border-radius: 8px; }
.dials .names { display: flex; flex-wrap: wrap; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--card); }
.dials .names label { flex: 1 1 auto; position: relative; min-height: 34px; display: grid; place-items: center; padding: 3px 9px; cursor: pointer; text-align: center; }
.dials .names label + label { box-shadow: -1px 0 0 var(--line); }
.dials .names input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.dials .names label:has(:checked) { background: color-mix(in srgb, var(--accent) 16%, var(--card)); font-weight: 620; box-shadow: inset 0 -2px 0 var(--accent); }
.dials .names label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 8px; }
.dials .switch { appearance: none; position: relative; width: 38px; height: 22px; margin: 0; border-radius: 11px; border: 1px solid var(--mute); background: var(--card); cursor: pointer; }
.dials .switch::before { content: ""; position: absolute; left: 3px; top: 3px; width: 14px; height: 14px; border-radius: 7px; background: var(--mute); }
.dials .switch:checked { background: var(--accent); border-color: var(--accent); }
.dials .switch:checked::before { left: 19px; background: var(--on-accent); }
.dials .switch:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.dials .knob[data-kind="switch"] { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: 8px; }
.dials .knob[data-kind="switch"] .refused { grid-column: 1 / -1; }
.dials .explanation { position: absolute; z-index: 9; pointer-events: none; padding: 5px 9px; border-radius: 8px; max-width: 260px;
  background: var(--card); color: var(--ink); border: 1px solid var(--line); box-shadow: 0 4px 14px rgba(10, 16, 24, .16); }
.dials .explanation[hidden] { display: none; }
.dials:not(:has(.knob)) { display: none; } /* a guided view may open none */
.dials .fold { display: none; }
@media (max-width: 640px) {
  .dials .fold { display: flex; align-items: center; gap: 8px; min-height: 44px; padding: 4px 14px; border: 1px solid var(--line); border-radius: 10px;
    background: var(--card); color: var(--ink); font: inherit; font-weight: 600; text-align: left; cursor: pointer; }
  .dials .fold::before { content: "▸"; }
  .dials.open .fold::before { content: "▾"; }
  .dials:not(.open) > :not(.fold, .explanation) { display: none; }
  .table { flex-direction: column-reverse; align-items: stretch; gap: 18px; }
  .table > .stage { flex: none; }
  .dials { flex: none; }
  .dials .rail { height: 40px; }
  .dials .rail::before, .dials .rail::after { top: 18px; }
  .dials .tick { top: 27px; }
  .dials .range { inset: 0; }
  .dials .names label, .dials .next, .dials :is(.field, .menu, .line), .dials summary { min-height: 40px; line-height: 1.35; }
}
@media (min-width: 641px) and (max-width: 1020px) {
${above(".above")}}
@media (min-width: 1021px) {
${above(".above.guided")}}
.stage .panels { flex: none; min-height: 0; display: grid; gap: 10px var(--gap); align-content: stretch; }
.stage .panels[hidden] { display: none; }
.stage.empty { min-height: 220px; }
.stage.empty > .panels { opacity: 0; } /* nothing is drawn yet: no frames around nothing */
.stage .blank { animation: appear .2s .4s both; position: absolute; z-index: 1; top: 90px; left: 12%; right: 12%; margin: 0; text-align: center; color: var(--mute); }
@keyframes appear { from { opacity: 0; } }
.stage.loop .blank { top: 30%; }
.stage .blank[hidden] { display: none; }
.stage .rest { padding-top: 8px; }
.stage .panel { contain: layout style; min-width: 0; min-height: 0; display: flex; flex-direction: column; position: relative; }
.stage .panel.dim { opacity: .34; transition: opacity .2s; }
.stage .panel.dim:is(:hover, :focus-within) { opacity: 1; }
.stage .panel.lit { border-radius: var(--radius); box-shadow: 0 0 0 6px var(--background), 0 0 0 8px color-mix(in srgb, var(--accent) 55%, transparent); }
.stage .panel > * { flex: 1 1 auto; min-width: 0; min-height: 0; }
.stage.narrow .panels { gap: 18px 14px; }
.stage.narrow .panel { min-height: min-content; }

/* a panel's title, with a note at its right */
.stage .head { display: flex; justify-content: space-between; align-items: baseline; gap: 2px 12px; flex-wrap: wrap; margin: 0 0 5px; flex: none; }
.stage .head h2 { margin: 0; padding: 0; font: 620 calc(var(--text) + 2px)/1.5 var(--font); color: var(--ink); letter-spacing: -.005em; }
.stage .square .head { flex-wrap: nowrap; }
.stage .square .head > * { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.stage .square .head > h2 { flex: none; max-width: 100%; } /* the note gives way first */
.stage .head.large h2 { font-size: calc(var(--text) + 4px); line-height: 1.33; }
.stage .head .note { color: var(--mute); }
.stage .head > .note:first-child { margin-left: auto; } /* beside no title */
.stage .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* plots */
.stage .plot { display: flex; flex-direction: column; }
.stage .plot .body { position: relative; flex: 1 1 0; min-height: 96px; }
@media (max-height: 780px) { .stage:not(.narrow) .plot .body { min-height: 76px; } }
@media (max-height: 640px) { .stage:not(.narrow) .plot .body { min-height: 58px; } }
.stage .plot canvas { position: absolute; display: block; touch-action: pan-y; cursor: crosshair; }
.stage .plot.square canvas { border-radius: var(--radius); box-shadow: 0 0 0 1px var(--line); }
.stage.narrow .plot .body { flex: none; height: auto; width: 100%; aspect-ratio: 16 / 10; }
.stage.narrow .plot.square .body { aspect-ratio: 1; }
@media (max-height: 640px) { .stage.narrow .plot.square .body { max-height: max(250px, calc(100vh - 250px)); } }
.stage .readout, .stage .explanation {
  position: absolute; z-index: 6; pointer-events: none; white-space: pre; padding: 5px 9px; border-radius: 8px;
  background: var(--card); color: var(--ink); border: 1px solid var(--line); box-shadow: 0 4px 14px rgba(10, 16, 24, .16);
  line-height: 1.35;
}
.term { text-decoration: underline dotted var(--mute) 1px; text-underline-offset: 3px; cursor: help; }
.stage .term:focus-visible { outline: 2px solid var(--accent); border-radius: 3px; }
.stage .explanation { white-space: normal; max-width: min(300px, 90%); }
.stage .readout[hidden], .stage .explanation[hidden] { display: none; }
.stage .readout i { font-style: normal; display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; }
.stage .whole {
  position: absolute; top: 8px; right: 8px; height: 30px; padding: 0 12px; border-radius: 15px; border: 1px solid var(--line);
  background: var(--card); color: var(--ink); font: inherit; cursor: pointer;
}
.stage .whole[hidden] { display: none; }

/* what can be taken hold of in a picture: it is drawn there, and this takes pointer, finger and focus */
.stage .handle { position: absolute; z-index: 3; left: 0; top: 0; width: 40px; height: 40px; margin: -20px 0 0 -20px; border-radius: 20px;
  cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; -webkit-tap-highlight-color: transparent; }
.stage .handle[hidden] { display: none; }
.stage .handle.held { cursor: grabbing; z-index: 5; }
.stage .handle.pen { z-index: 2; margin: 0; border-radius: 4px; cursor: crosshair; }
.stage .handle.pen::after { content: none; }
.stage .handle.pen:focus-visible { outline-width: 2px; outline-offset: 2px; }
.stage .handle.pen.held { outline: none; }
.stage .pen > .nib { position: absolute; left: -5px; top: -5px; width: 10px; height: 10px; border-radius: 5px; border: 2px solid var(--ink); background: var(--card); opacity: 0; pointer-events: none; }
.stage .pen:is(:focus-visible, .held) > .nib { opacity: 1; }
.stage .pen > .nib > .bubble { bottom: 18px; }
.stage .handle.beyond { pointer-events: none; opacity: .6; }
.stage .handle:focus { outline: none; }
.stage .handle:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
.stage .handle::after { content: ""; position: absolute; inset: 4px; border-radius: inherit; background: var(--accent); opacity: 0; transition: opacity .15s; }
.stage .handle:hover::after { opacity: .12; }
.stage .handle.held::after { opacity: .2; }
.stage .handle.line::before { content: ""; position: absolute; }
.stage .handle.across-x::before { left: 12px; width: 16px; top: calc(var(--top) + 20px); height: var(--high); }
.stage .handle.across-y::before { top: 12px; height: 16px; left: calc(var(--left) + 20px); width: var(--wide); }
@media (pointer: coarse) { .stage .handle.line::before { content: none; } } /* a finger there scrolls the page */
.stage .bubble { display: none; position: absolute; z-index: 6; font: var(--text)/1.35 var(--font); white-space: normal; text-align: left; bottom: calc(100% + 2px); left: 50%; transform: translateX(-50%); pointer-events: none;
  width: max-content; max-width: 300px; padding: 4px 9px; border-radius: 8px; background: var(--card); color: var(--ink); border: 1px solid var(--line);
  box-shadow: 0 4px 14px rgba(10, 16, 24, .16); }
.stage .bubble span { display: block; color: var(--mute); }
.stage .bubble span:first-child { color: var(--ink); font-weight: 620; }
.stage .held .bubble span:not(:first-child) { display: none; }
.stage :is(.handle, .free > .turnable):is(:hover, :focus-visible, .held) .bubble { display: block; }
.stage .from-left .bubble { left: 0; transform: none; }
.stage .from-right .bubble { left: auto; right: 0; transform: none; }
.stage .under .bubble { bottom: auto; top: calc(100% + 2px); }
.stage .number-handle, .stage .turnable { position: relative; display: inline-block; }
.stage .number-handle[hidden] { display: none; }
.stage .number-handle.over { position: absolute; z-index: 3; left: 0; top: 0; line-height: 1.25; }
.stage .over > .turnable { background: var(--card); }
.stage .free > .turnable { cursor: ew-resize; touch-action: pan-y; user-select: none; -webkit-user-select: none; padding: 0 .3em;
  border-radius: 7px; box-shadow: inset 0 0 0 1.5px color-mix(in srgb, var(--accent) 60%, transparent); -webkit-tap-highlight-color: transparent; }
.stage .free > .turnable::after { content: ""; position: absolute; inset: -3px; } /* what takes the pointer */
@media (pointer: coarse) { .stage .free > .turnable::after { inset: auto; left: 50%; top: 50%; width: max(100%, 40px); height: 40px; transform: translate(-50%, -50%); } }
.stage .free > .turnable:is(:hover, .held) { background: color-mix(in srgb, var(--accent) 14%, transparent); }
.stage .free > .turnable.held { z-index: 5; }
.stage .free > .turnable .text::before { content: "‹ "; color: var(--accent); font-weight: 400; }
.stage .free > .turnable .text::after { content: " ›"; color: var(--accent); font-weight: 400; }
.stage .free > .turnable { white-space: nowrap; }
.stage .typed-number { position: absolute; z-index: 7; left: 0; top: 50%; transform: translateY(-50%); width: max(100%, 5.5em); min-height: 1.7em; padding: 0 .3em; margin: 0;
  font: inherit; color: var(--ink); background: var(--card); border: 2px solid var(--accent); border-radius: 7px; }

/* words and numbers */
.stage .sentence { margin: 0; font-size: calc(var(--text) + 2px); line-height: 1.4; color: var(--ink); }
.stage .sentence.long { font-size: calc(var(--text) + 1px); }
.stage .sentence b { font-weight: 650; }
.stage .sentence.mono { font: calc(var(--text) + 1px)/1.5 var(--monospace); white-space: break-spaces; overflow-wrap: anywhere; tab-size: 4; }
.stage .sentence.mono[data-row] { white-space: break-spaces; word-break: break-all; line-height: 1.35; margin-block: -4px; } /* all rows break at one place */
.stage .sentence.mono b { font-family: var(--font); }
.stage .sentence mark { color: var(--ink); background: color-mix(in srgb, var(--warn) 20%, transparent); border-radius: 3px;
  text-decoration: underline var(--warn) 2px; text-underline-offset: 3px; }
.stage .cards { display: grid; gap: 6px; align-content: start; }
.stage .card { min-width: 0; padding: 4px 8px 5px; background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.stage .card b { display: block; font-weight: 640; font-size: calc((var(--text) + 6px) * var(--fits, 1)); line-height: calc((var(--text) + 6px) * 1.3); white-space: nowrap; }
.stage .card > span { display: block; line-height: 1.3; color: var(--mute); overflow-wrap: anywhere; text-wrap: balance; }
.stage .card .label { color: var(--ink); }
.stage .card .good { color: var(--good); }
.stage .card .bad { color: var(--warn); }
.stage .card[tabindex] .label { text-decoration: underline dotted var(--mute) 1px; text-underline-offset: 3px; cursor: help; }

/* lines that say what went wrong */
.stage .trouble { flex: none; margin: 0; padding: 9px 14px; border-radius: var(--radius); background: var(--card); border: 1px solid var(--warn); border-left-width: 4px; color: var(--ink); }
.stage .trouble[hidden] { display: none; }
.stage .trouble b { color: var(--warn); }
.stage .notice {
  position: absolute; z-index: 7; left: 0; right: 0; bottom: calc(100% + 8px); margin: 0 auto; width: fit-content; max-width: 92%;
  display: flex; gap: 12px; align-items: center; padding: 6px 6px 6px 14px; border-radius: var(--radius);
  background: var(--card); border: 1px solid var(--accent); box-shadow: 0 6px 20px rgba(10, 16, 24, .18); transition: opacity .3s;
}
.stage .notice[hidden] { display: none; }
.stage .notice button { flex: none; width: 32px; height: 32px; border: 0; border-radius: 16px; background: none; color: var(--mute); font: inherit; cursor: pointer; }

/* the time bar, always in view */
.stage .dock { flex: none; position: sticky; bottom: 8px; z-index: 8; display: flex; flex-direction: column; gap: 8px; }
.stage .bar {
  flex: none; position: relative; display: flex; align-items: center; gap: 10px; min-height: 62px; padding: 9px 14px 9px 12px;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: 0 10px 0 2px var(--background); /* nothing shows through between it and the window's edge */
}
@media (max-height: 640px) { .stage .bar { min-height: 52px; padding-block: 4px; } }
.stage .bar.bare { min-height: 0; padding: 0; border: 0; background: none; box-shadow: none; justify-content: flex-end; }
.stage .dock:has(> .bar.bare):not(:has(> :not(.bar, [hidden], :empty))) { position: static; } /* nothing but a button: it covers no text */
.stage .bar.bare > :not(.full) { display: none; }
.stage .bar button, .stage .bar select {
  flex: none; height: 40px; min-width: 40px; padding: 0; display: grid; place-items: center; border-radius: 20px;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); font: inherit; cursor: pointer; margin: 0;
}
.stage .bar button:hover, .stage .bar select:hover { border-color: var(--mute); }
.stage .bar button:active { transform: translateY(1px); }
.stage .bar button svg { width: 18px; height: 18px; fill: currentColor; display: block; }
.stage .bar .primary { min-width: calc(5.6em + 30px); padding: 0 20px; border: 0; background: var(--accent); color: var(--on-accent); font-weight: 640; font-size: calc(var(--text) + 1px); }
.stage .bar .primary:hover { filter: brightness(1.07); }
.stage .bar .gate { padding: 0 16px; font-weight: 560; }
.stage .bar select { appearance: none; text-align: center; text-align-last: center; width: 58px; padding: 0 4px; background: var(--card); }
.stage .bar select option { background: var(--card); color: var(--ink); }
.stage .time { position: relative; flex: 1 1 auto; min-width: 90px; height: 44px; }
.stage .time .track { position: absolute; left: 0; right: 0; top: 25px; height: 4px; border-radius: 2px; background: var(--line); }
.stage .time .track i { position: absolute; left: 0; top: 0; bottom: 0; border-radius: 2px; width: 100%; transform-origin: 0 50%; }
.stage .time .known { background: var(--mute); opacity: .45; }
.stage .time .past { background: var(--accent); }
.stage .time .clip { position: absolute; inset: 0; border-radius: 2px; overflow: hidden; }
.stage .time input { position: absolute; left: -9px; right: -9px; width: calc(100% + 18px); top: 7px; height: 40px; margin: 0; background: none; appearance: none; cursor: pointer; }
.stage .time input:focus-visible { outline: none; }
.stage .time input::-webkit-slider-runnable-track { height: 40px; background: none; }
.stage .time input::-webkit-slider-thumb { appearance: none; width: 18px; height: 18px; margin-top: 11px; border-radius: 9px; background: var(--accent); border: 3px solid var(--card); box-shadow: 0 0 0 1px var(--accent); }
.stage .time input:focus-visible::-webkit-slider-thumb { box-shadow: 0 0 0 4px var(--accent); }
.stage .time input::-moz-range-track { height: 40px; background: none; }
.stage .time input::-moz-range-thumb { width: 13px; height: 13px; border-radius: 9px; background: var(--accent); border: 3px solid var(--card); box-shadow: 0 0 0 1px var(--accent); }
.stage .time .mark { position: absolute; top: 17px; width: 16px; height: 20px; margin-left: -8px; z-index: 2; cursor: pointer; }
.stage .time .mark::before { content: ""; position: absolute; left: 7px; top: 1px; width: 2px; height: 18px; border-radius: 1px; background: var(--warn); }
.stage .time .mark:hover { z-index: 4; }
.stage .time .mark span { position: absolute; bottom: 19px; left: 6px; white-space: nowrap; color: var(--warn); line-height: 17px; visibility: hidden; padding: 0 3px; }
.stage .time .mark span.left { left: auto; right: 6px; }
.stage .time .mark.told span { visibility: visible; }
.stage .time .mark:hover span { visibility: visible; background: var(--card); outline: 1px solid var(--line); border-radius: 4px; z-index: 5; }
.stage .where { contain: layout style; flex: none; text-align: right; white-space: nowrap; line-height: 1.3; padding-left: 4px; }
.stage .count { display: block; font-weight: 640; font-size: calc(var(--text) + 1px); }
.stage .below { display: block; color: var(--mute); min-height: 1.3em; }
.stage.slim .dock { bottom: 0; }
.stage.slim .bar {
  flex-wrap: wrap; gap: 4px 6px; padding: 4px 10px calc(8px + env(safe-area-inset-bottom));
  box-shadow: 0 -6px 18px rgba(10, 16, 24, .10);
}
.stage.slim .bar > * { order: 2; }
.stage.slim .bar .time { order: 1; flex: 1 1 max(55%, calc(100% - 160px)); margin: 0 10px; }
.stage.slim .bar .where { order: 1; }
.stage.slim .bar .primary { flex: 1 1 auto; min-width: 0; padding: 0 8px; }
.stage.slim .bar .full { display: none; }
.stage.slim .bar .gate { padding: 0 8px; }
.stage.slim .bar select { width: 46px; }
.stage.presenter .bar button, .stage.presenter .bar select { height: 48px; min-width: 48px; border-radius: 24px; }
.stage.presenter .bar .primary { min-width: calc(5.6em + 30px); }
.stage.presenter .bar select { width: 70px; }
.stage.presenter .bar button svg { width: 22px; height: 22px; }
.stage.loop { gap: 0; padding: 0; }
.stage.loop .panel { cursor: inherit; }
@media (prefers-reduced-motion: reduce) { .stage * { transition: none !important; animation: none !important; } }
`;
