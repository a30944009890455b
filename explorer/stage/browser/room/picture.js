// How the picture of this page stands, and how it is made to stand as another window's does.

/**
 * @import { Picture, Turned } from "../types"
 * @import { Context } from "../context.js"
 * @import { Hand } from "../dials/hand.js"
 * @import { Player } from "../run/player.js"
 */

/**
 * What a room needs of a stage.
 *
 * @typedef {object} Staged
 * @property {HTMLElement} root
 * @property {Player} player
 * @property {Hand} hand
 * @property {Context} context
 * @property {(values: Record<string, number>) => void} choose
 */

/** @type {Set<Staged>} */
const stages = new Set();
const APART = 1.2; // s of a replay by which two windows may be apart while both play
const AT_LEAST = 3; // frames

/**
 * A stage is there; returns what takes it away.
 *
 * @param {Staged} stage
 */
export function join(stage) {
  stages.add(stage);
  return () => {
    stages.delete(stage);
  };
}

/** The picture that is played on this page, where there is one. */
export const picture = () =>
  [...stages].find(({ root, player }) => root.isConnected && player.attached && !player.loop) ?? null;

/**
 * @param {Staged} stage
 * @returns {Picture}
 */
export function standing({ player, context }) {
  const { playback, head } = player.run;
  const index = player.playing ? playback.position : (player.shown?.index ?? playback.position);
  return {
    index: Math.max(0, Math.round(index)),
    playing: player.playing,
    following: player.playing && player.live && index >= head - AT_LEAST,
    speed: playback.speed,
    stage: context.stage,
    selects: whole(context.selects),
  };
}

/** @param {Partial<Record<string, number>>} selects */
function whole(selects) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const [name, value] of Object.entries(selects))
    if (value !== undefined && Number.isInteger(value)) found[name] = value;
  return found;
}

/**
 * @param {Staged} stage
 * @returns {Turned | null} null where there are no dials
 */
export function turned({ hand }) {
  if (!Object.keys(hand.settings).length) return null;
  return { settings: { ...hand.settings }, moving: hand.held };
}

/**
 * Stand as another window does.
 *
 * @param {Staged} stage
 * @param {Picture} wanted
 */
export function stand(stage, wanted) {
  const { player, context } = stage;
  const { playback, store, head } = player.run;
  const { selects } = wanted;
  if (Object.keys(selects).some((name) => context.selects[name] !== selects[name]))
    stage.choose(selects);
  const gate = Math.min(wanted.stage, Math.max(0, player.gates - 1));
  if (player.gates && context.stage !== gate && !(wanted.playing && player.playing))
    player.goStage(gate);
  if (playback.speed !== wanted.speed)
    player.setSpeed(/** @type {typeof playback.speed} */ (wanted.speed));
  if (wanted.playing) play(player, wanted);
  else if (player.playing || playback.position !== wanted.index) {
    if (player.playing) player.halt();
    player.idle = wanted.index === 0 && player.idle;
    if (wanted.index > store.newest && wanted.index <= player.run.last) {
      player.waiting = wanted.index; // it is on its way
      player.aim();
    } else playback.position = Math.min(wanted.index, Math.max(0, head));
    player.moved();
  }
}

/**
 * @param {Player} player
 * @param {Picture} wanted
 */
function play(player, { index, following }) {
  const { playback, store } = player.run;
  const begins = !player.playing;
  if (begins) {
    player.playing = true;
    player.idle = false;
    player.waiting = null;
    playback.forget();
    player.aim();
  }
  const apart = Math.max(AT_LEAST, APART * 1000 * player.naturalRate());
  if (following) playback.following = true;
  else if (begins || Math.abs(playback.position - index) > apart) {
    playback.following = false;
    playback.position = Math.min(index, Math.max(0, store.newest));
  }
  player.on.repaint();
}

/**
 * Turn the dials as another window's stand; returns whether these are the same dials.
 *
 * @param {Staged} stage
 * @param {Turned} wanted
 */
export function turn({ hand }, { settings, moving }) {
  const names = Object.keys(settings);
  if (names.length !== Object.keys(hand.settings).length) return false;
  if (!names.every((name) => name in hand.settings)) return false;
  const other = names.some((name) => hand.settings[name] !== settings[name]);
  if (other || hand.held !== moving) hand.turn(settings, { held: moving });
  return true;
}
