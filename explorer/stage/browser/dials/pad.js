// A pad to draw on: strokes of a pen as the text of a link, in hundredths: "-120,35 -110,40;0,0".

import { graphics } from "../canvas.js";
import { element } from "../layout.js";
import { frame } from "./frame.js";

/**
 * @import { Knob } from "../types"
 * @import { Hand } from "./hand.js"
 * @import { Made } from "./knobs.js"
 */

/** @typedef {[x: number, y: number][]} Stroke its corners */

const SIZE = 440; // px of the picture, each way
const FARTHEST = 9; // a pen that is held down may leave the pad

/**
 * The strokes of such a text.
 *
 * @param {string} text
 * @returns {Stroke[]}
 */
export function strokesOf(text) {
  const strokes = text.split(";").filter((stroke) => stroke.trim());
  return strokes.map((stroke) =>
    stroke
      .trim()
      .split(/\s+/)
      .map((corner) => {
        const [x, y] = corner.split(",");
        return [Number(x) / 100, Number(y) / 100];
      }),
  );
}

/**
 * Strokes as text; every other corner is dropped until it fits. Empty where even the ends do not.
 *
 * @param {Stroke[]} strokes
 * @param {number} longest
 */
export function textOf(strokes, longest) {
  let kept = strokes.filter((stroke) => stroke.length);
  for (;;) {
    const corners = kept.map((stroke) =>
      stroke.map(([x, y]) => `${Math.round(100 * x)},${Math.round(100 * y)}`).join(" "),
    );
    const text = corners.join(";");
    if (text.length <= longest) return text;
    const before = kept.flat().length;
    kept = kept.map((stroke) => stroke.filter((_, i) => i % 2 === 0 || i === stroke.length - 1));
    if (kept.flat().length === before) return "";
  }
}

/**
 * A pad with the drawing on it; a stroke that ends is part of it.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @returns {Made}
 */
export function pad(knob, hand) {
  const reach = knob.high ?? 1;
  const longest = knob.longest ?? Infinity;
  const canvas = element("canvas", "pad");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Draw the data here");
  Object.assign(canvas, { width: SIZE, height: SIZE });
  const pen = graphics(canvas);
  /** @type {Stroke[]} */
  let strokes = [];
  let shown = "";
  /** @type {Stroke | null} */
  let drawing = null;
  /** @param {number} x */
  const across = (x) => (SIZE / 2) * (1 + x / reach);
  const paint = () => {
    pen.clearRect(0, 0, SIZE, SIZE);
    pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(across(x), across(-y));
      if (stroke.length > 1) pen.stroke();
      else pen.arc(across(stroke[0][0]), across(-stroke[0][1]), 4, 0, 7);
      if (stroke.length === 1) pen.fill();
    }
  };
  /**
   * @param {PointerEvent} event
   * @returns {[number, number]}
   */
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const near = (/** @type {number} */ value) => Math.min(Math.max(value, -FARTHEST), FARTHEST);
    return [near((2 * share[0] - 1) * reach), near((1 - 2 * share[1]) * reach)];
  };
  const turn = () => {
    const text = textOf(strokes, longest);
    if (text) {
      shown = text;
      hand.turn({ [knob.name]: text }, { held: drawing !== null });
      return;
    }
    strokes.pop();
    hand.on.refuse(knob.name, "The drawing has more strokes than a link holds.");
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = [at(event)];
    strokes.push(drawing);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    drawing.push(at(event));
    if (hand.asks) turn();
    paint();
  });
  const end = () => {
    if (!drawing) return;
    drawing = null;
    turn();
    paint();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  const wipe = element("button", "next", "Wipe");
  wipe.type = "button";
  wipe.addEventListener("click", () => {
    strokes = [];
    shown = "";
    paint();
  });
  const around = element("div", "drawing", canvas, element("div", "letters", wipe));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(paint, 60));
  return {
    element: frame(knob, hand, canvas, { around }),
    show(value) {
      if (value !== shown) strokes = strokesOf(String(value ?? ""));
      shown = String(value ?? "");
      requestAnimationFrame(paint); // in the colours of the column it stands in by then
    },
  };
}
