// Meshes: a grid of lines with shaded cells, which goes back to the lattice it came from.

/**
 * @import { Graphics } from "../canvas.js"
 * @import { View } from "../context.js"
 * @import { Mesh as MeshMark } from "../types"
 * @import { Range } from "./axes.js"
 * @import { Plot } from "../panels/plot.js"
 */

const GOING = 400; // ms from the image to the lattice, and as long back
const LONGEST = 50; // ms; a longer pause between two pictures does not make the mesh jump
const MARGIN = 0.04; // of the plot's extent, left free around the lattice

/** One mesh of a plot. It keeps its pixels, so that nothing is allocated while it moves. */
export class Mesh {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    this.away = 0; // how far it has gone, 0 (the image) to 1 (the lattice), evenly in time
    /** @type {number | null} */
    this.before = null; // when it was drawn last, while it moves
    this.again = () => plot.pointer.changed();
    this.pixels = new Float32Array(0); // x, y of every node as it is drawn
    this.home = new Float32Array(0); // and where it stands in the lattice
    /** @type {Float32Array | null} */
    this.origin = null; // the lattice that this was set for, in the mapping of `mapKey`
    this.mapKey = "";
  }

  /**
   * @param {Graphics} g
   * @param {MeshMark} mark
   * @param {View} view
   */
  draw(g, mark, view) {
    const { stage } = this.plot;
    const array = stage.array(view, mark.array);
    if (!array) return;
    const [rows, columns] = array.shape;
    if (this.pixels.length !== array.data.length) {
      this.pixels = new Float32Array(array.data.length);
      this.home = new Float32Array(array.data.length);
      this.origin = null;
    }
    const origin = mark.origin ? stage.array(view, mark.origin) : null;
    const fits = origin?.data.length === array.data.length;
    this.place(array.data, fits ? origin.data : null);
    g.fillStyle = g.strokeStyle = stage.palette[mark.role];
    const density = mark.density ? stage.array(view, mark.density) : null;
    if (density?.data.length === rows * columns)
      this.fill(g, density.data, rows, columns, mark.opacity);
    g.globalAlpha = mark.opacity;
    g.lineWidth = 1.2 * stage.weight;
    this.lines(g, rows, columns);
  }

  /**
   * Set every node between its image and its place in the lattice.
   *
   * @param {Float32Array} image
   * @param {Float32Array | null} origin
   */
  place(image, origin) {
    const { map } = this.plot;
    const { pixels, home } = this;
    if (origin) this.settle(origin);
    const away = origin ? this.share() : 0;
    for (let i = 0; i < image.length; i += 2) {
      const x = map.x(image[i]);
      const y = map.y(image[i + 1]);
      pixels[i] = away ? x + away * (home[i] - x) : x;
      pixels[i + 1] = away ? y + away * (home[i + 1] - y) : y;
    }
  }

  /**
   * Stretch the lattice over the plot's extent; done again only when either has changed.
   *
   * @param {Float32Array} origin
   */
  settle(origin) {
    const { map, mapKey, ranges } = this.plot;
    if (origin === this.origin && mapKey === this.mapKey) return;
    this.origin = origin;
    this.mapKey = mapKey;
    const [xs, ys] = ranges.both();
    stretch(origin, this.home, 0, xs, map.ax, map.bx);
    stretch(origin, this.home, 1, ys, map.ay, map.by);
  }

  /** How far the mesh is from its image now, eased; asks for another picture while it moves. */
  share() {
    const { pointer, stage } = this.plot;
    const aim = pointer.at ? 1 : 0;
    const now = performance.now();
    if (stage.reducedMotion) this.away = aim;
    if (this.away === aim) {
      this.before = null;
      return aim;
    }
    const passed = this.before === null ? 0 : Math.min(LONGEST, now - this.before) / GOING;
    this.before = now;
    this.away = aim ? Math.min(1, this.away + passed) : Math.max(0, this.away - passed);
    queueMicrotask(this.again); // once this picture is done
    return this.away * this.away * (3 - 2 * this.away);
  }

  /**
   * Fill each cell at the mean density of its four corners.
   *
   * @param {Graphics} g
   * @param {Float32Array} density
   * @param {number} rows
   * @param {number} columns
   * @param {number} opacity
   */
  fill(g, density, rows, columns, opacity) {
    for (let row = 0; row + 1 < rows; row += 1)
      for (let column = 0; column + 1 < columns; column += 1) {
        const at = row * columns + column;
        const up = at + columns;
        const sum = density[at] + density[at + 1] + density[up] + density[up + 1];
        const alpha = opacity * Math.min(1, sum / 4);
        if (!(alpha > 0.004)) continue; // less than one level of a colour
        g.globalAlpha = alpha;
        g.beginPath();
        this.to(g, at, true);
        this.to(g, at + 1);
        this.to(g, up + 1);
        this.to(g, up);
        g.fill();
      }
  }

  /**
   * @param {Graphics} g
   * @param {number} rows
   * @param {number} columns
   */
  lines(g, rows, columns) {
    g.beginPath();
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        this.to(g, row * columns + column, column === 0);
    for (let column = 0; column < columns; column += 1)
      for (let row = 0; row < rows; row += 1) this.to(g, row * columns + column, row === 0);
    g.stroke();
  }

  /**
   * @param {Graphics} g
   * @param {number} node
   */
  to(g, node, start = false) {
    const x = this.pixels[2 * node];
    const y = this.pixels[2 * node + 1];
    if (start) g.moveTo(x, y);
    else g.lineTo(x, y);
  }
}

/**
 * Spread one coordinate of (x, y, x, y, …) over a range in axis units, as pixels.
 *
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {0 | 1} first
 * @param {Range} range
 * @param {number} scale
 * @param {number} shift
 */
function stretch(from, to, first, [low, high], scale, shift) {
  let [least, most] = [Infinity, -Infinity];
  for (let i = first; i < from.length; i += 2) {
    if (from[i] < least) least = from[i];
    if (from[i] > most) most = from[i];
  }
  const free = (high - low) * (1 - 2 * MARGIN);
  for (let i = first; i < from.length; i += 2) {
    const share = most > least ? (from[i] - least) / (most - least) : 0.5;
    to[i] = scale * (low + (high - low) * MARGIN + share * free) + shift;
  }
}
