// A row of names, one of them chosen: it sets a selection at once.

import { element } from "../layout.js";
import { styled } from "../worn.js";

/**
 * @import { Maker } from "../context.js"
 * @import { Choice } from "../types"
 */

const STYLE = `
.stage .choice { display: flex; flex-wrap: wrap; align-items: center; align-content: flex-start; gap: 4px 10px; }
.stage .choice h2 { margin: 0; padding: 0; font: 620 var(--text)/1.4 var(--font); color: var(--mute); }
.stage .choice .options { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--line);
  border-radius: 9px; overflow: hidden; background: var(--card); max-width: 100%; }
.stage .choice button { font: inherit; min-height: 32px; padding: 0 12px; border: 0; margin: 0;
  background: none; color: var(--mute); cursor: pointer; white-space: nowrap; }
.stage.narrow .choice button { min-height: 40px; }
.stage .choice button:hover { color: var(--ink); }
.stage .choice button[aria-checked="true"] { background: var(--accent); color: var(--on-accent);
  font-weight: 620; }
.stage .choice button:focus-visible { outline-offset: -3px; outline-color: currentColor; }
`;
/** @type {Record<string, number>} */
const STRIDES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** @type {Maker<Choice>} */
export function make(panel, stage) {
  /** @param {number} i */
  const choose = (i) => {
    stage.select(panel.select, i);
    buttons[i].focus({ preventScroll: true });
  };
  const buttons = panel.options.map((name, i) => {
    const button = element("button", "", name);
    button.type = "button";
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => choose(i));
    return button;
  });
  const options = element("div", "options", ...buttons);
  options.setAttribute("role", "radiogroup");
  options.setAttribute("aria-label", panel.title || panel.select);
  const title = panel.title ? [element("h2", "", panel.title)] : [];
  const root = element("div", "choice", styled(STYLE), ...title, options);
  root.dataset.select = panel.select;
  let shown = -1;

  const chosen = () => Math.min(stage.selects[panel.select] ?? 0, buttons.length - 1);

  /**
   * Arrows belong to this row while it has the focus: ask before the stage does.
   *
   * @param {KeyboardEvent} event
   */
  function move(event) {
    const stride = STRIDES[event.key];
    const target = event.composedPath()[0];
    if (!stride || !(target instanceof Node && options.contains(target))) return;
    event.preventDefault();
    event.stopPropagation();
    choose((chosen() + stride + buttons.length) % buttons.length);
  }

  options.addEventListener("focusin", () => window.addEventListener("keydown", move, true));
  options.addEventListener("focusout", () => window.removeEventListener("keydown", move, true));

  function paint() {
    const now = chosen();
    if (now === shown) return;
    shown = now;
    buttons.forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === now));
      button.tabIndex = i === now ? 0 : -1;
    });
  }

  return { element: root, paint };
}
