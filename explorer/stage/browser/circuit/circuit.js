// The circuit of a cell in SVG: coordinates stretch with the panel, boxes and letters keep a size
// that can be read. It draws one layout; `diagram.js` decides which, and when.

import { inkOn } from "../colour.js";
import { call, opens } from "./opening.js";
import { capital, fill, fixed, valueOf } from "../phrases.js";
import { registered } from "../registry.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Diagram, Layout, Node, Stage, Wire } from "../types"
 */

/** @typedef {[x: number, y: number]} Point in px */

/**
 * A wire in the picture; `door` names the number that it opens.
 *
 * @typedef {object} WireParts
 * @property {Wire} wire
 * @property {SVGGElement} group
 * @property {SVGPathElement} hit
 * @property {SVGPathElement | null} halo
 * @property {SVGPathElement} faint
 * @property {SVGPathElement} line
 * @property {SVGPolygonElement | null} head
 * @property {string} door
 * @property {SVGGElement | null} label
 * @property {SVGTextElement | null} caption
 * @property {SVGTextElement | null} number
 * @property {Point} tip
 * @property {Point} end
 * @property {string} colour
 * @property {number} width
 */

/**
 * A gate, an operation or a label in the picture; `door` names the number that it opens.
 *
 * @typedef {object} NodeParts
 * @property {Node} node
 * @property {SVGGElement} group
 * @property {string} door
 * @property {SVGRectElement | null} box
 * @property {SVGTextElement} title
 * @property {SVGTextElement | null} number
 * @property {SVGTextElement | null} note
 */

const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<Node["shape"], { shape: string, written: string }>} */
const LOOKS = {
  gate: { shape: "box", written: "title" },
  operation: { shape: "operation", written: "sign" },
  label: { shape: "source", written: "caption" },
};
const MOTION = 380; // ms from the first wire of a stage to its last

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 */
function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  parent?.append(element);
  return element;
}

/**
 * @param {Element | null} element
 * @param {Record<string, string | number>} attributes
 */
function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element?.setAttribute(key, String(value));
}

/**
 * What a wire is called: its label, or what it carries.
 *
 * @param {Wire} wire
 */
function nameOf(wire) {
  const carried = wire.name.replace(/^wire\//, "").replace("/", " ").replaceAll("_", " ");
  return wire.label || carried;
}

/**
 * Whether it is one of several lines side by side into a box.
 *
 * @param {Wire} wire
 */
const isEntry = (wire) => Boolean(wire.label_at?.[2]);

/**
 * The point that lies `distance` before the end of a straight piece.
 *
 * @param {Point} start
 * @param {Point} end
 * @param {number} distance
 * @returns {Point}
 */
function short([x0, y0], [x1, y1], distance) {
  const share = distance / (Math.hypot(x1 - x0, y1 - y0) || 1);
  return [x1 + (x0 - x1) * share, y1 + (y0 - y1) * share];
}

/**
 * The corners of an arrow head, from the end of its line.
 *
 * @param {Point} end
 * @param {Point} tip
 * @param {number} half
 */
function arrow([x, y], [tipX, tipY], half) {
  const length = Math.hypot(tipX - x, tipY - y) || 1;
  const [dx, dy] = [((tipX - x) / length) * half, ((tipY - y) / length) * half];
  return `${tipX},${tipY} ${x - dy},${y + dx} ${x + dy},${y - dx}`;
}

/**
 * @param {number} low
 * @param {number} value
 * @param {number} high
 */
function clamp(low, value, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * A line through points with rounded corners.
 *
 * @param {Point[]} points
 * @param {number} radius
 */
function outline(points, radius) {
  let path = `M${points[0][0]},${points[0][1]}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [x, y] = points[i];
    /** @param {Point} to */
    const toward = (to) => {
      const length = Math.hypot(to[0] - x, to[1] - y) || 1;
      const share = Math.min(radius, length / 2) / length;
      return [x + (to[0] - x) * share, y + (to[1] - y) * share];
    };
    path += `L${toward(points[i - 1])}Q${x},${y} ${toward(points[i + 1])}`;
  }
  return `${path}L${points[points.length - 1]}`;
}

/**
 * Which wires of a stage move first: a wire waits for those that end where it starts.
 *
 * @template {Pick<Wire, "start" | "end">} W
 * @param {W[]} wires
 */
export function waves(wires) {
  /** @type {Map<W, number>} */
  const wave = new Map();
  /**
   * @param {W} wire
   * @param {Set<W>} seen
   * @returns {number}
   */
  const find = (wire, seen) => {
    const known = wave.get(wire);
    if (known !== undefined) return known;
    if (seen.has(wire)) return 0;
    seen.add(wire);
    const before = wires.filter((other) => other !== wire && wire.start && other.end === wire.start);
    const found = before.length ? 1 + Math.max(...before.map((other) => find(other, seen))) : 0;
    wave.set(wire, found);
    return found;
  };
  for (const wire of wires) find(wire, new Set());
  return wave;
}

/**
 * The circuit of one layout; `enter(i)` is called when a gate asks for its stage, and
 * `open(name, element)` when a number asks what it is made of.
 *
 * @param {Layout} layout
 * @param {Diagram} panel
 * @param {Context} stage
 * @param {(stage: number) => void} enter
 * @param {(name: string, from: SVGElement) => void} open
 */
export function circuit(layout, panel, stage, enter, open) {
  const openings = new Set(panel.openings?.map(({ name }) => name));
  /** @param {Wire | Node} part */
  const doorOf = ({ value }) => (value && openings.has(value.name) ? value.name : "");
  const svg = make("svg", { class: "circuit", role: "group" });
  const below = make("g", {}, svg);
  const beads = make("g", { "aria-hidden": "true" }, svg);
  const above = make("g", {}, svg);
  const labels = make("g", {}, svg);
  const wires = layout.wires.map((wire) => drawWire(wire));
  /** @type {Map<string, SVGElement>} */
  const gates = new Map(); // one of them chosen: those that are a stage of the step
  const nodes = layout.nodes.map((node) => drawNode(node));
  if (gates.size) set(above, { role: "radiogroup", "aria-label": "Gates" });
  let size = { width: 1, height: 1, k: 1, box: 1 }; // of the picture and of a gate, and letters
  let motion = 0;
  /** @type {View | null} */
  let now = null; // what was shown last, for explanations

  /**
   * What a part is, its number to three digits, and its help.
   *
   * @param {Wire | Node} part
   * @param {string} name
   */
  function explanation(part, name) {
    if (!now) return name;
    const number = part.value ? valueOf(part.value, stage, now) : null;
    const lead = number === null ? "" : `${capital(name)}: ${stage.number(number)}. `;
    return lead + fill(part.help, panel, stage, now);
  }

  /** @param {Wire} wire */
  function drawWire(wire) {
    const group = make("g", { class: "wire", "data-wire": wire.name.replace(/^wire\//, "") }, below);
    /** @type {WireParts} */
    const parts = {
      wire,
      group,
      hit: make("path", { class: "hit" }, group),
      halo: isEntry(wire) ? make("path", { class: "halo" }, group) : null,
      faint: make("path", { class: "faint" }, group),
      line: make("path", { class: "line" }, group),
      head: wire.value && !wire.end ? make("polygon", { class: "line" }, group) : null,
      door: doorOf(wire),
      label: null,
      caption: null,
      number: null,
      tip: [0, 0],
      end: [0, 0],
      colour: "",
      width: 0,
    };
    const name = nameOf(wire);
    stage.explain(parts.hit, () => explanation(wire, name));
    if (parts.door) {
      parts.hit.dataset.opens = parts.door; // for the pointer; the label is there for the keyboard
      parts.hit.addEventListener("click", () => open(parts.door, parts.label ?? svg));
    }
    if (!wire.label_at) return parts;
    const label = make("g", { class: "label", tabindex: "0", role: "img" }, labels);
    stage.explain(label, () => explanation(wire, name));
    parts.label = label;
    if (wire.label) {
      parts.caption = make("text", { class: "caption" }, label);
      parts.caption.textContent = wire.label;
    }
    if (wire.value) parts.number = make("text", { class: "number" }, label);
    if (parts.door) opens(label, parts.door, () => open(parts.door, label));
    return parts;
  }

  /** @param {Node} node */
  function drawNode(node) {
    const kind = node.shape;
    const { shape, written } = registered(LOOKS, kind, "shape of a node");
    const group = make("g", { class: `node ${shape}`, "data-node": node.name, tabindex: "0" }, above);
    const gate = kind === "gate";
    /** @type {NodeParts} */
    const parts = {
      node,
      group,
      door: doorOf(node),
      box: kind === "label" ? null : make("rect", {}, group),
      title: make("text", { class: written }, group),
      number: gate ? make("text", { class: "number" }, group) : null,
      note: gate ? make("text", { class: "note" }, group) : null,
    };
    const at = panel.stages.findIndex((step) => step.name === node.name);
    if (kind === "gate" && at >= 0) {
      group.setAttribute("role", "radio");
      gates.set(node.name, group);
      if (parts.door) group.dataset.opens = parts.door;
      const go = () => {
        enter(at);
        if (parts.door) open(parts.door, group);
      };
      group.addEventListener("click", go);
      group.addEventListener("focus", () => {
        if (group.matches(":focus-visible")) enter(at); // the arrows go on from where one is
      });
      group.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        go();
      });
    } else if (parts.door) {
      opens(group, parts.door, () => open(parts.door, group));
    } else {
      group.setAttribute("role", "img");
    }
    stage.explain(group, () => explanation(node, now ? fill(node.text, panel, stage, now) : ""));
    return parts;
  }

  // ------------------------------------------------------------------------------------ places

  /**
   * @param {number} width
   * @param {number} height
   */
  function arrange(width, height) {
    const gates = layout.nodes.filter((n) => n.shape === "gate").map((n) => (n.x * width) / layout.width);
    gates.sort((a, b) => a - b);
    const room = Math.min(...gates.slice(1).map((x, i) => x - gates[i]), width);
    const edge = Math.min(gates[0], width - gates[gates.length - 1]);
    const k = clamp(0.86, Math.min(width / layout.width, height / layout.height), 2.4);
    size = { width, height, k, box: Math.min(118 * k, room - 8, 2 * edge - 2) };
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [small, large] = letters();
    const sizes = { small, large, title: stage.narrow ? small : Math.max(small, 15 * k), huge: Math.max(18, 20 * k), sign: Math.max(20, 22 * k) };
    for (const [name, px] of Object.entries(sizes)) svg.style.setProperty(`--${name}`, `${px}px`);
    for (const parts of wires) placeWire(parts);
    for (const parts of nodes) placeNode(parts);
  }

  /**
   * @param {number[]} point
   * @returns {Point}
   */
  const place = ([x, y, shift = 0]) => [across(x) + shift * size.box, down(y)];
  /** @param {number} x */
  const across = (x) => (x * size.width) / layout.width;
  /** @param {number} y */
  const down = (y) => (y * size.height) / layout.height;

  /** @param {WireParts} parts */
  function placeWire(parts) {
    const { wire } = parts;
    const points = wire.points.map(place);
    const last = points.length - 1;
    if (parts.head) {
      parts.tip = points[last];
      parts.end = points[last] = short(points[last - 1], parts.tip, 11 * size.k);
    }
    const path = outline(points, 12 * size.k);
    for (const line of [parts.hit, parts.faint, parts.line]) line.setAttribute("d", path);
    // A line into a box crosses other lines like a bridge, but leaves its own line without a gap.
    parts.halo?.setAttribute("d", outline([short(points[1], points[0], 8), points[1]], 0));
    if (!parts.label || !wire.label_at) return;
    const { k } = size;
    const [x, y] = place(wire.label_at);
    const [small, large] = letters();
    let anchor = wire.anchor;
    let [at, captionY, numberY] = [x, y, y];
    /**
     * @param {"start" | "end"} end
     * @param {1 | -1} ahead
     */
    const beside = (end, ahead) => {
      anchor = end;
      at = x + ahead * 11 * k;
      numberY = wire.label ? y - 1 : y + large * 0.35;
      captionY = y + small;
    };
    const sides = {
      across() {
        captionY = y - (stage.narrow ? 18 : 13 * k);
        numberY = y + 10 * k + large;
      },
      above() {
        numberY = y - (stage.narrow ? 19 : 12 * k);
        captionY = numberY - large - 1;
        if (!wire.label) numberY = y - 7 * k;
      },
      below() {
        captionY = y + 8 * k + small;
        numberY = captionY + large + 2;
      },
      left: () => beside("end", -1),
      right: () => beside("start", 1),
    };
    registered(sides, wire.side, "side of a wire")();
    if (isEntry(wire)) {
      // Lines side by side under a gate: their numbers stand between them, where there is room on
      // one height, else the first above the second.
      const gate = layout.nodes.find((n) => n.name === wire.end);
      const under = down(gate?.y ?? 0) + gateHeight() / 2;
      const apart = size.box < 9.2 * small ? 0.55 * small : 0;
      numberY = (under + y) / 2 + 0.36 * small + (wire.side === "right" ? -apart : apart);
      at = wire.side === "right" ? x + 6 * k : x - 6 * k;
    }
    set(parts.caption, { x: at, y: captionY, "text-anchor": anchor });
    set(parts.number, { x: at, y: numberY, "text-anchor": anchor });
    parts.label.classList.toggle("entry", !wire.label);
  }

  /** The sizes of captions and of numbers in px. */
  const letters = () => [Math.max(stage.narrow ? 12.5 : 14, 13.5 * size.k), Math.max(15, 17 * size.k)];
  const gateHeight = () => Math.max(62, 70 * size.k);

  /** @param {NodeParts} parts */
  function placeNode(parts) {
    const { node, group } = parts;
    const { k, box } = size;
    group.setAttribute("transform", `translate(${across(node.x)}, ${down(node.y)})`);
    /**
     * @param {Element | null} text
     * @param {number} y
     */
    const put = (text, y) => set(text, { y, "text-anchor": node.anchor });
    if (node.shape === "gate") {
      const height = gateHeight();
      frame(parts.box, box, height, 12 * k);
      put(parts.title, -height / 2 + height * 0.29);
      put(parts.number, height * 0.17);
      put(parts.note, height * 0.42);
    } else if (node.shape === "operation") {
      const high = Math.max(28, 34 * k);
      const wide = node.text.length > 1 ? high + 9 * k * node.text.length : high;
      frame(parts.box, wide, high, high / 2);
      set(parts.box, { "data-small": String(node.text.length > 1) });
      parts.title.classList.toggle("word", node.text.length > 1);
      put(parts.title, node.text.length > 1 ? 5 * k : 7.5 * k);
    } else {
      put(parts.title, 5);
    }
  }

  /**
   * @param {Element | null} rect
   * @param {number} width
   * @param {number} height
   * @param {number} radius
   */
  const frame = (rect, width, height, radius) =>
    set(rect, { x: -width / 2, y: -height / 2, width, height, rx: radius });

  // ------------------------------------------------------------------------------------ values

  /**
   * @param {View} view
   * @param {Stage | undefined} active
   */
  function update(view, active) {
    now = view;
    const lit = active ? new Set(active.parts) : null;
    for (const parts of wires) updateWire(parts, view, !lit || lit.has(parts.wire.name));
    for (const parts of nodes) updateNode(parts, view, lit, active);
    const chosen = (active && gates.get(active.name)) ?? gates.values().next().value;
    for (const gate of gates.values()) set(gate, { tabindex: gate === chosen ? "0" : "-1" });
    const opened = stage.opened.at(-1)?.name;
    for (const { door, label, group } of wires)
      if (door) (label ?? group).classList.toggle("opened", door === opened);
    for (const { door, group } of nodes)
      if (door) group.classList.toggle("opened", door === opened);
  }

  /**
   * @param {WireParts} parts
   * @param {View} view
   * @param {boolean} on
   */
  function updateWire(parts, view, on) {
    const { wire, group, line, faint, halo } = parts;
    const number = wire.value ? valueOf(wire.value, stage, view) : null;
    const share = number === null ? 0 : Math.min(1, Math.abs(number) / wire.full);
    const most = isEntry(wire) ? 5 : 9;
    const width = (2 + most * (wire.value ? share : 0.06)) * Math.min(size.k, 1.6);
    const { palette } = stage;
    const sign = number !== null && number < 0 ? "negative" : "positive";
    const colour = palette[wire.signed ? sign : wire.role] ?? palette.ink;
    parts.colour = colour;
    parts.width = width;
    group.classList.toggle("on", on);
    const text = number === null ? "" : fixed(number, wire.value?.digits);
    group.dataset.value = text;
    const dashed = sign === "negative" && number !== null;
    const dash = `${Math.max(7, width * 1.4)} ${Math.max(4, width * 0.5)}`;
    line.setAttribute("stroke-dasharray", dashed ? dash : "none");
    line.setAttribute("stroke-linecap", dashed || parts.head ? "butt" : "round");
    const points = arrow(parts.end, parts.tip, width / 2 + 5 * size.k);
    set(parts.head, { fill: colour, points });
    for (const path of [line, faint]) set(path, { stroke: colour, "stroke-width": width });
    faint.style.display = dashed ? "" : "none";
    set(halo, { "stroke-width": width + 6 });
    if (!parts.label) return;
    parts.label.classList.toggle("on", on);
    if (parts.number) parts.number.textContent = text;
    const [name, help] = [`${capital(nameOf(wire))} ${text}`, fill(wire.help, panel, stage, view)];
    if (parts.door) call(parts.label, name);
    else parts.label.setAttribute("aria-label", `${name}. ${help}`);
  }

  /**
   * @param {NodeParts} parts
   * @param {View} view
   * @param {Set<string> | null} lit
   * @param {Stage | undefined} active
   */
  function updateNode(parts, view, lit, active) {
    const { node, group } = parts;
    const on = !lit || lit.has(node.name);
    group.classList.toggle("on", on);
    const number = node.value ? valueOf(node.value, stage, view) : null;
    const text = number === null ? "" : fixed(number, node.value?.digits);
    const { palette } = stage;
    let title = fill(node.text, panel, stage, view);
    if (parts.number && parts.note) {
      const colour = palette[node.role] ?? palette.ink;
      const filled = Boolean(active) && on;
      const ground = filled ? colour : palette.card;
      set(parts.box, { fill: ground, stroke: colour, "stroke-opacity": on ? 1 : 0.45 });
      parts.title.style.fill = filled ? inkOn(colour) : colour;
      parts.number.style.fill = filled ? inkOn(colour) : palette.ink;
      parts.note.style.fill = filled ? inkOn(colour) : palette.mute;
      if (active) set(group, { "aria-checked": String(active.name === node.name) });
      parts.number.textContent = text;
      parts.note.textContent = fill(node.note, panel, stage, view);
      if (node.role !== "ink") group.dataset.value = text;
    } else if (node.shape === "label" && text) {
      title = `${title} ${text}`;
    }
    parts.title.textContent = title;
    const name = node.shape === "gate" ? `${title} ${text}` : title;
    if (parts.door && node.shape !== "gate") call(group, capital(name));
    else group.setAttribute("aria-label", `${capital(name)}. ${fill(node.help, panel, stage, view)}`);
  }

  // ------------------------------------------------------------------------------------ motion

  /**
   * Let the values of a stage move along its wires, one wave after the other.
   *
   * @param {Stage} active
   */
  function move(active) {
    cancelAnimationFrame(motion);
    beads.replaceChildren();
    const moving = wires.filter((p) => active.parts.includes(p.wire.name));
    if (!moving.length) return;
    const order = waves(moving.map((p) => p.wire));
    const last = Math.max(...order.values());
    const each = MOTION / (last + 1);
    const runners = moving.map((parts) => ({
      path: parts.line,
      length: parts.line.getTotalLength(),
      begin: (order.get(parts.wire) ?? 0) * each,
      bead: make("circle", { class: "bead", r: parts.width / 2 + 3.5, fill: parts.colour }, beads),
    }));
    const start = performance.now();
    svg.dataset.moving = "true";
    /** @param {number} now */
    const step = (now) => {
      const passed = now - start;
      for (const { path, length, begin, bead } of runners) {
        const share = clamp(0, (passed - begin) / each, 1);
        const eased = share * share * (3 - 2 * share);
        const at = path.getPointAtLength(length * eased);
        set(bead, { cx: at.x, cy: at.y });
        bead.style.opacity = share > 0 && share < 1 ? "1" : "0";
      }
      if (passed < MOTION) {
        motion = requestAnimationFrame(step);
      } else {
        beads.replaceChildren();
        delete svg.dataset.moving;
      }
    };
    motion = requestAnimationFrame(step);
  }

  /** The numbers that can be turned, and where they are written. */
  const turnable = [
    ...wires.map(({ wire, number }) => ({ name: wire.name, value: wire.value, text: number })),
    ...nodes.map(({ node, number, title }) => ({ name: node.name, value: node.value, text: number ?? title })),
  ].flatMap(({ name, value, text }) => (value?.grip && text ? [{ name, value, grip: value.grip, text }] : []));

  return { svg, arrange, update, move, turnable, gates };
}
