// The room that this tab is in: as its presenter, who says what is shown, or as a follower.

import { TYPING } from "../keys.js";
import { keepIn, keepKey, keepSeat, keptIn, keyOf, ownRoom, seatOf } from "./keeping.js";
import { RoomLine } from "./line.js";
import { picture, stand, standing, turn, turned } from "./picture.js";
import * as place from "./place.js";
import { presents } from "./presenting.js";

/** @import { Picture, Poll, RoomSaid, RoomTold, Spot } from "../types" */

const TICK = 50; // ms between two looks at what is shown here
const DRIFT = 400; // ms between two words on where the picture is while it plays
const LED = 1500; // ms that a page has to come to where it was led
const TURNED = 1200; // ms in which a page takes note of its dials by itself
const LETTERS = "abcdefghi";
const ACTING = [" ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/** @type {RoomTold} */
const NOTHING = {};

/** One tab's place in a room, if it has one. */
export class Room {
  constructor() {
    this.code = "";
    this.presents = false;
    this.steers = false;
    this.alone = false; // a follower who looks around
    this.people = 0;
    /** @type {Poll | null} */
    this.poll = null;
    /** @type {RoomTold} what is shown */
    this.shown = NOTHING;
    this.trouble = ""; // one sentence
    /** @type {RoomLine | null} */
    this.line = null;
    /** @type {() => void} */
    this.changed = () => {};
    /** @type {(link: string) => void} */
    this.lead = () => {};
    /** @type {Record<string, string>} what was said last, as JSON */
    this.said = {};
    /** @type {Spot | null} */
    this.spot = null;
    this.drifted = 0;
    /** @type {{ to: string, at: number }} */
    this.led = { to: "", at: 0 };
    this.apartSince = 0;
    /** @type {Picture | null} */
    this.stood = null; // as which picture this one was made to stand, and in which run
    /** @type {unknown} */
    this.stoodIn = null;
    /** @type {Map<string, string>} own letters, by lesson and question */
    this.votes = new Map();
    this.resumes = false; // a presenter who comes again goes to what was shown
    setInterval(() => this.tick(), TICK);
    for (const event of ["click", "input", "pointerdown"])
      document.addEventListener(event, (happened) => this.acted(happened), true);
    document.addEventListener("keydown", (event) => this.key(event), true);
  }

  get follows() {
    return Boolean(this.code) && !this.presents && !this.alone;
  }

  // ---------------------------------------------------------------------------- in and out again

  /** Where this tab was before it was loaded again, or the room that this browser has open. */
  comeBack() {
    if (this.line) return;
    const kept = keptIn();
    if (kept) this.go(kept.presents ? { code: kept.code, key: keyOf(kept.code) } : this.seated(kept.code));
    else if (ownRoom() && place.link() !== null) {
      this.resumes = !location.search; // a link is what its own address says
      this.go({ code: ownRoom(), key: keyOf(ownRoom()) });
    }
  }

  open() {
    this.go({ open: true });
  }

  /** @param {string} code */
  enter(code) {
    const tidy = code.toUpperCase().replace(/[\s-]/g, "");
    this.go(this.seated(tidy));
  }

  /**
   * @param {string} code
   * @returns {RoomSaid}
   */
  seated(code) {
    return { code, seat: seatOf(code) };
  }

  /** @param {RoomSaid} who */
  go(who) {
    this.leave(false);
    this.trouble = "";
    const again = () => {
      if (!this.code) return who;
      return this.presents ? { code: this.code, key: keyOf(this.code) } : this.seated(this.code);
    };
    this.line = new RoomLine(again, {
      told: (told) => this.told(told),
      reach: (obstacle) => {
        this.trouble = obstacle;
        this.said = {}; // all of it is said again
        this.changed();
      },
    });
  }

  /** Leave the room; the tab forgets it. */
  leave(forget = true) {
    this.line?.close();
    this.line = null;
    Object.assign(this, {
      code: "",
      presents: false,
      steers: false,
      alone: false,
      people: 0,
      poll: null,
      shown: NOTHING,
      said: {},
      led: { to: "", at: 0 },
    });
    if (forget) keepIn(null);
    this.changed();
  }

  /** End the room for everybody. */
  end() {
    keepKey(this.code, "");
    this.line?.say({ end: true });
  }

  steer() {
    this.said = {};
    this.line?.say({ steer: true });
  }

  /** @param {RoomTold} told */
  told(told) {
    if (told.refused !== undefined) {
      if (this.presents || told.refused.includes("key")) keepKey(this.code || ownRoom(), "");
      const resumed = this.resumes && !this.code;
      this.resumes = false;
      this.leave();
      this.trouble = resumed ? "" : told.refused; // of a room that nobody asked for nothing is said
      this.changed();
      return;
    }
    if (told.entered !== undefined) {
      this.code = told.entered;
      this.presents = told.key !== undefined;
      if (told.key) keepKey(this.code, told.key);
      if (told.seat) keepSeat(this.code, told.seat);
      keepIn({ code: this.code, presents: this.presents });
      this.said = {};
    }
    if (told.steers !== undefined) this.steers = told.steers;
    if (told.people !== undefined) this.people = told.people;
    if (told.poll !== undefined) this.poll = told.poll;
    if (this.presents) {
      if (this.resumes && this.steers && told.link && told.link !== place.link()) this.lead(told.link);
      this.resumes = false;
    } else {
      this.shown = { ...this.shown, ...told };
      if (told.dials && this.follows) this.turn();
      if (told.picture && this.follows) this.stand();
    }
    this.trouble = "";
    this.changed();
  }

  // ------------------------------------------------------------------------------------ as time passes

  tick() {
    if (!this.code) return;
    if (this.presents) {
      if (this.steers) this.publish();
    } else if (this.follows) this.follow();
  }

  /** Say what has changed of what is shown here. */
  publish() {
    const now = performance.now();
    const at = place.link();
    if (at === null) return;
    this.say("link", at);
    const stage = picture();
    if (stage) {
      const dials = turned(stage);
      if (dials) this.say("dials", dials);
      const stands = standing(stage);
      const { index, ...rest } = stands;
      const still = JSON.stringify([rest, stands.playing ? 0 : index]);
      if (still !== this.said.still || now - this.drifted > DRIFT) {
        this.said.still = still;
        this.drifted = now;
        this.say("picture", stands);
      }
    }
    this.say("spot", presents() ? this.spot : null);
    this.ask(false);
  }

  /**
   * @template {"link" | "dials" | "picture" | "spot"} N
   * @param {N} name
   * @param {RoomSaid[N]} value
   */
  say(name, value) {
    const text = JSON.stringify(value);
    if (this.said[name] === text || !this.line) return;
    this.said[name] = text;
    this.line.say({ [name]: value });
  }

  /** Be where the room is. */
  follow() {
    const { link } = this.shown;
    if (link === undefined) return;
    const now = performance.now();
    const wanted = this.mine(link);
    const here = place.link() ?? "room";
    const elsewhere = place.identity(here) !== place.identity(wanted);
    const differs = elsewhere || !place.alike(here, wanted);
    if (!differs) this.apartSince = 0;
    else if (!this.apartSince) this.apartSince = now;
    const due = elsewhere || (differs && now - this.apartSince > TURNED && !this.shown.dials?.moving);
    if (due && (this.led.to !== wanted || now - this.led.at > LED)) {
      this.led = { to: wanted, at: now };
      this.lead(wanted);
    }
    if (elsewhere) return;
    this.turn();
    this.stand();
  }

  turn() {
    const { dials, link } = this.shown;
    const stage = picture();
    if (!dials || !stage || !this.isHere(link)) return;
    turn(stage, dials);
  }

  stand() {
    const { picture: wanted, link } = this.shown;
    const stage = picture();
    if (!wanted || !stage?.player.attached?.status || !this.isHere(link)) return;
    const { player } = stage;
    const there = !wanted.playing && !player.playing && player.waiting === null;
    if (there && this.stood === wanted && player.run.playback.position === wanted.index) return;
    if (wanted.playing && this.stood === wanted && player.attached === this.stoodIn) return;
    this.stood = wanted;
    this.stoodIn = player.attached;
    stand(stage, wanted);
  }

  /** @param {string | undefined} link */
  isHere(link) {
    return (
      link !== undefined && place.identity(place.link() ?? "room") === place.identity(this.mine(link))
    );
  }

  /**
   * The link as it is for this follower, whose answers are their own.
   *
   * @param {string} link
   */
  mine(link) {
    const { path, query } = place.parts(link);
    const [lesson, answers] = [query.get("lesson"), query.get("answers")];
    if (!lesson || !answers) return link;
    const own = [...answers].map((letter, k) => this.votes.get(`${lesson} ${k}`) ?? letter);
    const other = own.join("");
    if (other === answers) return link;
    query.set("answers", other);
    return `${path}?${query}`;
  }

  // ------------------------------------------------------------------------------------ a follower

  /** Back to where the room is. */
  back() {
    this.alone = false;
    this.stood = null;
    this.led = { to: "", at: 0 };
    this.apartSince = -TURNED;
    this.changed();
    this.follow();
  }

  lookAround() {
    this.alone = true;
    this.changed();
  }

  /**
   * Whoever does something in the picture or on the page looks around alone from then on.
   *
   * @param {Event} event
   */
  acted(event) {
    if (!this.follows || !event.isTrusted) return;
    const path = event.composedPath().filter((one) => one instanceof Element);
    if (path.some((one) => one.matches(".room-ui, .room-sheet, .room-board, .room-door, .term"))) return;
    const hand = path.some((one) => one.matches("[data-handle], .range"));
    const control = path.some((one) =>
      one.matches("button, a, input, select, textarea, label, canvas, [role=button], [role=tab], [tabindex='0']"),
    );
    if (event.type === "pointerdown" ? hand : control) this.lookAround();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.follows || !event.isTrusted || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (!(target instanceof Element) || target.matches(TYPING)) return;
    if (target.closest(".room-ui, .room-sheet, .room-door")) return;
    const key = event.key.toLowerCase();
    const choice = key.length === 1 ? LETTERS.indexOf(key) : -1;
    if (choice >= 0 && this.poll?.open) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.vote(choice);
    } else if (target.closest(".room-board")) return;
    else if (ACTING.includes(event.key) || choice >= 0 || /^[1-9]$/.test(key)) this.lookAround();
  }

  // ------------------------------------------------------------------------------------- questions

  /** @param {number} choice */
  vote(choice) {
    const { poll } = this;
    if (!poll?.open || choice >= poll.choices.length) return;
    this.votes.set(`${poll.lesson} ${poll.place}`, LETTERS[choice]);
    this.line?.say({ vote: { question: poll.number, choice } });
  }

  /**
   * Open the question of this page to the room; without `now`, only see to the one that is open.
   */
  ask(now = true) {
    const { poll, line } = this;
    const asked = place.question();
    if (now && asked) line?.say({ ask: asked });
    if (now || !poll) return;
    const same = asked && asked.lesson === poll.lesson && asked.step === poll.step;
    const { query } = place.parts(place.link() ?? "");
    const gone = query.get("lesson") !== poll.lesson || query.get("step") !== String(poll.step + 1);
    if (gone) this.once("away", poll, { away: true });
    else if (!same && poll.open && document.querySelector("[data-decides]"))
      this.once("close", poll, { close: true });
    else if (!poll.open && poll.right === null) {
      const right = place.decided(poll);
      if (right !== null) this.once("right", poll, { right });
    }
  }

  /**
   * @param {string} what
   * @param {Poll} poll
   * @param {RoomSaid} message
   */
  once(what, poll, message) {
    const key = `${what} ${poll.number}`;
    if (this.said.once === key) return;
    this.said.once = key;
    this.line?.say(message);
  }

  /** No more answers: the run decides. */
  decide() {
    this.line?.say({ close: true });
    place.openPicture();
  }

  putAway() {
    this.line?.say({ away: true });
  }
}

export const room = new Room();
