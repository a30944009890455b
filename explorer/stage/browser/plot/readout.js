// What stands under the pointer, in numbers.

import { moment } from "../format.js";
import { element } from "../layout.js";
import { kindOf } from "./marks.js";
import { nearestFrame } from "./pointer.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Context, View } from "../context.js"
 * @import { Plot } from "../panels/plot.js"
 * @import { Box } from "./axes.js"
 * @import { Place } from "./trace.js"
 */

/**
 * Show, move or hide the readout of a plot after it was drawn.
 *
 * @param {Plot} plot
 * @param {View} view
 */
export function readout(plot, view) {
  const { reading, pointer, body, canvas } = plot;
  const at = pointer.drag ? null : pointer.at;
  const lines = at && (plot.panel.square ? readPlace : readLine)(plot, view, at);
  reading.hidden = !lines?.length;
  if (!at || !lines?.length) return;
  reading.replaceChildren(...lines);
  const [left, width] = [canvas.offsetLeft + at.x, reading.offsetWidth];
  const beside = left + 14 + width > body.clientWidth ? left - 14 - width : left + 14;
  reading.style.left = `${Math.max(0, beside)}px`;
  const lowest = body.clientHeight - reading.offsetHeight;
  reading.style.top = `${Math.max(0, Math.min(at.y - 14, lowest))}px`;
}

/**
 * @param {string} text
 * @param {string} [colour]
 */
function line(text, colour) {
  if (!colour) return element("div", "", text);
  const key = element("i");
  key.style.background = colour;
  return element("div", "", key, text);
}

/**
 * The place in a square plot, and the values of its marks there.
 *
 * @param {Plot} plot
 * @param {View} view
 * @param {Place} at
 */
function readPlace({ panel, map, stage }, view, at) {
  const [x, y] = [map.unitX(at.x), map.unitY(at.y)];
  const lines = [line(`${stage.number(x)}, ${stage.number(y)}`)];
  for (const mark of panel.marks) {
    const value = kindOf(mark).valueAt?.(mark, view, stage, x, y);
    if (value !== null && value !== undefined)
      lines.push(line(`${mark.label || "value"} ${stage.number(value)}`));
  }
  return lines;
}

/**
 * Every line's value at the step, or at the x, under the pointer; drawn as dots on a hair line.
 *
 * @param {Plot} plot
 * @param {View} view
 * @param {Place} at
 */
function readLine(plot, view, at) {
  const { panel, map, stage, g } = plot;
  if (
    at.x < map.box.left - 6 ||
    at.x > map.box.right + 6 ||
    at.y < map.box.top - 6 ||
    at.y > map.box.bottom + 6
  )
    return [];
  const frame = plot.hasHistory ? nearestFrame(stage.frames, map, at.x) : null;
  const lines = frame ? [line(moment(stage.clock, frame.step))] : [];
  let hair = frame ? map.x(frame.step) : null;
  const read = panel.marks.filter((mark) => kindOf(mark).entryAt);
  const named = read.some(({ label }) => label);
  for (const mark of read) {
    if (named && !mark.label) continue;
    const found = kindOf(mark).entryAt?.(mark, view, plot, at.x, frame);
    if (!found) continue;
    hair ??= map.x(found.x);
    if (!lines.length) lines.push(line(found.said ?? ""));
    const [value, colour] = [found.y, stage.palette[mark.role]];
    if (value === null || value === undefined) continue;
    lines.push(line([mark.label, stage.number(value)].filter(Boolean).join(" "), colour));
    dot(g, hair, map.y(value), colour);
  }
  if (lines.length && hair !== null) drawHair(g, hair, map.box, stage);
  return lines;
}

/**
 * @param {Graphics} g
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
function dot(g, x, y, colour) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  g.setLineDash([]);
  g.fillStyle = colour;
  g.beginPath();
  g.arc(x, y, 4.5, 0, 7);
  g.fill();
}

/**
 * @param {Graphics} g
 * @param {number} x
 * @param {Box} box
 * @param {Context} stage
 */
function drawHair(g, x, { top, bottom }, stage) {
  g.setLineDash([3, 3]);
  g.strokeStyle = stage.palette.mute;
  g.lineWidth = 1;
  g.beginPath();
  g.moveTo(Math.round(x) + 0.5, top);
  g.lineTo(Math.round(x) + 0.5, bottom);
  g.stroke();
  g.setLineDash([]);
}
