// Where the playhead is: smooth at display rate, whether frames come one by one or in chunks.

export const FACTOR = { "×¼": 0.25, "×1": 1, "×4": 4, "×16": 16 };
/** @typedef {keyof typeof FACTOR | "max"} Speed */
/** @type {Speed[]} */
export const LIVE_SPEEDS = ["×¼", "×1", "×4", "max"];
/** @type {Speed[]} */
export const SPEEDS = ["×¼", "×1", "×4", "×16"]; // of a recording
const WINDOW = 2000; // ms of arrivals that the measured rate rests on
const SOON = 250; // ms in which a wrong delay is made good

/**
 * How frames arrive: frames per ms, ms between two arrivals, and frames in each.
 *
 * @typedef {{ rate: number, gap: number, batch: number }} Pace
 */

/**
 * The playhead of one run, in frame indices. While it *follows*, it stays a little behind the
 * newest
 * frame: about as long as the gap between two arrivals, so that a chunk lasts until the next one.
 * When the queue grows it moves faster. From the past it replays at the speed's own rate.
 */
export class Playback {
  constructor() {
    this.at = 0;
    this.wanted = 0; // where it was put: beyond its place while an answer is shorter
    /** @type {Speed} */
    this.speed = "×1";
    this.following = true;
    /** @type {[time: number, newest: number, frames: number][]} */
    this.arrivals = [];
  }

  get position() {
    return this.at;
  }

  set position(index) {
    this.at = index;
    this.wanted = index;
  }

  /**
   * Stand where it was put, or at the newest frame of an answer that does not reach so far.
   *
   * @param {number} newest
   */
  within(newest) {
    this.at = Math.min(this.wanted, newest);
  }

  /**
   * Take note that frames up to `newest` arrived.
   *
   * @param {number} now
   * @param {number} newest
   * @param {number} frames
   */
  arrived(now, newest, frames) {
    this.arrivals.push([now, newest, frames]);
    while (this.arrivals.length > 2 && now - this.arrivals[0][0] > WINDOW) this.arrivals.shift();
  }

  forget() {
    this.arrivals = [];
  }

  /**
   * The pace of the last arrivals; null before the second.
   *
   * @returns {Pace | null}
   */
  get pace() {
    const [first, last] = [this.arrivals[0], this.arrivals[this.arrivals.length - 1]];
    if (!first || last[0] <= first[0] || last[1] <= first[1]) return null;
    const gaps = this.arrivals.length - 1;
    const frames = this.arrivals.slice(1).reduce((sum, arrival) => sum + arrival[2], 0);
    return {
      rate: (last[1] - first[1]) / (last[0] - first[0]),
      gap: (last[0] - first[0]) / gaps,
      batch: frames / gaps,
    };
  }

  /**
   * Move by `elapsed` ms towards `newest`; `rate` is the frames per ms of a replay at ×1.
   *
   * @param {number} elapsed
   * @param {number} newest
   * @param {number} rate
   */
  advance(elapsed, newest, rate) {
    const pace = this.pace;
    const lag = newest - this.position;
    if (this.speed === "max" || lag <= 0) {
      this.position = newest;
      this.following = true;
    } else if (this.following && this.speed !== "×¼") {
      this.follow(elapsed, newest, lag, pace);
    } else {
      const natural = Math.max(rate, pace?.rate ?? 0);
      this.position = Math.min(newest, this.position + natural * FACTOR[this.speed] * elapsed);
      this.following = newest - this.position <= Math.max(1, pace ? pace.rate * delay(pace) : 1);
    }
    return this.position;
  }

  /**
   * @param {number} elapsed
   * @param {number} newest
   * @param {number} lag
   * @param {Pace | null} pace
   */
  follow(elapsed, newest, lag, pace) {
    if (!pace || pace.batch < 1.6) {
      this.position = newest; // each frame when it arrives
      return;
    }
    const wanted = pace.rate * delay(pace);
    if (lag > wanted + 1000 * pace.rate) {
      this.position = newest - wanted; // far behind, as after a hidden tab
      return;
    }
    const speed = pace.rate + (lag - wanted) / SOON;
    const bounded = Math.min(4 * pace.rate, Math.max(0.3 * pace.rate, speed));
    this.position = Math.min(newest, this.position + bounded * elapsed);
  }
}

/** @param {Pace} pace */
const delay = (pace) => Math.min(600, Math.max(20, 1.25 * pace.gap));
