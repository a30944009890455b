// A pen that is drawn over numbers side by side: the bins of a pile, the values of a function. They
// are one setting, a line of text: "0 3 12 7".

import { element } from "../layout.js";
import { Handle } from "./handle.js";
import { STRIDE } from "./knobs.js";

/**
 * @import { Context } from "../context.js"
 * @import { PenHandle } from "../types"
 * @import { Holding, Place, Way } from "./handle.js"
 * @import { Box } from "../plot/axes.js"
 */

/**
 * What a pen is told by the plot that it draws in: its handle, and what lies at a pixel and back.
 *
 * @typedef {object} Paper
 * @property {string} key
 * @property {() => PenHandle} handle
 * @property {(place: Place) => Place} pixels of a place in the plot
 * @property {(event: PointerEvent) => Place} where a pointer is in the plot, in its units
 */

const BY_KEYS = "Left and right arrows choose one, up and down change it, with Shift ten times as far.";

/** One pen in a plot. */
export class Pen extends Handle {
  /**
   * @param {Paper} paper
   * @param {Context} stage
   */
  constructor(paper, stage) {
    /** @type {Holding} */
    const holding = {
      key: paper.key,
      about: () => this.about(),
      ways: () => [this.way()],
      place: () => this.at(this.chosen),
      valueAt: () => NaN,
    };
    super(holding, stage);
    this.paper = paper;
    this.chosen = 0; // which of the numbers the keys change
    this.nib = element("div", "nib", this.bubble);
    this.element.append(this.nib);
    this.byKeys = BY_KEYS;
  }

  get numbers() {
    const text = this.settings[this.paper.handle().grip.setting];
    return typeof text === "string" ? (text.match(/[^\s,;]+/g) ?? []).map(Number) : [];
  }

  get free() {
    const { numbers } = this;
    return numbers.length > 0 && numbers.every(Number.isFinite);
  }

  about() {
    const { grip, each } = this.paper.handle();
    const many = this.numbers.length;
    return { name: `${grip.label}, ${each} ${this.chosen + 1} of ${many}`, help: grip.help };
  }

  /** @returns {Way} */
  way() {
    const { grip } = this.paper.handle();
    const value = this.numbers[this.chosen] ?? 0;
    return { axis: "y", grip, byFactors: false, value, ends: [grip.low, grip.high] };
  }

  /** Where the first of the numbers begins and how wide each is, in units of the plot. */
  shares() {
    const { left, right, shift } = this.paper.handle();
    const moved = shift ? Number(this.settings[shift] ?? 0) : 0;
    return { from: left + moved, wide: (right - left) / Math.max(1, this.numbers.length) };
  }

  /**
   * Where a number stands, in px.
   *
   * @param {number} index
   */
  at(index) {
    const { from, wide } = this.shares();
    return this.paper.pixels({ x: from + wide * (index + 0.5), y: this.numbers[index] ?? 0 });
  }

  // -------------------------------------------------------------------------------- the pointer

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button || this.held || !this.free) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    const { pointerId } = event;
    let before = this.under(event);
    const { setting } = this.paper.handle().grip;
    const started = this.settings[setting];
    /** @param {PointerEvent} now */
    const move = (now) => {
      const here = this.under(now);
      this.draw(before, here);
      before = here;
    };
    const end = () => {
      for (const [name, act] of heard) window.removeEventListener(name, act, true);
      this.hold(false);
      this.hand?.release();
    };
    const cancel = () => {
      this.hand?.turn({ [setting]: started }, { held: true });
      end();
    };
    /** @param {(event: PointerEvent) => void} act */
    const own = (act) => (/** @type {PointerEvent} */ other) => {
      if (other.pointerId === pointerId) act(other);
    };
    /** @type {["pointermove" | "pointerup" | "pointercancel", (event: PointerEvent) => void][]} */
    const heard = [
      ["pointermove", own(move)],
      ["pointerup", own(end)],
      ["pointercancel", own(cancel)],
    ];
    for (const [name, act] of heard) window.addEventListener(name, act, true);
    this.element.setPointerCapture(pointerId);
    this.hold(true);
    this.draw(before, before);
  }

  /**
   * Which number lies under a pointer, and the value that stands at its height.
   *
   * @param {PointerEvent} event
   */
  under(event) {
    const { x, y } = this.paper.where(event);
    const { from, wide } = this.shares();
    const index = Math.floor((x - from) / wide);
    return { index: Math.min(this.numbers.length - 1, Math.max(0, index)), value: y };
  }

  /**
   * Set all numbers between two places of the pen, as a straight line would.
   *
   * @param {{ index: number, value: number }} from
   * @param {{ index: number, value: number }} to
   */
  draw(from, to) {
    const { numbers } = this;
    const by = to.index < from.index ? -1 : 1;
    for (let i = from.index; ; i += by) {
      const share = to.index === from.index ? 1 : (i - from.index) / (to.index - from.index);
      numbers[i] = this.nearest(from.value + share * (to.value - from.value));
      if (i === to.index) break;
    }
    this.chosen = to.index;
    this.write(numbers);
  }

  /**
   * The value on a step of the grip that is nearest to one.
   *
   * @param {number} value
   */
  nearest(value) {
    const { low, high, step } = this.paper.handle().grip;
    const by = step ?? 1;
    const inside = Math.min(high, Math.max(low, value));
    return Number((low + by * Math.round((inside - low) / by)).toPrecision(12));
  }

  /** @param {number[]} numbers */
  write(numbers) {
    const { setting } = this.paper.handle().grip;
    this.hand?.turn({ [setting]: numbers.join(" ") }, { held: true });
  }

  // ----------------------------------------------------------------------------------- the keys

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.free) return;
    const { numbers } = this;
    const last = numbers.length - 1;
    const far = event.shiftKey ? STRIDE : 1;
    const step = far * (this.paper.handle().grip.step ?? 1);
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => this.choose(this.chosen - far),
      ArrowRight: () => this.choose(this.chosen + far),
      Home: () => this.choose(0),
      End: () => this.choose(last),
      ArrowUp: () => this.change(step),
      ArrowDown: () => this.change(-step),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = Math.min(this.numbers.length - 1, Math.max(0, index));
    this.stage.refresh();
    this.say();
    this.point();
  }

  /** @param {number} by */
  change(by) {
    const { numbers } = this;
    numbers[this.chosen] = this.nearest(numbers[this.chosen] + by);
    this.write(numbers);
    if (!this.held && this.hand) this.hand.held = false; // it rests when no further one follows
  }

  /** A drawing is not taken back by two quick strokes. */
  home() {}

  // ------------------------------------------------------------------------------ where it lies

  /**
   * Lie over the box of a plot that begins so far from the left of its cell.
   *
   * @param {Box} box
   * @param {number} left
   */
  lie(box, left) {
    const { element: target } = this;
    target.hidden = !this.free;
    if (target.hidden) return;
    this.chosen = Math.min(this.chosen, this.numbers.length - 1);
    target.className = `handle pen${this.held ? " held" : ""}`;
    Object.assign(target.style, {
      transform: `translate(${left + box.left}px, ${box.top}px)`,
      width: `${box.right - box.left}px`,
      height: `${box.bottom - box.top}px`,
    });
    this.box = box;
    this.say();
    this.point();
  }

  /** Show which of the numbers is chosen. */
  point() {
    if (!this.box) return;
    const { x, y } = this.at(this.chosen);
    const [dx, dy] = [x - this.box.left, y - this.box.top];
    this.nib.style.transform = `translate(${dx}px, ${dy}px)`;
  }
}
