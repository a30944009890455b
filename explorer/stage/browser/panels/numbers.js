// Cards with one number each.

import { turned } from "../dials/grip.js";
import { NumberHandle } from "../dials/number.js";
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
  const cards = panel.numbers.map((spec, i) => makeCard(spec, stage, `${panel.area}/${i}`));
  const box = element("div", "cards", ...cards.map((card) => card.element));
  const due = unhurried();
  return {
    element: box,
    paint: (view) => {
      if (due(view)) for (const card of cards) card.paint(view);
    },
    take(other) {
      if (other.kind !== "numbers" || other.numbers.length !== cards.length) return false;
      if (!other.numbers.every((spec, i) => cards[i].fits(spec))) return false;
      other.numbers.forEach((spec, i) => cards[i].take(spec));
      return true;
    },
  };
}

/**
 * @param {Card} first
 * @param {Context} stage
 * @param {string} key
 */
function makeCard(first, stage, key) {
  let spec = first;
  /** @type {Missable} */
  let now = null;
  const { grip: held } = first;
  const told =
    held && (() => ({ grip: spec.grip ?? held, value: turned(spec.grip, stage, now) ?? now }));
  const handle = told ? new NumberHandle(key, told, stage) : null;
  const value = element("b", "value", ...(handle ? [handle.root] : []));
  const label = element("span", "label");
  const bound = element("span", "bound");
  const card = element("div", "card", value, label);
  if (first.bound) card.append(bound);
  if (first.help) {
    card.tabIndex = 0;
    stage.explain(card, () => spec.help);
  }
  /** @type {string | null} */
  let shown = null;

  /** @type {Made["paint"]} */
  function paint(view) {
    now = turned(spec.grip, stage, stage.scalar(view, spec.scalar));
    const text = stage.number(now, spec.form, spec.of);
    const below = stage.fill(spec.bound, view);
    const tint = verdict(spec, now, (limit) => stage.value(view, limit));
    const all = `${text}|${below}|${tint}`;
    handle?.update();
    if (all === shown) return;
    shown = all;
    (handle?.text ?? value).textContent = text;
    value.className = `value ${tint}`;
    bound.textContent = below;
    bound.title = below;
  }

  /**
   * Whether its parts are those of another card too.
   *
   * @param {Card} other
   */
  const fits = ({ grip, bound: below, help }) =>
    !grip === !spec.grip && !below === !spec.bound && !help === !spec.help;

  /** @param {Card} other */
  function take(other) {
    spec = other;
    shown = null;
    label.textContent = spec.label;
    card.dataset.scalar = spec.scalar;
  }

  take(first);
  return { element: card, paint, fits, take };
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
