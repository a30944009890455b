// What stands over every page: the ways into the presenter's view and into a room.

import { element } from "../layout.js";
import { nextStep } from "./place.js";
import { presents } from "./presenting.js";

/** @import { Room } from "./room.js" */

/**
 * What the buttons do.
 *
 * @typedef {object} BarActs
 * @property {() => void} present
 * @property {() => void} qr
 * @property {() => void} sheet
 */

/**
 * A button that is called as it says.
 *
 * @param {string} text
 * @param {() => void} act
 * @param {string} [title]
 */
export function button(text, act, title = "") {
  const made = element("button", "", text);
  made.type = "button";
  if (title) made.title = title;
  made.addEventListener("click", act);
  return made;
}

/**
 * A code as it is read aloud: in two parts.
 *
 * @param {string} code
 */
export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

/**
 * Write into an element, and leave it alone where it says that already.
 *
 * @param {HTMLElement} into
 * @param {string} text
 */
export function write(into, text) {
  if (into.textContent !== text) into.textContent = text;
}

/** The row of buttons at the top. */
export class Bar {
  /**
   * @param {Room} room
   * @param {BarActs} acts
   */
  constructor(room, acts) {
    this.room = room;
    this.next = element("span", "next-title");
    this.where = element("span", "where");
    this.where.setAttribute("role", "status");
    this.back = button("Back to the room", () => room.back());
    this.back.className = "primary";
    this.aside = button("Look around alone", () => room.lookAround());
    this.ask = button("Ask the room", () => room.ask());
    this.ask.className = "primary";
    this.qr = button("QR code", acts.qr, "QR code of the link (Q)");
    this.sheet = button("Room", acts.sheet);
    this.sheet.setAttribute("aria-expanded", "false");
    this.present = button("Present", acts.present, "Presenter's view (P)");
    this.element = element(
      "aside",
      "room-ui",
      this.next,
      this.where,
      this.back,
      this.aside,
      this.ask,
      this.qr,
      this.sheet,
      this.present,
    );
    this.element.setAttribute("aria-label", "In front of a room");
  }

  /**
   * @param {{ sheet: boolean, qr: boolean, asks: boolean }} stands
   */
  show({ sheet, qr, asks }) {
    const { room } = this;
    const [on, follower] = [presents(), Boolean(room.code) && !room.presents];
    const next = on ? nextStep() : "";
    write(this.next, next && `Next: ${next}`);
    const steering = room.presents && room.steers;
    const named = room.presents ? `Room ${spaced(room.code)} · ${room.people}` : "Room";
    write(this.sheet, named);
    this.sheet.title = room.presents ? `${room.people} follow` : "Open or enter a room";
    this.sheet.setAttribute("aria-expanded", String(sheet));
    this.qr.hidden = !on && !room.presents;
    this.qr.setAttribute("aria-pressed", String(qr));
    write(this.present, on ? "Leave" : "Present");
    this.present.title = on ? "Leave the presenter's view (Escape)" : "Presenter's view (P)";
    this.present.hidden = follower && !on;
    this.back.hidden = !follower || !room.alone;
    this.aside.hidden = !follower || room.alone;
    this.ask.hidden = !steering || !asks || Boolean(room.poll);
    const lost = room.presents && !room.steers ? "Another tab steers this room" : "";
    write(this.where, room.trouble || (follower && !room.alone ? "Following" : lost));
    this.where.hidden = !this.where.textContent;
  }
}
