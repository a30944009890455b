// The words of a scene: one switch renames everything.

const KEY = /⟦([^⟦⟧]*)⟧/g;

/** The scene with every ⟦key⟧ replaced by the word of one of its lexicons. */
export function worded(scene, index = 0) {
  const lexicon = scene.lexicons?.[index] ?? scene.lexicons?.[0];
  if (!lexicon) return scene;
  const words = new Map(lexicon.words);
  const put = (thing) => {
    if (typeof thing === "string")
      return thing.includes("⟦") ? thing.replace(KEY, (_, key) => words.get(key) ?? key) : thing;
    if (Array.isArray(thing)) return thing.map(put);
    if (thing === null || typeof thing !== "object") return thing;
    return Object.fromEntries(Object.entries(thing).map(([name, value]) => [name, put(value)]));
  };
  return { ...put({ ...scene, lexicons: [] }), lexicons: scene.lexicons };
}
