// A lesson without a server: the page carries what was recorded, and the address says where in it
// the reader is, what they answered, and which recorded choice is shown.

import { bytesIn } from "../run/carried.js";
import { TYPING } from "../keys.js";
import { element } from "../layout.js";
import { mount } from "../main.js";

/** @import { LessonTold, Showing, StateTold, StepTold } from "../types" */

const LETTERS = "abcdefghi";
const NONE = "-"; // in the address, where a question has no answer
const LOOK_AGAIN = 150; // ms between two looks whether a run has come to its end
/** @type {Partial<Record<string, string>>} */
const KEYS = { PageDown: "next", PageUp: "previous" };
const text = new TextDecoder();

/** @param {string} query */
const one = (query, within = /** @type {ParentNode} */ (document)) => {
  const found = within.querySelector(query);
  if (!(found instanceof HTMLElement)) throw new Error(`this page has no ${query}`);
  return found;
};

/** @type {LessonTold} */
const lesson = JSON.parse(one("#data").textContent ?? "");
const asks = lesson.steps.flatMap(({ question }, at) => (question ? [at] : []));
const last = lesson.steps.length - 1;

/** @typedef {{ at: number, answers: string, choice: string }} Where */

/** @returns {Where} */
function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  const step = Number(said.get("step") ?? 1);
  const at = Number.isInteger(step) && step >= 1 && step <= last + 1 ? step - 1 : 0;
  const answers = [...(said.get("answers") ?? "")]
    .slice(0, asks.length)
    .map((letter, k) => (isAnswer(letter, asks[k]) ? letter : NONE))
    .join("");
  const rows = lesson.steps[at].rows;
  const chosen = rows.flatMap(({ name, values }) => {
    const place = values.indexOf(said.get(name) ?? "");
    return said.has(name) && place >= 0 ? [`${name} ${place}`] : [];
  });
  return { at, answers, choice: chosen.find((name) => name in lesson.steps[at].states) ?? "" };
}

/**
 * @param {string} letter
 * @param {number} at
 */
const isAnswer = (letter, at) =>
  letter !== NONE && letter in (lesson.steps[at].question?.decided ?? {});

/** @param {Where} where */
function addressOf({ at, answers, choice }) {
  const said = new URLSearchParams({ step: String(at + 1) });
  const given = answers.replace(/-+$/, "");
  if (given) said.set("answers", given);
  const [name, place] = choice.split(" ");
  const row = lesson.steps[at].rows.find((each) => each.name === name);
  if (row) said.set(row.name, row.values[Number(place)]);
  return `#${said}`;
}

class Reader {
  constructor() {
    this.where = read();
    this.at = -1; // the step that stands on the page
    /** @type {HTMLElement | null} */
    this.stage = null;
    this.close = () => {};
    this.asked = 0; // which picture was asked for last
    /** @type {Set<number>} */
    this.over = new Set(); // steps whose run was seen to its end
    this.watching = 0;
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("click", (event) => this.click(event));
    window.addEventListener("hashchange", () => this.go(read()));
    this.show();
  }

  get step() {
    return lesson.steps[this.where.at];
  }

  /** The answer to the question of this step; empty where none is given, or it asks nothing. */
  get answer() {
    const letter = this.where.answers[asks.indexOf(this.where.at)] ?? NONE;
    return letter === NONE ? "" : letter;
  }

  get waits() {
    return Boolean(this.step.question) && !this.answer;
  }

  /** @param {Where} where */
  go(where) {
    const moved = where.at !== this.where.at;
    this.where = where;
    const address = addressOf(where);
    if (location.hash !== address) history.pushState(null, "", address);
    this.show();
    if (moved) {
      one(`#step-${where.at} h1`).focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }

  /** @param {string} where "next", "previous", or a number from 0 on */
  turn(where) {
    const by = { next: 1, previous: -1 }[where];
    const at = by ? this.where.at + by : Number(where);
    const after = document.querySelector("[data-after]");
    if (at > last && by && after instanceof HTMLElement) after.click();
    if (at >= 0 && at <= last) this.go({ ...this.where, at, choice: "" });
  }

  /** @param {string} letter */
  give(letter) {
    const letters = [...this.where.answers.padEnd(asks.length, NONE)];
    letters[asks.indexOf(this.where.at)] = letter;
    this.go({ ...this.where, answers: letters.join("") });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches(TYPING)) return;
    const key = event.key.toLowerCase();
    const turns = KEYS[event.key];
    if (turns) this.turn(turns);
    else if (/^[1-9]$/.test(key)) this.turn(String(Number(key) - 1));
    else if (this.waits && key.length === 1 && LETTERS.includes(key) && isAnswer(key, this.where.at))
      this.give(key);
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    const { go, answer, choice } = target?.dataset ?? {};
    if (go) this.turn(go);
    else if (answer) this.give(answer);
    else if (choice !== undefined) this.go({ ...this.where, choice });
  }

  show() {
    const { step, waits } = this;
    const { at } = this.where;
    lesson.steps.forEach((_, k) => (one(`#step-${k}`).hidden = k !== at));
    for (const k of asks) one(`#asks-${k}`).hidden = k !== at || !waits;
    for (const button of document.querySelectorAll(".steps button"))
      button.setAttribute("aria-pressed", String(button.getAttribute("data-go") === String(at)));
    const previous = one('[data-go="previous"]');
    previous.toggleAttribute("disabled", at === 0);
    one('[data-go="next"]').hidden = at === last;
    const after = document.querySelector("[data-after]");
    after?.toggleAttribute("hidden", at !== last);
    const state = step.states[waits ? "" : this.where.choice] ?? step.states[""];
    one(".try").hidden = waits;
    const address = one("[data-try]");
    address.setAttribute("href", state.address);
    address.textContent = state.address;
    this.offer();
    this.say(state);
    if (waits) this.leave();
    else this.picture(state);
  }

  /** The recorded choices of this step. */
  offer() {
    const { rows, states } = this.step;
    const place = one(".recorded");
    place.hidden = this.waits || !rows.length;
    if (place.hidden) return;
    const focus = document.activeElement?.getAttribute("data-choice");
    const fields = rows.map(({ name, label, own, values }) => {
      const buttons = values.flatMap((value, k) => {
        const choice = k === own ? "" : `${name} ${k}`;
        if (!(choice in states)) return [];
        const button = element("button", "", value);
        button.type = "button";
        button.dataset.choice = choice;
        const stands = this.where.choice.split(" ")[0] === name ? this.where.choice : "";
        button.setAttribute("aria-pressed", String(choice === stands));
        return [button];
      });
      return element(
        "fieldset",
        "",
        element("legend", "", label),
        element("div", "values", ...buttons),
      );
    });
    place.replaceChildren(...fields);
    if (focus !== null && focus !== undefined)
      for (const button of place.querySelectorAll("button"))
        if (button.dataset.choice === focus) button.focus({ preventScroll: true });
  }

  /**
   * What the run decided, once it has.
   *
   * @param {StateTold} state
   */
  say(state) {
    const { question } = this.step;
    const section = one(`#step-${this.where.at}`);
    const asked = section.querySelector(".asked");
    asked?.toggleAttribute("hidden", this.waits);
    one("[data-rates]", section).hidden = this.waits;
    one("[data-now]", section).innerHTML = state.now && !this.waits ? `<p>${state.now}</p>` : "";
    if (!question) return;
    const over = !question.live || this.over.has(this.where.at);
    const said = this.waits ? "" : (over ? question.decided : question.waiting)[this.answer];
    one("[data-verdict]", section).innerHTML = said ?? "";
  }

  leave() {
    clearInterval(this.watching);
    this.asked += 1;
    this.at = -1;
    this.stage?.remove();
    this.stage = null;
    this.close();
    this.close = () => {};
  }

  /** @param {StateTold} state */
  async picture(state) {
    const { step } = this;
    const { at } = this.where;
    if (this.at !== at) this.leave();
    this.at = at;
    const asked = (this.asked += 1);
    const scene = JSON.parse(text.decode(await bytesIn(state.scene)));
    if (asked !== this.asked) return; // another picture was asked for meanwhile
    if (!this.stage) {
      this.stage = element("div");
      one(".stages").append(this.stage);
    }
    const { palette } = lesson;
    /** @type {Showing} */
    const shows = {
      ...{ scene, palette, token: "", run: `${lesson.name} ${at} ${state.frames}`, notice: "" },
      ...{ live: false, picks: false, resets: false, rests: false, height: null },
      ...{ select: state.select, start: state.start, fixed: state.fixed, look: step.look },
      title: step.title,
      carried: { still: state.still, frames: state.frames },
    };
    this.close = mount(this.stage, shows);
    this.watch(state);
  }

  /**
   * A run that decides a question is watched until it has come to its end.
   *
   * @param {StateTold} state
   */
  watch(state) {
    clearInterval(this.watching);
    const { at, choice } = this.where;
    if (!this.step.question?.live || this.over.has(at) || choice) return;
    this.watching = setInterval(() => {
      const stage = this.stage?.querySelector(".stage");
      if (!(stage instanceof HTMLElement) || Number(stage.dataset.frame) < state.last) return;
      clearInterval(this.watching);
      this.over.add(at);
      this.say(state);
    }, LOOK_AGAIN);
  }
}

new Reader();
