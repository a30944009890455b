// The equation of a stage: in letters, with the numbers in it, and one sentence in words.

import { element } from "./layout.js";
import { fill, fixed, valueOf } from "./phrases.js";

/** "W_{xf} x" with lowered indices and slanted letters; words such as tanh stay upright. */
function letters(formula) {
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

/** Cut a text before its "=": lines break there and nowhere else. */
function atEquals(term) {
  const at = term.text ? term.text.indexOf("= ", 1) : -1;
  if (at < 1 || !/^\)? $/.test(term.text.slice(0, at))) return [term];
  return [{ ...term, text: term.text.slice(0, at) }, { ...term, text: term.text.slice(at) }];
}

/** The elements of terms that stay on one line, from one "=" to the next. */
function groups(terms) {
  const found = [];
  for (const { term, made } of terms) {
    if (!found.length || term.text?.startsWith("= ")) found.push([]);
    found.at(-1).push(made);
  }
  return found;
}

/** The strip under a circuit; `update(view, step)` shows a stage with the numbers of a frame. */
export function equation(panel, stage) {
  const root = element("div", "equation");
  const numbers = element("div", "numbers");
  const words = element("div", "words");
  const sentence = element("span", "says");
  root.append(numbers, words);
  let shown = null;
  let terms = [];

  function build(step) {
    shown = step;
    terms = step.equation.flatMap(atEquals).map((term) => {
      const made = element("span", term.value ? "term value" : "term");
      const main = element("span", term.strong ? "main strong" : "main", term.text);
      made.append(main);
      const caption = term.caption ? element("small") : null;
      if (caption) made.append(caption);
      return { term, made, main, caption };
    });
    const cut = groups(terms);
    const kind = (i) => (i > 0 && i < cut.length - 1 ? "group between" : "group");
    numbers.replaceChildren(...cut.map((group, i) => element("span", kind(i), ...group)));
    words.replaceChildren(letters(step.symbols), sentence);
  }

  function update(view, step) {
    if (step !== shown) build(step);
    const { palette } = stage;
    for (let i = 0; i < terms.length; i += 1) {
      const { term, main, caption } = terms[i];
      if (caption) caption.textContent = fill(term.caption, panel, stage, view);
      if (!term.value) {
        main.textContent = term.text;
        continue;
      }
      const number = valueOf(term.value, stage, view);
      const before = terms[i - 1];
      const sign = before && !before.term.value ? before.term.text.trim().slice(-1) : "";
      let text = fixed(number, term.value.digits);
      if (text[0] === "\u2212" && sign === "+") {
        before.main.textContent = before.term.text.replace("+", "\u2212");
        text = text.slice(1);
      } else if (text[0] === "\u2212" && sign === "·") {
        text = `(${text})`;
      }
      main.textContent = text;
      main.style.color = term.role === "ink" ? "" : palette[term.role];
    }
    sentence.textContent = says(view, step);
    fit();
  }

  /** Leave out what stands between the first and the last "=" where one line is too short for it. */
  function fit() {
    numbers.classList.remove("tight");
    if (stage.narrow || numbers.childElementCount < 3) return;
    const last = numbers.lastChild.offsetTop;
    numbers.classList.toggle("tight", last > numbers.firstChild.offsetTop);
  }

  function says(view, step) {
    const first = fill(step.says, panel, stage, view);
    if (!step.weighs) return first;
    const { weighs } = step;
    const [a, b] = [weighs.first, weighs.second].map((v) => Math.abs(valueOf(v, stage, view) ?? 0));
    const second = a >= b ? weighs.if_first : weighs.if_second;
    return `${first} ${fill(second, panel, stage, view)}`;
  }

  return { element: root, update };
}
