// The stage: mounts a scene in the page, plays its run, and keeps what the viewer is doing.

import { Context } from "./context.js";
import { listen } from "./keys.js";
import { element, Explanations, Layout } from "./layout.js";
import { Live, Recording } from "./link.js";
import { keep, recall } from "./memory.js";
import { Playback } from "./playback.js";
import { make as makePlot } from "./plot.js";
import { FrameStore } from "./store.js";
import { STYLE } from "./style.js";
import { makeTimebar } from "./timebar.js";
import { makeNumbers, makeSentence } from "./words.js";

const MAKERS = { plot: makePlot, numbers: makeNumbers, sentence: makeSentence };
const ELSEWHERE = { diagram: "./diagram.js", timeline: "./timeline.js", tokens: "./tokens.js", ranking: "./ranking.js", tiles: "./tiles.js" };
const BEHIND = 400; // frames; further behind, the past is fetched with a stride
const LOOP = 8000; // ms of one round of a small picture
const SAID = { idle: "at the beginning", training: "training", playing: "playing", paused: "paused", ended: "at the end", diverged: "diverged" };

const mounted = new WeakMap();

/**
 * Show what `data` says inside an element or shadow root; call again with new data at any time.
 * Returns a function that takes the stage away once its root has left the document.
 */
export function mount(parent, data, calls) {
  let stage = mounted.get(parent);
  if (!stage || !stage.root.isConnected) {
    stage?.close();
    stage = new Stage(parent);
    mounted.set(parent, stage);
  }
  stage.take(data, calls);
  return () => setTimeout(() => stage.root.isConnected || stage.close());
}

class Stage {
  constructor(parent) {
    this.root = element("div", "stage");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.style = element("style", "", STYLE);
    parent.append(this.style, this.root);
    this.context = new Context(this.root, new Explanations(this.root), {
      go: (index) => this.seek(index),
      select: (name, value) => this.select(name, value),
      goStage: (i) => this.goStage(i),
      refresh: () => this.refresh(),
    });
    this.layout = new Layout(this.root, () => this.resized());
    this.makers = [];
    this.painted = 0;
    this.shown = null;
    this.playing = false;
    this.closers = [];
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    this.hear(scheme, "change", () => setTimeout(() => this.dress(), 50));
    this.hear(document, "fullscreenchange", () => this.layout.fit());
    this.hear(window, "pagehide", () => this.save());
    document.fonts?.ready.then(() => this.restyle());
  }

  hear(target, event, act) {
    target.addEventListener(event, act);
    this.closers.push(() => target.removeEventListener(event, act));
  }

  // ------------------------------------------------------------------------ what the page says

  take(data, calls) {
    this.calls = calls ?? {};
    const scene = JSON.stringify(data.scene);
    const rebuilt = scene !== this.sceneText;
    const otherRun = rebuilt || data.token !== this.data?.token || data.frames_url !== this.data?.frames_url;
    const before = this.data;
    this.data = data;
    this.dress();
    if (rebuilt) {
      this.sceneText = scene;
      this.build(data.scene);
    }
    if (data.height !== before?.height) this.layout.use(data.scene, this.wrappers, data.height);
    if (otherRun) this.attach(before, rebuilt);
    if (data.select && JSON.stringify(data.select) !== JSON.stringify(before?.select)) this.choose(data.select);
    if (data.notice && data.notice !== before?.notice) this.notify(data.notice);
  }

  dress() {
    if (this.data && this.context.dress(this.data.palette)) this.refresh();
  }

  async build(scene) {
    const { root, context, layout } = this;
    this.unlisten?.();
    this.scene = scene;
    this.gates = scene.panels.find((panel) => panel.kind === "diagram")?.stages.length ?? 0;
    context.clock = scene.clock;
    context.selects = Object.fromEntries(scene.selects ?? []);
    context.stage = 0;
    root.classList.toggle("loop", scene.loop);
    root.setAttribute("aria-label", scene.alt || this.data.title || "live picture");
    root.replaceChildren(layout.first, layout.rest, context.explanations.box);
    this.wrappers = scene.panels.map((panel) => {
      const wrapper = element("section", "panel");
      wrapper.dataset.area = panel.area;
      wrapper.dataset.kind = panel.kind;
      wrapper.style.gridArea = panel.area;
      return wrapper;
    });
    if (!scene.loop) this.buildBar(scene);
    else root.tabIndex = -1;
    layout.use(scene, this.wrappers, this.data.height);
    const building = (this.building = Symbol("building"));
    this.makers = [];
    const makers = await Promise.all(scene.panels.map(({ kind }) => makerOf(kind)));
    if (building !== this.building) return;
    this.makers = makers.map((make, i) => make(scene.panels[i], context));
    this.makers.forEach((made, i) => this.wrappers[i].replaceChildren(made.element));
    this.resized();
  }

  buildBar(scene) {
    const { root } = this;
    this.bar = makeTimebar({ live: this.data.live, clock: scene.clock, hasGates: this.gates > 0 }, {
      toggle: () => this.toggle(),
      reset: () => this.reset(),
      back: () => this.stepBack(),
      step: () => this.stepOn(),
      seek: (index) => this.seek(index),
      speed: (name) => this.setSpeed(name),
      full: () => this.toggleFull(),
      gate: () => this.nextGate(1),
    });
    this.trouble = element("p", "trouble");
    this.trouble.hidden = true;
    this.notice = element("div", "notice");
    this.notice.hidden = true;
    this.bar.element.append(this.notice);
    this.announcer = element("div", "visually-hidden");
    this.announcer.setAttribute("aria-live", "polite");
    for (const child of [this.trouble, this.bar.element]) child.dataset.beside = "";
    root.append(this.trouble, this.bar.element, this.announcer);
    root.tabIndex = 0;
    this.unlisten = listen(root, {
      " ": () => this.toggle(),
      ArrowRight: () => this.stepOn(),
      ArrowLeft: () => this.stepBack(),
      ArrowDown: () => this.nextGate(1),
      ArrowUp: () => this.nextGate(-1),
      Home: () => this.seek(0),
      End: () => this.seek(this.head),
      f: () => this.toggleFull(),
    });
  }

  // ------------------------------------------------------------------------------- runs

  /** Leave the old run, if any, for the one in `data`; its picture stays until the new one has a frame. */
  attach(before, rebuilt) {
    const wasPlaying = this.playing;
    const at = this.run ? this.run.playback.position : 0;
    this.save();
    this.run?.link.close();
    const { data, scene } = this;
    const known = scene.loop ? null : recall(data.run);
    const run = { store: new FrameStore(), still: null, playback: new Playback(), status: null, goal: -1, tried: new Set() };
    run.playback.speed = known?.speed ?? this.run?.playback.speed ?? "×1";
    run.playback.position = rebuilt && !before ? 0 : at;
    this.playing = scene.loop || (before ? wasPlaying : false);
    this.follow = true;
    this.idle = !this.playing;
    if (known) this.restore(known, run);
    this.run = run;
    this.waiting = null;
    if (this.trouble) this.trouble.hidden = true;
    const live = data.live && !data.frames_url;
    run.link = live ? new Live(data.token, this.ears(run)) : new Recording(data, this.ears(run));
    this.refresh();
  }

  restore(known, run) {
    this.playing = known.playing;
    this.idle = known.idle;
    run.playback.position = known.index;
    run.playback.following = known.playing && known.following;
    Object.assign(this.context.selects, known.selects);
    this.context.stage = known.stage;
  }

  save() {
    if (!this.run?.status || this.scene.loop || this.data.run === undefined) return;
    const { playback } = this.run;
    keep(this.data.run ?? this.data.token, {
      playing: this.playing,
      idle: this.idle,
      index: this.shown?.index ?? 0,
      following: playback.following,
      speed: playback.speed,
      stage: this.context.stage,
      selects: this.context.selects,
    });
  }

  ears(run) {
    const current = (act) => (...given) => run === this.run && act(...given);
    return {
      still: current((frame) => this.gotStill(run, frame)),
      status: current((status) => this.gotStatus(run, status)),
      frames: current((frames) => this.gotFrames(run, frames)),
      open: current(() => this.refresh()),
      reach: current((reachable) => this.reach(reachable)),
      lost: current(() => this.calls.setTrigger?.("lost", this.data.token)),
    };
  }

  gotStill(run, frame) {
    run.still = frame;
    run.hasStill = true;
    if (this.context.frames === run.store) this.context.still = frame;
    this.restyle();
  }

  gotStatus(run, status) {
    const first = !run.status;
    run.status = status;
    if (status.notice && status.notice !== run.notice) this.notify(status.notice);
    run.notice = status.notice;
    if (first) this.aim();
    if (first && this.playing && run.playback.following) run.playback.position = Math.max(run.playback.position, status.head);
    this.catchUp(run);
    this.refresh();
  }

  /** Far behind: fetch an overview of what is missing before asking for newer frames. */
  async catchUp(run) {
    const { head, stride } = run.status;
    const from = run.store.newest;
    if (head - from <= BEHIND || run.overview) return;
    let apart = Math.max(1, stride);
    while ((head - from) / apart > BEHIND) apart *= 2;
    run.overview = true;
    const frames = await this.fetch(run, from, 2000, apart);
    run.overview = false;
    if (frames) this.gotFrames(run, frames);
  }

  async fetch(run, after, count, stride) {
    try {
      const frames = await run.link.range(after, count, stride);
      return run === this.run ? frames : null;
    } catch {
      return null; // the link says so itself when the server is gone
    }
  }

  gotFrames(run, frames) {
    const before = run.store.newest;
    run.store.add(frames);
    if (run.store.newest > before && before >= 0) {
      run.playback.arrived(performance.now(), run.store.newest, frames.length);
    }
    this.refresh();
  }

  reach(reachable) {
    if (reachable) {
      if (this.unreachable) this.notify("");
      this.unreachable = false;
      return;
    }
    this.run.playback.forget();
    if (!this.unreachable) this.notify("The server is not reachable; trying again.", true);
    this.unreachable = true;
  }

  // ------------------------------------------------------------------------------ the viewer

  get head() {
    return Math.max(this.run.store.newest, this.run.status?.head ?? -1);
  }

  get last() {
    return Math.max(this.run.status?.last ?? 0, this.head, 0);
  }

  get finished() {
    return ["ended", "diverged"].includes(this.run.status?.state);
  }

  /** Tell the server how far this viewer wants the run to go. */
  aim() {
    if (!this.run?.status) return;
    this.run.link.goal(this.playing ? this.run.status.last : this.waiting ?? -1);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    const { playback } = this.run;
    if (this.finished && playback.position >= this.head) this.rewind();
    playback.forget();
    playback.following = playback.position >= this.head - 1;
    this.playing = true;
    this.idle = false;
    this.waiting = null;
    this.lastTick = null;
    this.aim();
    this.save();
    this.refresh();
  }

  /** Stop here and now: nothing newer is painted, and the run is asked to stop. */
  pause() {
    this.halt();
    this.save();
    this.refresh();
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
    if (this.data.resets) this.calls.setTrigger?.("reset", this.data.token);
  }

  rewind() {
    this.run.playback.position = 0;
    this.run.playback.following = false;
    this.context.stage = 0;
  }

  /** Put the playhead on a frame. Going back pauses; going to the newest frame does not. */
  seek(index) {
    const wanted = Math.max(0, Math.min(Math.round(index), this.last));
    if (this.playing && wanted >= this.head) {
      this.run.playback.position = this.head;
      this.run.playback.following = true;
      return this.refresh();
    }
    if (this.playing) this.halt();
    this.waiting = null;
    this.run.playback.position = Math.min(wanted, Math.max(this.head, 0));
    this.moved();
    return undefined;
  }

  moved() {
    if (this.run.playback.position > 0) this.idle = false;
    this.soonSave();
    this.fillIn();
    this.refresh();
  }

  stepOn() {
    if (this.playing) this.halt();
    const { store, playback, status } = this.run;
    const position = store.floor(playback.position);
    this.idle = false;
    if (position + 1 < store.count) playback.position = store.at(position + 1).index;
    else if (this.head > store.newest) playback.position = store.newest + 1;
    else if (status && !this.finished && this.head < status.last) {
      this.waiting = this.head + 1;
      this.aim();
    }
    this.moved();
  }

  stepBack() {
    if (this.playing) this.halt();
    this.waiting = null;
    const { store, playback } = this.run;
    const position = store.floor(playback.position);
    if (position > 0) playback.position = store.at(position - 1).index;
    this.moved();
  }

  nextGate(by) {
    if (!this.gates) return false;
    if (this.playing) this.halt();
    const next = this.context.stage + by;
    if (next >= 0 && next < this.gates) this.goStage(next);
    else {
      const before = this.run.playback.position;
      if (by > 0) this.stepOn();
      else this.stepBack();
      if (this.run.playback.position !== before) this.goStage(by > 0 ? 0 : this.gates - 1);
    }
    return true;
  }

  goStage(i) {
    this.context.stage = i;
    this.context.look += 1;
    this.idle = false;
    this.soonSave();
    this.refresh();
  }

  select(name, value) {
    this.choose({ [name]: value });
    if (this.data.picks) this.calls.setTrigger?.("pick", { name, value });
  }

  choose(values) {
    Object.assign(this.context.selects, values);
    this.context.look += 1;
    this.soonSave();
    this.refresh();
  }

  setSpeed(name) {
    this.run.playback.speed = name;
    this.lastTick = null;
    this.save();
    this.refresh();
  }

  toggleFull() {
    if (this.layout.full) document.exitFullscreen();
    else this.root.requestFullscreen?.().catch(() => {}); // not allowed here: stay as we are
  }

  soonSave() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 200);
  }

  /** Fetch frames around the playhead when those held lie further apart than those the server keeps. */
  fillIn() {
    clearTimeout(this.filling);
    this.filling = setTimeout(async () => {
      const { run } = this;
      if (!run.status || this.playing) return;
      const { store, status } = run;
      const target = run.playback.position;
      const stride = Math.max(1, status.stride);
      const position = store.floor(target);
      const low = store.at(position)?.index ?? -1;
      const high = store.at(position + 1)?.index ?? this.head + 1;
      if (low === target || high - low <= stride || run.tried.has(`${low} ${high}`)) return;
      run.tried.add(`${low} ${high}`);
      const from = Math.max(low, target - 60 * stride);
      const frames = await this.fetch(run, from, 120, stride);
      if (frames?.length) this.gotFrames(run, frames.filter(({ index }) => index < high || high > this.head));
    }, 80);
  }

  // ------------------------------------------------------------------------------- painting

  resized() {
    this.context.narrow = this.layout.narrow;
    this.context.presenter = this.layout.full;
    for (const made of this.makers) made.resize?.();
    this.restyle();
  }

  restyle() {
    this.context.look += 1;
    this.refresh();
  }

  refresh() {
    this.dirty = true;
    this.schedule();
  }

  schedule() {
    if (this.frameRequest || this.closed) return;
    this.frameRequest = requestAnimationFrame((now) => {
      this.frameRequest = null;
      this.tick(now);
    });
  }

  tick(now) {
    if (this.closed || !this.run) return;
    const elapsed = this.lastTick === null || this.lastTick === undefined ? 16 : Math.min(100, now - this.lastTick);
    this.lastTick = now;
    const { store, playback } = this.run;
    if (this.waiting !== null && store.newest >= this.waiting) {
      playback.position = this.waiting;
      this.waiting = null;
      this.dirty = true;
    }
    if (this.playing && store.count) this.move(elapsed);
    const position = Math.max(0, store.floor(playback.position));
    const frame = store.at(position);
    if (frame && this.ready() && (this.dirty || frame !== this.shown)) this.paint(frame, position);
    this.pull();
    if (this.playing) this.schedule();
    else this.lastTick = null;
  }

  /** Whether the run can be painted; a run just attached waits for what never moves, if it has any. */
  ready() {
    return this.run.hasStill && this.makers.length === this.scene.panels.length;
  }

  move(elapsed) {
    const { store, playback } = this.run;
    const end = store.newest;
    if (this.scene.loop) this.moveLoop(elapsed, end);
    else if (this.gates && playback.speed !== "max") this.moveGates(elapsed, end);
    else playback.advance(elapsed, end, this.naturalRate());
    if (!this.scene.loop && this.finished && end >= this.head && playback.position >= end && !this.gatesLeft()) {
      this.halt();
      playback.position = end;
      this.soonSave();
      this.dirty = true;
    }
  }

  gatesLeft() {
    return this.gates > 0 && this.context.stage < this.gates - 1 && this.run.playback.speed !== "max";
  }

  /** Frames per ms of a replay at ×1: a whole run in about a quarter of a minute. */
  naturalRate() {
    const most = this.gates ? 6 : 60;
    return Math.min(most, Math.max(2, this.last / 15)) / 1000;
  }

  moveLoop(elapsed, end) {
    const { playback } = this.run;
    if (this.context.reducedMotion) playback.position = end;
    else if (!this.outOfSight) playback.position = (playback.position + (elapsed * (end + 1)) / LOOP) % (end + 1);
  }

  moveGates(elapsed, end) {
    const { playback, store } = this.run;
    const factor = { "×¼": 0.25, "×1": 1, "×4": 4 }[playback.speed];
    this.gateTime = (this.gateTime ?? 0) + elapsed * factor;
    if (this.gateTime < 800) return;
    this.gateTime = 0;
    if (this.context.stage < this.gates - 1) this.goStage(this.context.stage + 1);
    else if (playback.position < end) {
      playback.position = store.at(store.floor(playback.position) + 1).index;
      this.context.stage = 0;
      this.context.look += 1;
    }
  }

  /** Ask for newer frames, at most once an animation frame, and only when they are wanted. */
  pull() {
    const { store, link, overview } = this.run;
    const wanted = this.playing || this.waiting !== null || !store.count;
    if (wanted && !overview && this.run.status) link.after(store.newest);
  }

  paint(frame, position) {
    const { context, run } = this;
    const running = this.playing && frame !== this.shown;
    if (context.frames !== run.store || context.still !== run.still) {
      Object.assign(context, { frames: run.store, still: run.still });
      context.look += 1;
    }
    this.dirty = false;
    this.shown = frame;
    context.horizon = this.horizon();
    const pictured = withPicture(run.store, position);
    const view = { frame: run.store.at(pictured), index: frame.index, position: pictured, playing: this.playing };
    for (const made of this.makers) made.paint(view);
    if (running) this.painted += 1;
    this.describe(frame);
  }

  /** The index up to which time is drawn: all of a recording, of a live run as much as it needs by doubling. */
  horizon() {
    if (!this.data.live || this.finished) return Math.max(1, this.finished ? this.head : this.last);
    let horizon = Math.max(1, this.last);
    while (horizon / 2 >= 60 && this.head * 1.02 < horizon / 2) horizon /= 2;
    return Math.ceil(horizon);
  }

  get state() {
    if (this.playing) return this.data.live && !this.scene.loop ? "training" : "playing";
    const atEnd = this.shown && this.shown.index >= this.head;
    if (this.run.status?.state === "diverged" && atEnd) return "diverged";
    if (this.idle) return "idle";
    return this.finished && atEnd ? "ended" : "paused";
  }

  describe(frame) {
    const { root, run, state } = this;
    const { dataset } = root;
    dataset.state = state;
    dataset.step = frame.step;
    dataset.frame = frame.index;
    dataset.frames = run.store.count;
    dataset.painted = this.painted;
    if (!this.bar || this.scene.loop) return;
    const lastStep = this.lastStep();
    const { live } = this.data;
    const { clock } = this.scene;
    this.bar.update({
      playing: this.playing,
      index: frame.index,
      head: this.head,
      horizon: this.context.horizon,
      step: frame.step,
      lastStep,
      live,
      clock,
      narrow: this.context.narrow,
      text: `${clock} ${frame.step}`,
      events: run.store.events,
      rate: this.playing ? run.status?.rate : null,
      speed: run.playback.speed,
    });
    this.tellTrouble(frame);
    this.announce(state, frame);
  }

  lastStep() {
    const { store } = this.run;
    if (store.count < 2) return this.last;
    const newest = store.at(store.count - 1);
    return Math.round((newest.step * this.last) / Math.max(1, newest.index));
  }

  tellTrouble() {
    const { status, store } = this.run;
    const reason = status?.trouble || store.at(store.count - 1)?.trouble;
    const text = reason && !this.playing ? reason : "";
    if (this.trouble.textContent === text) return;
    this.trouble.textContent = text;
    this.trouble.hidden = !text;
    this.layout.trim();
  }

  announce(state, frame) {
    if (state === this.announced) return;
    const first = this.announced === undefined;
    this.announced = state;
    if (first && state === "idle") return;
    const reason = state === "diverged" ? `: ${this.run.status.trouble}` : "";
    this.announcer.textContent = `${SAID[state]}, ${this.scene.clock} ${frame.step}${reason}`;
  }

  /** One line over the time bar; it leaves by itself unless it `stays`. Empty text takes it away. */
  notify(text, stays = false) {
    clearTimeout(this.noticeTimer);
    if (!this.notice) return;
    this.notice.hidden = !text;
    if (!text) return;
    const close = element("button", "", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => this.notify(""));
    this.notice.replaceChildren(element("span", "", text), close);
    this.announcer.textContent = text;
    if (!stays) this.noticeTimer = setTimeout(() => this.notify(""), 12000);
  }

  close() {
    this.save();
    this.closed = true;
    this.run?.link.close();
    this.layout.close();
    this.unlisten?.();
    for (const close of this.closers) close();
    for (const timer of [this.noticeTimer, this.filling, this.saving]) clearTimeout(timer);
    cancelAnimationFrame(this.frameRequest);
    this.root.remove();
    this.style.remove();
  }
}

/** The position of the last frame that has a picture: one that only says its trouble has none. */
function withPicture(store, position) {
  let at = position;
  while (at > 0 && store.at(at).trouble && !Object.keys(store.at(at).arrays).length) at -= 1;
  return at;
}

async function makerOf(kind) {
  return MAKERS[kind] ?? (await import(ELSEWHERE[kind])).make;
}
