// The page on which somebody types the code of a room, or comes with one in the address.

import { element } from "../layout.js";
import { write } from "./bar.js";
import { room } from "./room.js";
import { codeForm } from "./sheet.js";
import { ROOM } from "./style-room.js";

const WAITS = "You are in. The presenter has not shown anything yet.";
const COMES = "You are in; the page of the room is on its way.";
const LOOKS = "Looking for the room…";

/** @type {WeakSet<HTMLElement>} */
const standing = new WeakSet();

/**
 * @param {HTMLElement} parent
 * @param {{ code: string }} data
 */
export function mount(parent, { code }) {
  if (standing.has(parent)) return;
  const { form, field } = codeForm(room);
  field.value = code;
  const says = element("p", "says");
  says.setAttribute("role", "status");
  parent.append(element("style", "", ROOM), element("div", "room-door", form, says));
  standing.add(parent);
  if (code) room.enter(code);
  else if (!room.code) field.focus({ preventScroll: true });
  const show = () => {
    if (!parent.isConnected) return clearInterval(timer);
    form.hidden = Boolean(room.code);
    const inside = room.shown.link === undefined ? WAITS : COMES;
    write(says, room.trouble || (room.code ? inside : room.line ? LOOKS : ""));
  };
  const timer = setInterval(show, 100);
  show();
}
