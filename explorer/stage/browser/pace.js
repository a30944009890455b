// How fast words may change.

/** @import { View } from "./context.js" */

const READABLE = 80; // ms; while the picture moves, words change no faster than one reads

/** A function that says whether it is time to change what stands there. */
export function unhurried() {
  let last = -Infinity;
  /** @param {View} view */
  return ({ playing, moving }) => {
    const now = performance.now();
    if ((playing || moving) && now - last < READABLE) return false;
    last = now;
    return true;
  };
}
