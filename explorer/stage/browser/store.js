// Frames as they arrive: decoding, and the store that keeps them sorted and bounded.

const FRAME = 0x31465258; // "XRF1", little-endian
const CHUNK = 0x31435258; // "XRC1"
const TOP = { uint8: 255, uint16: 65535 };
const KIND = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array };

const UNPACKED = 256; // frames whose arrays are held unpacked; of the others only the packets

const unpacked = []; // arrays by name of those frames, the longest held first

/** One moment of a run. Arrays are unpacked when they are asked for, each on its own. */
export class Frame {
  constructor(header, packet, payload) {
    this.index = header.index;
    this.step = header.step;
    this.scalars = header.scalars;
    this.sentences = header.sentences;
    this.event = header.event;
    this.trouble = header.trouble;
    this.bytes = packet.byteLength;
    this.arrays = lazily(header.arrays, packet, payload);
  }
}

function lazily(entries, packet, payload) {
  const arrays = {};
  const held = new Map();
  for (const name of Object.keys(entries)) {
    Object.defineProperty(arrays, name, {
      enumerable: true,
      get() {
        if (!held.has(name)) {
          hold(held);
          const [, shape] = entries[name];
          held.set(name, { shape, data: restore(entries[name], packet, payload) });
        }
        return held.get(name);
      },
    });
  }
  return arrays;
}

function hold(arrays) {
  if (arrays.size) return;
  unpacked.push(arrays);
  if (unpacked.length > UNPACKED) unpacked.shift().clear();
}

function restore([kind, shape, offset, low, high], packet, payload) {
  const count = shape.reduce((product, size) => product * size, 1);
  const stored = new KIND[kind](packet, payload + offset, count);
  if (kind === "float32") return stored;
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = low + (stored[i] / TOP[kind]) * (high - low);
  return data;
}

/** The frame in one packet (an ArrayBuffer that starts with it). */
export function decodePacket(packet) {
  const view = new DataView(packet);
  if (packet.byteLength < 8 || view.getUint32(0, true) !== FRAME)
    throw new Error("these bytes are no frame");
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(packet, 8, length)));
  return new Frame(header, packet, 8 + length);
}

/** The frames of a chunk, in its order. Each keeps its own bytes, so that it can be freed alone. */
export function decodeChunk(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== CHUNK)
    throw new Error("these bytes are no frames");
  const frames = [];
  let at = 8;
  for (let left = view.getUint32(4, true); left > 0; left -= 1) {
    const length = view.getUint32(at, true);
    frames.push(decodePacket(buffer.slice(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return frames;
}

/**
 * Kept frames, sorted by index. When they become too many, the older ones are thinned: only indices
 * divisible by `stride` stay, and the stride doubles as often as needed. The first frame, the
 * newest
 * ones and those with an event stay in any case.
 */
export class FrameStore {
  constructor({ most = 2400, recent = 200, mostBytes = 96e6 } = {}) {
    this.most = most;
    this.recent = recent;
    this.mostBytes = mostBytes;
    this.frames = [];
    this.events = []; // of every frame seen, also of those that were thinned out
    this.stride = 1;
    this.bytes = 0;
    this.edits = 0; // grows when frames were removed, or put in before the newest one
  }

  get count() {
    return this.frames.length;
  }

  get newest() {
    return this.frames.length ? this.frames[this.frames.length - 1].index : -1;
  }

  at(position) {
    return this.frames[position];
  }

  /** Position of the last frame whose index is at most `index`; -1 when there is none. */
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

  /** Position of the frame with this index; -1 when it is not kept. */
  indexOf(index) {
    const position = this.floor(index);
    return position >= 0 && this.frames[position].index === index ? position : -1;
  }

  /** Take frames in; those already kept are left as they are. Returns how many were new. */
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
