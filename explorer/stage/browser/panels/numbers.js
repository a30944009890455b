// Cards with one number each.

import { element } from "../layout.js";
import { unhurried } from "../pace.js";

/** A row of cards. A number is tinted where it is good or bad, and carries its floor or ceiling. */
export function make(panel, stage) {
  const cards = panel.numbers.map((spec) => makeCard(spec, stage));
  const box = element("div", "cards", ...cards.map((card) => card.element));
  const due = unhurried();
  return { element: box, paint: (view) => due(view) && cards.forEach((card) => card.paint(view)) };
}

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
  let shown = null;

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

/** "good", "bad" or neither: limits are numbers or names of scalars. */
function verdict(spec, now, resolve) {
  if (now === null || Number.isNaN(now)) return "";
  const limit = (name) => (spec[name] === undefined ? NaN : (resolve(spec[name]) ?? NaN));
  if (now >= limit("good_from") || now <= limit("good_to")) return "good";
  if (now >= limit("bad_from") || now <= limit("bad_to")) return "bad";
  return "";
}
