// The column of dials beside a picture: groups of them, built from rows and never twice.

import { element, Explanations } from "../layout.js";
import { meaning } from "../terms.js";
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
    // On a phone the dials stand folded under the picture; the line says what is turned.
    this.fold = element("button", "fold");
    this.fold.type = "button";
    this.fold.addEventListener("click", () => this.unfold(!this.element.classList.contains("open")));
    this.unfold(false);
  }

  /** @param {boolean} open */
  unfold(open) {
    this.element.classList.toggle("open", open);
    this.fold.setAttribute("aria-expanded", String(open));
  }

  /** Say in the fold's line which dials are turned. */
  sum() {
    const { settings, defaults } = this.hand;
    const turned = [...this.knobs].filter(
      ([name, { element }]) =>
        name in defaults && settings[name] !== defaults[name] && element.querySelector(".name"),
    );
    const told = turned.slice(0, 2).map(([name, { element }]) => {
      const value = element.querySelector(".value")?.textContent;
      const label = element.querySelector(".name")?.textContent ?? name;
      return value ? `${label} ${value}` : label;
    });
    const more = turned.length - told.length;
    if (more > 0) told.push(`${more} more`);
    this.fold.textContent = told.length ? `Dials, turned: ${told.join(", ")}` : "Dials";
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
        const name = one.element.querySelector(".top:not(.visually-hidden) > label.name");
        const said = () => [knob.help, meaning(knob.label)].filter(Boolean).join(" ");
        this.explanations.attach(name instanceof HTMLElement ? name : one.element, said, one.element);
        return one.element;
      });
      if (!group.folded)
        return element(
          "section",
          "group",
          ...(group.title ? [element("h2", "", group.title)] : []),
          ...knobs,
        );
      const folded = element("details", "group", element("summary", "", group.title), ...knobs);
      folded.setAttribute("name", group.title);
      folded.open = open.has(group.title);
      return folded;
    });
    this.element.replaceChildren(this.fold, ...made, this.coarse, this.explanations.box);
    this.mark();
    this.show(Object.keys(this.hand.settings));
    if (focus) this.focus(focus);
  }

  /** Underline the names of dials that are terms; what stands beside a dial says what they mean. */
  mark() {
    for (const name of this.element.querySelectorAll(".top > .name"))
      name.classList.toggle("term", meaning(name.textContent ?? "") !== "");
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
    this.sum();
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
    if (sentence) this.unfold(true);
    return true;
  }
}
