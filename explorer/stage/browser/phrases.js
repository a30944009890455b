// Numbers and sentences that go by the selected unit.

import { turned } from "./dials/grip.js";
import { registered } from "./registry.js";

/**
 * @import { Context, View } from "./context.js"
 * @import { Missable } from "./format.js"
 * @import { Value } from "./types"
 */

/** @typedef {{ tokens: string[], select: string }} Reading what is read at each frame, and the selection */

const MINUS = "\u2212";

/**
 * A number with fixed decimals, fewer from 10 on, so that columns of them stay equally wide.
 *
 * @param {Missable} number
 */
export function fixed(number, digits = 2) {
  if (number === null || number === undefined || !Number.isFinite(number)) return "–";
  const size = Math.abs(number);
  const decimals = size < 9.995 ? digits : size < 99.95 ? Math.min(1, digits) : 0;
  const text = size.toFixed(decimals);
  return number < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/**
 * A share in whole percent; what is almost nothing or almost all is not rounded away.
 *
 * @param {Missable} share
 */
export function percent(share) {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const hundredths = 100 * share;
  if (hundredths > 0 && hundredths < 0.5) return "less than 1 %";
  if (hundredths < 100 && hundredths >= 99.5) return "more than 99 %";
  return `${fixed(hundredths, 0)} %`;
}

/**
 * The number that a Value names: a scalar, or the entry of an array that a selection chooses; what
 * its dial stands at, where it can be turned.
 *
 * @param {Value} value
 * @param {Context} stage
 * @param {View} view
 */
export function valueOf(value, stage, view) {
  const number = turned(value.grip, stage, entry(value.name, value.select, stage, view));
  return value.one_minus && number !== null ? 1 - number : number;
}

/**
 * A scalar, or the entry of an array that a selection chooses; null where there is none.
 *
 * @param {string} name
 * @param {string} select
 * @param {Context} stage
 * @param {View} view
 * @returns {number | null}
 */
export function entry(name, select, stage, view) {
  const array = stage.array(view, name);
  if (array) {
    const at = select ? stage.placeOf(select) : 0;
    const number = array.data[at];
    return number === undefined ? null : number;
  }
  const scalar = stage.scalar(view, name);
  return scalar === undefined ? null : scalar;
}

/**
 * Fills {token}, {name} and {name:percent}; names of arrays go by the diagram's selection.
 *
 * @param {string} text
 * @param {Reading} panel
 * @param {Context} stage
 * @param {View} view
 */
export function fill(text, panel, stage, view) {
  if (!text || !text.includes("{")) return text ?? "";
  return text.replace(/\{([^{}:]+)(?::(\w+))?\}/g, (_, name, form) => {
    if (name === "token") return panel.tokens?.[view.frame.index] ?? "–";
    const number = entry(name, panel.select, stage, view);
    return form ? registered({ percent }, form, "form of a number")(number) : fixed(number);
  });
}

/** @param {string} text */
export function capital(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : text;
}
