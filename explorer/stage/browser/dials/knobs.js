// Every kind of dial, drawn with the browser's own controls: they know keyboard, touch and readers.

import { superscript } from "../format.js";
import { element } from "../layout.js";
import { registered } from "../registry.js";
import { frame } from "./frame.js";
import { pad } from "./pad.js";

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

export const STRIDE = 10; // steps of an arrow with Shift
let count = 0; // of rows, for the names of their buttons

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
  return typeof value === "number" ? spelt(knob, value) : String(value);
}

/**
 * A number with its unit, with as many digits as its step has, or as a power of ten.
 *
 * @param {{ powers: boolean, unit: string, step?: number | null }} row
 * @param {number} value
 */
export function spelt({ powers, unit, step }, value) {
  const plain = powers ? power(value) : digits(value, step ?? null);
  return unit ? `${plain} ${unit}` : plain;
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
      input.max = String(Math.max(high, at)); // as far as what it stands at now
      input.min = String(Math.min(low, at));
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
 * Choose one of the values, with the dials that turn with it.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @param {number} at
 */
function choose(knob, hand, at) {
  const own = knob.stands.length ? {} : { [knob.name]: knob.values[at] };
  hand.turn({ ...own, ...knob.turns[at] });
}

/**
 * Where a choice stands among its values: at its own, or at the first whose settings all stand so;
 * an entry that names no settings stands for all that is none of them.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @param {Value} value
 */
function chosen(knob, hand, value) {
  if (!knob.stands.length) return knob.values.indexOf(value);
  const names = knob.stands.map((stands) => Object.keys(stands));
  const at = knob.stands.findIndex(
    (stands, i) => names[i].length && names[i].every((name) => hand.settings[name] === stands[name]),
  );
  return at >= 0 ? at : names.findIndex((some) => !some.length);
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
  const inputs = knob.values.map((_, i) => {
    const input = element("input");
    Object.assign(input, { type: "radio", name, id: `${name}-${i}` });
    input.addEventListener("change", () => input.checked && choose(knob, hand, i));
    const label = element("label", "", input, element("span", "", knob.written[i]));
    group.append(label);
    return input;
  });
  return {
    element: frame(knob, hand, group),
    show(value) {
      const at = chosen(knob, hand, value);
      inputs.forEach((input, i) => {
        input.checked = i === at;
        input.tabIndex = i === Math.max(0, at) ? 0 : -1; // Tab lands on the one that is chosen
      });
    },
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
  const other = element("option"); // a value that is not on offer, while it stands there
  other.value = "";
  const show = (/** @type {Value} */ value) => {
    const at = chosen(knob, hand, value);
    other.textContent = at < 0 ? written(knob, value) : "";
    if (at < 0) select.prepend(other);
    else other.remove();
    select.value = at < 0 ? "" : String(at);
  };
  select.addEventListener("change", () => {
    if (select.value !== "") choose(knob, hand, Number(select.value));
    if (knob.stands.length) show(null); // one that turns nothing leaves all as it was
  });
  return { element: frame(knob, hand, select), show };
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
      hand.turn({ [knob.name]: Number(input.value) }, { held: true }); // more digits may follow
  });
  input.addEventListener("change", () => hand.release());
  input.addEventListener("blur", () => (input.value = String(hand.settings[knob.name])));
  const more = element("button", "next", "New");
  more.type = "button";
  more.setAttribute("aria-label", `New ${knob.label.toLowerCase()}`);
  more.addEventListener("click", () => {
    const after = Number(hand.settings[knob.name]) + 1;
    hand.turn({ [knob.name]: knob.high !== null && after > knob.high ? knob.low : after });
  });
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
 * Cut a text at its end to what there is room for; returns how many characters are left out. An
 * input of its own would leave them out without a word.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {number} most
 */
function shortened(input, most) {
  const over = [...input.value].length - most;
  if (over <= 0) return 0;
  const at = input.selectionStart;
  input.value = [...input.value].slice(0, most).join("");
  input.setSelectionRange(at, at);
  return over;
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
  input.placeholder = knob.help;
  input.spellcheck = false;
  input.autocomplete = "off";
  input.addEventListener("input", () => {
    const over = shortened(input, knob.longest ?? Infinity);
    hand.turn({ [knob.name]: input.value }, { held: true });
    if (!over) return;
    const most = (knob.longest ?? 0).toLocaleString("en");
    const left = over === 1 ? "the last one is" : `the last ${over.toLocaleString("en")} are`;
    hand.on.refuse(knob.name, `There is room for ${most} characters; ${left} left out.`);
  });
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

/**
 * A word that buttons write, a letter each; the last button takes all of it back.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
function letters(knob, hand) {
  const word = () => String(hand.settings[knob.name] ?? "");
  const buttons = knob.values.map((letter, i) => {
    const button = element("button", "next", knob.written[i]);
    button.type = "button";
    button.addEventListener("click", () => hand.turn({ [knob.name]: word() + letter }));
    return button;
  });
  const back = element("button", "next");
  back.type = "button";
  back.addEventListener("click", () => hand.turn({ [knob.name]: "" }));
  const around = element("div", "letters", ...buttons, back);
  around.setAttribute("role", "group");
  around.setAttribute("aria-label", knob.label);
  const made = frame(knob, hand, around);
  return {
    element: made,
    show() {
      const { length } = word();
      for (const button of buttons) button.disabled = length >= (knob.longest ?? Infinity);
      back.hidden = !length;
      back.textContent = `Take back ${length}`;
    },
  };
}

/** @type {Record<Knob["kind"], (knob: Knob, hand: Hand) => Made>} */
const KINDS = {
  slider: range,
  scale: range,
  row,
  menu,
  switch: toggle,
  field,
  line: text,
  lines: text,
  letters,
  pad,
};
