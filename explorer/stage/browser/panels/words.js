// Panels of words: the sentence that says what is happening, and the cards with one number each.

import { element } from "../layout.js";

/**
 * @import { Context, Made, Maker, View } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Number as Card, Numbers, Sentence } from "../types"
 */

const READABLE = 80; // ms; while a run plays, words change no faster than one reads

/** A function that says whether it is time to change what stands there. */
function unhurried() {
  let last = -Infinity;
  /** @param {View} view */
  return ({ playing }) => {
    const now = performance.now();
    if (playing && now - last < READABLE) return false;
    last = now;
    return true;
  };
}

/**
 * A sentence of the frame, `**bold**` where it says so. Its place never shrinks while it changes.
 *
 * @type {Maker<Sentence>}
 */
export function makeSentence(panel, stage) {
  if (panel.mono) return makeText(panel, stage);
  const text = element("p", panel.lines > 3 ? "sentence long" : "sentence");
  const box = element("div", "", text);
  /** @type {string | null} */
  let shown = null;
  let width = 0;
  const due = unhurried();
  text.style.minHeight = `${1.4 * panel.lines}em`;

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!due(view)) return;
    const said = view.frame.sentences[panel.name] ?? stage.still?.sentences[panel.name] ?? "";
    const lead = panel.lead ? `**${stage.fill(panel.lead, view)}** ` : "";
    if (lead + said === shown) return;
    shown = lead + said;
    text.replaceChildren(...emphasised(shown));
    const before = text.clientHeight;
    text.style.minHeight = "0";
    text.style.minHeight = `${Math.max(before, text.scrollHeight)}px`;
  }

  function resize() {
    if (Math.abs(width - box.clientWidth) < 2) return;
    width = box.clientWidth;
    text.style.minHeight = `${1.4 * panel.lines}em`;
    shown = null;
  }

  return { element: box, paint, resize };
}

/**
 * A sentence as a text: letter by letter, and the letters that differ from another text marked.
 *
 * @type {Maker<Sentence>}
 */
function makeText(panel, stage) {
  const text = element("p", "sentence mono");
  text.style.minHeight = `${1.5 * panel.lines}em`;
  const box = element("div", "", text);
  const due = unhurried();
  /** @type {string | null} */
  let shown = null;

  /**
   * @param {string} name
   * @param {View} view
   */
  const said = (name, view) => view.frame.sentences[name] ?? stage.still?.sentences[name] ?? "";

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!due(view)) return;
    const own = said(panel.name, view);
    const other = panel.against ? said(panel.against, view) : null;
    const state = `${own}\u0000${other}\u0000${panel.lead}`;
    if (state === shown) return;
    shown = state;
    const lead = panel.lead ? [element("b", "", `${stage.fill(panel.lead, view)} `)] : [];
    text.replaceChildren(...lead, ...(other === null ? [own] : differing(own, other)));
  }

  return { element: box, paint };
}

/**
 * A text in pieces: <mark> where its letters are others than at the same place of `other`.
 *
 * @param {string} text
 * @param {string} other
 */
function differing(text, other) {
  const [ours, theirs] = [[...text], [...other]];
  const pieces = [];
  for (let from = 0, to = 0; from < ours.length; from = to) {
    const differs = ours[from] !== theirs[from];
    for (to = from; to < ours.length && (ours[to] !== theirs[to]) === differs; ) to += 1;
    const piece = ours.slice(from, to).join("");
    pieces.push(differs ? element("mark", "", piece.replaceAll("\n", "↵\n")) : piece);
  }
  return pieces;
}

/**
 * Text pieces, every second one bold: "**so** it is" → <b>so</b> it is.
 *
 * @param {string} text
 */
function emphasised(text) {
  return text
    .split("**")
    .map((piece, i) => (i % 2 ? element("b", "", piece) : document.createTextNode(piece)));
}

/**
 * A row of cards. A number is tinted where it is good or bad, and carries its floor or ceiling.
 *
 * @type {Maker<Numbers>}
 */
export function makeNumbers(panel, stage) {
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
