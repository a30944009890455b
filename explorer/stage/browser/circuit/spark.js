// The opened number over time: a small line with the playhead on it; a click goes there.

import { graphics } from "../canvas.js";
import { element } from "../layout.js";
import { selectOf } from "./opening.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Frame } from "../run/store.js"
 * @import { Diagram, Opening } from "../types"
 */

export const STYLE = `
.stage .microscope .spark { position: relative; height: 46px; cursor: crosshair; touch-action: pan-y; }
.stage .microscope .spark canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
`;

/**
 * @param {Diagram} panel
 * @param {Context} stage
 */
export function makeSpark(panel, stage) {
  const canvas = element("canvas");
  const root = element("div", "spark", canvas);
  root.setAttribute("aria-hidden", "true");
  let drawn = "";

  /**
   * @param {number} index
   * @param {number} span
   * @param {number} wide
   */
  const x = (index, span, wide) => 5 + (index / Math.max(1, span)) * (wide - 10);

  /**
   * @param {View} view
   * @param {Opening} opening
   */
  function paint(view, opening) {
    const { frames } = stage;
    const known = stage.array(view, opening.name) || stage.scalar(view, opening.name) !== null;
    root.hidden = !known || frames.count < 2;
    if (root.hidden) return;
    const [wide, high] = [root.clientWidth, root.clientHeight];
    const select = selectOf(opening, panel);
    const at = select ? stage.placeOf(select) : 0;
    const state = [opening.name, at, view.frame.index, frames.id, frames.count, frames.edits, stage.look, wide, high].join();
    if (state === drawn || !wide) return;
    drawn = state;
    draw(view, opening, at, wide, high);
  }

  /**
   * @param {View} view
   * @param {Opening} opening
   * @param {number} at
   * @param {number} wide
   * @param {number} high
   */
  function draw(view, opening, at, wide, high) {
    const { frames, palette } = stage;
    /** @param {Frame} frame */
    const read = (frame) => frame.arrays[opening.name]?.data[at] ?? frame.scalars[opening.name] ?? NaN;
    const values = frames.frames.map(read);
    const seen = values.filter(Number.isFinite);
    const [low, high1] = [Math.min(0, ...seen), Math.max(0, ...seen)];
    /** @param {number} value */
    const y = (value) => high - 5 - ((value - low) / (high1 - low || 1)) * (high - 10);
    const span = frames.newest;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas, { width: wide * ratio, height: high * ratio });
    const g = graphics(canvas);
    g.scale(ratio, ratio);
    g.strokeStyle = palette.line;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(0, Math.round(y(0)) + 0.5);
    g.lineTo(wide, Math.round(y(0)) + 0.5);
    g.stroke();
    g.strokeStyle = palette[opening.role] ?? palette.ink;
    g.lineWidth = 1.75;
    g.lineJoin = "round";
    g.beginPath();
    values.forEach((value, i) => {
      if (Number.isFinite(value)) g.lineTo(x(frames.frames[i].index, span, wide), y(value));
    });
    g.stroke();
    g.fillStyle = palette.ink;
    g.beginPath();
    g.arc(x(view.frame.index, span, wide), y(read(view.frame)), 4, 0, 7);
    g.fill();
    g.strokeStyle = palette.card;
    g.stroke();
  }

  /** @param {PointerEvent} event */
  function visit(event) {
    const box = root.getBoundingClientRect();
    const share = (event.clientX - box.left - 5) / Math.max(1, box.width - 10);
    const index = Math.round(Math.min(1, Math.max(0, share)) * stage.frames.newest);
    stage.go(index);
  }

  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    visit(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (event.buttons & 1 && root.hasPointerCapture(event.pointerId)) visit(event);
  });

  return { element: root, paint };
}
