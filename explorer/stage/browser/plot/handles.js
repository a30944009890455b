// The handles of a plot: how each is drawn over the marks, and what is taken hold of in it.

import { faded } from "../colour.js";
import { registered } from "../registry.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Plot } from "../panels/plot.js"
 * @import { BarHandle, CloudHandle, Grip, Handle, Handles, NumberHandle, PenHandle, PointHandle, RuleHandle, SpanHandle } from "../types"
 * @import { Box, Mapping } from "./axes.js"
 * @import { Place } from "./trace.js"
 */

/** @typedef {"x" | "y"} Axis */
/** @typedef {(grip: Grip) => number} At where a grip stands */

/**
 * What is taken hold of as one: the grips that it turns by the axis along which it moves, the one
 * that it does not pass, and what it is called.
 *
 * @typedef {object} Part
 * @property {Partial<Record<Axis, Grip>>} turns
 * @property {string} name
 * @property {string} help
 * @property {{ low?: Grip, high?: Grip }} [between]
 */

/**
 * What a plot asks of one kind of handle.
 *
 * - parts: what is taken hold of, each on its own
 * - place: where a part stands, in px
 * - draw: over the marks
 * - line: the axis that it stands across, where it is a line through the plot
 * - entry: the entry of an array that it stands at where the dials do not say so; of many points
 *   that of the chosen one
 * - many: whether it is one of many points
 * - rests: the place in the plot where it stays, while its number changes
 * - drawn: whether it is drawn over with a pen, all over the plot
 *
 * @template H
 * @typedef {{
 *   parts(handle: H): Part[],
 *   place(handle: H, part: Part, at: At, map: Mapping): Place,
 *   draw(g: Graphics, handle: H, at: At, plot: Plot): void,
 *   line?(handle: H): Axis,
 *   entry?(handle: H, grip: Grip, chosen: number): { array: string, index: number } | null,
 *   many?: boolean,
 *   rests?(handle: H): Place,
 *   drawn?: boolean }} Kind
 */

/**
 * What draws one kind of handle into a plot.
 *
 * @template H
 * @typedef {(g: Graphics, handle: H, at: At, plot: Plot) => void} Draw
 */

const CIRCLES = [12, 10, 6, 3]; // px, of a point from its rim inwards: halo, ring, ground, dot
const BESIDE = 22; // px from its middle to its name
const PILL = { across: 10, along: 26 }; // px, of the grip on a line
const RIM = 2; // px of the halo around it
const INSET = 8; // px between it and the edge of the plot: room for a presenter's larger one

/** @type {{ [K in keyof Handles]: Kind<Handles[K]> }} */
export const HANDLES = {
  point: {
    parts: ({ x, y, label, help }) => [
      { turns: { x, y }, name: label || `${x.label}, ${y.label}`, help },
    ],
    place: ({ x, y }, part, at, map) => ({ x: map.x(at(x)), y: map.y(at(y)) }),
    draw: point,
  },
  rule: {
    parts: ({ grip, axis, label }) => [
      { turns: { [axis]: grip }, name: label || grip.label, help: grip.help },
    ],
    place: ({ grip, axis }, part, at, map) => gripOf(axis, at(grip), map),
    draw: rule,
    line: ({ axis }) => axis,
  },
  span: {
    parts: ({ low, high, axis }) => [
      { turns: { [axis]: low }, name: low.label, help: low.help, between: { high } },
      { turns: { [axis]: high }, name: high.label, help: high.help, between: { low } },
    ],
    place: ({ low, high, axis }, { between }, at, map) =>
      between?.low ? gripOf(axis, at(high), map, true) : gripOf(axis, at(low), map),
    draw: span,
    line: ({ axis }) => axis,
  },
  bar: {
    parts: ({ grip }) => [{ turns: { y: grip }, name: grip.label, help: grip.help }],
    place: ({ grip, index }, part, at, map) => ({ x: map.x(index), y: map.y(at(grip)) }),
    draw: bar,
    entry: ({ array, index }) => ({ array, index }),
  },
  number: {
    parts: ({ grip }) => [{ turns: { x: grip }, name: grip.label, help: grip.help }],
    place: ({ x, y }, part, at, map) => ({ x: map.x(x), y: map.y(y) }),
    draw: written,
    entry: ({ array, index }) => (array ? { array, index } : null),
    rests: ({ x, y }) => ({ x, y }),
  },
  cloud: {
    parts: ({ x, y, each }) => [{ turns: { x, y }, name: each, help: x.help }],
    place: ({ x, y }, part, at, map) => ({ x: map.x(at(x)), y: map.y(at(y)) }),
    draw() {},
    entry: ({ array, y }, grip, chosen) => ({ array, index: 2 * chosen + (grip === y ? 1 : 0) }),
    many: true,
  },
  pen: {
    parts: ({ grip }) => [{ turns: { y: grip }, name: grip.label, help: grip.help }],
    place: () => ({ x: NaN, y: NaN }), // it has as many as numbers: see `Pen`
    draw() {},
    drawn: true,
  },
};

/**
 * What a plot asks of this handle.
 *
 * @param {Handle} handle
 * @returns {Kind<Handle>}
 */
export const kindOf = ({ handle }) => registered(HANDLES, handle, "handle");

/**
 * Where the grip of a line lies that stands at a value of an axis: at the top of one that moves
 * across, at the left of one that moves up; the second of two at the other end.
 *
 * @param {Axis} axis
 * @param {number} value
 * @param {Mapping} map
 * @returns {Place}
 */
function gripOf(axis, value, { box, x, y }, second = false) {
  const inwards = INSET + PILL.along / 2;
  if (axis === "x")
    return { x: x(value), y: second ? box.bottom - inwards : box.top + inwards };
  return { x: second ? box.right - inwards : box.left + inwards, y: y(value) };
}

/**
 * Whether a place lies in a box, or on its edge.
 *
 * @param {Place} place
 * @param {Box} box
 */
export function within({ x, y }, { left, top, right, bottom }) {
  return x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1;
}

/** @type {Draw<PointHandle>} */
function point(g, { x, y, role, label }, at, plot) {
  const { map, stage, labels } = plot;
  const place = { x: map.x(at(x)), y: map.y(at(y)) };
  if (!within(place, map.box)) return;
  const colour = stage.palette[role];
  CIRCLES.forEach((radius, i) => {
    g.fillStyle = i % 2 ? colour : stage.palette.card;
    g.beginPath();
    g.arc(place.x, place.y, radius * stage.weight, 0, 7);
    g.fill();
  });
  if (label) labels.push({ text: label, colour, x: place.x + BESIDE * stage.weight, y: place.y });
}

/** @type {Draw<RuleHandle>} */
function rule(g, { grip, axis, role, label }, at, plot) {
  const place = gripOf(axis, at(grip), plot.map);
  if (!within(place, plot.map.box)) return;
  line(g, axis, place, role, plot);
  pill(g, axis === "x", place, PILL.along, role, plot);
  if (label) name(axis, place, label, role, plot);
}

/** @type {Draw<SpanHandle>} */
function span(g, { low, high, axis, role, label }, at, plot) {
  const { map, stage } = plot;
  const { left, top, right, bottom } = map.box;
  const ends = [gripOf(axis, at(low), map), gripOf(axis, at(high), map, true)];
  const [first, last] = ends.map((place) => place[axis]).sort((a, b) => a - b);
  g.fillStyle = faded(stage.palette[role], 0.14);
  if (axis === "x") strip(g, Math.max(left, first), top, Math.min(right, last), bottom);
  else strip(g, left, Math.max(top, first), right, Math.min(bottom, last));
  const seen = ends.filter((place) => within(place, map.box));
  for (const place of seen) line(g, axis, place, role, plot);
  for (const place of seen) pill(g, axis === "x", place, PILL.along, role, plot);
  if (label && seen.length) name(axis, seen[0], label, role, plot);
}

/** @type {Draw<BarHandle>} */
function bar(g, { grip, index, role }, at, plot) {
  const { map } = plot;
  const place = { x: map.x(index), y: map.y(at(grip)) };
  if (!within(place, map.box)) return;
  const wide = Math.min(44, Math.max(18, map.x(index + 0.38) - map.x(index - 0.38)));
  pill(g, false, place, wide, role, plot);
}

/** @type {Draw<NumberHandle>} */
function written(g, { grip, x, y, role }, at, { map, stage }) {
  const place = { x: map.x(x), y: map.y(y) };
  if (!within(place, map.box)) return;
  const text = stage.number(at(grip));
  g.font = `${stage.text}px ${stage.font}`;
  const [wide, high] = [g.measureText(text).width / 2 + 6, stage.text / 2 + 5];
  g.fillStyle = stage.palette.card;
  g.beginPath();
  g.roundRect(place.x - wide, place.y - high, 2 * wide, 2 * high, 7);
  g.fill();
  g.fillStyle = stage.palette[role];
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(text, place.x, place.y);
}

/**
 * A line through the plot that stands across an axis.
 *
 * @param {Graphics} g
 * @param {Axis} axis
 * @param {Place} place
 * @param {string} role
 * @param {Plot} plot
 */
function line(g, axis, { x, y }, role, { map: { box }, stage }) {
  g.strokeStyle = stage.palette[role];
  g.lineWidth = 2.5 * stage.weight;
  g.beginPath();
  if (axis === "x") {
    g.moveTo(x, box.top);
    g.lineTo(x, box.bottom);
  } else {
    g.moveTo(box.left, y);
    g.lineTo(box.right, y);
  }
  g.stroke();
}

/**
 * The grip of a line, or of the end of a bar: it lies along what it moves.
 *
 * @param {Graphics} g
 * @param {boolean} upright
 * @param {Place} place
 * @param {number} along
 * @param {string} role
 * @param {Plot} plot
 */
function pill(g, upright, { x, y }, along, role, { stage }) {
  const [across, long] = [(PILL.across / 2) * stage.weight, (along / 2) * stage.weight];
  /**
   * @param {number} more
   * @param {number} most
   * @param {string} colour
   */
  const box = (more, most, colour) => {
    const [wide, high] = upright ? [across + more, long + most] : [long + most, across + more];
    g.fillStyle = colour;
    g.beginPath();
    g.roundRect(x - wide, y - high, 2 * wide, 2 * high, Math.min(wide, high));
    g.fill();
  };
  box(RIM, RIM, stage.palette.card);
  box(0, 0, stage.palette[role]);
  box(1 - across, -6, stage.palette.card);
}

/**
 * Name a line beside its grip, where there is room for it.
 *
 * @param {Axis} axis
 * @param {Place} place
 * @param {string} text
 * @param {string} role
 * @param {Plot} plot
 */
function name(axis, place, text, role, { g, map, stage, labels }) {
  g.font = `${stage.text}px ${stage.font}`;
  const wide = g.measureText(text).width;
  const colour = stage.palette[role];
  if (axis === "y") {
    const left = place.x < (map.box.left + map.box.right) / 2;
    const x = left ? place.x + BESIDE : place.x - BESIDE - wide;
    labels.push({ text, colour, x, y: place.y - stage.text * 0.8 });
  } else {
    const fits = place.x + BESIDE + wide < map.box.right;
    labels.push({ text, colour, x: place.x + (fits ? BESIDE : -BESIDE - wide), y: place.y });
  }
}

/**
 * @param {Graphics} g
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 */
function strip(g, left, top, right, bottom) {
  if (right > left && bottom > top) g.fillRect(left, top, right - left, bottom - top);
}
