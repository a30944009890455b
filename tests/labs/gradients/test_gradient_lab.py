"""The gradient lab without its page: links that open as they always did, frames that add up."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from explorer.cells import CELLS
from explorer.dials import dials, values
from explorer.gradients import (
    CELL_SETS,
    MEASURED,
    QUANTITIES,
    UNROLLED,
    Depth,
    FlowSettings,
    LearningSettings,
    SideBySide,
    contributions,
    norms_through_time,
    quantity_through_time,
    underflow,
    wilson,
)
from explorer.labs.gradients import (
    VIEWS,
    Flow,
    Horizon,
    Learning,
    Overfitting,
    horizon,
    measure,
    start,
)
from explorer.labs.gradients.learning import PROFILED, Seen, middle, typical
from explorer.labs.gradients.start import highest, marked_lag
from explorer.runs import links
from explorer.runs.frames import Frame, pack
from explorer.sequences.long_lags import PROBLEMS
from explorer.verify import Known, judge, known_answers

SMALL = Flow(length=12, seeds=2, size=6, batch=2)
BRIEF = Learning(length=5, width=4, batch=4, steps=300, seeds=2, seed=3)

# ------------------------------------------------------------------------------- links

LINKS = {
    "/gradients": Flow(),
    "/gradients?forget_bias=0": Flow(forget_bias=0.0),
    "/gradients?length=60&seeds=3&forget_bias=5": Flow(forget_bias=5.0, length=60, seeds=3),
    "/gradients?init=orthogonal&gain=1.05": Flow(init="orthogonal", gain=1.05),
    "/gradients?init=gaussian&size=128&batch=16": Flow(init="gaussian", size=128, batch=16),
    "/gradients?length=200&seed=999999": Flow(seed=999_999, length=200),
    "/gradients?view=live": Flow(view="live"),
    "/gradients?view=live&task_bias=0": Flow(view="live", task_bias=0.0),
    "/gradients?view=live&seed=7&task_length=20&task_width=16": Flow(
        view="live", task_length=20, task_width=16, seed=7
    ),
    "/gradients?view=live&rate=0.0003&clip=0.5&steps=4000": Flow(
        view="live", rate=3e-4, clip=0.5, steps=4_000
    ),
}
"""Links as they were written when the lab had one module, and what they opened."""


@pytest.mark.parametrize("link", LINKS)
def test_a_link_made_before_opens_the_configuration_that_it_was_made_of(link: str):
    _, parameters = links.split(link)
    opened = links.decode(Flow, parameters)

    assert opened.problems == ()
    assert opened.settings == LINKS[link]
    assert links.query(opened.settings) == link.partition("?")[2]


def others() -> list[tuple[str, object]]:
    """Return, for every setting, values it may have that are not its default."""
    found = []
    for name, row in dials(Flow).items():
        some = row.names if row.choices is not None else (row.low, row.high, *row.offered)
        kind = type(values(Flow())[name])
        some = (True, False) if kind is bool else some
        found += [(name, kind(value)) for value in some if value != values(Flow())[name]]
    return found


@pytest.mark.parametrize(("name", "value"), others())
def test_every_setting_goes_into_a_link_and_comes_back(name: str, value: object):
    flow = replace(Flow(), **{name: value})

    assert links.encode(flow).keys() == {name}
    assert links.decode(Flow, links.encode(flow)) == links.Opened(flow)


def test_every_setting_has_a_row():
    assert dials(Flow).keys() == values(Flow()).keys()
    assert dials(Learning).keys() == values(Learning()).keys()
    assert dials(FlowSettings).keys() == values(FlowSettings()).keys()


@pytest.mark.parametrize(
    ("name", "kind", "there"),
    [
        *(("length", FlowSettings, "length"), ("size", FlowSettings, "units")),
        *(("gain", FlowSettings, "gain"), ("forget_bias", FlowSettings, "forget_bias")),
        *(("seeds", FlowSettings, "seeds"), ("seed", LearningSettings, "seed")),
        *(("task_length", LearningSettings, "length"), ("task_width", LearningSettings, "width")),
        *(("task_bias", LearningSettings, "forget_bias"), ("rate", LearningSettings, "rate")),
        *(("clip", LearningSettings, "clip"), ("steps", Learning, "steps")),
        *(("depth_layers", Depth, "layers"), ("depth_width", Depth, "width")),
        *(("depth_samples", Depth, "samples"), ("depth_seeds", Depth, "seeds")),
    ],
)
def test_a_dial_has_one_range_in_the_lab_and_in_the_mathematics(name: str, kind: type, there: str):
    row = dials(kind)[there]

    for value in (row.low, row.high):
        assert getattr(kind(**{there: value}), there) == getattr(Flow(**{name: value}), name)
    for value in (row.low - 1, row.high + 1):
        with pytest.raises(ValueError, match=f"^{there} must be between"):
            kind(**{there: value})
        with pytest.raises(ValueError, match=f"^{name} must be between"):
            Flow(**{name: value})


def test_a_view_that_is_none_is_refused_with_those_that_are():
    for view in VIEWS:
        assert Flow(view=view).view == view
    with pytest.raises(ValueError) as refused:
        Flow(view="learning")

    assert str(refused.value).startswith(
        "unknown view 'learning'; choose from 'start', 'matrix', 'depth'"
    )


# ------------------------------------------------------------------ the measurement at the start


@pytest.mark.parametrize("cell", MEASURED)
def test_matrix_and_gain_belong_to_plain_cells_and_the_forget_bias_to_gated_ones(cell: str):
    plain = Flow(init="orthogonal", gain=1.5, forget_bias=2.0).settings(cell)

    keeps = CELLS[cell].keeping_gate is not None
    kept = (plain.recurrent_init, plain.gain, plain.forget_bias)
    assert kept == (("default", 1.0, 2.0) if keeps else ("orthogonal", 1.5, None))
    assert UNROLLED[cell].is_gated() == keeps


@pytest.mark.parametrize("cell", MEASURED)
def test_everything_else_is_the_same_for_all_cells(cell: str):
    flow = Flow(length=7, seeds=2, seed=9, size=5, batch=3)
    found = flow.settings(cell)

    assert (found.cell, found.length, found.units) == (cell, 7, 5)
    assert (found.seeds, found.seed, found.batch) == (2, 9, 3)


def test_the_cells_measured_are_some_of_those_whose_gradient_can_be_followed():
    assert set(MEASURED) <= set(UNROLLED)
    assert {"rnn_tanh", "lstm"} <= set(MEASURED)  # which the sentences compare
    assert len(set(MEASURED)) == len(MEASURED)


def test_a_cell_without_a_theory_is_measured_and_borrows_no_line():
    frame = measure(replace(SMALL, cells="plain"))

    known = {*frame.arrays, *frame.scalars}
    assert {f"irnn/{part}" for part in ("norm", "low", "high", "factor", "at")} <= known
    assert not {f"irnn/{part}" for part in ("theory", "residual", "valid_to")} & known
    assert {f"linear/{part}" for part in ("theory", "residual", "valid_to")} <= known


@pytest.mark.parametrize("cells", CELL_SETS)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_frame_holds_the_quantity_and_the_cells_that_were_asked_for(quantity: str, cells: str):
    flow = replace(SMALL, quantity=quantity, cells=cells)
    frame = measure(flow)

    shown = CELL_SETS[cells].cells
    assert {name.split("/")[0] for name in frame.arrays} == {"lag", *shown}
    for cell in shown:
        found = quantity_through_time(flow.settings(cell), quantity).typical[:12]
        np.testing.assert_allclose(frame.arrays[f"{cell}/norm"], found, rtol=1e-6)
        explained = cell not in start.gaps(flow) and UNROLLED[cell].has_theory
        assert (f"{cell}/theory" in frame.arrays) == explained
        assert (cell in start.claims(flow, frame)) == explained


def test_theory_is_drawn_only_where_it_is_about_the_quantity_and_the_loss():
    assert start.gaps(Flow()) == {}
    assert start.gaps(Flow(quantity="input")) == {"lstm": "the gradient by the input"}
    assert start.gaps(Flow(quantity="weights", loss_at="every")) == dict.fromkeys(
        MEASURED, "what a step adds to dL/dW of a loss that reads every step"
    )
    assert start.gaps(Flow(loss_at="every")) == {}
    assert start.gaps(Flow(quantity="jacobian", loss_at="every")) == {}  # of the last h
    assert set(start.gaps(Flow(cells="plain", init="identity"))) == {
        *("rnn_tanh", "rnn_relu", "rnn_sigmoid")
    }


def test_a_bias_for_each_unit_is_the_affair_of_gated_cells():
    flow = Flow(keeping="chrono")

    assert {cell: flow.settings(cell).keeping for cell in MEASURED} == {
        **dict.fromkeys(("rnn_tanh", "rnn_relu"), "given"),
        **dict.fromkeys(("lstm", "gru"), "chrono"),
    }
    assert start.gaps(flow) == {}
    assert set(start.gaps(replace(flow, loss_at="every"))) == {"lstm", "gru"}


def test_gated_cells_are_drawn_as_the_dials_say_where_one_asks_for_it():
    flow = Flow(init="orthogonal", gain=1.25, matrix_of="all", input_scale=0.5)

    for cell in (*MEASURED, "irnn"):
        found = flow.settings(cell)
        drawn = ("identity", 1.0) if cell == "irnn" else ("orthogonal", 1.25)
        assert (found.recurrent_init, found.gain, found.input_scale) == (*drawn, 0.5)


def test_the_axis_begins_at_the_first_of_a_few_ends_that_shows_all_of_the_lines():
    kept, lost = (measure(Flow(cells=cells, forget_bias=5.0)) for cells in ("gated", "plain"))

    assert start.lowest(kept) == 1e-2
    assert start.lowest(lost) == 1e-12
    for frame in (kept, lost):
        values = np.concatenate([v for n, v in frame.arrays.items() if n.endswith("/norm")])
        assert start.lowest(frame) <= max(values.min(), 1e-12)
    turned = [start.lowest(measure(replace(SMALL, forget_bias=b))) for b in (1.0, 1.25, 1.5)]
    assert len(set(turned)) == 1


def test_the_bars_of_a_cell_add_up_to_one_and_stand_beside_those_of_the_others():
    flow = replace(SMALL, quantity="weights", cells="gated")
    frame = measure(flow)
    cells = CELL_SETS["gated"].cells

    lags = [lag for group in start.groups(12) for lag in group]
    assert lags == list(range(12))
    assert [len(group) for group in start.groups(12)] == [1, 1, 2, 4, 4]
    taken = [np.isfinite(frame.arrays[f"{cell}/share"]) for cell in cells]
    assert np.sum(taken, axis=0).max() == 1
    for cell, mine in zip(cells, taken, strict=True):
        bars = frame.arrays[f"{cell}/share"][mine]
        found = contributions(flow.settings(cell))
        assert bars.sum() == pytest.approx(1, rel=1e-5)
        np.testing.assert_allclose(
            bars, [found.share[g.start : g.stop].sum() for g in start.groups(12)], rtol=1e-4
        )
        half = f"the last {found.half} steps of the ".replace("last 1 steps", "last step")
        assert half in frame.sentences["says"]
        assert UNROLLED[cell].legend in frame.sentences["says"]


def test_while_a_hand_moves_a_jacobian_is_of_fewer_directions_and_says_so():
    flow = Flow(length=13, seeds=3, size=16, quantity="jacobian")

    assert start.glimpse(flow)[1] == "while it moves: 8 of 16 directions, 1 of 3 seeds"


def test_the_loss_and_the_precision_of_the_lab_are_those_of_what_is_measured():
    flow = Flow(loss_at="every", precision="float32")

    for cell in MEASURED:
        found = flow.settings(cell)
        assert (found.loss_at, found.precision) == ("every", "float32")


def test_zeros_are_counted_in_float32_and_only_there():
    flow = Flow(length=200, seeds=2, size=8, batch=2, forget_bias=-3.0)
    wide, narrow = measure(flow), measure(replace(flow, precision="float32"))

    assert not [name for name in wide.scalars if name.endswith("/zeros")]
    assert "float32" not in wide.sentences["says"]
    for cell in MEASURED:
        lost = underflow(flow.settings(cell))
        assert 0 < narrow.scalars[f"{cell}/zeros"] <= lost.zero_gradients
    assert "Of 200 gradients, exactly 0 in float32 are" in narrow.sentences["says"]
    for name in ("tanh RNN", "LSTM", "GRU"):
        assert f"of the {name}" in narrow.sentences["says"]


@pytest.mark.parametrize(
    ("flow", "looks"),
    [
        (SMALL, "At bias 3 a forget gate starts near"),
        (replace(SMALL, cells="plain"), "The linear network shows what its matrix alone does"),
        (replace(SMALL, cells="gated"), "At bias 3 the gate that keeps starts near σ(3) = 0.95"),
        (replace(SMALL, loss_at="every", cells="gated"), "Every state is read directly as well"),
        (replace(SMALL, quantity="input"), "a small change of that input changes the loss far"),
        (replace(SMALL, quantity="hidden"), "leaves out what an LSTM carries in c"),
        (replace(SMALL, quantity="hidden", cells="plain"), "None of these cells has a c"),
        (replace(SMALL, keeping="chrono"), "a time constant of 1 + u steps, from 2 to 12 and"),
    ],
)
def test_what_to_look_for_is_about_what_is_shown(flow: Flow, looks: str):
    assert looks in measure(flow).sentences["look"]


@pytest.mark.parametrize("cell", MEASURED)
def test_the_factors_per_step_multiply_up_to_the_norm(cell: str):
    arrays = measure(SMALL).arrays

    assert arrays[f"{cell}/norm"][0] == 1
    assert np.isnan(arrays[f"{cell}/factor"][0])
    np.testing.assert_allclose(
        np.cumprod(arrays[f"{cell}/factor"][1:].astype(float)), arrays[f"{cell}/norm"][1:], 1e-5
    )


@pytest.mark.parametrize("cell", MEASURED)
def test_the_band_lies_as_far_above_the_line_as_below_it_in_decades(cell: str):
    arrays = measure(SMALL).arrays
    low, line, high = (np.log10(arrays[f"{cell}/{name}"]) for name in ("low", "norm", "high"))

    assert (low <= line).all()
    np.testing.assert_allclose(line - low, high - line, atol=1e-5)


def test_the_theory_is_given_only_where_it_is_claimed():
    flow = Flow(length=60, seeds=2, size=16)
    frame = measure(flow)

    for cell in (cell for cell in MEASURED if UNROLLED[cell].has_theory):
        drawn = np.isfinite(frame.arrays[f"{cell}/theory"])
        last = int(frame.scalars[f"{cell}/valid_to"])
        assert drawn[: last + 1].all()
        assert not drawn[last + 1 :].any()


def test_what_theory_has_for_the_lag_of_the_cards_is_given_where_it_is_claimed():
    frame = measure(Flow(length=60, seeds=2, size=16))

    for cell in (cell for cell in MEASURED if UNROLLED[cell].has_theory):
        there = f"{cell}/predicted" in frame.scalars
        assert there == (frame.scalars[f"{cell}/valid_to"] >= 30)
        if there:
            line = frame.arrays[f"{cell}/theory"]
            assert frame.scalars[f"{cell}/predicted"] == pytest.approx(line[30], rel=1e-6)
    assert {f"{cell}/predicted" in frame.scalars for cell in ("gru", "rnn_relu")} == {True, False}


def test_the_last_lag_of_a_claim_belongs_to_it():
    frame = measure(Flow())

    assert frame.scalars["lstm/valid_to"] == marked_lag(Flow())
    assert "lstm/predicted" in frame.scalars


def test_a_claim_says_of_each_line_what_it_is_computed_from():
    flow = Flow(length=60, seeds=2, size=16)
    found = start.claims(flow, measure(flow))

    assert "matrices that these seeds drew" in found["rnn_tanh"].rests_on
    assert "nothing that was drawn" in found["gru"].rests_on
    turned = replace(flow, init="orthogonal")
    assert "nothing that was drawn" in start.claims(turned, measure(turned))["rnn_tanh"].rests_on


@pytest.mark.parametrize("known", [
    each for each in known_answers("gradients") if each.what.startswith("GRU, theory / measured")
], ids=lambda known: known.what)  # fmt: skip
def test_what_the_page_says_of_twelve_blocks_of_seeds_is_what_they_give(known: Known):
    assert judge("gradients", known).holds


def test_a_gradient_band_is_as_many_times_above_the_line_as_below():
    arrays = measure(SMALL).arrays

    for cell in MEASURED:
        low, norm, high = (
            arrays[f"{cell}/{name}"].astype(float) for name in ("low", "norm", "high")
        )
        np.testing.assert_allclose(low * high, norm**2, rtol=1e-5)
        spread = norms_through_time(SMALL.settings(cell)).memory.spread[:12]
        np.testing.assert_allclose(np.log10(high / norm), spread, atol=1e-5)


def test_the_cards_read_half_of_the_way_back():
    frame = measure(SMALL)

    assert marked_lag(SMALL) == 6
    for cell in MEASURED:
        at = frame.scalars[f"{cell}/at"]
        assert at == pytest.approx(float(frame.arrays[f"{cell}/norm"][6]), rel=1e-6)
        assert at < highest(frame)


def test_equal_configurations_are_measured_alike_bit_for_bit():
    one, two = (pack(measure.__wrapped__(SMALL), 0, {}) for _ in range(2))

    assert one == two


# ------------------------------------------------------------------------ networks that learn


def packed(frames: list[Frame], first: int = 0) -> list[bytes]:
    return [pack(frame, index, {}) for index, frame in enumerate(frames, first)]


def test_a_training_is_that_of_its_settings_for_so_many_steps():
    flow = Flow(task_length=9, task_width=8, task_bias=2.0, rate=3e-3, clip=5.0, steps=500, seed=4)

    assert flow.experiment() == flow.learning()
    assert flow.learning() == Learning(
        length=9, width=8, forget_bias=2.0, rate=3e-3, clip=5.0, steps=500, seed=4
    )
    assert flow.learning().batch == LearningSettings().batch


def test_the_views_of_few_examples_and_of_the_horizon_have_runs_of_their_own():
    flow = Flow(view="overfit", few_dropout=0.5, few_early=True, horizon_length=30, seed=4)

    assert flow.experiment() == Overfitting(dropout=0.5, early=True, seed=4)
    flow = replace(flow, view="horizon")
    assert flow.experiment() == Horizon(length=30, learners="plain", seed=4)
    assert replace(flow, view="matrix").experiment() == flow.learning()
    asked = flow.horizon()
    for name in ("problem", "width", "batch", "forget_bias", "clip"):
        assert getattr(asked, name) == getattr(horizon.SETTINGS, name)


def test_settings_that_do_not_go_together_are_refused_where_they_are_trained():
    large = {"task_length": 200, "task_width": 128, "task_batch": 200}

    assert Flow(**large).view == "start"
    with pytest.raises(ValueError, match=r"^steps × width × batch × seeds must be at most"):
        Flow(view="live", **large)


def test_a_training_resumed_from_a_state_is_the_one_that_never_stopped():
    frames = list(BRIEF.stream())
    kept = [index for index, frame in enumerate(frames) if frame.state is not None]

    assert len(frames) == BRIEF.frame_count == 31
    assert kept == [0, 25, 30]  # the last one, so that what was learned can be kept
    resumed = list(BRIEF.stream(frames[25].state))
    assert packed(resumed, 26) == packed(frames)[26:]


def test_a_longer_training_begins_as_the_shorter_does():
    longer = replace(BRIEF, steps=400)

    assert BRIEF.shared_steps(longer) == longer.shared_steps(BRIEF) == 300
    assert BRIEF.shared_steps(replace(BRIEF, seed=4)) == -1
    assert BRIEF.shared_steps(Flow()) == -1
    assert Learning().shared_steps(Horizon()) == -1


def test_a_frame_holds_the_losses_of_its_own_step_and_the_shares_of_its_seeds():
    frames = {frame.step: frame for frame in islice(BRIEF.stream(), 3)}
    race = SideBySide(BRIEF)

    for step in (10, 20):
        while race.iteration < step:
            race.step()
        for cell, now in race.standings().items():
            found = frames[step].scalars
            assert [found[f"{cell}/{k}/loss"] for k in range(2)] == now.loss.tolist()
            assert found[f"{cell}/loss"] == pytest.approx(now.loss.mean())
            assert found[f"{cell}/training"] == pytest.approx(race.training_losses()[cell].mean())
            done = int(found[f"{cell}/solved"])
            assert found[f"{cell}/counted"] == done
            assert (found[f"{cell}/low"], found[f"{cell}/high"]) == wilson(done, 2)
            assert frames[step].arrays[f"{cell}/point"].tolist() == [[5, done / 2]]
            assert found["step"] == step
    assert frames[10].scalars["lstm/loss"] != frames[20].scalars["lstm/loss"]


def test_before_the_first_update_nobody_is_counted_and_no_share_is_claimed():
    frame = next(BRIEF.stream())

    assert frame.scalars["lstm/solved"] == 0
    assert not {"lstm/counted", "lstm/share", "lstm/low", "lstm/high"} & frame.scalars.keys()
    assert np.isnan(frame.arrays["lstm/point"][0, 1])


def test_a_map_is_the_geometric_mean_over_the_seeds_in_units_of_the_last_state():
    frame = next(BRIEF.stream())
    profiles = SideBySide(BRIEF).gradient_profiles(PROFILED)

    for cell in BRIEF.cells:
        expected = np.exp(np.log(profiles[cell] / profiles[cell][:, :1]).mean(0))
        np.testing.assert_allclose(frame.arrays[f"{cell}/profile"], expected, rtol=1e-6)
    lost = np.array([[1.0, 0.25], [np.nan, 1.0], [0.0, 0.0]])
    np.testing.assert_allclose(typical(lost), [1.0, 0.25])
    assert np.isnan(typical(lost[1:])).all()


def test_a_seed_is_solved_once_and_early_stopping_keeps_what_was_best_on_the_other_half():
    seen, standing = Seen(SideBySide(BRIEF)), SideBySide(BRIEF).standings()["lstm"]

    def looked(step: int, solved: list[bool], chosen: list[float], judged: list[float]) -> None:
        halves = np.array(chosen), np.array(judged)
        now = replace(standing, solved=np.array(solved), halves=halves)
        seen.look(step, dict.fromkeys(BRIEF.cells, now))

    looked(0, [False, False], [3.0, 3.0], [4.0, 4.0])
    looked(10, [True, False], [1.0, 4.0], [2.0, 0.0])
    looked(20, [False, False], [2.0, 2.0], [0.0, 5.0])
    looked(30, [True, False], [np.nan, 9.0], [0.0, 9.0])

    assert seen.solved_at["lstm"].tolist() == [10, -1]
    assert seen.kept["lstm"].tolist() == [2.0, 5.0]  # the other half has no say
    assert seen.first_best["lstm"].tolist() == [10, 20]


def test_the_middle_of_the_seeds_counts_one_that_diverged_as_the_worst():
    assert middle(np.array([3.0, 1.0, np.nan])) == 3.0
    assert middle(np.array([1.0, 3.0])) == 2.0
    assert middle(np.array([1.0, np.inf])) == np.inf


def test_a_training_of_which_nothing_is_left_ends_with_a_sentence(monkeypatch):
    gone = {cell: np.array([True, True]) for cell in BRIEF.cells}
    monkeypatch.setattr(SideBySide, "diverged", lambda race: gone)

    frame = next(BRIEF.stream())

    assert frame.trouble.startswith("Every seed of every network diverged by iteration 0")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_is_a_run_with_finite_numbers(problem: str):
    run = Learning(problem=problem, length=6, symbols=2, width=4, batch=4, steps=10, seeds=2)
    *_, last = run.stream()

    assert last.step == 10
    assert not last.trouble
    assert all(np.isfinite(value) for value in last.scalars.values())
    assert run.still().scalars["baseline"] == PROBLEMS[problem].baseline(6, 2)
