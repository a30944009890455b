"""The page of the transport lab: every view opens, and one leads on to the GAN lab."""

import json
from collections.abc import Mapping

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.labs.gans import GanLab
from explorer.labs.gans.data import cloud_of
from explorer.labs.transport import VIEWS
from explorer.labs.transport.plane import Plane
from explorer.runs import links


def opened(**parameters: str) -> AppTest:
    def script() -> None:
        from explorer.pages import surroundings, transport

        surroundings.attend()
        transport.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_with_dials_and_without_a_complaint(view: str):
    app = opened(view=view)

    assert not app.exception
    assert not app.warning
    handed = json.loads(app.get("bidi_component")[0].proto.json)
    assert handed["dials"]["groups"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("line_source", "0 0", "no sand"),
        ("line_target", "1 -1", "negative height"),
        ("shift", "99", "between -4 and 4"),
        ("plane_count", "1000000", "between 1 and 2000"),
        ("plane_source", "csv", "no table yet"),
        ("guess_plan", "9,9:1", "plan must read"),
        ("mean_across", "-1", "between 0 and 1"),
        ("colours_source", "yours", "no picture of yours yet"),
        ("colours_blur", "nan", "colours_blur"),
        ("colours_count", "1000000", "between 10 and 600"),
        ("samples_d", "0", "between 1 and 20"),
    ],
)
def test_a_bad_value_of_a_link_gets_a_sentence_and_the_default(name: str, value: str, why: str):
    app = opened(**{name: value})

    assert not app.exception
    assert any(why in message.value for message in app.warning)


def test_the_plane_leads_to_critics_of_the_very_clouds_with_a_generator_that_stands_still(
    monkeypatch: pytest.MonkeyPatch,
):
    app = opened(view="plane", plane_target="moons", plane_seed="3", plane_count="20")

    led: list[Mapping[str, str]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda to, query_params: led.append(query_params))
    app.button(key="transport.critic").click().run()
    found = links.decode(GanLab, led[0])
    assert found.problems == ()
    lab = found.settings
    assert (lab.view, lab.data, lab.seed, lab.generator_rate) == ("truth", "cloud", 3, 0.0)
    assert {lab.first, lab.second} == {"wasserstein_clip", "wasserstein_gp"}
    here, there = Plane(target="moons", seed=3, count=20).clouds
    match = lab.match()
    assert torch.allclose(match.standing().double(), here.points, atol=1 / 8_000)
    assert torch.allclose(cloud_of(match.cloud).double(), there.points, atol=1 / 8_000)


def test_clouds_that_no_link_holds_get_a_sentence_in_its_place():
    app = opened(view="plane", plane_count="500")

    assert not app.get("page_link")
    assert any("10 to 300 points, not 500" in each.value for each in app.caption)
