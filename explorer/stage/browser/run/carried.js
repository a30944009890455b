// Recordings that a page carries in itself: text in its elements, unwound when they are asked for.

/** @import { Constants } from "../types" */

/** @type {Constants["REEL_MAGIC"]} */
const REEL = 0x314c5258; // "XRL1"
/** @type {Constants["CHUNK_MAGIC"]} */
const CHUNK = 0x31435258; // "XRC1"

/**
 * The bytes in an element of the page, deflated and written in base 64.
 *
 * @param {string} id
 */
export async function bytesIn(id) {
  const written = document.getElementById(id)?.textContent;
  if (written === null || written === undefined) throw new Error(`this page carries no '${id}'`);
  const packed = Uint8Array.from(atob(written.trim()), (sign) => sign.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).arrayBuffer();
}

/**
 * The chunk of frames of a reel: every payload is the sum of its own bytes and those of the one
 * before, where both are equally long.
 *
 * @param {ArrayBuffer} reel
 */
export function unwound(reel) {
  const view = new DataView(reel);
  if (reel.byteLength < 8 || view.getUint32(0, true) !== REEL)
    throw new Error("these bytes are no reel");
  const count = view.getUint32(4, true);
  const lengths = Array.from({ length: count }, (_, i) => [
    view.getUint32(8 + 8 * i, true),
    view.getUint32(12 + 8 * i, true),
  ]);
  const headers = lengths.reduce((sum, [header]) => sum + header, 0);
  const payloads = lengths.reduce((sum, [, payload]) => sum + payload, 0);
  const chunk = new ArrayBuffer(8 + 4 * count + headers + payloads);
  const [from, to, into] = [new Uint8Array(reel), new Uint8Array(chunk), new DataView(chunk)];
  into.setUint32(0, CHUNK, true);
  into.setUint32(4, count, true);
  let [header, payload, at] = [8 + 8 * count, 8 + 8 * count + headers, 8];
  let [before, long] = [0, -1]; // where the payload before begins, and how long it is
  for (const [head, body] of lengths) {
    into.setUint32(at, head + body, true);
    at += 4;
    to.set(from.subarray(header, header + head), at);
    at += head;
    to.set(from.subarray(payload, payload + body), at);
    if (body === long) for (let i = 0; i < body; i += 1) to[at + i] += to[before + i];
    [before, long] = [at, body];
    header += head;
    payload += body;
    at += body;
  }
  return chunk;
}
