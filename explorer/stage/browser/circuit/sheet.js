// The card of the microscope: its look, and its place beside the circuit.

/** @import { Context } from "../context.js" */

export const STYLE = `
.stage .microscope { position: absolute; z-index: 7; display: flex; flex-direction: column;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: 0 10px 34px rgba(8, 14, 22, .22), 0 2px 6px rgba(8, 14, 22, .10); overflow: hidden; }
.stage .microscope[hidden], .stage .microscope [hidden] { display: none; }
.stage .microscope:focus { outline: none; }
.stage .microscope .top { flex: none; display: flex; align-items: center; gap: 6px;
  padding: 7px 7px 6px 14px; border-bottom: 1px solid var(--line); }
.stage .microscope .trail { flex: 1 1 auto; min-width: 0; display: flex; align-items: baseline;
  overflow-x: auto; scrollbar-width: none; white-space: nowrap; color: var(--mute); }
.stage .microscope .trail button { font: inherit; color: var(--accent); background: none; border: 0;
  padding: 4px 0; cursor: pointer; }
.stage .microscope .trail button:hover { text-decoration: underline; }
.stage .microscope .trail b { font-weight: 620; color: var(--ink); }
.stage .microscope .trail i { font-style: normal; padding: 0 6px; opacity: .7; }
.stage .microscope .act { flex: none; height: 32px; min-width: 32px; font: inherit; color: var(--mute);
  background: none; border: 1px solid transparent; border-radius: 16px; padding: 0 10px; cursor: pointer;
  white-space: nowrap; }
.stage .microscope .act:hover { color: var(--ink); border-color: var(--line); }
.stage .microscope .shut { padding: 0; font-size: calc(var(--text) + 1px); }
.stage.narrow .microscope .act, .stage.narrow .microscope .trail button { min-height: 40px; min-width: 40px; }
.stage .microscope .inside { flex: 1 1 auto; min-height: 0; overflow-y: auto; overscroll-behavior: contain;
  padding: 10px 14px 12px; display: flex; flex-direction: column; gap: 8px; scrollbar-width: thin; }
.stage .microscope .inside > * { flex: none; }
.stage .microscope .headline { display: flex; align-items: baseline; gap: 10px; }
.stage .microscope .headline h2 { margin: 0; padding: 0; font: 650 calc(var(--text) + 3px)/1.3 var(--font); }
.stage .microscope .where-at { color: var(--mute); white-space: nowrap; }
.stage .microscope .headline output { margin-left: auto; font-weight: 650; white-space: nowrap;
  font-size: calc(var(--text) + 8px); line-height: 1.1; }
.stage .microscope .formula { display: flex; align-items: center; justify-content: space-between; gap: 8px;
  margin-bottom: -4px; }
.stage .microscope .symbols { display: block; white-space: normal; line-height: 1.4; margin: 0;
  font-size: calc(var(--text) + 2px); }
.stage .microscope .numbers { font-size: calc(var(--text) + 4px); row-gap: 4px; min-height: 0; }
.stage .microscope .words { color: var(--mute); font-size: var(--text); margin-top: 4px; }
.stage .microscope .words:has(.says:empty) { display: none; }
.stage .microscope .check { flex: none; border-top: 1px solid var(--line); padding: 7px 14px 8px;
  color: var(--mute); background: var(--background); }
.stage .microscope .check b { color: var(--ink); font-weight: 620; }
.stage .microscope .check.off .gap { color: var(--warn); }
.stage.narrow .microscope .headline h2 { display: none; }
.stage.narrow .microscope .spark { height: 34px; }
.stage .microscope.sheet { position: relative; max-height: 41vh; border-radius: 14px;
  box-shadow: 0 -8px 26px rgba(8, 14, 22, .20); }
`;
const LEAST = 372; // px of width beside, or over, the circuit
const LOWEST = 220; // px of height
const SLIVER = 130; // px

/**
 * Keeps a card over what stands beside the element `beside()`; on phones it is a sheet on top of
 * the time bar. `limit` is the height it has room for.
 *
 * @param {HTMLElement} card
 * @param {Context} stage
 * @param {() => Element} beside
 */
export function makeSheet(card, stage, beside) {
  let limit = 600;
  let settled = false;

  function arrange() {
    if (card.hidden) return;
    settled = false;
    const dock = stage.root.querySelector(":scope > .dock");
    const low = stage.narrow ? dock : null;
    card.classList.toggle("sheet", low !== null);
    if (low) {
      card.style.cssText = "";
      if (card.parentNode !== low) low.prepend(card);
      return;
    }
    if (card.parentNode !== stage.root) stage.root.append(card);
    const [outer, inner] = [stage.root, beside()].map((e) => e.getBoundingClientRect());
    const style = getComputedStyle(stage.root);
    const gap = Number.parseFloat(style.getPropertyValue("--gap")) || 16;
    const right = Number.parseFloat(style.paddingRight) || 0;
    const left = Math.min(inner.right - outer.left + gap, outer.width - LEAST);
    const top = under(inner);
    const floor = Math.min(inner.bottom, (dock?.getBoundingClientRect().top ?? Infinity) - 6);
    limit = Math.max(LOWEST, floor - top);
    Object.assign(card.style, {
      left: `${Math.max(0, left) - 2}px`, // covers the outlines of what lies below
      right: `${right - 2}px`,
      top: `${top - outer.top + stage.root.scrollTop}px`,
      maxHeight: `${limit}px`,
    });
  }

  /**
   * Where the card begins: the choice of names on top of its place stays in reach.
   *
   * @param {DOMRect} inner
   */
  function under(inner) {
    const names = stage.root.querySelector('.choice[data-select="names"]');
    const row = names?.getBoundingClientRect();
    const above = row?.height && row.left >= inner.right && Math.abs(row.top - inner.top) < 8;
    return above ? row.bottom + 6 : inner.top;
  }

  /** Cover all of the place or leave a good part of it: no slivers show below the card. */
  function settle() {
    if (settled) return;
    settled = true;
    card.style.minHeight = "";
    if (!stage.narrow && limit - card.offsetHeight < SLIVER) card.style.minHeight = `${limit}px`;
  }

  return {
    arrange,
    settle,
    get limit() {
      return limit;
    },
  };
}
