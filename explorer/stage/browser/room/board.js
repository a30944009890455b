// The question to the room: followers answer on their own device, and the answers grow as a picture.

import { element } from "../layout.js";
import { button, write } from "./bar.js";

/**
 * @import { Poll } from "../types"
 * @import { Room } from "./room.js"
 */

const LETTERS = "ABCDEFGHI";

/** @typedef {{ row: HTMLElement, button: HTMLButtonElement, bar: HTMLElement, count: HTMLElement, note: HTMLElement }} Row */

/** The board with one question at a time. */
export class Board {
  /** @param {Room} room */
  constructor(room) {
    this.room = room;
    this.number = 0;
    this.title = element("h2");
    this.title.id = "room-question";
    this.list = element("ol", "choices");
    /** @type {Row[]} */
    this.rows = [];
    this.sum = element("p", "sum");
    this.sum.setAttribute("role", "status");
    this.decide = button("Let the run decide", () => room.decide());
    this.decide.className = "primary";
    this.away = button("Put away", () => this.putAway());
    this.putBy = 0; // the question that this browser put away
    this.foot = element("div", "foot", this.sum, this.decide, this.away);
    this.element = element("section", "room-board", this.title, this.list, this.foot);
    this.element.setAttribute("aria-labelledby", this.title.id);
    this.element.hidden = true;
  }

  putAway() {
    if (this.room.presents) this.room.putAway();
    else {
      this.putBy = this.room.poll?.number ?? 0;
      this.show();
    }
  }

  show() {
    const { poll } = this.room;
    const seen = poll && (poll.open || poll.number !== this.putBy);
    this.element.hidden = !seen;
    document.documentElement.classList.toggle("room-asked", Boolean(seen));
    if (!poll || !seen) return;
    if (poll.number !== this.number) this.build(poll);
    this.element.classList.toggle("answers", !this.room.presents && poll.open);
    this.element.classList.toggle("closed", !poll.open);
    const total = poll.counts?.reduce((sum, count) => sum + count, 0) ?? 0;
    this.rows.forEach((row, k) => this.paint(row, poll, k, total));
    write(this.sum, said(poll, this.room));
    this.decide.hidden = !this.room.presents || !this.room.steers || !poll.open;
    this.away.hidden = poll.open && !this.room.presents;
  }

  /** @param {Poll} poll */
  build({ number, text, choices }) {
    this.number = number;
    this.title.textContent = text;
    this.rows = choices.map((choice, k) => {
      const bar = element("span", "bar");
      const count = element("span", "count");
      const note = element("em", "note");
      const vote = button("", () => this.room.vote(k));
      vote.append(
        bar,
        element("b", "letter", LETTERS[k]),
        element("span", "text", choice),
        note,
        count,
      );
      const row = element("li", "", vote);
      return { row, button: vote, bar, count, note };
    });
    this.list.replaceChildren(...this.rows.map(({ row }) => row));
  }

  /**
   * @param {Row} row
   * @param {Poll} poll
   * @param {number} k
   * @param {number} total
   */
  paint({ row, button: vote, bar, count, note }, poll, k, total) {
    const mine = !this.room.presents && poll.yours === k;
    const right = poll.right === k;
    row.classList.toggle("yours", mine);
    row.classList.toggle("right", right);
    vote.disabled = !poll.open || this.room.presents;
    vote.setAttribute("aria-pressed", String(mine));
    bar.style.width = poll.counts && total ? `${(100 * poll.counts[k]) / total}%` : "0";
    write(count, poll.counts ? String(poll.counts[k]) : "");
    write(note, [right ? "measured" : "", mine ? "yours" : ""].filter(Boolean).join(" · "));
  }
}

/**
 * What is said under the choices.
 *
 * @param {Poll} poll
 * @param {Room} room
 */
function said({ open, answered, counts, yours, right }, { people, presents }) {
  if (open) {
    const many = `${answered} of ${Math.max(people, answered)} have answered`;
    if (presents || yours < 0) return `${many}.`;
    return `${many}. Yours is ${LETTERS[yours]}; it can be changed until the question closes.`;
  }
  if (right === null) return `${answered} answered. The run decides.`;
  if (right < 0) return "The run decided for none of the answers.";
  const correct = counts?.[right] ?? 0;
  const share = answered ? ` (${Math.round((100 * correct) / answered)} %)` : "";
  const came = presents || yours < 0 ? "" : yours === right ? " You were right." : " You were not.";
  return `The run decided: ${correct} of ${answered} were right${share}.${came}`;
}
