// Streamlit's own word on a lost connection, which asks about the internet: it is taken back while
// the stage says what is so.

const TITLE = "Connection error";

function dismiss() {
  for (const dialog of document.querySelectorAll('[role="dialog"]')) {
    if (!dialog.textContent?.includes(TITLE)) continue;
    const close = dialog.querySelector("button");
    if (close instanceof HTMLElement) close.click(); // it is not opened again before a connection
  }
}

/**
 * Close Streamlit's dialogue about the connection, now and when it comes; returns what ends that.
 *
 * @returns {() => void}
 */
export function hush() {
  const observer = new MutationObserver(dismiss);
  observer.observe(document.body, { childList: true, subtree: true });
  dismiss();
  return () => observer.disconnect();
}
