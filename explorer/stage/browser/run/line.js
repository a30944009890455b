// A line to the server that comes back by itself: a socket, or plain requests where the way lets
// none through.

import { Plain } from "./plain.js";

/** @import { Constants } from "../types" */

/** @type {[Constants["OFFENCE"], Constants["BUSY"]]} */
const [LOST, FULL] = [1008, 1013]; // close codes of the socket
const SWALLOWED = 10000; // ms after which a socket that neither opens nor fails is given up
const BLOCKED = 60000; // ms in which no other socket is tried once plain requests did what none could

const CUT = 2; // sockets in a row that are cut before they bring anything, and no other is tried
const ABNORMAL = 1006; // the code of a socket that nobody closed

let blockedUntil = 0;

/**
 * What hears of a line: that the server answers or does not, has no room for this viewer, no longer
 * knows the token.
 *
 * @typedef {object} LineEvents
 * @property {(reachable: boolean) => void} reach
 * @property {(reason: string) => void} refused
 * @property {() => void} lost
 */

/** A line that is connected again when it drops; whoever extends it says what comes and goes. */
export class Line {
  /**
   * @param {string} path
   * @param {LineEvents} hear
   * @param {[number, number]} pauses ms before the second attempt, which double up to the other
   */
  constructor(path, hear, [first, longest]) {
    this.path = path;
    this.hear = hear;
    this.first = first;
    this.longest = longest;
    this.pause = first;
    this.closed = false;
    this.opening = false; // whether the socket was never open yet
    this.cut = 0; // sockets that were open and were cut before they brought anything
    this.timer = 0;
    /** @type {WebSocket | Plain} */
    this.socket = this.connect();
  }

  /** Whether what comes does so in plain requests. */
  get plainly() {
    return this.socket instanceof Plain && this.socket.readyState === WebSocket.OPEN;
  }

  connect() {
    return performance.now() < blockedUntil ? this.plain() : this.open();
  }

  /** A socket; where it does not open, plain requests take its place. */
  open() {
    const socket = new WebSocket(this.path.replace(/^http/, "ws"));
    socket.binaryType = "arraybuffer";
    const late = setTimeout(() => instead(), SWALLOWED);
    const instead = () => {
      clearTimeout(late);
      if (this.closed || this.socket !== socket) return;
      this.socket = this.plain();
      discard(socket);
    };
    socket.onopen = () => {
      clearTimeout(late);
      this.there();
    };
    socket.onmessage = ({ data }) => this.brought(data);
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.socket) return;
      if (code === ABNORMAL) this.cut += 1;
      if (this.opening || this.cut >= CUT) instead();
      else this.dropped(code, reason);
    };
    this.opening = true;
    return socket;
  }

  /** Plain requests. */
  plain() {
    const line = new Plain(this.path);
    line.onopen = () => {
      blockedUntil = performance.now() + BLOCKED;
      this.there();
    };
    line.onmessage = ({ data }) => this.brought(data);
    line.onclose = ({ code, reason }) => {
      if (line !== this.socket) return;
      if (!line.refused) this.dropped(code, reason);
      else if (!this.closed) this.again(() => this.hear.refused(line.refused));
    };
    return line;
  }

  there() {
    this.opening = false;
    this.hear.reach(true);
    this.opened();
  }

  /** @param {string | ArrayBuffer} data */
  brought(data) {
    this.pause = this.first;
    this.cut = 0;
    if (!this.closed) this.got(data);
  }

  /** The line is there, for the first time or again. */
  opened() {}

  /**
   * Something came.
   *
   * @param {string | ArrayBuffer} data
   */
  got(data) {}

  /**
   * @param {number} code
   * @param {string} reason
   */
  dropped(code, reason) {
    if (this.closed) return;
    this.again(() => {
      if (code === LOST) this.hear.lost();
      else if (code === FULL) this.hear.refused(reason);
      else this.hear.reach(false);
    });
  }

  /**
   * Say what happened, and connect again after a while.
   *
   * @param {() => void} say
   */
  again(say) {
    say();
    this.timer = setTimeout(() => (this.socket = this.connect()), this.pause);
    this.pause = Math.min(2 * this.pause, this.longest);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    discard(this.socket);
  }
}

/**
 * Close a socket; one that is closed while it connects complains on the console.
 *
 * @param {WebSocket | Plain} socket
 */
function discard(socket) {
  if (socket instanceof WebSocket && socket.readyState === WebSocket.CONNECTING)
    socket.onopen = () => socket.close();
  else socket.close();
}
