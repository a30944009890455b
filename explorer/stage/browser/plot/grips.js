// What can be taken hold of in a plot: it lies over the canvas and follows the plot's own map.

import { selected, standing } from "../dials/grip.js";
import { Handle as Taken } from "../dials/handle.js";
import { NumberHandle } from "../dials/number.js";
import { Pen } from "../dials/pen.js";
import { PointOf } from "../dials/points.js";
import { kindOf, within } from "./handles.js";

/**
 * @import { View } from "../context.js"
 * @import { Graphics } from "../canvas.js"
 * @import { Ends } from "../dials/grip.js"
 * @import { Holding, Way } from "../dials/handle.js"
 * @import { Plot } from "../panels/plot.js"
 * @import { CloudHandle, Grip, Handle, PenHandle } from "../types"
 * @import { Axis, Part } from "./handles.js"
 * @import { Ranges } from "./ranges.js"
 * @import { Place } from "./trace.js"
 */

/** @typedef {{ handle: Handle, part: Part }} Held what is taken hold of as one */
/** @typedef {Held & { taken: Taken }} Hold that, in the picture */

/**
 * Where the frame has a grip; NaN where it does not say so.
 *
 * @param {Handle} handle
 * @param {Grip} grip
 * @param {View} view
 * @param {Plot["stage"]} stage
 * @param {number} chosen which of many points
 */
function inFrame(handle, grip, view, stage, chosen = 0) {
  const entry = kindOf(handle).entry?.(handle, grip, chosen);
  if (entry) return stage.array(view, entry.array)?.data[entry.index] ?? NaN;
  return stage.value(view, grip.at === "" ? grip.setting : grip.at) ?? NaN;
}

/**
 * Have fitted axes show where a handle stands by the frame.
 *
 * @param {Handle} handle
 * @param {View} view
 * @param {Ranges} ranges
 */
export function reach(handle, view, ranges) {
  const rests = kindOf(handle).rests?.(handle);
  if (rests) {
    ranges.take("x", rests.x);
    ranges.take("y", rests.y);
    return;
  }
  for (const { turns } of kindOf(handle).parts(handle))
    for (const axis of /** @type {const} */ (["x", "y"])) {
      const grip = turns[axis];
      if (grip) ranges.take(axis, inFrame(handle, grip, view, ranges.stage));
    }
}

const NEAR = 16; // px from a point within which a pointer chooses it

/** The grips of a plot; `key` tells whether they have to be drawn again. */
export class Grips {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    /** @type {View | null} */
    this.view = null; // that was painted last
    /** @type {Handle[]} */
    this.handles = [];
    /** @type {Hold[]} */
    this.holds = [];
    this.chosen = 0; // which of many points is taken hold of
    this.take(plot.panel.handles);
    for (const name of /** @type {const} */ (["pointermove", "pointerdown"]))
      plot.body.addEventListener(name, (event) => this.choose(event), true);
  }

  /**
   * Take these handles; what stands there already stays, with the focus and in the hand.
   *
   * @param {Handle[]} handles
   */
  take(handles) {
    const before = this.holds;
    const parts = handles.flatMap((handle) =>
      kindOf(handle).parts(handle).map((part) => ({ handle, part })),
    );
    this.handles = handles;
    this.holds = parts.map(({ handle, part }, i) => {
      const known = before[i];
      if (known?.handle.handle !== handle.handle) return this.hold(handle, part, i);
      return Object.assign(known, { handle, part });
    });
    for (const { taken } of before.filter((one) => !this.holds.includes(one))) taken.remove();
  }

  /**
   * @param {Handle} handle
   * @param {Part} part
   * @param {number} i
   * @returns {Hold}
   */
  hold(handle, part, i) {
    const { plot } = this;
    /** @type {Held} */
    const hold = { handle, part };
    const key = `${plot.panel.area}/${i}`;
    if (kindOf(handle).rests) return this.holdNumber(hold, key);
    if (kindOf(handle).drawn) return this.holdPen(hold, key);
    /** @type {Holding} */
    const holding = {
      key,
      about: () => this.about(hold),
      ways: () => this.ways(hold),
      place: () => this.place(hold),
      valueAt: (axis, px) =>
        (axis === "x" ? plot.map.valueX(px) : plot.map.valueY(px)) - this.moved(hold.handle, axis),
      nearest: (event) => this.nearest(event),
      grabbed: () => (plot.frozen = { x: plot.map.xRange, y: plot.map.yRange }),
      released: () => (plot.frozen = null),
    };
    const cloud = {
      many: () => this.many(hold.handle),
      chosen: () => this.chosen,
      /** @param {number} index */
      choose: (index) => {
        this.chosen = index;
        this.show();
      },
    };
    const taken = kindOf(handle).many
      ? new PointOf(holding, plot.stage, cloud)
      : new Taken(holding, plot.stage);
    plot.body.append(taken.element);
    return Object.assign(hold, { taken });
  }

  /**
   * A number is written by what takes hold of it.
   *
   * @param {Held} hold
   * @param {string} key
   * @returns {Hold}
   */
  holdNumber(hold, key) {
    const { plot } = this;
    const told = () => {
      const [grip] = Object.values(hold.part.turns);
      return { grip, value: this.standsAt(hold.handle, grip) };
    };
    const taken = new NumberHandle(key, told, plot.stage);
    taken.root.classList.add("over");
    plot.body.append(taken.root);
    return Object.assign(hold, { taken });
  }

  /**
   * @param {Held} hold
   * @param {string} key
   * @returns {Hold}
   */
  holdPen(hold, key) {
    const { plot } = this;
    const taken = new Pen(
      {
        key,
        handle: () => /** @type {PenHandle} */ (hold.handle), // for its kind says so
        pixels: ({ x, y }) => ({ x: plot.map.x(x), y: plot.map.y(y) }),
        where: (event) => {
          const { x, y } = plot.pointer.where(event);
          return { x: plot.map.valueX(x), y: plot.map.valueY(y) };
        },
      },
      plot.stage,
    );
    plot.body.append(taken.element);
    return Object.assign(hold, { taken });
  }

  // ------------------------------------------------------------------------------ one of many

  /**
   * What a part is called; one of many by its number.
   *
   * @param {Held} held
   */
  about({ handle, part }) {
    if (!kindOf(handle).many) return part;
    return { ...part, name: `${part.name} ${this.chosen + 1} of ${this.many(handle)}` };
  }

  /**
   * The points of a cloud as the frame has them.
   *
   * @param {Handle} handle
   */
  points(handle) {
    const { view } = this;
    const { array } = /** @type {CloudHandle} */ (handle); // for its kind says so
    return (view && this.plot.stage.array(view, array)?.data) ?? [];
  }

  /** @param {Handle} handle */
  many(handle) {
    return this.points(handle).length / 2;
  }

  /**
   * How far all points of a cloud are moved along an axis.
   *
   * @param {Handle} handle
   * @param {"x" | "y"} axis
   */
  moved(handle, axis) {
    const { hand } = this.plot.stage;
    if (!hand || !kindOf(handle).many) return 0;
    const { right, up } = /** @type {CloudHandle} */ (handle);
    return Number(hand.settings[axis === "x" ? right : up] ?? 0);
  }

  /**
   * Choose the point that is nearest to a pointer, if it is near.
   *
   * @param {PointerEvent} event
   */
  choose(event) {
    const hold = this.holds.find(({ handle }) => kindOf(handle).many);
    if (!hold || this.held || event.buttons > (event.type === "pointerdown" ? 1 : 0)) return;
    const at = this.plot.pointer.where(event);
    const before = this.chosen;
    let [best, nearest] = [before, NEAR];
    for (let k = 0; k < this.many(hold.handle); k += 1) {
      this.chosen = k;
      const { x, y } = this.place(hold);
      const far = Math.hypot(x - at.x, y - at.y);
      if (far < nearest) [best, nearest] = [k, far];
    }
    this.chosen = best;
    if (best !== before) this.show();
  }

  /** Whether one of them is in the hand. */
  get held() {
    return this.holds.some(({ taken }) => taken.held);
  }

  /** What changes the picture of them. */
  get key() {
    const { hand } = this.plot.stage;
    if (!hand) return "";
    const grips = this.holds.flatMap(({ part }) => Object.values(part.turns));
    return grips.map(({ setting }) => hand.settings[setting]).join(" ");
  }

  // ----------------------------------------------------------------------------- where they stand

  /**
   * Where a grip stands: by the dials, else by the frame.
   *
   * @param {Handle} handle
   * @param {Grip} grip
   */
  standsAt(handle, grip) {
    const { view } = this;
    const { stage } = this.plot;
    const found = stage.hand && standing(this.selected(grip), stage.hand.settings);
    return found ?? (view ? inFrame(handle, grip, view, stage, this.chosen) : NaN);
  }

  /**
   * A grip whose entry is that of what is selected, and of the point that is chosen here.
   *
   * @param {Grip} grip
   */
  selected(grip) {
    return selected(grip, { ...this.plot.stage.selects, point: this.chosen });
  }

  /**
   * The ways in which a part moves.
   *
   * @param {Held} held
   */
  ways({ handle, part: { turns, between = {} } }) {
    const { map } = this.plot;
    const least = between.low ? this.standsAt(handle, between.low) : -Infinity;
    const most = between.high ? this.standsAt(handle, between.high) : Infinity;
    return /** @type {const} */ (["x", "y"]).flatMap((axis) => {
      const grip = turns[axis];
      if (!grip) return [];
      const value = this.standsAt(handle, grip);
      /** @type {Ends} */
      const ends = [
        Math.max(least, Math.min(grip.low, value)),
        Math.min(most, Math.max(grip.high, value)),
      ];
      const byFactors = axis === "x" ? map.logX : map.logY;
      return [{ axis, grip: this.selected(grip), byFactors, value, ends }];
    });
  }

  /**
   * Where a part stands in the plot.
   *
   * @param {Held} held
   * @returns {Place}
   */
  place({ handle, part }) {
    /** @param {Grip} grip */
    const at = (grip) => {
      const axis = grip === part.turns.y ? "y" : "x";
      return this.standsAt(handle, grip) + this.moved(handle, axis);
    };
    return kindOf(handle).place(handle, part, at, this.plot.map);
  }

  /**
   * The one nearest to a pointer, where the targets of several lie over each other.
   *
   * @param {PointerEvent} event
   */
  nearest(event) {
    const at = this.plot.pointer.where(event);
    /** @param {Hold} hold */
    const away = (hold) => {
      const { x, y } = this.place(hold);
      const far = Math.hypot(x - at.x, y - at.y);
      const across = kindOf(hold.handle).line?.(hold.handle); // a line is taken anywhere along it
      return across ? Math.abs(across === "x" ? x - at.x : y - at.y) + far / 1000 : far;
    };
    const spots = this.holds.filter(({ handle }) => !kindOf(handle).rests && !kindOf(handle).drawn);
    const near = spots.filter(({ taken }) => !taken.element.hidden);
    return near.reduce((best, one) => (away(one) < away(best) ? one : best)).taken;
  }

  // ------------------------------------------------------------------------------------- drawing

  /**
   * Draw them over the marks.
   *
   * @param {Graphics} g
   * @param {View} view
   */
  draw(g, view) {
    this.view = view;
    for (const handle of this.handles) {
      const written = this.holds.find((hold) => hold.handle === handle)?.taken;
      if (written instanceof NumberHandle && written.free) continue;
      g.save();
      g.setLineDash([]);
      kindOf(handle).draw(g, handle, (grip) => this.standsAt(handle, grip), this.plot);
      g.restore();
    }
  }

  /** Stand over what was drawn. */
  show() {
    for (const hold of this.holds) {
      const place = this.place(hold);
      if (hold.taken instanceof Pen) hold.taken.lie(this.plot.map.box, this.plot.canvas.offsetLeft);
      else if (hold.taken instanceof NumberHandle) this.showNumber(hold.taken, hold, place);
      else this.showHandle(hold.taken, hold, place);
    }
  }

  /**
   * @param {Taken} taken
   * @param {Held} held
   * @param {Place} place
   */
  showHandle(taken, { handle }, place) {
    const { canvas, cell, map } = this.plot;
    const { box } = map;
    const across = kindOf(handle).line?.(handle);
    const look = across ? `line across-${across}` : "spot";
    // One that lies out of sight is at the nearest edge, so that the focus can come to it.
    const x = Math.min(box.right, Math.max(box.left, place.x));
    const y = Math.min(box.bottom, Math.max(box.top, place.y));
    const classes = within(place, box) ? look : `${look} beyond`;
    taken.show({ x: canvas.offsetLeft + x, y }, classes, cell);
    const { style } = taken.element;
    style.setProperty("--left", `${box.left - x}px`);
    style.setProperty("--top", `${box.top - y}px`);
    style.setProperty("--wide", `${box.right - box.left}px`);
    style.setProperty("--high", `${box.bottom - box.top}px`);
  }

  /**
   * @param {NumberHandle} taken
   * @param {Held} held
   * @param {Place} place
   */
  showNumber(taken, { handle, part }, place) {
    const { canvas, map, stage } = this.plot;
    const [grip] = Object.values(part.turns);
    const { style } = taken.root;
    style.color = stage.palette[handle.role];
    const text = stage.number(this.standsAt(handle, grip));
    taken.write({ x: canvas.offsetLeft + place.x, y: place.y }, within(place, map.box), text);
  }
}
