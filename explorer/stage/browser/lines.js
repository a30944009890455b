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
  stopped: "stopped",
};

/** @type {Set<string>} */
const dismissed = new Set(); // lines that were taken away, of those that nobody reads twice

/** The lines of one stage. */
export class Lines {
  constructor() {
    this.trouble = element("p", "trouble");
    this.trouble.hidden = true;
    this.notice = element("div", "notice");
    this.notice.hidden = true;
    this.blank = element("p", "blank");
    this.blank.hidden = true;
    this.blank.setAttribute("role", "status");
    this.announcer = element("div", "visually-hidden");
    this.announcer.setAttribute("aria-live", "polite");
    /** @type {Saying | null} */
    this.state = null;
    this.timer = 0;
    this.standing = "";
    this.passing = "";
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
   * Show one line over the time bar; it leaves by itself. Empty text takes it away.
   *
   * @param {string} text
   */
  notify(text) {
    this.passing = text;
    if (!this.standing) this.pass();
  }

  /** Show the line that leaves by itself, if there is one. */
  pass() {
    clearTimeout(this.timer);
    this.write(this.passing);
    if (this.passing) this.timer = setTimeout(() => this.notify(""), READ);
  }

  /**
   * Show one line that stays as long as it is true; empty: nothing is. One that leaves by itself
   * is shown after it. With `once` it stays away on all pages once it was taken away on one.
   *
   * @param {string} line
   */
  stand(line, once = false) {
    const text = once && dismissed.has(line) ? "" : line;
    if (text === this.standing) return;
    this.standing = text;
    clearTimeout(this.timer);
    if (text) this.write(text);
    else this.pass();
  }

  /** @param {string} text */
  write(text) {
    this.hush();
    this.notice.hidden = !text;
    if (!text) return;
    const close = element("button", "", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => {
      this.hush();
      this.notice.hidden = true;
      dismissed.add(text);
      if (text === this.passing) this.passing = "";
    });
    this.notice.replaceChildren(element("span", "", text), close);
    this.say(text);
  }

  /** A line that is no longer shown is no longer there to be read aloud either. */
  hush() {
    const { notice, announcer } = this;
    const shown = notice.hidden ? null : notice.querySelector("span");
    if (shown && shown.textContent === announcer.textContent) announcer.replaceChildren();
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
    const why = state === "diverged" || state === "stopped" ? `: ${reason}` : "";
    this.say(`${SAID[state]}, ${where}${why}`);
  }

  /**
   * Have a text read aloud, also where it is the same as the last one.
   *
   * @param {string} text
   */
  say(text) {
    this.announcer.replaceChildren(element("span", "", text));
  }

  /**
   * Say in the place of the picture what is waited for; empty: there is a picture.
   *
   * @param {string} what
   */
  await(what) {
    if (this.blank.textContent !== what) this.blank.textContent = what;
    this.blank.hidden = !what;
  }

  close() {
    clearTimeout(this.timer);
  }
}
