// The line of one number over all frames so far. It is kept as pixel columns (2,000 frames cost a
// few hundred pieces), and what is drawn of it stays in a picture of its own: a new frame costs one
// piece.

import { offscreen } from "../canvas.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Frame, FrameStore } from "../run/store.js"
 * @import { Mapping } from "./axes.js"
 */

/** @typedef {{ x: number, y: number }} Place in px */
/** @typedef {{ ratio: number, wide: number, high: number }} Size in px, and device pixels in each */

/**
 * What draws a line: `dress` sets the colour, width and dash of a canvas, and `key` names them.
 *
 * @typedef {{ dress: (g: Graphics) => void, key: string }} Pen
 */

/**
 * A column of pixels: where the line enters and leaves it, how low and high it goes there, and
 * whether there is a gap before it.
 *
 * @typedef {object} Column
 * @property {number} x
 * @property {number} first
 * @property {number} low
 * @property {number} high
 * @property {number} last
 * @property {boolean} gap
 */

/**
 * The picture of what is settled of a line: how many columns, how long in px, by which pen.
 *
 * @typedef {object} Drawn
 * @property {OffscreenCanvas} canvas
 * @property {Graphics} g
 * @property {number} end
 * @property {number} length
 * @property {string} pen
 */

const COLUMN = 1.5; // px

/** One history line of a plot. */
export class Trace {
  /** @param {string} scalar */
  constructor(scalar) {
    this.scalar = scalar;
    /** @type {FrameStore | null} */
    this.store = null;
    this.key = "";
    /** @type {Column[]} */
    this.columns = [];
    this.gap = true;
    this.taken = 0;
    /** @type {Place | null} */
    this.end = null; // where the line is named
    /** @type {Place | null} */
    this.tip = null;
    /** @type {Drawn | null} */
    this.drawn = null;
  }

  /** Forget what was taken in, for another scale. */
  forget() {
    this.columns = [];
    this.gap = true;
    this.taken = 0;
    this.end = this.tip = this.drawn = null;
  }

  /**
   * Take in the frames that are new since the last call; all of them when the scale is another.
   *
   * @param {FrameStore} store
   * @param {Mapping} map
   */
  update(store, map) {
    const { ax, bx, ay, by } = map;
    const key = `${store.edits} ${ax} ${bx} ${ay} ${by}`;
    if (key !== this.key || store !== this.store) {
      this.forget();
      this.key = key;
      this.store = store;
    }
    for (; this.taken < store.count; this.taken += 1) this.take(store.kept(this.taken), map);
  }

  /**
   * @param {Frame} frame
   * @param {Mapping} map
   */
  take(frame, map) {
    const value = frame.scalars[this.scalar];
    const drawable =
      value !== null &&
      value !== undefined &&
      !(map.logY && value <= 0) &&
      !(map.logX && frame.step <= 0);
    if (!drawable) {
      this.gap = true;
      return;
    }
    const [x, y] = [map.x(frame.step), map.y(value)];
    const column = this.columns[this.columns.length - 1];
    if (column && !this.gap && Math.floor(column.x / COLUMN) === Math.floor(x / COLUMN)) {
      column.low = Math.min(column.low, y);
      column.high = Math.max(column.high, y);
      column.last = y;
    } else {
      this.columns.push({ x, first: y, low: y, high: y, last: y, gap: this.gap });
    }
    this.gap = false;
    this.tip = { x, y };
    const inView = y >= map.box.top && y <= map.box.bottom;
    if (inView || !this.end) this.end = this.tip;
  }

  /**
   * Stroke the whole line, what lies beyond the playhead included.
   *
   * @param {Graphics} g
   */
  strokeAll(g) {
    g.beginPath();
    this.path(g, 0, this.columns.length);
    g.stroke();
  }

  /**
   * Stroke the line up to the playhead.
   *
   * @param {Graphics} g
   * @param {number} to
   * @param {Pen} pen
   * @param {Size} size
   */
  stroke(g, to, pen, size) {
    const { columns } = this;
    const drawn = this.settledBefore(to, pen, size);
    // The column that is still growing, and the one before it, are drawn anew each time.
    const settled = upTo(columns, to, drawn.end) - 2;
    if (settled > drawn.end) this.extend(drawn, settled);
    g.drawImage(drawn.canvas, 0, 0, size.wide, size.high);
    pen.dress(g);
    g.lineDashOffset = drawn.length;
    g.beginPath();
    this.path(g, Math.max(0, drawn.end - 1), upTo(columns, to, drawn.end));
    g.stroke();
    g.lineDashOffset = 0;
  }

  /**
   * The picture of what is settled; an empty one where it reaches beyond the playhead, or was drawn
   * otherwise.
   *
   * @param {number} to
   * @param {Pen} pen
   * @param {Size} size
   */
  settledBefore(to, pen, { ratio, wide, high }) {
    const { drawn, columns } = this;
    const [width, height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    const alike =
      drawn?.pen === pen.key && drawn.canvas.width === width && drawn.canvas.height === height;
    if (alike && !(drawn.end > 0 && columns[drawn.end - 1].x > to)) return drawn;
    const { canvas, g } = drawn ?? offscreen(width, height);
    Object.assign(canvas, { width, height }); // this clears it
    g.scale(ratio, ratio);
    pen.dress(g);
    return (this.drawn = { canvas, g, end: 0, length: 0, pen: pen.key });
  }

  /**
   * Draw the columns up to another one into the kept picture.
   *
   * @param {Drawn} drawn
   * @param {number} to
   */
  extend(drawn, to) {
    const start = Math.max(0, drawn.end - 1);
    drawn.g.lineDashOffset = drawn.length;
    drawn.g.beginPath();
    drawn.length += this.path(drawn.g, start, to);
    drawn.g.stroke();
    drawn.end = to;
  }

  /**
   * Add columns to a path; returns its length. From the second on, it starts where the first ended.
   *
   * @param {Graphics} g
   * @param {number} from
   * @param {number} to
   */
  path(g, from, to) {
    let length = 0;
    let [atX, atY] = [0, 0];
    /**
     * @param {number} x
     * @param {number} y
     */
    const line = (x, y) => {
      g.lineTo(x, y);
      length += Math.hypot(x - atX, y - atY);
      [atX, atY] = [x, y];
    };
    for (let i = from; i < to; i += 1) {
      const { x, first, low, high, last, gap } = this.columns[i];
      const joins = i === from && from > 0;
      if (i === from || gap) {
        [atX, atY] = [x, joins ? last : first];
        g.moveTo(atX, atY);
      } else line(x, first);
      if (joins || high <= low) continue;
      line(x, low);
      line(x, high);
      line(x, last);
    }
    return length;
  }
}

/**
 * How many columns lie up to a pixel, searched from a known number on.
 *
 * @param {Column[]} columns
 * @param {number} to
 * @param {number} known
 */
function upTo(columns, to, known) {
  let count = Math.max(0, known);
  while (count < columns.length && columns[count].x <= to) count += 1;
  return count;
}
