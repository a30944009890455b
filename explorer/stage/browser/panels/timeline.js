// A heat map over time: one column a frame, one row an entry of the array.

import { graphics, pixelSheet } from "../canvas.js";
import { channels, rampOf } from "../colour.js";
import { decade, number } from "../format.js";
import { element } from "../layout.js";
import { styled } from "../worn.js";

/**
 * @import { PixelSheet } from "../canvas.js"
 * @import { Made, Maker, View } from "../context.js"
 * @import { Frame } from "../run/store.js"
 * @import { Timeline } from "../types"
 */

const STYLE = `
.stage .timeline { display: flex; flex-direction: column; container-type: inline-size; }
/* one line of it: the note gives way to the title first, then the scale, which wraps out of sight */
.stage .timeline .head { align-items: center; margin-bottom: 3px; overflow: hidden;
  max-height: calc(1.5 * (var(--text) + 2px)); }
.stage .timeline h2 { flex: none; max-width: 100%; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.stage .timeline .note { flex: 1 1 0; min-width: 0; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.stage .timeline .key { display: inline-flex; align-items: center; gap: 5px; color: var(--mute);
  white-space: nowrap; }
.stage .timeline .key canvas { width: 34px; height: 9px; border-radius: 3px;
  box-shadow: 0 0 0 1px var(--line); }
.stage .timeline .field { flex: 1 1 0; min-height: 34px; display: flex; gap: 6px; }
.stage .timeline .side { display: flex; flex-direction: column; justify-content: space-between;
  align-items: flex-end; color: var(--mute); line-height: 1; }
.stage .timeline .side[hidden] { display: none; }
.stage .timeline .side b { font-weight: 400; writing-mode: vertical-rl; transform: rotate(180deg); }
.stage .timeline .map { position: relative; flex: 1 1 0; min-width: 0; cursor: crosshair;
  touch-action: pan-y; border-radius: 6px; box-shadow: 0 0 0 1px var(--line); }
.stage .timeline .map > canvas { position: absolute; inset: 0; width: 100%; height: 100%;
  border-radius: 6px; }
.stage .timeline .column, .stage .timeline .row { position: absolute; left: 0; top: 0;
  pointer-events: none; border: 1.5px solid var(--ink); outline: 1px solid var(--card); }
.stage .timeline .column { height: 100%; box-sizing: border-box; border-radius: 3px; }
.stage .timeline .row { width: 100%; border-width: 1px 0; }
.stage .timeline .row[hidden] { display: none; }
@container (max-width: 200px) {
  .stage .timeline .head { gap: 6px; }
  .stage .timeline .key { gap: 3px; }
  .stage .timeline .key canvas { width: 18px; }
}
`;
const PAUSE = 8; // a redraw waits this many times as long as the last one took
const ZEROS = /(\.\d*[1-9])0+$/; // at the end of a fraction, of which a scale needs none
const MOST_COLUMNS = 1600; // more frames than this share columns

/**
 * The next 1, 2 or 5 times a power of ten, so that a scale seldom changes.
 *
 * @param {number} size
 */
function roundUp(size) {
  if (!(size > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(size));
  return unit * ([1, 2, 5].find((step) => step * unit >= size * 0.999) ?? 10);
}

/**
 * The ends of a scale over the values of all frames, from what the panel fixes and the data need.
 *
 * @param {Pick<Timeline, "scale"> & Partial<Timeline>} panel
 * @param {Iterable<Float32Array | number[]>} arrays
 */
export function ends(panel, arrays) {
  let { low, high } = panel;
  if (panel.by_row) return [-1, 1];
  if (low !== undefined && high !== undefined) return [low, high];
  let [least, most] = [Infinity, -Infinity];
  for (const data of arrays) {
    for (const value of data) {
      if (!Number.isFinite(value) || (panel.log && value <= 0)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (least > most) [least, most] = panel.log ? [0.1, 1] : [0, 1];
  if (panel.log) {
    low ??= 10 ** Math.floor(Math.log10(least));
    high ??= 10 ** Math.ceil(Math.log10(most));
    return low < high ? [low, high] : [high / 10, high];
  }
  if (panel.scale === "diverging") {
    const size = roundUp(Math.max(Math.abs(least), Math.abs(most)));
    return [low ?? -size, high ?? size];
  }
  return [low ?? (least < 0 ? -roundUp(-least) : 0), high ?? roundUp(most)];
}

/**
 * Where a value lies on the scale, 0 to 255; -1 where there is nothing to draw.
 *
 * @param {number} value
 * @param {number} low
 * @param {number} high
 * @param {boolean} log
 */
export function shade(value, low, high, log) {
  if (!Number.isFinite(value)) return -1;
  let share = (value - low) / (high - low);
  if (log) {
    if (value <= 0) return -1;
    share = Math.log(value / low) / Math.log(high / low);
  }
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

/** @type {Maker<Timeline>} */
export function make(panel, stage) {
  const title = element("h2", "", panel.title);
  const key = makeKey();
  const note = element("span", "note", panel.note ?? "");
  const head = element("header", "head", title, note, key.element);
  if (!panel.note) note.remove();
  if (!panel.title) title.remove();
  const canvas = element("canvas");
  const column = element("div", "column");
  const row = element("div", "row");
  const readout = element("div", "readout");
  readout.hidden = true;
  const body = element("div", "map", canvas, row, column, readout);
  const side = element("div", "side");
  const root = element("div", "timeline", styled(STYLE), head, element("div", "field", side, body));
  side.hidden = !panel.y_label;
  const scale = panel.scale === "diverging" ? "signed" : panel.scale;
  const rowName = panel.row_name ?? "unit";
  let rows = 0;
  let drawn = ""; // what the canvas shows
  let placed = ""; // where the overlays are
  let keyed = ""; // what its key shows
  /** @type {PixelSheet | null} */
  let sheet = null;
  let cost = 0;
  let due = 0;
  let timer = 0;
  /** @type {View | null} */
  let view = null;
  let size = [0, 0];
  let [seen, last] = [stage.frames.id, 0];

  const horizon = () => Math.max(stage.horizon, stage.frames.newest, 0);
  const newest = () => stage.frames.newest;
  /** @param {Frame} frame */
  const dataOf = (frame) => frame.arrays[panel.array]?.data;
  const selected = () => (panel.select ? stage.placeOf(panel.select) : -1);
  /** @param {number} at */
  const numberOf = (at) => (panel.select ? stage.numberAt(panel.select, at) : at + (panel.first_row ?? 0));
  /** @type {Float32Array | null} */
  let order = null; // which row stands first, second, …; null: as packed

  /** The order that the viewer chose; one that does not fit the rows counts as packed. */
  function ordered() {
    const name = panel.orders?.[stage.selects.order ?? 0]?.[1];
    const found = name ? stage.still?.arrays[name]?.data : null;
    return found && (!rows || found.length === rows) ? found : null;
  }

  /** @param {number} place */
  const rowAt = (place) => (order ? order[place] : place);
  /** @param {number} at */
  const placeOf = (at) => (order ? order.indexOf(at) : at);

  function makeKey() {
    const strip = element("canvas");
    strip.width = 64;
    strip.height = 1;
    const [low, high] = [element("span"), element("span")];
    return { element: element("span", "key", low, strip, high), strip, low, high };
  }

  /** One sample of the frames for every column: the last frame that falls into it. */
  function samples() {
    const span = horizon() + 1;
    const columns = Math.min(span, MOST_COLUMNS);
    const { frames } = stage.frames;
    /** @type {(Float32Array | undefined)[]} */
    const found = [];
    let position = 0;
    for (let i = 0; i < columns; i += 1) {
      const last = Math.ceil(((i + 1) * span) / columns) - 1;
      while (position + 1 < frames.length && frames[position + 1].index <= last) position += 1;
      const first = Math.floor((i * span) / columns);
      const frame = first <= newest() ? frames.at(position) : null;
      found.push(frame && frame.index <= last ? dataOf(frame) : undefined);
    }
    return found;
  }

  function draw() {
    const began = performance.now();
    const arrays = samples();
    const there = arrays.filter((data) => data !== undefined);
    rows = there[0]?.length ?? 0;
    order = ordered();
    const [low, high] = ends(panel, there);
    const ramp = rampOf(stage.palette, scale, panel.role);
    paintKey(low, high, ramp);
    const ratio = window.devicePixelRatio || 1;
    const wide = Math.max(1, Math.round(size[0] * ratio));
    const tall = Math.max(1, Math.round(size[1] * ratio));
    if (canvas.width !== wide) canvas.width = wide; // also where it stays, that would cost
    if (canvas.height !== tall) canvas.height = tall;
    const context = graphics(canvas);
    context.clearRect(0, 0, wide, tall);
    if (!rows) return;
    const sheet = sheetOf(arrays.length, rows);
    fillIn(sheet.words, arrays, low, high, ramp);
    sheet.g.putImageData(sheet.image, 0, 0);
    // Small pictures keep their cells sharp; what has more cells than pixels is averaged.
    context.imageSmoothingEnabled = arrays.length > canvas.width || rows > canvas.height;
    context.drawImage(sheet.canvas, 0, 0, canvas.width, canvas.height);
    cost = performance.now() - began;
    due = performance.now() + PAUSE * cost;
  }

  /**
   * The pixels of the picture, one a cell; the same as long as there are as many.
   *
   * @param {number} wide
   * @param {number} tall
   */
  function sheetOf(wide, tall) {
    if (sheet?.canvas.width !== wide || sheet.canvas.height !== tall) sheet = pixelSheet(wide, tall);
    return sheet;
  }

  /**
   * @param {Uint32Array} words
   * @param {(Float32Array | undefined)[]} arrays
   * @param {number} low
   * @param {number} high
   * @param {Uint8ClampedArray} ramp
   */
  function fillIn(words, arrays, low, high, ramp) {
    const [red, green, blue] = channels(stage.palette.card);
    const blank = word(red, green, blue);
    const colours = new Uint32Array(256);
    for (let i = 0; i < 256; i += 1) colours[i] = word(ramp[3 * i], ramp[3 * i + 1], ramp[3 * i + 2]);
    const largest = panel.by_row ? magnitudes(arrays) : null;
    const columns = arrays.length;
    for (let x = 0; x < columns; x += 1) {
      const data = arrays[x];
      for (let y = 0, to = x; y < rows; y += 1, to += columns) {
        const row = order ? order[y] : y;
        const value = data ? (largest ? data[row] / largest[row] : data[row]) : NaN;
        if (panel.log) {
          const at = shade(value, low, high, true);
          words[to] = at < 0 ? blank : colours[at];
        } else {
          const at = ((value - low) * 255) / (high - low) + 0.5; // as `shade`, without the call
          words[to] = at < 1 ? colours[0] : at >= 255 ? colours[255] : at >= 1 ? colours[at | 0] : blank;
        }
      }
    }
  }

  /**
   * The largest magnitude of every row over all columns; 1 for a row of zeros.
   *
   * @param {(Float32Array | undefined)[]} arrays
   */
  function magnitudes(arrays) {
    const found = new Float32Array(rows);
    for (const data of arrays) {
      if (!data) continue;
      for (let y = 0; y < rows; y += 1) found[y] = Math.max(found[y], Math.abs(data[y]) || 0);
    }
    return found.map((size) => size || 1);
  }

  /**
   * @param {number} low
   * @param {number} high
   * @param {Uint8ClampedArray} ramp
   */
  function paintKey(low, high, ramp) {
    const state = `${low} ${high} ${stage.dark} ${rows}`;
    if (state === keyed) return;
    keyed = state;
    /** @param {number} value */
    const end = (value) => (panel.log ? decade(Math.round(Math.log10(value))) : String(number(value)));
    /** @param {number} value */
    const plain = (value) =>
      Number.isInteger(value) ? String(value).replace("-", "−") : end(value).replace(ZEROS, "$1");
    key.low.textContent = panel.by_row ? "−" : panel.log ? end(low) : plain(low);
    key.high.textContent = panel.by_row ? "+" : panel.log ? end(high) : plain(high);
    key.element.title = panel.by_row
      ? `Each ${rowName} on its own scale, up to its largest magnitude`
      : "";
    const context = graphics(key.strip);
    for (let x = 0; x < 64; x += 1) {
      const i = 3 * Math.round((x / 63) * 255);
      context.fillStyle = `rgb(${ramp[i]}, ${ramp[i + 1]}, ${ramp[i + 2]})`;
      context.fillRect(x, 0, 1, 1);
    }
    if (panel.y_label) {
      const first = panel.first_row ?? 0;
      side.replaceChildren(element("span", "", String(first)), element("b", "", panel.y_label), element("span", "", String(first + rows - 1)));
    }
  }

  // ---------------------------------------------------------------------------------- overlays

  /** @param {View} view */
  function place(view) {
    const span = horizon() + 1;
    const at = selected();
    const state = `${view.frame.index}/${span}/${at}/${rows}/${stage.frames.id}/${stage.selects.order}`;
    if (state === placed) return;
    placed = state;
    const wide = 100 / span;
    column.style.width = `max(5px, ${wide}%)`;
    column.style.left = `clamp(0px, calc(${(view.frame.index + 0.5) * wide}% - max(5px, ${wide}%) / 2), calc(100% - 5px))`;
    row.hidden = at < 0 || at >= rows;
    if (!row.hidden) {
      const high = 100 / rows;
      row.style.height = `max(4px, ${high}%)`;
      row.style.top = `clamp(0px, calc(${(placeOf(at) + 0.5) * high}% - max(4px, ${high}%) / 2), calc(100% - 4px))`;
    }
    describe(at, view);
  }

  /**
   * @param {number} at
   * @param {View} view
   */
  function describe(at, view) {
    const value = dataOf(view.frame)?.[at];
    const clock = stage.clock;
    if (at >= 0) {
      body.setAttribute("aria-valuenow", String(numberOf(at)));
      body.setAttribute("aria-valuemax", String(numberOf(Math.max(0, rows - 1))));
      body.setAttribute("aria-valuetext", `${rowName} ${numberOf(at)} at ${clock} ${view.frame.step}: ${number(value)}`);
    } else {
      body.setAttribute("aria-label", stage.fill(panel.alt || panel.title, view));
    }
  }

  // ----------------------------------------------------------------------------------- pointer

  /** @param {PointerEvent} event */
  function under(event) {
    const box = body.getBoundingClientRect();
    const span = horizon() + 1;
    const index = Math.floor(((event.clientX - box.left) / box.width) * span);
    const at = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const row = rowAt(Math.min(Math.max(0, at), rows - 1));
    return [Math.min(Math.max(0, index), newest()), row];
  }

  /** @param {PointerEvent} event */
  function choose(event) {
    const [index, at] = under(event);
    if (index < 0) return;
    if (panel.select) stage.select(panel.select, numberOf(at));
    stage.go(index);
  }

  /** @param {PointerEvent} event */
  function tell(event) {
    const [index, at] = under(event);
    const position = stage.frames.floor(index);
    const frame = position >= 0 ? stage.frames.at(position) : null;
    const value = frame && dataOf(frame)?.[at];
    readout.hidden = value === undefined || value === null;
    if (!frame || readout.hidden) return;
    readout.textContent = `${rowName} ${numberOf(at)}, ${stage.clock} ${frame.step}: ${number(value)}`;
    const box = body.getBoundingClientRect();
    const left = event.clientX - box.left + 12;
    const room = box.width - readout.offsetWidth;
    readout.style.left = `${left > room ? Math.max(room, Math.min(0, left)) : left}px`;
    readout.style.top = `${-readout.offsetHeight - 4}px`;
  }

  body.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    body.setPointerCapture(event.pointerId);
    choose(event);
  });
  body.addEventListener("pointermove", (event) => {
    if (event.buttons & 1 && body.hasPointerCapture(event.pointerId)) choose(event);
    if (event.pointerType === "mouse") tell(event);
  });
  body.addEventListener("pointerleave", () => (readout.hidden = true));

  /** @param {KeyboardEvent} event */
  function move(event) {
    const stride = STRIDES[event.key];
    if (!stride || !rows || event.composedPath()[0] !== body) return;
    event.preventDefault();
    event.stopPropagation();
    const place = Math.min(rows - 1, Math.max(0, placeOf(selected()) + stride));
    stage.select(panel.select, numberOf(rowAt(place)));
  }

  /** @type {Record<string, number>} */
  const STRIDES = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };
  if (panel.select) {
    body.tabIndex = 0;
    body.setAttribute("role", "slider");
    body.setAttribute("aria-orientation", "vertical");
    body.setAttribute("aria-label", `${panel.title}: ${rowName}`);
    body.setAttribute("aria-valuemin", "0");
    // Up and down belong to this map while it has the focus: ask before the stage does.
    body.addEventListener("focus", () => window.addEventListener("keydown", move, true));
    body.addEventListener("blur", () => window.removeEventListener("keydown", move, true));
  } else {
    body.setAttribute("role", "img");
    body.setAttribute("aria-label", panel.alt || panel.title);
  }

  // ------------------------------------------------------------------------------------- paint

  new ResizeObserver(() => {
    size = [body.clientWidth, body.clientHeight];
    drawn = "";
    due = 0;
    if (view) paint(view);
  }).observe(body);

  /** @type {Made["paint"]} */
  function paint(now) {
    view = now;
    if (!now?.frame) return;
    if (!size[0]) return;
    const { frames } = stage;
    const chosen = panel.orders?.length ? (stage.selects.order ?? 0) : 0;
    const state = `${frames.id}/${frames.count}/${frames.edits}/${horizon()}/${stage.dark}/${size}/${chosen}`;
    if (state !== drawn) {
      if (frames.id !== seen || chosen !== last) due = 0; // what the viewer asked for is shown at once
      [seen, last] = [frames.id, chosen];
      if (performance.now() < due) {
        // Not now: but when nothing else asks for a picture, the newest frames still get theirs.
        timer ||= setTimeout(() => {
          timer = 0;
          if (root.isConnected && view) paint(view);
        }, PAUSE * cost + 1);
      } else {
        drawn = state;
        draw();
      }
    }
    place(now);
  }

  return { element: root, picture: true, paint };
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
const word = (red, green, blue) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
