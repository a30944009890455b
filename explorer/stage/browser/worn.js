// How a style sheet is put on: as an element, or as a sheet of the document where a page's policy
// takes no styles in elements.

import { element } from "./layout.js";

/**
 * Put a style sheet on what stands beside or below an element; returns what takes it off.
 *
 * @param {HTMLElement | ShadowRoot} parent
 * @param {string} rules
 * @param {boolean} strict whether the page takes no styles in elements
 */
export function wear(parent, rules, strict) {
  if (!strict) {
    const style = element("style", "", rules);
    parent.append(style);
    return () => style.remove();
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  };
}
