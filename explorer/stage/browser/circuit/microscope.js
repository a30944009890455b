// The microscope: a card that shows how one number is made, down to weight × input, and follows
// the playhead and the selected unit while it is open.

import { equation, letters } from "./equation.js";
import { moment, power } from "../format.js";
import { substituted } from "./latex.js";
import { element, focused } from "../layout.js";
import { causeOf, selectOf, shownSum, spoken } from "./opening.js";
import { entry } from "../phrases.js";
import { dotList, partList } from "./products.js";
import { makeSheet } from "./sheet.js";
import { makeSpark } from "./spark.js";

/**
 * @import { Context, Opened, View } from "../context.js"
 * @import { Diagram, Dot, Opening } from "../types"
 * @import { Door, Products } from "./opening.js"
 */

const [LEAST_ROWS, MOST] = [3, 8]; // products of each dot product that are shown without asking
const COPIED = 1600; // ms that the button says so
const OFF = 1e-3; // a difference that is not rounding

/**
 * What a browser may let a page do with its keyboard (Chromium does).
 *
 * @typedef {{ lock: (keys: string[]) => Promise<void>, unlock: () => void }} KeyboardLock
 */

/** @type {Navigator & { keyboard?: KeyboardLock }} */
const { keyboard } = navigator;

/** @param {number | null} number */
const thousandths = (number) =>
  number === null ? "–" : number.toFixed(3).replace(/^-(?!0\.000$)/, "−").replace(/^-/, "");

/**
 * The microscope of one diagram. `open(name, from)` opens a number from an element outside of the
 * card; what is opened stands in `stage.opened`, as [{name, unit, index, via}], and stays when the
 * panels are built anew.
 *
 * @param {Diagram} panel
 * @param {Context} stage
 * @param {() => HTMLElement} place
 */
export function microscope(panel, stage, place) {
  const openings = new Map(panel.openings.map((opening) => [opening.name, opening]));
  const trail = element("nav", "trail");
  trail.setAttribute("aria-label", "What was opened");
  const copy = act("Copy LaTeX", "", copyEquation);
  const shut = act("✕", "shut", () => close());
  shut.setAttribute("aria-label", "Close");
  const title = element("h2");
  const where = element("span", "where-at");
  const value = element("output");
  const formula = element("div", "formula");
  const strip = equation(panel, stage, (name) => push({ name }), true);
  const spark = makeSpark(panel, stage);
  const parts = partList(panel, stage, openings, (name) => push({ name }));
  const dots = element("div", "dots");
  const check = element("div", "check");
  const inside = element(
    "div",
    "inside",
    element("div", "headline", title, where, value),
    spark.element,
    formula,
    strip.element,
    parts.element,
    dots,
  );
  inside.tabIndex = -1;
  const top = element("div", "top", trail, shut);
  const card = element("section", "microscope", top, inside, check);
  card.setAttribute("role", "dialog");
  card.tabIndex = -1;
  card.hidden = true;
  const sheet = makeSheet(card, stage, place);
  /** @type {View | null} */
  let view = null;
  /** @type {Opening | null} */
  let built = null; // the opening whose dot products stand in the card
  /** @type {ReturnType<typeof dotList>[]} */
  let lists = [];
  /** @type {Door | null} */
  let from = null; // where the focus returns to
  let wantsFocus = false; // once it can be seen

  stage.opened = stage.opened.filter(({ name }) => openings.has(name));

  const last = () => stage.opened.at(-1);
  const unit = () => (panel.select ? (stage.selects[panel.select] ?? 0) : 0);

  /**
   * @param {string} text
   * @param {string} kind
   * @param {() => void} acts
   */
  function act(text, kind, acts) {
    const button = element("button", `act ${kind}`, text);
    button.type = "button";
    button.addEventListener("click", acts);
    return button;
  }

  // --------------------------------------------------------------------------- open and close

  /**
   * @param {string} name
   * @param {Door} opener
   */
  function open(name, opener) {
    from = opener;
    stage.opened = [];
    wantsFocus = true;
    push({ name });
    if (!stage.narrow) return;
    const behavior = stage.reducedMotion ? "auto" : "smooth";
    place().scrollIntoView({ block: "start", behavior }); // the sheet covers what lies below
  }

  /**
   * One number deeper.
   *
   * @param {Pick<Opened, "name"> & Partial<Opened>} crumb
   */
  function push(crumb) {
    wantsFocus ||= card.contains(focused(card)); // what has it may go
    stage.opened.push({ unit: unit(), index: view?.frame.index ?? 0, ...crumb });
    inside.scrollTop = 0;
    stage.changed();
  }

  /**
   * A product of the step before: go there, and open the number that caused it.
   *
   * @param {Dot} dot
   * @param {number} k
   */
  function causedBy(dot, k) {
    const frame = view && causeOf(dot, k, stage, view);
    if (!frame) return;
    const { index } = frame;
    stage.go(index);
    const at = stage.numberAt(panel.select, k);
    if (panel.select && at !== unit()) stage.select(panel.select, at);
    push({ name: dot.leads_to, via: dot.label, unit: at, index });
  }

  /**
   * An input of this step: what is read, or the same number of another unit.
   *
   * @param {Dot} dot
   * @param {number} k
   */
  function follow(dot, k) {
    if (dot.cause === "before") causedBy(dot, k);
    else if (dot.cause === "token") {
      if (view) stage.pointOut(view.frame.index);
    } else {
      const at = stage.numberAt(panel.select, k);
      if (panel.select && at !== unit()) stage.select(panel.select, at);
      push({ name: dot.inputs, via: dot.label, unit: at });
    }
  }

  /** @param {number} i */
  function backTo(i) {
    const { unit: at, index } = stage.opened[i];
    stage.opened = stage.opened.slice(0, i + 1);
    stage.go(index);
    if (panel.select && at !== unit()) stage.select(panel.select, at);
    inside.scrollTop = 0;
    stage.changed();
    card.focus({ preventScroll: true });
  }

  function close() {
    const back = from?.isConnected ? from : stage.root;
    const held = card.contains(focused(card));
    stage.opened = [];
    from = null;
    hide();
    if (held) back.focus({ preventScroll: true });
    stage.changed();
  }

  function hide() {
    if (card.hidden) return;
    card.hidden = true;
    card.remove();
    built = null;
    delete card.dataset.opened;
    window.removeEventListener("keydown", escape, true);
    document.removeEventListener("scroll", sheet.arrange, true);
    keyboard?.unlock();
  }

  function show() {
    const focus = wantsFocus;
    wantsFocus = false;
    appear();
    if (focus) card.focus({ preventScroll: true });
  }

  function appear() {
    if (!card.hidden) return;
    card.hidden = false;
    window.addEventListener("keydown", escape, true);
    document.addEventListener("scroll", sheet.arrange, true);
    keyboard?.lock(["Escape"]).catch(() => {}); // else full screen ends with it
    sheet.arrange();
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key !== "Escape") return;
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches(".typed-number")) return; // it leaves that
    const ours = event.composedPath().includes(stage.root);
    if (!ours && target !== document.body && target !== document.documentElement) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }

  // --------------------------------------------------------------------------------- painting

  /** @param {View} now */
  function paint(now) {
    view = now;
    const crumb = last();
    const opening = crumb && openings.get(crumb.name);
    if (!opening) {
      hide();
      return;
    }
    Object.assign(crumb, { unit: unit(), index: now.frame.index });
    if (built !== opening) build(opening);
    show();
    paintTrail();
    const number = entry(opening.name, selectOf(opening, panel), stage, now);
    value.textContent = stage.number(number);
    value.style.color = opening.role === "ink" ? "" : (stage.palette[opening.role] ?? "");
    where.textContent = [
      panel.select && `${panel.select} ${unit()}`,
      moment(stage.clock, now.frame.step),
    ]
      .filter(Boolean)
      .join(", ");
    strip.update(now, opening);
    spark.paint(now, opening);
    if (!lists.length) parts.paint(now, opening);
    const found = lists.map((list) => list.find(now, opening));
    const all = found.flatMap((dot) => dot?.terms.map(({ product }) => Math.abs(product)) ?? []);
    const largest = all.reduce((most, size) => Math.max(most, size), 1e-12);
    const first = rowsEach(found);
    lists.forEach((list, i) => list.paint(now, found[i], largest, first));
    paintCheck(
      opening,
      found.map((dot) => dot && dot.sum),
      now,
    );
    card.dataset.opened = opening.name;
    card.dataset.unit = String(unit());
    card.dataset.latex = substituted(opening.symbols, strip.text());
    sheet.settle();
  }

  /**
   * How many products of each dot product have room at first.
   *
   * @param {(Products | null)[]} found
   */
  function rowsEach(found) {
    const many = found.filter((dot) => dot && dot.terms.length > 1).length;
    if (stage.narrow) return many > 1 ? 4 : MOST;
    const heads = 285 + 62 * many + 85 * (found.length - many); // px, about
    return Math.min(MOST, Math.max(LEAST_ROWS, Math.floor((sheet.limit - heads) / 25 / Math.max(1, many))));
  }

  /** @param {Opening} opening */
  function build(opening) {
    built = opening;
    title.textContent = opening.title;
    card.setAttribute("aria-label", `How it is made: ${opening.title}`);
    formula.replaceChildren(letters(opening.symbols), copy);
    lists = opening.dots.map((dot) => dotList(dot, panel, stage, openings, follow));
    dots.replaceChildren(...lists.map((list) => list.element));
    parts.element.hidden = lists.length > 0;
    sheet.arrange();
  }

  let trailed = "";

  function paintTrail() {
    const texts = stage.opened.map((crumb, i) => {
      const before = stage.opened[i - 1];
      const name = openings.get(crumb.name)?.title ?? crumb.name;
      const elsewhere = before && (before.unit !== crumb.unit || before.index !== crumb.index);
      const frame = stage.frames.at(stage.frames.floor(crumb.index));
      const at = elsewhere
        ? ` of ${panel.select || "unit"} ${crumb.unit}, ${moment(stage.clock, frame?.step ?? crumb.index)}`
        : "";
      return [crumb.via ?? "", name, at];
    });
    const state = JSON.stringify(texts);
    if (state === trailed && trail.childElementCount) return;
    trailed = state;
    const pieces = texts.flatMap(([via, name, at], i) => {
      const made = i ? [element("i", "", "›")] : [];
      if (via) made.push(element("span", "", via), element("i", "", "›"));
      if (i === texts.length - 1) return [...made, element("b", "", name + at)];
      const button = element("button", "", name + at);
      button.type = "button";
      button.setAttribute("aria-label", spoken(name + at));
      button.addEventListener("click", () => backTo(i));
      return [...made, button];
    });
    trail.replaceChildren(...pieces);
    trail.scrollLeft = trail.scrollWidth;
  }

  /**
   * "adds up to 1.234, shown 1.234, difference 2×10⁻⁷".
   *
   * @param {Opening} opening
   * @param {(number | null)[]} sums
   * @param {View} now
   */
  function paintCheck(opening, sums, now) {
    const there = sums.length > 0 && sums.every((sum) => sum !== null);
    check.hidden = !there;
    if (!there) return;
    const sum = sums.reduce((total, part) => total + (part ?? 0), 0) ?? 0;
    const shown = shownSum(opening, panel, stage, now);
    const difference = shown === null ? NaN : Math.abs(sum - shown);
    Object.assign(check.dataset, { sum, shown, difference });
    check.classList.toggle("off", difference > OFF);
    const gap = element("span", "gap", `difference ${difference ? power(difference) : "0"}`);
    check.replaceChildren(
      "adds up to ",
      element("b", "", thousandths(sum)),
      ", shown ",
      element("b", "", thousandths(shown)),
      ", ",
      gap,
    );
  }

  async function copyEquation() {
    const text = card.dataset.latex ?? "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = element("textarea");
      field.value = text;
      field.style.cssText = "position:fixed;opacity:0";
      card.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      copy.focus({ preventScroll: true });
    }
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy LaTeX"), COPIED);
  }

  return { open, paint, arrange: sheet.arrange, leave: hide };
}
