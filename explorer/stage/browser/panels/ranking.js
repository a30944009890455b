// Horizontal bars with names: what is most likely, from the top down.

import { fixed } from "../phrases.js";
import { element, heading } from "../layout.js";
import { styled } from "../worn.js";

/**
 * @import { Made, Maker } from "../context.js"
 * @import { Ranking } from "../types"
 */

/** @typedef {Record<"row" | "name" | "bar" | "value", HTMLElement>} Row the parts of one bar */

const STYLE = `
.stage .ranking ol { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column;
  gap: 1px; }
.stage .ranking li { display: flex; align-items: center; gap: 10px; line-height: 1.42; }
.stage .ranking li b { width: 1.6em; text-align: center; font: 600 calc(var(--text) + 1px) var(--monospace); }
.stage .ranking .track { flex: 1 1 auto; height: 0.8em; border-radius: 0.4em; overflow: hidden;
  background: var(--line); }
.stage .ranking .track i { display: block; height: 100%; width: 100%; transform-origin: 0 50%;
  transition: transform 150ms; }
.stage .ranking .share { width: 4.4em; white-space: nowrap; text-align: right; }
`;

/** @type {Maker<Ranking>} */
export function make(panel, stage) {
  const list = element("ol", "bars");
  const head = heading(panel.title, panel.note);
  const root = element("div", "ranking", styled(STYLE), ...(head ? [head] : []), list);
  /** @type {Row[]} */
  let rows = [];
  let shown = "";

  /** @param {number} count */
  function build(count) {
    rows = Array.from({ length: count }, () => {
      const [name, bar, value] = [element("b"), element("i"), element("span", "share")];
      const row = element("li", "", name, element("span", "track", bar), value);
      return { row, name, bar, value };
    });
    list.replaceChildren(...rows.map((each) => each.row));
  }

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!view?.frame) return;
    const state = `${view.frame.index}/${stage.dark}/${stage.frames.id}`;
    if (state === shown) return;
    shown = state;
    const values = stage.array(view, panel.values)?.data ?? [];
    const indices = panel.indices ? stage.array(view, panel.indices)?.data : null;
    if (rows.length !== values.length) build(values.length);
    const full = Math.max(1, ...values);
    rows.forEach(({ name, bar, value }, i) => {
      name.textContent = panel.names[indices ? Math.round(indices[i]) : i] ?? "–";
      bar.style.transform = `scaleX(${Math.max(0, values[i] / full)})`;
      bar.style.background = stage.palette[panel.role];
      value.textContent = full > 1 ? stage.number(values[i]) : share(values[i]);
    });
    const spoken = rows.map((each) => `${each.name.textContent} ${each.value.textContent}`);
    list.setAttribute("aria-label", `${panel.alt || panel.title}: ${spoken.join(", ")}`);
  }

  return { element: root, paint, resize: () => (shown = "") };
}

/**
 * A probability in percent, with one digit more where it is small.
 *
 * @param {number} value
 */
function share(value) {
  if (!Number.isFinite(value)) return "–";
  if (value > 0 && value < 0.0005) return "< 0.1 %";
  return `${fixed(100 * value, value < 0.0995 ? 1 : 0)} %`;
}
