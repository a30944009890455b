// Answers: what a configuration looks like, asked for while a hand moves. The newest one counts.

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
const PAUSES = [250, 4000]; // ms before the next attempts
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
   * @param {LineEvents & { answer: (answer: Answer) => void }} on
   */
  constructor(token, on) {
    super(`${location.origin}/stage/${encodeURIComponent(token)}/answers`, on, PAUSES);
    this.on = on;
    this.number = 0;
    this.heard = 0; // number of the newest answer
    this.sent = 0; // number of the newest question that went out
    /** @type {Ask | null} */
    this.wanted = null;
  }

  opened() {
    this.say();
  }

  /** @param {string | ArrayBuffer} data */
  got(data) {
    if (typeof data !== "string") this.gotAnswer(decodeAnswer(data));
  }

  /** @param {Answer} answer */
  gotAnswer(answer) {
    const { number } = answer.header;
    if (number < this.heard) return;
    this.heard = number;
    if (number === this.wanted?.ask) this.wanted = null;
    else if (number === this.sent) this.say();
    this.on.answer(answer);
  }

  /**
   * Ask what these settings look like; returns the number of the question. While the hand moves
   * one question at a time goes out, so that each is the newest there is when its turn comes.
   *
   * @param {Settings} given
   * @param {boolean} moving whether the hand still moves
   */
  ask(given, moving) {
    this.number += 1;
    this.wanted = { ask: this.number, given, moving };
    if (!moving || this.sent <= this.heard) this.say();
    return this.number;
  }

  say() {
    if (!this.wanted || this.socket.readyState !== WebSocket.OPEN) return;
    this.sent = this.wanted.ask;
    this.socket.send(JSON.stringify(this.wanted));
  }

  goal() {}

  after() {}

  async range() {
    return [];
  }
}
