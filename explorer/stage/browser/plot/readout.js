// What stands under the pointer, in numbers.

import { moment } from "../format.js";
import { element } from "../layout.js";
import { nearestFrame } from "./pointer.js";
import { valueAt } from "./surface.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Context, View } from "../context.js"
 * @import { Frame } from "../run/store.js"
 * @import { Bars, Curve, History, Plot as Panel } from "../types"
 * @import { Box, Mapping } from "./axes.js"
 * @import { Plot } from "./plot.js"
 * @import { Place } from "./trace.js"
 */

/** @typedef {{ i: number, x: number, y: number }} Entry one entry of a mark, in data units */

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
 * The place in a square plot, and the value of its surface there.
 *
 * @param {Plot} plot
 * @param {View} view
 * @param {Place} at
 */
function readPlace({ panel, map, stage }, view, at) {
  const [x, y] = [map.unitX(at.x), map.unitY(at.y)];
  const lines = [line(`${stage.number(x)}, ${stage.number(y)}`)];
  for (const mark of panel.marks.filter((m) => m.mark === "surface")) {
    const array = stage.array(view, mark.array);
    const value = array && valueAt(mark, array, x, y);
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
  for (const mark of readable(panel)) {
    const found =
      mark.mark === "history"
        ? entryOf(mark, frame)
        : nearestEntry(mark, view, stage, map, at.x);
    if (!found) continue;
    const colour = stage.palette[mark.role];
    hair ??= map.x(found.x);
    if (!lines.length) lines.push(line(entryName(mark, found, panel, stage)));
    lines.push(line([mark.label, stage.number(found.y)].filter(Boolean).join(" "), colour));
    dot(g, hair, map.y(found.y), colour);
  }
  if (lines.length && hair !== null) drawHair(g, hair, map.box, stage);
  return lines;
}

/**
 * The marks whose values are read out; only those with a name, where any has one.
 *
 * @param {Panel} panel
 */
function readable(panel) {
  const marks = panel.marks.filter(
    (mark) => mark.mark === "history" || mark.mark === "curve" || mark.mark === "bars",
  );
  const named = marks.filter(({ label }) => label);
  return named.length ? named : marks;
}

/**
 * @param {History | Curve | Bars} mark
 * @param {Entry} found
 * @param {Panel} panel
 * @param {Context} stage
 */
function entryName(mark, found, panel, stage) {
  if (mark.mark === "bars" && mark.labels.length) return mark.labels[found.i] ?? String(found.i);
  const [name] = panel.x.label.split(":");
  return [
    name,
    Number.isInteger(found.x) ? stage.number(found.x, "integer") : stage.number(found.x),
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {History} mark
 * @param {Frame | null} frame
 * @returns {Entry | null}
 */
function entryOf(mark, frame) {
  const y = frame?.scalars[mark.scalar];
  return frame && y !== null && y !== undefined ? { i: frame.index, x: frame.step, y } : null;
}

/**
 * @param {Curve | Bars} mark
 * @param {View} view
 * @param {Context} stage
 * @param {Mapping} map
 * @param {number} px
 * @returns {Entry | null}
 */
function nearestEntry(mark, view, stage, map, px) {
  const [xName, yName] = mark.mark === "bars" ? ["", mark.array] : [mark.x, mark.y];
  const ys = stage.array(view, yName)?.data;
  if (!ys?.length) return null;
  const xs = xName ? stage.array(view, xName)?.data : null;
  let best = { i: 0, away: Infinity };
  for (let i = 0; i < ys.length; i += 1) {
    const away = Math.abs(map.x(xs ? xs[i] : i) - px);
    if (away < best.away) best = { i, away };
  }
  return { i: best.i, x: xs ? xs[best.i] : best.i, y: ys[best.i] };
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
