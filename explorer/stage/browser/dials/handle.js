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

/** One handle in a picture. */
export class Handle {
  /**
   * @param {Holding} holding
   * @param {Context} stage
   * @param {HTMLElement} [target] what takes pointer and focus
   */
  constructor(holding, stage, target = element("div", "handle")) {
    this.holding = holding;
    this.stage = stage;
    this.held = false;
    this.told = ""; // what it says
    this.bubble = element("div", "bubble"); // says it, while it is pointed at, moved or in focus
    this.bubble.setAttribute("aria-hidden", "true");
    this.byKeys = BY_KEYS;
    this.slack = 0; // px; a shorter drag is a click
    this.element = target;
    this.element.append(this.bubble);
    this.element.dataset.handle = holding.key;
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "slider");
    this.element.addEventListener("pointerdown", (event) => this.take(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("dblclick", () => this.home());
  }

  /** @returns {Hand | null} */
  get hand() {
    return this.stage.hand;
  }

  /** What all dials stand at; nothing in a saved page, which has none. */
  get settings() {
    return this.hand?.settings ?? {};
  }

  get ways() {
    return this.holding.ways();
  }

  /** Whether it can be taken: without dials it is a mark like others. */
  get free() {
    return this.ways.every(({ grip }) => turnable(grip, this.settings));
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
    const before = this.ways.map((way) => ({ way, value: standing(way.grip, this.settings) }));
    const from = { x: event.clientX, y: event.clientY };
    let moved = false;
    /** @param {PointerEvent} now */
    const move = ({ clientX, clientY }) => {
      const [dx, dy] = [clientX - from.x, clientY - from.y]; // it does not jump to the pointer
      moved ||= Math.hypot(dx, dy) > this.slack;
      if (moved) this.moveTo({ x: start.x + dx, y: start.y + dy });
    };
    const up = () => {
      end();
      if (!moved) this.clicked();
    };
    const cancel = () => {
      if (moved) this.turn(before);
      end();
    };
    const end = () => {
      for (const [name, act] of heard) window.removeEventListener(name, act, true);
      this.hold(false);
      this.hand?.release();
    };
    /** @param {(event: PointerEvent) => void} act */
    const own = (act) => (/** @type {PointerEvent} */ other) => {
      if (other.pointerId === pointerId) act(other);
    };
    /** @type {["pointermove" | "pointerup" | "pointercancel", (event: PointerEvent) => void][]} */
    const heard = [
      ["pointermove", own(move)],
      ["pointerup", own(up)],
      ["pointercancel", own(cancel)],
    ];
    // On the window: the picture may be another one before it is let go.
    for (const [name, act] of heard) window.addEventListener(name, act, true);
    this.element.setPointerCapture(pointerId);
    this.hold(true);
  }

  /** It was pressed and not moved. */
  clicked() {}

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
   * Turn dials; `held` while it moves. Null takes an entry out of its line.
   *
   * @param {{ way: Pick<Way, "grip">, value: number | null }[]} turned
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

  remove() {
    this.element.remove();
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
      "aria-description": [`${reach}.`, help, this.byKeys].filter(Boolean).join(" "),
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
