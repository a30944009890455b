// What is happening, in words: the sentence of a frame, or a text letter by letter.

import { element } from "../layout.js";
import { unhurried } from "../pace.js";

/**
 * @import { Made, Maker, View } from "../context.js"
 * @import { Sentence } from "../types"
 */

const PERCENT = /(?<=\d) %/g; // a number and its sign stand on one line

/**
 * A sentence of the frame, `**bold**` where it says so. Its place never shrinks while it changes.
 *
 * @type {Maker<Sentence>}
 */
export function make(panel, stage) {
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
    text.replaceChildren(...emphasised(shown.replace(PERCENT, "\u00a0%")));
    stage.terms.mark(text);
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
  const row = panel.lines === 1; // signs that stand under those of the row above
  if (row) text.dataset.row = "";
  text.style.minHeight = `${(row ? 1.35 : 1.5) * panel.lines}em`;
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
