// A handle: what can be taken hold of in a picture, by pointer, finger or keys. What it looks like is
// the picture's affair; here stands how it is moved, and what it says of itself.

import { element } from "../layout.js";
import { capital } from "../phrases.js";
import { allowed, changed, further, standing, turnable } from "./grip.js";
import { spelt } from "./knobs.js";

/**
 * @import { Context } from "../context.js"
 * @import { Settings } from "../run/answers.js"
 * @import { Grip } from "../types"
 * @import { Ends } from "./grip.js"
 * @import { Hand } from "./hand.js"
 */

/** @typedef {"x" | "y"} Axis */
/** @typedef {{ x: number, y: number }} Place in px */

/**
 * A direction in which a handle moves: the grip that turns with it, whether by factors, where it
 * stands and between which ends it may now.
 *
 * @typedef {object} Way
 * @property {Axis} axis
 * @property {Grip} grip
 * @property {boolean} byFactors
 * @property {number} value
 * @property {Ends} ends
 */

/**
 * What a handle is told by the picture that it lies in: what it is called, how it moves, where it
 * stands there and which value stands at a place, and which of several is nearest to a pointer.
 *
 * @typedef {object} Holding
 * @property {string} key by which it is found again when the picture is another one
 * @property {() => { name: string, help: string }} about
 * @property {() => Way[]} ways
 * @property {() => Place} place
 * @property {(axis: Axis, px: number) => number} valueAt
 * @property {(event: PointerEvent) => Handle} [nearest]
 * @property {() => void} [grabbed]
 * @property {() => void} [released]
 */

export const STRIDE = 10; // steps of an arrow with Shift
/** @type {Partial<Record<string, [axis: Axis, by: 1 | -1]>>} */
const ARROWS = {
  ArrowRight: ["x", 1],
  ArrowLeft: ["x", -1],
  ArrowUp: ["y", 1],
  ArrowDown: ["y", -1],
};
const BUBBLE = 110; // px from an edge within which what it says would not fit around it
const BY_KEYS = "Arrow keys move it, with Shift ten times as far.";

/** One handle in a picture; `key` and `held` tell whether it has to be drawn again. */
export class Handle {
  /**
   * @param {Holding} holding
   * @param {Context} stage
   */
  constructor(holding, stage) {
    this.holding = holding;
    this.stage = stage;
    this.held = false;
    this.told = ""; // what it says
    this.bubble = element("div", "bubble"); // says it, while it is pointed at, moved or in focus
    this.bubble.setAttribute("aria-hidden", "true");
    this.element = element("div", "handle", this.bubble);
    Object.assign(this.element.dataset, { handle: holding.key });
    this.element.tabIndex = 0;
    this.element.hidden = true;
    this.element.setAttribute("role", "slider");
    this.element.addEventListener("pointerdown", (event) => this.take(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("dblclick", () => this.home());
  }

  /** @returns {Hand | null} */
  get hand() {
    return this.stage.hand;
  }

  get ways() {
    return this.holding.ways();
  }

  /** Whether it can be taken: a saved page has no dials, and then it is a mark like others. */
  get free() {
    const { hand, ways } = this;
    return hand !== null && ways.every(({ grip }) => turnable(grip, hand.settings));
  }

  // -------------------------------------------------------------------------------- the pointer

  /** @param {PointerEvent} event */
  take(event) {
    const nearest = this.holding.nearest?.(event) ?? this;
    if (nearest === this) this.grab(event);
    else nearest.grab(event);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button || this.held || !this.free) return;
    event.preventDefault(); // no text is selected meanwhile
    this.element.focus({ preventScroll: true });
    const { pointerId } = event;
    const start = this.holding.place();
    const [dx, dy] = [event.clientX - start.x, event.clientY - start.y]; // it does not jump there
    /** @param {PointerEvent} moved */
    const move = (moved) => {
      if (moved.pointerId !== pointerId) return;
      this.moveTo({ x: moved.clientX - dx, y: moved.clientY - dy });
    };
    /** @param {PointerEvent} ended */
    const end = (ended) => {
      if (ended.pointerId !== pointerId) return;
      for (const [name, act] of heard) window.removeEventListener(name, act, true);
      this.hold(false);
      this.hand?.release();
    };
    /** @type {["pointermove" | "pointerup" | "pointercancel", (event: PointerEvent) => void][]} */
    const heard = [
      ["pointermove", move],
      ["pointerup", end],
      ["pointercancel", end],
    ];
    // On the window: the picture may be another one before it is let go.
    for (const [name, act] of heard) window.addEventListener(name, act, true);
    this.element.setPointerCapture(pointerId);
    this.hold(true);
  }

  /** @param {boolean} held */
  hold(held) {
    this.held = held;
    this.element.classList.toggle("held", held);
    if (held) this.holding.grabbed?.();
    else this.holding.released?.();
    this.stage.refresh();
  }

  /** @param {Place} place */
  moveTo(place) {
    this.turn(
      this.ways.map((way) => {
        const value = this.holding.valueAt(way.axis, place[way.axis]);
        return { way, value: allowed(way.grip, value, way.byFactors, way.ends) };
      }),
    );
  }

  // ----------------------------------------------------------------------------------- the keys

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.free) return;
    const turned = this.turnedBy(event);
    if (!turned) return;
    event.preventDefault();
    event.stopPropagation();
    this.turn(turned);
    if (!this.held && this.hand) this.hand.held = false; // it rests when no further one follows
  }

  /**
   * What a key turns; null for a key that is not its own.
   *
   * @param {KeyboardEvent} event
   */
  turnedBy({ key, shiftKey }) {
    const { ways } = this;
    const arrow = ARROWS[key];
    if (arrow) {
      const way = ways.find(({ axis }) => axis === arrow[0]) ?? ways[0];
      const steps = arrow[1] * (shiftKey ? STRIDE : 1);
      return [{ way, value: further(way.grip, way.value, steps, way.byFactors, way.ends) }];
    }
    if (key === "Home" || key === "End")
      return ways.map((way) => ({ way, value: way.ends[key === "Home" ? 0 : 1] }));
    return null;
  }

  // -------------------------------------------------------------------------------- what it turns

  /**
   * Turn dials as an answered movement.
   *
   * @param {{ way: Way, value: number | null }[]} turned
   */
  turn(turned, held = true) {
    const { hand } = this;
    if (!hand) return;
    /** @type {Settings} */
    const values = {};
    for (const { way, value } of turned)
      Object.assign(values, changed(way.grip, { ...hand.settings, ...values }, value));
    hand.turn(values, { held });
  }

  /** Back to the defaults; out of the line of text that it stands in. */
  home() {
    const { hand, ways } = this;
    if (!hand || !this.free) return;
    this.turn(
      ways.map((way) => {
        const { entry, setting } = way.grip;
        const { [setting]: value } = hand.defaults;
        const home = entry ? standing(way.grip, hand.defaults) : value;
        return { way, value: typeof home === "number" ? home : null };
      }),
      false,
    );
  }

  // ------------------------------------------------------------------------------ what it says

  /**
   * Stand at a place of a picture of this size, and say so. `look` are classes of its target.
   *
   * @param {Place} place
   * @param {string} look
   * @param {number[]} size
   */
  show({ x, y }, look, [wide, high]) {
    const { element: target } = this;
    target.hidden = !this.free || Number.isNaN(x) || Number.isNaN(y);
    if (target.hidden) return;
    target.style.transform = `translate(${x}px, ${y}px)`;
    const side = x < BUBBLE ? "from-left" : x > wide - BUBBLE ? "from-right" : "";
    const under = y < Math.min(BUBBLE, high / 2) ? "under" : "";
    target.className = ["handle", look, side, under, this.held ? "held" : ""].join(" ");
    this.say();
  }

  say() {
    const { ways } = this;
    const { name, help } = this.holding.about();
    const [{ ends, value, axis }] = ways;
    const said = listed(ways, ({ grip, value: now }) => spelt(grip, now));
    const range = listed(
      ways,
      ({ grip, ends: [low, high] }) => `from ${spelt(grip, low)} to ${spelt(grip, high)}`,
    );
    const reach = ways.length > 1 ? range : capital(range);
    const told = [name, said, range, help, ends, value].join("\n");
    if (told === this.told) return;
    this.told = told;
    const about = { "aria-label": name, "aria-valuetext": said, "aria-valuenow": String(value) };
    const more = {
      "aria-valuemin": String(ends[0]),
      "aria-valuemax": String(ends[1]),
      "aria-orientation": ways.length === 1 && axis === "y" ? "vertical" : "horizontal",
      "aria-description": [`${reach}.`, help, BY_KEYS].filter(Boolean).join(" "),
    };
    for (const [key, text] of Object.entries({ ...about, ...more }))
      this.element.setAttribute(key, text);
    const lines = [`${name}: ${said}`, reach, help].filter(Boolean);
    this.bubble.replaceChildren(...lines.map((line) => element("span", "", line)));
  }
}

/**
 * What is said of every way in which a handle moves; by its name, where they are several.
 *
 * @param {Way[]} ways
 * @param {(way: Way) => string} say
 */
function listed(ways, say) {
  const named = ways.length > 1;
  return ways.map((way) => (named ? `${way.grip.label} ${say(way)}` : say(way))).join(", ");
}
