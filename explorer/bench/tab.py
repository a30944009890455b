"""A tab of a headless browser, and the time between something done in it and what is then shown."""

from typing import Any

PATIENCE = 120_000  # ms

# The stage may stand inside a shadow root. `read` is what a condition compares: the stage's own
# account of itself, its text, and how many numbers its diagrams show.
READ = """
const find = (at) => at.querySelector('.stage')
  ?? [...at.querySelectorAll('*')].map((e) => e.shadowRoot && find(e.shadowRoot)).find((e) => e);
const read = () => {
  const stage = find(document);
  if (!stage) return null;
  const found = { label: stage.getAttribute('aria-label'), text: stage.textContent };
  for (const [name, value] of Object.entries(stage.dataset)) {
    found[name] = value === '' || isNaN(value) ? value : Number(value);
  }
  found.values = stage.querySelectorAll('[data-value]').length;
  found.cards = [...stage.querySelectorAll('[data-scalar]')].map((e) => e.textContent).join();
  return found;
};
"""
ARM = """
(() => {
  %(read)s
  const before = read();
  let start = null;
  const begin = () => { start ??= performance.now(); };
  for (const kind of ['click', 'keydown']) addEventListener(kind, begin, { capture: true });
  const limit = performance.now() + %(patience)d;
  window.effect = new Promise((done) => {
    const end = (value) => {
      for (const kind of ['click', 'keydown']) removeEventListener(kind, begin, { capture: true });
      done(value);
    };
    const look = () => {
      const d = read();
      if (start !== null && d && (%(condition)s)) end(performance.now() - start);
      else if (performance.now() > limit) end(null);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
})()
"""


class Tab:
    """One page of the app. ``sockets`` are the addresses of the stage's sockets it has opened."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.sockets: list[str] = []
        page.on("websocket", self._heard)

    def _heard(self, socket: Any) -> None:
        if "/stage/" in socket.url:
            self.sockets.append(socket.url)

    def open(self, path: str) -> "Tab":
        """Open a page and wait until its stage shows something."""
        self.page.goto(self.address + path)
        self.until("d.frames > 0")
        return self

    def at_rest(self) -> "Tab":
        """Wait until all of the page is there and nothing changes any more."""
        before = None
        while before != (before := (self.page.content(), self.stage("text"))):
            self.page.wait_for_timeout(500)
        return self

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression of ``d``, the stage's account, is true."""
        script = f"() => {{ {READ} const d = read(); return Boolean(d && ({condition})); }}"
        self.page.wait_for_function(script, timeout=PATIENCE)

    def stage(self, name: str) -> Any:
        """One entry of the stage's account."""
        return self.page.evaluate(f"() => {{ {READ} return read()?.{name} ?? null; }}")

    def arm(self, condition: str) -> None:
        """Start to watch: from the next click or key until a condition of ``d`` and ``before``."""
        self.page.evaluate(ARM % {"read": READ, "patience": PATIENCE, "condition": condition})

    def effect(self) -> float:
        """Milliseconds between the two. TimeoutError when it never came."""
        milliseconds: float | None = self.page.evaluate("() => window.effect")
        if milliseconds is None:
            raise TimeoutError("what was done in the browser had no effect")
        return milliseconds

    def button(self, name: str) -> Any:
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)
