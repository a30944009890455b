// Where the stage's addresses begin, and what it means that the server refuses one.

const LONGEST = 300; // characters of a reason
const AWAY = [502, 503, 504]; // a proxy says that the server does not answer

/**
 * The address at which the server keeps what a token admits to. It begins where the page itself
 * lies, whatever a proxy puts before that: Streamlit's own scripts are found in the same way, and
 * no page lies deeper.
 *
 * @param {string} token
 */
export const addressOf = (token) =>
  new URL(`stage/${encodeURIComponent(token)}`, document.baseURI).href;

/** Raised where the server, or a proxy on the way, answers with a refusal. */
export class Refused extends Error {}

/**
 * The error for an answer that is none: a refusal with its reason, or that nobody is there.
 *
 * @param {Response} answer
 */
export async function refusal(answer) {
  const { status, headers } = answer;
  if (AWAY.includes(status)) return new Error(`the server does not answer: ${status}`);
  const plain = headers.get("content-type")?.startsWith("text/plain");
  const why = plain ? (await answer.text()).trim().slice(0, LONGEST) : "";
  const said = why || "nothing on the way says why.";
  return new Refused(`The picture's connection was refused (${status}): ${said}`);
}
