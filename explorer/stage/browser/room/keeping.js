// What this browser keeps of rooms: the keys of those it opened, its seats in others, and what the
// tab is in. A closed storage costs only that a reload forgets it.

const TAB = "explorer room";
const KEYS = "explorer room keys";
const SEATS = "explorer room seats";
const MOST = 20;

/** @typedef {{ code: string, presents: boolean }} In a room, and as whom */

/**
 * @param {Storage} storage
 * @param {string} name
 * @returns {unknown}
 */
function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {() => Storage} storage
 * @param {string} name
 * @param {unknown} value
 */
function write(storage, name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
  } catch {
    // see above
  }
}

/**
 * @param {string} name
 * @returns {[code: string, secret: string][]} the newest last
 */
function pairs(name) {
  let found = /** @type {unknown} */ (null);
  try {
    found = read(localStorage, name);
  } catch {
    return [];
  }
  if (!Array.isArray(found)) return [];
  const good = found.filter((one) => Array.isArray(one) && one.length === 2);
  return good.map(([code, secret]) => [String(code), String(secret)]);
}

/**
 * @param {string} name
 * @param {string} code
 * @param {string} secret "" forgets it
 */
function put(name, code, secret) {
  const others = pairs(name).filter(([other]) => other !== code);
  write(() => localStorage, name, [...others, ...(secret ? [[code, secret]] : [])].slice(-MOST));
}

/**
 * @param {string} name
 * @param {string} code
 */
const secretOf = (name, code) => pairs(name).find(([other]) => other === code)?.[1] ?? "";

/** @param {string} code */
export const keyOf = (code) => secretOf(KEYS, code);
/** @param {string} code */
export const seatOf = (code) => secretOf(SEATS, code);
/**
 * @param {string} code
 * @param {string} key
 */
export const keepKey = (code, key) => put(KEYS, code, key);
/**
 * @param {string} code
 * @param {string} seat
 */
export const keepSeat = (code, seat) => put(SEATS, code, seat);
/** The room that this browser opened last, if it did. */
export const ownRoom = () => pairs(KEYS).at(-1)?.[0] ?? "";

/** @returns {In | null} */
export function keptIn() {
  let found = /** @type {unknown} */ (null);
  try {
    found = read(sessionStorage, TAB);
  } catch {
    return null;
  }
  if (!found || typeof found !== "object" || !("code" in found) || !("presents" in found)) return null;
  return { code: String(found.code), presents: found.presents === true };
}

/** @param {In | null} is */
export const keepIn = (is) => write(() => sessionStorage, TAB, is);
