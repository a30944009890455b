// What is read, one chip a frame, tinted by an array: by one entry of every frame, or by the
// entries of the present one. Chips move the playhead, and dragging over them chooses a span.

import { inkOn, rampOf } from "../colour.js";
import { number } from "../format.js";
import { element, focused } from "../layout.js";
import { registered } from "../registry.js";
import { styled } from "../worn.js";

/**
 * @import { Made, Maker, View } from "../context.js"
 * @import { Tokens } from "../types"
 */

/** @typedef {{ from: number, to: number, moved: boolean }} Drag from one chip to another */

const STYLE = `
.stage .tokens .strip { display: flex; gap: 2px; overflow-x: auto; padding: 4px;
  margin: -4px; scrollbar-width: none; }
.stage .tokens .chip { flex: 1 0 auto; min-width: 26px; max-width: 76px; height: 40px;
  padding: 0 3px; display: grid; place-items: center; white-space: nowrap; cursor: pointer;
  border: 1px solid var(--line); border-radius: 7px; position: relative; user-select: none;
  font: 600 calc(var(--text) + 3px) var(--monospace); }
.stage .tokens .long .chip { flex: none; width: calc(12px + var(--longest) * 0.62em); max-width: none;
  content-visibility: auto; contain-intrinsic-size: 26px 40px; }
.stage.narrow .tokens .chip { min-width: 40px; }
.stage .tokens .chip:hover { border-color: var(--mute); }
.stage .tokens .chip[aria-selected] { outline: 3px solid var(--accent); outline-offset: 0; z-index: 1; }
.stage .tokens .chip.marked::after { content: ""; position: absolute; left: 5px; right: 5px; bottom: 4px;
  height: 3px; border-radius: 2px; background: currentColor; }
.stage .tokens .chip.within { border-color: var(--accent); border-width: 2px 0; border-radius: 0;
  box-shadow: -2px 0 0 var(--accent), 2px 0 0 var(--accent); }
.stage .tokens .chip.within + .within { box-shadow: -2px -19px 0 -17px var(--accent), 2px 0 0 var(--accent); }
.stage .tokens .chip.pointed { animation: stage-pointed 420ms ease-out 3; outline: 3px solid var(--warn); outline-offset: 2px; z-index: 2; }
@keyframes stage-pointed { from { outline-offset: 8px; } }
`;
const LONG = 90; // tokens; more of them never stand in view all at once, and have a fixed width
const HURRY = 350; // ms between two steps
const STRONGEST = 0.78; // share of the full colour at the largest magnitude

/** @type {Maker<Tokens>} */
export function make(panel, stage) {
  const strip = element("div", "strip");
  strip.setAttribute("role", "listbox");
  strip.setAttribute("aria-orientation", "horizontal");
  strip.setAttribute("aria-label", panel.alt || "What is read");
  strip.classList.toggle("long", panel.tokens.length > LONG);
  const longest = Math.max(1, ...panel.tokens.map((token) => token.length));
  strip.style.setProperty("--longest", String(longest));
  const root = element("div", "tokens", styled(STYLE), strip);
  const chips = panel.tokens.map((token, i) => {
    const chip = element("div", "chip", token);
    chip.setAttribute("role", "option");
    chip.tabIndex = -1;
    chip.dataset.at = String(i);
    return chip;
  });
  strip.append(...chips);
  const first = `${panel.span}_first`;
  const last = `${panel.span}_last`;
  let tinted = "";
  let current = -1;
  /** @type {Drag | null} */
  let drag = null;
  let playing = false;
  /** @type {number | null} */
  let anchor = null; // where a span from the keyboard began

  const at = () => (panel.select ? stage.placeOf(panel.select) : 0);

  /** @returns {(number | null)[]} */
  const blank = () => new Array(chips.length).fill(null);

  /** The number behind every chip; null where there is none. */
  const valuesOf = registered({ frame: ofFrame, frames: ofFrames }, panel.of, "source of a tint");

  /** @param {View} view */
  function ofFrame(view) {
    const values = blank();
    const data = stage.array(view, panel.array)?.data ?? [];
    for (let i = 0; i < Math.min(data.length, values.length); i += 1) {
      if (Number.isFinite(data[i])) values[i] = data[i];
    }
    return values;
  }

  function ofFrames() {
    const values = blank();
    for (const frame of stage.frames.frames) {
      const value = frame.arrays[panel.array]?.data[at()] ?? NaN;
      if (Number.isFinite(value) && frame.index < values.length) values[frame.index] = value;
    }
    return values;
  }

  /** @param {View} view */
  function tint(view) {
    const values = panel.array ? valuesOf(view) : blank();
    const marks = panel.marks ? (stage.array(view, panel.marks)?.data ?? []) : [];
    const largest = Math.max(1e-12, ...values.map((value) => Math.abs(value ?? 0)));
    const ramp = rampOf(stage.palette, "signed", "");
    chips.forEach((chip, i) => {
      const share = (values[i] ?? 0) / largest;
      const from = 3 * Math.round(127.5 + 127.5 * STRONGEST * share);
      const colour = `rgb(${ramp[from]}, ${ramp[from + 1]}, ${ramp[from + 2]})`;
      if (chip.dataset.tint !== colour) paintChip(chip, colour);
      const told = values[i] === null ? "" : `, ${number(values[i])}`;
      const marked = Boolean(marks[i]);
      chip.classList.toggle("marked", marked);
      const name = `${stage.clock} ${i + 1}: ${panel.tokens[i]}${told}${marked ? ", marked" : ""}`;
      chip.setAttribute("aria-label", name);
    });
  }

  /**
   * @param {HTMLElement} chip
   * @param {string} colour
   */
  function paintChip(chip, colour) {
    chip.dataset.tint = colour;
    chip.style.background = colour;
    chip.style.color = inkOn(colour) === "#ffffff" ? "#ffffff" : "#000000"; // 4.5:1 on any tint
  }

  let spanned = "";

  function paintSpan() {
    const { from = NaN, to = NaN } = drag?.moved
      ? drag
      : { from: stage.selects[first], to: stage.selects[last] };
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    if (`${low} ${high}` === spanned) return;
    spanned = `${low} ${high}`;
    chips.forEach((chip, i) => chip.classList.toggle("within", i >= low && i <= high));
    Object.assign(strip.dataset, { first: low, last: high });
  }

  /** @param {number} index */
  function mark(index) {
    const inside = strip.contains(focused(strip));
    if (current >= 0) {
      chips[current]?.removeAttribute("aria-selected");
      if (chips[current]) chips[current].tabIndex = -1;
    }
    current = index;
    const chip = chips[index];
    if (!chip) return;
    chip.setAttribute("aria-selected", "true");
    chip.tabIndex = 0;
    if (inside) chip.focus({ preventScroll: true });
    show(chip);
  }

  let shownAt = -Infinity;
  /** @type {{ wide: number, along: number[] } | null} */
  let places = null; // of the chips along the row, where it is longer than its place

  /**
   * Keep the present chip in the middle of a row that is longer than its place.
   *
   * @param {HTMLElement} chip
   */
  function show(chip) {
    if (hovered) return; // not away from the pointer
    const fresh = !places;
    places ??= measured();
    if (!places.along.length) return;
    const left = places.along[Number(chip.dataset.at)] - places.wide / 2;
    const hurried = performance.now() - shownAt < HURRY; // a smooth scroll would never arrive
    shownAt = performance.now();
    const still = fresh || playing || hurried || stage.reducedMotion;
    strip.scrollTo({ left, behavior: still ? "instant" : "smooth" });
  }

  /** Read the places once: to ask for them at every step would lay the page out at every step. */
  function measured() {
    const wide = strip.clientWidth;
    const fits = strip.scrollWidth <= wide + 1;
    return { wide, along: fits ? [] : chips.map((chip) => chip.offsetLeft + chip.offsetWidth / 2) };
  }

  // ----------------------------------------------------------------------------------- pointer

  let hovered = false;

  /** @param {Event} event */
  function under({ target }) {
    const chip = target instanceof Element ? target.closest(".chip") : null;
    return chip instanceof HTMLElement ? chip.dataset.at : undefined;
  }

  /**
   * The chip at a place of the row, also where the pointer has left it.
   *
   * @param {number} x
   */
  function nearest(x) {
    let best = 0;
    chips.forEach((chip, i) => {
      const { left, right } = chip.getBoundingClientRect();
      if (x >= left && x <= right) best = i;
      else if (x > right) best = i;
    });
    return best;
  }

  strip.addEventListener("click", (event) => {
    const i = under(event);
    if (i === undefined || drag?.moved) return;
    if (panel.span && event.shiftKey) choose(current, Number(i));
    else stage.go(Number(i));
  });

  strip.addEventListener("pointerover", (event) => {
    if (!panel.hover || playing || drag || event.pointerType === "touch") return;
    const i = under(event);
    if (i === undefined) return;
    hovered = true;
    stage.go(Number(i));
  });
  strip.addEventListener("pointerleave", () => (hovered = false));

  strip.addEventListener("pointerdown", (event) => {
    const i = under(event);
    if (!panel.span || i === undefined || event.button || event.pointerType === "touch") return;
    drag = { from: Number(i), to: Number(i), moved: false };
    strip.setPointerCapture(event.pointerId);
  });
  strip.addEventListener("pointermove", (event) => {
    if (!drag || !(event.buttons & 1)) return;
    const to = nearest(event.clientX);
    if (to === drag.to) return;
    Object.assign(drag, { to, moved: true });
    choose(drag.from, to, true);
  });
  strip.addEventListener("pointerup", (event) => {
    const done = drag;
    drag = null;
    if (!done) return;
    if (done.moved) choose(done.from, done.to);
    else if (event.shiftKey) choose(current, done.from);
    else stage.go(done.from);
  });
  strip.addEventListener("pointercancel", () => {
    if (drag?.moved) choose(drag.from, drag.to);
    drag = null;
  });

  /**
   * @param {number} from
   * @param {number} to
   */
  function choose(from, to, held = false) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    stage.selectAll({ [first]: low, [last]: high }, held);
  }

  // ---------------------------------------------------------------------------------- keyboard

  /**
   * Shift with an arrow: the span from where it began to one chip further.
   *
   * @param {KeyboardEvent} event
   */
  function extend(event) {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    const target = event.composedPath()[0];
    if (!event.shiftKey) anchor = null;
    if (!by || !event.shiftKey || !(target instanceof Node && strip.contains(target))) return;
    event.preventDefault();
    event.stopPropagation();
    anchor ??= current;
    const to = Math.min(chips.length - 1, Math.max(0, current + by));
    stage.go(to);
    choose(anchor, to);
  }

  if (panel.span) {
    strip.addEventListener("focusin", () => window.addEventListener("keydown", extend, true));
    strip.addEventListener("focusout", () => window.removeEventListener("keydown", extend, true));
  }

  // ------------------------------------------------------------------------------------- paint

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!view?.frame) return;
    playing = view.playing;
    const { frames } = stage;
    const frame = panel.of === "frame" || panel.marks ? view.frame.index : "";
    const state = `${frames.id}/${frames.count}/${frames.edits}/${at()}/${stage.dark}/${frame}`;
    if (state !== tinted) {
      tinted = state;
      tint(view);
    }
    if (panel.span) paintSpan();
    if (view.frame.index !== current) mark(view.frame.index);
    paintPointed(view);
  }

  let pointed = -1;

  /**
   * The chip that the microscope points out, until the playhead moves on.
   *
   * @param {View} view
   */
  function paintPointed(view) {
    if (stage.pointed >= 0 && stage.pointed !== view.frame.index) stage.pointed = -1;
    if (stage.pointed === pointed) return;
    chips[pointed]?.classList.remove("pointed");
    pointed = stage.pointed;
    chips[pointed]?.classList.add("pointed");
    if (chips[pointed]) show(chips[pointed]);
  }

  function resize() {
    places = null;
    current = -1;
    for (const chip of chips) chip.removeAttribute("aria-selected");
  }

  return { element: root, paint, resize };
}
