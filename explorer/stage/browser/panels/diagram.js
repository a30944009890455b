// A circuit with the numbers of the selected unit, stage by stage, and the equation under it.

import { circuit } from "../circuit/circuit.js";
import { equation, STYLE as EQUATION } from "../circuit/equation.js";
import { element, focused } from "../layout.js";
import { microscope } from "../circuit/microscope.js";
import { fill } from "../phrases.js";
import { STYLE as PRODUCTS } from "../circuit/products.js";
import { STYLE as SHEET } from "../circuit/sheet.js";
import { STYLE as SPARK } from "../circuit/spark.js";
import { turnables } from "../circuit/turned.js";
import { styled } from "../worn.js";

/**
 * @import { Context, Made, Maker, View } from "../context.js"
 * @import { Diagram } from "../types"
 */

const STYLE = `
.stage .diagram { display: flex; flex-direction: column; gap: 8px; }
.stage .diagram .picture { flex: 1 1 0; min-height: 250px; position: relative; overflow: hidden;
  background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.stage.narrow .diagram .picture { flex: none; height: 410px; }
.stage .diagram svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.stage .diagram text { fill: var(--ink); font-family: var(--font); }
.stage .diagram .hit { stroke: transparent; stroke-width: 18; fill: none; pointer-events: stroke; }
.stage .diagram .halo { stroke: var(--card); fill: none; pointer-events: none; }
.stage .diagram path:is(.line, .faint) { fill: none; pointer-events: none; }
.stage .diagram .wire .line { opacity: 0.35; }
.stage .diagram .wire .faint { opacity: 0.12; }
.stage .diagram .wire.on .line { opacity: 1; }
.stage .diagram .wire.on .faint { opacity: 0.4; }
.stage .diagram :is(.label, .node) { cursor: help; }
.stage .diagram .node[role="radio"], .stage .diagram [data-opens] { cursor: pointer; }
.stage .diagram [data-opens] .number, .stage .diagram .source[data-opens] text {
  text-decoration: underline dotted 1px; text-underline-offset: 4px;
  text-decoration-color: color-mix(in srgb, var(--mute) 55%, transparent); }
.stage .diagram [data-opens]:is(:hover, :focus-visible) .number, .stage .diagram .source[data-opens]:is(:hover, :focus-visible) text {
  text-decoration-color: currentColor; text-decoration-thickness: 2px; }
.stage .diagram .label text, .stage .diagram .caption { paint-order: stroke; stroke: var(--card);
  stroke-width: 4px; stroke-linejoin: round; }
.stage .diagram .caption { fill: var(--mute); font-size: var(--small); }
.stage .diagram .label .number { font-size: var(--large); fill: var(--mute); }
.stage .diagram .label.on .number { fill: var(--ink); font-weight: 650; }
.stage .diagram .label.entry .number { font-size: var(--small); }
.stage .diagram .box .title { font-size: var(--title); font-weight: 650; }
.stage .diagram .box .number { font-size: var(--huge); font-weight: 650; }
.stage .diagram .box .note { font-size: var(--small); }
.stage .diagram .box rect { stroke-width: 2.5px; }
.stage .diagram .operation rect { fill: var(--card); stroke: var(--line); stroke-width: 2px; }
.stage .diagram .operation text { fill: var(--mute); font-size: var(--sign); }
.stage .diagram .operation .word { font-size: var(--small); }
.stage .diagram .operation.on rect { stroke: var(--ink); }
.stage .diagram .operation.on text { fill: var(--ink); }
.stage .diagram .bead { stroke: var(--card); stroke-width: 2px; }
.stage .diagram .opened .number, .stage .diagram .source.opened text { text-decoration: underline solid 2px var(--accent); }
.stage .diagram { scroll-margin-top: 52px; }
.stage .diagram g:focus { outline: none; }
.stage .diagram g:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.stage .diagram .desk { flex: none; background: var(--card); border: 1px solid var(--line);
  border-radius: var(--radius); padding: 5px 14px 7px; }
.stage .diagram .steps { display: flex; align-items: flex-start; justify-content: space-between; gap: 8px; margin: 0 -8px 5px; }
.stage .diagram .tabs { display: flex; flex-wrap: wrap; gap: 2px; }
.stage .diagram .steps button { font: inherit; white-space: nowrap; color: var(--mute);
  background: none; border: 0; border-radius: 6px; padding: 0 9px; height: 30px; cursor: pointer; }
.stage .diagram .steps button:hover { color: var(--ink); background: var(--background); }
.stage .diagram .steps button[aria-selected="true"] { color: var(--ink); font-weight: 650;
  box-shadow: inset 0 -3px 0 var(--accent); border-radius: 4px; }
.stage .diagram .steps label { margin-left: auto; padding-right: 8px; display: flex; gap: 6px;
  align-items: center; color: var(--mute); }
.stage .diagram .steps input { width: 3.4em; height: 28px; font: inherit; color: var(--ink);
  background: var(--background); border: 1px solid var(--line); border-radius: 6px;
  padding: 0 2px 0 8px; }
.stage.narrow .diagram .tabs { gap: 0; }
.stage.narrow .diagram .steps button { padding: 0 6px; }
.stage.narrow .diagram .steps button, .stage.narrow .diagram .steps input { height: 40px; }
.stage .diagram .numbers { min-height: calc(2.2 * (var(--text) + 6px)); }
.stage.narrow .diagram .numbers { font-size: calc(var(--text) + 4px); min-height: 126px; }
.stage.narrow .diagram .group { flex-wrap: wrap; }
.stage .diagram .words { min-height: 2.8em; }
.stage.narrow .diagram .words { min-height: 5.6em; }
.stage .diagram .desk { container-type: inline-size; }
@container (max-width: 640px) { .stage .diagram .numbers { font-size: calc(var(--text) + 4px); } }
`;

/** @type {Maker<Diagram>} */
export function make(panel, stage) {
  const picture = element("div", "picture");
  const scope = panel.openings?.length ? microscope(panel, stage, () => root) : null;
  /**
   * @param {string} name
   * @param {HTMLElement | SVGElement} from
   */
  const open = (name, from) => scope?.open(name, from);
  const strip = equation(panel, stage, open);
  const { row: steps, tabs, show } = makeSteps(panel, stage);
  const unit = panel.select ? makePicker(panel, stage) : null;
  if (unit) steps.append(unit.element);
  const desk = element("div", "desk", steps, strip.element);
  const root = element("div", "diagram", styled([STYLE, EQUATION, SHEET, PRODUCTS, SPARK].join("")), picture, desk);
  /** @type {ReturnType<typeof circuit> | null} */
  let drawn = null; // the circuit of the present layout
  /** @type {ReturnType<typeof turnables> | null} */
  let turned = null; // what lies over its numbers
  const turns = JSON.stringify(panel).includes('"grip":'); // whether any number can be turned
  let narrow = stage.narrow;
  let size = "";
  let shown = "";
  let entered = ""; // the frame and stage whose motion was shown last

  function fit() {
    let made = drawn;
    if (!made || narrow !== stage.narrow) {
      narrow = stage.narrow;
      const layout = (narrow && panel.narrow) || panel;
      made = drawn = circuit(layout, panel, stage, (i) => stage.goStage(i), open);
      turned = turnables(made.turnable, picture, panel.area, stage);
      picture.replaceChildren(made.svg, ...turned.elements);
    }
    const { clientWidth, clientHeight } = picture;
    size = `${clientWidth} ${clientHeight}`;
    if (clientWidth && clientHeight) made.arrange(clientWidth, clientHeight);
    shown = "";
    return made;
  }

  /** @type {Made["paint"]} */
  function paint(view) {
    const fits = narrow === stage.narrow && size === `${picture.clientWidth} ${picture.clientHeight}`;
    const now = drawn && fits ? drawn : fit();
    if (!picture.clientWidth || !picture.clientHeight) return; // on its way out, or not yet in
    const at = Math.min(stage.stage, panel.stages.length - 1);
    const moment = `${view.frame.index} ${at}`;
    const state = `${moment} ${stage.look} ${turns ? stage.turns : ""}`;
    if (state === shown) return;
    shown = state;
    const active = panel.stages[at];
    now.update(view, active);
    turned?.update(view);
    now.svg.setAttribute("aria-label", fill(panel.alt, panel, stage, view));
    show(at);
    unit?.update(view);
    strip.update(view, active);
    scope?.paint(view);
    const before = entered.split(" ")[1];
    const other = Boolean(entered) && before !== String(at);
    if (other) follow(now.gates, at);
    if (other && !stage.reducedMotion) now.move(active);
    entered = moment;
  }

  /**
   * A gate or a tab that has the focus hands it on to that of the present stage: what is marked and
   * what the keyboard works are one.
   *
   * @param {Map<string, SVGElement>} gates
   * @param {number} at
   */
  function follow(gates, at) {
    const held = focused(root);
    const onGate = [...gates.values()].some((gate) => gate === held);
    if (!onGate && !tabs.some((tab) => tab === held)) return;
    const gate = onGate ? gates.get(panel.stages[at].name) : null;
    (gate ?? tabs[at]).focus({ preventScroll: true });
  }

  function resize() {
    size = "";
    scope?.arrange();
  }

  return { element: root, paint, resize, leave: () => scope?.leave() };
}

/**
 * A button for each stage; the present one is marked.
 *
 * @param {Diagram} panel
 * @param {Context} stage
 */
function makeSteps(panel, stage) {
  const buttons = panel.stages.map(({ name, title }, i) => {
    const button = element("button", "", title || name);
    button.type = "button";
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => stage.goStage(i));
    return button;
  });
  const list = element("div", "tabs", ...buttons);
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Stages of the computation");
  list.setAttribute("aria-orientation", "vertical"); // up and down; left and right are time's
  const row = element("div", "steps", list);
  /** @param {number} at */
  const show = (at) =>
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === at));
      button.tabIndex = i === at ? 0 : -1;
    });
  return { row, tabs: buttons, show };
}

/**
 * A field for the selected entry, as the heat maps choose it with a click.
 *
 * @param {Diagram} panel
 * @param {Context} stage
 */
function makePicker(panel, stage) {
  const input = element("input");
  Object.assign(input, { type: "number", min: 0, step: 1 });
  const name = panel.select;
  input.setAttribute("aria-label", name);
  input.addEventListener("change", () => {
    const wanted = Math.round(Number(input.value));
    const found = nearest(Math.min(Number(input.max), Math.max(0, wanted || 0)));
    input.value = String(found);
    stage.select(name, found);
  });
  /**
   * The same, or what stands nearest to it among those that are shown.
   *
   * @param {number} wanted
   */
  function nearest(wanted) {
    const shown = stage.still?.arrays[`shown/${name}`]?.data;
    if (!shown) return wanted;
    return shown.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
  }

  const label = element("label", "", name, input);
  const first = panel.nodes.find((node) => node.value?.select === name)?.value?.name;

  /** @param {View} view */
  function update(view) {
    const array = first && stage.array(view, first);
    if (array) input.max = String(stage.numberAt(name, array.data.length - 1));
    const chosen = stage.selects[name] ?? 0;
    if (focused(input) !== input) input.value = String(chosen);
  }

  return { element: label, update };
}
