// Where the panels stand: the scene's grid, wide or narrow, and the height that fits the window.

export const NARROW = 760; // px of the stage's own width
const LEAST = 470; // px of height, however small the window
const MARGIN = 16; // px left free under the stage

/** An element with a class and children (text or elements). */
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** The title of a panel with its note; null when it has neither. */
export function heading(title, note, large = false) {
  if (!title && !note) return null;
  const head = element("header", large ? "head large" : "head", element("h3", "", title ?? ""));
  if (note) head.append(element("span", "note", note));
  return head;
}

/** Set one CSS grid of a scene on the element that holds its panels. */
export function arrange(panels, { columns, rows, areas }) {
  panels.style.gridTemplateColumns = columns.map(track).join(" ");
  panels.style.gridTemplateRows = rows.join(" ");
  panels.style.gridTemplateAreas = areas.map((row) => `"${row}"`).join(" ");
  const named = new Set(areas.join(" ").split(/\s+/));
  for (const panel of panels.children) panel.style.display = named.has(panel.dataset.area) ? "" : "none";
}

/** A column of "1fr" may become narrower than its content, or a long word would push the others. */
const track = (size) => (/^[\d.]+fr$/.test(size) ? `minmax(0, ${size})` : size);

/**
 * Keeps the stage as high as the window has room below its top, on wide screens; less where its
 * square plots are as wide as their cells allow. `changed()` is called when a size has changed.
 */
export class Layout {
  constructor(root, panels, changed) {
    this.root = root;
    this.panels = panels;
    this.changed = changed;
    this.narrow = null;
    this.seen = "";
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(root);
    this.contents = new ResizeObserver(() => this.trim()); // sentences may take more lines
    this.fitSoon = () => this.fit();
    window.addEventListener("resize", this.fitSoon);
    this.timer = setInterval(this.fitSoon, 400); // the page above may grow without telling
  }

  use(scene, height) {
    this.scene = scene;
    this.height = height;
    this.seen = "";
    this.fit();
  }

  get full() {
    return this.root.matches(":fullscreen");
  }

  fit() {
    if (!this.scene || !this.root.isConnected) return;
    const width = this.root.clientWidth;
    if (!width) return;
    const room = this.room();
    const seen = `${width} ${room} ${this.full} ${devicePixelRatio}`;
    if (seen === this.seen) return;
    this.seen = seen;
    const narrow = width < NARROW;
    const { classList, style } = this.root;
    classList.toggle("narrow", narrow);
    classList.toggle("presenter", this.full);
    arrange(this.panels, narrow ? this.scene.narrow : this.scene.wide);
    style.height = room ? `${room}px` : "auto";
    this.narrow = narrow;
    this.trim();
    this.changed();
  }

  /** Have the height follow the contents of these panels. */
  watch(wrappers) {
    this.contents.disconnect();
    for (const wrapper of wrappers) this.contents.observe(wrapper);
  }

  /** Take away height that the square plots cannot use. */
  trim() {
    const { style } = this.root;
    if (!this.scene || this.height || this.full || this.narrow || !this.root.isConnected) return;
    const room = this.room();
    style.height = `${room}px`;
    style.height = `${room - this.slack()}px`;
  }

  /** The height the stage may take, in px; 0 where it takes what its panels need. */
  room() {
    if (this.full) return window.innerHeight;
    if (this.height) return this.height;
    if (this.root.clientWidth < NARROW) return 0;
    const top = this.root.getBoundingClientRect().top + scrolled(this.root);
    return Math.max(LEAST, Math.round(window.innerHeight - top - MARGIN));
  }

  /** By how much every square plot is higher than it is wide: height that nobody needs. */
  slack() {
    const bodies = [...this.panels.querySelectorAll(".plot.square .body")].filter((body) => body.clientWidth);
    if (!bodies.length) return 0;
    const spare = Math.min(...bodies.map((body) => body.clientHeight - body.clientWidth));
    return Math.max(0, Math.min(spare, this.root.clientHeight - LEAST));
  }

  close() {
    this.observer.disconnect();
    this.contents.disconnect();
    clearInterval(this.timer);
    window.removeEventListener("resize", this.fitSoon);
  }
}

/** How far the page has been scrolled over the element, through shadow roots. */
function scrolled(node) {
  let sum = 0;
  for (let at = node; at; at = at.parentNode ?? at.host) sum += at.scrollTop ?? 0;
  return sum;
}

/** Explanations: text that a hover, a focus or a tap on an element brings up. */
export class Explanations {
  constructor(root) {
    this.root = root;
    this.box = element("div", "explanation");
    this.box.hidden = true;
    this.box.setAttribute("role", "tooltip");
    root.append(this.box);
  }

  attach(target, text) {
    const show = () => this.show(target, text);
    const hide = () => (this.box.hidden = true);
    target.addEventListener("pointerenter", show);
    target.addEventListener("pointerleave", hide);
    target.addEventListener("focus", show);
    target.addEventListener("blur", hide);
    target.addEventListener("click", show);
  }

  show(target, text) {
    const { box, root } = this;
    box.textContent = typeof text === "function" ? text() : text;
    box.hidden = false;
    const [frame, at] = [root.getBoundingClientRect(), target.getBoundingClientRect()];
    const left = Math.max(0, Math.min(at.left - frame.left, frame.width - box.offsetWidth));
    const above = at.top - frame.top - box.offsetHeight - 6;
    box.style.left = `${left}px`;
    box.style.top = `${above > 0 ? above : at.bottom - frame.top + 6}px`;
  }
}
