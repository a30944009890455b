// The words of a scene: one switch renames everything.

/** @import { Scene } from "./types" */

const KEY = /⟦([^⟦⟧]*)⟧/g;

/**
 * The scene with every ⟦key⟧ replaced by the word of one of its lexicons.
 *
 * @param {Scene} scene
 * @returns {Scene}
 */
export function worded(scene, index = 0) {
  const lexicon = scene.lexicons?.[index] ?? scene.lexicons?.[0];
  if (!lexicon) return scene;
  const words = new Map(lexicon.words);
  /** @type {(name: string, value: unknown) => unknown} */
  const put = (_, value) =>
    typeof value === "string" && value.includes("⟦")
      ? value.replace(KEY, (whole, key) => words.get(key) ?? key)
      : value;
  const said = JSON.parse(JSON.stringify({ ...scene, lexicons: [] }), put);
  return { ...said, lexicons: scene.lexicons };
}
