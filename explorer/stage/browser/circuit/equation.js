// An equation: in letters, with the numbers in it, and one sentence in words.

import { NumberHandle } from "../dials/number.js";
import { element } from "../layout.js";
import { call, opens } from "./opening.js";
import { fill, fixed, valueOf } from "../phrases.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Diagram, Opening, Stage, Term, Value } from "../types"
 */

/** @typedef {Stage | Opening} Step what an equation is about: a stage of a step, or an opened number */

/**
 * A term in the picture; `door` names the number that it opens.
 *
 * @typedef {object} Shown
 * @property {Term} term
 * @property {HTMLElement} made
 * @property {HTMLElement} main
 * @property {HTMLElement | null} caption
 * @property {string} door
 * @property {NumberHandle | null} handle
 */

export const STYLE = `
.stage .numbers { display: flex; flex-wrap: wrap; align-items: flex-start;
  font-size: calc(var(--text) + 6px); line-height: 1.25; }
.stage .group { display: inline-flex; align-items: flex-start; }
.stage .term { white-space: pre; display: inline-flex; flex-direction: column; }
.stage .term.value { align-items: center; }
.stage .term small { font-size: var(--text); color: var(--mute); line-height: 1.2;
  padding: 0 3px; }
.stage .strong { font-weight: 650; }
.stage .tight .between { display: none; }
.stage .words { font-size: calc(var(--text) + 1px); line-height: 1.4; }
.stage .symbols { color: var(--mute); white-space: nowrap; margin-right: 18px;
  line-height: 0; font-family: "STIX Two Text", Georgia, "DejaVu Serif", serif; }
.stage .symbols sub { font-size: 0.72em; line-height: 0; }
.stage .term [data-opens] { cursor: pointer; border-radius: 4px;
  text-decoration: underline dotted color-mix(in srgb, currentColor 45%, transparent) 2px;
  text-underline-offset: 4px; }
.stage .term [data-opens]:hover { text-decoration-color: currentColor;
  background: color-mix(in srgb, currentColor 10%, transparent); }
`;

/**
 * "W_{xf} x" with lowered indices and slanted letters; words such as tanh stay upright.
 *
 * @param {string} formula
 */
export function letters(formula) {
  const made = element("span", "symbols");
  for (const piece of formula.split(/(_\{[^}]*\})/)) {
    if (piece.startsWith("_{")) {
      made.append(element("sub", "", piece.slice(2, -1)));
      continue;
    }
    for (const word of piece.split(/([A-Za-z]+)/)) {
      made.append(/^[A-Za-z]$/.test(word) ? element("i", "", word) : word);
    }
  }
  return made;
}

/**
 * Cut a text before its "=": lines break there and nowhere else.
 *
 * @param {Term} term
 */
function atEquals(term) {
  const at = term.text ? term.text.indexOf("= ", 1) : -1;
  if (at < 1 || !/^\)? $/.test(term.text.slice(0, at))) return [term];
  return [{ ...term, text: term.text.slice(0, at) }, { ...term, text: term.text.slice(at) }];
}

/** @param {HTMLElement} made */
const lengthOf = (made) => made.textContent?.length ?? 0;

/**
 * The elements of terms that stay on one line, from one "=" to the next.
 *
 * @param {Shown[]} terms
 */
function groups(terms) {
  /** @type {HTMLElement[][]} */
  const found = [];
  for (const { term, made } of terms) {
    const last = found.at(-1);
    if (!last || term.text.startsWith("= ")) found.push([made]);
    else last.push(made);
  }
  return found;
}

/**
 * The numbers and words of an equation; `update(view, step)` shows a stage, or an opening, with
 * the numbers of a frame. Numbers that can be opened are, by `open(name, element)`. `loose` lets
 * lines break anywhere between two terms, where there is little room.
 *
 * @param {Diagram} panel
 * @param {Context} stage
 * @param {(name: string, from: HTMLElement) => void} open
 */
export function equation(panel, stage, open, loose = false) {
  const numbers = element("div", "numbers");
  const words = element("div", "words");
  const sentence = element("span", "says");
  const root = element("div", "equation", numbers, words);
  const openings = new Set(panel.openings?.map(({ name }) => name));
  /** @type {Step | null} */
  let shown = null;
  /** @type {Shown[]} */
  let terms = [];
  /** @type {View | null} */
  let now = null; // what is shown
  let wide = 0;
  let fitted = "";
  if (!loose)
    new ResizeObserver(([{ contentRect }]) => {
      wide = contentRect.width;
      fit();
    }).observe(root);

  /** @param {Step} step */
  function build(step) {
    shown = step;
    fitted = "";
    terms = step.equation.flatMap(atEquals).map((term, i) => {
      const made = element("span", term.value ? "term value" : "term");
      const handle = term.value?.grip ? handleOf(term.value, i) : null;
      const main = handle ? handle.text : element("span", "", term.text);
      main.classList.add("main");
      main.classList.toggle("strong", term.strong);
      made.append(handle ? handle.root : main);
      const caption = term.caption ? element("small") : null;
      if (caption) made.append(caption);
      const opened = term.value?.name ?? "";
      const door = openings.has(opened) && opened !== step.name ? opened : "";
      if (door && !handle) opens(main, door, () => open(door, main));
      return { term, made, main, caption, door, handle };
    });
    const cut = groups(terms);
    /** @param {number} i */
    const kind = (i) => (i > 0 && i < cut.length - 1 ? "group between" : "group");
    if (loose) numbers.replaceChildren(...terms.map(({ made }) => made));
    else numbers.replaceChildren(...cut.map((group, i) => element("span", kind(i), ...group)));
    words.replaceChildren(...(loose ? [] : [letters(step.symbols)]), sentence);
  }

  /**
   * A number of the equation that can be turned.
   *
   * @param {Value} value
   * @param {number} i
   */
  function handleOf(value, i) {
    const { grip } = value;
    if (!grip) return null;
    const told = () => ({ grip, value: now && valueOf({ ...value, one_minus: false }, stage, now) });
    return new NumberHandle(`${panel.area}/${loose ? "opened" : "stage"}/${i}`, told, stage);
  }

  /**
   * @param {View} view
   * @param {Step} step
   */
  function update(view, step) {
    now = view;
    if (step !== shown) build(step);
    const { palette } = stage;
    for (let i = 0; i < terms.length; i += 1) {
      const { term, main, caption, door, handle } = terms[i];
      if (caption) caption.textContent = fill(term.caption, panel, stage, view);
      if (!term.value) {
        main.textContent = term.text;
        continue;
      }
      const number = valueOf(term.value, stage, view);
      const before = terms[i - 1];
      const sign = before && !before.term.value ? before.term.text.trim().slice(-1) : "";
      let text = fixed(number, term.value.digits);
      if (door && !handle) call(main, `${text} ${caption?.textContent || door}`);
      if (before && text[0] === "\u2212" && sign === "+") {
        before.main.textContent = before.term.text.replace("+", "\u2212");
        text = text.slice(1);
      } else if (text[0] === "\u2212" && sign === "·") {
        text = `(${text})`;
      }
      main.textContent = text;
      handle?.update();
      main.style.color = term.role === "ink" ? "" : palette[term.role];
    }
    sentence.textContent = says(view, step);
    fit();
  }

  /** Leave out what stands between the first and the last "=" where one line is too short for it. */
  function fit() {
    if (loose) return;
    const lengths = terms.map(({ main, caption }) => lengthOf(main) + (caption ? lengthOf(caption) : 0));
    const state = `${lengths} ${wide} ${stage.narrow} ${stage.presenter}`;
    if (state === fitted) return; // to measure would lay the page out at every step
    fitted = state;
    numbers.classList.remove("tight");
    if (stage.narrow || numbers.childElementCount < 3) return;
    const tops = [...numbers.children].map((group) => (group instanceof HTMLElement ? group.offsetTop : 0));
    numbers.classList.toggle("tight", tops[tops.length - 1] > tops[0]);
  }

  /**
   * @param {View} view
   * @param {Step} step
   */
  function says(view, step) {
    const first = fill(step.says ?? "", panel, stage, view);
    const weighs = "weighs" in step ? step.weighs : undefined;
    if (!weighs) return first;
    const [a, b] = [weighs.first, weighs.second].map((v) => Math.abs(valueOf(v, stage, view) ?? 0));
    const second = a >= b ? weighs.if_first : weighs.if_second;
    return `${first} ${fill(second, panel, stage, view)}`;
  }

  /** What stands there now, as one line of text. */
  const text = () => terms.map(({ main }) => main.textContent).join("");

  return { element: root, update, text };
}
