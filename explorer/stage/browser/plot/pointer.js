// The pointer on a plot: reading values, zooming by wheel or by drawing a box, moving the playhead.

import { faded } from "../colour.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { FrameStore } from "../run/store.js"
 * @import { Mapping, Range } from "./axes.js"
 * @import { Plot } from "../panels/plot.js"
 * @import { Place } from "./trace.js"
 */

const CLICK = 5; // px; a shorter drag is a click
const READ = 2500; // ms that a tapped readout stays
const SCROLLING = 350; // ms; a wheel that was scrolling the page goes on scrolling it

let lastScroll = -Infinity;
window.addEventListener(
  "wheel",
  (event) => {
    if (!event.defaultPrevented) lastScroll = event.timeStamp;
  },
  { passive: true },
);

/** Follows the pointer for one plot; `edits` grows whenever the plot has to be drawn again. */
export class Pointer {
  /**
   * @param {Plot} plot
   * @param {HTMLElement} whole
   */
  constructor(plot, whole) {
    this.plot = plot;
    this.edits = 0;
    /** @type {Place | null} */
    this.at = null; // where values are read, on the canvas
    /** @type {{ from: Place, to: Place } | null} */
    this.drag = null;
    this.timer = 0;
    const { canvas } = plot;
    canvas.addEventListener("pointermove", (event) => plot.grips.held || this.move(event));
    canvas.addEventListener("pointerleave", () => this.leave());
    canvas.addEventListener("pointerdown", (event) => plot.grips.held || this.down(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => this.leave());
    canvas.addEventListener("dblclick", () => plot.zoomTo(null));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    whole.addEventListener("click", () => plot.zoomTo(null));
  }

  /** @param {MouseEvent} event */
  where({ clientX, clientY }) {
    const box = this.plot.canvas.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  changed() {
    this.edits += 1;
    this.plot.stage.refresh();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (event.pointerType === "touch") return;
    this.at = this.where(event);
    if (this.drag) this.drag.to = this.at;
    this.changed();
  }

  leave() {
    this.at = null;
    this.drag = null;
    this.changed();
  }

  /** @param {PointerEvent} event */
  down(event) {
    clearTimeout(this.timer);
    if (event.pointerType === "touch") {
      this.at = this.where(event);
      this.timer = setTimeout(() => this.leave(), READ);
      this.changed();
    } else if (event.button === 0) {
      const at = this.where(event);
      this.drag = { from: at, to: at };
      this.plot.canvas.setPointerCapture(event.pointerId);
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { drag, plot } = this;
    if (event.pointerType === "touch") {
      if (plot.hasHistory) this.visit(this.where(event));
      return;
    }
    this.drag = null;
    if (!drag) return;
    const { from, to } = drag;
    if (Math.abs(to.x - from.x) > CLICK && Math.abs(to.y - from.y) > CLICK) this.zoomIn(from, to);
    else if (
      Math.hypot(to.x - from.x, to.y - from.y) <= CLICK &&
      plot.hasHistory &&
      event.detail < 2
    )
      this.visit(to);
    this.changed();
  }

  /**
   * @param {Place} from
   * @param {Place} to
   */
  zoomIn(from, to) {
    const { map, frame } = this.plot;
    if (!frame) return; // nothing was painted yet
    /** @type {(a: number, b: number) => Range} */
    const sorted = (a, b) => [Math.min(a, b), Math.max(a, b)];
    this.plot.zoomTo({
      x: sorted(map.unitX(from.x), map.unitX(to.x)),
      y: sorted(map.unitY(from.y), map.unitY(to.y)),
    });
  }

  /**
   * Move the playhead to the step under the pointer.
   *
   * @param {Place} place
   */
  visit({ x, y }) {
    const { map, stage } = this.plot;
    if (
      x < map.box.left - 8 ||
      x > map.box.right + 8 ||
      y < map.box.top - 8 ||
      y > map.box.bottom + 8
    )
      return;
    const frame = nearestFrame(stage.frames, map, x);
    if (frame) stage.go(frame.index);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const { plot } = this;
    const scrolling = event.timeStamp - lastScroll < SCROLLING;
    const out = event.deltaY > 0;
    if (!plot.frame || plot.grips.held || scrolling || !event.deltaY || (out && !plot.zoom)) return;
    event.preventDefault();
    const { map } = plot;
    const at = this.where(event);
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.0035);
    /** @type {(range: Range, centre: number) => Range} */
    const around = ([low, high], centre) => [
      centre + (low - centre) * factor,
      centre + (high - centre) * factor,
    ];
    const zoom = { x: around(map.xRange, map.unitX(at.x)), y: around(map.yRange, map.unitY(at.y)) };
    const [x, y] = plot.ranges.both();
    const whole =
      zoom.x[1] - zoom.x[0] >= 0.98 * (x[1] - x[0]) &&
      zoom.y[1] - zoom.y[0] >= 0.98 * (y[1] - y[0]);
    const tooDeep = zoom.x[1] - zoom.x[0] < 1e-4 * (x[1] - x[0]);
    if (!tooDeep) plot.zoomTo(out && whole ? null : zoom);
  }

  /**
   * Draw the box that is being drawn.
   *
   * @param {Graphics} g
   */
  draw(g) {
    if (!this.drag) return;
    const { from, to } = this.drag;
    const { palette } = this.plot.stage;
    g.fillStyle = faded(palette.accent, 0.12);
    g.strokeStyle = palette.accent;
    g.lineWidth = 1.5;
    g.setLineDash([]);
    g.fillRect(from.x, from.y, to.x - from.x, to.y - from.y);
    g.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
  }
}

/**
 * The kept frame whose step is drawn nearest to a pixel; null when there is none.
 *
 * @param {FrameStore} frames
 * @param {Mapping} map
 * @param {number} x
 */
export function nearestFrame(frames, map, x) {
  let [low, high] = [0, frames.count - 1];
  if (high < 0) return null;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map.x(frames.kept(middle).step) < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [frames.kept(Math.max(0, low - 1)), frames.kept(low)];
  return x - map.x(before.step) < map.x(after.step) - x ? before : after;
}
