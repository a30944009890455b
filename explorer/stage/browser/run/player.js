// The viewer of a run: where the playhead stands, whether it moves, and what was asked of the
// server.

import { keep, recall } from "./memory.js";
import { FACTOR, LIVE_SPEEDS, SPEEDS } from "./playback.js";
import { Run } from "./run.js";

/**
 * @import { Context } from "../context.js"
 * @import { Saying } from "../lines.js"
 * @import { Showing, Status } from "../types"
 * @import { Answer } from "./answers.js"
 * @import { Speed } from "./playback.js"
 * @import { RunEvents } from "./run.js"
 * @import { Frame } from "./store.js"
 */

const LOOP = 8000; // ms of one round of a small picture
const GATE = 800; // ms that each stage of a step stands at ×1

/**
 * What hears of a player: what its run says, and that something is to be painted.
 *
 * @typedef {object} PlayerEvents
 * @property {(status: Status) => void} status
 * @property {(reachable: boolean) => void} reach
 * @property {(reason: string) => void} refused
 * @property {() => void} lost
 * @property {(answer: Answer) => void} answer
 * @property {(what: string) => void} wait
 * @property {() => void} repaint
 */

/** Plays the run of one stage. */
export class Player {
  /**
   * @param {Context} context the stage's
   * @param {PlayerEvents} on
   */
  constructor(context, on) {
    this.context = context;
    this.on = on;
    /** @type {Run | null} */
    this.attached = null;
    /** @type {Run | null} */
    this.left = null; // the run that was played before the beginning of another one was shown
    this.name = "";
    this.live = false;
    this.loop = false;
    this.gates = 0; // stages of a step
    /** @type {number | null} */
    this.keptStage = null; // which of them the tab remembers
    this.playing = false;
    this.idle = true; // at the beginning, and nothing was asked for
    /** @type {number | null} */
    this.waiting = null; // the frame that a single step asked for
    /** @type {Frame | null} */
    this.shown = null; // the frame that is painted
    this.gateTime = 0;
    this.saving = 0;
    this.filling = 0;
  }

  /** The run that is played; raises an Error before there is one. */
  get run() {
    if (!this.attached) throw new Error("no run is attached");
    return this.attached;
  }

  /**
   * Leave the old run, if any, for the one in `data`. The viewer goes on doing what they did.
   *
   * @param {Showing} data
   * @param {{ gates: number, loop: boolean }} scene
   */
  attach(data, { gates, loop }) {
    const before = this.live === data.live ? this.attached : null; // another kind starts afresh
    const name = data.run ?? data.token;
    // The server forgot it, or began anew; a run that was only foreseen is no such one.
    const same = before && !this.left && this.live && name === this.name;
    this.attached?.close();
    this.left?.close();
    this.left = null;
    if (!before) this.playing = false;
    this.gates = gates;
    this.loop = loop;
    this.live = data.live;
    this.waiting = null;
    this.name = name;
    this.attached = this.open(data);
    if (same) this.attached.inherit(before);
    const { playback } = this.attached;
    playback.following = data.live;
    if (before) {
      playback.speed = before.playback.speed;
      playback.position = before.playback.wanted;
    } else if (!loop) playback.position = data.start ?? 0;
    this.playing ||= loop;
    this.idle = !this.playing && playback.position === 0;
    const known = before || loop ? null : recall(this.name);
    this.restore(known, data.picks);
    if (data.look?.plays && !before && (known?.idle ?? true)) {
      this.playing = true;
      this.idle = false;
      playback.following = false; // a run that others have watched plays from its beginning
    }
  }

  /**
   * Show how a run begins that the page has not opened yet. The old one is kept until it has.
   *
   * @param {Showing} data
   * @param {Answer} answer
   */
  foresee(data, answer) {
    const before = this.run;
    this.save();
    if (this.left) before.close();
    else this.left = before;
    this.attached = Run.begun(data, answer, this.events());
    this.attached.playback.speed = before.playback.speed;
    this.attached.playback.following = true;
    this.waiting = null;
    this.idle = !this.playing;
    this.left.link.goal(-1);
  }

  /** The page opens no other run: back to the one that was played. */
  goBack() {
    if (!this.left) return;
    this.attached = this.left;
    this.left = null;
    this.aim();
  }

  /**
   * Take up what this tab remembers of the run; the page's own word on selections counts more.
   *
   * @param {ReturnType<typeof recall>} known
   * @param {boolean} picks
   */
  restore(known, picks) {
    if (!known) return;
    const { playback } = this.run;
    this.playing = known.playing === true;
    this.idle = known.idle === true;
    playback.position = Math.max(0, Number(known.index) || 0);
    playback.following = this.playing && known.following === true;
    const speeds = this.live ? LIVE_SPEEDS : SPEEDS;
    playback.speed = speeds.find((speed) => speed === known.speed) ?? playback.speed;
    if (!picks) Object.assign(this.context.selects, known.selects);
    this.keptStage = Number(known.stage) || 0;
    this.context.stage = Math.min(this.keptStage, Math.max(0, this.gates - 1));
  }

  save() {
    if (!this.attached?.status || this.loop) return;
    const { following, speed } = this.attached.playback;
    const { stage, selects } = this.context;
    const { playing, idle } = this;
    keep(this.name, {
      playing,
      idle,
      following,
      speed,
      stage,
      selects,
      index: this.shown?.index ?? 0,
    });
  }

  soonSave() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 200);
  }

  /**
   * A run that this player hears of.
   *
   * @param {Showing} data
   */
  open(data) {
    return new Run(data, this.events());
  }

  /** @returns {RunEvents} */
  events() {
    const { on, context } = this;
    return {
      status: (status, first) => {
        if (first) this.begin();
        on.status(status);
        on.repaint();
      },
      frames: on.repaint,
      still: () => {
        context.look += 1;
        on.repaint();
      },
      reach: (reachable) => {
        on.reach(reachable);
        on.repaint();
      },
      refused: (reason) => {
        on.refused(reason);
        on.repaint();
      },
      lost: () => {
        on.lost();
        on.repaint();
      },
      answer: on.answer,
      wait: on.wait,
    };
  }

  /** The first word of the server: say what this viewer wants, and stand somewhere that exists. */
  begin() {
    const { playback, head } = this.run;
    this.aim();
    if (!this.playing) playback.position = Math.min(playback.position, Math.max(0, head));
    else if (playback.following && !this.loop) playback.position = Math.max(0, head);
    if (!this.playing && playback.position > 0) this.fillIn();
  }

  /** Tell the server how far this viewer wants the run to go. */
  aim() {
    const run = this.attached;
    if (run?.status) run.link.goal(this.playing ? run.status.last : (this.waiting ?? -1));
  }

  // ---------------------------------------------------------------------- what the viewer does

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    const { run } = this;
    const { playback } = run;
    if (run.finished && playback.position >= run.head) this.rewind();
    playback.forget();
    playback.following = playback.position >= run.head - 1;
    this.playing = true;
    this.idle = false;
    this.waiting = null;
    this.aim();
    this.save();
    this.on.repaint();
  }

  /** Stop here and now: nothing newer is painted, and the run is asked to stop. */
  pause() {
    this.halt();
    this.save();
    this.on.repaint();
  }

  halt() {
    this.playing = false;
    this.waiting = null;
    if (this.shown) this.run.playback.position = this.shown.index;
    this.aim();
  }

  reset() {
    this.halt();
    this.rewind();
    this.idle = true;
    this.moved();
  }

  rewind() {
    const { playback } = this.run;
    playback.position = 0;
    playback.following = false;
    this.context.stage = 0;
    this.context.look += 1;
  }

  /**
   * Put the playhead on a frame. Going back pauses; going to the newest frame does not.
   *
   * @param {number} index
   */
  seek(index) {
    const { playback, head, last } = this.run;
    const wanted = Math.max(0, Math.min(Math.round(index), last));
    if (this.playing && wanted >= head) {
      playback.position = Math.max(0, head);
      playback.following = true;
      this.on.repaint();
      return;
    }
    if (this.playing) this.halt();
    this.waiting = null;
    playback.position = Math.min(wanted, Math.max(0, head));
    if (wanted > 0) this.idle = false;
    this.moved();
  }

  /** One frame on; at the newest, ask the run for one more. */
  stepOn() {
    const { run } = this;
    const { store, playback } = run;
    if (this.playing) this.halt();
    this.idle = false;
    const next = store.at(store.floor(playback.position) + 1);
    if (next) playback.position = next.index;
    else if (run.head > store.newest) playback.position = store.newest + 1;
    else if (run.status && !run.finished && run.head < run.status.last) {
      this.waiting = run.head + 1;
      this.aim();
    }
    this.moved();
  }

  stepBack() {
    const { store, playback } = this.run;
    if (this.playing) this.halt();
    this.waiting = null;
    const position = store.floor(playback.position);
    if (position > 0) playback.position = store.kept(position - 1).index;
    this.moved();
  }

  /**
   * One stage of the step on or back, and beyond the last or first into the next or previous step.
   *
   * @param {1 | -1} by
   */
  nextGate(by) {
    if (!this.gates) return false;
    const { playback } = this.run;
    if (this.playing) this.halt();
    const next = this.context.stage + by;
    if (next >= 0 && next < this.gates) {
      this.goStage(next);
      return true;
    }
    const before = playback.position;
    if (by > 0) this.stepOn();
    else this.stepBack();
    if (playback.position !== before) this.goStage(by > 0 ? 0 : this.gates - 1);
    return true;
  }

  /** @param {number} stage */
  goStage(stage) {
    this.context.stage = stage;
    this.context.look += 1;
    this.idle = false;
    this.soonSave();
    this.on.repaint();
  }

  /** @param {Speed} name */
  setSpeed(name) {
    this.run.playback.speed = name;
    this.save();
    this.on.repaint();
  }

  moved() {
    this.soonSave();
    this.fillIn();
    this.on.repaint();
  }

  fillIn() {
    clearTimeout(this.filling);
    const { run } = this;
    this.filling = setTimeout(() => this.playing || run.fillIn(run.playback.position), 80);
  }

  // ----------------------------------------------------------------------------- as time passes

  /**
   * Move on by `elapsed` ms; returns the position in the store of the frame to show, or -1.
   *
   * @param {number} elapsed
   */
  advance(elapsed) {
    const { store, playback } = this.run;
    if (this.waiting !== null && store.newest >= this.waiting) {
      playback.position = this.waiting;
      this.waiting = null;
      this.soonSave();
    }
    if (this.playing && store.count) this.move(elapsed);
    return store.count ? Math.max(0, store.floor(playback.position)) : -1;
  }

  /** @param {number} elapsed */
  move(elapsed) {
    const { run } = this;
    const { store, playback } = run;
    const end = store.newest;
    if (this.loop) this.moveLoop(elapsed, end);
    else if (this.gates && playback.speed !== "max")
      this.moveGates(elapsed * FACTOR[playback.speed], end);
    else playback.advance(elapsed, end, this.naturalRate());
    if (this.loop || !run.finished || end < run.head || playback.position < end || this.gatesLeft())
      return;
    this.playing = false;
    playback.position = end;
    this.aim();
    this.soonSave();
  }

  gatesLeft() {
    return this.run.playback.speed !== "max" && this.context.stage < this.gates - 1;
  }

  /** Frames per ms of a replay at ×1: a whole run in about a quarter of a minute. */
  naturalRate() {
    return Math.min(this.gates ? 6 : 60, Math.max(2, this.run.last / 15)) / 1000;
  }

  /**
   * @param {number} elapsed
   * @param {number} end
   */
  moveLoop(elapsed, end) {
    const { playback } = this.run;
    if (this.context.reducedMotion) playback.position = end;
    else if (!this.context.outOfSight)
      playback.position = (playback.position + (elapsed * (end + 1)) / LOOP) % (end + 1);
  }

  /**
   * @param {number} elapsed ms at ×1
   * @param {number} end
   */
  moveGates(elapsed, end) {
    const { store, playback } = this.run;
    this.gateTime += elapsed;
    if (this.gateTime < GATE) return;
    this.gateTime = 0;
    if (this.context.stage < this.gates - 1) this.context.stage += 1;
    else if (playback.position < end) {
      playback.position = store.kept(store.floor(playback.position) + 1).index;
      this.context.stage = 0;
    }
    this.context.look += 1;
    this.on.repaint();
  }

  /** Ask for newer frames, but only when they are wanted. */
  pull() {
    if (this.playing || this.waiting !== null || !this.run.store.count) this.run.pull();
  }

  /**
   * The state of what the viewer sees, which is not the run's own.
   *
   * @returns {Saying}
   */
  get state() {
    const { run, shown } = this;
    if (this.playing) return this.live && !this.loop ? "training" : "playing";
    const atEnd = shown !== null && shown.index >= run.head;
    const final = run.status?.state;
    if (atEnd && (final === "diverged" || final === "stopped")) return final;
    if (this.idle) return "idle";
    return atEnd && run.finished ? "ended" : "paused";
  }

  close() {
    this.save();
    this.attached?.close();
    this.left?.close();
    clearTimeout(this.filling);
    clearTimeout(this.saving);
  }
}
