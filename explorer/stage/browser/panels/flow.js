// Boxes and arrows between them, of which those that are at work in the frame are lit.

import { inkOn } from "../colour.js";
import { graphics } from "../canvas.js";
import { element, heading } from "../layout.js";
import { styled } from "../worn.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Made, Maker, View } from "../context.js"
 * @import { Flow, FlowNode } from "../types"
 */

/** @typedef {{ x: number, y: number, wide: number, high: number }} Box its middle and its size */

const STYLE = `
.stage .flow { display: flex; flex-direction: column; }
.stage .flow .body { position: relative; flex: 1 1 0; min-height: 190px; }
.stage.narrow .flow .body { flex: none; height: 350px; }
@media (max-height: 780px) { .stage:not(.narrow) .flow .body { min-height: 156px; } }
.stage .flow svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.stage .flow rect { transition: fill 150ms; }
.stage .flow text { text-anchor: middle; dominant-baseline: central; font-family: var(--font); }
`;
const SVG = "http://www.w3.org/2000/svg";
const HEAD = 6; // px, half the width of an arrow head
const LINE = 1.25; // of the text's size, from one line to the next
const APART = 34; // px between columns
const MOST = 24; // px between rows
const TIGHT = 1.1; // the same, where a name takes more lines than its box is high
const LEAST = 0.68; // of the text's size, then

/** @type {Maker<Flow>} */
export function make(panel, stage) {
  const drawing = svg("svg", { role: "img" });
  const body = element("div", "body", drawing);
  const head = heading(panel.title, panel.note);
  const root = element("div", "flow", styled(STYLE), ...(head ? [head] : []), body);
  const pen = graphics(document.createElement("canvas"));
  let shown = "";

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!view?.frame) return;
    const { clientWidth: width, clientHeight: height } = body;
    const state = `${view.frame.index}/${stage.look}/${stage.frames.id}/${width}x${height}`;
    if (state === shown || !width || !height) return;
    shown = state;
    const active = stage.array(view, panel.active)?.data ?? [];
    const lit = new Set(panel.nodes.filter((_, i) => active[i] >= 0.5).map(({ name }) => name));
    const boxes = placed(panel.nodes, width, height);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.replaceChildren();
    for (const [from, to] of panel.links)
      link(boxes[from], boxes[to], `${from} ${to}`, lit.has(from) && lit.has(to));
    for (const node of panel.nodes) draw(node, boxes[node.name], lit.has(node.name), view);
    const names = panel.nodes.filter(({ name }) => lit.has(name)).map(({ text }) => text);
    const told = names.length ? `Lit: ${names.join(", ")}.` : "Nothing is lit.";
    drawing.setAttribute("aria-label", `${stage.fill(panel.alt || panel.title, view)} ${told}`);
  }

  /**
   * @param {FlowNode} node
   * @param {Box} box
   * @param {boolean} on
   * @param {View} view
   */
  function draw({ name, text, role, below }, box, on, view) {
    const colour = stage.palette[role];
    const group = svg("g", { "data-node": name, "data-lit": on ? 1 : 0 }, drawing);
    const { x, y, wide, high } = box;
    const frame = { x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: 8 };
    const fill = on ? colour : stage.palette.card;
    svg("rect", { ...frame, fill, stroke: colour, "stroke-width": 1.5 * stage.weight }, group);
    let size = stage.text;
    pen.font = `600 ${size}px ${stage.font}`;
    const lines = wrapped(text, wide - 8, pen).map((words) => ({ words, weight: 600 }));
    const tight = lines.length * LINE * size > high ? TIGHT : LINE;
    size = Math.max(LEAST * size, Math.min(size, (high - 2) / (tight * lines.length)));
    const room = Math.floor((high - 4) / (LINE * size));
    if (below && lines.length < room) lines.push({ words: stage.fill(below, view), weight: 400 });
    lines.forEach(({ words, weight }, i) => {
      const at = y + (i - (lines.length - 1) / 2) * tight * size;
      const ink = on ? inkOn(colour) : stage.palette.ink;
      const made = svg("text", { x, y: at, fill: ink, "font-size": size }, group);
      made.setAttribute("font-weight", String(weight));
      made.textContent = words;
    });
  }

  /**
   * @param {Box} start
   * @param {Box} end
   * @param {string} name
   * @param {boolean} on
   */
  function link(start, end, name, on) {
    const [from, to] = [edge(start, end), edge(end, start)];
    const far = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    const [dx, dy] = [(to[0] - from[0]) / far, (to[1] - from[1]) / far];
    const neck = [to[0] - dx * HEAD * 1.6, to[1] - dy * HEAD * 1.6];
    const colour = on ? stage.palette.ink : stage.palette.mute;
    const group = svg("g", { "data-link": name, "data-lit": on ? 1 : 0 }, drawing);
    const [[x1, y1], [x2, y2]] = [from, neck];
    const thick = (on ? 3 : 1.5) * stage.weight;
    svg("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": thick }, group);
    const sides = [1, -1].map((s) => `${x2 - s * dy * HEAD},${y2 + s * dx * HEAD}`);
    svg("polygon", { points: `${to.join(",")} ${sides.join(" ")}`, fill: colour }, group);
  }

  return { element: root, paint, resize: () => (shown = "") };
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Element | null} parent
 */
function svg(name, attributes, parent = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  parent?.append(made);
  return made;
}

/**
 * Where each box stands, by its name.
 *
 * @param {FlowNode[]} nodes
 * @param {number} width
 * @param {number} height
 */
function placed(nodes, width, height) {
  const columns = 1 + Math.max(...nodes.map(({ column }) => column));
  const rows = 1 + Math.max(...nodes.map(({ row }) => row));
  const across = Math.min(APART, width / (7 * columns));
  const down = Math.min(MOST, height / (4.5 * rows));
  const wide = (width - 4 - across * (columns - 1)) / columns;
  const high = (height - 4 - down * (rows - 1)) / rows;
  /** @param {FlowNode} node */
  const at = ({ column, row }) => ({
    x: 2 + column * (wide + across) + wide / 2,
    y: 2 + row * (high + down) + high / 2,
    wide,
    high,
  });
  return Object.fromEntries(nodes.map((node) => [node.name, at(node)]));
}

/**
 * Where the line between the middles of two boxes leaves the first.
 *
 * @param {Box} box
 * @param {Box} other
 */
function edge(box, other) {
  const [dx, dy] = [other.x - box.x, other.y - box.y];
  const across = dx ? box.wide / 2 / Math.abs(dx) : Infinity;
  const down = dy ? box.high / 2 / Math.abs(dy) : Infinity;
  const share = Math.min(across, down);
  return [box.x + share * dx, box.y + share * dy];
}

/**
 * The words in lines that are no wider than `room` where a word allows it.
 *
 * @param {string} text
 * @param {number} room
 * @param {Graphics} pen
 */
function wrapped(text, room, pen) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
