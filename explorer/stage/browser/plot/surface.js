// Surfaces: a heat map as a small image that the canvas scales up, and its level lines.

import { pixelSheet } from "../canvas.js";
import { faded, rampOf } from "../colour.js";

/**
 * @import { Graphics, PixelSheet } from "../canvas.js"
 * @import { Context, View } from "../context.js"
 * @import { Values } from "../run/store.js"
 * @import { Surface } from "../types"
 * @import { Mapping } from "./axes.js"
 */

/**
 * A surface as it was drawn last: of which values, in which colours, from where to where.
 *
 * @typedef {object} Drawn
 * @property {PixelSheet} sheet
 * @property {Float32Array} data
 * @property {Record<string, string>} palette
 * @property {number} low
 * @property {number} high
 */

const FINER = 2; // times denser before the canvas scales it up, in values and not in colours

/** @type {WeakMap<Surface, Drawn>} */
const images = new WeakMap(); // mark -> what was drawn last

/**
 * Draw a surface and its contours into a plot.
 *
 * @param {Graphics} g
 * @param {Surface} mark
 * @param {View} view
 * @param {Mapping} map
 * @param {Context} stage
 */
export function drawSurface(g, mark, view, map, stage) {
  const array = stage.array(view, mark.array);
  if (!array) return;
  const [x0, x1, y0, y1] = mark.extent;
  const [left, right, top, bottom] = [map.x(x0), map.x(x1), map.y(y1), map.y(y0)];
  const known = image(array, mark, stage);
  g.imageSmoothingEnabled = true;
  g.imageSmoothingQuality = "low"; // bilinear; the cubic step was done on the values
  g.drawImage(known.sheet.canvas, left, top, right - left, bottom - top);
  if (!mark.contours) return;
  g.strokeStyle = faded(stage.palette.ink, stage.dark ? 0.16 : 0.13);
  g.lineWidth = stage.weight;
  g.beginPath();
  const [ys, xs] = [centres(array.shape[0], bottom, top), centres(array.shape[1], left, right)];
  for (let i = 1; i <= mark.contours; i += 1) {
    contour(
      g,
      array.data,
      known.low + ((known.high - known.low) * i) / (mark.contours + 1),
      xs,
      ys,
    );
  }
  g.stroke();
}

/**
 * The middles of equal cells between two edges; the outermost lie on the edges, so that no line
 * ends short of them.
 *
 * @param {number} count
 * @param {number} from
 * @param {number} to
 */
function centres(count, from, to) {
  const places = Float64Array.from(
    { length: count },
    (_, i) => from + ((to - from) * (i + 0.5)) / count,
  );
  places[0] = from;
  places[count - 1] = to;
  return places;
}

/**
 * The value of a surface at a place; null outside.
 *
 * @param {Surface} mark
 * @param {Values} array
 * @param {number} x
 * @param {number} y
 */
export function valueAt(mark, array, x, y) {
  const [x0, x1, y0, y1] = mark.extent;
  const [rows, columns] = array.shape;
  const column = Math.floor(((x - x0) / (x1 - x0)) * columns);
  const row = Math.floor(((y - y0) / (y1 - y0)) * rows);
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  return array.data[row * columns + column];
}

/**
 * The picture of a surface; the last one of a mark is kept.
 *
 * @param {Values} array
 * @param {Surface} mark
 * @param {Context} stage
 */
function image(array, mark, stage) {
  const { data } = array;
  const { palette } = stage;
  const known = images.get(mark);
  if (known?.data === data && known.palette === palette) return known;
  const [low, high] = bounds(data, mark);
  const [rows, columns] = array.shape.map((size) => FINER * size);
  const fits = known?.sheet.canvas.width === columns && known.sheet.canvas.height === rows;
  const sheet = fits ? known.sheet : pixelSheet(columns, rows);
  const colours = packed(rampOf(palette, mark.scale, mark.role));
  const share = sharing(low, high, mark.middle);
  const values = finer(array, FINER);
  for (let row = 0; row < rows; row += 1) {
    const to = (rows - 1 - row) * columns; // row 0 of the array lies at the bottom
    for (let column = 0; column < columns; column += 1) {
      sheet.words[to + column] = colours[(255 * share(values[row * columns + column]) + 0.5) | 0];
    }
  }
  sheet.g.putImageData(sheet.image, 0, 0);
  const drawn = { sheet, data, palette, low, high };
  images.set(mark, drawn);
  return drawn;
}

/**
 * The ramp as opaque pixels.
 *
 * @param {Uint8ClampedArray} bytes
 */
const packed = (bytes) =>
  Uint32Array.from(
    { length: 256 },
    (_, i) => 0xff000000 | (bytes[3 * i + 2] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i],
  );

/**
 * The values `times` as dense, by cubic interpolation (Catmull and Rom, 1974), first along x, then
 * y.
 *
 * @param {Values} array
 * @param {number} times
 */
function finer({ data, shape: [rows, columns] }, times) {
  const across = new Float32Array(rows * columns * times);
  for (let row = 0; row < rows; row += 1)
    spread(data, row * columns, 1, columns, across, row * columns * times, 1, times);
  const dense = new Float32Array(rows * times * columns * times);
  const width = columns * times;
  for (let column = 0; column < width; column += 1)
    spread(across, column, width, rows, dense, column, width, times);
  return dense;
}

/**
 * Make one line of values `times` as dense: `count` of them that lie `pitch` apart from `start` on
 * become values that lie `apart` from `at` on.
 *
 * @param {Float32Array} from
 * @param {number} start
 * @param {number} pitch
 * @param {number} count
 * @param {Float32Array} to
 * @param {number} at
 * @param {number} apart
 * @param {number} times
 */
function spread(from, start, pitch, count, to, at, apart, times) {
  /** @param {number} i */
  const value = (i) => from[start + pitch * (i < 0 ? 0 : i < count ? i : count - 1)];
  for (let part = 0; part < times; part += 1) {
    const place = (part + 0.5) / times - 0.5;
    const t = place < 0 ? place + 1 : place;
    const left = place < 0 ? -1 : 0;
    const w0 = 0.5 * t * (-1 + t * (2 - t));
    const w1 = 1 + 0.5 * t * t * (3 * t - 5);
    const w2 = 0.5 * t * (1 + t * (4 - 3 * t));
    const w3 = 0.5 * t * t * (t - 1);
    for (let i = 0; i < count; i += 1) {
      const k = i + left;
      to[at + apart * (times * i + part)] =
        w0 * value(k - 1) + w1 * value(k) + w2 * value(k + 1) + w3 * value(k + 2);
    }
  }
}

/**
 * @param {Float32Array} data
 * @param {Surface} mark
 */
function bounds(data, { low, high }) {
  if (low !== undefined && high !== undefined) return [low, high];
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [low ?? least, high ?? most];
}

/**
 * Where on the scale a value lies, 0 to 1; `middle` lies at one half.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} [middle]
 * @returns {(value: number) => number}
 */
export function sharing(low, high, middle) {
  /** @param {number} share */
  const clip = (share) => (share > 0 ? Math.min(share, 1) : 0);
  if (middle === undefined) return (value) => clip((value - low) / (high - low || 1));
  const below = middle - low || 1;
  const above = high - middle || 1;
  return (value) =>
    clip(
      value < middle
        ? 0.5 + (0.5 * (value - middle)) / below
        : 0.5 + (0.5 * (value - middle)) / above,
    );
}

/**
 * Add the line where the surface crosses a level to the path: marching squares.
 *
 * @param {Graphics} g
 * @param {Float32Array} data
 * @param {number} level
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 */
function contour(g, data, level, xs, ys) {
  const columns = xs.length;
  for (let row = 0; row + 1 < ys.length; row += 1) {
    const [south, north] = [ys[row], ys[row + 1]];
    for (let column = 0; column + 1 < columns; column += 1) {
      const at = row * columns + column;
      const a = data[at] - level;
      const b = data[at + 1] - level;
      const c = data[at + columns + 1] - level;
      const d = data[at + columns] - level;
      const code = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (c > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (code === 0 || code === 15) continue;
      const [west, east] = [xs[column], xs[column + 1]];
      const x = [
        west + ((east - west) * a) / (a - b),
        east,
        west + ((east - west) * d) / (d - c),
        west,
      ];
      const y = [
        south,
        south + ((north - south) * b) / (b - c),
        north,
        south + ((north - south) * a) / (a - d),
      ];
      const saddle = (code === 5) === a + b + c + d > 0 ? "nw se" : "sw ne";
      for (const [from, to] of SIDES[code] ?? SIDES[saddle]) {
        g.moveTo(x[from], y[from]);
        g.lineTo(x[to], y[to]);
      }
    }
  }
}

// Which sides of a cell a level joins: 0 south, 1 east, 2 north, 3 west, by the corners above it
// (1 south-west, 2 south-east, 4 north-east, 8 north-west); opposite corners go by the middle.
/** @type {Record<string, [from: number, to: number][]>} */
const SIDES = {
  1: [[3, 0]],
  14: [[3, 0]],
  2: [[0, 1]],
  13: [[0, 1]],
  4: [[1, 2]],
  11: [[1, 2]],
  7: [[2, 3]],
  8: [[2, 3]],
  3: [[3, 1]],
  12: [[3, 1]],
  6: [[0, 2]],
  9: [[0, 2]],
  "nw se": [
    [3, 2],
    [0, 1],
  ],
  "sw ne": [
    [3, 0],
    [1, 2],
  ],
};
