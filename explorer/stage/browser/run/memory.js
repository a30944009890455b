// What a viewer was doing, kept for this browser tab, so that a refresh goes on where it was.

/**
 * @import { Selects } from "../context.js"
 * @import { Speed } from "./playback.js"
 */

/**
 * What is kept of a run: where the viewer was, what they did, what they chose.
 *
 * @typedef {object} Kept
 * @property {number} index
 * @property {number} stage
 * @property {boolean} playing
 * @property {boolean} idle
 * @property {boolean} following
 * @property {Speed} speed
 * @property {Selects} selects
 */

/** @param {string} run */
const keyOf = (run) => `stage ${location.pathname} ${run}`;

/**
 * The state that was kept for a run on this page, as far as it can be trusted; null when there is
 * none.
 *
 * @param {string} run
 * @returns {Partial<Record<keyof Kept, unknown>> | null}
 */
export function recall(run) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(run)) ?? "null");
  } catch {
    return null; // storage may be closed to us, or hold something else
  }
}

/**
 * Keep a state for a run on this page.
 *
 * @param {string} run
 * @param {Kept} state
 */
export function keep(run, state) {
  try {
    sessionStorage.setItem(keyOf(run), JSON.stringify(state));
  } catch {
    // a full or closed storage costs only the memory of this tab
  }
}
