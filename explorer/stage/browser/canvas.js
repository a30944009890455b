// What draws on a canvas.

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Graphics */

/**
 * What draws on a canvas of the page; raises an Error where the browser has no more of it to give.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function graphics(canvas, options) {
  return there(canvas.getContext("2d", options));
}

/**
 * A canvas beside the page, and what draws on it; raises as `graphics` does.
 *
 * @param {number} width
 * @param {number} height
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function offscreen(width, height, options) {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, g: there(canvas.getContext("2d", options)) };
}

/**
 * @template {Graphics} G
 * @param {G | null} g
 */
function there(g) {
  if (!g) throw new Error("the browser draws on no further canvas");
  return g;
}
