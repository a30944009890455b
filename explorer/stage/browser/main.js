// The stage: mounts a scene in the page, paints the run that its player plays, and shows its state.

import { Context } from "./context.js";
import { Column } from "./dials/column.js";
import { Hand } from "./dials/hand.js";
import { moment } from "./format.js";
import { hush } from "./hush.js";
import { listen } from "./keys.js";
import { element, Explanations, focused, Layout } from "./layout.js";
import { worded } from "./lexicon.js";
import { Lines } from "./lines.js";
import { registered } from "./registry.js";
import { Player } from "./run/player.js";
import { Sight } from "./sight.js";
import { join } from "./room/picture.js";
import { PRESENTED } from "./room/style.js";
import { STYLE } from "./style.js";
import { styled, wearNoElements } from "./worn.js";
import { learnTerms } from "./terms.js";
import { Answers } from "./run/answers.js";
import { makeTimebar } from "./run/timebar.js";

// Most scenes have these: they come with this script and not after it.
import "./panels/numbers.js";
import "./panels/plot.js";
import "./panels/sentence.js";

/**
 * @import { Made, Maker } from "./context.js"
 * @import { Answer, Settings } from "./run/answers.js"
 * @import { Frame, FrameStore } from "./run/store.js"
 * @import { Controls } from "./run/timebar.js"
 * @import { Panel, Scene, Showing, Status, Told } from "./types"
 */

/** @typedef {{ wrapper: HTMLElement, made: Made }} Placed a panel in the picture */

/**
 * How the stage speaks to its page.
 *
 * @typedef {object} Calls
 * @property {<N extends keyof Told>(name: N, value: Told[N]) => void} [setTrigger]
 * @property {<N extends keyof Told>(name: N, value: Told[N]) => void} [setState]
 */

const PANELS = "./panels/"; // every panel of a scene has its script there, called by its kind
/** @type {Map<string, Maker<Panel>>} */
const MAKERS = new Map(); // what makes panels, by the kinds that were needed so far
const UNREACHABLE = "The server is not reachable; trying again.";
const BLANK = "Waiting for the first picture.";
const FORGOTTEN = "The server knows nothing of this run any more; it is being opened again.";
const AGAIN =
  "The server had lost this run and computes it again; it goes on from the last frame shown here.";
const PLAINLY =
  "The picture comes over plain HTTP: the way does not let web sockets through.";
const AT_REST = 300; // ms that a picture stands still before its page hears of it
const LONGEST = 100; // ms; a longer pause of the display does not make the playhead jump

/** @type {Scene} */
const EMPTY = {
  // until the first answer
  panels: [],
  wide: { columns: ["1fr"], rows: [], areas: [], fold: 0 },
  narrow: { columns: ["1fr"], rows: [], areas: [], fold: 0 },
  clock: "step",
  selects: [],
  loop: false,
  alt: BLANK,
  lexicons: [],
  wide_from: 0,
};

/** @type {WeakMap<HTMLElement | ShadowRoot, Stage>} */
const mounted = new WeakMap();

/**
 * Show what `data` says inside an element or shadow root; call again with new data at any time.
 * Returns a function that takes the stage away once its root has left the document.
 *
 * @param {HTMLElement | ShadowRoot} parent
 * @param {Showing} data
 * @param {Calls} calls
 */
export function mount(parent, data, calls = {}) {
  let stage = mounted.get(parent);
  if (!stage || !stage.root.isConnected) {
    stage?.close();
    stage = new Stage(parent, data);
    mounted.set(parent, stage);
  }
  stage.take(data, calls);
  return () => setTimeout(() => stage.root.isConnected || stage.close());
}

class Stage {
  /**
   * @param {HTMLElement | ShadowRoot} parent
   * @param {Showing} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Calls} */
    this.calls = {};
    this.built = ""; // what the picture was built for
    this.scene = data.scene ?? EMPTY; // in the words that the viewer chose
    /** @type {Scene | null} */
    this.given = null; // as the page gave it
    this.spoken = 0; // the lexicon of those words
    this.root = element("div", "stage");
    this.root.setAttribute("role", "group");
    if (data.carried) wearNoElements();
    this.style = styled(STYLE + PRESENTED);
    this.table = element("div", "table", this.root); // picture and dials
    parent.append(this.style, this.table);
    this.context = new Context(this.root, new Explanations(this.root), {
      go: (index) => this.player.seek(index),
      select: (name, value) => this.select(name, value),
      selectAll: (values, held) => this.selectAll(values, held),
      goStage: (stage) => this.player.goStage(stage),
      refresh: () => this.refresh(),
    });
    this.hand = new Hand({
      ask: (settings, moving) => this.ask(settings, moving),
      settle: (settled) => this.settle(settled),
      show: (names) => {
        this.column?.show(names);
        this.noteKnown();
        this.context.turns += 1;
        this.refresh(); // handles stand where the dials do
      },
      refuse: (name, sentence) => this.refuse(name, sentence),
    });
    this.context.hand = this.hand;
    /** @type {Column | null} */
    this.column = null;
    this.beginningAt = ""; // the token with which the beginning of a run is asked for
    /** @type {Answers | null} */
    this.beginnings = null;
    /** @type {Settings} */
    this.foreseen = {}; // what was asked there last, and with which number
    this.foreseenBy = 0;
    /** @type {Scene | null} */
    this.begins = null; // the scene of what was answered there last
    /** @type {NonNullable<Showing["dials"]>["picks"]} */
    this.picks = {}; // settings that selections in the picture turn, by the selection
    /** @type {Map<number, Settings>} */
    this.asked = new Map(); // what was asked for and has no answer yet, by number

    this.player = new Player(this.context, {
      status: (status) => this.told(status),
      reach: (reachable) => this.reach(reachable),
      refused: (reason) => this.reach(false, reason),
      lost: () => this.lost(),
      wait: (what) => {
        this.waiting = what;
        this.refresh();
      },
      answer: (answer) => this.answered(answer),
      repaint: () => this.refresh(),
    });
    this.layout = new Layout(this.root, () => this.resized());
    /** @type {Map<string, Placed>} */
    this.panels = new Map(); // what stands in the picture, by the panel as JSON
    /** @type {HTMLElement[]} */
    this.wrappers = [];
    /** @type {Made[]} */
    this.makers = [];
    /** @type {symbol | null} */
    this.building = null;
    this.surrounded = ""; // what stands around the panels
    /** @type {ReturnType<typeof makeTimebar> | null} */
    this.bar = null;
    /** @type {(() => void) | null} */
    this.unlisten = null;
    /** @type {IntersectionObserver | null} */
    this.sight = null;
    this.panelsInSight = new Sight(() => this.refresh());
    /** @type {number | null} */
    this.request = null; // of the next animation frame
    this.dirty = false;
    this.closed = false;
    this.unreachable = ""; // why the server cannot be reached
    /** @type {(() => void) | null} */
    this.speak = null; // lets Streamlit speak of the connection again
    this.forgotten = false; // whether it answers, but knows nothing of the run
    this.waiting = ""; // what the server says that it waits for
    this.restsAt = ""; // where the picture stands still, as the page heard or is about to hear
    this.resting = 0; // until it does
    this.noticed = 0; // how many notices of the run have been shown
    this.painted = 0; // frames shown while the run played
    /** @type {number | null} */
    this.lastTick = null;
    this.lines = new Lines();
    /** @type {(() => void)[]} */
    this.closers = [join(this)];
    this.hear(window.matchMedia("(prefers-color-scheme: dark)"), "change", () =>
      setTimeout(() => this.dress(), 50),
    );
    this.hear(document, "fullscreenchange", () => this.layout.fit());
    this.hear(window, "pagehide", () => this.player.save());
    this.hear(document, "keydown", (event) => this.travel(event));
    // What the dials stand at goes before a press elsewhere on the page, which may lead away.
    for (const press of ["pointerdown", "click"])
      this.hear(document, press, (event) => this.settleBefore(event), true);
    document.fonts?.ready.then(() => this.resized());
  }

  /**
   * @param {EventTarget} target
   * @param {string} event
   * @param {(event: Event) => void} act
   * @param {boolean} [first] before what was pressed hears of it
   */
  hear(target, event, act, first = false) {
    target.addEventListener(event, act, first);
    this.closers.push(() => target.removeEventListener(event, act, first));
  }

  /** @param {Event} event */
  settleBefore(event) {
    if (!event.composedPath().includes(this.table)) this.hand.settle();
  }

  /**
   * @template {keyof Told} N
   * @param {N} name
   * @param {Told[N]} value
   */
  tell(name, value) {
    this.calls.setTrigger?.(name, value);
  }

  // -------------------------------------------------------------------------- what the page says

  /**
   * @param {Showing} data
   * @param {Calls} calls
   */
  take(data, calls) {
    const before = this.built ? this.data : null;
    const { scene } = data;
    const built = scene ? JSON.stringify([{ ...scene, selects: [] }, data.live]) : "by answers";
    const rebuilt = built !== this.built;
    this.data = data;
    this.calls = calls;
    this.built = built;
    this.dress();
    this.light();
    this.takeDials(data);
    if (data.glossary && !before)
      learnTerms(new URL(`${data.modules}${data.glossary}`, document.baseURI).href, () => this.explain());
    this.takeBeginning(data.begins?.token ?? "");
    const otherRun =
      data.token !== before?.token ||
      data.carried?.frames !== before?.carried?.frames ||
      data.carried?.still !== before?.carried?.still ||
      data.answers !== before?.answers;
    if (rebuilt || otherRun) this.player.save();
    if (rebuilt) this.build(scene ?? EMPTY);
    else if (data.height !== before?.height) this.layout.use(this.scene, this.wrappers, data.height);
    const select = JSON.stringify(data.select);
    if (data.select && (rebuilt || select !== JSON.stringify(before?.select))) {
      this.choose(data.select);
    }
    const otherKind = data.live !== before?.live || scene?.loop !== before?.scene?.loop;
    if (otherRun || otherKind) this.attach();
    else if (this.player.left && !this.hand.told && this.hand.atRest) this.stay();
    else this.player.name = data.run; // what the tab remembers is of where the dials stand now
    if (data.notice && data.notice !== before?.notice) this.lines.notify(data.notice);
    this.rest();
  }

  /** Light the panels that the page points at, and dim the others. */
  light() {
    const lit = this.data.look?.panels ?? [];
    this.layout.lit = lit;
    this.table.classList.toggle("guided", Boolean(this.data.look));
    for (const { dataset, classList } of this.wrappers) {
      const is = lit.includes(dataset.area ?? "");
      classList.toggle("lit", is);
      classList.toggle("dim", lit.length > 0 && !is);
    }
  }

  /**
   * Stand the dials beside the picture, where the page has some.
   *
   * @param {Showing} data
   */
  takeDials({ dials, answers }) {
    this.hand.asks = Boolean(answers);
    if (!dials) return;
    if (!this.column) {
      this.column = new Column(this.hand);
      this.table.prepend(this.column.element);
    }
    this.table.classList.toggle("above", dials.above);
    this.picks = dials.picks;
    this.column.take(dials);
    this.noteKnown();
  }

  /** Note whether the page, and so the address, says what the dials stand at. */
  noteKnown() {
    const { dials } = this.data;
    if (dials) this.root.dataset.known = String(this.hand.standsAt(dials.settings));
  }

  // ------------------------------------------------------------------------------------ the hand

  /**
   * Where a run that is not there yet is asked for, if anywhere.
   *
   * @param {string} token
   */
  takeBeginning(token) {
    if (token === this.beginningAt) return;
    this.beginningAt = token;
    this.beginnings?.close();
    const deaf = () => {};
    this.beginnings = token
      ? new Answers(token, {
          reach: deaf,
          refused: deaf,
          lost: deaf, // the page's own run says so
          wait: deaf,
          answer: (answer) => this.foresee(answer),
        })
      : null;
  }

  /**
   * How a run looks that the page is about to open; where the dials stand elsewhere by now it was
   * for nothing, and what cannot be the page refuses itself.
   *
   * @param {Answer} answer
   */
  foresee(answer) {
    const asked = this.foreseen;
    this.begins = answer.scene ?? this.begins;
    if (answer.header.number !== this.foreseenBy || !answer.frames.length) return;
    if (Object.keys(asked).some((name) => asked[name] !== this.hand.settings[name])) return;
    if (!this.hand.told && this.hand.atRest) return; // the page has opened it already
    if (this.begins) this.build(this.begins);
    this.player.foresee(this.data, answer);
    this.root.dataset.foreseen = String(answer.header.number);
    this.refresh();
  }

  /**
   * Tell the page where the dials came to rest, and where the picture did.
   *
   * @param {Told["settled"]} settled
   */
  settle(settled) {
    const stood = this.stoodAt();
    this.calls.setState?.("settled", stood ? { ...settled, stood } : settled);
  }

  /** The page keeps its run, and so does the picture. */
  stay() {
    this.foreseenBy = 0;
    this.player.goBack();
    if (this.data.scene) this.build(this.data.scene);
    this.refresh();
  }

  /**
   * Show what becomes of the training that a turned dial asks for: how another one begins, or that
   * this one goes on.
   *
   * @param {Settings} settings
   * @param {boolean} moving
   */
  begin(settings, moving) {
    const { player, hand, beginnings } = this;
    const { begins } = this.data;
    if (!beginnings || !begins || !player.attached) return;
    const turned = Object.keys(settings).filter((name) => settings[name] !== hand.rested[name]);
    const { head } = player.left ?? player.run;
    if (turned.some((name) => head <= 0 || !begins.forks.includes(name))) {
      this.foreseen = settings;
      this.foreseenBy = beginnings.ask(settings, moving);
    } else if (player.left) this.stay();
    else if (turned.length && !moving && this.column) {
      const stood = this.stoodAt();
      const from = stood && stood.step < head ? `From ${this.scene.clock} ${stood.step} on t` : "T";
      this.column.coarse.textContent = `${from}he training goes on with this.`;
    }
  }

  /**
   * Ask what settings look like, where the stage is answered at all.
   *
   * @param {Settings} settings
   * @param {boolean} moving
   */
  ask(settings, moving) {
    const answers = this.player.attached?.answers;
    if (!answers) return this.begin(settings, moving);
    const number = answers.ask(settings, moving);
    this.asked.set(number, settings);
    this.root.dataset.asked = String(number);
  }

  /**
   * Show what an answer says: its scene now, its frames with the next picture.
   *
   * @param {Answer} answer
   */
  answered({ header, scene, frames }) {
    const { number, coarse, select, start } = header;
    const asked = this.asked.get(number);
    for (const known of this.asked.keys()) if (known <= number) this.asked.delete(known);
    if (asked) this.hand.answered(header, asked);
    if (this.column) this.column.coarse.textContent = coarse;
    if (!frames.length) return this.refresh(); // words may wait for the hand to rest
    const first = this.scene === EMPTY;
    if (scene) this.build(scene);
    if (first && !this.player.run.playback.position) this.player.run.playback.position = start;
    const wanted = JSON.stringify(select);
    if (!this.asked.size && wanted !== this.root.dataset.select) {
      this.choose(select); // while more is asked for, what was picked since is newer than this
      this.root.dataset.select = wanted;
    }
    this.root.dataset.answered = String(number);
    this.root.dataset.whole = String(!coarse);
  }

  /**
   * @param {string} name
   * @param {string} sentence
   */
  refuse(name, sentence) {
    if (!this.column?.say(name, sentence)) this.lines.notify(sentence);
  }

  /**
   * Go back to where the dials rested before, or forward again.
   *
   * @param {Event} event
   */
  travel(event) {
    if (!(event instanceof KeyboardEvent) || !this.column || event.altKey) return;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches("textarea, input[type=text]")) return;
    if (event.shiftKey ? this.hand.redo() : this.hand.undo()) event.preventDefault();
  }

  dress() {
    if (this.context.dress(this.data.palette)) this.refresh();
  }

  /**
   * Show another scene. What the viewer chose in it stays, where the new one has it too.
   *
   * @param {Scene} scene
   */
  build(scene) {
    const { root, context, layout } = this;
    const first = !this.given || this.given === EMPTY;
    const before = first ? [] : this.scene.panels;
    const chosen = before.filter((panel) => "options" in panel);
    const kept = chosen.map(({ select }) => [select, context.selects[select] ?? 0]);
    this.given = scene;
    context.clock = scene.clock;
    context.selects = Object.fromEntries([...(scene.selects ?? []), ...kept]);
    this.scene = worded(scene, context.selects.names);
    this.spoken = context.selects.names ?? 0;
    const last = Math.max(0, this.gates - 1);
    const opens = this.player.keptStage ?? this.opening;
    context.stage = Math.min(first ? opens : context.stage, last);
    this.player.gates = this.gates;
    root.classList.toggle("loop", scene.loop);
    root.setAttribute("aria-label", scene.alt || this.data.title || "live picture");
    root.tabIndex = scene.loop ? -1 : 0;
    this.surround(scene);
    this.furnish();
  }

  /** Say everything in the words that the viewer chose. */
  reword() {
    const wanted = this.context.selects.names ?? 0;
    if (!this.given?.lexicons?.length || wanted === this.spoken) return;
    this.spoken = wanted;
    this.scene = worded(this.given, wanted);
    this.furnish();
  }

  /**
   * Put the panels of the scene in place: those that stand there already stay, the others are made.
   * They are painted once all of them are there.
   */
  async furnish() {
    const { panels } = this.scene;
    const building = (this.building = Symbol("building"));
    this.makers = [];
    const missing = new Set(panels.map(({ kind }) => kind).filter((kind) => !MAKERS.has(kind)));
    if (missing.size) await Promise.all([...missing].map(learn));
    if (building !== this.building) return;
    const before = this.panels;
    const focus = focused(this.root)?.getAttribute("data-handle");
    this.panels = new Map(panels.map((panel) => this.placed(panel, before)));
    for (const { made } of before.values()) made.leave?.();
    const stand = [...this.panels.values()];
    this.wrappers = stand.map(({ wrapper }) => wrapper);
    this.makers = stand.map(({ made }) => made);
    this.light();
    this.panelsInSight.watch(this.wrappers);
    this.layout.use(this.scene, this.wrappers, this.data.height);
    this.markTitles();
    this.resized();
    if (focus) this.keepFocus(focus);
  }

  /**
   * A handle that had the focus keeps it, also where its panel was made anew.
   *
   * @param {string} key
   */
  keepFocus(key) {
    const handle = this.root.querySelector(`[data-handle="${CSS.escape(key)}"]`);
    if (handle instanceof HTMLElement && focused(handle) !== handle) {
      handle.hidden = false; // until it is painted, which says whether it can be taken
      handle.focus({ preventScroll: true });
    }
  }

  /**
   * A panel by its JSON, taken from those that stood there or new. One that can show another
   * picture in its place does so: what is held or focused in it stays in the hand.
   *
   * @param {Panel} panel
   * @param {Map<string, Placed>} before
   * @returns {[string, Placed]}
   */
  placed(panel, before) {
    const key = JSON.stringify(panel);
    const known = before.get(key);
    before.delete(key);
    if (known) return [key, known];
    const { area, kind } = panel;
    for (const [other, placed] of before) {
      const { dataset } = placed.wrapper;
      if (dataset.area !== area || dataset.kind !== kind || !this.taken(panel, placed.made)) continue;
      before.delete(other);
      return [key, placed];
    }
    const made = this.made(panel);
    const wrapper = element("section", "panel", made.element);
    Object.assign(wrapper.dataset, { area: panel.area, kind: panel.kind });
    wrapper.style.gridArea = panel.area;
    return [key, { wrapper, made }];
  }

  /** Mark the terms in the titles of panels and, once they are known, in what stands there. */
  markTitles(beside = "") {
    const places = `.head > :is(h2, .note)${beside}`;
    for (const wrapper of this.wrappers)
      for (const place of wrapper.querySelectorAll(places)) this.context.terms.mark(place);
  }

  /** The terms are known now. */
  explain() {
    this.markTitles(", .sentence:not(.mono)");
    this.column?.mark();
  }

  /**
   * Whether what is painted in a place shows another panel there from now on.
   *
   * @param {Panel} panel
   * @param {Made} made
   */
  taken(panel, made) {
    try {
      checkRoles(panel, this.context.palette);
      return made.take?.(panel) ?? false;
    } catch {
      return false; // making it says why
    }
  }

  /**
   * What paints a panel. One that cannot be made says why in its place, and is an error.
   *
   * @param {Panel} panel
   * @returns {Made}
   */
  made(panel) {
    try {
      checkRoles(panel, this.context.palette);
      return registered(Object.fromEntries(MAKERS), panel.kind, "panel")(panel, this.context);
    } catch (error) {
      reportError(error);
      const why = error instanceof Error ? error.message : String(error);
      return { element: element("p", "trouble", why), paint: () => {} };
    }
  }

  /** A small picture stands still while it is out of sight. */
  watchSight() {
    this.sight = new IntersectionObserver(
      ([{ isIntersecting }]) => (this.context.outOfSight = !isIntersecting),
    );
    this.sight.observe(this.root);
  }

  /** The stage inside a step that is shown first. */
  get opening() {
    const staged = this.scene.panels.find((panel) => "stages" in panel);
    return Math.max(0, staged?.stages.findIndex(({ name }) => name === staged.opens) ?? 0);
  }

  get gates() {
    return this.scene.panels.find((panel) => "stages" in panel)?.stages.length ?? 0;
  }

  /**
   * The time bar, and what else stands around the panels; as it was, where it would be the same.
   *
   * @param {Scene} scene
   */
  surround(scene) {
    const { root, layout, context } = this;
    const kind = JSON.stringify([scene.loop, scene.clock, this.data.live, this.gates > 0]);
    if (kind === this.surrounded) return;
    this.surrounded = kind;
    this.unlisten?.();
    this.sight?.disconnect();
    const around = [this.lines.blank, layout.first, layout.rest, context.explanations.box];
    if (scene.loop) {
      this.watchSight();
      root.replaceChildren(...around);
    } else this.buildBar(scene, around);
  }

  /**
   * @param {Scene} scene
   * @param {HTMLElement[]} around
   */
  buildBar(scene, around) {
    const { root, player, lines } = this;
    /** @type {Controls} */
    const acts = {
      toggle: () => player.toggle(),
      reset: () => this.reset(),
      back: () => player.stepBack(),
      step: () => player.stepOn(),
      seek: (index) => player.seek(index),
      speed: (name) => player.setSpeed(name),
      full: () => this.toggleFull(),
      gate: () => player.nextGate(1),
    };
    this.bar = makeTimebar(
      { live: this.data.live, clock: scene.clock, hasGates: this.gates > 0 },
      acts,
    );
    const dock = element("div", "dock", lines.trouble, this.bar.element, lines.notice);
    dock.dataset.beside = "";
    root.replaceChildren(...around, dock, lines.announcer);
    this.unlisten = listen(root, {
      " ": acts.toggle,
      ArrowRight: acts.step,
      ArrowLeft: acts.back,
      ArrowDown: () => player.nextGate(1),
      ArrowUp: () => player.nextGate(-1),
      Home: () => player.seek(0),
      End: () => player.seek(player.run.head),
      f: acts.full,
    });
  }

  /** Go over to another run; the old picture stays until the new run has a frame. */
  attach() {
    this.lines.notify("");
    if (this.column) this.column.coarse.textContent = "";
    this.reached("");
    this.forgotten = false;
    this.waiting = "";
    this.noticed = 0;
    this.player.attach(this.data, { gates: this.gates, loop: this.scene.loop });
    this.asked.clear();
    if (this.data.answers) this.hand.ask(false);
    this.reword(); // the tab may remember other words
    this.refresh();
  }

  /** @param {Status} status */
  told({ notice, notices, waiting }) {
    this.forgotten = false;
    this.waiting = waiting;
    if (notice && notices !== this.noticed) this.lines.notify(notice);
    this.noticed = notices;
  }

  /**
   * The server answers, or does not, or has no room for one more.
   *
   * @param {boolean} reachable
   */
  reach(reachable, reason = UNREACHABLE) {
    this.reached(reachable ? "" : reason);
  }

  /** @param {string} obstacle */
  reached(obstacle) {
    this.unreachable = obstacle;
    if (!obstacle) {
      this.speak?.();
      this.speak = null;
    } else this.speak ??= hush();
  }

  /** The server answers, but knows nothing of the run: the page has to open it again. */
  lost() {
    this.reached("");
    this.forgotten = true;
    this.tell("lost", this.data.answers || this.data.token);
  }

  /** What is waited for, if anything is; one line of which nothing is untrue. */
  get hurdle() {
    if (this.unreachable) return this.unreachable;
    if (this.forgotten) return FORGOTTEN;
    const again = this.player.live && this.player.playing && this.player.run.again;
    return this.waiting || (again ? AGAIN : "");
  }

  // ----------------------------------------------------------------------------- the viewer's own

  reset() {
    this.player.reset();
    if (this.data.resets) this.tell("reset", this.data.token);
  }

  /**
   * @param {string} name
   * @param {number} value
   */
  select(name, value) {
    if (this.data.fixed?.includes(name)) return;
    this.choose({ [name]: value });
    const own = this.scene.panels.some((panel) => "options" in panel && panel.select === name);
    if (own || this.turn({ [name]: value }, false)) return;
    if (this.data.picks) this.tell("pick", { name, value });
  }

  /**
   * Choose several things at once; the page hears of it as one pick. While they are `held` the
   * picture follows as it can.
   *
   * @param {Record<string, number>} values
   */
  selectAll(values, held = false) {
    if (Object.keys(values).some((name) => this.data.fixed?.includes(name))) return;
    this.choose(values);
    if (this.turn(values, held)) return;
    if (this.data.picks && !held) this.tell("pick", { values });
  }

  /**
   * Turn the dials that selections are; returns whether there are some.
   *
   * @param {Record<string, number>} values
   * @param {boolean} held
   */
  turn(values, held) {
    const known = Object.entries(values).filter(([name]) => this.picks[name]);
    if (!known.length) return false;
    this.hand.turn(Object.fromEntries(known.map(([name, value]) => [this.picks[name], value])), {
      held,
    });
    return true;
  }

  /** @param {Record<string, number>} values */
  choose(values) {
    Object.assign(this.context.selects, values);
    this.context.look += 1;
    this.player.soonSave();
    this.reword();
    this.refresh();
  }

  toggleFull() {
    if (this.layout.full) document.exitFullscreen();
    else this.table.requestFullscreen?.().catch(() => {}); // not allowed here: stay as we are
  }

  // ------------------------------------------------------------------------------------ painting

  resized() {
    this.context.narrow = this.layout.narrow;
    this.context.presenter = this.layout.large;
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
    if (this.request || this.closed) return;
    this.request = requestAnimationFrame((now) => {
      this.request = null;
      this.tick(now);
    });
  }

  /** @param {number} now */
  tick(now) {
    const { player } = this;
    if (this.closed || !player.attached) return;
    const elapsed = this.lastTick === null ? 16 : Math.min(LONGEST, now - this.lastTick);
    const running = player.playing;
    const position = player.advance(elapsed);
    const frame = player.run.store.at(position);
    if (frame && this.ready && (this.dirty || frame !== player.shown))
      this.paint(frame, position, running);
    else if (this.dirty) this.describe();
    this.dirty = false;
    player.pull();
    this.lastTick = player.playing ? now : null;
    if (player.playing) this.schedule();
  }

  get ready() {
    return this.player.run.settled && this.makers.length === this.scene.panels.length;
  }

  /**
   * @param {Frame} frame
   * @param {number} position
   * @param {boolean} running
   */
  paint(frame, position, running) {
    const { context, player } = this;
    const { run } = player;
    if (context.frames !== run.store || context.still !== run.still) {
      Object.assign(context, { frames: run.store, still: run.still });
      context.look += 1;
    }
    context.horizon = run.horizon;
    const pictured = withPicture(run.store, position);
    const view = {
      frame: run.store.kept(pictured),
      index: frame.index,
      position: pictured,
      playing: player.playing,
      moving: this.hand.moving && this.asked.size > 0,
    };
    const hurried = view.playing || view.moving;
    for (const { wrapper, made } of this.panels.values()) {
      const seen = !made.picture || !this.panelsInSight.hidden.has(wrapper);
      if (seen || !hurried) made.paint(view);
    }
    this.context.explanations.refresh();
    if (running && frame !== player.shown) this.painted += 1;
    player.shown = frame;
    this.describe();
  }

  /** Tell a page that wants to know where the picture stands still, once it does for a moment. */
  rest() {
    const rested = this.rested();
    const restsAt = JSON.stringify(rested);
    if (restsAt === this.restsAt) return;
    this.restsAt = restsAt;
    clearTimeout(this.resting);
    if (rested) this.resting = setTimeout(() => this.calls.setState?.("rested", rested), AT_REST);
  }

  /**
   * Where the picture stands still; null while it plays or waits, or shows no frame of its run.
   *
   * @returns {Told["rested"] | null}
   */
  rested() {
    return this.data.rests ? this.stoodAt() : null;
  }

  /**
   * The same, whether the page wants to know or not.
   *
   * @returns {Told["rested"] | null}
   */
  stoodAt() {
    const { player, data } = this;
    if (!player.attached || player.playing || player.waiting !== null) return null;
    const { store, playback } = player.attached;
    const position = Math.max(0, store.floor(playback.position));
    if (player.left || !player.shown || store.at(position) !== player.shown) return null;
    return { run: data.run, step: store.kept(withPicture(store, position)).step };
  }

  /** Write the state where tests, screen readers and the time bar read it. */
  describe() {
    const { player, lines, data, context } = this;
    const { run, shown, state } = player;
    const { clock } = this.scene;
    const { dataset } = this.root;
    this.rest();
    dataset.state = state;
    dataset.painted = String(this.painted);
    dataset.frames = String(run.store.count);
    if (shown) Object.assign(dataset, { step: shown.step, frame: shown.index });
    this.root.classList.toggle("empty", !shown);
    lines.await(shown || run.trouble ? "" : this.hurdle || BLANK);
    if (shown && !this.hurdle && run.plainly) lines.stand(PLAINLY, true);
    else lines.stand(shown ? this.hurdle : "");
    if (!this.bar || this.scene.loop) return;
    const step = shown?.step ?? 0;
    this.bar.update({
      playing: player.playing,
      index: shown?.index ?? 0,
      head: run.head,
      horizon: run.horizon,
      step,
      lastStep: run.lastStep,
      live: data.live,
      clock,
      narrow: this.layout.slim,
      events: run.store.events,
      rate: player.playing ? run.status?.rate : null,
      spent: run.status?.state === "ended" ? run.status.spent : null,
      speed: run.playback.speed,
    });
    const bare = !data.live && run.status?.last === 0; // one frame: there is nothing to play
    const { classList } = this.bar.element;
    const changed = bare !== classList.contains("bare");
    classList.toggle("bare", bare);
    if (lines.stopped(player.playing ? "" : run.trouble) || changed) this.layout.trim();
    lines.announce(state, moment(clock, step), run.trouble);
  }

  close() {
    this.closed = true;
    clearTimeout(this.resting);
    this.reached("");
    this.player.close();
    this.beginnings?.close();
    this.hand.close();
    this.layout.close();
    this.lines.close();
    this.sight?.disconnect();
    this.panelsInSight.close();
    this.unlisten?.();
    for (const close of this.closers) close();
    if (this.request !== null) cancelAnimationFrame(this.request);
    this.table.remove();
    this.style.remove();
  }
}

/**
 * Fetch what makes panels of a kind; without it, making one is an error.
 *
 * @param {string} kind
 */
async function learn(kind) {
  try {
    MAKERS.set(kind, (await import(`${PANELS}${kind}.js`)).make);
  } catch (cause) {
    MAKERS.set(kind, () => {
      throw new Error(`unknown panel '${kind}': there is no script for it`, { cause });
    });
  }
}

/**
 * Make sure that every role that a panel names has a colour.
 *
 * @param {Panel} panel
 * @param {Record<string, string>} palette
 */
function checkRoles(panel, palette) {
  JSON.stringify(panel, (name, value) =>
    name === "role" ? registered(palette, value, "role") : value,
  );
}

/**
 * The position of the last frame that has a picture: one that only says its trouble has none.
 *
 * @param {FrameStore} store
 * @param {number} position
 */
function withPicture(store, position) {
  let at = position;
  const hasNone = () => store.kept(at).trouble && !store.kept(at).names.length;
  while (at > 0 && hasNone()) at -= 1;
  return at;
}
