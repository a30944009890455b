// The ranges of a plot's axes: as the scene says, or fitted to the data shown so far.

import { rounded } from "./axes.js";
import { reach } from "./grips.js";
import { kindOf } from "./marks.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { FrameStore } from "../run/store.js"
 * @import { Axis, Mark, Plot } from "../types"
 * @import { Range } from "./axes.js"
 */

/** @returns {Record<"x" | "y", Range>} */
const nothing = () => ({ x: [Infinity, -Infinity], y: [Infinity, -Infinity] });

/** Ranges in axis units (exponents of ten on a log axis). Fitted ones only grow during a run. */
export class Ranges {
  /**
   * @param {Plot} panel
   * @param {Context} stage
   */
  constructor(panel, stage) {
    this.panel = panel;
    this.stage = stage;
    this.found = nothing();
    this.taken = 0; // frames whose histories were seen
    /** @type {FrameStore | null} */
    this.store = null;
    this.edits = 0;
  }

  forget() {
    this.found = nothing();
    this.taken = 0;
  }

  /** @param {View} view */
  update(view) {
    const { panel, stage } = this;
    if (this.store !== stage.frames) this.forget();
    if (this.edits !== stage.frames.edits) this.taken = 0; // frames were put in between
    this.store = stage.frames;
    this.edits = stage.frames.edits;
    if (fixed(panel.x) && fixed(panel.y)) return;
    for (const mark of panel.marks) kindOf(mark).reach?.(mark, view, this);
    for (const handle of panel.handles) reach(handle, view, this);
    this.taken = stage.frames.count;
  }

  /**
   * The entries of an array; none where it is not there.
   *
   * @param {View} view
   * @param {string} name
   */
  values(view, name) {
    return (name && this.stage.array(view, name)?.data) || new Float32Array();
  }

  /**
   * Have an axis show a value.
   *
   * @param {"x" | "y"} axis
   * @param {Missable} value
   */
  take(axis, value) {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    const { log } = this.panel[axis];
    if (log && value <= 0) return;
    const unit = log ? Math.log10(value) : value;
    const range = this.found[axis];
    if (unit < range[0]) range[0] = unit;
    if (unit > range[1]) range[1] = unit;
  }

  /**
   * The ranges of x and y as they are drawn when nothing is zoomed.
   *
   * @returns {[Range, Range]}
   */
  both() {
    return [this.time() ?? this.range("x"), this.range("y")];
  }

  /**
   * The steps a history runs over: to the horizon, which doubles as the run goes on.
   *
   * @returns {Range | null}
   */
  time() {
    const { panel, stage } = this;
    if (panel.x.high !== undefined || !panel.marks.some((mark) => kindOf(mark).overTime))
      return null;
    const { frames, horizon } = stage;
    const [first, newest] = [frames.at(0), frames.at(frames.count - 1)];
    if (!first || !newest) return null;
    const pitch =
      newest.index > first.index ? (newest.step - first.step) / (newest.index - first.index) : 1;
    const end = first.step + pitch * Math.max(1, horizon - first.index);
    if (!panel.x.log) return [panel.x.low ?? first.step, end];
    return [Math.log10(panel.x.low ?? Math.max(1, first.step)), Math.log10(Math.max(10, end))];
  }

  /**
   * @param {"x" | "y"} name
   * @returns {Range}
   */
  range(name) {
    const axis = this.panel[name];
    /** @param {number | undefined} value */
    const unit = (value) =>
      value === undefined ? undefined : axis.log ? Math.log10(value) : value;
    const bounds = { low: unit(axis.low), high: unit(axis.high) };
    const seen = this.found[name][1] >= this.found[name][0] ? this.found[name] : [0, 1];
    const [low, high] = [
      bounds.low ?? Math.min(seen[0], bounds.high ?? Infinity),
      bounds.high ?? Math.max(seen[1], bounds.low ?? -Infinity),
    ];
    const exact = name === "x" && !this.panel.marks.some((mark) => kindOf(mark).roundsX);
    if (fixed(axis) || this.panel.square || exact)
      return high > low ? [low, high] : [low, low + 1];
    return rounded([low, high], axis.log, bounds);
  }

  /**
   * How many times wider and higher than a square the picture may be: no further than what is known
   * reaches.
   */
  room() {
    const [x, y] = this.both();
    const extents = this.panel.marks.flatMap((mark) => {
      const extent = kindOf(mark).extent?.(mark);
      return extent ? [extent] : [];
    });
    if (!extents.length) return [1.35, 1.35];
    /**
     * @param {0 | 2} from
     * @param {1 | 3} to
     * @param {Range} range
     */
    const over = (from, to, [low, high]) =>
      Math.max(
        1,
        Math.min(
          ...extents.map(
            (e) =>
              (2 * Math.min(e[to] - (low + high) / 2, (low + high) / 2 - e[from])) / (high - low),
          ),
        ),
      );
    return [over(0, 1, x), over(2, 3, y)];
  }
}

/** @param {Axis} axis */
const fixed = ({ low, high }) => low !== undefined && high !== undefined;
