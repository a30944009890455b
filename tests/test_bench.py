"""How speed claims are measured and reported; no test here depends on a clock."""

import json

import pytest
import torch

from explorer.__main__ import main
from explorer.bench import ASKED, app, bench, claims, recurrent, rows
from explorer.bench.rows import Effort, Row, side_by_side, spread, to_floor, to_target
from explorer.cells import CELLS, unfolded
from explorer.gradients.settings import FlowSettings
from explorer.gradients.through_time import norms_through_time
from explorer.sequences import trace


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the measured actions move."""

    class Clock:
        now = 0.0

        def takes(self, seconds: float):
            def action() -> None:
                self.now += seconds

            return action

    clock = Clock()
    monkeypatch.setattr(rows.time, "process_time", lambda: clock.now)
    return clock


EFFORT = Effort(turns=3, seconds=8.0)


def test_twice_as_quick_is_a_ratio_of_two(clock):
    row = side_by_side("x", clock.takes(0.5), clock.takes(1.0), "textbook", EFFORT)

    assert (row.ours, row.other, row.ratio, row.spread) == (2.0, 1.0, 2.0, 0.0)
    assert (row.unit, row.against) == ("steps/s", "textbook")


def test_milliseconds_count_less_as_better(clock):
    row = side_by_side("x", clock.takes(0.5), clock.takes(1.0), "textbook", EFFORT, "ms")

    assert (row.ours, row.other, row.ratio) == (500.0, 1000.0, 2.0)


def test_thirty_two_models_in_one_action_count_as_thirty_two(clock):
    ours, other = clock.takes(4.0), clock.takes(1.0)

    row = side_by_side("x", ours, other, "textbook", EFFORT, work=32)

    assert (row.ours, row.ratio) == (8.0, 8.0)


def test_fifty_steps_in_one_action_of_the_other_count_as_fifty(clock):
    row = side_by_side("x", clock.takes(1.0), clock.takes(5.0), "jax", EFFORT, other_work=50)

    assert (row.other, row.ratio) == (10.0, 0.1)


def test_both_take_turns_at_being_the_first(clock):
    order = []

    def named(name: str):
        move = clock.takes(100.0)
        return lambda: (order.append(name), move())

    side_by_side("x", named("ours"), named("other"), "textbook", Effort(3, 1.0))

    assert order[-6:] == ["ours", "other", "other", "ours", "ours", "other"]


@pytest.mark.parametrize(
    ("values", "target", "unit", "ratio"),
    [
        ([1.0, 2.0, 4.0], 4.0, "s", 2.0),
        ([90.0], 45.0, "frames/s", 2.0),
        ([10.0], 20.0, "of 20", 0.5),
        ([20.0], 10.0, "ms", 0.5),
    ],
)
def test_one_means_that_the_target_is_just_reached(values, target, unit, ratio):
    assert to_target("x", values, target, unit).ratio == ratio


def test_the_spread_is_the_range_as_a_share_of_the_median():
    assert spread([1.0, 2.0, 4.0]) == 1.5


def test_a_target_missed_is_said_and_is_no_error(capsys):
    slow = Row("gan/slow", 3.0, 2.0, "target", "s", 2 / 3, 0.0)
    quick = Row("wgan-gp/width=16", 12.0, 2.0, "textbook", "steps/s", 6.0, 0.0)

    assert bench({"a": lambda effort: [slow], "b": lambda effort: [quick]}) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("asked 1: missed")
    assert lines[2].endswith("asked 5: reached")


def test_a_row_is_measured_and_written_with_the_agreed_names(tmp_path):
    out = tmp_path / "rows.json"

    assert main(["bench", "--quick", "--only", "cells/trace", "--json", str(out)]) == 0

    (row,) = json.loads(out.read_text())
    assert set(row) == {"name", "ours", "other", "against", "unit", "ratio", "spread"}
    assert (row["name"], row["against"], row["unit"]) == ("cells/trace", "textbook", "ms")
    assert min(row["ours"], row["other"], row["ratio"]) > 0


def test_everything_asked_for_is_measured():
    assert ASKED.keys() <= {*claims(), *app.NAMES}


def test_every_claim_about_the_running_app_stands_on_a_floor_of_the_same_run():
    assert {against for _, against in app.UNITS.values()} == set(app.FLOORS)


def test_a_floor_is_held_against_as_a_target_is():
    row = to_floor("page/first", [8.0, 6.0, 4.0], 3.0, "bare Streamlit", "s")

    assert (row.ours, row.other, row.against, row.ratio) == (6.0, 3.0, "bare Streamlit", 0.5)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "kitchen"], "no row is named like 'kitchen'; there are wgan-gp/width=16, "),
        (["--json", "/nowhere/rows.json"], "cannot write to /nowhere"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_status_two(arguments, complaint, capsys):
    assert main(["bench", *arguments]) == 2

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(complaint)


def test_both_sides_of_the_trace_compute_the_same_gates():
    rng = torch.Generator().manual_seed(0)
    lstm = CELLS["lstm"]
    weights, x = lstm.draw(3, 5, rng), torch.randn(20, 3, generator=rng)
    cell = torch.nn.LSTMCell(3, 5, device="meta").to_empty(device="cpu")
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in weights.state_dict().items()})

    with torch.no_grad():
        ours, other = trace(lstm, weights, x).states, recurrent.gates_in_a_loop(cell, x)

    for short, name in zip("ifgoch", (*lstm.gates, "cell", "hidden"), strict=True):
        torch.testing.assert_close(other[short], ours[name])


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru"])
def test_both_sides_of_the_gradients_fall_alike(cell):
    settings = FlowSettings(cell, length=20, units=32, seeds=5)

    ours = norms_through_time(settings).hidden.typical
    other = recurrent.unrolled_autograd(settings).flip(0).numpy()

    assert ours[10] == pytest.approx(other[10] / other[0], rel=0.6)  # other networks, other inputs


def test_a_network_begins_anew_after_a_whole_run():
    made = []

    def fresh():
        made.append(0)

        def step() -> None:
            made[-1] += 1

        return step

    action = recurrent.repeated(fresh, length=3)
    for _ in range(7):
        action()

    assert [steps for steps in made if steps] == [3, 3, 1]


def test_both_sides_of_the_recorded_trace_tell_the_same_states():
    rng = torch.Generator().manual_seed(0)
    lstm = CELLS["lstm"]
    weights = lstm.draw(3, 5, rng, torch.float64)
    x = torch.randn(20, 3, generator=rng, dtype=torch.float64)

    with torch.no_grad():
        ours = trace(lstm, weights, x).states
        hidden, memory = recurrent.hooked_loop(recurrent.cell_of(weights), x)

    torch.testing.assert_close(ours["hidden"], hidden)
    torch.testing.assert_close(ours["cell"], memory)


def test_both_sides_of_the_unfolding_take_the_same_products():
    rng = torch.Generator().manual_seed(0)
    initial, keep, written = torch.rand(4, generator=rng), *torch.rand(2, 9, 4, generator=rng)

    ours = unfolded(initial, keep, written)

    torch.testing.assert_close(ours, recurrent.unfolded_in_loops(initial, keep, written))
