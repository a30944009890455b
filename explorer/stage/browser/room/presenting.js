// The presenter's view: whether this tab is seen by a room, on a wall and from far away.

const KEPT = "explorer presents";
const CLASS = "presenting";

/** @type {Set<() => void>} */
const hearing = new Set();

/** Whether letters are large, lines thick and the dials away. */
export const presents = () => document.documentElement.classList.contains(CLASS);

/**
 * Be told when that changes; returns what ends it.
 *
 * @param {() => void} hear
 */
export function onPresenting(hear) {
  hearing.add(hear);
  return () => {
    hearing.delete(hear);
  };
}

/** @param {boolean} on */
export function present(on) {
  if (on === presents()) return;
  document.documentElement.classList.toggle(CLASS, on);
  try {
    sessionStorage.setItem(KEPT, on ? "yes" : "");
  } catch {
    // a closed storage costs only that a reload forgets it
  }
  for (const hear of [...hearing]) hear();
}

/** As this tab was before it was loaded again. */
export function presentAsBefore() {
  try {
    present(sessionStorage.getItem(KEPT) === "yes");
  } catch {
    // as above
  }
}
