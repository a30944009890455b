// The keyboard: the stage that has the focus, or the only one on the page when nothing has it.

/** @type {Set<HTMLElement>} */
const stages = new Set(); // those that can be played
export const TYPING =
  "input:not([type=range]), textarea, select, [contenteditable], [role=textbox], [role=combobox]";
const TURNING = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"];
const OWN = "button, a, summary, [role=button]"; // space works these themselves

/** @typedef {(event: KeyboardEvent) => unknown} Act returns false to leave the key alone */

/**
 * Listen for a stage; returns what ends that.
 *
 * @param {HTMLElement} root
 * @param {Partial<Record<string, Act>>} acts by key
 */
export function listen(root, acts) {
  stages.add(root);
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    const inside = event.composedPath().includes(root);
    const alone =
      stages.size === 1 && (target === document.body || target === document.documentElement);
    if (!inside && !alone) return;
    const typing =
      (target instanceof Element && target.matches(TYPING)) ||
      (target instanceof HTMLElement && target.isContentEditable);
    const menu = inside && event.key === " "; // space plays, also on the menu of speeds
    if (typing && !menu) return;
    if (event.key === " " && target instanceof Element && target !== root && target.matches(OWN))
      return;
    if (TURNING.includes(event.key) && target instanceof Element && target.matches("[data-handle]"))
      return;
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || act(event) === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", onKey, true);
  return () => {
    stages.delete(root);
    document.removeEventListener("keydown", onKey, true);
  };
}
