// Numbers as text: three significant digits, a true minus sign, powers as 2.8×10⁻³.

import { registered } from "./registry.js";

/** @import { Number as Card } from "./types" */

/** @typedef {number | null | undefined} Missable a number that may be missing */
/** @typedef {Card["form"]} Form */

/** @type {Record<string, string>} */
const SUPERSCRIPT = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};
const NOTHING = "–";

/** @param {number} n */
export const superscript = (n) => [...String(n)].map((sign) => SUPERSCRIPT[sign]).join("");

/**
 * "1,234": whole numbers with groups of three.
 *
 * @param {Missable} value
 */
export function integer(value) {
  return signed(Math.round(value ?? NaN), (size) => String(size).replace(/\B(?=(\d{3})+$)/g, ","));
}

/**
 * "2.8×10⁻³".
 *
 * @param {Missable} value
 */
export function power(value) {
  return signed(value, (size) => {
    if (size === 0) return "0";
    let exponent = Math.floor(Math.log10(size));
    let digits = (size / 10 ** exponent).toFixed(1);
    if (digits === "10.0") [digits, exponent] = ["1.0", exponent + 1];
    return `${digits}×10${superscript(exponent)}`;
  });
}

/**
 * Three significant digits; powers where zeros would fill the place.
 *
 * @param {Missable} value
 * @returns {string}
 */
export function plain(value) {
  return signed(value, (size) => {
    if (size === 0) return "0";
    if (size < 9.995e-4 || size >= 999_500) return power(size);
    if (size >= 999.5) return integer(Number(size.toPrecision(3)));
    return size.toPrecision(3);
  });
}

/**
 * A share of 1 as "84.3 %".
 *
 * @param {Missable} value
 */
export function percent(value) {
  return signed(100 * (value ?? NaN), (size) => {
    if (size === 0) return "0 %";
    if (size < 0.0995) return `${power(size)} %`;
    return `${size >= 99.95 ? integer(size) : size.toPrecision(3)} %`;
  });
}

/**
 * @param {Missable} value
 * @param {(size: number) => string} write
 */
function signed(value, write) {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = write(Math.abs(value));
  return value < 0 && !/^0(?:\s%)?$/.test(text) ? `−${text}` : text;
}

/**
 * @param {Missable} value
 * @param {Missable} all
 */
const whole = (value, all) => `${integer(value)} / ${integer(all)}`;
/** @type {Record<string, (value: Missable, of: Missable) => string>} */
const FORMS = { plain, percent, power, integer, of: whole };

/**
 * A number in one of the forms that a scene can ask for.
 *
 * @param {Missable} value
 * @param {string} form a `Form`, or what a template says after its colon
 * @param {Missable} of
 */
export const number = (value, form = "plain", of = null) =>
  registered(FORMS, form, "form of a number")(value, of);

const DONE = ["step", "iteration", "update"]; // counted from 0, as what was done; all else from 1

/**
 * The number of a moment as people count it: step 0 comes before any training, character 1 is the
 * first.
 *
 * @param {string} clock
 * @param {number} step
 */
export const countOf = (clock, step) => integer(DONE.includes(clock) ? step : step + 1);

/**
 * "step 1,000", "character 11".
 *
 * @param {string} clock
 * @param {number} step
 */
export const moment = (clock, step) => `${clock} ${countOf(clock, step)}`;

/**
 * A tick of an axis: as few digits as its pitch needs.
 *
 * @param {number} value
 * @param {number} pitch
 */
export function tick(value, pitch) {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1e6 || pitch < 1e-4) return power(value).replace(".0×", "×");
  let digits = Math.max(0, -Math.floor(Math.log10(pitch) + 1e-9));
  if (Math.abs(pitch * 10 ** digits - Math.round(pitch * 10 ** digits)) > 1e-6) digits += 1; // 2.5
  if (digits === 0) return integer(value);
  return signed(value, (size) => size.toFixed(digits));
}

/**
 * A tick of a log axis: 10⁻³, and 1, 10, 100 as they are.
 *
 * @param {number} exponent
 */
export function decade(exponent) {
  return exponent >= 0 && exponent <= 2 ? String(10 ** exponent) : `10${superscript(exponent)}`;
}
