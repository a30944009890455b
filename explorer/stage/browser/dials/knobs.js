// Every kind of dial, drawn with the browser's own controls: they know keyboard, touch and readers.

import { superscript } from "../format.js";
import { element } from "../layout.js";
import { registered } from "../registry.js";

/**
 * @import { Knob } from "../types"
 * @import { Hand, Value } from "./hand.js"
 */

/**
 * A dial that was made: what stands in the column, and how it shows a value and takes the focus.
 *
 * @typedef {object} Made
 * @property {HTMLElement} element
 * @property {(value: Value) => void} show
 */

const STRIDE = 10; // steps of an arrow with Shift
let count = 0; // of controls, for their ids

/**
 * A dial by its row.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
export function makeKnob(knob, hand) {
  return registered(KINDS, knob.kind, "dial")(knob, hand);
}

/**
 * A number as it stands beside its dial.
 *
 * @param {Knob} knob
 * @param {Value} value
 */
export function written(knob, value) {
  const at = place(knob, value);
  if (knob.written[at] !== undefined) return `${knob.written[at]}${knob.unit && ` ${knob.unit}`}`;
  if (typeof value !== "number") return String(value);
  const plain = knob.powers ? power(value) : digits(value, knob.step);
  return knob.unit ? `${plain} ${knob.unit}` : plain;
}

/**
 * Where a value stands among those that have a text of their own.
 *
 * @param {Knob} knob
 * @param {Value} value
 */
function place({ kind, values, low, step }, value) {
  if (kind !== "slider") return values.indexOf(value);
  return Math.round((Number(value) - (low ?? 0)) / (step ?? 1));
}

/**
 * With as many digits as its step has.
 *
 * @param {number} value
 * @param {number | null} step
 */
function digits(value, step) {
  const after = step === null ? 0 : (String(step).split(".")[1] ?? "").length;
  const short = Number(value.toPrecision(6));
  const text = Math.abs(short * 10 ** after - Math.round(short * 10 ** after)) < 1e-6
    ? short.toFixed(after)
    : String(short);
  return text.replace("-", "−");
}

/** @param {number} value */
function power(value) {
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(5).split("e");
  const ten = `10${superscript(Number(exponent))}`;
  return Number(mantissa) === 1 ? ten : `${Number(mantissa)}·${ten}`;
}

/**
 * The frame around a control: its name, which a double click takes back to the default, its value,
 * and the place of a sentence for what cannot be.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @param {HTMLElement} control
 * @param {{ around?: HTMLElement, beside?: HTMLElement[] }} [places] what the control stands in,
 *   and what stands at the right of the name
 */
function frame(knob, hand, control, { around = control, beside = [] } = {}) {
  const id = (control.id ||= `dial-${(count += 1)}`);
  const name = element("label", "name", knob.label);
  name.htmlFor = id;
  name.addEventListener("dblclick", () => hand.turn({ [knob.name]: hand.defaults[knob.name] }));
  if (!knob.labelled) name.classList.add("visually-hidden");
  const refused = element("p", "refused");
  refused.hidden = true;
  refused.setAttribute("role", "alert");
  const made = element("div", "knob");
  made.dataset.kind = knob.kind;
  made.dataset.dial = knob.name;
  const top = element("div", "top", name, ...beside);
  if (!knob.labelled && !beside.length) top.classList.add("visually-hidden");
  made.append(top, around, refused);
  if (knob.help) control.setAttribute("aria-description", knob.help);
  return made;
}

/**
 * A native range between two ends, or over the values on offer.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function range(knob, hand) {
  const scale = knob.kind === "scale";
  const input = element("input", "range");
  const [low, high] = scale ? [0, knob.values.length - 1] : [knob.low ?? 0, knob.high ?? 1];
  Object.assign(input, { type: "range", min: String(low), max: String(high) });
  input.step = scale ? "1" : knob.step === null ? "any" : String(knob.step);
  const output = element("output", "value");
  const tick = element("i", "tick");
  const rail = element("div", "rail", tick, input);
  /** @param {number} at */
  const valueAt = (at) => (scale ? (knob.values[at] ?? knob.values[0]) : at);
  /** @param {Value} value */
  const standing = (value) => (scale ? knob.values.indexOf(value) : Number(value));
  /** @param {number} at */
  const turn = (at, held = false) => hand.turn({ [knob.name]: valueAt(at) }, { held });
  let down = false;
  input.addEventListener("pointerdown", () => (down = true));
  input.addEventListener("input", () => {
    turn(Number(input.value), true);
    if (!down) hand.held = false; // a key: it rests when no further one follows
  });
  const release = () => {
    down = false;
    hand.release();
  };
  input.addEventListener("change", () => down && release());
  input.addEventListener("pointerup", release);
  input.addEventListener("pointercancel", release);
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by || !event.shiftKey) return;
    event.preventDefault();
    const step = scale ? 1 : (knob.step ?? (high - low) / 100);
    input.value = String(Number(input.value) + by * STRIDE * step);
    input.dispatchEvent(new Event("input"));
  });
  const made = frame(knob, hand, input, { around: rail, beside: [output] });
  return {
    element: made,
    show(value) {
      const at = standing(value);
      if (at > Number(input.max)) input.max = String(at);
      if (at < Number(input.min)) input.min = String(at);
      if (Number(input.value) !== at) input.value = String(at);
      output.textContent = written(knob, value);
      input.setAttribute("aria-valuetext", written(knob, value));
      const [from, to] = [Number(input.min), Number(input.max)];
      const share = (/** @type {number} */ x) => (to > from ? (x - from) / (to - from) : 0);
      made.style.setProperty("--at", String(share(at)));
      const home = standing(hand.defaults[knob.name]);
      tick.hidden = scale ? home < 0 : home < from || home > to;
      made.style.setProperty("--home", String(share(home)));
    },
  };
}

/**
 * Names beside each other.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function row(knob, hand) {
  const group = element("div", "names");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", knob.label);
  const name = `dial-${knob.name}-${(count += 1)}`;
  const inputs = knob.values.map((value, i) => {
    const input = element("input");
    Object.assign(input, { type: "radio", name, id: `${name}-${i}` });
    input.addEventListener("change", () => input.checked && choose(knob, hand, value));
    const label = element("label", "", input, element("span", "", knob.written[i]));
    group.append(label);
    return input;
  });
  return {
    element: frame(knob, hand, group),
    show: (value) => inputs.forEach((input, i) => (input.checked = knob.values[i] === value)),
  };
}

/**
 * Names that unfold.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function menu(knob, hand) {
  const select = element("select", "menu");
  knob.values.forEach((_, i) => {
    const option = element("option", "", knob.written[i]);
    option.value = String(i);
    select.append(option);
  });
  select.addEventListener("change", () => {
    if (select.value !== "") choose(knob, hand, knob.values[Number(select.value)]);
  });
  const other = element("option"); // a value that is not on offer, while it stands there
  other.value = "";
  return {
    element: frame(knob, hand, select),
    show(value) {
      const at = knob.values.indexOf(value);
      other.textContent = written(knob, value);
      if (at < 0) select.prepend(other);
      else other.remove();
      select.value = at < 0 ? "" : String(at);
    },
  };
}

/**
 * Turn a dial to one of its names, and what always turns with it.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @param {Value} value
 */
function choose({ name, turns }, hand, value) {
  hand.turn({ ...turns, [name]: value });
}

/**
 * On or off.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function toggle(knob, hand) {
  const input = element("input", "switch");
  input.type = "checkbox";
  input.setAttribute("role", "switch");
  input.addEventListener("change", () => hand.turn({ [knob.name]: input.checked }));
  return { element: frame(knob, hand, input), show: (value) => (input.checked = value === true) };
}

/**
 * A number to be typed; with a button that goes on by one.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function field(knob, hand) {
  const input = element("input", "field");
  Object.assign(input, { type: "number", min: String(knob.low), max: String(knob.high) });
  input.step = knob.step === null ? "any" : String(knob.step);
  input.addEventListener("input", () => {
    if (input.value !== "" && input.validity.valid)
      hand.turn({ [knob.name]: Number(input.value) });
  });
  input.addEventListener("blur", () => (input.value = String(hand.settings[knob.name])));
  const more = element("button", "next", "New");
  more.type = "button";
  more.setAttribute("aria-label", `New ${knob.label.toLowerCase()}`);
  more.addEventListener("click", () =>
    hand.turn({ [knob.name]: Number(hand.settings[knob.name]) + 1 }),
  );
  const around = element("div", "typed", input, ...(knob.next ? [more] : []));
  return {
    element: frame(knob, hand, input, { around }),
    show(value) {
      if (value !== null && Number(value) > Number(input.max)) input.max = String(value);
      if (Number(input.value) !== value || input.value === "") input.value = String(value);
    },
  };
}

/**
 * A line of text, or several.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function text(knob, hand) {
  const input = knob.kind === "lines" ? element("textarea", "line") : element("input", "line");
  if (input instanceof HTMLTextAreaElement) input.rows = 3;
  else input.type = "text";
  if (knob.longest !== null) input.maxLength = knob.longest;
  input.placeholder = knob.help;
  input.spellcheck = false;
  input.autocomplete = "off";
  input.addEventListener("input", () => hand.turn({ [knob.name]: input.value }, { held: true }));
  input.addEventListener("change", () => hand.release());
  input.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault(); // Enter lets go; with Shift it breaks a line
    hand.release();
  });
  return {
    element: frame(knob, hand, input),
    show(value) {
      if (input.value !== value) input.value = String(value ?? "");
    },
  };
}

/** @type {Record<Knob["kind"], (knob: Knob, hand: Hand) => Made>} */
const KINDS = { slider: range, scale: range, row, menu, switch: toggle, field, line: text, lines: text };
