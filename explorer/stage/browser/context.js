// What every panel is given: the palette, the frames, the selections, and how to write a number.

import { inkOn, lightness } from "./colour.js";
import { number } from "./format.js";
import { FrameStore } from "./run/store.js";
import { Terms } from "./terms.js";

/**
 * @import { Missable } from "./format.js"
 * @import { Hand } from "./dials/hand.js"
 * @import { Explanations } from "./layout.js"
 * @import { Frame, Values } from "./run/store.js"
 * @import { Palette, Panel } from "./types"
 */

const REDUCED = window.matchMedia("(prefers-reduced-motion: reduce)");

/**
 * What is painted: the frame that has the picture and where the store keeps it, and the index of
 * the frame under the playhead, which is another one where that only says its trouble.
 *
 * @typedef {object} View
 * @property {Frame} frame
 * @property {number} index
 * @property {number} position
 * @property {boolean} playing
 * @property {boolean} moving whether a hand turns a dial, and another picture follows at once
 */

/**
 * A panel that was made: what stands in the picture, and how it is painted, told of another size,
 * and taken away. One that can `take` another panel of its kind shows that from then on. What is
 * only a `picture` is not painted while the picture moves and it is out of sight.
 *
 * @typedef {{
 *   element: HTMLElement,
 *   picture?: boolean,
 *   paint(view: View): void,
 *   resize?(): void,
 *   leave?(): void,
 *   take?(panel: Panel): boolean }} Made
 */

/**
 * What makes a panel of one kind.
 *
 * @template P
 * @typedef {(panel: P, stage: Context) => Made} Maker
 */

/**
 * What panels do to their stage: move the playhead, select, go to a stage of the step, repaint.
 *
 * @typedef {object} Acts
 * @property {(index: number) => void} go
 * @property {(name: string, value: number) => void} select
 * @property {(values: Record<string, number>, held?: boolean) => void} selectAll
 * @property {(stage: number) => void} goStage
 * @property {() => void} refresh
 */

/** @typedef {Partial<Record<string, number>>} Selects the selections by name */

/**
 * A number that was opened under the microscope: its name, the unit and frame it was opened at,
 * and through which dot product.
 *
 * @typedef {object} Opened
 * @property {string} name
 * @property {number} unit
 * @property {number} index
 * @property {string} [via]
 */

/** The shared context of one stage. */
export class Context {
  /**
   * @param {HTMLElement} root
   * @param {Explanations} explanations
   * @param {Acts} acts
   */
  constructor(root, explanations, acts) {
    this.root = root;
    this.explanations = explanations;
    this.terms = new Terms(explanations);
    this.go = acts.go;
    this.select = acts.select;
    this.selectAll = acts.selectAll;
    this.goStage = acts.goStage;
    this.refresh = acts.refresh;
    /** @type {Opened[]} */
    this.opened = []; // what the microscope shows, the last is open
    this.pointed = -1; // index of the frame whose chip is pointed out
    /** @type {Hand | null} */
    this.hand = null; // what turns dials, for the handles in the picture
    this.turns = 0; // grows when a dial stands elsewhere
    /** @type {Frame | null} */
    this.still = null;
    this.frames = new FrameStore();
    /** @type {Selects} */
    this.selects = {};
    this.stage = 0; // inside a step, for scenes with a diagram
    this.narrow = false;
    this.presenter = false;
    this.outOfSight = false;
    this.horizon = 1; // index up to which time is drawn
    this.clock = "step";
    this.look = 0; // grows when colours, sizes, selections or still arrays change
    /** @type {Record<string, string>} */
    this.palette = {};
    /** @type {Partial<Record<string, number[]>>} */
    this.dash = {};
    this.font = "sans-serif";
    this.monospace = "monospace";
    this.dark = false;
  }

  get reducedMotion() {
    return REDUCED.matches;
  }

  /** The smallest text in px, and how much thicker lines are for a presenter. */
  get text() {
    return this.presenter ? 18 : 14;
  }

  get weight() {
    return this.presenter ? 1.5 : 1;
  }

  /** Something that all panels may show is another now. */
  changed() {
    this.look += 1;
    this.refresh();
  }

  /**
   * Point out what was read at a frame.
   *
   * @param {number} index
   */
  pointOut(index) {
    this.pointed = index;
    this.changed();
  }

  /**
   * @param {Missable} value
   * @param {string} [form]
   * @param {Missable} [of]
   */
  number(value, form, of) {
    return number(value, form, of);
  }

  /**
   * @param {View} view
   * @param {string} name
   * @returns {Values | undefined}
   */
  array(view, name) {
    return view.frame.arrays[name] ?? this.still?.arrays[name];
  }

  /**
   * The place in arrays of what a selection chooses: of a large cell they hold some units alone, and
   * the still array `shown/<selection>` says which. What they do not hold has the place −1.
   *
   * @param {string} select
   */
  placeOf(select) {
    const chosen = this.selects[select] ?? 0;
    const shown = this.still?.arrays[`shown/${select}`]?.data;
    return shown ? shown.indexOf(chosen) : chosen;
  }

  /**
   * What a selection chooses when it chooses this place.
   *
   * @param {string} select
   * @param {number} place
   */
  numberAt(select, place) {
    const shown = this.still?.arrays[`shown/${select}`]?.data;
    return shown ? (shown[place] ?? place) : place;
  }

  /**
   * @param {View} view
   * @param {string} name
   */
  scalar(view, name) {
    return view.frame.scalars[name] ?? this.still?.scalars[name] ?? null;
  }

  /**
   * A number as it is, or the scalar of that name.
   *
   * @param {View} view
   * @param {number | string} source
   */
  value(view, source) {
    return typeof source === "number" ? source : this.scalar(view, source);
  }

  /**
   * The text with every {name} or {name:form} replaced by that scalar.
   *
   * @param {string} text
   * @param {View} view
   */
  fill(text, view) {
    if (!text || !text.includes("{")) return text ?? "";
    return text.replace(/\{([^{}:]+)(?::(\w+))?\}/g, (whole, name, form) =>
      number(this.scalar(view, name), form),
    );
  }

  /**
   * Have a text come up when an element is pointed at, focused or tapped.
   *
   * @param {HTMLElement | SVGElement} target
   * @param {string | (() => string)} text
   */
  explain(target, text) {
    this.explanations.attach(target, text);
  }

  /**
   * Take the colours of the page's theme; returns whether they have changed.
   *
   * @param {Palette} palette
   */
  dress({ light, dark, dash, font, monospace }) {
    const isDark = pageIsDark(this.root);
    const palette = isDark ? dark : light;
    if (this.palette === palette) return false;
    Object.assign(this, { palette, dark: isDark, dash, font, monospace });
    const { style } = this.root.parentElement ?? this.root; // for the dials beside it too
    for (const [role, colour] of Object.entries(palette))
      style.setProperty(`--${role.replaceAll("_", "-")}`, colour);
    style.setProperty("--on-accent", inkOn(palette.accent));
    style.setProperty("--font", font);
    style.setProperty("--monospace", monospace);
    style.colorScheme = isDark ? "dark" : "light";
    this.look += 1;
    return true;
  }
}

/**
 * Whether the page around the stage is dark: by Streamlit's background colour, else by the system.
 *
 * @param {Element} root
 */
function pageIsDark(root) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  if (background) return lightness(background) < 0.5;
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}
