"""The gradient lab without its page: links that open as they always did, frames that add up."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from explorer.cells import CELLS
from explorer.dials import dials, values
from explorer.gradients import (
    LEARNERS,
    MEASURED,
    UNROLLED,
    AddingSettings,
    FlowSettings,
    SideBySide,
    norms_through_time,
)
from explorer.labs.gradients import VIEWS, Adding, Flow, measure, start, words
from explorer.labs.gradients.start import highest, marked_lag, matrix_spectrum
from explorer.runs import links
from explorer.runs.frames import Frame, pack
from explorer.verify import Known, judge, known_answers

SMALL = Flow(length=12, seeds=2, size=6, batch=2)
BRIEF = Adding(length=5, width=4, steps=120, seed=3)

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
        found += [(name, kind(value)) for value in some if value != values(Flow())[name]]
    return found


@pytest.mark.parametrize(("name", "value"), others())
def test_every_setting_goes_into_a_link_and_comes_back(name: str, value: object):
    flow = replace(Flow(), **{name: value})

    assert links.encode(flow).keys() == {name}
    assert links.decode(Flow, links.encode(flow)) == links.Opened(flow)


def test_every_setting_has_a_row():
    assert dials(Flow).keys() == values(Flow()).keys()
    assert dials(Adding).keys() == values(Adding()).keys()
    assert dials(FlowSettings).keys() == values(FlowSettings()).keys()


@pytest.mark.parametrize(
    ("name", "kind", "there"),
    [
        *(("length", FlowSettings, "length"), ("size", FlowSettings, "units")),
        *(("gain", FlowSettings, "gain"), ("forget_bias", FlowSettings, "forget_bias")),
        *(("seeds", FlowSettings, "seeds"), ("seed", AddingSettings, "seed")),
        *(("task_length", AddingSettings, "length"), ("task_width", AddingSettings, "width")),
        *(("task_bias", AddingSettings, "forget_bias"), ("rate", AddingSettings, "rate")),
        *(("clip", AddingSettings, "clip"), ("steps", Adding, "steps")),
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

    assert str(refused.value).startswith("unknown view 'learning'; choose from 'start', 'live'")


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


def test_a_cell_without_a_theory_is_measured_and_borrows_no_line(monkeypatch):
    monkeypatch.setattr(start, "MEASURED", (*MEASURED, "gru_before"))
    monkeypatch.setattr(words, "MEASURED", (*MEASURED, "gru_before"))
    frame = measure.__wrapped__(SMALL)

    known = {*frame.arrays, *frame.scalars}
    assert {f"gru_before/{part}" for part in ("norm", "low", "high", "factor", "at")} <= known
    assert not {f"gru_before/{part}" for part in ("theory", "residual", "valid_to")} & known
    assert {f"gru/{part}" for part in ("theory", "residual", "valid_to")} <= known


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


def test_a_rotation_of_gain_s_has_all_its_eigenvalues_on_the_circle_of_radius_s():
    found = matrix_spectrum(Flow(init="orthogonal", gain=1.25, size=16, length=20))

    assert np.abs(found.eigenvalues) == pytest.approx(1.25)
    assert found.stretch == pytest.approx(1.25 ** np.arange(21.0))


# ------------------------------------------------------------------------ networks that learn


def packed(frames: list[Frame], first: int = 0) -> list[bytes]:
    return [pack(frame, index, {}) for index, frame in enumerate(frames, first)]


def test_a_training_is_that_of_its_settings_for_so_many_steps():
    flow = Flow(task_length=9, task_width=8, task_bias=2.0, rate=3e-3, clip=5.0, steps=500, seed=4)

    assert flow.experiment() == flow.adding()
    assert flow.adding() == Adding(
        length=9, width=8, forget_bias=2.0, rate=3e-3, clip=5.0, steps=500, seed=4
    )
    assert flow.adding().batch == AddingSettings().batch


def test_a_training_resumed_from_a_state_is_the_one_that_never_stopped():
    frames = list(BRIEF.stream())
    kept = [index for index, frame in enumerate(frames) if frame.state is not None]

    assert len(frames) == BRIEF.frame_count == 31
    assert kept == [0, 25, 30]  # the last one, so that what was learned can be kept
    resumed = list(BRIEF.stream(frames[25].state))
    assert packed(resumed, 26) == packed(frames)[26:]


def test_a_longer_training_begins_as_the_shorter_does():
    longer = replace(BRIEF, steps=400)

    assert BRIEF.shared_steps(longer) == longer.shared_steps(BRIEF) == 120
    assert BRIEF.shared_steps(replace(BRIEF, seed=4)) == -1
    assert BRIEF.shared_steps(Flow()) == -1


def test_a_frame_holds_the_errors_of_its_own_step():
    frames = {frame.step: frame for frame in islice(BRIEF.stream(), 3)}
    race = SideBySide(BRIEF)

    for step in (4, 8):
        while race.iteration < step:
            race.step()
        inputs, targets = race.validation.inputs.permute(1, 2, 0), race.validation.targets
        for cell in LEARNERS:
            errors = race.learners[cell].answers(inputs) - targets
            found = frames[step].scalars
            assert found[f"{cell}/validation"] == pytest.approx(float((errors**2).mean()))
            assert found[f"{cell}/loss"] == race.training_losses()[cell]
            assert found["step"] == step
    assert frames[4].scalars["lstm/validation"] != frames[8].scalars["lstm/validation"]


def test_every_learner_has_its_own_numbers_in_every_frame():
    for frame in islice(BRIEF.stream(), 3):
        for cell in LEARNERS:
            profile = frame.arrays[f"{cell}/profile"]
            assert profile.shape == (BRIEF.length + 1,)
            assert profile[0] == 1
            assert f"{cell}/validation" in frame.scalars
            assert (f"{cell}/loss" in frame.scalars) == (frame.step > 0)
