"""Pictures and films without a browser: what is drawn where, in which colour, how often."""

import itertools
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.figures.cells import scene
from explorer.figures.scene import (
    Arrows,
    Axis,
    Bars,
    Curve,
    Flow,
    FlowNode,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Points,
    Ranking,
    Rule,
    Scene,
    Surface,
    Tiles,
    Timeline,
)
from explorer.figures.theme import DARK, LIGHT
from explorer.runs.frames import Frame
from explorer.stage.paper.film import MOST_FRAMES, _nearest, _palette, film
from explorer.stage.paper.layout import place
from explorer.stage.paper.panels.numbers import _fit
from explorer.stage.paper.picture import picture
from explorer.stage.paper.plot.surface import contour
from explorer.stage.paper.sheet import Paper
from tests.stage import recordings
from tests.stage.chromium import chromium  # noqa: F401

FOOT = 400  # px above the line that says which moment it is
SQUARE = (Axis(-1, 1), Axis(-1, 1))
STILL = Frame(0)


def shot(panel: Panel, *frames: Frame, at: int = -1, dark: bool = False) -> np.ndarray:
    """Return the pixels of a scene with one panel."""
    grid = Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), (panel.area,))
    drawn = picture(Scene((panel,), grid, grid), STILL, frames, at, dark=dark, size=(400, 436))
    return np.asarray(drawn, float)[:FOOT]


def plotted(
    *marks: Mark, arrays: dict[str, np.ndarray] | None = None, square: bool = True, **axes: Axis
) -> np.ndarray:
    x, y = axes.get("x", SQUARE[0]), axes.get("y", SQUARE[1])
    plot = Plot("plot", "", marks, x=x, y=y, square=square)
    return shot(plot, Frame(0, arrays or {}))


def covered(pixels: np.ndarray, colour: str, tolerance: float = 12) -> np.ndarray:
    """Return which pixels have a colour."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.abs(pixels - wanted).max(-1) <= tolerance


def middle(mask: np.ndarray) -> np.ndarray:
    """Return the mean column and row of what is covered."""
    rows, columns = np.nonzero(mask)
    assert len(rows), "nothing of this colour is in the picture"
    return np.array([columns.mean(), rows.mean()])


def dot(x: float, y: float, role: str = "real", size: float = 5.0) -> np.ndarray:
    cloud = {"cloud": np.array([[x, y]])}
    pixels = plotted(Points("cloud", role, size=size, opacity=1.0), arrays=cloud)
    return middle(covered(pixels, LIGHT[role]))


# ------------------------------------------------------------------------------------------ plots


def test_a_point_has_its_colour_where_it_lies():
    centre, right, up = dot(0, 0), dot(0.5, 0), dot(0, 0.5)

    unit = right[0] - centre[0]
    assert unit > 60
    np.testing.assert_allclose(right, centre + np.array([unit, 0]), atol=0.6)
    np.testing.assert_allclose(
        up, centre - np.array([0, unit]), atol=0.6
    )  # y runs up, and as long as x
    np.testing.assert_allclose(dot(-0.5, -0.5), centre + np.array([-unit, unit]), atol=0.6)


def test_generated_points_have_another_colour_than_data_in_both_themes():
    cloud = Frame(0, {"data": np.array([[-0.5, 0.0]]), "made": np.array([[0.5, 0.0]])})
    marks = (Points("data", "real", 8, 1.0), Points("made", "fake", 8, 1.0))
    plot = Plot("plot", "", marks, x=SQUARE[0], y=SQUARE[1], square=True)
    for dark, palette in ((False, LIGHT), (True, DARK)):
        pixels = shot(plot, cloud, dark=dark)
        real, fake = covered(pixels, palette["real"]), covered(pixels, palette["fake"])
        assert middle(real)[0] + 100 < middle(fake)[0]


def test_nothing_of_a_plot_lies_outside_its_frame():
    far = np.array([[x, y] for x in (-1.02, 0, 1.02) for y in (-1.02, 0, 1.02)])
    marks = (Points("cloud", "real", 9, 1.0), Arrows("cloud", "pull", "fake", longest=9))
    pixels = plotted(*marks, arrays={"cloud": far, "pull": 0.8 * far})
    inside = covered(plotted(arrays={}), LIGHT["card"], 2)
    rows, columns = np.nonzero(inside)
    outside = np.ones(inside.shape, bool)
    outside[rows.min() - 1 : rows.max() + 2, columns.min() - 1 : columns.max() + 2] = False

    assert not (outside & (covered(pixels, LIGHT["real"]) | covered(pixels, LIGHT["fake"]))).any()


def test_the_first_row_of_a_surface_lies_at_the_low_end_of_y():
    values = np.array([[1.0, 1.0], [-1.0, -1.0]])
    pixels = plotted(Surface("values", (-1, 1, -1, 1), low=-1, high=1), arrays={"values": values})

    high, low = covered(pixels, LIGHT["high"], 4), covered(pixels, LIGHT["low"], 4)
    assert middle(high)[1] > middle(low)[1] + 150


def test_the_middle_of_a_surface_has_the_colour_of_paper_wherever_the_ends_are():
    values = np.linspace(-1, 9, 41)[None, :].repeat(2, 0)
    surface = Surface("values", (-1, 1, -1, 1), middle=0.0)
    pixels = plotted(surface, arrays={"values": values})
    row = pixels[200]
    paper = np.nonzero(covered(row, LIGHT["card"], 3))[0]

    assert middle(covered(pixels, LIGHT["low"], 6))[0] < paper.mean()
    assert (paper.mean() - 20) / 360 == pytest.approx(
        0.1, abs=0.03
    )  # a tenth of the way from −1 to 9


def test_level_lines_of_a_cone_are_circles():
    side = np.linspace(-1, 1, 61)
    values = np.hypot(*np.meshgrid(side, side))
    points = np.array(list(itertools.chain(*contour(values, 0.5, side, side))))

    assert len(points) > 100
    np.testing.assert_allclose(np.hypot(*points.T), 0.5, atol=1e-3)
    assert np.abs(points).max(0) == pytest.approx([0.5, 0.5], abs=0.02)


def test_an_arrow_is_as_long_as_its_vector_until_it_is_cut():
    def reach(vector: float, longest: float) -> float:
        arrays = {"tails": np.array([[-0.5, 0.0]]), "pull": np.array([[vector, 0.0]])}
        pixels = plotted(Arrows("tails", "pull", "fake", longest=longest), arrays=arrays)
        columns = np.nonzero(covered(pixels, LIGHT["fake"], 190))[1]
        return (columns.max() - columns.min()) / (dot(0.5, 0)[0] - dot(-0.5, 0)[0])

    assert reach(0.4, 1.0) == pytest.approx(0.4, abs=0.03)
    assert reach(0.8, 1.0) == pytest.approx(0.8, abs=0.03)
    assert reach(0.8, 0.5) == pytest.approx(0.5, abs=0.03)


def test_on_a_log_axis_equal_ratios_are_equally_far_apart():
    def height(value: float) -> float:
        curve = Curve("y", "rnn_tanh", dashed=False)
        pixels = plotted(
            curve,
            arrays={"y": np.full(5, value)},
            square=False,
            y=Axis(1e-4, 1.0, log=True),
            x=Axis(0, 4),
        )
        return middle(covered(pixels, LIGHT["rnn_tanh"]))[1]

    heights = [height(10.0**-k) for k in (1, 2, 3)]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], abs=1)
    assert heights[1] - heights[0] > 40


def test_a_history_ends_at_the_playhead():
    frames = [Frame(step, {}, {"loss": 0.5}) for step in range(101)]
    plot = Plot("plot", "", (History("loss", "lstm"),), x=Axis(0, None), y=Axis(0, 1))

    def ends(at: int) -> tuple[int, int]:
        columns = np.nonzero(covered(shot(plot, *frames, at=at), LIGHT["lstm"]))[1]
        return columns.min(), columns.max()

    (start, half), (same, end) = ends(50), ends(100)
    assert start == same
    assert (half - start) / (end - start) == pytest.approx(0.5, abs=0.02)


def test_a_gap_in_a_curve_stays_a_gap():
    values = np.array([0.5, 0.5, math.nan, 0.5, 0.5])
    pixels = plotted(
        Curve("y", "rnn_tanh", dashed=False),
        arrays={"y": values},
        square=False,
        y=Axis(0, 1),
        x=Axis(0, 4),
    )
    columns = covered(pixels, LIGHT["rnn_tanh"]).any(0)
    first, last = np.nonzero(columns)[0][[0, -1]]

    assert columns[first : last + 1].mean() == pytest.approx(0.5, abs=0.06)


def test_bars_are_as_high_as_their_values():
    heights = np.array([0.2, 0.8, 0.4])
    pixels = plotted(Bars("n", "gru"), arrays={"n": heights}, square=False, x=Axis(), y=Axis(0, 1))
    mask = covered(pixels, LIGHT["gru"])
    columns = np.nonzero(mask.any(0))[0]
    groups = np.split(columns, np.nonzero(np.diff(columns) > 3)[0] + 1)
    measured = np.array([mask[:, group].sum(0).max() for group in groups])

    np.testing.assert_allclose(measured / measured.max(), heights / heights.max(), atol=0.02)


def test_a_rule_lies_at_its_value():
    line = plotted(Rule(0.25, "warn"), square=False, y=Axis(0, 1), x=Axis(0, 1))
    ends = [
        middle(
            covered(
                plotted(Rule(v, "warn"), square=False, y=Axis(0, 1), x=Axis(0, 1)), LIGHT["warn"]
            )
        )
        for v in (0.0, 1.0)
    ]

    share = (middle(covered(line, LIGHT["warn"]))[1] - ends[0][1]) / (ends[1][1] - ends[0][1])
    assert share == pytest.approx(0.25, abs=0.01)


# ------------------------------------------------------------------------------- the other panels


@pytest.mark.parametrize(("dark", "palette"), [(False, LIGHT), (True, DARK)])
def test_a_heat_map_shows_each_value_as_a_share_of_its_colour(dark, palette):
    values = np.random.default_rng(1).random((3, 4))  # rows × moments
    frames = [Frame(k, {"gate": values[:, k]}) for k in range(4)]
    panel = Timeline("map", "gate", "gate", scale="role", role="forget", low=0, high=1)
    pixels = shot(panel, *frames, at=3, dark=dark)
    # The map runs from margin to margin, under its title and above the line at the bottom.
    left, top, right, bottom = 20, 44, 380, 400
    card, full = (
        np.array([int(palette[r][i : i + 2], 16) for i in (1, 3, 5)]) for r in ("card", "forget")
    )
    for row, column in itertools.product(range(3), range(3)):
        x = round(left + (column + 0.5) * (right - left) / 4)
        y = round(top + (row + 0.5) * (bottom - top) / 3)
        expected = card + values[row, column] * (full - card)
        np.testing.assert_allclose(pixels[y, x], expected, atol=2)


def test_the_bars_of_a_ranking_are_as_long_as_their_values():
    values = np.array([0.6, 0.3, 0.1])
    panel = Ranking("next", "next", "p", ("a", "b", "c"), role="accent")
    mask = covered(shot(panel, Frame(0, {"p": values})), LIGHT["accent"])
    rows = np.nonzero(mask.any(1))[0]
    lengths = [
        mask[group].sum(1).max() for group in np.split(rows, np.nonzero(np.diff(rows) > 1)[0] + 1)
    ]

    np.testing.assert_allclose(np.array(lengths) / lengths[0], values / values[0], atol=0.04)


def test_a_box_of_a_flow_is_filled_with_its_colour_where_it_is_lit():
    nodes = (FlowNode("g", 0, 0, "G", "fake"), FlowNode("d", 1, 1, "D", "critic"))
    panel = Flow("flow", "", nodes, (("g", "d"),), "lit")
    for lit in ([0, 0], [1, 0], [0, 1]):
        pixels = shot(panel, Frame(0, {"lit": np.array(lit, float)}))
        for node, on in zip(nodes, lit, strict=True):
            share = covered(pixels, LIGHT[node.role]).mean()
            assert share > 0.15 if on else share < 0.03
        column, row = middle(covered(pixels, LIGHT["critic"]))
        assert min(column, row) > 200  # the second box stands at the right, below


def test_tiles_are_small_pictures_side_by_side():
    tiles = np.zeros((2, 4, 4))
    tiles[1, :, :2] = 1.0
    dark = covered(shot(Tiles("t", "", "tiles", 2), Frame(0, {"tiles": tiles})), LIGHT["ink"], 3)
    rows, columns = np.nonzero(dark[:380])

    assert columns.min() > 195  # the left half of the second picture, which stands at the right
    assert (rows.max() - rows.min()) == pytest.approx(2 * (columns.max() - columns.min()), abs=3)


def test_a_tile_with_three_channels_is_in_colour():
    tiles = np.zeros((1, 2, 2, 3))
    tiles[0, 0, 0], tiles[0, 1, 1] = (1.0, 0.0, 0.0), (0.0, 0.5, 1.0)
    pixels = shot(Tiles("t", "", "tiles", 1), Frame(0, {"tiles": tiles}))

    red, blue = covered(pixels, "#ff0000", 3), covered(pixels, "#0080ff", 3)
    (left, top), (right, bottom) = middle(red), middle(blue)
    assert red.sum() == pytest.approx(blue.sum(), rel=0.02)
    assert left < right
    assert top < bottom


def test_a_card_is_tinted_by_its_verdict():
    card = Number("modes", "modes held", "of", of=8, good_from=8, bad_to=4)
    for value, role in ((8, "good"), (3, "warn")):
        pixels = shot(Numbers("n", (card,)), Frame(0, {}, {"modes": value}))
        assert covered(pixels, LIGHT[role]).sum() > 20
        other = "warn" if role == "good" else "good"
        assert covered(pixels, LIGHT[other]).sum() == 0


@pytest.mark.parametrize(
    ("cell", "frames", "gate"),
    [("lstm", recordings.lstm_frames(), "forget"), ("gru", recordings.gru_frames(), "update")],
)
def test_a_stage_fills_its_gate_and_only_that(cell, frames, gate):
    letters = sorted(set(recordings.TEXT))
    whole = scene(cell, list(recordings.TEXT), 12, letters)
    lit = {
        p.name
        for p in next(p for p in whole.panels if p.kind == "diagram").nodes
        if p.shape == "gate"
    }
    at = [s.name for s in next(p for p in whole.panels if p.kind == "diagram").stages].index(gate)
    pixels = np.asarray(picture(whole, STILL, frames, 5, stage=at), float)[:, :880]
    areas = {name: int(covered(pixels, LIGHT[name], 4).sum()) for name in lit}

    assert max(areas, key=areas.__getitem__) == gate
    assert areas.pop(gate) > 3 * max(areas.values())


# ----------------------------------------------------------------------------------- the whole


tracks = st.sampled_from(["minmax(0, 1fr)", "2fr", "auto", "90px", "minmax(120px, 0.5fr)"])


@given(st.lists(tracks, min_size=1, max_size=4), st.lists(tracks, min_size=1, max_size=4))
def test_panels_never_cover_each_other(columns, rows):
    names = [[f"p{i}x{j}" for j in range(len(columns))] for i in range(len(rows))]
    panels = tuple(Ranking(name, "", "p", ()) for row in names for name in row)
    grid = Grid(tuple(columns), tuple(rows), tuple(map(" ".join, names)))
    heights = {panel.area: 130.0 for panel in panels}
    boxes = place(Scene(panels, grid, grid), heights, (0, 0, 1600, 1200))

    assert set(boxes) == {panel.area for panel in panels}
    for one, other in itertools.combinations(boxes.values(), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart


def test_a_panel_named_in_several_cells_spans_them():
    panels = (Ranking("a", "", "p", ()), Ranking("b", "", "p", ()), Ranking("c", "", "p", ()))
    grid = Grid(("1fr", "1fr"), ("1fr", "1fr"), ("a b", "a c"))
    boxes = place(Scene(panels, grid, grid), {}, (0, 0, 1000, 600))

    assert boxes["a"][1] == boxes["b"][1]
    assert boxes["a"][3] == boxes["c"][3]
    assert boxes["b"][3] < boxes["c"][1]


def test_a_dark_picture_has_the_dark_ground():
    plot = Plot("plot", "", ())
    for dark, palette in ((False, LIGHT), (True, DARK)):
        assert covered(shot(plot, Frame(0), dark=dark), palette["background"], 0).mean() > 0.5


def test_the_picture_says_which_moment_it_shows():
    plot = Plot("plot", "", ())
    grid = Grid(("1fr",), ("1fr",), ("plot",))
    whole = Scene((plot,), grid, grid, clock="character")
    first, later, same = (
        np.asarray(picture(whole, STILL, [Frame(step)], size=(400, 436))) for step in (1, 2, 2)
    )

    assert (later == same).all()
    rows, columns = np.nonzero((first != later).any(-1))
    assert rows.min() > FOOT
    assert columns.min() > 200


@pytest.mark.parametrize(
    "draw", [lambda s: picture(s, STILL, []), lambda s: film(s, STILL, [], "a.gif")]
)
def test_without_frames_there_is_nothing_to_show(draw):
    grid = Grid(("1fr",), ("1fr",), ("plot",))
    with pytest.raises(ValueError, match=r"^a run without frames has nothing to show$"):
        draw(Scene((Plot("plot", "", ()),), grid, grid))


# ------------------------------------------------------------------------------------------ films


def run(count: int) -> tuple[Scene, list[Frame]]:
    plot = Plot("plot", "", (History("loss", "lstm"),), x=Axis(0, None))
    grid = Grid(("1fr",), ("1fr",), ("plot",))
    return Scene((plot,), grid, grid), [Frame(i, {}, {"loss": 1 / (i + 1)}) for i in range(count)]


def test_a_gif_has_a_picture_of_every_frame_and_runs_for_ever(tmp_path):
    whole, frames = run(12)

    assert film(whole, STILL, frames, tmp_path / "run.gif", size=(240, 160)) == 12
    with Image.open(tmp_path / "run.gif") as found:
        assert (found.n_frames, found.size, found.info["loop"]) == (12, (240, 160), 0)


def test_the_pictures_of_a_gif_are_those_of_the_frames(tmp_path):
    whole, frames = run(6)
    film(whole, STILL, frames, tmp_path / "run.gif", size=(240, 160))
    with Image.open(tmp_path / "run.gif") as found:
        for i in range(6):
            found.seek(i)
            expected = np.asarray(picture(whole, STILL, frames, i, size=(240, 160)), float)
            assert np.abs(np.asarray(found.convert("RGB"), float) - expected).mean() < 3


def test_a_long_run_is_thinned_but_keeps_its_end(tmp_path):
    whole, frames = run(2 * MOST_FRAMES + 3)
    shown = film(whole, STILL, frames, tmp_path / "run.gif", size=(120, 80))

    assert shown == len(range(0, len(frames), 4)) + (len(frames) % 4 != 1)
    with Image.open(tmp_path / "run.gif") as found:
        found.seek(shown - 1)
        last = np.asarray(found.convert("RGB"), float)
    expected = np.asarray(picture(whole, STILL, frames, size=(120, 80)), float)
    assert np.abs(last - expected).mean() < 4


def test_a_film_needs_a_suffix_that_is_known(tmp_path):
    whole, frames = run(2)
    wanted = r"^unknown suffix '\.avi' of 'run\.avi'; choose from \.gif, \.mp4$"
    with pytest.raises(ValueError, match=wanted):
        film(whole, STILL, frames, tmp_path / "run.avi")


def test_without_the_encoder_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    whole, frames = run(2)
    with pytest.raises(ModuleNotFoundError, match="pip install imageio-ffmpeg") as told:
        film(whole, STILL, frames, tmp_path / "run.mp4")

    assert "\n" not in str(told.value)
    assert not (tmp_path / "run.mp4").exists()


def test_an_mp4_has_a_picture_of_every_frame(tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="imageio-ffmpeg is not installed")
    whole, frames = run(9)
    film(whole, STILL, frames, tmp_path / "run.mp4", size=(241, 161))

    count, _ = ffmpeg.count_frames_and_secs(str(tmp_path / "run.mp4"))
    assert count == 9


def test_a_film_has_the_colours_of_all_its_pictures_and_none_flickers(tmp_path):
    """A map turns from its lowest colour to its highest; what stands still keeps its colour."""
    surface = Surface("s", (-1, 1, -1, 1), scale="sequential", low=0.0, high=1.0)
    panel = Plot("p", "", (surface,), x=SQUARE[0], y=SQUARE[1], square=True)
    grid = Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("p",))
    whole = Scene((panel,), grid, grid)
    values = np.linspace(0, 1, 41)
    there = np.concatenate([values, values[::-1]])  # only the middle has the highest colours
    frames = [Frame(i, {"s": np.full((4, 4), value)}) for i, value in enumerate(there)]
    film(whole, STILL, frames, tmp_path / "film.gif", size=(240, 276))

    with Image.open(tmp_path / "film.gif") as written:
        for i in (0, 20, 40, 60, 81):
            written.seek(i)
            seen = np.asarray(written.convert("RGB"), int)
            exact = np.asarray(picture(whole, STILL, frames, i, size=(240, 276)), int)
            assert np.abs(seen[120, 120] - exact[120, 120]).max() <= 4, i
            assert (seen[2, 2] == exact[2, 2]).all()  # the ground


def test_a_palette_keeps_what_is_frequent_and_stands_near_all_the_rest():
    rng = np.random.default_rng(0)
    shades = np.unique(rng.integers(0, 2**24, 5_000))
    grounds = np.array([0xFBFCFD, 0xFFFFFF, 0x1C2430])
    counts = np.zeros(2**24, np.uint32)
    counts[shades], counts[grounds] = 1, 100_000
    known = np.flatnonzero(counts)

    palette = _palette(known, counts)
    nearest = palette[_nearest(known, palette)].astype(int)
    exact = np.stack([known >> 16, known >> 8 & 255, known & 255], -1)

    assert palette.shape == (256, 3)
    for ground in grounds:
        assert (nearest[known == ground] == exact[known == ground]).all()
    brute = np.linalg.norm(exact[:200, None] - palette.astype(int)[None], axis=-1).min(1)
    assert np.linalg.norm(exact[:200] - nearest[:200], axis=-1) == pytest.approx(brute)


@pytest.mark.parametrize("value", [4.8e-12, -1.25e-20, 0.5])
def test_a_number_fits_its_card_however_narrow(value):
    cards = [Number("n", "good", bound="floor 0.0823") for _ in range(6)]
    seen = shot(Numbers("p", tuple(cards)), Frame(0, {}, {"n": value}))

    card = (400 - 40 + 8) / 6
    for i in range(1, 6):
        gap = seen[24:84, round(20 + i * card - 6) : round(20 + i * card - 2)]
        assert np.ptp(gap, axis=(0, 1)).max() < 16, i  # nothing but the ground between two cards


def test_a_number_under_a_card_is_left_out_rather_than_cut():
    paper = Paper(200, 100, LIGHT)
    written: list[str] = []
    paper.text = lambda x, y, words, *rest: written.append(words)
    for room in (300.0, 62.0, 45.0, 10.0):
        _fit(paper, 0, 20, "floor 0.0823", room, "mute")

    assert written == ["floor 0.0823", "floor 0.0823", "floor…", ""]
