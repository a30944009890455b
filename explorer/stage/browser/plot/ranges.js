// The ranges of a plot's axes: as the scene says, or fitted to the data shown so far.

import { rounded } from "./axes.js";

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
    for (const mark of panel.marks) this.see(mark, view);
    this.taken = stage.frames.count;
  }

  /**
   * @param {Mark} mark
   * @param {View} view
   */
  see(mark, view) {
    const { stage } = this;
    /** @param {string} name */
    const values = (name) => stage.array(view, name)?.data ?? [];
    if (mark.mark === "history") {
      for (let i = this.taken; i < stage.frames.count; i += 1)
        this.take("y", stage.frames.kept(i).scalars[mark.scalar]);
    } else if (mark.mark === "points" || mark.mark === "mesh") {
      values(mark.array).forEach((value, i) => this.take(i % 2 ? "y" : "x", value));
    } else if (mark.mark === "surface") {
      mark.extent.forEach((value, i) => this.take(i < 2 ? "x" : "y", value));
    } else if (mark.mark === "curve") {
      const ys = values(mark.y);
      for (const name of [mark.y, mark.low, mark.high])
        if (name) values(name).forEach((value) => this.take("y", value));
      if (mark.x) values(mark.x).forEach((value) => this.take("x", value));
      else for (const i of [0, ys.length - 1]) this.take("x", i);
    } else if (mark.mark === "bars") {
      const { length } = values(mark.array);
      for (const edge of [-0.5, length - 0.5]) this.take("x", edge);
      for (const value of [0, ...values(mark.array)]) this.take("y", value);
    } else if (mark.mark === "rule") {
      this.take("y", stage.value(view, mark.y));
    } else if (mark.mark === "band") {
      for (const edge of [mark.low, mark.high]) this.take("y", stage.value(view, edge));
    }
  }

  /**
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
    if (panel.x.high !== undefined || !panel.marks.some(({ mark }) => mark === "history"))
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
    if (fixed(axis) || this.panel.square) return [low, high];
    if (name === "x" && !this.panel.marks.some(({ mark }) => mark === "points"))
      return high > low ? [low, high] : [low, low + 1];
    return rounded([low, high], axis.log, bounds);
  }

  /**
   * How many times wider and higher than a square the picture may be: no further than its surfaces
   * reach.
   */
  room() {
    const [x, y] = this.both();
    const extents = this.panel.marks
      .filter((mark) => mark.mark === "surface")
      .map(({ extent }) => extent);
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
