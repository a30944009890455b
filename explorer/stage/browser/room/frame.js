// What is on every page: the presenter's view, the spot, and the room. It stands in the page's body
// once, and stays there when the page below it changes.

import { element } from "../layout.js";
import { Bar } from "./bar.js";
import { Board } from "./board.js";
import { question } from "./place.js";
import { onPresenting, present, presentAsBefore, presents } from "./presenting.js";
import { room } from "./room.js";
import { addressOfRoom, Sheet } from "./sheet.js";
import { Mark, placeOf } from "./spot.js";
import { Square } from "./square.js";
import { PAGE } from "./style.js";
import { ROOM } from "./style-room.js";

const TYPING = // where letters are written, or choose
  "input:not([type=range], [type=radio], [type=checkbox], [type=button]), textarea, select, [contenteditable], [role=textbox], [role=combobox]";
const SLOW = 250; // ms between two looks at what the page says

/** @typedef {{ setTriggerValue: (name: "go", value: string) => void }} Calls */

/** @type {Frame | null} */
let frame = null;

/**
 * The page is there; it is led elsewhere through `calls`.
 *
 * @param {Calls} calls
 */
export function mount(calls) {
  frame ??= new Frame();
  room.lead = (link) => calls.setTriggerValue("go", link);
}

class Frame {
  constructor() {
    this.square = new Square();
    this.mark = new Mark();
    this.sheet = new Sheet(room);
    this.board = new Board(room);
    this.bar = new Bar(room, {
      present: () => present(!presents()),
      qr: () => this.toggleQr(),
      sheet: () => this.toggleSheet(),
    });
    document.head.append(element("style", "", PAGE + ROOM));
    document.body.append(
      this.bar.element,
      this.sheet.element,
      this.board.element,
      this.square.element,
      this.mark.element,
    );
    room.changed = () => this.show();
    onPresenting(() => {
      if (!presents()) this.square.element.hidden = true;
      this.mark.hide();
      this.show();
    });
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("pointermove", (event) => this.point(event), { passive: true });
    document.addEventListener("pointerdown", (event) => this.point(event), { passive: true });
    document.documentElement.addEventListener("pointerleave", () => this.point(null));
    document.addEventListener("click", (event) => this.closeSheet(event));
    setInterval(() => this.show(), SLOW);
    presentAsBefore();
    room.comeBack();
    this.show();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const [target] = event.composedPath();
    const typing =
      (target instanceof Element && target.matches(TYPING)) ||
      (target instanceof HTMLElement && target.isContentEditable);
    if (event.key === "Escape") {
      if (document.fullscreenElement || (typing && !this.sheet.element.contains(/** @type {Node} */ (target)))) return;
      if (!this.sheet.element.hidden) this.toggleSheet();
      else if (this.square.shown) this.toggleQr();
      else present(false);
    } else if (typing) return;
    else if (event.key.toLowerCase() === "p") present(!presents());
    else if (event.key.toLowerCase() === "q") this.toggleQr();
    else return;
    this.show();
  }

  toggleQr() {
    this.square.element.hidden = !this.square.element.hidden;
    this.show();
  }

  toggleSheet() {
    const { element: sheet } = this.sheet;
    sheet.hidden = !sheet.hidden;
    this.show();
    if (sheet.hidden) this.bar.sheet.focus();
    else [...sheet.querySelectorAll("button")].find((one) => one.checkVisibility())?.focus();
  }

  /** @param {Event} event */
  closeSheet(event) {
    if (this.sheet.element.hidden) return;
    const path = event.composedPath();
    if (path.includes(this.sheet.element) || path.includes(this.bar.element)) return;
    this.sheet.element.hidden = true;
    this.show();
  }

  /** @param {PointerEvent | null} event */
  point(event) {
    if (!presents()) return;
    room.spot = event && placeOf(event);
    if (event) this.mark.at(event.clientX, event.clientY);
    else this.mark.hide();
  }

  show() {
    const { classList } = document.documentElement;
    classList.toggle("room-follows", room.follows);
    classList.toggle("room-steers", room.presents && room.steers);
    const link = room.presents ? addressOfRoom(room.code) : location.href;
    if (this.square.shown) this.square.draw(link, link.replace(/^https?:\/\//, "").slice(0, 80));
    this.bar.show({
      sheet: !this.sheet.element.hidden,
      qr: this.square.shown,
      asks: question() !== null,
    });
    this.sheet.show();
    this.board.show();
    this.mark.element.classList.toggle("theirs", room.follows);
    if (!presents()) this.mark.show(room.follows ? (room.shown.spot ?? null) : null);
  }
}
