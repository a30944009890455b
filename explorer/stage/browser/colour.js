// Colours of the current theme as numbers, and the scales of heat maps.

import { registered } from "./registry.js";

/** @typedef {number[]} Colour red, green and blue, 0 to 255 */

const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
]; // Smith and van der Walt (2015), ten samples

/** @type {Map<string, Colour>} */
const parsed = new Map();

/**
 * [red, green, blue] of a CSS colour written as #rgb, #rrggbb, rgb(…) or rgba(…).
 *
 * @param {string} css
 */
export function channels(css) {
  let found = parsed.get(css);
  if (!found) {
    const text = css.trim();
    if (text.startsWith("#")) {
      const hex = text.length < 7 ? [...text.slice(1)].map((c) => c + c).join("") : text.slice(1);
      found = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
    } else {
      found = (text.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
    }
    parsed.set(css, found);
  }
  return found;
}

/**
 * The colour with an opacity.
 *
 * @param {string} css
 * @param {number} opacity
 */
export const faded = (css, opacity) => `rgba(${channels(css).join(",")},${opacity})`;

/**
 * Perceived lightness, 0 (black) to 1 (white).
 *
 * @param {string} css
 */
export function lightness(css) {
  const [red, green, blue] = channels(css);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

/**
 * Nearly black or white, whichever has more contrast (WCAG 2.1) with this colour.
 *
 * @param {string} css
 */
export function inkOn(css) {
  const linear = channels(css).map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.196 ? "#10151c" : "#ffffff";
}

/**
 * 256 colours between given ones, as rgb bytes in a row.
 *
 * @param {Colour[]} stops
 */
export function ramp(stops) {
  const bytes = new Uint8ClampedArray(3 * 256);
  for (let i = 0; i < 256; i += 1) {
    const at = (i / 255) * (stops.length - 1);
    const left = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c += 1) {
      bytes[3 * i + c] = stops[left][c] + (at - left) * (stops[left + 1][c] - stops[left][c]);
    }
  }
  return bytes;
}

/** @typedef {"diverging" | "signed" | "sequential" | "role"} Scale */

/** @type {WeakMap<Record<string, string>, Map<string, Uint8ClampedArray>>} */
const ramps = new WeakMap(); // palette -> its ramps by name

/**
 * The ramp of a scale: "diverging" (low, card, high), "signed" (negative, card, positive),
 * "sequential", or "role" (card to role).
 *
 * @param {Record<string, string>} palette
 * @param {Scale} scale
 * @param {string} role
 */
export function rampOf(palette, scale, role) {
  const known = ramps.get(palette) ?? new Map();
  ramps.set(palette, known);
  const name = scale === "role" ? `role ${role}` : scale;
  const found = known.get(name) ?? ramp(stopsOf(palette, scale, role));
  known.set(name, found);
  return found;
}

/**
 * @param {Record<string, string>} palette
 * @param {Scale} scale
 * @param {string} role
 */
function stopsOf(palette, scale, role) {
  if (scale === "sequential") return VIRIDIS;
  const scales = {
    diverging: ["low", "card", "high"],
    signed: ["negative", "card", "positive"],
    role: ["card", role],
  };
  return registered(scales, scale, "scale").map((name) => channels(palette[name] ?? palette.ink));
}
