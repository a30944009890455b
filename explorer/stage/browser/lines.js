// Lines of text beside the picture: what went wrong, what is worth knowing, and what is read aloud.

import { element } from "./layout.js";

/** @typedef {keyof typeof SAID} Saying the state of what is seen, in one word */

const READ = 12000; // ms that a notice stays
const SAID = {
  idle: "at the beginning",
  training: "training",
  playing: "playing",
  paused: "paused",
  ended: "at the end",
  diverged: "diverged",
};

/** The lines of one stage. */
export class Lines {
  constructor() {
    this.trouble = element("p", "trouble");
    this.trouble.hidden = true;
    this.notice = element("div", "notice");
    this.notice.hidden = true;
    this.announcer = element("div", "visually-hidden");
    this.announcer.setAttribute("aria-live", "polite");
    /** @type {Saying | null} */
    this.state = null;
    this.timer = 0;
  }

  /**
   * Say why the run stopped; returns whether the line came, went or changed.
   *
   * @param {string} reason
   */
  stopped(reason) {
    if (this.trouble.textContent === reason) return false;
    this.trouble.textContent = reason;
    this.trouble.hidden = !reason;
    return true;
  }

  /**
   * Show one line over the time bar; it leaves by itself unless it `stays`. Empty text takes it
   * away.
   *
   * @param {string} text
   */
  notify(text, stays = false) {
    clearTimeout(this.timer);
    this.notice.hidden = !text;
    if (!text) return;
    const close = element("button", "", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => this.notify(""));
    this.notice.replaceChildren(element("span", "", text), close);
    this.announcer.textContent = text;
    if (!stays) this.timer = setTimeout(() => this.notify(""), READ);
  }

  /**
   * Have a change of state read aloud, and nothing else.
   *
   * @param {Saying} state
   * @param {string} where
   * @param {string} reason
   */
  announce(state, where, reason) {
    if (state === this.state) return;
    const first = this.state === null;
    this.state = state;
    if (first && state === "idle") return;
    const why = state === "diverged" ? `: ${reason}` : "";
    this.announcer.textContent = `${SAID[state]}, ${where}${why}`;
  }

  close() {
    clearTimeout(this.timer);
  }
}
