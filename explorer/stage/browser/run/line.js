// A socket to the server that comes back by itself.

/** @import { Constants } from "../types" */

/** @type {[Constants["OFFENCE"], Constants["BUSY"]]} */
const [LOST, FULL] = [1008, 1013]; // close codes of the socket

/**
 * What hears of a line: that the server answers or does not, has no room for this viewer, no longer
 * knows the token.
 *
 * @typedef {object} LineEvents
 * @property {(reachable: boolean) => void} reach
 * @property {(reason: string) => void} refused
 * @property {() => void} lost
 */

/** A socket that is connected again when it drops; whoever extends it says what comes and goes. */
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
    this.timer = 0;
    this.socket = this.connect();
  }

  connect() {
    const socket = new WebSocket(this.path.replace(/^http/, "ws"));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.hear.reach(true);
      this.opened();
    };
    socket.onmessage = ({ data }) => {
      this.pause = this.first;
      if (!this.closed) this.got(data);
    };
    socket.onclose = ({ code, reason }) => this.dropped(code, reason);
    return socket;
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
    if (code === LOST) this.hear.lost();
    else if (code === FULL) this.hear.refused(reason);
    else this.hear.reach(false);
    this.timer = setTimeout(() => (this.socket = this.connect()), this.pause);
    this.pause = Math.min(2 * this.pause, this.longest);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    // A socket that is closed while it connects complains on the console.
    if (this.socket.readyState === WebSocket.CONNECTING) {
      this.socket.onopen = () => this.socket.close();
    } else this.socket.close();
  }
}
