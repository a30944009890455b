// Formulas of a scene as LaTeX.

/** @type {Record<string, string>} */
const SIGNS = {
  "·": "\\cdot ",
  "×": "\\times ",
  "⊙": "\\odot ",
  "−": "-",
  "–": "\\text{–}",
  "σ": "\\sigma",
  "φ": "\\varphi",
  "Σ": "\\sum ",
  "∞": "\\infty",
  "…": "\\ldots ",
  "%": "\\%",
  "′": "'",
};
const SUBSCRIPTS = "₋₊₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPTS = "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹";
const PLAIN = "-+0123456789";
const FUNCTIONS = ["tanh", "exp", "log", "max", "min"];

/**
 * @param {string} text
 * @param {string} from
 */
const lowered = (text, from) => [...text].map((sign) => PLAIN[from.indexOf(sign)]).join("");

/**
 * A formula such as "c = f · c_{−1} + i · g", with or without numbers in it, as LaTeX.
 *
 * @param {string} formula
 */
export function latex(formula) {
  const pieces = formula.split(/(_\{[^}]*\})/).map((piece) => {
    if (piece.startsWith("_{")) return index(piece.slice(2, -1).replaceAll("−", "-"));
    return piece
      .replace(/[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ ]*[A-Za-zÀ-ɏ]/g, word)
      .replace(/([A-Za-z])\u0303/g, "\\tilde{$1}")
      .replace(/[₋₊₀-₉]+/g, (found) => `_{${lowered(found, SUBSCRIPTS)}}`)
      .replace(/[⁻⁺⁰¹²³⁴-⁹]+/g, (found) => `^{${lowered(found, SUPERSCRIPTS)}}`)
      .replace(/[·×⊙−–σφΣ∞…%′]/g, (sign) => SIGNS[sign]);
  });
  return pieces.join("").replace(/\s+/g, " ").trim();
}

/** @param {string} text */
const index = (text) => `_{${text.includes(" ") ? word(text) : text}}`;

/** @param {string} text */
function word(text) {
  return FUNCTIONS.includes(text) ? `\\${text}` : `\\mathrm{${text.replaceAll(" ", "\\ ")}}`;
}

/**
 * Symbols and numbers in one line: `c = f \cdot c_{-1} = 0.99 \cdot (-1.16) = -1.15`.
 *
 * @param {string} symbols
 * @param {string} numbers
 */
export function substituted(symbols, numbers) {
  if (!symbols) return latex(numbers);
  const left = /^([^=\d]*\S)\s*=\s*/.exec(numbers);
  const assigned = /^[^=]*[^=\s\d][^=]*=\s/.test(symbols);
  // What stands on the left in letters is not said again: "c = ", or the bare "Σ = " of a sum.
  const known = left && (assigned || left[1] === "Σ" || latex(left[1]) === latex(symbols));
  return `${latex(symbols)} = ${latex(left && known ? numbers.slice(left[0].length) : numbers)}`;
}
