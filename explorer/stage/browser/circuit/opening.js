// What a number is made of: its dot products, weight by input, and the way to open it.

import { entry } from "../phrases.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Diagram, Dot, Opening } from "../types"
 */

/** @typedef {HTMLElement | SVGElement} Door an element that opens a number */
/** @typedef {Pick<Diagram, "tokens" | "select">} Reading what is read, and whose numbers are shown */

/**
 * One product of a dot product; `row` and `column` are those of its weight.
 *
 * @typedef {object} Product
 * @property {number} k
 * @property {number} row
 * @property {number} column
 * @property {string} name
 * @property {number} weight
 * @property {number} input
 * @property {number} product
 */

/**
 * A dot product of the selected unit: its products, the largest first; what is added to them and
 * what multiplies the whole (null: nothing does); `others` is what inputs add that are not shown
 * (null: all are); `inside` without that factor, `sum` with it.
 *
 * @typedef {object} Products
 * @property {Product[]} terms
 * @property {number | null} bias
 * @property {number | null} factor
 * @property {number | null} others
 * @property {number} inside
 * @property {number} sum
 */

// Names that belong to the controls of the time bar alone.
const TAKEN = /\S*(?:step|train|pause|reset|time)\S*\s*/gi;

/**
 * A name for a control, without the words that name the controls of the time bar.
 *
 * @param {string} name
 */
export const spoken = (name) => name.replace(TAKEN, "").trim() || "number";

/**
 * Have an element open a number: by click, tap, Enter and space.
 *
 * @param {Door} target
 * @param {string} name
 * @param {(event: Event) => void} act
 */
export function opens(target, name, act, role = "button") {
  target.dataset.opens = name;
  target.tabIndex = 0;
  target.setAttribute("tabindex", "0"); // elements of SVG, too
  if (role) target.setAttribute("role", role);
  target.setAttribute("aria-haspopup", "dialog");
  target.addEventListener("click", act);
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  };
  if (target instanceof HTMLElement) target.addEventListener("keydown", press);
  else target.addEventListener("keydown", press);
}

/**
 * Name what an element opens, for those who hear it.
 *
 * @param {Door} target
 * @param {string} name
 */
export const call = (target, name) => target.setAttribute("aria-label", spoken(name));

/** @type {Partial<Record<string, string>>} */
const SYMBOLS = { hidden: "h₋₁", cell: "c₋₁" };
const SUBSCRIPT = "₀₁₂₃₄₅₆₇₈₉";
/** @param {number} k */
const lowered = (k) => [...String(k)].map((digit) => SUBSCRIPT[Number(digit)]).join("");

/**
 * What is read now, in quotes where it is a character.
 *
 * @param {string | undefined} token
 */
function quoted(token) {
  if (token === undefined) return "";
  return token.length > 1 && !Number.isNaN(Number(token.replace("−", "-"))) ? token : `“${token}”`;
}

/**
 * What input k of a dot product is called.
 *
 * @param {Dot} dot
 * @param {number} k
 * @param {number} count
 * @param {string | undefined} token
 * @param {string} unitName
 * @param {Context} stage
 */
function nameOf(dot, k, count, token, unitName, stage) {
  const given = dot.names?.length === 1 && count > 1 ? dot.names[0] : dot.names?.[k];
  if (given !== undefined) return given.replaceAll("{k}", String(k)).replaceAll("{token}", token ?? "");
  if (dot.cause === "token") {
    const letter = count > 1 ? `x${lowered(stage.numberAt("x", k))}` : "x";
    return token === undefined ? letter : `${letter} of ${quoted(token)}`;
  }
  const symbol = SYMBOLS[dot.inputs.replace(/_before$/, "")];
  const past = dot.inputs.endsWith("_before") || dot.cause === "before";
  return `${past && symbol ? symbol : dot.inputs.replaceAll("_", " ")} of ${unitName} ${stage.numberAt(unitName, k)}`;
}

/**
 * The selection that the number of an opening goes by; empty for one that no unit owns.
 *
 * @param {Opening} opening
 * @param {Reading} panel
 */
export function selectOf(opening, panel) {
  const own = opening.equation.find(({ value }) => value?.name === opening.name);
  return own?.value ? own.value.select : panel.select;
}

/**
 * The dot product of the selected unit in a frame, or null where its arrays are missing.
 *
 * @param {Dot} dot
 * @param {Opening} opening
 * @param {Reading} panel
 * @param {Context} stage
 * @param {View} view
 * @returns {Products | null}
 */
export function products(dot, opening, panel, stage, view) {
  const weights = stage.array(view, dot.weights)?.data;
  const inputs = stage.array(view, dot.inputs)?.data;
  if (!weights || !inputs) return null;
  const own = stage.array(view, opening.name);
  const units = own?.data.length ?? 1;
  const select = selectOf(opening, panel);
  const unit = own && select ? stage.placeOf(select) : 0;
  const block = dot.block ?? 0;
  const row = block * units + unit;
  const token = panel.tokens?.[view.frame.index];
  /**
   * @param {number} k
   * @param {number} weight
   */
  const term = (k, weight) => ({
    k,
    row: dot.diagonal ? block : row,
    column: dot.diagonal ? unit : k,
    name: nameOf(dot, k, inputs.length, token, panel.select || "unit", stage),
    weight,
    input: inputs[k],
    product: weight * inputs[k],
  });
  /** @type {Product[]} */
  const terms = [];
  if (dot.diagonal) terms.push(term(unit, weights[row]));
  else {
    const start = row * inputs.length;
    for (let k = 0; k < inputs.length; k += 1) terms.push(term(k, weights[start + k]));
  }
  terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const bias = dot.bias ? (stage.array(view, dot.bias)?.data[row] ?? 0) : null;
  const factor = dot.gated_by ? entry(dot.gated_by, panel.select, stage, view) : null;
  const others = dot.others ? entry(dot.others, panel.select, stage, view) : null;
  const plain = terms.reduce((sum, { product }) => sum + product, (bias ?? 0) + (others ?? 0));
  return { terms, bias, factor, others, inside: plain, sum: plain * (factor ?? 1) };
}

/**
 * The number that the dot products of an opening add up to.
 *
 * @param {Opening} opening
 * @param {Reading} panel
 * @param {Context} stage
 * @param {View} view
 */
export function shownSum(opening, panel, stage, view) {
  const named = opening.adds_to || `${opening.name}/preactivation`;
  const select = selectOf(opening, panel);
  const found = entry(named, select, stage, view);
  return found ?? (opening.adds_to ? null : entry(opening.name, select, stage, view));
}

/**
 * The frame in which input k of a dot product was made: the one before, or after where a cell reads
 * from the end; null at the edge of the recording, where a state was given.
 *
 * @param {Dot} dot
 * @param {number} k
 * @param {Context} stage
 * @param {View} view
 */
export function causeOf(dot, k, stage, view) {
  const input = stage.array(view, dot.inputs)?.data[k] ?? NaN;
  for (const position of [view.position - 1, view.position + 1]) {
    const frame = stage.frames.at(position);
    const made = frame?.arrays[dot.leads_to]?.data[k];
    if (frame && made !== undefined && Math.abs(made - input) < 1e-6) return frame;
  }
  return null;
}
