// What a grip makes of its setting: where it stands, and what a hand turns it to.

/**
 * @import { Settings } from "../run/answers.js"
 * @import { Context, Selects } from "../context.js"
 * @import { Missable } from "../format.js"
 * @import { Grip } from "../types"
 */

/** @typedef {[low: number, high: number]} Ends of what a number may be */

const STEPS = 100; // from one end to the other, by the arrow keys, where a number has no step
const STEPS_OF_TEN = 20; // to ten times as much, where it is turned by factors
const FINE = 500; // places between both ends that a pointer tells apart, where there is no step
const WORD = /[^;\s]+/g;

// ------------------------------------------------------------------------------ where it stands

/**
 * Where a grip stands by the settings; null where they do not say so.
 *
 * @param {Grip} grip
 * @param {Settings} settings
 */
export function standing({ setting, entry }, settings) {
  const value = settings[setting];
  if (!entry) return typeof value === "number" ? value : null;
  return typeof value === "string" ? entryOf(value, entry) : null;
}

/**
 * What a grip stands at: by the dials where there are some, else the number that the frame has.
 *
 * @param {Grip | undefined} grip
 * @param {Context} stage
 * @param {Missable} number
 * @param {Record<string, number>} [more] numbers that its entry may name, beside the selections
 */
export function turned(grip, stage, number, more) {
  if (!grip || !stage.hand) return number ?? null;
  return standing(selected(grip, { ...stage.selects, ...more }), stage.hand.settings) ?? number ?? null;
}

/**
 * Whether the settings have what a grip turns.
 *
 * @param {Grip} grip
 * @param {Settings} settings
 */
export function turnable({ setting, entry }, settings) {
  const value = settings[setting];
  return entry ? typeof value === "string" : typeof value === "number" || value === null;
}

/**
 * The settings that change when a grip is turned to a value; null takes an entry out of its line.
 *
 * @param {Grip} grip
 * @param {Settings} settings
 * @param {number | null} value
 * @returns {Settings}
 */
export function changed({ setting, entry }, settings, value) {
  if (!entry) return { [setting]: value };
  return { [setting]: rewritten(String(settings[setting] ?? ""), entry, value) };
}

/**
 * A grip whose entry is that of the present selections: {unit} is the selected unit, {unit+12} the
 * one 12 further on.
 *
 * @param {Grip} grip
 * @param {Selects} selects
 * @returns {Grip}
 */
export function selected(grip, selects) {
  if (!grip.entry.includes("{")) return grip;
  const entry = grip.entry.replace(/\{(\w+)(?:\+(\d+))?\}/g, (_, name, more) =>
    String((selects[name] ?? 0) + Number(more ?? 0)),
  );
  return { ...grip, entry };
}

// ------------------------------------------------------------------------------ a line of text

/**
 * The number that a line of text gives an entry, by the last word of it; null where there is none.
 *
 * @param {string} line
 * @param {string} entry
 */
export function entryOf(line, entry) {
  const word = wordsOf(line, entry).at(-1);
  return word ? Number(word.text.slice(entry.length + 1)) : null;
}

/**
 * A line of text that gives an entry this number: in its last word of that entry, else in a new one
 * at the end. Null takes the entry out. All else stays as it was typed.
 *
 * @param {string} line
 * @param {string} entry
 * @param {number | null} value
 */
export function rewritten(line, entry, value) {
  const words = wordsOf(line, entry);
  if (value === null) return words.reduceRight((rest, word) => without(rest, word), line);
  const text = `${entry}:${value}`;
  const last = words.at(-1);
  if (last) return line.slice(0, last.at) + text + line.slice(last.at + last.text.length);
  return /[^;\s]\s*$/.test(line) ? `${line.trimEnd()};${text}` : line + text;
}

/**
 * The words of a line that give an entry a number, and where they begin.
 *
 * @param {string} line
 * @param {string} entry
 */
function wordsOf(line, entry) {
  const words = [...line.matchAll(WORD)].map(({ 0: text, index }) => ({ text, at: index }));
  return words.filter(({ text }) => {
    const number = text.slice(entry.length + 1);
    return text.startsWith(`${entry}:`) && number !== "" && Number.isFinite(Number(number));
  });
}

/**
 * A line without a word, and without what parted it from the next.
 *
 * @param {string} line
 * @param {{ text: string, at: number }} word
 */
function without(line, { text, at }) {
  const [before, after] = [line.slice(0, at), line.slice(at + text.length)];
  return after ? before + after.replace(/^[;\s]+/, "") : before.replace(/[;\s]+$/, "");
}

// ------------------------------------------------------------------------------ what it may be

/**
 * The value that a grip can take nearest to one: on a step of its dial, between two ends.
 *
 * @param {Grip} grip
 * @param {number} value
 * @param {boolean} byFactors whether it is turned by factors, as on a log axis
 * @param {Ends} ends
 */
export function allowed(grip, value, byFactors, [low, high]) {
  const inside = Math.min(high, Math.max(low, value));
  return Math.min(high, Math.max(low, tidy(stepwise(grip, inside, byFactors))));
}

/**
 * @param {Grip} grip
 * @param {number} value
 * @param {boolean} byFactors
 */
function stepwise(grip, value, byFactors) {
  const step = stepOf(grip);
  if (step !== null) return grip.low + step * Math.round(tidy((value - grip.low) / step)) || 0;
  if (byFactors) return Number(value.toPrecision(3));
  const fine = 10 ** Math.floor(Math.log10((grip.high - grip.low) / FINE));
  return fine * Math.round(tidy(value / fine)) || 0;
}

/**
 * The value some steps further on.
 *
 * @param {Grip} grip
 * @param {number} value
 * @param {number} steps
 * @param {boolean} byFactors
 * @param {Ends} ends
 */
export function further(grip, value, steps, byFactors, ends) {
  const step = stepOf(grip);
  const by = step ?? (grip.high - grip.low) / STEPS;
  const there =
    byFactors && step === null && value > 0
      ? value * 10 ** (steps / STEPS_OF_TEN)
      : value + steps * by;
  return allowed(grip, there, byFactors, ends);
}

/** @param {Grip} grip */
const stepOf = ({ step, whole }) => step ?? (whole ? 1 : null);

/**
 * A number without what computing with decimals leaves behind.
 *
 * @param {number} value
 */
const tidy = (value) => Number(value.toPrecision(12));
