// What every panel is given: the palette, the frames, the selections, and how to write a number.

import { inkOn, lightness } from "./colour.js";
import { number } from "./format.js";
import { FrameStore } from "./run/store.js";

const REDUCED = window.matchMedia("(prefers-reduced-motion: reduce)");

/**
 * The shared context of one stage. `acts` are go(index), select(name, value), selectAll(values),
 * goStage(i), refresh().
 */
export class Context {
  constructor(root, explanations, acts) {
    this.root = root;
    this.explanations = explanations;
    Object.assign(this, acts); // go, select, selectAll, goStage, refresh
    this.opened = []; // what the microscope shows: [{name, unit, index, via}], the last is open
    this.pointed = -1; // index of the frame whose chip is pointed out
    this.still = null;
    this.frames = new FrameStore();
    this.selects = {};
    this.stage = 0; // inside a step, for scenes with a diagram
    this.narrow = false;
    this.presenter = false;
    this.outOfSight = false;
    this.horizon = 1; // index up to which time is drawn
    this.clock = "step";
    this.look = 0; // grows when colours, sizes, selections or still arrays change
    this.palette = {};
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

  /** Point out what was read at a frame. */
  pointOut(index) {
    this.pointed = index;
    this.changed();
  }

  number(value, form, of) {
    return number(value, form, of);
  }

  array(view, name) {
    return view.frame.arrays[name] ?? this.still?.arrays[name];
  }

  scalar(view, name) {
    return view.frame.scalars[name] ?? this.still?.scalars[name] ?? null;
  }

  /** A number as it is, or the scalar of that name. */
  value(view, source) {
    return typeof source === "number" ? source : this.scalar(view, source);
  }

  /** The text with every {name} or {name:form} replaced by that scalar. */
  fill(text, view) {
    if (!text || !text.includes("{")) return text ?? "";
    return text.replace(/\{([^{}:]+)(?::(\w+))?\}/g, (whole, name, form) =>
      number(this.scalar(view, name), form),
    );
  }

  /** Have a text come up when an element is pointed at, focused or tapped. */
  explain(target, text) {
    this.explanations.attach(target, text);
  }

  /** Take the colours of the page's theme; returns whether they have changed. */
  dress({ light, dark, dash, font, monospace }) {
    const isDark = pageIsDark(this.root);
    const palette = isDark ? dark : light;
    if (this.palette === palette) return false;
    Object.assign(this, { palette, dark: isDark, dash, font, monospace });
    const { style } = this.root;
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
 */
function pageIsDark(root) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  if (background) return lightness(background) < 0.5;
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}
