// Which page this is: its link below the laboratory's own address, and what a lesson says of itself.

/** @import { Asking } from "../types" */

const OWN = ["room"]; // pages of the room itself, which are shown to nobody

/** The link of this page, "gans?seed=3"; null for one that is nobody else's. */
export function link() {
  const path = location.pathname.slice(location.pathname.lastIndexOf("/") + 1);
  return OWN.includes(path) ? null : path + location.search;
}

/** @param {string} at */
export function parts(at) {
  const [path, query = ""] = at.split("?");
  return { path, query: new URLSearchParams(query) };
}

/**
 * Which page, view and step a link leads to: links that are alike in this differ in dials alone.
 *
 * @param {string} at
 */
export function identity(at) {
  const { path, query } = parts(at);
  return JSON.stringify([path, ...["lesson", "step", "answers", "view"].map((name) => query.get(name))]);
}

/**
 * Whether two links say the same, in whatever order.
 *
 * @param {string} one
 * @param {string} other
 */
export function alike(one, other) {
  const [a, b] = [parts(one), parts(other)];
  a.query.sort();
  b.query.sort();
  return a.path === b.path && a.query.toString() === b.query.toString();
}

/**
 * @param {string} name of a data attribute
 * @returns {string | undefined}
 */
function said(name) {
  const found = document.querySelector(`[data-${name}]`);
  return found?.getAttribute(`data-${name}`) ?? undefined;
}

/** The title of the next step of the lesson on this page, if there is one. */
export const nextStep = () => said("next-step") ?? "";

/**
 * The question that stands on this page without an answer.
 *
 * @returns {Asking | null}
 */
export function question() {
  const text = said("asks-the-room");
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * Which choice the run on this page made right, of a question; null while it has not decided.
 *
 * @param {{ lesson: string, step: number }} asked
 */
export function decided({ lesson, step }) {
  const text = said("decided");
  const [name, at, right] = (text ?? "").split(" ");
  return text && name === lesson && Number(at) === step ? Number(right) : null;
}

/** Open the picture of the question on this page without an answer of one's own. */
export function openPicture() {
  const button = document.querySelector(".st-key-lesson-open button");
  if (button instanceof HTMLElement) button.click();
}
