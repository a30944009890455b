// Small pictures in rows: an array of shape (n, rows, columns), dark for large values on light paper,
// or (n, rows, columns, 3), in colour.

import { channels } from "../colour.js";
import { graphics } from "../canvas.js";
import { element, heading } from "../layout.js";
import { styled } from "../worn.js";

/**
 * @import { Made, Maker } from "../context.js"
 * @import { Values } from "../run/store.js"
 * @import { Tiles } from "../types"
 */

const STYLE = `
.stage .tiles { display: flex; flex-direction: column; }
.stage .tiles .sheet { flex: 1 1 0; min-height: 96px; display: grid; place-items: start center; overflow: clip; }
.stage .tiles canvas { image-rendering: pixelated; }
.stage.narrow .tiles .sheet { flex: none; height: auto; aspect-ratio: 1; }
`;
const GAP = 1; // cells of the pictures between two of them

/** @type {Maker<Tiles>} */
export function make(panel, stage) {
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  const body = element("div", "sheet", canvas);
  const head = heading(panel.title, panel.note);
  const root = element("div", "tiles", styled(STYLE), ...(head ? [head] : []), body);
  let shown = "";
  /** @type {object | null} */
  let drawn = null;

  /** @type {Made["paint"]} */
  function paint(view) {
    if (!view?.frame) return;
    const size = `${body.clientWidth}x${body.clientHeight}`;
    const state = `${view.frame.index}/${stage.dark}/${size}`;
    if ((state === shown && view.frame === drawn) || !body.clientWidth) return;
    const array = stage.array(view, panel.array);
    if (!array || (array.shape.length !== 3 && array.shape[3] !== 3)) return;
    shown = state;
    drawn = view.frame; // of another answer it has the same index
    draw(array);
    canvas.setAttribute("aria-label", stage.fill(panel.alt || panel.title, view));
  }

  /** @param {Values} array */
  function draw({ shape: [count, rows, columns, coloured], data }) {
    const across = Math.min(panel.columns, count);
    const down = Math.ceil(count / across);
    const wide = across * (columns + GAP) - GAP;
    const high = down * (rows + GAP) - GAP;
    canvas.width = wide;
    canvas.height = high;
    const scale = Math.min(body.clientWidth / wide, body.clientHeight / high);
    canvas.style.width = `${wide * scale}px`;
    canvas.style.height = `${high * scale}px`;
    if (coloured) body.style.aspectRatio = `${wide} / ${high}`; // on a phone; else it has a place
    const image = new ImageData(wide, high); // what no picture covers stays transparent
    const [paper, ink] = [channels(stage.palette.card), channels(stage.palette.ink)];
    const span = panel.high - panel.low || 1;
    for (let n = 0; n < count; n += 1) {
      const left = (n % across) * (columns + GAP);
      const top = Math.floor(n / across) * (rows + GAP);
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < columns; x += 1) {
          const from = (n * rows + y) * columns + x;
          const at = 4 * ((top + y) * wide + left + x);
          for (let c = 0; c < 3; c += 1) {
            const value = data[coloured ? 3 * from + c : from];
            const share = Math.min(1, Math.max(0, (value - panel.low) / span)) || 0;
            image.data[at + c] = coloured ? 255 * share : paper[c] + share * (ink[c] - paper[c]);
          }
          image.data[at + 3] = 255;
        }
      }
    }
    graphics(canvas).putImageData(image, 0, 0);
  }

  return { element: root, paint, resize: () => (shown = "") };
}
