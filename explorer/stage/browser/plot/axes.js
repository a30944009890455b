// Axes: ranges, ticks, the mapping to pixels, and labels that keep out of each other's way.

import { decade, tick } from "../format.js";

/** @import { Graphics } from "../canvas.js" */

/** @typedef {[low: number, high: number]} Range in axis units: exponents of ten on a log axis */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box in px */
/** @typedef {{ at: number, text: string }} Tick a place in axis units, and what stands there */
/** @typedef {{ text: string, colour: string, x: number, y: number }} Label */
/** @typedef {ReturnType<typeof mapping>} Mapping */

/**
 * How axes and labels are written: font with its size and the canvas' width in px, and colours.
 *
 * @typedef {object} Look
 * @property {string} font
 * @property {number} size
 * @property {number} width
 * @property {string} line
 * @property {string} mute
 * @property {string} background
 */

/**
 * The pitch of about `count` ticks over a span: 1, 2 or 5 times a power of ten.
 *
 * @param {number} span
 * @param {number} count
 */
export function nicePitch(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((f) => f * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/**
 * The pitch that divides a span evenly into at most `count` parts and reads well; null if none
 * does.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {boolean} whole whether it must be a whole number
 */
function evenPitch(low, high, count, whole) {
  for (let parts = Math.floor(count); parts >= 1; parts -= 1) {
    const pitch = (high - low) / parts;
    const digits = Number((pitch / 10 ** Math.floor(Math.log10(pitch) + 1e-9)).toPrecision(6));
    const starts = Math.abs(low / pitch - Math.round(low / pitch)) < 1e-6;
    const fits = !whole || Number.isInteger(Number(pitch.toPrecision(6)));
    if (starts && fits && [1, 2, 2.5, 4, 5].includes(digits)) return pitch;
  }
  return null;
}

/**
 * Ticks within [low, high] (exponents of ten on a log axis); with `whole` at whole numbers alone.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {boolean} log
 * @param {boolean} [whole]
 * @returns {Tick[]}
 */
export function ticksOf(low, high, count, log, whole = false) {
  if (!(high > low)) return [];
  const least = whole ? 1 : 0;
  const pitch = log
    ? Math.max(1, Math.ceil((high - low) / Math.max(1, count)))
    : (evenPitch(low, high, count, whole) ?? Math.max(least, nicePitch(high - low, count)));
  const ticks = [];
  for (let i = Math.ceil(low / pitch - 1e-9); i * pitch <= high + 1e-9 * pitch; i += 1) {
    const at = i * pitch;
    ticks.push({
      at,
      text: log ? decade(Math.round(at)) : tick(Number(at.toPrecision(12)), pitch),
    });
  }
  if (ticks.length > 1 || count > 20) return ticks;
  if (!log) return ticksOf(low, high, Math.max(1, count) * 1.5, false, whole);
  return ticksOf(low, high, count, false).map(({ at }) => ({ at, text: tick10(at) }));
}

/** @param {number} exponent */
const tick10 = (exponent) =>
  tick(Number((10 ** exponent).toPrecision(2)), 10 ** Math.floor(exponent - 1));

/**
 * Round a range that was fitted to data outwards, so that it rarely changes, where it is not fixed.
 *
 * @param {Range} range
 * @param {boolean} log
 * @param {{ low?: number, high?: number }} fixed
 * @returns {Range}
 */
export function rounded([low, high], log, { low: fixedLow, high: fixedHigh }) {
  let [from, to] = [low, high];
  if (!(to > from)) {
    const spread = log ? 1 : Math.abs(from) || 1;
    [from, to] = [from - spread / 2, to + spread / 2];
  }
  const pitch = log ? 1 : nicePitch(to - from, 4);
  if (fixedLow === undefined) from = Math.floor(from / pitch + 1e-9) * pitch;
  if (fixedHigh === undefined) to = Math.ceil(to / pitch - 1e-9) * pitch;
  return [from, to];
}

/**
 * The mapping of data to pixels of a box, and of pixels to axis units and to data.
 *
 * @param {Box} box
 * @param {Range} xRange
 * @param {Range} yRange
 * @param {boolean} logX
 * @param {boolean} logY
 */
export function mapping(box, xRange, yRange, logX, logY) {
  const [[x0, x1], [y0, y1]] = [xRange, yRange];
  const ax = (box.right - box.left) / (x1 - x0);
  const ay = (box.top - box.bottom) / (y1 - y0);
  const bx = box.left - ax * x0;
  const by = box.bottom - ay * y0;
  const unitX = logX ? Math.log10 : same;
  const unitY = logY ? Math.log10 : same;
  const fromX = logX ? tenTo : same;
  const fromY = logY ? tenTo : same;
  return {
    box,
    ax,
    bx,
    ay,
    by,
    logX,
    logY,
    xRange,
    yRange,
    x: (/** @type {number} */ v) => ax * unitX(v) + bx,
    y: (/** @type {number} */ v) => ay * unitY(v) + by,
    unitX: (/** @type {number} */ px) => (px - bx) / ax,
    unitY: (/** @type {number} */ px) => (px - by) / ay,
    valueX: (/** @type {number} */ px) => fromX((px - bx) / ax),
    valueY: (/** @type {number} */ px) => fromY((px - by) / ay),
  };
}

/** @param {number} value */
const same = (value) => value;
/** @param {number} exponent */
const tenTo = (exponent) => 10 ** exponent;

/**
 * Draw the ticks and the grid of a plot.
 *
 * @param {Graphics} g
 * @param {Mapping} map
 * @param {{ x: Tick[], y: Tick[] }} ticks
 * @param {{ x: string, y: string }} labels
 * @param {Look} look
 */
export function drawAxes(g, map, ticks, labels, look) {
  const { box } = map;
  g.font = look.font;
  g.lineWidth = 1;
  g.strokeStyle = look.line;
  g.fillStyle = look.mute;
  g.textBaseline = "middle";
  g.textAlign = "right";
  g.beginPath();
  for (const { at, text } of ticks.y) {
    const y = Math.round(map.ay * at + map.by) + 0.5;
    g.moveTo(box.left, y);
    g.lineTo(box.right, y);
    g.fillText(text, box.left - 7, Math.max(look.size * 0.55, y));
  }
  g.stroke();
  drawTimeTicks(g, map, ticks.x, labels.x, look);
  if (labels.y) {
    g.textAlign = "left";
    g.textBaseline = "top";
    g.fillText(labels.y, 0, 0);
  }
}

/**
 * The ticks under a plot, and the axis' name in the last gap between them that has room for it.
 *
 * @param {Graphics} g
 * @param {Mapping} map
 * @param {Tick[]} ticks
 * @param {string} label
 * @param {Look} look
 */
function drawTimeTicks(g, map, ticks, label, look) {
  const { box } = map;
  const y = box.bottom + look.size * 0.5 + 6;
  g.textBaseline = "middle";
  g.textAlign = "left";
  const named = label ? g.measureText(label).width : 0;
  /** @type {{ text: string, left: number, right: number }[]} */
  const places = []; // from right to left
  for (const { at, text } of ticks.toReversed()) {
    const width = g.measureText(text).width;
    const left = Math.max(0, Math.min(map.ax * at + map.bx - width / 2, look.width - width));
    if (places.length && left + width > places[places.length - 1].left - 12) continue;
    places.push({ text, left, right: left + width });
  }
  for (const { text, left } of places) g.fillText(text, left, y);
  if (!label) return;
  let to = box.right;
  for (let i = 0; i <= places.length; i += 1) {
    const from = i < places.length ? places[i].right + 12 : 0;
    if (to - from >= named) {
      g.fillText(label, i > 0 ? (from + to - named) / 2 : to - named, y);
      return;
    }
    if (i < places.length) to = places[i].left - 12;
  }
}

/**
 * Draw labels near their places, each moved up or down until it covers no other; the box bounds
 * where they may stand.
 *
 * @param {Graphics} g
 * @param {Label[]} labels
 * @param {Pick<Box, "top" | "bottom">} box
 * @param {Pick<Look, "font" | "size" | "width" | "background">} look
 */
export function drawLabels(g, labels, box, look) {
  g.font = look.font;
  g.textBaseline = "middle";
  g.textAlign = "left";
  g.lineJoin = "round";
  const height = look.size * 1.15;
  /** @type {{ x: number, y: number, width: number }[]} */
  const taken = [];
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    const width = g.measureText(label.text).width;
    const x = Math.max(0, Math.min(label.x, look.width - width - 1));
    /** @param {number} y */
    const free = (y) =>
      taken.every(
        (t) =>
          y + height <= t.y || y >= t.y + height || x + width + 4 <= t.x || x >= t.x + t.width + 4,
      );
    const y = nearest(label.y - height / 2, box.top - 2, box.bottom + 2 - height, free);
    taken.push({ x, y, width });
    g.strokeStyle = look.background;
    g.lineWidth = 4;
    g.strokeText(label.text, x, y + height / 2);
    g.fillStyle = label.colour;
    g.fillText(label.text, x, y + height / 2);
  }
  return taken;
}

/**
 * The free place nearest to `wanted` between two bounds, in steps of a pixel.
 *
 * @param {number} wanted
 * @param {number} low
 * @param {number} high
 * @param {(place: number) => boolean} free
 */
function nearest(wanted, low, high, free) {
  const start = Math.max(low, Math.min(wanted, high));
  for (let off = 0; off <= high - low; off += 1) {
    if (start + off <= high && free(start + off)) return start + off;
    if (start - off >= low && free(start - off)) return start - off;
  }
  return start;
}
