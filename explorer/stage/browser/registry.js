// Registries: tables of what there is, by its name. A name that is not in one is an error, never a
// default.

/**
 * The entry of a table; `what` says what the table holds.
 *
 * @template T
 * @param {Record<string, T>} table
 * @param {string} name
 * @param {string} what
 */
export function registered(table, name, what) {
  if (Object.hasOwn(table, name)) return table[name];
  const known = Object.keys(table).map((key) => `'${key}'`);
  throw new Error(`unknown ${what} '${name}'; choose from ${known.join(", ")}`);
}
