"""Files of a picture: what each kind holds, of which moment, and what is refused."""

import base64
import csv
import io
import json
import queue
import re

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.figures.cells import answers
from explorer.figures.gradients import answer as gradients
from explorer.figures.scene import Scene, as_json, from_json
from explorer.labs.cells.settings import CellLab
from explorer.labs.gradients import Flow
from explorer.runs.frames import chunk, pack, unpack
from explorer.runs.messages import Message
from explorer.runs.reel import unwound
from explorer.stage.making import KINDS, Making
from tests.stage.exhibits import EXHIBITS
from tests.stage.gallery import duel, duel_scene

SHOW = duel(40)
AT = 60  # the step of frame 12


def made(kind: str, **about: object) -> bytes:
    """Return a file of the first 40 frames of a duel, shown at frame 12 unless it is said."""
    told = {"scene": as_json(SHOW.scene), "select": {}, "settings": {"seed": 5}, "at": AT}
    told |= {"heading": "A duel", "link": "/gans?seed=5", "dark": False, "kind": kind}
    body = chunk([SHOW.still, *SHOW.packets])
    found = said(Message("make", 0, told | about, body))
    assert found[-1].kind == "file", found[-1].values
    return found[-1].body


def said(order: Message) -> list[Message]:
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    inbox.put(order)
    found: list[Message] = []
    Making(inbox, found.append).work()
    return found


def frames() -> list:
    return [unpack(packet)[1] for packet in SHOW.packets]


def of(answer, settings) -> dict[str, object]:
    """Return what is told of an answer, and its frames as a body."""
    packed = [pack(answer.still, -1, {})]
    packed += [pack(frame, i, {}) for i, frame in enumerate(answer.frames)]
    return {"scene": answer.scene, "body": chunk(packed)}


@pytest.mark.parametrize("name", EXHIBITS)
def test_a_scene_read_back_is_the_scene_that_was_written(name):
    panel = EXHIBITS[name].panel
    scene = Scene((panel,), duel_scene().wide, duel_scene().narrow, selects=(("unit", 3),))

    assert from_json(json.loads(json.dumps(as_json(scene)))) == scene


@pytest.mark.parametrize(
    "spoilt", [{"panels": [{"kind": "nonesuch"}]}, {"panels": 3}, {"nonesuch": 1}]
)
def test_what_is_no_scene_is_refused(spoilt):
    with pytest.raises(ValueError, match="scene"):
        from_json(as_json(duel_scene()) | spoilt)


def test_a_film_ends_with_the_moment_that_is_shown_and_a_picture_is_of_it():
    with Image.open(io.BytesIO(made("gif"))) as film:
        count = film.n_frames
    picture, other = made("png"), made("png", at=AT + 5)

    steps = [frame.step for frame in frames()]
    assert count == sum(step <= AT for step in steps) == 13
    assert Image.open(io.BytesIO(picture)).size == (1440, 810)
    assert picture != other


def test_a_film_says_how_far_it_is():
    told = {"scene": as_json(SHOW.scene), "select": {}, "settings": {}, "at": AT, "dark": True}
    order = told | {"heading": "", "link": "", "kind": "gif"}
    shares = [
        message.values["share"]
        for message in said(Message("make", 0, order, chunk([SHOW.still, *SHOW.packets])))
        if message.kind == "share"
    ]

    assert shares == [pytest.approx((i + 1) / 14) for i in range(13)]


def test_numbers_are_those_of_the_frames_to_the_last_digit():
    rows = list(csv.DictReader(io.StringIO(made("numbers").decode())))

    assert [int(row["step"]) for row in rows] == [frame.step for frame in frames()]
    for row, frame in zip(rows, frames(), strict=True):
        for name, value in frame.scalars.items():
            assert row[name] == "" if np.isnan(value) else float(row[name]) == value


def test_json_says_what_was_shown_and_with_which_settings():
    told = json.loads(made("json"))

    assert told["settings"] == {"seed": 5}
    assert told["link"] == "/gans?seed=5"
    assert told["shown"] == AT
    assert told["step"] == [frame.step for frame in frames()]


def test_a_page_holds_the_packets_of_the_run_and_opens_where_it_was_shown():
    page = made("html").decode()
    inside = re.search(r'id="frames">([^<]+)<', page)
    data = json.loads(re.search(r'id="data">(.+?)</script>', page)[1])
    found = unwound(base64.b64decode(inside[1]))

    assert found == list(SHOW.packets)
    assert frames()[data["start"]].step == AT


def test_the_curves_of_a_picture_are_its_arrays():
    answer = gradients(Flow(), False)
    told = of(answer, Flow())
    order = {"select": {}, "settings": {}, "at": 0, "dark": False, "heading": "", "link": ""}
    order |= {"scene": told["scene"], "kind": "curves"}
    (found,) = said(Message("make", 0, order, told["body"]))
    rows = [
        row for row in csv.DictReader(io.StringIO(found.body.decode())) if "norm" in row["plot"]
    ]
    lstm = [row for row in rows if row["curve"] == "LSTM"]

    arrays = answer.frames[0].arrays
    for name, column in (("lag", "x"), ("lstm/norm", "y"), ("lstm/low", "low")):
        got = [float(row[column]) for row in lstm]
        assert got == np.float32(arrays[name]).astype(float).tolist()


def test_states_of_a_reading_are_those_that_pytorch_computes_from_the_weights_beside_them():
    answer = answers.step(CellLab(), False)
    told = of(answer, CellLab())
    order = {"select": {}, "settings": {}, "at": 0, "dark": False, "heading": "", "link": "/cells"}
    order |= {"scene": told["scene"]}
    (npz,) = said(Message("make", 0, order | {"kind": "states"}, told["body"]))
    (rows,) = said(Message("make", 0, order | {"kind": "rows"}, told["body"]))
    found = np.load(io.BytesIO(npz.body))

    layer = torch.nn.LSTM(found["x"].shape[1], found["hidden"].shape[1])
    with torch.no_grad():
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(layer, f"{name}_l0").copy_(torch.from_numpy(found[f"fixed/{name}"]))
        hidden, _ = layer(torch.from_numpy(found["x"]))
    read = next(panel for panel in told["scene"]["panels"] if panel["kind"] == "tokens")["tokens"]
    assert found["tokens"].tolist() == list(read)
    assert len(read) == len(CellLab().text)
    assert found["hidden"] == pytest.approx(hidden.numpy(), abs=2e-5)
    table = list(csv.DictReader(io.StringIO(rows.body.decode())))
    assert len(table) == found["hidden"].size
    last = table[-1]
    assert (int(last["step"]), int(last["unit"])) == (len(found["x"]) - 1, layer.hidden_size - 1)
    for gate in ("input", "forget", "candidate", "output"):
        assert float(last[gate]) == float(found[gate][-1, -1])


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("states", "no gates and states of one cell"), ("curves", "draws no curves of one moment")],
)
def test_what_a_picture_does_not_have_is_refused_with_a_sentence(kind, sentence):
    told = {"scene": as_json(SHOW.scene), "select": {}, "settings": {}, "at": AT, "dark": False}
    order = told | {"heading": "", "link": "", "kind": kind}
    (found,) = said(Message("make", 0, order, chunk([SHOW.still, *SHOW.packets])))

    assert found.kind == "refused"
    assert sentence in found.values["sentence"]


def test_every_kind_of_file_has_an_ending_of_its_own():
    endings = [kind.suffix for kind in KINDS.values()]

    assert len(set(endings)) == len(endings)
