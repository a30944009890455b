// The rows of the microscope: the products of a dot product, the largest first, and the numbers
// that an equation is made of.

import { selected, turned } from "../dials/grip.js";
import { NumberHandle } from "../dials/number.js";
import { element } from "../layout.js";
import { call, causeOf, opens, products, selectOf } from "./opening.js";
import { entry } from "../phrases.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Diagram, Dot, Grip, Opening } from "../types"
 * @import { Product, Products } from "./opening.js"
 */

export const STYLE = `
.stage .microscope .dots { display: flex; flex-direction: column; gap: 12px; }
.stage .microscope .dot header { display: flex; align-items: baseline; gap: 8px; margin-bottom: 3px; }
.stage .microscope h3 { margin: 0; padding: 0; font: 620 var(--text)/1.4 var(--font); }
.stage .microscope .heard { border: 1px solid var(--line); border-radius: 6px; padding: 0 7px;
  background: var(--background); font: 600 calc(var(--text) + 1px)/1.5 var(--monospace); cursor: pointer; }
.stage .microscope .heard:hover { border-color: var(--mute); }
.stage .microscope .partial { margin-left: auto; color: var(--mute); white-space: nowrap; }
.stage .microscope .partial b { color: var(--ink); font-weight: 620; }
.stage .microscope .factors { display: grid; column-gap: 9px;
  grid-template-columns: max-content minmax(112px, 1fr) auto minmax(24px, 23%); }
.stage .microscope .factors.all { max-height: 320px; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; }
.stage .microscope .factor { grid-column: 1 / -1; display: grid; grid-template-columns: subgrid;
  align-items: center; min-height: 25px; border-radius: 5px; white-space: nowrap; margin: 0; padding: 0 4px; }
.stage.narrow .microscope .factor[data-opens] { min-height: 40px; }
.stage .microscope .factor[data-opens] { cursor: pointer; }
.stage .microscope .factor[data-opens]:is(:hover, :focus-visible) { background: color-mix(in srgb, var(--accent) 11%, transparent); }
.stage .microscope .factor[data-opens] .what { text-decoration: underline dotted color-mix(in srgb, currentColor 45%, transparent) 1.5px;
  text-underline-offset: 4px; }
.stage .microscope .what { max-width: 190px; overflow: hidden; text-overflow: ellipsis; line-height: 1.6; }
.stage .microscope .sum-of { color: var(--mute); text-align: right; overflow: hidden; text-overflow: ellipsis; }
.stage .microscope .product { text-align: right; font-weight: 600; min-width: 3.6em; }
.stage .microscope .bar-of { position: relative; height: 11px; background:
  linear-gradient(var(--line), var(--line)) 50% 0 / 1px 100% no-repeat; }
.stage .microscope .bar-of i { position: absolute; top: 1px; bottom: 1px; border-radius: 2px; }
.stage .microscope .more { font: inherit; color: var(--accent); background: none; border: 0; padding: 3px 4px;
  cursor: pointer; }
.stage .microscope .more:hover { text-decoration: underline; }
.stage.narrow .microscope .more { min-height: 40px; }
.stage .microscope .below-rows { display: flex; align-items: baseline; justify-content: space-between; }
.stage .microscope .bias { color: var(--mute); padding-right: 4px; margin-left: auto; }
.stage .microscope .bias b { color: var(--ink); font-weight: 600; }
`;

/**
 * A bar from the middle, to the right where the share is positive.
 *
 * @param {HTMLElement} bar
 * @param {number} share
 * @param {Record<string, string>} palette
 */
function draw(bar, share, palette) {
  const size = 50 * Math.min(1, Math.abs(share));
  bar.style.left = share < 0 ? `${50 - size}%` : "50%";
  bar.style.width = `${size}%`;
  bar.style.background = share < 0 ? palette.negative : palette.positive;
}

function makeRow() {
  const made = {
    row: element("div", "factor"),
    what: element("span", "what"),
    sum: element("span", "sum-of"),
    arithmetic: element("span"),
    product: element("span", "product"),
    bar: element("i"),
    /** @type {NumberHandle | null} */
    weight: null,
  };
  made.sum.append(made.arithmetic);
  made.row.append(made.what, made.sum, made.product, element("span", "bar-of", made.bar));
  return made;
}

/**
 * @param {Element} target
 * @param {string} text
 */
function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * One dot product as ranked rows. `follow(dot, k)` is called when the cause of a product is asked
 * for. `find(view, opening)` are the products, null where arrays are missing; `paint` shows them,
 * the bars on a scale up to the `largest`, and at `first` so many rows.
 *
 * @param {Dot} dot
 * @param {Diagram} panel
 * @param {Context} stage
 * @param {Map<string, Opening>} openings
 * @param {(dot: Dot, k: number) => void} follow
 */
export function dotList(dot, panel, stage, openings, follow) {
  const heard = element("button", "heard");
  heard.type = "button";
  const partial = element("span", "partial");
  const head = element("header", "", element("h3", "", dot.label));
  if (dot.cause === "token") head.append(heard);
  head.append(partial);
  const list = element("div", "factors");
  const more = element("button", "more");
  more.type = "button";
  const bias = element("span", "bias");
  const root = element("section", "dot", head, list, element("div", "below-rows", more, bias));
  root.dataset.inputs = dot.inputs;
  /** @type {ReturnType<typeof makeRow>[]} */
  let rows = [];
  let all = false;
  /** @type {Product[]} */
  let shown = [];
  heard.addEventListener("click", () => follow(dot, 0));
  more.addEventListener("click", () => {
    all = !all;
    list.classList.toggle("all", all);
    list.scrollTop = 0;
    stage.changed();
  });

  /**
   * @param {View} view
   * @param {number} k
   */
  const leads = (view, k) => {
    if (dot.cause === "token") return true;
    if (dot.cause === "before")
      return openings.has(dot.leads_to) && causeOf(dot, k, stage, view) !== null;
    return openings.has(dot.inputs);
  };

  /** @param {number} count */
  function resize(count) {
    for (const { row } of rows.splice(count)) row.remove();
    while (rows.length < count) {
      const made = makeRow();
      const place = rows.length;
      opens(doorOf(made), dot.leads_to || dot.inputs, () => {
        if (doorOpen) follow(dot, shown[place].k);
      });
      if (dot.grip) made.sum.prepend(weightOf(made, place, dot.grip));
      rows.push(made);
      list.append(made.row);
    }
  }

  /**
   * A weight as the hand has it, which may be ahead of what is painted.
   *
   * @param {Pick<Product, "weight" | "row" | "column">} term
   */
  const weightNow = ({ weight, row, column }) =>
    turned(dot.grip, stage, weight, { row, column }) ?? NaN;

  /**
   * Have the weight of a row turned where it stands.
   *
   * @param {ReturnType<typeof makeRow>} made
   * @param {number} place
   * @param {Grip} grip
   */
  function weightOf(made, place, grip) {
    const told = () => {
      const { name, ...term } = shown[place];
      const own = selected(grip, { ...stage.selects, row: term.row, column: term.column });
      return { grip: own, value: weightNow(term), name: `${grip.label} ${name}` };
    };
    made.weight = new NumberHandle(`${panel.area}/${dot.label}/${place}`, told, stage);
    return made.weight.root;
  }

  /**
   * What leads back in a row: all of it, or its name alone where its weight can be turned.
   *
   * @param {ReturnType<typeof makeRow>} made
   */
  const doorOf = ({ row, what }) => (dot.grip ? what : row);
  let doorOpen = true;

  /**
   * A product that leads nowhere is no control.
   *
   * @param {boolean} open
   */
  function setDoors(open) {
    for (const door of rows.map(doorOf)) {
      if (open === (door.getAttribute("role") === "button")) continue;
      if (open) {
        door.setAttribute("role", "button");
        door.setAttribute("tabindex", "0");
        door.dataset.opens = dot.leads_to || dot.inputs;
      } else {
        for (const name of ["role", "tabindex", "data-opens", "aria-haspopup"]) door.removeAttribute(name);
      }
    }
  }

  /**
   * @param {View} view
   * @param {Opening} opening
   */
  function find(view, opening) {
    const found = products(dot, opening, panel, stage, view);
    if (found && rows.some(({ weight }) => weight?.busy)) {
      const places = new Map(shown.map(({ k }, i) => [k, i])); // what is in the hand stays in its row
      found.terms.sort((a, b) => (places.get(a.k) ?? Infinity) - (places.get(b.k) ?? Infinity));
    }
    return found;
  }

  /**
   * @param {View} view
   * @param {Products | null} found
   * @param {number} largest
   * @param {number} first
   */
  function paint(view, found, largest, first) {
    root.hidden = !found;
    if (!found) return;
    const { terms, bias: constant, factor, others, inside, sum } = found;
    const count = all ? terms.length : Math.min(first, terms.length);
    shown = terms;
    doorOpen = terms.length > 0 && leads(view, terms[0].k);
    resize(count);
    setDoors(doorOpen);
    const { palette } = stage;
    for (let i = 0; i < count; i += 1) {
      const { row, what, arithmetic, product, bar, weight } = rows[i];
      const term = terms[i];
      const factor = stage.number(weightNow(term));
      write(what, term.name);
      if (weight) {
        write(weight.text, factor);
        weight.update();
      }
      write(arithmetic, `${weight ? "" : factor} × ${stage.number(term.input)}`);
      write(product, stage.number(term.product));
      Object.assign(row.dataset, { k: term.k, product: term.product });
      const sum = `${factor} × ${stage.number(term.input)} = ${product.textContent}`;
      if (doorOpen) call(doorOf(rows[i]), `${term.name}: ${sum}`);
      draw(bar, term.product / largest, palette);
    }
    const rest = terms.slice(count).reduce((total, term) => total + term.product, 0);
    more.hidden = terms.length <= first;
    write(more, all ? "the largest only" : `${terms.length - count} more: sum ${stage.number(rest)}`);
    Object.assign(root.dataset, { rest, part: sum });
    bias.hidden = constant === null;
    if (constant !== null) {
      root.dataset.bias = String(constant);
      bias.replaceChildren("bias ", element("b", "", stage.number(constant)));
    }
    if (others !== null) {
      root.dataset.others = String(others);
      bias.hidden = false;
      bias.append(" · not shown ", element("b", "", stage.number(others)));
    }
    const whole = factor === null ? [] : [`${stage.number(factor)} · ${stage.number(inside)} = `];
    partial.replaceChildren("Σ ", ...whole, element("b", "", stage.number(sum)));
    if (dot.cause === "token") {
      const token = panel.tokens?.[view.frame.index] ?? "";
      write(heard, token);
      call(heard, `Show ${token} in the text`);
    }
  }

  return { element: root, find, paint };
}

/**
 * The numbers of an equation that open in turn, as rows: name, value, bar.
 *
 * @param {Diagram} panel
 * @param {Context} stage
 * @param {Map<string, Opening>} openings
 * @param {(name: string) => void} open
 */
export function partList(panel, stage, openings, open) {
  const list = element("div", "factors parts");
  /** @type {Opening | null} */
  let built = null;
  /** @type {({ inner: Opening } & ReturnType<typeof makeRow>)[]} */
  let rows = [];

  /** @param {Opening} opening */
  function build(opening) {
    built = opening;
    const names = opening.equation.map(({ value }) => value?.name ?? "");
    const found = [...new Set(names)].map((name) => openings.get(name));
    const others = found.flatMap((inner) => (inner && inner !== opening ? [inner] : []));
    rows = others.map((inner) => {
      const made = makeRow();
      made.what.textContent = inner.title;
      opens(made.row, inner.name, () => open(inner.name));
      return { inner, ...made };
    });
    list.replaceChildren(...rows.map(({ row }) => row));
  }

  /**
   * @param {View} view
   * @param {Opening} opening
   */
  function paint(view, opening) {
    if (built !== opening) build(opening);
    const numbers = rows.map(
      ({ inner }) => entry(inner.name, selectOf(inner, panel), stage, view) ?? NaN,
    );
    const largest = Math.max(1, ...numbers.map(Math.abs).filter(Number.isFinite));
    rows.forEach(({ inner, row, what, product, bar }, i) => {
      write(product, stage.number(numbers[i]));
      call(row, `${inner.title}: ${product.textContent}`);
      what.style.color = stage.palette[inner.role] ?? "";
      draw(bar, numbers[i] / largest, stage.palette);
    });
  }

  return { element: list, paint };
}
