// The line to a room: it comes back by itself, and then says again who this browser is.

import { addressOf } from "../run/address.js";
import { Line } from "../run/line.js";

/** @import { RoomSaid, RoomTold } from "../types" */

/**
 * What hears of a room: what it tells, and whether the server is reached.
 *
 * @typedef {object} RoomEvents
 * @property {(told: RoomTold) => void} told
 * @property {(obstacle: string) => void} reach
 */

const UNREACHABLE = "The room is not reached; trying again.";

export class RoomLine extends Line {
  /**
   * @param {() => RoomSaid} who says who this browser is
   * @param {RoomEvents} on
   */
  constructor(who, on) {
    super(
      addressOf("room"),
      {
        reach: (is) => on.reach(is ? "" : UNREACHABLE),
        refused: (reason) => on.reach(reason),
        lost: () => on.reach(UNREACHABLE),
      },
      [500, 4000],
    );
    this.who = who;
    this.on = on;
  }

  opened() {
    this.say(this.who());
  }

  /** @param {string | ArrayBuffer} data */
  got(data) {
    if (typeof data === "string") this.on.told(JSON.parse(data));
  }

  /** @param {RoomSaid} message */
  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
