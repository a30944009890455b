// What stands for a socket where the way lets none through: the same talk in plain requests.

import { Refused, refusal } from "./address.js";

/** @import { Constants, PlainAsk, PlainReply } from "../types" */

/** @type {Constants["PLAIN_MAGIC"]} */
const PLAIN = 0x31505258; // "XRP1"
const BREATH = 16; // ms in which what came may be answered with the next request
const EAGER = 5; // requests without news after which it is asked less often, and not waited for
const NAP = 1000; // ms between those
const AGAIN = 300; // ms before a request that was lost is sent once more, and longer each time
const ATTEMPTS = 3;
const ABNORMAL = 1006; // the code of a line that nobody closed

const text = new TextDecoder();

/**
 * The head of an answer, and the bytes of its messages.
 *
 * @param {ArrayBuffer} buffer
 * @returns {[PlainReply, ArrayBuffer[]]}
 */
export function decodeReply(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== PLAIN)
    throw new Refused(
      "The picture's connection was refused: something on the way answers in the server's place.",
    );
  let at = 8 + view.getUint32(4, true);
  /** @type {PlainReply} */
  const head = JSON.parse(text.decode(new Uint8Array(buffer, 8, at - 8)));
  const parts = head.lengths.map((length) => buffer.slice(at, (at += length)));
  return [head, parts];
}

/** A line in plain requests, with the face of a WebSocket. */
export class Plain {
  /** @param {string} address */
  constructor(address) {
    this.address = address;
    /** @type {number} */
    this.readyState = WebSocket.CONNECTING;
    /** @type {() => void} */
    this.onopen = () => {};
    /** @type {(event: { data: string | ArrayBuffer }) => void} */
    this.onmessage = () => {};
    /** @type {(event: { code: number, reason: string }) => void} */
    this.onclose = () => {};
    this.refused = ""; // why it was never opened, where something says so
    this.seat = "";
    this.heard = 0; // number of the last message
    this.taken = 0; // number of the last text that the server took
    this.sent = 0; // and of the last one that was sent
    /** @type {string[]} */
    this.said = []; // what it did not take yet
    this.listening = false; // whether a request waits for news
    this.speaking = false;
    /** @type {(() => void) | null} */
    this.wake = null; // ends a pause
    this.leaving = new AbortController();
    this.left = () => this.leave();
    window.addEventListener("pagehide", this.left);
    this.listen();
  }

  /** @param {string} said */
  send(said) {
    this.said.push(said);
    if (this.wake) this.wake();
    else if (this.listening) this.speak();
  }

  close() {
    if (this.readyState === WebSocket.CLOSED) return;
    this.leave();
  }

  /** Ask for news as long as the line is held. */
  async listen() {
    let quiet = 0;
    while (this.readyState !== WebSocket.CLOSED) {
      const before = this.heard;
      const spoke = this.said.length > 0;
      try {
        await this.ask(this.seat && quiet < EAGER ? "news" : "what is there");
      } catch (error) {
        this.refused = error instanceof Refused ? error.message : "";
        return this.end(ABNORMAL, this.refused);
      }
      quiet = this.heard > before || spoke ? 0 : quiet + 1;
      if (!this.said.length) await this.rest(quiet < EAGER ? BREATH : NAP);
    }
  }

  /** Say what there is to say while a request waits for news. */
  async speak() {
    if (this.speaking) return;
    this.speaking = true;
    await null; // what is said in one go goes with one request
    try {
      while (this.listening && this.sent < this.taken + this.said.length) await this.ask("nothing");
    } catch {
      // the request that waits says it, or that the line has ended
    } finally {
      this.speaking = false;
    }
  }

  /**
   * @param {number} pause ms; what is said ends it
   */
  rest(pause) {
    return new Promise((done) => {
      const timer = setTimeout(() => this.wake?.(), pause);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        done(null);
      };
    });
  }

  /**
   * One request, sent again where it is lost on the way.
   *
   * @param {PlainAsk["wants"]} wants
   */
  async ask(wants) {
    const listens = wants !== "nothing";
    if (listens) this.listening = true;
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return this.take(await this.fetched(wants));
        } catch (error) {
          const last = !this.seat || attempt >= ATTEMPTS || this.readyState === WebSocket.CLOSED;
          if (last || error instanceof Refused) throw error;
          await new Promise((done) => setTimeout(done, AGAIN * attempt));
        }
      }
    } finally {
      if (listens) this.listening = false;
    }
  }

  /** @param {PlainAsk["wants"]} wants */
  async fetched(wants) {
    const { signal } = this.leaving;
    this.sent = this.taken + this.said.length;
    const answer = await fetch(this.address, { ...this.request(wants, false), signal });
    if (!answer.ok) throw await refusal(answer);
    return answer.arrayBuffer();
  }

  /**
   * @param {PlainAsk["wants"]} wants
   * @param {boolean} leaves
   * @returns {RequestInit}
   */
  request(wants, leaves) {
    const { seat, heard, taken, said } = this;
    /** @type {PlainAsk} */
    const asked = { seat, heard, first: taken + 1, said, wants, leaves };
    const headers = { "content-type": "application/json" };
    return { method: "POST", headers, body: JSON.stringify(asked), cache: "no-store" };
  }

  /** @param {ArrayBuffer} buffer */
  take(buffer) {
    const [head, parts] = decodeReply(buffer);
    if (this.readyState === WebSocket.CLOSED) return;
    this.said.splice(0, Math.max(0, head.taken - this.taken));
    this.taken = Math.max(this.taken, head.taken);
    this.seat = head.seat;
    if (this.readyState === WebSocket.CONNECTING) {
      this.readyState = WebSocket.OPEN;
      this.onopen();
    }
    parts.forEach((part, i) => {
      if (head.first + i !== this.heard + 1) return; // it has come before
      this.heard += 1;
      this.onmessage({ data: head.texts[i] ? text.decode(part) : part });
    });
    if (head.closed) this.end(head.closed, head.reason);
  }

  /** Give the seat back, also while the page goes away. */
  leave() {
    if (this.readyState === WebSocket.CLOSED) return;
    if (this.seat)
      fetch(this.address, { ...this.request("nothing", true), keepalive: true }).catch(() => {});
    this.end(ABNORMAL, "");
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  end(code, reason) {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    window.removeEventListener("pagehide", this.left);
    this.leaving.abort();
    this.wake?.();
    this.onclose({ code, reason });
  }
}
