"""The browser's end of a line without a socket, on a way that loses requests and answers."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

# A server as `explorer.stage.plain` is one, behind a way that loses what the test says: by the
# number of a request from 1, "asked" loses it before the server has it, "told" the answer.
WAY = """
const { Plain } = await import("/asset/run/plain.js");
const texts = [], seen = [], ends = [], said = [];
let taken = 0, first = 1, told = [], requests = 0, seat = "", waiting = null;

function reply(wants) {
  const parts = wants === "nothing" ? [] : told.map((one) => new TextEncoder().encode(one));
  const closed = wants === "nothing" ? 0 : given.closed && !told.length ? given.closed : 0;
  const head = new TextEncoder().encode(JSON.stringify({
    seat, taken, first, texts: parts.map(() => true), lengths: parts.map((part) => part.length),
    closed, reason: closed ? "enough" : "",
  }));
  const bytes = new Uint8Array(8 + head.length + parts.reduce((sum, one) => sum + one.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x31505258, true);
  view.setUint32(4, head.length, true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const part of parts) { bytes.set(part, at); at += part.length; }
  return new Response(bytes);
}

const fetched = window.fetch;
window.fetch = async (address, { body, signal }) => {
  requests += 1;
  const lost = given.lost[requests];
  const asked = JSON.parse(body);
  said.push(asked);
  if (lost === "asked") throw new TypeError("lost on the way");
  if (lost > 0) return new Response("not now", { status: lost });
  seat = "a seat";
  while (told.length && first <= asked.heard) { told.shift(); first += 1; }
  asked.said.forEach((text, i) => {
    if (asked.first + i !== taken + 1) return;
    taken += 1;
    texts.push(text);
    told.push(`you said ${text}`);
  });
  waiting?.();
  if (asked.wants === "news" && !told.length && !given.closed)
    await new Promise((done) => { waiting = done; setTimeout(done, 300); });
  if (lost === "told") throw new TypeError("lost on the way");
  return reply(asked.wants);
};

const line = new Plain("/anywhere");
line.onmessage = ({ data }) => seen.push(data);
line.onclose = (end) => ends.push({ ...end, refused: line.refused });
const until = async (true_) => {
  for (let i = 0; i < 600 && !true_(); i += 1) await new Promise((done) => setTimeout(done, 10));
};
line.onopen = () => { for (const text of given.say) line.send(text); };
await until(() => seen.length >= given.say.length || ends.length);
if (given.later) {
  line.send(given.later);
  await until(() => seen.includes(`you said ${given.later}`) || ends.length);
}
await new Promise((done) => setTimeout(done, 50));
line.close();
window.fetch = fetched;
return { texts, seen, ends, said };
"""


def talk(page: Page, say: list[str], **given: Any) -> dict[str, Any]:
    """Say something over a way; return what came where, and each request."""
    whole = {"lost": {}, "closed": 0, "later": "", "say": say} | given
    found: dict[str, Any] = page.evaluate(
        f"async () => {{ const given = {json.dumps(whole)}; {WAY} }}"
    )
    return found


SAID = ["one", "two", "three"]
ECHOES = [f"you said {text}" for text in SAID]


def test_what_is_said_comes_once_and_in_order_and_so_does_what_is_told(page: Page):
    found = talk(page, SAID, later="four")

    assert found["texts"] == [*SAID, "four"]
    assert found["seen"] == [*ECHOES, "you said four"]
    assert found["said"][-1]["leaves"]


def test_requests_and_answers_that_are_lost_are_made_good(page: Page):
    lost = {2: "asked", 3: "told", 5: 502, 7: "told", 8: "asked"}
    found = talk(page, SAID, lost=lost, later="four")

    assert found["texts"] == [*SAID, "four"]
    assert found["seen"] == [*ECHOES, "you said four"]


def test_a_way_that_stays_lost_ends_the_line(page: Page):
    found = talk(page, SAID, lost=dict.fromkeys(range(2, 40), "asked"))

    assert found["texts"] == []
    assert found["ends"] == [{"code": 1006, "reason": "", "refused": ""}]


def test_a_line_that_the_server_ends_says_code_and_reason(page: Page):
    found = talk(page, [], closed=1013)

    assert found["ends"] == [{"code": 1013, "reason": "enough", "refused": ""}]
    assert not found["said"][-1]["leaves"]  # it has nothing to give back


def test_a_refusal_says_its_number_and_its_reason_where_there_is_one(page: Page):
    found = talk(page, [], lost={1: 403})

    assert found["ends"] == [
        {
            "code": 1006,
            "reason": "The picture's connection was refused (403): not now",
            "refused": "The picture's connection was refused (403): not now",
        }
    ]


# A line on a way that treats sockets as the test says, and plain requests as it says.
SOCKETS = """
const { Line } = await import(`/asset/run/line.js?${given.name}`); // one that knows of no way yet
const events = [], tried = [], own = [WebSocket, fetch, setTimeout];
const later = setTimeout.bind(window);
class Socket {
  static CONNECTING = 0; static OPEN = 1; static CLOSED = 3;
  constructor(address) {
    this.readyState = 0;
    tried.push(address);
    if (given.name === "swallowed") return;
    later(() => {
      if (given.name !== "refused") { this.readyState = 1; this.onopen?.(); }
      if (given.name === "let through") { this.onmessage?.({ data: "a word" }); return; }
      this.readyState = 3;
      this.onclose?.({ code: 1006, reason: "" });
    });
  }
  send() {}
  close() { this.readyState = 3; }
}
window.WebSocket = Socket;
window.setTimeout = (act, after) => later(act, after / 50);
window.fetch = async (address) => {
  tried.push(address);
  if (given.status !== 200) return new Response("Because.", { status: given.status });
  const head = new TextEncoder().encode(JSON.stringify({
    seat: "a seat", taken: 0, first: 1, texts: [true], lengths: [6], closed: 0, reason: "",
  }));
  const bytes = new Uint8Array(8 + head.length + 6);
  new DataView(bytes.buffer).setUint32(0, 0x31505258, true);
  new DataView(bytes.buffer).setUint32(4, head.length, true);
  bytes.set(head, 8);
  bytes.set(new TextEncoder().encode("a word"), 8 + head.length);
  return new Response(bytes);
};
class Talk extends Line {
  got(data) { events.push(data); }
}
const hear = {
  reach: (reachable) => events.push(reachable),
  refused: (reason) => events.push(reason),
  lost: () => events.push("lost"),
};
const line = new Talk("http://lab.example/stage/token", hear, [500, 2000]);
for (let i = 0; i < 400 && !events.includes(given.until); i += 1)
  await new Promise((done) => later(done, 10));
const { plainly } = line;
const tries = [...tried];
line.close();
[window.WebSocket, window.fetch, window.setTimeout] = own;
return { events, plainly, tries };
"""
BY_SOCKET, PLAINLY = "ws://lab.example/stage/token", "http://lab.example/stage/token"


def line(page: Page, name: str, status: int, until: str | bool) -> dict[str, Any]:
    """Hold a line on a way until it hears something; return what it heard and what it tried."""
    given = json.dumps({"name": name, "status": status, "until": until})
    found: dict[str, Any] = page.evaluate(f"async () => {{ const given = {given}; {SOCKETS} }}")
    return found


@pytest.mark.parametrize(
    ("name", "tries"),
    [
        ("refused", [BY_SOCKET, PLAINLY]),
        ("swallowed", [BY_SOCKET, PLAINLY]),
        ("cut", [BY_SOCKET, BY_SOCKET, PLAINLY]),
    ],
)
def test_where_no_socket_is_let_through_plain_requests_take_its_place(
    page: Page, name: str, tries: list[str]
):
    found = line(page, name, 200, "a word")

    assert found["tries"][: len(tries)] == tries
    assert BY_SOCKET not in found["tries"][len(tries) :]
    assert found["events"][-2:] == [True, "a word"]
    assert found["plainly"]


def test_a_socket_that_is_let_through_is_kept(page: Page):
    found = line(page, "let through", 200, "a word")

    assert found == {"events": [True, "a word"], "plainly": False, "tries": [BY_SOCKET]}


def test_what_a_socket_is_refused_for_plain_requests_are_told(page: Page):
    why = "The picture's connection was refused (403): Because."
    found = line(page, "refused", 403, why)

    assert found["events"] == [why]
    assert not found["plainly"]


def test_a_proxy_whose_server_is_away_refuses_nothing(page: Page):
    found = line(page, "refused", 502, False)

    assert found["events"] == [False]
