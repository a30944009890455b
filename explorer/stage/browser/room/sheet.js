// What can be done with a room: open one, enter one, see its code, leave it, end it.

import { element } from "../layout.js";
import { button, spaced, write } from "./bar.js";

/** @import { Room } from "./room.js" */

const HOW = "Everybody who enters the code sees what you show: page, dials, step, playhead and spot.";
const STAY = "The room stays open when you close this tab, for a day. This browser has its key.";

/**
 * The address of a room, which is short enough to be read from a wall.
 *
 * @param {string} code
 */
export const addressOfRoom = (code) => new URL(`room/${code}`, document.baseURI).href;

/**
 * A form that takes a code.
 *
 * @param {Room} room
 */
export function codeForm(room) {
  const field = element("input");
  Object.assign(field, { maxLength: 12, autocomplete: "off", spellcheck: false, name: "code" });
  field.setAttribute("autocapitalize", "characters");
  const label = element("label", "", element("span", "", "Code"), field);
  const enter = element("button", "primary", "Enter");
  enter.type = "submit";
  const form = element("form", "", label, enter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) room.enter(field.value);
  });
  return { form, field };
}

/** A small sheet under the bar. */
export class Sheet {
  /** @param {Room} room */
  constructor(room) {
    this.room = room;
    this.says = element("p", "says");
    this.says.setAttribute("role", "status");
    const { form } = codeForm(room);
    const open = button("Open a room", () => room.open());
    open.className = "primary";
    this.none = element("div", "", element("p", "", HOW), open, element("p", "or"), form);
    this.code = element("p", "code");
    this.address = element("p", "address");
    this.people = element("p", "people");
    this.steer = button("Steer from this tab", () => room.steer());
    this.end = button("End the room", () => room.end());
    this.own = element(
      "div",
      "",
      this.code,
      this.address,
      this.people,
      this.steer,
      this.end,
      element("p", "small", STAY),
    );
    this.followed = element("p");
    const leave = button("Leave the room", () => room.leave());
    this.theirs = element("div", "", this.followed, leave);
    this.element = element("section", "room-sheet", this.says, this.none, this.own, this.theirs);
    this.element.setAttribute("aria-label", "Room");
    this.element.hidden = true;
  }

  show() {
    const { room } = this;
    const inside = Boolean(room.code);
    this.none.hidden = inside;
    this.own.hidden = !inside || !room.presents;
    this.theirs.hidden = !inside || room.presents;
    write(this.says, room.trouble);
    this.says.hidden = !room.trouble;
    if (!inside) return;
    write(this.code, spaced(room.code));
    write(this.address, addressOfRoom(room.code).replace(/^https?:\/\//, ""));
    write(this.people, `${room.people} ${room.people === 1 ? "follows" : "follow"}`);
    write(this.followed, `You are in room ${spaced(room.code)}. Nobody sees who you are.`);
    this.steer.hidden = room.steers;
  }
}
