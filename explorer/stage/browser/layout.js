// Where the panels stand: the scene's grid, wide or narrow, and the height that fits the window.

import { onPresenting, presents } from "./room/presenting.js";

/** @import { Grid, Scene } from "./types" */

const SLIM = 640; // px of the stage's own width below which the time bar takes two rows
const LEAST = 470; // px of height, however small the window
const LOW = { window: 640, least: 400 }; // the height of a laptop at 150 %, and what it has room for
const MARGIN = 6; // px left free under the stage, beside its own
const GAP = 22; // px between the panels and the time bar, and below it
const SMALLEST = 250; // px; a square plot does not become smaller because the window is low
const READABLE = 90; // px; nor any other plot in a row that takes what room there is

/**
 * An element with a class and children (text or elements).
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * What has the focus on the page, or in the shadow root, that an element stands in.
 *
 * @param {Node} element
 */
export function focused(element) {
  const root = element.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}

/**
 * The title of a panel with its note; null when it has neither.
 *
 * @param {string} title
 * @param {string} note
 */
export function heading(title, note, large = false) {
  if (!title && !note) return null;
  const head = element("header", large ? "head large" : "head");
  if (title) head.append(element("h2", "", title));
  if (note) head.append(element("span", "note", note));
  return head;
}

/**
 * Set one CSS grid of a scene; rows below its fold stand in `rest`, the others in `first`.
 *
 * @param {HTMLElement[]} wrappers
 * @param {HTMLElement} first
 * @param {HTMLElement} rest
 * @param {Grid} grid
 */
export function arrange(wrappers, first, rest, { columns, rows, areas, fold }) {
  const cut = fold || areas.length;
  for (const { grid, from, to } of [
    { grid: first, from: 0, to: cut },
    { grid: rest, from: cut, to: areas.length },
  ]) {
    const names = areas.slice(from, to);
    grid.style.gridTemplateColumns = columns.map(track).join(" ");
    grid.style.gridTemplateRows = rows.slice(from, to).join(" ");
    grid.style.gridTemplateAreas = names.map((row) => `"${row}"`).join(" ");
    grid.hidden = !names.length;
    const inside = wrappers.filter(({ dataset: { area } }) =>
      names.some((row) => row.split(/\s+/).some((name) => name === area)),
    );
    stand(grid, inside);
  }
}

/**
 * Have these children in this order; those that stay are not moved, so that they keep the focus.
 *
 * @param {HTMLElement} parent
 * @param {Element[]} wanted
 */
function stand(parent, wanted) {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, i) => {
    const there = parent.children[i];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}

/**
 * A column of "1fr" may become narrower than its content, or a long word would push the others.
 *
 * @param {string} size
 */
const track = (size) => (/^[\d.]+fr$/.test(size) ? `minmax(0, ${size})` : size);

/**
 * Keeps the stage as high as the window has room below its top, on wide screens; less where its
 * square plots are as wide as their cells allow. `changed()` is called when a size has changed.
 */
export class Layout {
  /**
   * @param {HTMLElement} root
   * @param {() => void} changed
   */
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {HTMLElement[]} */
    this.wrappers = [];
    /** @type {number | null} */
    this.height = null;
    /** @type {readonly string[]} */
    this.lit = []; // areas that stand alone where there is room for one after the other only
    this.first = element("div", "panels");
    this.rest = element("div", "panels rest");
    this.narrow = false;
    this.seen = "";
    this.slim = false; // whether the time bar takes two rows
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(root);
    this.contents = new ResizeObserver(() => this.trim()); // sentences may take more lines
    this.fitSoon = () => this.fit();
    window.addEventListener("resize", this.fitSoon);
    this.deaf = onPresenting(this.fitSoon);
    this.timer = setInterval(this.fitSoon, 400); // the page above may grow without telling
  }

  /**
   * Stand these panels as a scene says; `height` in px, or as the window allows.
   *
   * @param {Scene} scene
   * @param {HTMLElement[]} wrappers
   * @param {number | null} height
   */
  use(scene, wrappers, height) {
    this.scene = scene;
    this.wrappers = wrappers;
    this.height = height;
    this.seen = "";
    this.contents.disconnect();
    for (const wrapper of wrappers) this.contents.observe(wrapper);
    this.fit();
  }

  get full() {
    return this.root.closest(":fullscreen") !== null;
  }

  /** Whether it is seen from far away. */
  get large() {
    return this.full || (presents() && !this.height);
  }

  /** Arrange the panels, when the room for them is another than before. */
  fit() {
    if (!this.scene || !this.root.isConnected) return;
    const width = this.root.clientWidth;
    if (!width) return;
    const narrow = width < this.scene.wide_from && !this.height;
    const room = this.room(narrow);
    const seen = `${width} ${room} ${this.full} ${this.large} ${devicePixelRatio}`;
    if (seen === this.seen) return;
    this.seen = seen;
    this.narrow = narrow;
    this.root.classList.toggle("narrow", narrow);
    this.slim = width < SLIM;
    this.root.classList.toggle("slim", this.slim);
    this.root.classList.toggle("presenter", this.large);
    this.root.parentElement?.classList.toggle("presenting", presents());
    arrange(
      this.wrappers,
      this.first,
      this.rest,
      narrow ? alone({ ...this.scene.narrow, fold: 0 }, this.lit) : this.scene.wide,
    );
    this.trim();
    this.changed();
  }

  /** Give the first panels the height that is left, less what their square plots cannot use. */
  trim() {
    if (!this.scene || !this.root.isConnected) return;
    const { style } = this.first;
    const room = this.room(this.narrow);
    if (!room) {
      style.height = "auto";
      return;
    }
    /** @type {HTMLElement | null} */
    const beside = this.root.querySelector(":scope > [data-beside]");
    const left = room - (beside ? beside.offsetHeight + GAP : 0);
    style.height = `${left}px`;
    if (this.height) return;
    const slack = this.slack(left);
    if (slack) style.height = `${left - slack}px`;
    else this.grow(left);
  }

  /**
   * In a low window, go beyond its edge until plots have the room they need; the time bar stays in
   * view.
   *
   * @param {number} height
   */
  grow(height) {
    const { first } = this;
    const inside = this.wrappers.filter((wrapper) => wrapper.parentNode === first);
    const elastic = new Set(this.scene ? elasticAreas(this.scene.wide) : []);
    const lacks = () =>
      Math.max(
        0,
        first.scrollHeight - first.clientHeight,
        ...inside.map((one) => lack(one, elastic.has(one.dataset.area ?? ""))),
      );
    let [now, lacking] = [height, lacks()];
    for (let round = 0; round < 8 && lacking >= 1; round += 1) {
      first.style.height = `${now + lacking}px`;
      const left = lacks();
      if (left > lacking - 1) {
        first.style.height = `${now}px`; // more height does not help
        return;
      }
      [now, lacking] = [now + lacking, left];
    }
  }

  /**
   * The height the stage may take, in px; 0 where it takes what its panels need.
   *
   * @param {boolean} narrow
   */
  room(narrow) {
    if (this.full) return window.innerHeight - 44;
    if (this.height) return this.height;
    if (narrow) return 0;
    const top = this.root.getBoundingClientRect().top + scrolled(this.root);
    const least = window.innerHeight <= LOW.window ? LOW.least : LEAST;
    return Math.max(least, Math.round(window.innerHeight - top - MARGIN));
  }

  /**
   * By how much every square plot is higher than it is wide: height that nobody needs.
   *
   * @param {number} height
   */
  slack(height) {
    const bodies = [...this.first.querySelectorAll(".plot.square .body")].filter(
      (body) => body.clientWidth,
    );
    if (!bodies.length) return 0;
    const spare = Math.min(...bodies.map((body) => body.clientHeight - body.clientWidth));
    return Math.max(0, Math.min(spare, height - LEAST / 2));
  }

  close() {
    this.observer.disconnect();
    this.contents.disconnect();
    clearInterval(this.timer);
    this.deaf();
    window.removeEventListener("resize", this.fitSoon);
  }
}

/**
 * A grid without the rows that nothing lit stands in; as it is, where nothing is lit at all.
 *
 * @param {Grid} grid
 * @param {readonly string[]} lit
 * @returns {Grid}
 */
function alone(grid, lit) {
  const areas = grid.areas.map((row) => row.split(/\s+/));
  const stay = areas.map((row) => row.some((area) => lit.includes(area)));
  if (!stay.includes(true)) return grid;
  return {
    ...grid,
    rows: grid.rows.filter((_, k) => stay[k]),
    areas: grid.areas.filter((_, k) => stay[k]),
  };
}

/**
 * The areas in rows that take what room there is.
 *
 * @param {Grid} grid
 */
const elasticAreas = ({ rows, areas }) =>
  areas.flatMap((row, k) => (rows[k].includes("fr") ? row.split(/\s+/) : []));

/**
 * By how much a panel is too low for what stands in it.
 *
 * @param {HTMLElement} wrapper
 * @param {boolean} elastic whether it becomes higher with the stage
 */
function lack(wrapper, elastic) {
  const body = wrapper.querySelector(".plot .body");
  if (!body) return wrapper.scrollHeight - wrapper.clientHeight;
  const square = body.matches(".square > .body");
  const wanted = square ? Math.min(SMALLEST, body.clientWidth) : elastic ? READABLE : 0;
  const short = Math.max(0, wanted - body.clientHeight);
  const below = body.getBoundingClientRect().bottom - wrapper.getBoundingClientRect().bottom;
  return short + Math.max(0, below);
}

/**
 * How far the page has been scrolled over the element, through shadow roots.
 *
 * @param {Element} element
 */
function scrolled(element) {
  let sum = 0;
  /** @type {Node | null} */
  let at = element;
  while (at) {
    if (at instanceof Element) sum += at.scrollTop;
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
  return sum;
}

/** Explanations: text that a hover, a focus or a tap on an element brings up. */
export class Explanations {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.box = element("div", "explanation");
    this.box.hidden = true;
    this.box.setAttribute("role", "tooltip");
    root.append(this.box);
    /** @type {{ target: Element, text: string | (() => string) } | null} */
    this.shown = null;
  }

  /**
   * Beside a target that takes no focus itself, `control` is what does.
   *
   * An element that Tab should reach has its tabindex already: a listener for the focus alone would
   * make a stop of a bare path, and one without a name.
   *
   * @param {HTMLElement | SVGElement} target
   * @param {string | (() => string)} text
   * @param {HTMLElement} [control]
   */
  attach(target, text, control) {
    const show = () => this.show(target, text);
    const hide = () => this.hide();
    target.addEventListener("pointerenter", show);
    target.addEventListener("pointerleave", hide);
    target.addEventListener("click", () => (target.dataset.opens ? hide() : show()));
    if (control) {
      // A pointer that takes hold of a dial wants no text over the picture; keys and readers do.
      control.addEventListener("focusin", () => control.querySelector(":focus-visible") && show());
      control.addEventListener("focusout", hide);
    }
    if (!target.hasAttribute("tabindex")) return;
    target.addEventListener("focus", show);
    target.addEventListener("blur", hide);
  }

  /**
   * @param {Element} target
   * @param {string | (() => string)} text
   */
  show(target, text) {
    const { box, root } = this;
    const said = typeof text === "function" ? text() : text;
    if (!said) return;
    this.shown = { target, text };
    box.textContent = said;
    box.hidden = false;
    const [frame, at] = [root.getBoundingClientRect(), target.getBoundingClientRect()];
    const left = Math.max(0, Math.min(at.left - frame.left, frame.width - box.offsetWidth));
    const above = at.top - frame.top - box.offsetHeight - 6;
    box.style.left = `${left}px`;
    box.style.top = `${above > 0 ? above : at.bottom - frame.top + 6}px`;
  }

  hide() {
    this.shown = null;
    this.box.hidden = true;
  }

  /** What stands beside a number says what the number is now. */
  refresh() {
    if (!this.shown) return;
    const { target, text } = this.shown;
    if (!target.isConnected) this.hide();
    else if (typeof text === "function" && text() !== this.box.textContent) this.show(target, text);
  }
}
