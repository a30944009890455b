"""A room: who steers, who follows, who is kept out, and what hostile visitors get."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from explorer.runs.desk import Desk
from explorer.runs.hub import Hub
from explorer.runs.limits import LimitError
from explorer.stage.qr import LONGEST_LINK
from explorer.stage.rooms import codes, hall, presence
from explorer.stage.rooms.hall import DAY, EMPTY, MOST_ROOMS, MOST_ROOMS_OF_ONE, Hall, NoRoomError
from explorer.stage.rooms.presence import interval
from explorer.stage.rooms.room import MOST_FOLLOWERS, MOST_SEATS, Room
from explorer.stage.rooms.said import BELIEVED, LONGEST_SAID, understand
from explorer.stage.routes import routes

HOME = {"host": "localhost", "origin": "http://localhost"}
PICTURE = {
    "index": 7,
    "playing": False,
    "following": False,
    "speed": "×1",
    "stage": 2,
    "selects": {"unit": 39},
}
ASK = {"lesson": "collapse", "step": 1, "place": 0, "text": "How many?", "choices": ["8", "7", "6"]}


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Tab:
    """A browser's end of a line to a room."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.told: dict[str, Any] = {}

    def say(self, **said: Any) -> "Tab":
        self.socket.send_text(json.dumps(said))
        return self

    def hear(self, *names: str) -> dict[str, Any]:
        """Return what is told next, until all of these have come."""
        told: dict[str, Any] = {}
        while not told or not set(names) <= told.keys():
            told |= json.loads(self.socket.receive_text())
        self.told |= told
        return told

    def until(self, name: str, value: Any) -> None:
        """Hear until a part is as wanted."""
        while self.told.get(name) != value:
            self.hear()


class School:
    """A server with rooms, and ways into them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.hall = Hall(self.clock)
        app = Starlette(routes=routes(Hub(workers=1), Desk(), self.hall))
        self.client = TestClient(app, base_url="http://localhost")

    @contextlib.contextmanager
    def tab(self, **said: Any) -> Iterator[Tab]:
        with self.client.websocket_connect("/stage/room", headers=HOME) as socket:
            yield Tab(socket).say(**said)


@pytest.fixture
def school() -> Iterator[School]:
    school = School()
    with school.client:
        yield school


@pytest.fixture
def presenter(school: School) -> Iterator[Tab]:
    with school.tab(open=True) as tab:
        tab.hear("entered", "key", "steers")
        yield tab


def refusal(tab: Tab) -> str:
    return tab.hear("refused")["refused"]


# ------------------------------------------------------------------------------ who steers


def test_a_follower_is_told_what_the_presenter_shows_and_one_who_comes_late_all_of_it(
    school, presenter
):
    code = presenter.told["entered"]
    with school.tab(code=code) as early:
        early.hear("entered", "seat")
        presenter.say(link="gans?seed=3").say(picture=PICTURE)
        presenter.say(dials={"settings": {"seed": 3}, "moving": True})
        presenter.say(spot={"part": "panel a", "x": 0.5, "y": 0.25})
        early.until("spot", {"part": "panel a", "x": 0.5, "y": 0.25})
        with school.tab(code=code.lower()) as late:
            told = late.hear("link", "spot")

        shown = {name: told[name] for name in ("link", "picture", "dials", "spot")}
        assert shown == {name: early.told[name] for name in shown}
        assert shown["link"] == "gans?seed=3"
        assert shown["picture"] == PICTURE


def test_nobody_but_the_presenter_steers_asks_or_ends(school, presenter):
    code = presenter.told["entered"]
    with school.tab(code=code) as follower, school.tab(code=code) as other:
        seat = follower.hear("entered", "seat")["seat"]
        follower.say(link="cells").say(spot={"part": "x", "x": 0, "y": 0}).say(ask=ASK)
        follower.say(steer=True).say(end=True)
        presenter.say(link="gans")

        other.until("link", "gans")
        assert other.told.get("poll") is None
        assert other.told.get("spot") is None
        assert len(school.hall) == 1
    for key in ("", "wrong", seat, presenter.told["key"][:-1]):
        with school.tab(code=code, key=key) as stranger:
            assert refusal(stranger) == hall.NO_KEY


def test_the_presenter_comes_back_with_the_key_and_is_told_where_the_room_is(school):
    with school.tab(open=True) as first:
        told = first.hear("entered", "key")
        first.say(link="gans?seed=3")
        with school.tab(code=told["entered"]) as follower:
            follower.until("link", "gans?seed=3")
    with school.tab(code=told["entered"], key=told["key"]) as again:
        came = again.hear("entered", "steers", "link")
        assert (came["steers"], came["link"]) == (True, "gans?seed=3")


def test_of_two_tabs_of_the_presenter_one_steers_until_the_other_takes_over(school, presenter):
    code, key = presenter.told["entered"], presenter.told["key"]
    with school.tab(code=code, key=key) as second, school.tab(code=code) as follower:
        assert second.hear("steers")["steers"] is False
        second.say(link="cells")
        presenter.say(link="gans")
        follower.until("link", "gans")
        second.say(steer=True)
        presenter.until("steers", False)
        presenter.say(link="transport")
        second.say(link="sequences")
        follower.until("link", "sequences")


def test_the_spot_goes_with_the_presenter(school):
    with school.tab(open=True) as tab:
        code = tab.hear("entered")["entered"]
        tab.say(spot={"part": "panel a", "x": 1, "y": 0})
        with school.tab(code=code) as follower:
            follower.until("spot", {"part": "panel a", "x": 1, "y": 0})
            tab.socket.close()
            follower.until("spot", None)


def test_ending_a_room_ends_it_for_everybody_with_a_sentence(school, presenter):
    code = presenter.told["entered"]
    with school.tab(code=code) as follower:
        follower.hear("entered")
        presenter.say(end=True)
        assert refusal(follower) == refusal(presenter) == hall.ENDED
    with school.tab(code=code) as late:
        assert refusal(late) == hall.NO_ROOM


def test_a_room_ends_after_a_day(school, presenter):
    code, key = presenter.told["entered"], presenter.told["key"]
    school.clock.now += DAY - 1
    with school.tab(code=code) as follower:
        follower.hear("entered")
        school.clock.now += 1
        school.hall.tidy()
        assert refusal(follower) == hall.DAY_OVER
    with school.tab(code=code, key=key) as again:
        assert refusal(again) == hall.NO_ROOM


# ------------------------------------------------------------------------------ codes


def test_a_code_is_read_in_any_case_and_spaced_and_nothing_else_is_one():
    assert codes.tidied(" ab2-3 Cd ") == "AB23CD"
    for text in ("", "AB23C", "AB23CDE", "AB23C0", "ÄB23CD", "A" * 10**6, "AB23C\0"):
        assert codes.tidied(text) == ""
    drawn = {codes.draw(()) for _ in range(200)}
    assert len(drawn) == 200
    assert all(codes.tidied(code) == code for code in drawn)


def test_wrong_codes_are_counted_for_each_address_and_for_all():
    clock = Clock()
    rooms = Hall(clock)
    code = rooms.open("the speaker").code
    wrong = "AAAAAA" if code != "AAAAAA" else "BBBBBB"

    def wrong_ones(address: str) -> int:
        for count in range(10**3):
            try:
                rooms.find(address, wrong)
            except NoRoomError:
                continue
            except LimitError:
                return count
        raise AssertionError("no limit")

    assert wrong_ones("a") == codes.MOST_WRONG_OF_ONE
    with pytest.raises(LimitError, match="60 seconds"):
        rooms.find("a", code)  # also the right one: or trying would find it
    assert rooms.find("b", code).code == code
    others = sum(wrong_ones(str(number)) for number in range(10))
    assert others == codes.MOST_WRONG - codes.MOST_WRONG_OF_ONE
    clock.now += codes.WINDOW
    assert rooms.find("a", code).code == code


def test_a_wrong_key_counts_as_a_wrong_code_and_a_seat_or_the_key_is_let_in_all_the_same():
    clock = Clock()
    rooms = Hall(clock)
    room = rooms.open("the speaker")
    seat = room.sit("")
    for _ in range(codes.MOST_WRONG_OF_ONE):
        with pytest.raises(NoRoomError):
            rooms.find("a", room.code, "no key")
    with pytest.raises(LimitError):
        rooms.find("a", room.code)
    assert rooms.find("a", room.code, room.key) is room
    assert rooms.find("a", room.code, None, seat) is room


def test_every_try_over_the_day_of_a_full_house_finds_a_room_less_than_once_in_a_thousand():
    tries = codes.MOST_WRONG * DAY / codes.WINDOW

    assert tries * MOST_ROOMS / len(codes.LETTERS) ** codes.LENGTH < 1e-3


def test_the_number_of_rooms_is_bounded_and_a_room_long_empty_makes_way():
    clock = Clock()
    rooms = Hall(clock)
    for number in range(MOST_ROOMS):
        rooms.open(str(number // MOST_ROOMS_OF_ONE))
    with pytest.raises(LimitError, match="one has to end"):
        rooms.open("another")
    with pytest.raises(LimitError, match="end one of them"):
        rooms.open("0")
    clock.now += EMPTY
    rooms.open("another")
    assert len(rooms) == MOST_ROOMS


def test_the_number_of_followers_and_of_devices_is_bounded():
    room = Room("AAAAAA", "", 0.0)
    seats = [room.sit("") for _ in range(MOST_FOLLOWERS)]
    with pytest.raises(LimitError, match=str(MOST_FOLLOWERS)):
        room.sit("")
    assert room.sit(seats[0]) == seats[0]  # another window of a device that is there
    room.stand_up(seats[0])
    room.stand_up(seats[0])
    assert room.people == MOST_FOLLOWERS - 1
    for seat in seats[1:]:
        room.stand_up(seat)
    for _ in range(MOST_SEATS - MOST_FOLLOWERS):
        room.stand_up(room.sit(""))
    with pytest.raises(LimitError, match=str(MOST_SEATS)):
        room.sit("")


# ------------------------------------------------------------------------------ questions


def test_a_question_is_answered_once_a_device_and_can_be_changed_until_it_closes(school, presenter):
    code = presenter.told["entered"]
    with school.tab(code=code) as one, school.tab(code=code) as two:
        seat = one.hear("seat")["seat"]
        two.hear("seat")
        presenter.say(ask=ASK)
        number = one.hear("poll")["poll"]["number"]
        one.say(vote={"question": number, "choice": 0})
        two.say(vote={"question": number, "choice": 1})
        with school.tab(code=code, seat=seat) as same:  # the device's other window
            assert same.hear("seat", "poll")["seat"] == seat
            same.say(vote={"question": number, "choice": 2})
            while (presenter.told["poll"] or ASK).get("counts") != [0, 1, 1]:
                presenter.hear("poll")
        while one.told["poll"]["answered"] != 2 or one.told["poll"]["yours"] != 2:
            one.hear("poll")
        assert one.told["poll"]["counts"] is None  # nobody is led while it is open
        two.say(vote={"question": number, "choice": 3}).say(vote={"question": 99, "choice": 0})
        presenter.say(close=True)
        closed = one.hear("poll")["poll"]
        assert (closed["open"], closed["counts"]) == (False, [0, 1, 1])
        two.say(vote={"question": number, "choice": 0})
        presenter.say(right=2)
        decided = one.hear("poll")["poll"]
        assert (decided["right"], decided["counts"], decided["yours"]) == (2, [0, 1, 1], 2)
        presenter.say(away=True)
        assert one.hear("poll")["poll"] is None


def test_the_run_decides_only_what_is_closed_and_what_is_no_choice_is_none():
    room = Room("AAAAAA", "", 0.0)
    room.hear({"ask": ASK})
    room.hear({"right": 1})
    assert room.question.right is None
    room.hear({"close": True, "right": 9})
    assert room.question.right == -1


# ------------------------------------------------------------------------------ the hostile


HOSTILE = [
    "",
    "no JSON",
    "[]",
    "null",
    "{}",
    "[" * 50_000,
    '{"link": 3}',
    '{"link": "//elsewhere"}',
    '{"link": "https://elsewhere/"}',
    '{"link": "javascript:alert(1)"}',
    '{"link": "../../x"}',
    json.dumps({"link": "gans?" + "a" * 9000}),
    '{"picture": {"index": 1}}',
    json.dumps({"picture": PICTURE | {"index": -1}}),
    json.dumps({"picture": PICTURE | {"index": True}}),
    json.dumps({"picture": PICTURE | {"index": 10**30}}),
    json.dumps({"picture": PICTURE | {"selects": {"unit": "x"}}}),
    json.dumps({"picture": PICTURE | {"selects": {str(k): 1 for k in range(1000)}}}),
    '{"dials": {"settings": {"a": NaN}, "moving": true}}',
    '{"dials": {"settings": {"a": 1e999}, "moving": true}}',
    '{"dials": {"settings": {"a": [1]}, "moving": true}}',
    '{"spot": {"part": "x", "x": 2, "y": 0}}',
    '{"spot": {"part": "x", "x": "0", "y": 0}}',
    '{"close": 1}',
    '{"right": 1.5}',
    '{"open": true, "unknown": 1}',
    json.dumps({"ask": ASK | {"choices": ["one"]}}),
    json.dumps({"ask": ASK | {"choices": ["x" * 1000, "y"]}}),
    json.dumps({"ask": ASK | {"text": 5}}),
    '{"vote": {"question": 1}}',
    '{"vote": {"question": true, "choice": 0}}',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_message_is_not_understood(text: str):
    assert understand(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BELIEVED)), JSON, max_size=4))
def test_whatever_is_said_a_room_stays_as_it_was_or_takes_what_it_believes(said: dict[str, Any]):
    room = Room("AAAAAA", "", 0.0)
    understood = understand(json.dumps(said))

    if understood is not None:
        room.hear(understood)
        assert understood.keys() == said.keys()
    for text in room.shown.values():
        assert "NaN" not in text


def test_a_hostile_visitor_gets_a_sentence_and_the_room_goes_on(school, presenter):
    for text in ('{"link": 3}', "[]", "no JSON", '{"vote": {"question": 1, "choice": 0}}'):
        with school.client.websocket_connect("/stage/room", headers=HOME) as socket:
            socket.send_text(text)
            assert refusal(Tab(socket)) == presence.NO_MESSAGE
    with school.client.websocket_connect("/stage/room", headers=HOME) as socket:
        socket.send_text("x" * (LONGEST_SAID + 1))
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
        assert ended.value.code == 1009
    with school.tab(code=presenter.told["entered"]) as follower:
        follower.hear("entered")
        follower.socket.send_text("{")
        presenter.socket.send_text('{"link": 3}')
        presenter.say(link="gans")
        follower.until("link", "gans")


def test_a_page_of_another_site_gets_into_no_room(school):
    for headers in ({"host": "localhost", "origin": "http://evil.example"}, {"host": "localhost"}):
        enter = school.client.websocket_connect("/stage/room", headers=headers)
        with pytest.raises(WebSocketDisconnect), enter:
            pass
    refused = school.client.post("/stage/room", headers={"origin": "http://evil.example"})
    assert refused.status_code == 403


def test_a_room_follows_in_plain_requests_too(school, presenter):
    presenter.say(link="gans")
    who = json.dumps({"code": presenter.told["entered"]})
    asked = {"seat": "", "heard": 0, "first": 1, "said": [who], "wants": "news", "leaves": False}
    told = b""
    for _ in range(4):
        reply = school.client.post("/stage/room", json=asked, headers=HOME)
        told += reply.content
        head = json.loads(reply.content[8 : 8 + int.from_bytes(reply.content[4:8], "little")])
        heard = head["first"] + len(head["texts"]) - 1
        asked |= {"seat": head["seat"], "heard": heard, "said": []}
        if b'"link":"gans"' in told:
            return
    raise AssertionError(told)


def test_the_more_follow_the_less_often_each_is_told_and_never_later_than_a_tenth_of_a_second():
    found = [interval(people) for people in (0, 4, 7, 10, 150)]

    assert found == sorted(found)
    assert (found[0], found[-1]) == (0.033, 0.1)


# ------------------------------------------------------------------------------ addresses


def test_the_short_address_leads_to_the_page_with_the_code_wherever_a_proxy_puts_it(school):
    for said, code in (("KX7P2M", "KX7P2M"), ("%22%3E%3Cscript", "3Cscript"), ("a b", "ab")):
        answer = school.client.get(f"/room/{said}", follow_redirects=False, headers=HOME)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("../room?code=")
        assert answer.headers["location"].isascii()
        assert code == "3Cscript" or answer.headers["location"].endswith(code)
    assert school.client.get("/room/_stcore/health", headers=HOME).status_code == 404


def test_a_qr_code_is_drawn_of_links_of_this_server_alone(school):
    ask = lambda link: school.client.get("/stage/qr", params={"link": link}, headers=HOME)  # noqa: E731

    drawn = ask("http://localhost/room/KX7P2M")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.content.startswith(b"<svg")
    assert drawn.content != ask("http://localhost/room/KX7P2N").content
    for link in (
        "",
        "x",
        "http://evil.example/",
        "javascript:alert(1)",
        "http://[::1",
        "ftp://localhost",
    ):
        assert ask(link).status_code == 400
    assert ask("http://localhost/" + "a" * LONGEST_LINK).status_code == 400
