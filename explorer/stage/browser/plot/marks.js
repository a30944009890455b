// The marks of a plot: how each is drawn, and what else the plot asks of it. A mark only draws: its
// numbers were computed elsewhere.

import { faded } from "../colour.js";
import { number } from "../format.js";
import { registered } from "../registry.js";
import { Cloud } from "./cloud.js";
import { Mesh } from "./mesh.js";
import { drawSurface, valueAt } from "./surface.js";
import { Trace } from "./trace.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Context, View } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Plot } from "../panels/plot.js"
 * @import { Frame } from "../run/store.js"
 * @import { Arrows, Band, Bars, Curve, History, Mark, Marks, Mesh as MeshMark, Points, Ribbons, Rule, Surface } from "../types"
 * @import { Ranges } from "./ranges.js"
 * @import { Pen, Place } from "./trace.js"
 */

/**
 * An entry of a mark, in data units; `said` is what its x is called.
 *
 * @typedef {{ x: number, y: Missable, said?: string }} Entry
 */

/**
 * What a plot asks of one kind of mark. All have
 *
 * - layer: marks of a lower one are drawn first
 * - draw: `plot` gives map, stage, side (px) and playhead (px), and keeps what is drawn again;
 *   labels are added to it
 *
 * and those whom it concerns
 *
 * - reach: has fitted axes show its values, by ranges.take(axis, value)
 * - extent: beyond these [x0, x1, y0, y1] a square plot does not grow
 * - overTime: x runs over the time of the run, and a click moves the playhead
 * - roundsX: a fitted x axis ends at round numbers, not at the outermost values
 * - namedAtEnd: its label stands at the right of the plot
 * - names: what stands under 0, 1, 2, … of the x axis
 * - valueAt: its number at a place, read out in square plots
 * - entryAt: its entry nearest to a pixel, or at the frame that is nearest, read out in the others
 *
 * @template M
 * @typedef {{
 *   layer: number,
 *   draw(g: Graphics, mark: M, view: View, plot: Plot): void,
 *   reach?(mark: M, view: View, ranges: Ranges): void,
 *   extent?(mark: M): [number, number, number, number],
 *   overTime?: boolean,
 *   roundsX?: boolean,
 *   namedAtEnd?: boolean,
 *   names?(mark: M): string[],
 *   valueAt?(mark: M, view: View, stage: Context, x: number, y: number): Missable,
 *   entryAt?(mark: M, view: View, plot: Plot, x: number, frame: Frame | null): Entry | null }} Kind
 */

/**
 * What draws one kind of mark into a plot.
 *
 * @template M
 * @typedef {(g: Graphics, mark: M, view: View, plot: Plot) => void} Draw
 */

const ABOVE = 9; // the layer of what lies over the others, as given

/**
 * What a plot asks of a mark, by the mark's name.
 *
 * @type {{ [K in keyof Marks]: Kind<Marks[K]> }}
 */
export const MARKS = {
  surface: {
    layer: 0,
    draw: (g, mark, view, { map, stage }) => drawSurface(g, mark, view, map, stage),
    reach: (mark, view, ranges) =>
      mark.extent.forEach((value, i) => ranges.take(i < 2 ? "x" : "y", value)),
    extent: (mark) => mark.extent,
    valueAt: (mark, view, stage, x, y) => {
      const array = stage.array(view, mark.array);
      return array && valueAt(mark, array, x, y);
    },
  },
  points: { layer: ABOVE, draw: points, reach: pairs, roundsX: true },
  mesh: {
    layer: 3,
    draw: (g, mark, view, plot) => plot.keep(mark, () => new Mesh(plot)).draw(g, mark, view),
    reach: pairs,
  },
  arrows: { layer: ABOVE, draw: arrows },
  ribbons: {
    layer: 4,
    draw: ribbons,
    reach(mark, view, ranges) {
      for (const value of ranges.values(view, mark.array)) ranges.take("x", value);
      for (const value of [mark.top, mark.bottom]) ranges.take("y", value);
    },
  },
  curve: {
    layer: ABOVE,
    draw: curve,
    namedAtEnd: true,
    reach(mark, view, ranges) {
      for (const name of [mark.y, mark.low, mark.high])
        for (const value of ranges.values(view, name)) ranges.take("y", value);
      const ends = [0, ranges.values(view, mark.y).length - 1];
      for (const value of mark.x ? ranges.values(view, mark.x) : ends) ranges.take("x", value);
    },
    entryAt: (mark, view, plot, x) => nearest(mark.x, mark.y, view, plot, x),
  },
  history: {
    layer: ABOVE,
    draw: history,
    overTime: true,
    namedAtEnd: true,
    reach(mark, view, ranges) {
      const { frames } = ranges.stage;
      for (let i = ranges.taken; i < frames.count; i += 1)
        ranges.take("y", frames.kept(i).scalars[mark.scalar]);
    },
    entryAt: (mark, view, plot, x, frame) =>
      frame && { x: frame.step, y: frame.scalars[mark.scalar] },
  },
  rule: {
    layer: 2,
    draw: rule,
    reach: (mark, view, ranges) => ranges.take("y", ranges.stage.value(view, mark.y)),
  },
  band: {
    layer: 1,
    draw: band,
    reach(mark, view, ranges) {
      for (const edge of [mark.low, mark.high])
        ranges.take("y", ranges.stage.value(view, edge));
    },
  },
  bars: {
    layer: ABOVE,
    draw: bars,
    names: (mark) => mark.labels,
    reach(mark, view, ranges) {
      const heights = ranges.values(view, mark.array);
      for (const edge of [-0.5, heights.length - 0.5]) ranges.take("x", edge);
      for (const value of [0, ...heights]) ranges.take("y", value);
    },
    entryAt(mark, view, plot, x) {
      const found = nearest("", mark.array, view, plot, x);
      if (!found || !mark.labels.length) return found;
      return { ...found, said: mark.labels[found.x] ?? String(found.x) };
    },
  },
};

/**
 * What a plot asks of this mark.
 *
 * @param {Mark} mark
 * @returns {Kind<Mark>}
 */
export const kindOf = ({ mark }) => registered(MARKS, mark, "mark");

/**
 * The marks in the order in which they are drawn.
 *
 * @param {Mark[]} marks
 */
export const layered = (marks) => [...marks].sort((a, b) => kindOf(a).layer - kindOf(b).layer);

/**
 * Draw one mark of a plot.
 *
 * @param {Graphics} g
 * @param {Mark} mark
 * @param {View} view
 * @param {Plot} plot
 */
export function drawMark(g, mark, view, plot) {
  g.save();
  kindOf(mark).draw(g, mark, view, plot);
  g.restore();
}

/**
 * Take in the values of an array of places (x, y, x, y, …).
 *
 * @param {Points | MeshMark} mark
 * @param {View} view
 * @param {Ranges} ranges
 */
function pairs(mark, view, ranges) {
  ranges.values(view, mark.array).forEach((value, i) => ranges.take(i % 2 ? "y" : "x", value));
}

/**
 * The entry of arrays that is drawn nearest to a pixel, and what its x is called.
 *
 * @param {string} xName
 * @param {string} yName
 * @param {View} view
 * @param {Plot} plot
 * @param {number} px
 */
function nearest(xName, yName, view, { map, stage, panel }, px) {
  const ys = stage.array(view, yName)?.data;
  if (!ys?.length) return null;
  const xs = xName ? stage.array(view, xName)?.data : null;
  let best = { i: 0, away: Infinity };
  for (let i = 0; i < ys.length; i += 1) {
    const away = Math.abs(map.x(xs ? xs[i] : i) - px);
    if (away < best.away) best = { i, away };
  }
  const x = xs ? xs[best.i] : best.i;
  const [name] = panel.x.label.split(":");
  const told = number(x, Number.isInteger(x) ? "integer" : "plain");
  return { x, y: ys[best.i], said: [name, told].filter(Boolean).join(" ") };
}

// ------------------------------------------------------------------------------------ clouds

/** @type {Draw<Points>} */
function points(g, mark, view, plot) {
  const { map, stage, side, ratio, wide, high } = plot;
  const array = stage.array(view, mark.array);
  if (!array) return;
  const radius = Math.max(1.3, (mark.size * side) / 400);
  const { opacity, shape, window } = mark;
  const end = 2 * (view.frame.index + 1);
  const rows = window ? array.data.subarray(Math.max(0, end - 2 * window), end) : array.data;
  plot.keep(mark, () => new Cloud()).draw(g, rows, map, {
    colour: stage.palette[mark.role],
    opacity,
    radius,
    shape,
    ratio,
    wide,
    high,
  });
}

/** @type {Draw<Arrows>} */
function arrows(g, mark, view, { map, stage, side }) {
  const [tails, vectors] = [stage.array(view, mark.tails), stage.array(view, mark.vectors)];
  if (!tails || !vectors) return;
  const head = Math.max(3, side / 95);
  const tips = new Path2D();
  const open = new Path2D();
  g.beginPath();
  for (let i = 0; i + 1 < vectors.data.length; i += 2) {
    const [dx, dy] = [vectors.data[i] * mark.scale, vectors.data[i + 1] * mark.scale];
    const length = Math.hypot(dx, dy);
    if (!(length > 0)) continue;
    const cut = Math.min(1, mark.longest / length);
    const [x, y] = [map.x(tails.data[i]), map.y(tails.data[i + 1])];
    const [ex, ey] = [x + dx * cut * map.ax, y + dy * cut * map.ay];
    const shown = Math.hypot(ex - x, ey - y);
    if (shown < 0.7) continue;
    g.moveTo(x, y);
    g.lineTo(ex, ey);
    const [ux, uy] = [(ex - x) / shown, (ey - y) / shown];
    if (cut < 1) tip(open, ex, ey, ux, uy, 1.35 * head, false);
    else if (shown > 1.6 * head) tip(tips, ex, ey, ux, uy, head, true);
  }
  g.strokeStyle = g.fillStyle = stage.palette[mark.role];
  g.lineCap = "round";
  g.lineJoin = "miter"; // whatever was drawn before
  g.globalAlpha = 0.62;
  g.lineWidth = Math.max(1, side / 330);
  g.stroke();
  g.fill(tips);
  g.globalAlpha = 1;
  g.stroke(open);
}

/**
 * The head of an arrow whose direction is (ux, uy).
 *
 * @param {Path2D} path
 * @param {number} x
 * @param {number} y
 * @param {number} ux
 * @param {number} uy
 * @param {number} size
 * @param {boolean} closed
 */
function tip(path, x, y, ux, uy, size, closed) {
  const [bx, by] = [x - ux * size, y - uy * size];
  const wide = size * (closed ? 0.45 : 0.7);
  path.moveTo(bx - uy * wide, by + ux * wide);
  path.lineTo(x, y);
  path.lineTo(bx + uy * wide, by - ux * wide);
  if (closed) path.closePath();
}

const BEND = 0.45; // of the way between both levels, before a ribbon turns aside

/** @type {Draw<Ribbons>} */
function ribbons(g, mark, view, { map, stage }) {
  const data = stage.array(view, mark.array)?.data;
  if (!data) return;
  const [top, bottom] = [map.y(mark.top), map.y(mark.bottom)];
  const bend = BEND * (bottom - top);
  g.fillStyle = faded(stage.palette[mark.role], mark.opacity);
  for (let i = 0; i + 3 < data.length; i += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => map.x(data[i + k]));
    const more = Math.max(0, 0.8 - (b - a)) / 2; // px: the thinnest can still be seen
    g.beginPath();
    g.moveTo(a - more, top);
    g.bezierCurveTo(a - more, top + bend, c - more, bottom - bend, c - more, bottom);
    g.lineTo(d + more, bottom);
    g.bezierCurveTo(d + more, bottom - bend, b + more, top + bend, b + more, top);
    g.fill();
  }
}

// ------------------------------------------------------------------------------------- lines

/** @typedef {{ role: string, width: number, dashed?: boolean }} Line how a mark draws its line */

/**
 * What draws a line in the colour, width and dash of its role.
 *
 * @param {Line} mark
 * @param {Context} stage
 * @returns {Pen}
 */
function penOf(mark, stage) {
  const dash = stage.dash[mark.role] ?? [];
  const dashed = mark.dashed ?? dash.length > 0;
  const pattern = (dashed ? (dash.length ? dash : [8, 5]) : []).map(
    (length) => length * stage.weight,
  );
  const [colour, width] = [stage.palette[mark.role], mark.width * stage.weight];
  /** @param {Graphics} g */
  const dress = (g) => {
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.lineJoin = "round";
    g.lineCap = pattern.length ? "butt" : "round";
    g.setLineDash(pattern);
  };
  return { dress, key: `${colour} ${width} ${pattern}` };
}

/**
 * @param {Graphics} g
 * @param {Line} mark
 * @param {Context} stage
 */
const stroked = (g, mark, stage) => penOf(mark, stage).dress(g);

/** @type {Draw<Curve>} */
function curve(g, mark, view, plot) {
  const { map, stage } = plot;
  const ys = stage.array(view, mark.y)?.data;
  if (!ys) return;
  const xs = mark.x ? stage.array(view, mark.x)?.data : null;
  const [low, high] = [mark.low, mark.high].map((name) =>
    name ? stage.array(view, name)?.data : null,
  );
  if (low && high) bandAround(g, mark, xs, low, high, plot);
  stroked(g, mark, stage);
  g.beginPath();
  let started = false;
  /** @type {Place | null} */
  let end = null;
  for (let i = 0; i < ys.length; i += 1) {
    const [x, y] = [map.x(xs ? xs[i] : i), map.y(ys[i])];
    const drawable = Number.isFinite(x) && Number.isFinite(y);
    if (drawable && started) g.lineTo(x, y);
    else if (drawable) g.moveTo(x, y);
    if (drawable && (!end || (y >= map.box.top && y <= map.box.bottom))) end = { x, y };
    started = drawable;
  }
  g.stroke();
  if (end && mark.label) plot.label(mark, end.x, end.y);
}

/**
 * @param {Graphics} g
 * @param {Curve} mark
 * @param {Float32Array | null | undefined} xs
 * @param {Float32Array} low
 * @param {Float32Array} high
 * @param {Plot} plot
 */
function bandAround(g, mark, xs, low, high, { map, stage }) {
  /** @type {(data: Float32Array, i: number) => [x: number, y: number]} */
  const side = (data, i) => [
    map.x(xs ? xs[i] : i),
    Math.max(map.box.top, Math.min(map.y(data[i]) || map.box.bottom, map.box.bottom)),
  ];
  g.beginPath();
  for (let i = 0; i < high.length; i += 1) g.lineTo(...side(high, i));
  for (let i = low.length - 1; i >= 0; i -= 1) g.lineTo(...side(low, i));
  g.fillStyle = faded(stage.palette[mark.role], 0.18);
  g.fill();
}

/** @type {Draw<History>} */
function history(g, mark, view, plot) {
  const { map, stage, playhead } = plot;
  const trace = plot.keep(mark, () => new Trace(mark.scalar));
  trace.update(stage.frames, map);
  if (!trace.end || !trace.tip) return;
  const pen = penOf(mark, stage);
  const now = view.frame.scalars[mark.scalar] ?? null;
  const later = playhead < trace.tip.x - 0.5; // what is known beyond the playhead
  if (later && !view.playing) {
    pen.dress(g);
    g.globalAlpha = 0.28;
    trace.strokeAll(g);
    g.globalAlpha = 1;
  }
  trace.stroke(g, playhead + 0.5, pen, plot);
  if (now !== null) dot(g, playhead, map.y(now), stage.palette[mark.role], stage);
  const end = later && view.playing && now !== null ? { x: playhead, y: map.y(now) } : trace.end;
  if (mark.label) plot.label(mark, Math.min(end.x, map.box.right), end.y);
}

/**
 * @param {Graphics} g
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {Context} stage
 */
function dot(g, x, y, colour, stage) {
  if (!Number.isFinite(y)) return;
  g.setLineDash([]);
  g.beginPath();
  g.arc(x, y, 3.6 * stage.weight, 0, 7);
  g.fillStyle = colour;
  g.fill();
  g.lineWidth = 1.6;
  g.strokeStyle = stage.palette.background;
  g.stroke();
}

// ----------------------------------------------------------------------------- known values

/** @type {Draw<Rule>} */
function rule(g, mark, view, plot) {
  const { map, stage } = plot;
  const at = stage.value(view, mark.y);
  if (at === null || (map.logY && at <= 0)) return;
  const y = map.y(at);
  stroked(g, { ...mark, width: 2, dashed: true }, stage);
  g.beginPath();
  g.moveTo(map.box.left, y);
  g.lineTo(map.box.right, y);
  g.stroke();
  if (mark.label) plot.note(mark, y);
}

/** @type {Draw<Band>} */
function band(g, mark, view, plot) {
  const { map, stage } = plot;
  const [low, high] = [stage.value(view, mark.low), stage.value(view, mark.high)];
  if (low === null || high === null) return;
  const bottom = map.logY && low <= 0 ? map.box.bottom : map.y(low);
  const top = map.y(high);
  g.fillStyle = faded(stage.palette[mark.role], stage.dark ? 0.3 : 0.22);
  g.fillRect(map.box.left, top, map.box.right - map.box.left, Math.max(2, bottom - top));
  if (mark.label) plot.note(mark, top);
}

/** @type {Draw<Bars>} */
function bars(g, mark, view, { map, stage }) {
  const array = stage.array(view, mark.array);
  if (!array) return;
  const zero = map.logY ? map.box.bottom : map.y(0);
  g.fillStyle = stage.palette[mark.role];
  array.data.forEach((value, i) => {
    const [left, right] = [map.x(i - 0.38), map.x(i + 0.38)];
    const y = map.y(value);
    if (Number.isFinite(y))
      g.fillRect(left, Math.min(y, zero), Math.max(1, right - left), Math.abs(zero - y));
  });
}
