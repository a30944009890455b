// What draws on a canvas.

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Graphics */
/** @typedef {ReturnType<typeof pixelSheet>} PixelSheet */

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
 * A canvas whose pixels are written one by one: `words` holds each of `image` as one number.
 *
 * @param {number} width
 * @param {number} height
 */
export function pixelSheet(width, height) {
  const { canvas, g } = offscreen(width, height, { willReadFrequently: true });
  const image = g.createImageData(width, height);
  return { canvas, g, image, words: new Uint32Array(image.data.buffer) };
}

/**
 * @template {Graphics} G
 * @param {G | null} g
 */
function there(g) {
  if (!g) throw new Error("the browser draws on no further canvas");
  return g;
}
