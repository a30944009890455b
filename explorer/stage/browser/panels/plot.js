// A plot on canvas: it fits its axes, draws its marks, and answers the pointer.

import { graphics } from "../canvas.js";
import { element, heading } from "../layout.js";
import { unhurried } from "../pace.js";
import { drawAxes, drawLabels, mapping, ticksOf } from "../plot/axes.js";
import { Grips } from "../plot/grips.js";
import { drawMark, kindOf, layered } from "../plot/marks.js";
import { Pointer } from "../plot/pointer.js";
import { Ranges } from "../plot/ranges.js";
import { readout } from "../plot/readout.js";

/**
 * @import { Graphics } from "../canvas.js"
 * @import { Context, Maker, View } from "../context.js"
 * @import { Frame } from "../run/store.js"
 * @import { Mark, Plot as Panel } from "../types"
 * @import { Box, Label, Look, Mapping, Range, Tick } from "../plot/axes.js"
 */

/** @typedef {{ x: Range, y: Range }} Zoom */

const ALT_EVERY = 1000; // ms between two changes of the text alternative
const EMPTY = { left: 0, top: 0, right: 0, bottom: 0 };

/** @type {Maker<Panel>} */
export const make = (panel, stage) => new Plot(panel, stage);

/**
 * Whether a plot shows nothing but the course of numbers, which a frame moves by less than a pixel.
 *
 * @param {Panel} panel
 */
function isSlow({ marks, handles }) {
  const courses = marks.filter((mark) => kindOf(mark).overTime).length;
  const standing = marks.filter(({ mark }) => mark === "rule" || mark === "band").length;
  return courses > 0 && courses + standing === marks.length && !handles.length;
}

/** One plot, with what its marks keep from frame to frame. */
export class Plot {
  /**
   * @param {Panel} panel
   * @param {Context} stage
   */
  constructor(panel, stage) {
    this.panel = panel;
    this.stage = stage;
    this.marks = layered(panel.marks);
    /** @type {Map<Mark, unknown>} */
    this.kept = new Map(); // what each mark keeps from frame to frame
    this.ranges = new Ranges(panel, stage);
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.g = graphics(this.canvas, { alpha: !panel.square });
    this.reading = element("div", "readout");
    this.reading.hidden = true;
    this.whole = element("button", "whole", "Whole picture");
    this.whole.type = "button";
    this.whole.hidden = true;
    this.body = element("div", "body", this.canvas, this.reading, this.whole);
    this.head = heading(panel.title, panel.note, panel.square);
    this.element = element(
      "div",
      panel.square ? "plot square" : "plot",
      ...(this.head ? [this.head] : []),
      this.body,
    );
    /** @type {Zoom | null} */
    this.zoom = null;
    /** @type {Zoom | null} */
    this.frozen = null; // the axes stand while a handle is held
    this.pointer = new Pointer(this, this.whole);
    this.grips = new Grips(this);
    this.hasHistory = panel.marks.some((mark) => kindOf(mark).overTime);
    this.picture = true;
    this.slow = isSlow(panel);
    this.due = unhurried(); // of what moves by less than a pixel from frame to frame
    this.left = 0; // px of the widest tick so far: the left edge never jumps back during a run
    this.wider = false; // whether that was a tick of before
    this.store = stage.frames; // whose run or answer that is
    this.cell = [0, 0];
    this.wide = 0; // px of the canvas
    this.high = 0;
    this.side = 0; // the smaller of the two
    this.ratio = 1; // device pixels in each
    this.size = ""; // what the canvas was laid out for, then the mapping, then the picture
    this.mapKey = "";
    this.key = "";
    /** @type {Frame | null} */
    this.frame = null; // that was painted last
    this.described = -Infinity; // when the text alternative was written
    this.map = mapping(EMPTY, [0, 1], [0, 1], false, false);
    /** @type {{ x: Tick[], y: Tick[] }} */
    this.ticks = { x: [], y: [] };
    /** @type {Label[]} */
    this.labels = [];
    this.playhead = 0; // px
    new ResizeObserver(([{ contentRect }]) => {
      this.cell = [contentRect.width, contentRect.height];
      stage.refresh();
    }).observe(this.body);
  }

  resize() {
    this.left = 0;
    this.mapKey = "";
  }

  /** Another run or answer: its left edge is its own. */
  begin() {
    this.store = this.stage.frames;
    this.left = 0;
    if (this.wider) this.mapKey = "";
  }

  /**
   * Show another picture in the same place; returns whether that can be.
   *
   * @param {Panel} panel
   */
  take(panel) {
    if (panel.square !== this.panel.square) return false;
    const marks = layered(panel.marks);
    this.panel = panel;
    this.marks = marks;
    this.kept = new Map();
    this.ranges = new Ranges(panel, this.stage);
    this.hasHistory = panel.marks.some((mark) => kindOf(mark).overTime);
    this.slow = isSlow(panel);
    this.grips.take(panel.handles);
    const head = heading(panel.title, panel.note, panel.square);
    this.head?.remove();
    if (head) this.element.prepend(head);
    this.head = head;
    this.frame = null;
    this.resize();
    this.size = this.mapKey = this.key = "";
    this.described = -Infinity;
    return true;
  }

  /**
   * Paint a frame, unless nothing that is shown has changed.
   *
   * @param {View} view
   */
  paint(view) {
    const { stage, pointer, grips } = this;
    const [width, height] = this.cell;
    if (!width || !height) return;
    const past = this.hasHistory
      ? `${stage.frames.edits} ${stage.frames.count} ${stage.horizon}`
      : "";
    const looks = [stage.look, width, height, devicePixelRatio, past, pointer.edits, view.playing, grips.key];
    const key = looks.join(" ");
    if (view.frame === this.frame && key === this.key) return;
    if (this.slow && !this.due(view)) return;
    this.frame = view.frame;
    this.key = key;
    if (this.store !== stage.frames) this.begin();
    this.ranges.update(view);
    this.lay(width, height);
    this.draw(view);
    this.describe(view);
  }

  // ---------------------------------------------------------------------------------- sizes

  /**
   * Set the canvas into its cell: a square plot as large as the cell allows, others all of it.
   *
   * @param {number} width
   * @param {number} height
   */
  lay(width, height) {
    const { canvas, panel } = this;
    const [wide, high] = panel.square ? this.squared(width, height) : [width, height];
    const left = Math.round((width - wide) / 2);
    const ratio = (this.ratio = Math.min(2, Math.max(1, devicePixelRatio)));
    const size = `${wide} ${high} ${left} ${ratio}`;
    if (size !== this.size) {
      this.size = size;
      canvas.width = Math.round(wide * ratio);
      canvas.height = Math.round(high * ratio);
      Object.assign(canvas.style, {
        width: `${wide}px`,
        height: `${high}px`,
        left: `${left}px`,
        top: "0",
      });
      if (this.head) this.head.style.marginInline = panel.square ? `${left}px` : "";
    }
    this.wide = wide;
    this.high = high;
    this.side = Math.min(wide, high);
    const shown = this.frozen ?? this.zoom;
    const [x, y] = shown ? [shown.x, shown.y] : this.ranges.both();
    const key = `${size} ${x} ${y} ${this.stage.text} ${this.stage.font}`;
    if (key === this.mapKey) return;
    this.mapKey = key;
    this.map = panel.square ? this.squareMap(x, y) : this.framedMap(x, y);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  squared(width, height) {
    const side = Math.floor(Math.min(width, height));
    const [more, taller] = this.ranges.room();
    return [Math.floor(Math.min(width, side * more)), Math.floor(Math.min(height, side * taller))];
  }

  /**
   * @param {Range} x
   * @param {Range} y
   */
  squareMap(x, y) {
    const unit = Math.max((x[1] - x[0]) / this.wide, (y[1] - y[0]) / this.high);
    /** @type {(range: Range, size: number) => Range} */
    const around = ([a, b], size) => [(a + b - unit * size) / 2, (a + b + unit * size) / 2];
    const box = { left: 0, top: 0, right: this.wide, bottom: this.high };
    return mapping(box, around(x, this.wide), around(y, this.high), false, false);
  }

  /**
   * @param {Range} x
   * @param {Range} y
   */
  framedMap(x, y) {
    const { panel, stage, g } = this;
    const size = stage.text;
    g.font = `${size}px ${stage.font}`;
    const high = this.high - size - (panel.x.label && !this.xInline() ? size + 4 : 0);
    this.ticks = {
      x: this.names() ?? ticksOf(...x, this.wide / (11 * size), panel.x.log, panel.x.whole),
      y: ticksOf(...y, Math.max(2, high / (size * 3.4)), panel.y.log, panel.y.whole),
    };
    const widest = Math.max(0, ...this.ticks.y.map(({ text }) => g.measureText(text).width));
    for (const axis of /** @type {const} */ (["x", "y"]))
      if (panel[axis].bare) this.ticks[axis] = [];
    const least = Math.ceil(widest) + 8;
    this.wider = this.left > least;
    this.left = Math.max(this.left, least);
    const named = panel.marks.filter((mark) => mark.label && kindOf(mark).namedAtEnd);
    const right = Math.max(8, ...named.map(({ label }) => g.measureText(label).width + 12));
    const box = {
      left: this.left,
      top: Math.round(size * 0.55) + (panel.y.label ? size + 6 : 0),
      right: this.wide - Math.ceil(Math.min(right, this.wide * 0.35)),
      bottom: this.high - size - 10 - (panel.x.label && !this.xInline() ? size + 4 : 0),
    };
    return mapping(box, x, y, panel.x.log, panel.y.log);
  }

  /** A short name of the x axis stands beside its last tick, a long one on a line of its own. */
  xInline() {
    return this.panel.x.label.length <= 12;
  }

  /** What stands under the x axis in place of numbers; null without it. */
  names() {
    const named = this.panel.marks.map((mark) => kindOf(mark).names?.(mark) ?? []);
    const names = named.find(({ length }) => length);
    return names?.map((text, at) => ({ at, text })).filter(({ text }) => text) ?? null;
  }

  // -------------------------------------------------------------------------------- drawing

  /** @param {View} view */
  draw(view) {
    const { g, map, panel, stage, ratio } = this;
    const { palette } = stage;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, this.wide, this.high);
    const look = {
      font: `${stage.text}px ${stage.font}`,
      size: stage.text,
      width: this.wide,
      line: palette.line,
      mute: palette.mute,
      background: panel.square ? palette.card : palette.background,
    };
    this.labels = [];
    this.playhead = map.x(view.frame.step);
    if (panel.square) {
      g.fillStyle = palette.card;
      g.fillRect(0, 0, this.wide, this.high);
    } else this.drawFrame(g, look);
    g.save();
    clipTo(g, map.box, panel.square ? 0 : 3);
    for (const mark of this.marks) drawMark(g, mark, view, this);
    this.drawPlayhead(view);
    g.restore();
    this.grips.draw(g, view);
    drawLabels(g, this.labels, { top: map.box.top, bottom: map.box.bottom }, look);
    this.pointer.draw(g);
    readout(this, view);
    this.grips.show();
  }

  /**
   * @param {Graphics} g
   * @param {Look} look
   */
  drawFrame(g, look) {
    const { panel } = this;
    const inline = this.xInline();
    drawAxes(
      g,
      this.map,
      this.ticks,
      {
        x: inline ? panel.x.label || (this.hasHistory ? `${this.stage.clock}s` : "") : "",
        y: panel.y.label,
      },
      look,
    );
    if (inline) return;
    g.textAlign = "right";
    g.textBaseline = "bottom";
    g.fillText(panel.x.label, this.map.box.right, this.high - 1);
  }

  /** @param {View} view */
  drawPlayhead(view) {
    const { g, hasHistory, map, playhead, stage } = this;
    const newest = stage.frames.at(stage.frames.count - 1);
    if (!hasHistory || !newest || view.playing || map.x(newest.step) - playhead < 1) return;
    g.strokeStyle = stage.palette.mute;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(Math.round(playhead) + 0.5, map.box.top);
    g.lineTo(Math.round(playhead) + 0.5, map.box.bottom);
    g.stroke();
  }

  /**
   * What a mark keeps from frame to frame; made when it is first asked for.
   *
   * @template K
   * @param {Mark} mark
   * @param {() => K} make
   * @returns {K}
   */
  keep(mark, make) {
    const found = this.kept.get(mark);
    if (found !== undefined) return /** @type {K} */ (found); // it was made by the same mark
    const made = make();
    this.kept.set(mark, made);
    return made;
  }

  /**
   * Name a line at its end.
   *
   * @param {Mark} mark
   * @param {number} x
   * @param {number} y
   */
  label({ label: text, role }, x, y) {
    this.labels.push({ text, colour: this.stage.palette[role], x: x + 8, y });
  }

  /**
   * Name a known value above its line, at the right.
   *
   * @param {Mark} mark
   * @param {number} y
   */
  note({ label: text, role }, y) {
    const { g, stage, map } = this;
    g.font = `${stage.text}px ${stage.font}`;
    const x = map.box.right - g.measureText(text).width;
    const away = stage.text * 0.72;
    const fits = y - 2 * away >= map.box.top - 2; // else it would be pushed down onto the line
    this.labels.push({ text, colour: stage.palette[role], x, y: fits ? y - away : y + away });
  }

  /** @param {View} view */
  describe(view) {
    const { panel, stage, canvas } = this;
    const now = performance.now();
    if ((view.playing || view.moving) && now - this.described < ALT_EVERY) return;
    this.described = now;
    const text = stage.fill(panel.alt || panel.title, view);
    if (canvas.getAttribute("aria-label") !== text) canvas.setAttribute("aria-label", text);
  }

  /**
   * Show other ranges, or the whole picture again with null.
   *
   * @param {Zoom | null} zoom
   */
  zoomTo(zoom) {
    this.zoom = zoom;
    this.whole.hidden = !zoom;
    this.pointer.edits += 1;
    this.stage.refresh();
  }
}

/**
 * @param {Graphics} g
 * @param {Box} box
 * @param {number} more
 */
function clipTo(g, { left, top, right, bottom }, more) {
  g.beginPath();
  g.rect(left - more, top - more, right - left + 2 * more, bottom - top + 2 * more);
  g.clip();
}
