// Frames as they arrive: decoding, and the store that keeps them sorted and bounded.

/** @import { ArrayEntry, Constants, Header } from "../types" */

/**
 * An array of a frame: its shape, and its values in a row.
 *
 * @typedef {{ shape: number[], data: Float32Array }} Values
 */

/** @type {Constants["PACKET_MAGIC"]} */
const FRAME = 0x31465258; // "XRF1", little-endian
/** @type {Constants["CHUNK_MAGIC"]} */
const CHUNK = 0x31435258; // "XRC1"
/** @type {Constants["TOP"]} */
const TOP = { uint8: 255, uint16: 65535 };
const QUANTISED = { uint8: Uint8Array, uint16: Uint16Array };

const UNPACKED = 256; // frames whose quantised arrays are held unpacked; of others only the packets

/** @typedef {{ values: Values[], noted: boolean }} Held what is unpacked of one frame */

/** @type {Held[]} */
const unpacked = []; // those frames, the longest held first

/**
 * One moment of a run, in the bytes of `buffer` from `start` on. Arrays are unpacked when they are
 * asked for, each on its own; those stored as float32 are views of the packet.
 */
export class Frame {
  /**
   * @param {Omit<Header, "arrays">} header
   * @param {Layout} layout
   * @param {ArrayBuffer} buffer
   * @param {number} start
   * @param {number} length
   */
  constructor(header, layout, buffer, start, length) {
    const size = new DataView(buffer, start + 4, 4).getUint32(0, true); // of the header
    this.index = header.index;
    this.step = header.step;
    /** @type {Partial<Header["scalars"]>} */
    this.scalars = header.scalars;
    /** @type {Partial<Header["sentences"]>} */
    this.sentences = header.sentences;
    this.event = header.event;
    this.trouble = header.trouble;
    this.bytes = length;
    this.names = layout.names;
    this.arrays = layout.arrays(buffer, start + 8 + size);
  }
}

/** @typedef {Partial<Record<string, Values>>} Arrays the arrays of a frame by name */

/**
 * How frames that are laid out alike hold their arrays: what those are called, and what unpacks
 * those of one frame from a payload in its bytes.
 *
 * @typedef {object} Layout
 * @property {string[]} names
 * @property {(buffer: ArrayBuffer, payload: number) => Arrays} arrays
 */

/**
 * The layout of frames by the entries of their header: a class with one getter for each array.
 *
 * @param {Header["arrays"]} entries
 * @returns {Layout}
 */
function layoutOf(entries) {
  const names = Object.keys(entries);
  class Unpacking {
    #buffer;
    #payload;
    /** @type {Held} */
    #held = { values: [], noted: false };

    /**
     * @param {ArrayBuffer} buffer
     * @param {number} payload
     */
    constructor(buffer, payload) {
      this.#buffer = buffer;
      this.#payload = payload;
    }

    /**
     * @param {Unpacking} arrays
     * @param {number} i
     * @param {ArrayEntry} entry
     */
    static unpacked(arrays, i, entry) {
      const { values } = arrays.#held;
      if (values[i]) return values[i];
      if (entry[0] !== "float32") hold(arrays.#held);
      const data = restore(entry, arrays.#buffer, arrays.#payload);
      return (values[i] = { shape: entry[1], data });
    }
  }
  names.forEach((name, i) => {
    /** @this {Unpacking} */
    const get = function get() {
      return Unpacking.unpacked(this, i, entries[name]);
    };
    Object.defineProperty(Unpacking.prototype, name, { enumerable: true, get });
  });
  /** @type {Layout["arrays"]} */
  const arrays = (buffer, payload) => {
    /** @type {object} */
    const made = new Unpacking(buffer, payload);
    return /** @type {Arrays} */ (made); // only the header knows how its getters are called
  };
  return { names, arrays };
}

/**
 * Take note that arrays of a frame are held unpacked, and let go of those that were for longest.
 *
 * @param {Held} held
 */
function hold(held) {
  if (held.noted) return;
  held.noted = true;
  unpacked.push(held);
  const oldest = unpacked.length > UNPACKED && unpacked.shift();
  if (oldest) Object.assign(oldest, { values: [], noted: false });
}

/**
 * @param {ArrayEntry} entry
 * @param {ArrayBuffer} buffer
 * @param {number} payload
 */
function restore([kind, shape, offset, low, high], buffer, payload) {
  const count = shape.reduce((product, size) => product * size, 1);
  if (kind === "float32") return new Float32Array(buffer, payload + offset, count);
  const stored = new QUANTISED[kind](buffer, payload + offset, count);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = low + (stored[i] / TOP[kind]) * (high - low);
  return data;
}

const text = new TextDecoder();
/** @type {Map<string, Layout>} */
const layouts = new Map(); // by the part of a header that names the arrays
const MOST_LAYOUTS = 64;
const [BEGIN, END] = ['"arrays":', ',"scalars":'];

/**
 * The header of a packet, and its layout: frames of one recording mostly share one.
 *
 * @param {string} header
 * @returns {[Omit<Header, "arrays">, Layout]}
 */
function read(header) {
  const [from, to] = [header.indexOf(BEGIN) + BEGIN.length, header.indexOf(END)];
  if (from < BEGIN.length || to < from) {
    const whole = JSON.parse(header);
    return [whole, layoutOf(whole.arrays)];
  }
  const entries = header.slice(from, to);
  let layout = layouts.get(entries);
  if (!layout) {
    layout = layoutOf(JSON.parse(entries));
    if (layouts.size >= MOST_LAYOUTS) layouts.clear();
    layouts.set(entries, layout);
  }
  return [JSON.parse(`${header.slice(0, from)}0${header.slice(to)}`), layout];
}

/**
 * The frame in the packet that starts at a place of a buffer.
 *
 * @param {ArrayBuffer} buffer
 */
export function decodePacket(buffer, start = 0, length = buffer.byteLength) {
  const view = new DataView(buffer, start, length);
  if (length < 8 || view.getUint32(0, true) !== FRAME) throw new Error("these bytes are no frame");
  const written = new Uint8Array(buffer, start + 8, view.getUint32(4, true));
  const [header, layout] = read(text.decode(written));
  return new Frame(header, layout, buffer, start, length);
}

/**
 * The frames of a chunk, in its order. With `apart` each keeps its own bytes, so that it can be
 * freed alone; else they share those of the chunk.
 *
 * @param {ArrayBuffer} buffer
 */
export function decodeChunk(buffer, apart = true) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== CHUNK)
    throw new Error("these bytes are no frames");
  const frames = [];
  let at = 8;
  for (let left = view.getUint32(4, true); left > 0; left -= 1) {
    const length = view.getUint32(at, true);
    const start = at + 4; // a multiple of 4, as arrays need it
    frames.push(
      apart
        ? decodePacket(buffer.slice(start, start + length))
        : decodePacket(buffer, start, length),
    );
    at = start + length;
  }
  return frames;
}

let stores = 0;

/**
 * Kept frames, sorted by index. When they become too many, the older ones are thinned: only indices
 * divisible by `stride` stay, and the stride doubles as often as needed. The first frame, the
 * newest
 * ones and those with an event stay in any case.
 */
export class FrameStore {
  /** @param {{ most?: number, recent?: number, mostBytes?: number }} [limits] */
  constructor({ most = 2400, recent = 200, mostBytes = 96e6 } = {}) {
    this.most = most;
    this.recent = recent;
    this.mostBytes = mostBytes;
    /** @type {Frame[]} */
    this.frames = [];
    /** @type {Pick<Frame, "index" | "step" | "event">[]} */
    this.events = []; // of every frame seen, also of those that were thinned out
    this.stride = 1;
    this.bytes = 0;
    this.id = `store ${(stores += 1)}`; // pictures of another run are never taken for this one's
    this.edits = 0; // grows when frames were removed, or put in before the newest one
  }

  get count() {
    return this.frames.length;
  }

  get newest() {
    return this.frames.length ? this.frames[this.frames.length - 1].index : -1;
  }

  /**
   * The frame at a position; undefined where none is kept.
   *
   * @param {number} position
   * @returns {Frame | undefined}
   */
  at(position) {
    return this.frames[position];
  }

  /**
   * The frame at a position where one is kept; raises a RangeError for another.
   *
   * @param {number} position
   */
  kept(position) {
    const frame = this.frames[position];
    if (!frame) throw new RangeError(`no frame is kept at position ${position}`);
    return frame;
  }

  /**
   * Position of the last frame whose index is at most `index`; -1 when there is none.
   *
   * @param {number} index
   */
  floor(index) {
    let low = 0;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].index <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * Position of the frame with this index; -1 when it is not kept.
   *
   * @param {number} index
   */
  indexOf(index) {
    const position = this.floor(index);
    return position >= 0 && this.frames[position].index === index ? position : -1;
  }

  /**
   * Take frames in; those already kept are left as they are. Returns how many were new.
   *
   * @param {Frame[]} frames
   */
  add(frames) {
    let fresh = 0;
    for (const frame of frames) {
      const position = this.floor(frame.index);
      if (position >= 0 && this.frames[position].index === frame.index) continue;
      if (position + 1 < this.frames.length) this.edits += 1;
      this.frames.splice(position + 1, 0, frame);
      this.bytes += frame.bytes;
      this.remember(frame);
      fresh += 1;
      if (this.tooMany()) this.thin();
    }
    return fresh;
  }

  /** @param {Frame} frame */
  remember({ index, step, event }) {
    if (!event || this.events.some((known) => known.index === index)) return;
    this.events.push({ index, step, event });
    this.events.sort((a, b) => a.index - b.index);
  }

  tooMany() {
    return (
      this.frames.length > this.most || (this.bytes > this.mostBytes && this.frames.length > 16)
    );
  }

  thin() {
    let keepEvents = true;
    do {
      const newest = this.frames.length - Math.min(this.recent, this.frames.length >> 2);
      const kept = this.frames.filter(
        (frame, i) =>
          i === 0 || i >= newest || frame.index % this.stride === 0 || (keepEvents && frame.event),
      );
      keepEvents = kept.length < this.frames.length; // or there are more events than room
      this.frames = kept;
      this.bytes = kept.reduce((sum, frame) => sum + frame.bytes, 0);
      if (this.crowded()) this.stride *= 2;
    } while (this.crowded());
    this.edits += 1;
  }

  crowded() {
    return this.frames.length > 0.75 * this.most || this.bytes > 0.75 * this.mostBytes;
  }
}
