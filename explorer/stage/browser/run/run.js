// One run as this browser holds it: its frames, what the server says of it, and the way to more.

import { Answers } from "./answers.js";
import { Live, MOST_FRAMES, NOWHERE, recorded, Recording } from "./link.js";
import { Playback } from "./playback.js";
import { FrameStore } from "./store.js";

/**
 * @import { FramesAsked, Showing, Status } from "../types"
 * @import { Answer } from "./answers.js"
 * @import { LinkEvents } from "./link.js"
 * @import { Frame } from "./store.js"
 */

const BEHIND = 400; // frames; further behind, the past is fetched with a stride
const RETRY = 1000; // ms after which a fruitless overview is asked for again
const AROUND = 120; // frames fetched around a place that was only coarsely known

/**
 * What hears of a run: its status (and whether it is the first), that there are frames or what
 * never moves, whether the server answers, why it has no room, that it knows nothing of the token,
 * what an answer is waiting for.
 *
 * @typedef {object} RunEvents
 * @property {(status: Status, first: boolean) => void} status
 * @property {() => void} frames
 * @property {() => void} still
 * @property {(reachable: boolean) => void} reach
 * @property {(reason: string) => void} refused
 * @property {() => void} lost
 * @property {(answer: Answer) => void} answer before its frames are shown
 * @property {(what: string) => void} wait
 */

const nothing = () => {};
/** @type {RunEvents} */
const DEAF = {
  status: nothing,
  frames: nothing,
  still: nothing,
  reach: nothing,
  refused: nothing,
  lost: nothing,
  answer: nothing,
  wait: nothing,
};

/** The run of one token. */
export class Run {
  /**
   * @param {Showing} data
   * @param {RunEvents} hear
   */
  constructor(data, hear) {
    this.store = new FrameStore();
    this.playback = new Playback();
    /** @type {Frame | null} */
    this.still = null;
    this.settled = false; // whether it is known what never moves, if anything does not
    /** @type {Status | null} */
    this.status = null;
    this.hear = hear;
    /** @type {Set<string>} */
    this.tried = new Set(); // gaps in the past that were asked for
    this.reachable = false;
    this.overview = false; // whether one is on its way
    this.inherited = -1; // up to which frame it was known before the server forgot it
    /** @type {LinkEvents} */
    const on = {
      still: (frame) => this.gotStill(frame),
      status: (status) => this.gotStatus(status),
      frames: (frames) => this.gotFrames(frames),
      open: () => hear.frames(),
      reach: (reachable) => this.reach(reachable),
      refused: (reason) => hear.refused(reason),
      lost: () => hear.lost(),
    };
    const live = data.live && !data.carried;
    const own = !live || data.token ? null : NOWHERE;
    /** @type {Answers | null} */
    this.answers = data.answers
      ? new Answers(data.answers, {
          ...on,
          answer: (answer) => this.gotAnswer(answer),
          wait: (what) => hear.wait(what),
        })
      : null;
    this.link = this.answers ?? own ?? (live ? new Live(data.token, on) : new Recording(data, on));
  }

  /**
   * The beginning of a run that is not there yet, as an answer tells it.
   *
   * @param {Showing} data
   * @param {Answer} answer
   * @param {RunEvents} hear
   */
  static begun(data, { still, frames }, hear) {
    const run = new Run({ ...data, token: "" }, hear);
    run.store.add(frames);
    run.still = still;
    run.settled = true;
    return run;
  }

  /** Whether its frames come in plain requests, where the way lets no socket through. */
  get plainly() {
    return this.link.plainly;
  }

  get head() {
    return Math.max(this.store.newest, this.status?.head ?? -1);
  }

  get last() {
    return Math.max(this.status?.last ?? 0, this.head, 0);
  }

  get finished() {
    return ["ended", "diverged", "stopped"].includes(this.status?.state ?? "");
  }

  /** Why the run cannot go on; empty while it can. */
  get trouble() {
    return this.status?.trouble || this.store.at(this.store.count - 1)?.trouble || "";
  }

  /** The step of the planned last frame, as far as it can be told. */
  get lastStep() {
    const { store, last } = this;
    if (store.count < 2) return last;
    const newest = store.kept(store.count - 1);
    return Math.round((newest.step * last) / Math.max(1, newest.index));
  }

  /**
   * The index up to which time is drawn: all of a finished run, else as much as is needed by
   * doubling.
   */
  get horizon() {
    if (this.finished) return Math.max(1, this.head);
    let horizon = Math.max(1, this.last);
    while (horizon / 2 >= 60 && this.head * 1.02 < horizon / 2) horizon /= 2;
    return Math.ceil(horizon);
  }

  /**
   * Have the frames of the same run as it was known before the server forgot it: equal settings
   * give equal frames, so it goes on where they end.
   *
   * @param {Run} before
   */
  inherit({ store, still, settled }) {
    this.store = store;
    this.still = still;
    this.settled = settled;
    this.inherited = store.newest;
  }

  /** Whether the server computes once more what is known here already. */
  get again() {
    const { status, inherited } = this;
    return status?.state === "training" && inherited >= 0 && this.store.newest <= inherited;
  }

  /** @param {Frame | null} frame */
  gotStill(frame) {
    this.still = frame;
    this.settled = true;
    this.hear.still();
  }

  /**
   * Another recording stands where the last one stood; where there is none, that one stays.
   *
   * @param {Answer} answer
   */
  gotAnswer(answer) {
    const { still, frames } = answer;
    if (frames.length) {
      this.store = new FrameStore();
      this.store.add(frames);
      this.still = still;
      this.settled = true;
      this.playback.within(this.store.newest); // while a hand moves there may be fewer frames
    }
    this.hear.answer(answer);
    if (frames.length) this.gotStatus(recorded(this.store.newest));
    this.hear.frames();
  }

  /** @param {Status} status */
  gotStatus(status) {
    const first = !this.status;
    this.status = status;
    this.hear.status(status, first);
  }

  /** @param {Frame[]} frames */
  gotFrames(frames) {
    const before = this.store.newest;
    this.store.add(frames);
    if (this.store.newest > before && before >= 0) {
      this.playback.arrived(performance.now(), this.store.newest, frames.length);
    }
    this.hear.frames();
  }

  /** @param {boolean} reachable */
  reach(reachable) {
    this.reachable = reachable;
    if (!reachable) this.playback.forget();
    this.hear.reach(reachable);
  }

  /** Ask for frames newer than those held; called at most once an animation frame. */
  pull() {
    if (!this.status || !this.reachable || this.overview) return;
    if (this.head - this.store.newest > BEHIND) this.catchUp(this.status);
    else this.link.after(this.store.newest);
  }

  /**
   * Far behind: fetch an overview of what is missing before asking for newer frames.
   *
   * @param {Status} status
   */
  async catchUp({ head, stride }) {
    const from = this.store.newest;
    let apart = Math.max(1, stride);
    while ((head - from) / apart > BEHIND) apart *= 2;
    this.overview = true;
    const frames = await this.fetch({ after: from, count: MOST_FRAMES, stride: apart });
    setTimeout(() => (this.overview = false), frames.length ? 0 : RETRY);
    this.gotFrames(frames);
  }

  /**
   * Fetch frames around an index where those held lie further apart than those the server keeps.
   *
   * @param {number} index
   */
  async fillIn(index) {
    if (!this.status) return;
    const { store, tried } = this;
    const stride = Math.max(1, this.status.stride);
    const position = store.floor(index);
    const low = store.at(position)?.index ?? -1;
    const high = store.at(position + 1)?.index ?? this.head + 1;
    if (low === index || high - low <= stride || tried.has(`${low} ${high}`)) return;
    tried.add(`${low} ${high}`);
    const after = Math.max(low, index - (AROUND / 2) * stride);
    const frames = await this.fetch({ after, count: AROUND, stride });
    this.gotFrames(frames.filter((frame) => frame.index < high));
  }

  /**
   * @param {FramesAsked} asked
   * @returns {Promise<Frame[]>}
   */
  async fetch(asked) {
    try {
      return await this.link.range(asked);
    } catch {
      return []; // the link itself says when the server is gone
    }
  }

  close() {
    this.hear = DEAF;
    this.link.close();
  }
}
