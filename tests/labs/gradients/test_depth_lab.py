"""Stacks on the page: their frames, true sentences, violins, and the remedies."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest

from explorer.figures.gradients.depth import answer, decades, depth_scene
from explorer.figures.scene import Curve, Number, Sentence
from explorer.gradients.depth import Depth, passes
from explorer.gradients.depth_learner import DepthTraining
from explorer.labs.gradients import Flow
from explorer.labs.gradients.depth import glimpse, measure, violin_layers
from explorer.labs.gradients.depth_words import called
from explorer.labs.gradients.remedies import PAIRS, REMEDIES, outcome, trials
from tests.figures.taking_apart import parts, templates_in

SMALL = {"width": 32, "samples": 32}
DEAD = Depth(layers=100, activation="relu", init="he", width=4, samples=4, seeds=1)
STACKS = {
    "as it opens": Depth(),
    "residual": Depth(residual=True, **SMALL),
    "dead": DEAD,
    "two layers": Depth(layers=2, **SMALL),
}


@pytest.mark.parametrize("name", STACKS)
def test_every_array_and_number_that_the_scene_reads_is_in_its_frame(name: str):
    frame = measure(STACKS[name])
    scene = depth_scene(frame)

    for part in parts(scene):
        if isinstance(part, Curve):
            assert {part.y, part.x, part.low, part.high} - {""} <= frame.arrays.keys()
        elif isinstance(part, Number):
            assert part.scalar in frame.scalars
        elif isinstance(part, Sentence):
            assert part.name in frame.sentences
    assert templates_in(scene.panels) <= frame.scalars.keys()
    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {area for row in rows for area in row} == {each.area for each in scene.panels}


@pytest.mark.parametrize(
    ("settings", "says", "look"),
    [
        (
            Depth(),
            ("**It vanishes.**", "dL/dW stays level", "the activations shrink on their way"),
            ("Theory: ×0.5685 a layer",),
        ),
        (
            Depth(activation="relu", init="he", norm="batch"),
            ("**It explodes.**", "dL/dW does the same"),
            ("no cure here", "Yang et al. 2019", "×1.211 a layer"),
        ),
        (
            Depth(activation="relu", init="he"),
            ("**It stays level.**", "dL/dW does the same"),
            ("Theory: ×1 a layer",),
        ),
        (
            Depth(activation="sigmoid", init="xavier"),
            ("**It vanishes.**", "dL/dW does the same"),
            ("Theory: ×0.2352 a layer",),
        ),
        (
            Depth(activation="linear", init="he", residual=True),
            ("**It explodes.**", "dL/dW stays level", "the activations grow on their way"),
            ("**No theory is drawn.**", "nothing holds the gradient either"),
        ),
        (Depth(activation="gelu", init="he"), ("**It stays level.**",), ("In some layer",)),
        (DEAD, ("**Nothing comes through.**",), ("leaky ReLU",)),
    ],
)
def test_sentences_are_true_of_the_numbers(
    settings: Depth, says: tuple[str, ...], look: tuple[str, ...]
):
    frame = measure(settings)

    assert all(each in frame.sentences["says"] for each in says)
    assert all(each in frame.sentences["look"] for each in look)


def test_a_gradient_is_called_level_within_a_factor_of_ten():
    ratios = (0.099, 0.101, 9.9, 10.1, math.nan)

    assert [called(r) for r in ratios] == ["vanishes", "level", "level", "explodes", "dead"]


def test_the_cards_are_the_ends_of_the_lines():
    frame = measure(Depth(layers=11, **SMALL))
    scalars, arrays = frame.scalars, frame.arrays

    assert scalars["dz"] == arrays["dz/typical"][0]
    assert scalars["factor"] ** 10 == pytest.approx(scalars["dz"])
    assert scalars["dw"] == arrays["dw/typical"][0]
    assert scalars["h"] == pytest.approx(arrays["h/typical"][-1] / arrays["h/typical"][0])
    assert scalars["predicted_factor"] ** 10 == pytest.approx(arrays["dz/theory"][0])
    distance = arrays["dz/typical"] / arrays["dz/theory"]
    assert scalars["apart"] == pytest.approx(max(distance.max(), 1 / distance.min()))
    off = abs(scalars["factor"] / scalars["predicted_factor"] - 1)
    assert scalars["off"] == pytest.approx(100 * off)


def test_the_band_is_one_deviation_of_the_logarithm_over_the_seeds():
    whole = measure(Depth(seeds=4, seed=2, **SMALL)).arrays
    each = np.array(
        [measure(Depth(seeds=1, seed=k, **SMALL)).arrays["dz/typical"][0] for k in (2, 3, 4, 5)]
    )

    assert whole["dz/typical"][0] == pytest.approx(np.exp(np.log(each).mean()))
    spread = np.exp(np.log(each).std(ddof=1))
    assert whole["dz/high"][0] == pytest.approx(whole["dz/typical"][0] * spread)
    assert whole["dz/low"][0] == pytest.approx(whole["dz/typical"][0] / spread)


def test_half_and_nine_tenths_of_all_values_lie_in_the_strips():
    arrays = measure(Depth(init="lsuv", activation="linear", seeds=1)).arrays

    assert arrays["z/75"] - arrays["z/25"] == pytest.approx(1.35, rel=0.2)  # of a normal one
    for low, high in (("5", "25"), ("25", "50"), ("50", "75"), ("75", "95")):
        assert (arrays[f"z/{low}"] <= arrays[f"z/{high}"]).all()


def test_sizes_of_gradients_are_those_of_their_entries_without_the_zeros():
    settings = Depth(activation="relu", init="he", layers=5, seeds=1, **SMALL)
    arrays, found = measure(settings).arrays, passes(settings, 0)

    for name, layers in (("dz", found.by_preactivation), ("dw", found.by_weights)):
        last = float(layers[-1].square().mean() ** 0.5)
        for layer, each in enumerate(layers):
            some = each[each != 0].abs() / last
            assert len(some) < each.numel() or name == "dw"  # ReLU closes half of the ways
            for percent in (5, 50, 95):
                below = (some <= arrays[f"{name}/{percent}"][layer]).double().mean()
                assert float(below) == pytest.approx(percent / 100, abs=0.01)


def test_what_a_norm_takes_out_is_rounding_and_not_in_the_strips():
    arrays = measure(Depth(norm="batch", activation="relu", init="he", seeds=1)).arrays

    assert arrays["dw/5"][0] > 1e-9  # pixels that are the same in the whole batch


def test_violins_of_gradients_are_histograms_of_logarithms_of_all_but_the_smallest_hundredth():
    settings = Depth(layers=4, seeds=1, **SMALL)
    arrays, found = measure(settings).arrays, passes(settings, 0)

    for name, layers in (("dz", found.by_preactivation), ("dw", found.by_weights)):
        outline, across = arrays[f"{name}/outline"], arrays[f"{name}/across"]
        ends = np.flatnonzero(np.isnan(across))
        last = float(layers[-1].square().mean() ** 0.5)
        sizes = (layers[0].abs() / last).numpy().ravel()
        sizes = sizes[sizes > 0]  # some pixels are the same in every digit
        first = outline[: ends[0]]
        assert first.max() == pytest.approx(sizes.max())
        most = np.sort(sizes)[int(np.ceil(0.01 * (len(sizes) - 1))) :]
        assert first.min() == pytest.approx(most[0])
        counts, edges = np.histogram(np.log10(most), 24)
        widest = np.nanargmax(across[: ends[0]])
        low, high = 10 ** edges[counts.argmax()], 10 ** edges[counts.argmax() + 1]
        assert low * 0.999 <= first[widest] <= high * 1.001


@pytest.mark.parametrize("layers", [2, 7, 20, 100])
def test_violins_stand_on_their_layers_and_never_touch(layers: int):
    arrays = measure(Depth(layers=layers, seeds=1, **SMALL)).arrays
    across, outline = arrays["z/across"], arrays["z/outline"]
    ends = np.flatnonzero(np.isnan(across))
    pieces = np.split(across, ends + 1)[:-1]
    middles = [(np.nanmin(piece) + np.nanmax(piece)) / 2 for piece in pieces]

    assert middles == pytest.approx([layer + 1 for layer in violin_layers(layers)])
    for left, right in pairwise(pieces):
        assert np.nanmax(left) < np.nanmin(right)
    first = outline[: ends[0]]
    assert first.min() < arrays["z/5"][0] < arrays["z/95"][0] < first.max()


def test_a_violin_is_widest_where_most_values_are():
    arrays = measure(Depth(activation="relu", init="he", seeds=1, **SMALL)).arrays
    end = np.flatnonzero(np.isnan(arrays["h/across"]))[0]
    widest = np.nanargmax(arrays["h/across"][:end])

    assert arrays["h/outline"][widest] == pytest.approx(0, abs=0.5)  # half of ReLU's are 0


def test_while_a_hand_moves_one_seed_is_drawn_and_it_says_so():
    flow = Flow(depth_width=16, depth_samples=16, depth_seeds=3, view="depth")
    moving, whole = (answer(flow, moving) for moving in (True, False))

    assert moving.coarse == "while it moves: 1 of 3 seeds, distributions of every 5th value"
    assert whole.coarse == ""
    one = measure(Depth(width=16, samples=16, seeds=1)).arrays["dz/typical"]
    assert np.array_equal(moving.frames[0].arrays["dz/typical"], one)
    assert not np.array_equal(whole.frames[0].arrays["dz/typical"], one)
    assert moving.frames[0].arrays["z/50"] == pytest.approx(
        [
            np.median(z.numpy().ravel()[::5])
            for z in passes(Depth(width=16, samples=16), 0).preactivations
        ]
    )


def test_of_a_large_stack_fewer_samples_are_drawn_meanwhile_and_it_says_so():
    large = Depth(layers=60, width=128, samples=128, seeds=1)
    frame, coarse = glimpse(large)

    assert coarse == "while it moves: 61 of 128 samples, distributions of every 5th value"
    assert 60 * 128**2 * 61 <= 60_000_000 < 60 * 128**2 * 62
    fewer = measure(Depth(layers=60, width=128, samples=61, seeds=1))
    assert np.array_equal(frame.arrays["dz/typical"], fewer.arrays["dz/typical"])


def test_the_axis_holds_all_that_is_drawn_and_ends_at_thirty_decades():
    frame = measure(Depth(**SMALL))
    low, high = decades(frame, ("dz", "dw"))
    lines = [frame.arrays[f"{name}/{part}"] for name in ("dz", "dw") for part in ("low", "high")]

    assert low <= np.min(lines) <= np.max(lines) <= high
    assert decades(measure(Depth(layers=100, activation="sigmoid", **SMALL)), ("dz",))[0] == 1e-30
    assert decades(measure(DEAD), ("dz",)) == (0.1, 10.0)


# ------------------------------------------------------------------------------- remedies


def test_each_remedy_turns_what_it_is_called_and_nothing_else():
    base = DepthTraining()
    turned = {
        "fewer": DepthTraining(layers=5),
        "relu": DepthTraining(activation="relu"),
        "xavier": DepthTraining(init="xavier"),
        "he": DepthTraining(init="he"),
        "lsuv": DepthTraining(init="lsuv"),
        "batch": DepthTraining(norm="batch"),
        "layer": DepthTraining(norm="layer"),
        "residual": DepthTraining(residual=True),
        "clip": DepthTraining(clip=1.0),
    }

    assert {name: remedy.on(base) for name, remedy in REMEDIES.items()} == turned
    assert REMEDIES["fewer"].on(Depth(layers=2)).layers == 2
    undone = {("xavier", "he"), ("xavier", "lsuv"), ("he", "lsuv"), ("batch", "layer")}
    assert set(PAIRS) == set(combinations(REMEDIES, 2)) - undone


def test_a_trial_is_the_measurement_of_the_stack_with_the_remedy():
    base = Depth(layers=8, seeds=2, norm="batch", **SMALL)
    found = {trial.label: trial for trial in trials(base)}
    he = measure(Depth(layers=8, seeds=2, norm="batch", init="he", **SMALL)).scalars

    assert found["He"].outcome.dz == pytest.approx(he["dz"])
    assert found["He"].outcome.dw == pytest.approx(he["dw"])
    assert found["He"].outcome.factor == pytest.approx(he["factor"])
    assert found["He"].times == pytest.approx(he["dz"] / measure(base).scalars["dz"])
    assert not found["batch norm"].changes
    assert found["batch norm"].times == 1
    assert found["ReLU and batch norm"].changes
    with_clip = 1 + sum("clip" in pair for pair in PAIRS)
    assert len(found) == 1 + len(REMEDIES) + len(PAIRS) - with_clip


def test_a_stack_without_a_gradient_has_no_outcome_and_breaks_no_table():
    assert outcome(DEAD).does == "dead"
    assert all(math.isnan(trial.times) for trial in trials(DEAD) if trial.label != "as it stands")


def test_the_table_rests_on_three_seeds_at_most():
    many, three = (next(trials(Depth(layers=4, seeds=n, **SMALL))) for n in (6, 3))

    assert many == three
