// Colours of the current theme as numbers, and the scales of heat maps.

import { registered } from "./registry.js";

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

const parsed = new Map();

/** [red, green, blue] of a CSS colour written as #rgb, #rrggbb, rgb(…) or rgba(…). */
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

/** The colour with an opacity. */
export const faded = (css, opacity) => `rgba(${channels(css).join(",")},${opacity})`;

/** Perceived lightness, 0 (black) to 1 (white). */
export function lightness(css) {
  const [red, green, blue] = channels(css);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

/** Nearly black or white, whichever has more contrast (WCAG 2.1) with this colour. */
export function inkOn(css) {
  const linear = channels(css).map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.196 ? "#10151c" : "#ffffff";
}

/** 256 colours between given ones, as rgb bytes in a row. */
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

const ramps = new WeakMap(); // palette -> {name: ramp}

/**
 * The ramp of a scale: "diverging" (low, card, high), "signed" (negative, card, positive),
 * "sequential", or "role" (card to role).
 */
export function rampOf(palette, scale, role) {
  if (!ramps.has(palette)) ramps.set(palette, {});
  const known = ramps.get(palette);
  const name = scale === "role" ? `role ${role}` : scale;
  known[name] ??= ramp(stopsOf(palette, scale, role));
  return known[name];
}

function stopsOf(palette, scale, role) {
  if (scale === "sequential") return VIRIDIS;
  const scales = {
    diverging: ["low", "card", "high"],
    signed: ["negative", "card", "positive"],
    role: ["card", role],
  };
  return registered(scales, scale, "scale").map((name) => channels(palette[name] ?? palette.ink));
}
