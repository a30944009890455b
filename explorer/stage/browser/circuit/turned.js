// The numbers of a circuit that can be turned: each lies over the number that the circuit writes.

import { NumberHandle } from "../dials/number.js";
import { valueOf } from "../phrases.js";

/**
 * @import { Context, View } from "../context.js"
 * @import { Grip, Value } from "../types"
 */

/**
 * Handles over numbers in a picture; `update` puts them where the numbers stand.
 *
 * @param {{ name: string, value: Value, grip: Grip, text: SVGTextElement }[]} numbers
 * @param {HTMLElement} picture
 * @param {string} area
 * @param {Context} stage
 */
export function turnables(numbers, picture, area, stage) {
  /** @type {View | null} */
  let now = null;
  const made = numbers.map(({ name, value, grip, text }) => {
    const told = () => ({ grip, value: now && valueOf({ ...value, one_minus: false }, stage, now) });
    const handle = new NumberHandle(`${area}/${name}`, told, stage);
    handle.root.classList.add("over");
    return { handle, text };
  });

  /** @param {View} view */
  function update(view) {
    now = view;
    const frame = picture.getBoundingClientRect();
    for (const { handle, text } of made) {
      const box = text.getBoundingClientRect();
      const place = {
        x: (box.left + box.right) / 2 - frame.left - picture.clientLeft,
        y: (box.top + box.bottom) / 2 - frame.top - picture.clientTop,
      };
      const { fontSize, fontWeight } = getComputedStyle(text);
      Object.assign(handle.root.style, { fontSize, fontWeight });
      handle.write(place, box.width > 0, text.textContent ?? "");
      text.style.visibility = handle.free ? "hidden" : "";
    }
  }

  return { elements: made.map(({ handle }) => handle.root), update };
}
