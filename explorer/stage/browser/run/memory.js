// What a viewer was doing, kept for this browser tab, so that a refresh goes on where it was.

const keyOf = (run) => `stage ${location.pathname} ${run}`;

/** The state that was kept for a run on this page; null when there is none. */
export function recall(run) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(run)));
  } catch {
    return null; // storage may be closed to us, or hold something else
  }
}

/** Keep a state for a run on this page. */
export function keep(run, state) {
  try {
    sessionStorage.setItem(keyOf(run), JSON.stringify(state));
  } catch {
    // a full or closed storage costs only the memory of this tab
  }
}
