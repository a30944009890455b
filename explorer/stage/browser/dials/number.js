// A number that can be turned where it stands: dragged sideways, by arrow keys, or typed.

import { element, focused } from "../layout.js";
import { selected } from "./grip.js";
import { Handle } from "./handle.js";

/**
 * @import { Context } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Grip } from "../types"
 * @import { Way } from "./handle.js"
 */

const SWEEP = 320; // px from one end to the other
const NOTCH = 14; // px from one step to the next, at most
const SLACK = 4; // px; a shorter drag is a click
const BUBBLE = 130; // px from an edge within which what it says would not fit around it
const BY_KEYS = "Arrow keys turn it, with Shift ten times as far; Enter types it.";

// What a number bears that can be turned.
const ATTRIBUTES = [
  "role",
  "tabindex",
  ...["label", "valuetext", "valuenow", "valuemin", "valuemax", "orientation", "description"].map(
    (name) => `aria-${name}`,
  ),
];

/** A number in the flow of a text, or over a picture. `text` is where it is written. */
export class NumberHandle extends Handle {
  /**
   * @param {string} key
   * @param {() => { grip: Grip, value: Missable, name?: string }} told what it turns, where it
   *   stands, and what it is called where its grip does not say so
   * @param {Context} stage
   */
  constructor(key, told, stage) {
    const text = element("span", "text");
    const ways = () => [wayOf(told().grip, told().value, stage)];
    super(
      {
        key,
        about: () => ({ name: told().name || told().grip.label, help: told().grip.help }),
        ways,
        place: () => ({ x: along(ways()[0], ways()[0].value), y: 0 }),
        valueAt: (axis, px) => backFrom(ways()[0], px),
      },
      stage,
      element("span", "turnable", text),
    );
    this.byKeys = BY_KEYS;
    this.slack = SLACK;
    this.text = text;
    this.root = element("span", "number-handle", this.element);
    /** @type {HTMLInputElement | null} */
    this.input = null; // while it is typed
    for (const name of ["pointerenter", "focus"])
      this.element.addEventListener(name, () => this.turnAside());
    for (const name of ATTRIBUTES) this.element.removeAttribute(name); // until there are dials
    this.update();
  }

  /** Say what it stands at; without dials it is a number like others. */
  update() {
    const { element: target, free } = this;
    if (free !== this.root.classList.contains("free")) {
      this.root.classList.toggle("free", free);
      this.told = "";
      if (free) Object.assign(target, { tabIndex: 0, role: "slider" });
      else for (const name of ATTRIBUTES) target.removeAttribute(name);
    }
    if (free) this.say();
  }

  /**
   * Stand over a picture, in its own words.
   *
   * @param {{ x: number, y: number }} place
   * @param {boolean} seen
   * @param {string} words
   */
  write({ x, y }, seen, words) {
    this.update();
    this.root.hidden = !seen || !this.free;
    this.root.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    if (this.text.textContent !== words) this.text.textContent = words;
  }

  remove() {
    this.root.remove();
  }

  /** What it says stands where there is room for it. */
  turnAside() {
    const [frame, at] = [this.stage.root, this.element].map((one) => one.getBoundingClientRect());
    const { classList } = this.element;
    classList.toggle("from-left", at.left - frame.left < BUBBLE);
    classList.toggle("from-right", frame.right - at.right < BUBBLE);
    classList.toggle("under", at.top - frame.top < BUBBLE);
  }

  clicked() {
    this.type();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Enter" || !this.free) return super.key(event);
    event.preventDefault();
    event.stopPropagation();
    this.type();
  }

  /** Have it typed: Enter takes it, Escape leaves it. */
  type() {
    if (this.input) return;
    const input = element("input", "typed-number");
    Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off" });
    input.value = String(Number(this.ways[0].value.toPrecision(6)));
    input.setAttribute("aria-label", this.holding.about().name);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.typed(event.key === "Enter");
      this.element.focus({ preventScroll: true });
    });
    input.addEventListener("blur", () => this.typed(true));
    this.input = input;
    this.root.append(input);
    input.focus({ preventScroll: true });
    input.select();
  }

  /**
   * It was typed; what is no number is forgotten. What cannot be is said by whoever answers.
   *
   * @param {boolean} taken
   */
  typed(taken) {
    const { input } = this;
    if (!input) return;
    this.input = null;
    const value = read(input.value);
    input.remove();
    const [way] = this.ways;
    if (!taken || value === null || value === way.value) return;
    this.turn([{ way, value: way.grip.whole ? Math.round(value) : value }], false);
  }

  /** Whether somebody is at it: then what stands there stays where it is. */
  get busy() {
    return this.held || this.input !== null || focused(this.element) === this.element;
  }
}

/**
 * The number in a text, also with a true minus sign; null where there is none.
 *
 * @param {string} text
 */
function read(text) {
  const plain = text.trim().replace("−", "-");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/**
 * @param {Grip} grip
 * @param {Missable} value
 * @param {Context} stage
 * @returns {Way}
 */
function wayOf(grip, value, { selects }) {
  const now = value ?? grip.low;
  return {
    axis: "x",
    grip: selected(grip, selects),
    byFactors: grip.powers && grip.low > 0,
    value: now,
    ends: [Math.min(grip.low, now), Math.max(grip.high, now)],
  };
}

/**
 * How far along its sweep a value lies, in px.
 *
 * @param {Way} way
 * @param {number} value
 */
function along({ grip, byFactors }, value) {
  const { low, high } = grip;
  const share = byFactors
    ? Math.log(value / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return share * sweepOf(grip, byFactors);
}

/**
 * @param {Way} way
 * @param {number} px
 */
function backFrom({ grip, byFactors }, px) {
  const { low, high } = grip;
  const share = px / sweepOf(grip, byFactors);
  return byFactors ? low * (high / low) ** share : low + share * (high - low);
}

/**
 * @param {Grip} grip
 * @param {boolean} byFactors
 */
function sweepOf({ low, high, step, whole }, byFactors) {
  const pitch = step ?? (whole ? 1 : null);
  if (byFactors || pitch === null) return SWEEP;
  return Math.min(SWEEP, (NOTCH * (high - low)) / pitch);
}
