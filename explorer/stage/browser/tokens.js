// What is read, one chip a frame, tinted by one entry of an array of each frame.

import { inkOn, rampOf } from "./colour.js";
import { number } from "./format.js";
import { element } from "./layout.js";

const STYLE = `
.stage .tokens .strip { display: flex; gap: 2px; overflow-x: auto; padding: 4px;
  margin: -4px; scrollbar-width: none; }
.stage .tokens .chip { flex: 1 0 auto; min-width: 26px; max-width: 76px; height: 40px;
  padding: 0 3px; display: grid; place-items: center; white-space: nowrap; cursor: pointer;
  border: 1px solid var(--line); border-radius: 7px;
  font: 600 calc(var(--text) + 3px) var(--monospace); }
.stage.narrow .tokens .chip { min-width: 40px; }
.stage .tokens .chip:hover { border-color: var(--mute); }
.stage .tokens .chip[aria-selected] { outline: 3px solid var(--accent); outline-offset: 0; }
`;
const STRONGEST = 0.78; // share of the full colour at the largest magnitude

export function make(panel, stage) {
  const strip = element("div", "strip");
  strip.setAttribute("role", "listbox");
  strip.setAttribute("aria-orientation", "horizontal");
  strip.setAttribute("aria-label", panel.alt || "What is read");
  const root = element("div", "tokens", element("style", "", STYLE), strip);
  const chips = panel.tokens.map((token, i) => {
    const chip = element("div", "chip", token);
    chip.setAttribute("role", "option");
    chip.tabIndex = -1;
    chip.addEventListener("click", () => stage.go(i));
    return chip;
  });
  strip.append(...chips);
  let tinted = "";
  let current = -1;
  let wide = 0;

  function tint() {
    const at = panel.select ? (stage.selects[panel.select] ?? 0) : 0;
    const { frames } = stage;
    const values = new Array(chips.length).fill(null);
    for (let i = 0; i < frames.count; i += 1) {
      const frame = frames.at(i);
      const value = frame.arrays[panel.array]?.data[at];
      if (Number.isFinite(value) && frame.index < values.length) values[frame.index] = value;
    }
    const largest = Math.max(1e-12, ...values.map((value) => Math.abs(value ?? 0)));
    const ramp = rampOf(stage.palette, "signed");
    chips.forEach((chip, i) => {
      const share = (values[i] ?? 0) / largest;
      const from = 3 * Math.round(127.5 + 127.5 * STRONGEST * share);
      const colour = `rgb(${ramp[from]}, ${ramp[from + 1]}, ${ramp[from + 2]})`;
      chip.style.background = colour;
      chip.style.color = inkOn(colour) === "#ffffff" ? "#ffffff" : "#000000"; // 4.5:1 on any tint
      const told = values[i] === null ? "" : `, ${number(values[i])}`;
      chip.setAttribute("aria-label", `${stage.clock} ${i + 1}: ${panel.tokens[i]}${told}`);
    });
  }

  function mark(index, playing) {
    const inside = strip.contains(strip.getRootNode().activeElement);
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
    show(chip, playing);
  }

  /** Keep the present chip in the middle of a row that is longer than its place. */
  function show(chip, playing) {
    if (strip.scrollWidth <= strip.clientWidth + 1) return;
    const left = chip.offsetLeft - (strip.clientWidth - chip.offsetWidth) / 2;
    const behavior = playing || stage.reducedMotion || wide !== strip.clientWidth ? "instant" : "smooth";
    wide = strip.clientWidth;
    strip.scrollTo({ left, behavior });
  }

  function paint(view) {
    if (!view?.frame) return;
    const { frames } = stage;
    const state = `${frames.count}/${frames.edits}/${stage.selects[panel.select] ?? 0}/${stage.dark}`;
    if (state !== tinted) {
      tinted = state;
      tint();
    }
    if (view.frame.index !== current) mark(view.frame.index, view.playing);
  }

  function resize() {
    current = -1;
    for (const chip of chips) chip.removeAttribute("aria-selected");
  }

  return { element: root, paint, resize };
}
