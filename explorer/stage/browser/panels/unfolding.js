// A memory taken apart: what every earlier step wrote into it, and how much of that is left.

import { channels } from "../colour.js";
import { countOf } from "../format.js";
import { graphics } from "../canvas.js";
import { element, focused, heading } from "../layout.js";
import { spoken } from "../circuit/opening.js";
import { styled } from "../worn.js";

/**
 * @import { Made, Maker, View } from "../context.js"
 * @import { Frame } from "../run/store.js"
 * @import { Unfolding } from "../types"
 */

/** @typedef {ArrayLike<number> & Iterable<number>} Parts what is left of each source, the start first */
/** @typedef {(s: number, part: number, from: number, to: number) => void} Each */

const STYLE = `
.stage .unfolding { display: flex; flex-direction: column; container-type: inline-size; }
.stage .unfolding .both { flex: 1 1 0; min-height: 150px; display: flex; gap: 14px; }
.stage .unfolding .stack { position: relative; flex: 1 1 0; min-width: 0; min-height: 130px; cursor: crosshair;
  touch-action: pan-y; border-radius: 8px; box-shadow: 0 0 0 1px var(--line); background: var(--card); }
.stage .unfolding canvas { position: absolute; inset: 0; width: 100%; height: 100%; border-radius: 8px; }
.stage .unfolding .over { pointer-events: none; }
.stage .unfolding .column { position: absolute; top: 0; height: 100%; box-sizing: border-box; pointer-events: none;
  border: 1.5px solid var(--ink); outline: 1px solid var(--card); border-radius: 3px; }
.stage .unfolding .ends { position: absolute; left: 7px; color: var(--mute); pointer-events: none; line-height: 1.2; }
.stage .unfolding .made-of { flex: 0 0 262px; min-width: 0; display: flex; flex-direction: column; overflow: hidden; }
.stage .unfolding .list { flex: 0 1 auto; overflow: hidden; display: grid;
  grid-template-columns: auto auto auto minmax(36px, 1fr); column-gap: 9px; align-content: start; }
.stage .unfolding .source { grid-column: 1 / -1; display: grid; grid-template-columns: subgrid; align-items: center;
  min-height: 26px; padding: 0 4px; border-radius: 5px; white-space: nowrap; cursor: pointer; margin: 0; }
.stage .unfolding .source:hover, .stage .unfolding .source.on { background: color-mix(in srgb, var(--accent) 13%, transparent); }
.stage .unfolding .source.lead { color: var(--mute); cursor: default; background: none; }
.stage .unfolding .token { border: 1px solid var(--line); border-radius: 5px; min-width: 1.7em; padding: 0 4px;
  text-align: center; background: var(--background); font: 600 var(--text)/1.45 var(--monospace); }
.stage .unfolding .token.first { font-family: var(--font); font-weight: 400; }
.stage .unfolding .figure { text-align: right; }
.stage .unfolding .written { color: var(--mute); }
.stage .unfolding .left-of { font-weight: 620; }
.stage .unfolding .bar-of { position: relative; height: 10px;
  background: linear-gradient(var(--line), var(--line)) 50% 0 / 1px 100% no-repeat; }
.stage .unfolding .bar-of i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
.stage .unfolding .foot { flex: none; display: flex; justify-content: space-between; padding: 3px 4px 0; color: var(--mute); }
.stage .unfolding .foot b { color: var(--ink); font-weight: 640; }
.stage .unfolding .readout { white-space: pre; }
.stage.narrow .unfolding .both { flex: none; flex-direction: column; }
.stage.narrow .unfolding .stack { flex: none; height: 210px; }
.stage.narrow .unfolding .made-of { flex: none; }
.stage.narrow .unfolding .source { min-height: 40px; }
`;
const SHADES = [0.95, 0.62, 0.8, 0.48]; // of one colour, so that neighbours stay apart
const THIN = 0.4; // px; what is thinner is drawn together
const START = -1; // the source of what was there before the first step
const ROW = 26; // px

/**
 * The parts of a memory over all frames, by m_t = keep_t · m_{t−1} + written_t: column t holds what
 * was there at the start, and what steps 0 to t wrote, as much as is left of each.
 *
 * @param {number[]} keep
 * @param {number[]} written
 * @param {number} before
 */
export function unfold(keep, written, before) {
  /** @type {Float64Array[]} */
  const columns = [];
  let last = new Float64Array([before]);
  for (let t = 0; t < keep.length; t += 1) {
    const column = new Float64Array(t + 2);
    for (let s = 0; s <= t; s += 1) column[s] = last[s] * keep[t];
    column[t + 1] = written[t];
    columns.push(column);
    last = column;
  }
  return columns;
}

/** @param {Iterable<number>} values */
function sumOf(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** @type {Maker<Unfolding>} */
export function make(panel, stage) {
  const head = heading(panel.title, panel.note);
  const canvas = element("canvas");
  const over = element("canvas", "over");
  const column = element("div", "column");
  const [high, low] = [element("span", "ends"), element("span", "ends")];
  const readout = element("div", "readout");
  readout.hidden = true;
  const stack = element("div", "stack", canvas, over, column, high, low, readout);
  stack.setAttribute("role", "img");
  const list = element("div", "list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "The largest parts");
  const rest = element("span");
  const sum = element("span");
  const foot = element("div", "foot", rest, sum);
  const madeOf = element("div", "made-of", list, foot);
  const root = element(
    "div",
    "unfolding",
    styled(STYLE),
    ...(head ? [head] : []),
    element("div", "both", stack, madeOf),
  );
  /** @type {View | null} */
  let view = null;
  /** @type {Float64Array[]} */
  let columns = []; // the parts of every frame
  /** @type {number[]} */
  let totals = [];
  let range = [-1, 1];
  let size = [0, 0];
  let computed = "";
  let drawn = "";
  let listed = "";
  /** @type {number | null} */
  let lit = null; // the source that is pointed at
  /** @type {ReturnType<typeof makeRow>[]} */
  let rows = [];

  const at = () => stage.placeOf(panel.select);
  const span = () => Math.max(stage.horizon, stage.frames.newest, 0) + 1;

  /** @param {number} position */
  function goTo(position) {
    const frame = stage.frames.at(position);
    if (frame) stage.go(frame.index);
  }

  function compute() {
    const { frames: kept, newest } = stage.frames;
    /**
     * @param {string} name
     * @param {Frame} frame
     */
    const read = (name, frame) => frame.arrays[name]?.data[at()] ?? 0;
    const whole = kept.length > 0 && newest - kept[0].index === kept.length - 1;
    columns = whole // where steps were left out, only the memory itself is known
      ? unfold(
          kept.map((frame) => read(panel.keep, frame)),
          kept.map((frame) => read(panel.written, frame)),
          read(panel.before, kept[0]),
        )
      : [];
    totals = kept.map((frame) => read(panel.total, frame));
    let [least, most] = [Math.min(0, ...totals), Math.max(0, ...totals)];
    for (const parts of columns) {
      let [down, up] = [0, 0];
      for (const part of parts) {
        if (part < 0) down += part;
        else up += part;
      }
      [least, most] = [Math.min(least, down), Math.max(most, up)];
    }
    const room = 0.04 * (most - least || 1);
    range = [least - room, most + room];
    high.textContent = stage.number(most);
    low.textContent = stage.number(least);
    high.style.top = "5px";
    low.style.bottom = "5px";
  }

  /** @param {number} value */
  const yOf = (value) => size[1] * (1 - (value - range[0]) / (range[1] - range[0]));

  /**
   * Call `each(s, part, from, to)` for the parts of a column, stacked from the middle outwards.
   *
   * @param {Parts} parts
   * @param {Each} each
   */
  function stacked(parts, each) {
    let [up, down] = [0, 0];
    for (let s = 0; s < parts.length; s += 1) {
      const part = parts[s];
      const from = part < 0 ? down : up;
      if (part < 0) down += part;
      else up += part;
      if (part) each(s, part, from, from + part);
    }
  }

  /** @param {HTMLCanvasElement} target */
  function sheetOf(target) {
    const ratio = window.devicePixelRatio || 1;
    target.width = Math.max(1, Math.round(size[0] * ratio));
    target.height = Math.max(1, Math.round(size[1] * ratio));
    const g = graphics(target);
    g.scale(ratio, ratio);
    return g;
  }

  function colours() {
    const card = channels(stage.palette.card);
    /**
     * @param {string} role
     * @param {number} share
     */
    const shade = (role, share) =>
      `rgb(${channels(stage.palette[role]).map((c, i) => Math.round(card[i] + share * (c - card[i])))})`;
    return ["positive", "negative", "mute"].map((role) => SHADES.map((share) => shade(role, share)));
  }

  function draw() {
    const g = sheetOf(canvas);
    const [positive, negative, first] = colours();
    const wide = size[0] / span();
    const scale = size[1] / (range[1] - range[0]);
    columns.forEach((parts, t) => {
      const left = Math.floor(t * wide);
      const across = Math.max(1, Math.ceil((t + 1) * wide) - left);
      /** @type {Record<"up" | "down", [number, number] | null>} */
      const thin = { up: null, down: null };
      /** @param {"up" | "down"} way */
      const flush = (way) => {
        if (!thin[way]) return;
        const [from, to] = thin[way];
        g.fillStyle = (way === "up" ? positive : negative)[3];
        g.fillRect(left, Math.min(yOf(from), yOf(to)), across, Math.abs(to - from) * scale);
        thin[way] = null;
      };
      stacked(parts, (s, part, from, to) => {
        const way = part < 0 ? "down" : "up";
        if (Math.abs(part) * scale < THIN) {
          thin[way] = [thin[way]?.[0] ?? from, to];
          return;
        }
        flush(way);
        g.fillStyle = s === 0 ? first[1] : (part < 0 ? negative : positive)[s % SHADES.length];
        g.fillRect(left, Math.min(yOf(from), yOf(to)), across, Math.abs(part) * scale);
      });
      flush("up");
      flush("down");
    });
    drawTotal(g, wide);
  }

  /**
   * @param {CanvasRenderingContext2D} g
   * @param {number} wide
   */
  function drawTotal(g, wide) {
    g.lineWidth = 1;
    g.strokeStyle = stage.palette.mute;
    g.beginPath();
    g.moveTo(0, yOf(0));
    g.lineTo(size[0], yOf(0));
    g.stroke();
    for (const { colour, width } of [
      { colour: stage.palette.card, width: 4.5 },
      { colour: stage.palette.ink, width: 2 },
    ]) {
      g.strokeStyle = colour;
      g.lineWidth = width * stage.weight;
      g.lineJoin = "round";
      g.beginPath();
      totals.forEach((total, t) => g.lineTo((t + 0.5) * wide, yOf(total)));
      g.stroke();
    }
  }

  /** The source that is pointed at, wherever something of it is left. */
  function drawLit() {
    const g = sheetOf(over);
    if (lit === null) return;
    const here = lit + 1;
    const wide = size[0] / span();
    g.fillStyle = stage.palette.accent;
    columns.forEach((parts, t) =>
      stacked(parts, (s, part, from, to) => {
        if (s !== here) return;
        const [top, bottom] = [yOf(Math.max(from, to)), yOf(Math.min(from, to))];
        const left = Math.floor(t * wide);
        g.fillRect(left, top, Math.max(1, Math.ceil((t + 1) * wide) - left), Math.max(1, bottom - top));
      }),
    );
  }

  /** @param {number | null} source */
  function light(source) {
    if (source === lit) return;
    lit = source;
    drawLit();
    for (const { row, source: own } of rows) row.classList.toggle("on", own === lit);
  }

  // -------------------------------------------------------------------------------------- list

  /** @param {number} source */
  const writtenBy = (source) => columns[Math.max(0, source)]?.[source + 1] ?? 0;
  const startedWith = () => stage.frames.at(0)?.arrays[panel.before]?.data[at()] ?? 0;

  function makeRow() {
    const row = element("div", "source");
    row.tabIndex = 0;
    row.setAttribute("role", "button");
    const token = element("span", "token");
    const written = element("span", "figure written");
    const left = element("span", "figure left-of");
    const bar = element("i");
    row.append(token, written, left, element("span", "bar-of", bar));
    const made = { row, token, written, left, bar, source: START };
    row.addEventListener("pointerenter", () => light(made.source));
    row.addEventListener("pointerleave", () => light(null));
    row.addEventListener("focus", () => light(made.source));
    row.addEventListener("blur", () => light(null));
    row.addEventListener("click", () => goTo(Math.max(0, made.source)));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation(); // the space bar plays, elsewhere
      goTo(Math.max(0, made.source));
    });
    return made;
  }

  /** @param {number} count */
  function fillRows(count) {
    if (!list.childElementCount) {
      const names = ["", "wrote", "left", ""].map((name) => element("span", "figure", name));
      const lead = element("div", "source lead", ...names);
      lead.setAttribute("aria-hidden", "true"); // each row says it of itself
      list.append(lead);
    }
    for (const { row } of rows.splice(count)) row.remove();
    while (rows.length < count) {
      const made = makeRow();
      rows.push(made);
      list.append(made.row);
    }
  }

  /** @param {View} view */
  function tell(view) {
    const parts = columns[view.position] ?? new Float64Array();
    const sources = Array.from(parts, (part, i) => ({ part, source: i - 1 })).filter(({ part }) => part);
    sources.sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
    const room = Math.floor((madeOf.clientHeight - ROW - 30) / (stage.narrow ? 40 : ROW));
    const count = Math.min(sources.length, stage.narrow ? 5 : Math.max(2, room));
    fillRows(count);
    const largest = Math.max(1e-12, Math.abs(sources[0]?.part ?? 0));
    rows.forEach((made, i) => {
      const { part, source } = sources[i];
      made.source = source;
      const first = source === START;
      made.token.textContent = first ? "start" : (panel.tokens[source] ?? countOf(stage.clock, source));
      made.token.classList.toggle("first", first);
      const wrote = first ? startedWith() : writtenBy(source);
      made.written.textContent = stage.number(wrote);
      made.left.textContent = stage.number(part);
      const share = (50 * Math.abs(part)) / largest;
      made.bar.style.left = part < 0 ? `${50 - share}%` : "50%";
      made.bar.style.width = `${share}%`;
      made.bar.style.background = stage.palette[part < 0 ? "negative" : "positive"];
      Object.assign(made.row.dataset, { source, written: wrote, left: part });
      made.row.classList.toggle("on", source === lit);
      const where = first ? "the start" : `${stage.clock} ${countOf(stage.clock, source)}`;
      made.row.title = `${where} wrote ${stage.number(wrote)}; ${stage.number(part)} of it is left`;
      made.row.setAttribute("aria-label", spoken(made.row.title));
      if (made.row === focused(made.row)) light(source); // the largest part is another one now
    });
    const others = sources.slice(count);
    rest.textContent = others.length
      ? `${others.length} more: ${stage.number(sumOf(others.map(({ part }) => part)))}`
      : "";
    const whole = sumOf(parts);
    sum.replaceChildren("Σ ", element("b", "", stage.number(whole)));
    Object.assign(root.dataset, { sum: whole, total: totals[view.position] ?? "" });
    const largestOnes = rows.slice(0, 3).map((made) => made.row.title);
    stack.setAttribute("aria-label", [panel.alt || panel.title, ...largestOnes].join(". "));
  }

  // ----------------------------------------------------------------------------------- pointer

  /** @param {PointerEvent} event */
  function under(event) {
    const box = stack.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * span());
    const t = Math.min(Math.max(0, index), columns.length - 1);
    return [t, event.clientY - box.top, event.clientX - box.left];
  }

  /**
   * @param {number} t
   * @param {number} y
   */
  function sourceAt(t, y) {
    /** @type {number | null} */
    let found = null;
    stacked(columns[t] ?? [], (s, _, from, to) => {
      const [top, bottom] = [yOf(Math.max(from, to)), yOf(Math.min(from, to))];
      if (y >= top && y <= bottom) found = s - 1;
    });
    return found;
  }

  stack.addEventListener("pointermove", (event) => {
    const [t, y, x] = under(event);
    if (t < 0) return;
    if (event.buttons & 1 && stack.hasPointerCapture(event.pointerId)) goTo(t);
    if (event.pointerType === "touch") return;
    const source = sourceAt(t, y);
    light(source);
    readout.hidden = source === null;
    if (source === null) return;
    const first = source === START;
    const wrote = first ? startedWith() : writtenBy(source);
    const left = columns[t][source + 1];
    const token = first ? "at the start" : `“${panel.tokens[source] ?? ""}” ${stage.clock} ${countOf(stage.clock, source)}`;
    readout.textContent = `${token}\nwrote ${stage.number(wrote)}, left ${stage.number(left)}`;
    readout.style.left = `${Math.max(0, Math.min(x + 14, size[0] - readout.offsetWidth))}px`;
    readout.style.top = `${Math.max(0, y - readout.offsetHeight - 10)}px`;
  });
  stack.addEventListener("pointerdown", (event) => {
    if (event.button || !columns.length) return;
    stack.setPointerCapture(event.pointerId);
    goTo(under(event)[0]);
  });
  stack.addEventListener("pointerleave", () => {
    readout.hidden = true;
    light(null);
  });

  // ------------------------------------------------------------------------------------- paint

  new ResizeObserver(() => {
    size = [stack.clientWidth, stack.clientHeight];
    drawn = listed = "";
    if (view && root.isConnected) paint(view);
  }).observe(stack);

  /** @type {Made["paint"]} */
  function paint(now) {
    view = now;
    if (!now?.frame || !size[0]) return;
    const { frames } = stage;
    const run = `${frames.id}/${frames.count}/${frames.edits}/${at()}`;
    if (run !== computed) {
      computed = run;
      compute();
    }
    const state = `${run}/${stage.dark}/${stage.presenter}/${size}/${span()}`;
    if (state !== drawn) {
      drawn = state;
      draw();
      drawLit();
    }
    const here = `${state}/${now.position}`;
    if (here === listed) return;
    listed = here;
    const wide = 100 / span();
    column.style.width = `max(5px, ${wide}%)`;
    column.style.left = `clamp(0px, calc(${(now.frame.index + 0.5) * wide}% - max(5px, ${wide}%) / 2), calc(100% - 5px))`;
    tell(now);
  }

  return { element: root, paint };
}
