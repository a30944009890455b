// The way to the server: a socket for a run that trains, plain requests for a recording.

import { addressOf, Refused, refusal } from "./address.js";
import { bytesIn, unwound } from "./carried.js";
import { Line } from "./line.js";
import { decodeChunk, decodePacket } from "./store.js";

/**
 * @import { Command, Constants, FramesAsked, Showing, Status } from "../types"
 * @import { Frame } from "./store.js"
 */

/**
 * What hears of a run: what never moves, its status, its frames; that more can be asked for, that
 * the server answers or does not, has no room for this viewer, no longer knows the token.
 *
 * @typedef {object} LinkEvents
 * @property {(frame: Frame | null) => void} still
 * @property {(status: Status) => void} status
 * @property {(frames: Frame[]) => void} frames
 * @property {() => void} open
 * @property {(reachable: boolean) => void} reach
 * @property {(reason: string) => void} refused
 * @property {() => void} lost
 */

const FIRST_PAUSE = 500; // ms before the second attempt; doubles up to LONGEST_PAUSE
const LONGEST_PAUSE = 2000;
/** @type {Constants["MOST_FRAMES"]} */
export const MOST_FRAMES = 2000; // of one request
const GONE = [404, 410];

/** Raised when the server answers, but knows nothing of the token. */
export class Gone extends Error {}

const NOT_YET = 204;

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 */
async function bytes(url, signal) {
  const answer = await fetch(url, { signal });
  if (answer.status === NOT_YET) throw new Error("there is nothing yet");
  if (GONE.includes(answer.status)) throw new Gone(url);
  if (!answer.ok) throw await refusal(answer);
  return answer.arrayBuffer();
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 */
async function still(url, signal) {
  return decodePacket(await bytes(url, signal));
}

/**
 * The address of some frames of a run.
 *
 * @param {string} path
 * @param {FramesAsked} asked
 */
const framesAt = (path, { after, count, stride }) =>
  `${path}/frames?after=${after}&count=${count}&stride=${stride}`;

/** No way at all: what is shown is all there is. */
export const NOWHERE = {
  plainly: false,
  goal() {},
  after() {},
  /** @returns {Promise<Frame[]>} */
  async range() {
    return [];
  },
  close() {},
};

/**
 * One viewer on one run. It reconnects by itself, and then says again what this viewer wants.
 */
export class Live extends Line {
  /**
   * @param {string} token
   * @param {LinkEvents} on
   */
  constructor(token, on) {
    super(addressOf(token), on, [FIRST_PAUSE, LONGEST_PAUSE]);
    this.on = on;
    this.wanted = -1;
    /** @type {number | null} */
    this.held = null; // the newest frame held, once the browser asked for newer ones
    /** @type {"asked for" | "here" | null} */
    this.still = null;
    this.leaving = new AbortController(); // ends what is still asked for when the viewer leaves
  }

  opened() {
    if (this.wanted !== -1) this.say({ goal: this.wanted });
    this.on.open();
  }

  /** @param {string | ArrayBuffer} data */
  got(data) {
    if (typeof data === "string") this.heard(JSON.parse(data));
    else this.on.frames(decodeChunk(data));
  }

  /** @param {Status} status */
  heard(status) {
    this.on.status(status);
    if (this.still === null) this.fetchStill();
  }

  /** Fetch what never moves, once the server has shown that it knows the token. */
  async fetchStill() {
    this.still = "asked for";
    try {
      const frame = await still(`${this.path}/still`, this.leaving.signal);
      this.still = "here";
      if (!this.closed) this.on.still(frame);
    } catch {
      setTimeout(() => (this.still = null), FIRST_PAUSE); // the next status asks again
    }
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  dropped(code, reason) {
    this.held = null;
    super.dropped(code, reason);
  }

  /** @param {Command} message */
  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /**
   * Say up to which frame this viewer wants the run to go; -1 pauses.
   *
   * @param {number} index
   */
  goal(index) {
    if (index === this.wanted) return;
    this.wanted = index;
    this.say({ goal: index });
  }

  /**
   * Ask for frames after this one: at most one question is open at a time.
   *
   * @param {number} index
   */
  after(index) {
    if (this.held === index || this.socket.readyState !== WebSocket.OPEN) return;
    this.held = index;
    this.say({ after: index });
  }

  /**
   * Frames by request.
   *
   * @param {FramesAsked} asked
   */
  async range(asked) {
    return decodeChunk(await bytes(framesAt(this.path, asked), this.leaving.signal));
  }

  close() {
    this.leaving.abort();
    super.close();
  }
}

/**
 * What there is to say of a recording up to a frame.
 *
 * @param {number} head
 * @returns {Status}
 */
export const recorded = (head) => ({
  state: "ended",
  head,
  first: 0,
  stride: 1,
  last: head,
  trouble: "",
  notice: "",
  notices: 0,
  waiting: "",
  rate: null,
  spent: null,
  viewers: 1,
});

/**
 * A recording: everything is there already, and comes by plain requests or with the page; the same
 * calls as `Live`.
 */
export class Recording {
  /**
   * @param {Showing} data
   * @param {LinkEvents} on
   */
  constructor({ token, carried }, on) {
    this.path = token && addressOf(token);
    this.carried = carried;
    this.on = on;
    this.plainly = false; // it needs no socket
    this.pause = FIRST_PAUSE;
    this.closed = false;
    this.timer = 0;
    this.load();
  }

  async load() {
    try {
      const [frame, first] = await Promise.all([
        this.still(),
        this.page(-1),
      ]);
      if (this.closed) return;
      this.on.reach(true);
      this.on.still(frame);
      for (let page = first; page.length && !this.closed; ) {
        const head = page[page.length - 1].index;
        const next = this.carried ? [] : this.page(head); // on its way while this one is shown
        this.on.status(recorded(head));
        this.on.frames(page);
        page = await next;
      }
    } catch (error) {
      this.failed(error);
    }
  }

  /** @param {unknown} error */
  failed(error) {
    if (this.closed) return;
    if (error instanceof Gone) this.on.lost();
    else if (error instanceof Refused) this.on.refused(error.message);
    else this.on.reach(false);
    this.timer = setTimeout(() => this.load(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }

  /** What never moves; null where nothing says so. */
  async still() {
    if (this.carried) return decodeChunk(unwound(await bytesIn(this.carried.still)))[0];
    return this.path ? still(`${this.path}/still`) : null;
  }

  /** @param {number} after */
  async page(after) {
    const page = this.carried
      ? unwound(await bytesIn(this.carried.frames))
      : await bytes(framesAt(this.path, { after, count: MOST_FRAMES, stride: 1 }));
    return decodeChunk(page, false); // a recording stays whole
  }

  goal() {}

  after() {}

  async range() {
    return [];
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
