// The time bar: play, pause, one frame on or back, the slider with its marks, the step and the
// speed.

import { countOf, integer, moment } from "../format.js";
import { element } from "../layout.js";
import { LIVE_SPEEDS, SPEEDS } from "./playback.js";

/**
 * @import { Speed } from "./playback.js"
 * @import { FrameStore } from "./store.js"
 */

/**
 * What a bar is made for; `clock` names what it counts, and `hasGates` says whether a step has
 * stages.
 *
 * @typedef {{ live: boolean, clock: string, hasGates: boolean }} Course
 */

/**
 * The functions behind the controls of a bar.
 *
 * @typedef {object} Controls
 * @property {() => void} toggle
 * @property {() => void} reset
 * @property {() => void} back
 * @property {() => void} step
 * @property {(index: number) => void} seek
 * @property {(name: Speed) => void} speed
 * @property {() => void} full
 * @property {() => void} gate
 */

/**
 * What a bar shows: the frame and step of the playhead, the newest frame, the frame up to which the
 * slider reaches, and the planned last step; `rate` is in steps a second, and `spent` the seconds
 * that a training took which is over.
 *
 * @typedef {object} Progress
 * @property {boolean} playing
 * @property {number} index
 * @property {number} step
 * @property {number} head
 * @property {number} horizon
 * @property {number} lastStep
 * @property {boolean} live
 * @property {string} clock
 * @property {boolean} narrow
 * @property {FrameStore["events"]} events
 * @property {number | null | undefined} rate
 * @property {number | null} spent
 * @property {Speed} speed
 */

const ICONS = {
  reset: "M3 3h2.4v12H3zM15 3v12L6.4 9z",
  back: "M13.5 3v12L4.5 9z",
  step: "M4.5 3v12l9-6z",
  full: "M3 3h5v2H5v3H3zm7 0h5v5h-2V5h-3zM3 10h2v3h3v2H3zm10 0h2v5h-5v-2h3z",
};

/**
 * @param {string} name
 * @param {keyof typeof ICONS} icon
 * @param {() => void} act
 */
function iconButton(name, icon, act, title = name) {
  const button = element("button", icon);
  button.type = "button";
  button.innerHTML = `<svg viewBox="0 0 18 18" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
  button.setAttribute("aria-label", name);
  button.title = title;
  button.addEventListener("click", act);
  return button;
}

/**
 * The bar of one stage. `update` touches only what changed.
 *
 * @param {Course} course
 * @param {Controls} acts
 */
export function makeTimebar({ live, clock, hasGates }, acts) {
  const start = live ? "Train" : "Play";
  const primary = element("button", "primary", start);
  primary.type = "button";
  primary.addEventListener("click", acts.toggle);
  const gate = element("button", "gate", "Next gate");
  gate.type = "button";
  gate.addEventListener("click", acts.gate);
  const slider = makeSlider(acts.seek);
  const count = element("span", "count");
  const below = element("span", "below");
  below.setAttribute("aria-hidden", "true");
  const where = element("div", "where", count, below);
  const keys = hasGates ? "← → time, ↑ ↓ gates" : "space, ← →";
  const speeds = live ? LIVE_SPEEDS : SPEEDS;
  const speed = element("select", "speed", ...speeds.map((name) => new Option(name, name)));
  speed.setAttribute("aria-label", "Speed");
  speed.title = live ? "Speed: ×1 follows the training, max shows only the newest" : "Speed";
  speed.addEventListener("change", () => acts.speed(speeds[speed.selectedIndex]));
  const bar = element(
    "div",
    "bar",
    primary,
    iconButton("Reset", "reset", acts.reset, "Reset: back to the beginning (Home)"),
    iconButton("Back", "back", acts.back, "Back by one (←)"),
    iconButton("Step", "step", acts.step, "Step: one on (→)"),
    slider.element,
    where,
    speed,
    iconButton("Full screen", "full", acts.full, "Full screen (F)"),
  );
  if (hasGates) primary.after(gate);
  const set = remembering();

  /** @param {Progress} state */
  function update(state) {
    set("primary", state.playing ? "Pause" : start, (text) => (primary.textContent = text));
    set("count", counted(clock, state), (text) => (count.textContent = text));
    set("width", `${reserved(clock, state)}ch`, (width) => (where.style.minWidth = width));
    set("speed", state.speed, (name) => (speed.value = name));
    set("below", beneath(state, keys), (text) => (below.textContent = text));
    slider.update(state);
  }

  return { element: bar, update };
}

/**
 * Under the step: the speed of training, how long one took that is over, else the keys, or on a
 * phone how far the run goes.
 *
 * @param {Progress} state
 * @param {string} keys
 */
function beneath({ rate, spent, narrow, lastStep, clock }, keys) {
  if (rate) return `${integer(rate)} ${clock}s/s`;
  if (spent) return `trained in ${spent < 10 ? spent.toFixed(1) : integer(spent)} s`;
  return narrow ? `of ${countOf(clock, lastStep)}` : keys;
}

/**
 * "step 1,000", and "character 11 of 31" where the end is known to be all there is.
 *
 * @param {string} clock
 * @param {Progress} state
 */
function counted(clock, { step, lastStep, live, narrow }) {
  return live || narrow
    ? moment(clock, step)
    : `${moment(clock, step)} of ${countOf(clock, lastStep)}`;
}

/**
 * The width that the count may need, in characters.
 *
 * @param {string} clock
 * @param {Progress} state
 */
function reserved(clock, { lastStep, live, narrow }) {
  const digits = countOf(clock, Math.max(lastStep, 1)).length;
  const short = live || narrow;
  return Math.max(
    live ? clock.length + 8 : 0,
    clock.length + 1 + (short ? digits : 2 * digits + 4),
  );
}

/** What writes a value under a name, unless it was the last one written there. */
function remembering() {
  /** @type {Map<string, string | number>} */
  const known = new Map();
  /**
   * @template {string | number} V
   * @param {string} name
   * @param {V} value
   * @param {(value: V) => void} write
   */
  return (name, value, write) => {
    if (known.get(name) === value) return;
    known.set(name, value);
    write(value);
  };
}

/**
 * The slider: a native range over a drawn track, with marks where something happened.
 *
 * @param {(index: number) => void} seek
 */
function makeSlider(seek) {
  const known = element("i", "known");
  const past = element("i", "past");
  const input = element("input");
  Object.assign(input, { type: "range", min: "0", step: "1" });
  input.setAttribute("aria-label", "Time");
  input.addEventListener("input", () => seek(Number(input.value)));
  const track = element("div", "track", element("div", "clip", known, past));
  const box = element("div", "time", track, input);
  const set = remembering();
  /** @type {HTMLElement[]} */
  let marks = [];
  let laidOut = "";
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    width = contentRect.width;
    laidOut = "";
  }).observe(box);

  /** @param {Progress} state */
  function update({ index, head, horizon, step, events, clock }) {
    const end = Math.max(1, horizon);
    set("max", end, (value) => (input.max = String(value)));
    set("value", `${index} ${end}`, () => (input.value = String(index)));
    set("past", index / end, (share) => (past.style.transform = `scaleX(${share})`));
    set("known", head / end, (share) => (known.style.transform = `scaleX(${share})`));
    set("text", moment(clock, step), (value) => input.setAttribute("aria-valuetext", value));
    const state = `${events.length} ${end}`;
    if (state !== laidOut) {
      laidOut = state;
      layOut(events, end);
    }
  }

  /**
   * @param {Progress["events"]} events
   * @param {number} end
   */
  function layOut(events, end) {
    for (const mark of marks) mark.remove();
    let free = 0; // px up to which labels reach already
    const labels = events.map(({ event }) => element("span", "", event));
    marks = events.map(({ index }, i) => {
      const mark = element("div", "mark", labels[i]);
      mark.setAttribute("aria-hidden", "true");
      mark.addEventListener("click", () => seek(index));
      mark.style.left = `${(100 * index) / end}%`;
      box.append(mark);
      return mark;
    });
    marks.forEach((mark, i) => {
      const label = labels[i];
      const x = (width * events[i].index) / end;
      const size = label.offsetWidth;
      const before = x + size > width;
      const left = before ? x - size : x;
      label.classList.toggle("left", before);
      if (left < free || left < 0) return;
      mark.classList.add("told");
      free = left + size + 10;
    });
  }

  return { element: box, update };
}
