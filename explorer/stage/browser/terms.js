// Words that explain themselves where they first appear, from the glossary that the page names.

import { element } from "./layout.js";

/** @import { Explanations } from "./layout.js" */

/** @typedef {{ name: string, forms: string[], said: string }} Term what it is called, and what it means */

/** @type {Map<string, Term>} */
const byForm = new Map();
/** @type {RegExp | null} */
let pattern = null;
/** @type {Promise<void> | null} */
let learning = null;

/**
 * Load the glossary, once for all stages; `then` is called when it is there.
 *
 * @param {string} address
 * @param {() => void} then
 */
export function learnTerms(address, then) {
  learning ??= import(address).then(({ default: terms }) => know(terms));
  learning.then(then, () => {}); // a page without explanations is a page all the same
}

/** @param {Term[]} terms */
function know(terms) {
  byForm.clear();
  for (const term of terms) for (const form of term.forms) byForm.set(form.toLowerCase(), term);
  const forms = [...byForm.keys()].sort((one, other) => other.length - one.length);
  const some = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  pattern = forms.length ? new RegExp(`(?<![\\p{L}\\p{N}_/-])(?:${some})(?![\\p{L}\\p{N}_-])`, "giu") : null;
}

/**
 * What the first term in a name means; nothing where there is none.
 *
 * @param {string} name
 */
export function meaning(name) {
  const [match] = pattern ? name.matchAll(pattern) : [];
  const term = match && byForm.get(match[0].toLowerCase());
  return term ? `${term.name}: ${term.said}` : "";
}

/** The terms of one stage: each is explained once, unless the page beside it has done so. */
export class Terms {
  /** @param {Explanations} explanations */
  constructor(explanations) {
    this.explanations = explanations;
    /** @type {Map<string, HTMLElement>} */
    this.first = new Map(); // where a term stands first, by its name
  }

  /**
   * Mark the terms in an element that nobody has explained yet: on hover, tap and focus.
   *
   * @param {Element} place
   */
  mark(place) {
    if (!pattern) return;
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
    for (const text of texts) {
      if (text.parentElement?.closest("[data-term]")) continue;
      const pieces = this.pieces(text.data, pattern);
      if (pieces.length > 1 || pieces[0] instanceof HTMLElement) text.replaceWith(...pieces);
    }
  }

  /**
   * @param {string} text
   * @param {RegExp} forms
   * @returns {(string | HTMLElement)[]}
   */
  pieces(text, forms) {
    /** @type {(string | HTMLElement)[]} */
    const found = [];
    const here = new Set(); // what this text explains: it stands on the page only later
    let at = 0;
    for (const match of text.matchAll(forms)) {
      const term = byForm.get(match[0].toLowerCase());
      if (!term || here.has(term.name) || this.known(term)) continue;
      here.add(term.name);
      if (match.index > at) found.push(text.slice(at, match.index));
      found.push(this.marked(match[0], term));
      at = match.index + match[0].length;
    }
    if (at < text.length) found.push(text.slice(at));
    return found;
  }

  /** @param {Term} term */
  known({ name }) {
    if (this.first.get(name)?.isConnected) return true;
    return document.querySelector(`[data-term="${CSS.escape(name)}"]`) !== null; // on the page
  }

  /**
   * @param {string} word
   * @param {Term} term
   */
  marked(word, term) {
    const mark = element("span", "term", word);
    mark.dataset.term = term.name;
    mark.tabIndex = 0;
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-description", term.said);
    this.explanations.attach(mark, term.said);
    this.first.set(term.name, mark);
    return mark;
  }
}
