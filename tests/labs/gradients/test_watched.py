"""A watched training as frames and as a table: the numbers are those that were recorded."""

import math

import numpy as np
import pytest
from torch import nn

from explorer import gradients
from explorer.gradients.watching import way_ratio
from explorer.labs.gradients.watched import DRAWN, look, recording, table
from tests.a_training import watched


def test_every_watched_step_is_a_frame_with_its_norms_padded_to_the_longest_input():
    watching = watched(num_layers=2)
    shown = recording(watching)

    assert [frame.step for frame in shown.frames] == [0, 2, 4]
    assert [place.name for place in shown.places] == ["read, layer 0", "read, layer 1"]
    assert shown.steps == 12
    for one, frame in zip(watching.steps, shown.frames, strict=True):
        for place, flow in zip(shown.places, one.flows, strict=True):
            norms, read = frame.arrays[f"{place.key}/norm"], 12 - one.step
            np.testing.assert_allclose(norms[:read], flow.cell, rtol=1e-6)
            assert np.isnan(norms[read:]).all()
            gate = frame.arrays[f"{place.key}/gate"]
            np.testing.assert_allclose(gate[:read], flow.gates["forget_gate"], rtol=1e-6)
            assert frame.scalars[f"{place.key}/ratio"] == way_ratio(flow)
        for number, name in enumerate(shown.modules):
            assert frame.scalars[f"module{number}/norm"] == one.modules[name]
        assert frame.sentences["says"].count(f"step {one.step}") > 0


def test_the_axis_holds_every_norm_that_is_drawn():
    shown = recording(watched(), forget_bias=2.0)
    norms = np.concatenate(
        [frame.arrays[f"layer0/{name}"] for frame in shown.frames for name in ("norm", "twin")]
    )
    norms = norms[np.isfinite(norms)]

    assert shown.lowest <= norms.min() <= norms.max() <= shown.highest
    assert math.log10(shown.lowest).is_integer()


def test_the_twin_stands_in_every_frame_as_it_was_at_the_first_step():
    watching = watched()
    shown = recording(watching, forget_bias=2.0)
    (flow,) = watching.twin(2.0).flows

    for frame in shown.frames:
        np.testing.assert_allclose(frame.arrays["layer0/twin"], flow.cell, rtol=1e-6)
    assert "step 0 with a forget bias of 2" in look(shown)
    assert "forget bias" not in look(recording(watching))


def test_of_many_layers_those_that_keep_the_least_are_drawn_and_the_rest_is_counted():
    watching = watched(nn.GRU, num_layers=4, bidirectional=True)
    shown = recording(watching)
    drawn = {place.path for place in shown.places}
    lowest = {}
    for one in watching.steps:
        for flow in one.flows:
            path, ratio = (flow.layer, flow.number, flow.direction), way_ratio(flow)
            if math.isfinite(ratio):
                lowest[path] = min(ratio, lowest.get(path, math.inf))

    assert len(drawn) == DRAWN
    assert max(lowest[path] for path in drawn) <= min(
        ratio for path, ratio in lowest.items() if path not in drawn
    )
    assert shown.left_out == 3
    assert "Three more are not drawn" in look(shown)


def test_the_table_has_a_row_for_every_step_layer_direction_and_t():
    watching = watched(nn.GRU, bidirectional=True)
    columns, rows = table(watching)
    rows = [dict(zip(columns, row, strict=True)) for row in rows]

    assert len(rows) == 2 * (12 + 10 + 8)
    assert len({(r["step"], r["layer"], r["direction"], r["t"]) for r in rows}) == len(rows)
    row = next(r for r in rows if (r["step"], r["direction"], r["t"]) == (2, "backward", 4))
    flow = watching.steps[1].flows[1]
    assert (row["h"], row["direct"], row["c"]) == (flow.hidden[4], flow.direct[4], None)
    assert row["update_gate"] == pytest.approx(flow.gates["update_gate"][4], rel=1e-12)
    assert row["half_life"] == pytest.approx(float(np.median(flow.half_life)), rel=1e-12)


def test_nothing_recorded_is_nothing_to_show():
    watching = gradients.watch(nn.GRU(1, 1))

    with pytest.raises(ValueError, match="nothing was recorded yet"):
        recording(watching)
