// Cards with one number each.

import { turned } from "../dials/grip.js";
import { NumberHandle } from "../dials/number.js";
import { element } from "../layout.js";
import { unhurried } from "../pace.js";
import { meaning } from "../terms.js";

/**
 * @import { Context, Made, Maker } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Number as Card, Numbers } from "../types"
 */

const GAP = 6; // px between two cards
const EDGE = 9; // px from a card's edge to its number
const HOLD = 40; // px of the signs beside a number that can be turned
const LARGER = 6; // px by which a number is larger than the smallest text
const [PLAIN, POWER] = [5.6, 7.6]; // the least width of a card, in smallest letters

const pen = document.createElement("canvas").getContext("2d");
/** @type {Map<string, number>} */
const widths = new Map();

/**
 * How wide a number is, for letters of 1 px.
 *
 * @param {string} text
 * @param {string} font
 */
function widthOf(text, font) {
  const key = `${font}/${text.replace(/\d/g, "0")}`; // digits are all equally wide
  let known = widths.get(key);
  if (known === undefined) {
    if (pen) pen.font = `640 100px ${font}`;
    known = (pen?.measureText(text.replace(/\d/g, "0")).width ?? 0) / 100;
    widths.set(key, known);
  }
  return known || 0.01;
}

/**
 * A row of cards. A number is tinted where it is good or bad, and carries its floor or ceiling.
 *
 * @type {Maker<Numbers>}
 */
export function make(panel, stage) {
  const cards = panel.numbers.map((spec, i) => makeCard(spec, stage, `${panel.area}/${i}`));
  const box = element("div", "cards", ...cards.map((card) => card.element));
  const due = unhurried();
  let [wide, asked] = [0, 0];

  /** Rows of equally many cards, each wide enough for what it says; letters go by the room. */
  function arrange() {
    asked = Math.max(...cards.map((card) => card.least()));
    const most = Math.max(1, Math.floor((wide + GAP) / (asked + GAP)));
    const columns = Math.ceil(cards.length / Math.ceil(cards.length / most)) || 1;
    box.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    for (const card of cards) card.fit((wide + GAP) / columns - GAP);
  }

  new ResizeObserver(([{ contentRect }]) => {
    wide = contentRect.width;
    arrange();
  }).observe(box);
  return {
    element: box,
    paint: (view) => {
      if (!due(view)) return;
      for (const card of cards) card.paint(view);
      const told = Math.max(...cards.map((card) => card.least()));
      if (stage.narrow && told > asked) arrange();
    },
    resize: arrange,
    take(other) {
      if (other.kind !== "numbers" || other.numbers.length !== cards.length) return false;
      if (!other.numbers.every((spec, i) => cards[i].fits(spec))) return false;
      other.numbers.forEach((spec, i) => cards[i].take(spec));
      arrange();
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
    card.setAttribute("role", "group");
    stage.explain(card, () => [spec.help, meaning(spec.label)].filter(Boolean).join(" "));
  }
  /** @type {string | null} */
  let shown = null;
  let room = Infinity; // px for the number
  let longest = ""; // that stood under it

  /**
   * The px that the card asks for: a power of ten is long; and in a narrow picture, which is as
   * high as it likes, what stands under the number breaks once at most.
   */
  function least() {
    const wide = stage.text * (spec.form === "power" ? POWER : PLAIN);
    if (!stage.narrow) return wide;
    return Math.max(wide, (stage.text * widthOf(longest, stage.font)) / 2 + 3 * EDGE);
  }

  /** @param {number} wide px of the card */
  function fit(wide) {
    room = wide - 2 * EDGE - (handle?.free ? HOLD : 0);
    shrink();
  }

  /** A number that is wider than its card is written smaller. */
  function shrink() {
    const size = stage.text + LARGER;
    const needs = size * widthOf((handle?.text ?? value).textContent ?? "", stage.font);
    value.style.setProperty("--fits", String(Math.min(1, Math.max(0.5, room / needs))));
  }

  /** @type {Made["paint"]} */
  function paint(view) {
    now = turned(spec.grip, stage, stage.scalar(view, spec.scalar));
    const text = stage.number(now, spec.form, spec.of);
    const absent = now === null || now === undefined || Number.isNaN(now);
    const below = absent && spec.before ? spec.before : stage.fill(spec.bound, view);
    const tint = verdict(spec, now, (limit) => stage.value(view, limit));
    const all = `${text}|${below}|${tint}`;
    handle?.update();
    if (all === shown) return;
    shown = all;
    (handle?.text ?? value).textContent = text;
    shrink();
    if (spec.help) card.setAttribute("aria-label", `${spec.label}: ${text}`);
    value.className = `value ${tint}`;
    bound.textContent = below;
    if (below.length > longest.length) longest = below;
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
  return { element: card, paint, fits, take, least, fit };
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
