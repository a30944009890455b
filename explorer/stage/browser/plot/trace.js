// The line of one number over all frames so far. It is kept as pixel columns (2,000 frames cost a
// few hundred pieces), and what is drawn of it stays in a picture of its own: a new frame costs one
// piece.

const COLUMN = 1.5; // px

/** One history line of a plot. */
export class Trace {
  constructor(scalar) {
    this.scalar = scalar;
    this.key = "";
  }

  /** Take in the frames that are new since the last call; all of them when the scale is another. */
  update(store, map) {
    const { ax, bx, ay, by } = map;
    const key = `${store.edits} ${ax} ${bx} ${ay} ${by}`;
    if (key !== this.key || store !== this.store) {
      Object.assign(this, {
        key,
        store,
        columns: [],
        gap: true,
        taken: 0,
        end: null,
        tip: null,
        drawn: null,
      });
    }
    for (; this.taken < store.count; this.taken += 1) this.take(store.at(this.taken), map);
  }

  take(frame, map) {
    const value = frame.scalars[this.scalar];
    const drawable =
      value !== null &&
      value !== undefined &&
      !(map.logY && value <= 0) &&
      !(map.logX && frame.step <= 0);
    if (!drawable) {
      this.gap = true;
      return;
    }
    const [x, y] = [map.x(frame.step), map.y(value)];
    const column = this.columns[this.columns.length - 1];
    if (column && !this.gap && Math.floor(column.x / COLUMN) === Math.floor(x / COLUMN)) {
      column.low = Math.min(column.low, y);
      column.high = Math.max(column.high, y);
      column.last = y;
    } else {
      this.columns.push({ x, first: y, low: y, high: y, last: y, gap: this.gap });
    }
    this.gap = false;
    this.tip = { x, y };
    const inView = y >= map.box.top && y <= map.box.bottom;
    if (inView || !this.end) this.end = this.tip; // where the line is named
  }

  /** Stroke the whole line, what lies beyond the playhead included. */
  strokeAll(g) {
    g.beginPath();
    this.path(g, 0, this.columns.length);
    g.stroke();
  }

  /** Stroke the line up to the playhead; `pen` sets colour, width and dash of a canvas context. */
  stroke(g, to, pen, { ratio, wide, high }) {
    const { columns } = this;
    let end = this.drawn?.end ?? 0;
    const back = end > 0 && columns[end - 1].x > to;
    if (
      !this.drawn ||
      back ||
      this.drawn.pen !== pen.key ||
      this.drawn.canvas.width !== Math.round(wide * ratio) ||
      this.drawn.canvas.height !== Math.round(high * ratio)
    ) {
      this.drawn = sheet(this.drawn?.canvas, pen, ratio, wide, high);
      end = 0;
    }
    // The column that is still growing, and the one before it, are drawn anew each time.
    const settled = upTo(columns, to, end) - 2;
    if (settled > end) {
      this.extend(end, settled);
      this.drawn.end = settled;
    }
    g.drawImage(this.drawn.canvas, 0, 0, wide, high);
    pen.dress(g);
    g.lineDashOffset = this.drawn.length;
    g.beginPath();
    this.path(g, Math.max(0, this.drawn.end - 1), upTo(columns, to, this.drawn.end));
    g.stroke();
    g.lineDashOffset = 0;
  }

  /** Draw the columns from one to another into the kept picture. */
  extend(from, to) {
    const { drawn } = this;
    const start = Math.max(0, from - 1);
    drawn.context.lineDashOffset = drawn.length;
    drawn.context.beginPath();
    drawn.length += this.path(drawn.context, start, to);
    drawn.context.stroke();
  }

  /**
   * Add columns to a path; returns its length. From the second on, it starts where the first ended.
   */
  path(g, from, to) {
    let length = 0;
    let before = null;
    const line = (x, y) => {
      g.lineTo(x, y);
      length += Math.hypot(x - before.x, y - before.y);
      before = { x, y };
    };
    for (let i = from; i < to; i += 1) {
      const { x, first, low, high, last, gap } = this.columns[i];
      const joins = i === from && from > 0;
      if (!before || gap) {
        g.moveTo(x, joins ? last : first);
        before = { x, y: joins ? last : first };
      } else line(x, first);
      if (joins || high <= low) continue;
      line(x, low);
      line(x, high);
      line(x, last);
    }
    return length;
  }
}

/** How many columns lie up to a pixel, searched from a known number on. */
function upTo(columns, to, known) {
  let count = Math.max(0, known);
  while (count < columns.length && columns[count].x <= to) count += 1;
  return count;
}

function sheet(known, pen, ratio, wide, high) {
  const [width, height] = [Math.round(wide * ratio), Math.round(high * ratio)];
  const canvas = known ?? new OffscreenCanvas(width, height);
  Object.assign(canvas, { width, height }); // this clears it
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  pen.dress(context);
  return { canvas, context, end: 0, length: 0, pen: pen.key };
}
