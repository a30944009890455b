// The presenter's pointer as a spot that everybody sees: where it is, said so that it is the same
// place in a window of another size.

import { element } from "../layout.js";

/**
 * @import { Spot } from "../types"
 */

const KEYED = /^st-key-[\w.-]+$/;

/** @typedef {Document | ShadowRoot} Root */

/**
 * Where a pointer is: in which part of the page, and how far across and down it; null outside of all.
 *
 * @param {PointerEvent} event
 * @returns {Spot | null}
 */
export function placeOf(event) {
  for (const target of event.composedPath()) {
    const name = target instanceof HTMLElement ? nameOf(target) : "";
    if (!name || !(target instanceof HTMLElement)) continue;
    const box = frameOf(target, event.clientX, event.clientY);
    const { left, top, width, height } = box.of.getBoundingClientRect();
    if (!width || !height) return null;
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    return { part: name + box.inside, x: round(x), y: round(y) };
  }
  return null;
}

/** @param {number} share */
const round = (share) => Math.round(Math.max(0, Math.min(1, share)) * 10000) / 10000;

/** @param {HTMLElement} part */
function nameOf(part) {
  if (part.matches(".panel[data-area]")) return `panel ${part.dataset.area}`;
  const key = [...part.classList].find((name) => KEYED.test(name));
  return key && key !== "st-key-room" ? `part ${key.slice(7)}` : "";
}

/**
 * The drawn part of a panel, where the pointer is in it: its axes are there in windows of any size.
 *
 * @param {HTMLElement} part
 * @param {number} x
 * @param {number} y
 */
function frameOf(part, x, y) {
  const body = part.querySelector(".plot .body");
  if (!part.matches(".panel") || !body) return { of: part, inside: "" };
  const { left, right, top, bottom } = body.getBoundingClientRect();
  const is = x >= left && x <= right && y >= top && y <= bottom;
  return is ? { of: body, inside: " body" } : { of: part, inside: "" };
}

/**
 * The element that a spot is in, if this window shows it.
 *
 * @param {Spot} spot
 * @returns {Element | null}
 */
function found({ part }) {
  const [kind, name, body] = part.split(" ");
  if (kind === "part") return document.querySelector(`.st-key-${CSS.escape(name)}`);
  const panel = deep(document, `.panel[data-area="${CSS.escape(name)}"]`);
  return body ? (panel?.querySelector(".plot .body") ?? panel) : panel;
}

/**
 * The first element of a kind, through shadow roots.
 *
 * @param {Root | Element} at
 * @param {string} selector
 * @returns {Element | null}
 */
export function deep(at, selector) {
  const here = at.querySelector(selector);
  if (here) return here;
  for (const host of at.querySelectorAll("*")) {
    const inside = host.shadowRoot && deep(host.shadowRoot, selector);
    if (inside) return inside;
  }
  return null;
}

/** The spot as it is drawn in this window. */
export class Mark {
  constructor() {
    this.element = element("div", "room-spot");
    this.element.setAttribute("aria-hidden", "true");
    this.element.hidden = true;
  }

  /**
   * Under the own pointer.
   *
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    this.element.hidden = false;
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  /**
   * Where somebody else points; nowhere, where this window does not show that.
   *
   * @param {Spot | null} spot
   */
  show(spot) {
    const box = spot && found(spot)?.getBoundingClientRect();
    if (!spot || !box || !box.width || !box.height) this.element.hidden = true;
    else this.at(box.left + spot.x * box.width, box.top + spot.y * box.height);
  }

  hide() {
    this.element.hidden = true;
  }
}
