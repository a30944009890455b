// What stands under the pointer, in numbers.

import { moment } from "../format.js";
import { element } from "../layout.js";
import { nearestFrame } from "./pointer.js";
import { valueAt } from "./surface.js";

const READ = ["history", "curve", "bars"]; // marks whose values are read out

/** Show, move or hide the readout of a plot after it was drawn. */
export function readout(plot) {
  const { reading, pointer, body, canvas } = plot;
  const at = pointer.drag ? null : pointer.at;
  const lines = at && (plot.panel.square ? readPlace(plot, at) : readLine(plot, at));
  reading.hidden = !lines?.length;
  if (reading.hidden) return;
  reading.replaceChildren(...lines);
  const [left, width] = [canvas.offsetLeft + at.x, reading.offsetWidth];
  const beside = left + 14 + width > body.clientWidth ? left - 14 - width : left + 14;
  reading.style.left = `${Math.max(0, beside)}px`;
  const lowest = body.clientHeight - reading.offsetHeight;
  reading.style.top = `${Math.max(0, Math.min(at.y - 14, lowest))}px`;
}

function line(text, colour) {
  const key = element("i");
  key.style.background = colour;
  return element("div", "", ...(colour ? [key] : []), text);
}

/** The place in a square plot, and the value of its surface there. */
function readPlace({ panel, map, stage, view }, at) {
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

/** Every line's value at the step, or at the x, under the pointer; drawn as dots on a hair line. */
function readLine(plot, at) {
  const { panel, map, stage, view, g } = plot;
  if (
    at.x < map.box.left - 6 ||
    at.x > map.box.right + 6 ||
    at.y < map.box.top - 6 ||
    at.y > map.box.bottom + 6
  )
    return [];
  const lines = [];
  const frame = plot.hasHistory ? nearestFrame(stage.frames, map, at.x) : null;
  if (frame) lines.push(line(moment(stage.clock, frame.step)));
  let hair = frame ? map.x(frame.step) : null;
  const named = panel.marks.some(({ mark, label }) => label && READ.includes(mark));
  for (const mark of panel.marks) {
    if (!READ.includes(mark.mark) || (named && !mark.label)) continue;
    const colour = stage.palette[mark.role];
    let value = null;
    if (mark.mark === "history" && frame) value = frame.scalars[mark.scalar];
    else if (mark.mark !== "history") {
      const found = nearestEntry(mark, view, stage, map, at.x);
      if (!found) continue;
      hair ??= map.x(found.x);
      if (!lines.length) lines.push(line(entryName(mark, found, panel, stage)));
      value = found.y;
    }
    if (value === null || value === undefined) continue;
    lines.push(line([mark.label, stage.number(value)].filter(Boolean).join(" "), colour));
    dot(g, hair, map.y(value), colour);
  }
  if (lines.length && hair !== null) drawHair(g, hair, map.box, stage);
  return lines;
}

function entryName(mark, found, panel, stage) {
  if (mark.labels?.length) return mark.labels[found.i] ?? String(found.i);
  const [name] = panel.x.label.split(":");
  return [
    name,
    Number.isInteger(found.x) ? stage.number(found.x, "integer") : stage.number(found.x),
  ]
    .filter(Boolean)
    .join(" ");
}

function nearestEntry(mark, view, stage, map, px) {
  const ys = stage.array(view, mark.y ?? mark.array)?.data;
  if (!ys?.length) return null;
  const xs = mark.x ? stage.array(view, mark.x)?.data : null;
  let best = { i: 0, away: Infinity };
  for (let i = 0; i < ys.length; i += 1) {
    const away = Math.abs(map.x(xs ? xs[i] : i) - px);
    if (away < best.away) best = { i, away };
  }
  return { i: best.i, x: xs ? xs[best.i] : best.i, y: ys[best.i] };
}

function dot(g, x, y, colour) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  g.setLineDash([]);
  g.fillStyle = colour;
  g.beginPath();
  g.arc(x, y, 4.5, 0, 7);
  g.fill();
}

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
