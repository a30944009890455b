// How a style sheet is put on: as an element beside what it is about, or, where a page's policy takes
// no styles in elements, as a sheet of the document.

import { element } from "./layout.js";

let strict = false;
/** @type {Set<string>} */
const worn = new Set(); // by the document itself

/** From now on: this page takes no styles in elements. */
export function wearNoElements() {
  strict = true;
}

/**
 * A style sheet, to be put where it belongs.
 *
 * @param {string} rules
 * @returns {ChildNode}
 */
export function styled(rules) {
  if (!strict) return element("style", "", rules);
  if (!worn.has(rules)) {
    worn.add(rules);
    const made = new CSSStyleSheet();
    made.replaceSync(rules);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, made];
  }
  return document.createComment("its style is the document's");
}
