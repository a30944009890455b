// The hand: what the dials stand at, what was asked of it, where it came to rest, and the way back.

/**
 * @import { Column, Settled } from "../types"
 * @import { Answer, Settings } from "../run/answers.js"
 */

/** @typedef {Column["settings"][string]} Value of one dial */

/**
 * What hears of a hand: what to ask, that it came to rest somewhere, that dials show other values,
 * that one of them cannot be what was asked of it.
 *
 * @typedef {object} HandEvents
 * @property {(settings: Settings, moving: boolean) => void} ask
 * @property {(settled: Settled) => void} settle
 * @property {(names: string[]) => void} show
 * @property {(name: string, sentence: string) => void} refuse
 */

/** @typedef {{ asked: Settings, names: string[], name: string, sentence: string }} Bad what cannot be */

const REST = 150; // ms without a movement, after which the whole answer is asked for
const SETTLE = 260; // ms at rest, after which the page hears of it
const AT_LEAST = 60; // ms between two words to the page
const MOST = 10; // settings that can be gone back

/** All values of the dials of one page. They are absolute: a click says what is, never "one more". */
export class Hand {
  /** @param {HandEvents} on */
  constructor(on) {
    this.on = on;
    /** @type {Settings} */
    this.settings = {};
    /** @type {Settings} */
    this.defaults = {};
    /** @type {Settled["editions"]} */
    this.editions = {};
    /** @type {Settings} */
    this.good = {}; // the last settings that had an answer
    /** @type {Settings[]} */
    this.past = []; // where it came to rest before, the last one last
    /** @type {Settings[]} */
    this.future = []; // what was undone
    /** @type {Settings} */
    this.rested = {}; // where it came to rest last
    /** @type {Bad | null} */
    this.bad = null; // what has no answer, while it is held
    /** @type {string[]} */
    this.refused = []; // dials that the page put back, with a sentence beside them
    this.held = false; // whether pointer, finger or key is still down
    this.asks = false; // whether a picture answers
    this.frame = 0;
    this.moving = false;
    this.resting = 0;
    this.settling = 0;
    this.count = 0; // how often the page was told
    this.told = false; // whether it has not answered since
  }

  /**
   * Take what the page says: values that it turned itself, and nothing else. Of what it put back
   * it says why.
   *
   * @param {Column} column
   */
  adopt({ settings, defaults, editions, refused }) {
    const first = !Object.keys(this.settings).length;
    this.defaults = defaults;
    const turned = Object.keys(settings).filter(
      (name) => first || (this.editions[name] ?? 0) !== (editions[name] ?? 0),
    );
    this.editions = { ...editions };
    const other = turned.filter((name) => this.settings[name] !== settings[name]);
    for (const name of turned) this.settings[name] = settings[name];
    if (first) this.good = { ...this.settings };
    if (!first && other.length) this.ask(false);
    this.fold(Object.fromEntries(turned.map((name) => [name, settings[name]])));
    this.told = false;
    this.on.show(turned);
    for (const [name, sentence] of Object.entries(refused))
      if (turned.includes(name)) this.on.refuse(name, sentence);
    this.on.show(this.refused.filter((name) => !(name in refused))); // no more to be said of it
    this.refused = Object.keys(refused);
  }

  /**
   * What the page turned is at rest; what a hand has turned meanwhile is not, and is told later.
   * It is undone together with the dial that it follows from.
   *
   * @param {Settings} turned
   */
  fold(turned) {
    const before = this.rested;
    const after = { ...before, ...turned };
    if (!this.told && Object.keys(before).length && !same(before, after)) {
      this.past = [...this.past, before].slice(-MOST);
      this.future = [];
    }
    this.rested = after;
  }

  /**
   * Turn dials. While it is `held` the picture follows as it can; the whole answer comes at rest.
   *
   * @param {Settings} values
   * @param {{ held?: boolean }} [how]
   */
  turn(values, { held = false } = {}) {
    const names = Object.keys(values).filter((name) => this.settings[name] !== values[name]);
    if (names.length) {
      Object.assign(this.settings, values);
      this.bad = null;
      this.on.show(names);
      this.soon(held);
    } else if (!held && this.moving) this.soon(false);
    this.held = held;
    this.rest();
  }

  /** Let go: the whole answer, and then the page hears of it. */
  release() {
    if (!this.held) return;
    this.held = false;
    this.putBack();
    if (this.moving) this.soon(false);
    this.rest();
  }

  /**
   * Ask at the next animation frame, once, however often it moved.
   *
   * @param {boolean} moving
   */
  soon(moving) {
    this.moving = moving;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.ask(this.moving);
    });
  }

  /** @param {boolean} moving */
  ask(moving) {
    this.on.ask({ ...this.settings }, moving);
  }

  /** Wait for rest: first for the whole answer, then for the page. */
  rest() {
    clearTimeout(this.resting);
    clearTimeout(this.settling);
    this.resting = setTimeout(() => this.moving && this.soon(false), REST);
    const patience = this.held ? REST + SETTLE : this.asks ? SETTLE : AT_LEAST;
    this.settling = setTimeout(() => this.settle(), patience);
  }

  settle() {
    if (this.held && (this.bad || !this.asks)) return; // a training waits until it is let go
    if (this.note()) this.tell();
  }

  tell() {
    this.count += 1;
    this.told = true;
    this.on.settle({ settings: { ...this.settings }, editions: { ...this.editions } });
  }

  /** Whether it stands where the page knows it. */
  get atRest() {
    return same(this.rested, this.settings);
  }

  /**
   * Whether it stands at these settings.
   *
   * @param {Settings} settings
   */
  standsAt(settings) {
    return same(settings, this.settings);
  }

  /** Remember where it came to rest; returns whether that is another place than before. */
  note() {
    const before = this.rested;
    if (same(before, this.settings)) return false;
    this.rested = { ...this.settings };
    if (!Object.keys(before).length) return false;
    this.past = [...this.past, before].slice(-MOST);
    this.future = [];
    return true;
  }

  /** Go back to where it rested before; returns whether there was such a place. */
  undo() {
    return this.travel(this.past, this.future);
  }

  redo() {
    return this.travel(this.future, this.past);
  }

  /**
   * @param {Settings[]} from
   * @param {Settings[]} to
   */
  travel(from, to) {
    const there = from.pop();
    if (!there) return false;
    to.push({ ...this.settings });
    this.go(there);
    return true;
  }

  /**
   * Go to settings that were rested at before, and tell the page.
   *
   * @param {Settings} settings
   */
  go(settings) {
    const names = Object.keys(settings).filter((name) => this.settings[name] !== settings[name]);
    if (!names.length) return;
    Object.assign(this.settings, settings);
    this.rested = { ...this.settings };
    this.held = false;
    this.on.show(names);
    this.soon(false);
    this.tell();
  }

  /**
   * Take note of an answer; where there is none, what was turned goes back once it is let go.
   *
   * @param {Answer["header"]} header
   * @param {Settings} asked
   */
  answered({ refused }, asked) {
    if (!refused) {
      this.good = asked;
      this.bad = null;
      return;
    }
    const names = Object.keys(asked).filter((name) => asked[name] !== this.good[name]);
    const { sentence } = refused;
    this.bad = { asked, names, name: refused.name || names[0] || "", sentence };
    if (this.held) this.on.refuse(this.bad.name, sentence);
    else this.putBack();
  }

  /** Turn back what has no answer, with the sentence that says why. */
  putBack() {
    if (!this.bad) return;
    const { asked, names, name, sentence } = this.bad;
    this.bad = null;
    for (const turned of names)
      if (this.settings[turned] === asked[turned]) this.settings[turned] = this.good[turned];
    this.on.show(names);
    this.on.refuse(name, sentence);
  }

  close() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    clearTimeout(this.settling);
  }
}

/**
 * @param {Settings} one
 * @param {Settings} other
 */
function same(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
