// The column of dials beside a picture: groups of them, built from rows and never twice.

import { element, Explanations } from "../layout.js";
import { makeKnob } from "./knobs.js";

/**
 * @import { Column as Told, Group } from "../types"
 * @import { Hand } from "./hand.js"
 * @import { Made } from "./knobs.js"
 */

/** The dials of one page as they stand. */
export class Column {
  /** @param {Hand} hand */
  constructor(hand) {
    this.hand = hand;
    this.element = element("div", "dials");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Dials");
    this.coarse = element("p", "coarse"); // what is left out while a hand moves
    this.explanations = new Explanations(this.element);
    /** @type {Map<string, Made>} */
    this.knobs = new Map(); // by the name of the setting
    /** @type {string[]} */
    this.derived = []; // the knobs that are no setting of their own
    this.built = "";
  }

  /**
   * Stand as the page says; dials that are there stay, with the focus.
   *
   * @param {Told} column
   */
  take(column) {
    const built = JSON.stringify(column.groups);
    this.hand.defaults = column.defaults;
    if (built !== this.built) this.build(column.groups);
    this.built = built;
    this.hand.adopt(column);
  }

  /** @param {Group[]} groups */
  build(groups) {
    const open = new Set(
      [...this.element.querySelectorAll("details[open]")].map((one) => one.getAttribute("name")),
    );
    const focus = this.focused;
    this.knobs = new Map();
    this.derived = [];
    const made = groups.map((group) => {
      const knobs = group.knobs.map((knob) => {
        const one = makeKnob(knob, this.hand);
        this.knobs.set(knob.name, one);
        if (knob.stands.length) this.derived.push(knob.name);
        const name = one.element.querySelector("label.name, .names");
        if (knob.help && name instanceof HTMLElement)
          this.explanations.attach(name, knob.help);
        return one.element;
      });
      if (!group.folded)
        return element(
          "section",
          "group",
          ...(group.title ? [element("h4", "", group.title)] : []),
          ...knobs,
        );
      const folded = element("details", "group", element("summary", "", group.title), ...knobs);
      folded.setAttribute("name", group.title);
      folded.open = open.has(group.title);
      return folded;
    });
    this.element.replaceChildren(...made, this.coarse, this.explanations.box);
    this.show(Object.keys(this.hand.settings));
    if (focus) this.focus(focus);
  }

  get focused() {
    const root = this.element.getRootNode();
    if (!(root instanceof Document || root instanceof ShadowRoot)) return "";
    const dial = root.activeElement?.closest("[data-dial]");
    return dial && this.element.contains(dial) ? (dial.getAttribute("data-dial") ?? "") : "";
  }

  /** @param {string} name */
  focus(name) {
    const control = this.knobs.get(name)?.element.querySelector("input, select, textarea");
    if (control instanceof HTMLElement) control.focus({ preventScroll: true });
  }

  /**
   * Have dials show what they stand at; a sentence that was said of one is forgotten.
   *
   * @param {string[]} names
   */
  show(names) {
    for (const name of names) {
      this.knobs.get(name)?.show(this.hand.settings[name]);
      this.say(name, "");
    }
    for (const name of this.derived) this.knobs.get(name)?.show(null);
  }

  /**
   * Say beside a dial why it cannot be what was asked of it; a folded group of dials unfolds.
   *
   * @param {string} name
   * @param {string} sentence
   */
  say(name, sentence) {
    const line = this.knobs.get(name)?.element.querySelector(".refused");
    if (!(line instanceof HTMLElement)) return false;
    line.textContent = sentence;
    line.hidden = !sentence;
    const group = line.closest("details");
    if (sentence && group) group.open = true;
    return true;
  }
}
