// Clouds of points, stamped into pixels: ten times faster than as many circles on a canvas.

import { pixelSheet } from "../canvas.js";
import { channels } from "../colour.js";
import { registered } from "../registry.js";

/**
 * @import { Graphics, PixelSheet } from "../canvas.js"
 * @import { Points } from "../types"
 * @import { Mapping } from "./axes.js"
 */

/** @typedef {Points["shape"]} Shape */

/**
 * The pixels around a point, and how far it covers each of them.
 *
 * @typedef {{ dx: number[], dy: number[], cover: number[] }} Mask
 */

/**
 * How a cloud is drawn: radius in px, the canvas' size in px, and device pixels in each.
 *
 * @typedef {object} Drawing
 * @property {string} colour
 * @property {number} opacity
 * @property {number} radius
 * @property {Shape} shape
 * @property {number} ratio
 * @property {number} wide
 * @property {number} high
 */

const PLACES = 4; // a point may lie at every quarter of a pixel, each way
/** @type {Map<string, Mask[]>} */
const kept = new Map();

/**
 * The coverage of the pixels around a point at each of the 16 places inside its pixel.
 *
 * @param {number} radius
 * @param {Shape} shape
 * @param {number} width
 */
function masksOf(radius, shape, width) {
  const key = `${radius.toFixed(2)} ${shape}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size > 40) kept.clear();
  const places = Array.from({ length: PLACES * PLACES }, (_, place) => place);
  const made = places.map((place) => drawMask(radius, shape, width, place));
  kept.set(key, made);
  return made;
}

/**
 * @param {number} radius
 * @param {Shape} shape
 * @param {number} width
 * @param {number} place
 */
function drawMask(radius, shape, width, place) {
  const [fx, fy] = [(place % PLACES) / PLACES, Math.floor(place / PLACES) / PLACES];
  const reach = Math.ceil(radius + 1);
  /** @type {Mask} */
  const mask = { dx: [], dy: [], cover: [] };
  const covering = registered(coverage, shape, "shape of a point");
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const cover = covering(
        dx + 0.5 - fx - 0.5 / PLACES,
        dy + 0.5 - fy - 0.5 / PLACES,
        radius,
        width,
      );
      if (cover <= 0.02) continue;
      mask.dx.push(dx);
      mask.dy.push(dy);
      mask.cover.push(Math.min(1, cover));
    }
  }
  return mask;
}

/** @type {Record<Shape, (x: number, y: number, radius: number, width: number) => number>} */
const coverage = {
  dot: (x, y, radius) => radius + 0.5 - Math.hypot(x, y),
  ring: (x, y, radius, width) =>
    width / 2 + 0.5 - Math.abs(Math.hypot(x, y) - (radius - width / 2)),
  cross: (x, y, radius, width) =>
    Math.min(
      width / 2 + 0.5 - Math.min(Math.abs(x - y), Math.abs(x + y)) / Math.SQRT2,
      radius + 0.5 - Math.hypot(x, y),
    ),
};

/** One cloud of a plot; the picture of points that have not moved is kept. */
export class Cloud {
  constructor() {
    /** @type {Float32Array | null} */
    this.data = null;
    this.key = "";
    /** @type {PixelSheet | null} */
    this.sheet = null;
  }

  /**
   * Draw points (x, y, x, y, …) through a mapping.
   *
   * @param {Graphics} g
   * @param {Float32Array} data
   * @param {Mapping} map
   * @param {Drawing} drawing
   */
  draw(g, data, map, { colour, opacity, radius, shape, ratio, wide, high }) {
    const { ax, bx, ay, by } = map;
    const key = [ax, bx, ay, by, colour, radius, ratio, wide, high].join(" ");
    if (!this.sheet || data !== this.data || key !== this.key) {
      this.data = data;
      this.key = key;
      this.sheet = this.cleared(Math.round(wide * ratio), Math.round(high * ratio), colour);
      const width = Math.max(1.1, radius * 0.45) * ratio;
      const masks = masksOf(radius * ratio, shape, width);
      stamp(this.sheet, data, map, ratio, masks, opacity);
    }
    g.drawImage(this.sheet.canvas, 0, 0, wide, high);
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {string} colour
   */
  cleared(width, height, colour) {
    const known = this.sheet;
    const fits = known?.canvas.width === width && known.canvas.height === height;
    const sheet = fits ? known : pixelSheet(width, height);
    const [red, green, blue] = channels(colour);
    sheet.words.fill((blue << 16) | (green << 8) | red); // the colour everywhere, seen nowhere
    return sheet;
  }
}

/**
 * @param {PixelSheet} sheet
 * @param {Float32Array} data
 * @param {Mapping} map
 * @param {number} ratio
 * @param {Mask[]} masks
 * @param {number} opacity
 */
function stamp(sheet, data, map, ratio, masks, opacity) {
  const { width, height } = sheet.canvas;
  const bytes = sheet.image.data;
  for (let i = 0; i + 1 < data.length; i += 2) {
    const x = map.x(data[i]) * ratio;
    const y = map.y(data[i + 1]) * ratio;
    if (!(x > -9 && y > -9 && x < width + 9 && y < height + 9)) continue;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const { dx, dy, cover } =
      masks[Math.floor((x - left) * PLACES) + PLACES * Math.floor((y - top) * PLACES)];
    for (let k = 0; k < cover.length; k += 1) {
      const [column, row] = [left + dx[k], top + dy[k]];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const at = 4 * (row * width + column) + 3;
      bytes[at] += (255 - bytes[at]) * cover[k] * opacity;
    }
  }
  sheet.g.putImageData(sheet.image, 0, 0);
}
