// Cards with one number each.

import { element } from "../layout.js";
import { unhurried } from "../pace.js";

/**
 * @import { Context, Made, Maker } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Number as Card, Numbers } from "../types"
 */

/**
 * A row of cards. A number is tinted where it is good or bad, and carries its floor or ceiling.
 *
 * @type {Maker<Numbers>}
 */
export function make(panel, stage) {
  const cards = panel.numbers.map((spec) => makeCard(spec, stage));
  const box = element("div", "cards", ...cards.map((card) => card.element));
  const due = unhurried();
  return {
    element: box,
    paint: (view) => {
      if (due(view)) for (const card of cards) card.paint(view);
    },
  };
}

/**
 * @param {Card} spec
 * @param {Context} stage
 * @returns {Made}
 */
function makeCard(spec, stage) {
  const value = element("b", "value");
  const bound = element("span", "bound");
  const card = element("div", "card", value, element("span", "label", spec.label));
  if (spec.bound) card.append(bound);
  card.dataset.scalar = spec.scalar;
  if (spec.help) {
    card.tabIndex = 0;
    stage.explain(card, spec.help);
  }
  /** @type {string | null} */
  let shown = null;

  /** @type {Made["paint"]} */
  function paint(view) {
    const now = stage.scalar(view, spec.scalar);
    const text = stage.number(now, spec.form, spec.of);
    const below = stage.fill(spec.bound, view);
    const tint = verdict(spec, now, (limit) => stage.value(view, limit));
    const all = `${text}|${below}|${tint}`;
    if (all === shown) return;
    shown = all;
    value.textContent = text;
    value.className = `value ${tint}`;
    bound.textContent = below;
    bound.title = below;
  }

  return { element: card, paint };
}

/**
 * "good", "bad" or neither: limits are numbers or names of scalars.
 *
 * @param {Card} spec
 * @param {Missable} now
 * @param {(limit: number | string) => Missable} resolve
 */
function verdict(spec, now, resolve) {
  if (now === null || now === undefined || Number.isNaN(now)) return "";
  /** @param {"good_from" | "good_to" | "bad_from" | "bad_to"} name */
  const limit = (name) => {
    const set = spec[name];
    return set === undefined ? NaN : (resolve(set) ?? NaN);
  };
  if (now >= limit("good_from") || now <= limit("good_to")) return "good";
  if (now >= limit("bad_from") || now <= limit("bad_to")) return "bad";
  return "";
}
