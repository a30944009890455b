// Answers: what a configuration looks like, asked for while a hand moves. The newest one counts.

import { addressOf } from "./address.js";
import { Line } from "./line.js";
import { decodeChunk } from "./store.js";

/**
 * @import { AnswerHeader, Ask, Constants, Scene } from "../types"
 * @import { LineEvents } from "./line.js"
 * @import { Frame } from "./store.js"
 */

/** @typedef {Ask["given"]} Settings the values of all dials by name */

/**
 * An answer: its number and how it is shown, its scene where that is another than before, what
 * never moves, its frames.
 *
 * @typedef {{ header: AnswerHeader, scene: Scene | null, still: Frame, frames: Frame[] }} Answer
 */

/** @type {Constants["ANSWER_MAGIC"]} */
const ANSWER = 0x31415258; // "XRA1"
/** @type {[number, number]} */
const PAUSES = [250, 2000]; // ms before the next attempts
const STALE = 0.5; // share of the time that an answer takes, after which a waiting question is old
const PAUSED = 1000; // ms without an answer, after which a hand begins anew
const text = new TextDecoder();

/**
 * The answer in the bytes that came over the socket.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Answer}
 */
export function decodeAnswer(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 16 || view.getUint32(0, true) !== ANSWER)
    throw new Error("these bytes are no answer");
  let at = 4;
  const parts = ["", ""].map(() => {
    const length = view.getUint32(at, true);
    const part = text.decode(new Uint8Array(buffer, at + 4, length));
    at += 4 + length + ((8 - (length % 8)) % 8);
    return part;
  });
  const [still, ...frames] = decodeChunk(buffer.slice(at), false);
  const scene = parts[1] ? JSON.parse(parts[1]) : null;
  return { header: JSON.parse(parts[0]), scene, still, frames };
}

/**
 * The way a stage asks. It reconnects by itself, and then asks once more for what is wanted; what
 * is older than an answer that has come is dropped.
 */
export class Answers extends Line {
  /**
   * @param {string} token
   * @param {LineEvents & { answer: (answer: Answer) => void, wait: (what: string) => void }} on
   */
  constructor(token, on) {
    super(`${addressOf(token)}/answers`, on, PAUSES);
    this.on = on;
    this.number = 0;
    this.heard = 0; // number of the newest answer
    /** @type {number[]} */
    this.out = []; // numbers of the questions that went out and have no answer: in work, and waiting
    this.said = 0; // when the last of them went out
    this.pace = 0; // ms from answer to answer, while one hand moves
    this.came = 0; // when the last of them came
    /** @type {Ask | null} */
    this.wanted = null;
  }

  opened() {
    this.out = [];
    this.say();
  }

  /** @param {string | ArrayBuffer} data */
  got(data) {
    if (typeof data === "string") this.on.wait(data);
    else this.gotAnswer(decodeAnswer(data));
  }

  /** @param {Answer} answer */
  gotAnswer(answer) {
    const { number } = answer.header;
    if (number < this.heard) return;
    this.heard = number;
    this.keepPace();
    if (number === this.wanted?.ask) this.wanted = null;
    else if (this.out.at(-1) !== this.wanted?.ask) this.say();
    this.out = this.out.filter((one) => one > number);
    this.on.answer(answer);
  }

  /**
   * Ask what these settings look like; returns the number of the question. While the hand moves one
   * question is being answered and one waits its turn, and a newer one takes the place of that.
   *
   * @param {Settings} given
   * @param {boolean} moving whether the hand still moves
   */
  ask(given, moving) {
    this.number += 1;
    this.wanted = { ask: this.number, given, moving };
    const waits = this.out.length > 1;
    if (!moving || !waits || performance.now() - this.said > STALE * this.pace) this.say();
    return this.number;
  }

  /** Take note of how long an answer takes; a hand that has just begun to move has no pace yet. */
  keepPace() {
    const now = performance.now();
    const since = now - this.came;
    this.came = now;
    this.pace = since > PAUSED ? 0 : this.pace ? 0.7 * this.pace + 0.3 * since : since;
  }

  say() {
    if (!this.wanted || this.socket.readyState !== WebSocket.OPEN) return;
    this.out = [...this.out.slice(0, 1), this.wanted.ask];
    this.said = performance.now();
    this.socket.send(JSON.stringify(this.wanted));
  }

  goal() {}

  after() {}

  async range() {
    return [];
  }
}
