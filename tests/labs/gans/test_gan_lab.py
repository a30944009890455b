"""The link of the lab, and the data that it can name."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.dials import Dial, dials, turned, values
from explorer.gans.dirac import DIRAC_GAMES
from explorer.gans.settings import Hyperparameters
from explorer.labs.gans import data, tables
from explorer.labs.gans.deep import Critics
from explorer.labs.gans.dirac import Portrait
from explorer.labs.gans.match import Match
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.slow import Iteration
from explorer.labs.gans.tables import Reading, shelf
from explorer.labs.gans.tables.reading import ALONE
from explorer.labs.gans.turning import SIDES
from explorer.runs import links

TABLE = "height,weight\n" + "\n".join(f"{k},{(k * 7) % 11}" for k in range(40))


NUMBERS = {name: row for name, row in dials(GanLab).items() if row.low is not None}


def test_a_link_brings_the_lab_back():
    lab = GanLab(data="drawn", drawing="0,0 100,50;20,-30", third="r1", clock="time", theta=0.7)
    lab = lab.turn(300, replace(lab, one_sided=True)).fork(400, "a", objective="hinge")

    opened = links.decode(GanLab, links.encode(lab))

    assert opened.settings == lab
    assert not opened.problems


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_its_range_is_named_in_one_line(name: str):
    for wrong in (NUMBERS[name].low - 1, NUMBERS[name].high + 1):
        with pytest.raises(ValueError, match=f"{name} must be between") as refused:
            turned(GanLab(), {name: wrong})

        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_a_page_offers_is_within_what_is_allowed(name: str):
    row = NUMBERS[name]
    least, most = row.ends

    assert row.low <= least <= most <= row.high
    turned(GanLab(), {name: least})
    turned(GanLab(), {name: most})


@pytest.mark.parametrize("name", ["theta", "generator_rate", "clip", "dirac_h"])
def test_a_real_number_that_is_none_is_refused(name: str):
    with pytest.raises(ValueError, match=f"{name} must be a number, not nan"):
        turned(GanLab(), {name: float("nan")})


def test_every_setting_of_a_link_has_a_row_with_a_label_of_its_own():
    """Two dials of one label could not be told apart in a view; an experiment has its own."""
    rows = dials(GanLab)

    assert set(rows) == set(values(GanLab()))
    shared_by_all = [row.label for name, row in rows.items() if name in values(Match())]
    assert len(set(shared_by_all)) == len(shared_by_all)
    assert all(shared_by_all)


def test_a_game_is_told_every_dial_that_all_games_share_without_a_line_for_it():
    """Each is turned to another value, and the game has it."""
    for name, row in dials(Hyperparameters).items():
        before = values(GanLab())[name]
        other = _another(row, before)
        game = turned(GanLab(), {name: other}).settings("b")

        assert values(game)[name] == other != before, name


def _another(row: Dial, before: object) -> object:
    if isinstance(before, bool):
        return not before
    some = row.names or (row.low, row.high)
    return next(value for value in some if value != before)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"data": "rings"}, "unknown data 'rings'; choose from 'ring'"),
        ({"second": ""}, "unknown second ''"),
        ({"fourth": "r1"}, "a fourth game needs a third"),
        ({"data": "moons", "conditional": True}, "two moons: this data has no labels"),
        ({"data": "drawn", "drawing": ""}, "the drawing is empty"),
        ({"data": "drawn", "drawing": "5,5"}, "the drawing is a single point"),
        ({"drawing": "5;rm -rf"}, "a drawing must read"),
        ({"drawing": "9" * 3000}, "drawing must have at most 1,900 characters"),
        ({"upload": "../../etc/passwd"}, "mark of an uploaded table"),
        ({"steps": 0}, "steps must be between 10"),
        ({"slow_moves": "jgx"}, "slow_moves must be letters of 'jgb'"),
        ({"generator_rate": float("inf")}, "generator_rate must be a number, not inf"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(given: dict, sentence: str):
    with pytest.raises(ValueError, match=sentence) as refused:
        turned(GanLab(), given)

    assert "\n" not in str(refused.value)


def test_a_table_that_is_not_here_is_a_sentence_and_not_a_broken_link():
    nothing, gone = GanLab(data="csv"), GanLab(data="csv", upload="0123456789abcdef")

    assert nothing.missing.startswith("there is no table yet")
    with pytest.raises(ValueError, match="not here any more: upload it again"):
        gone.match()


def test_an_uploaded_table_trains_in_another_process_without_the_shelf():
    mark = tables.keep(TABLE.encode())
    points = tables.kept(mark).points

    match = GanLab(data="csv", upload=mark).match()
    shelf._shelf.clear()

    sample = match.distribution().sample(500, torch.Generator().manual_seed(0))
    nearest = torch.cdist(sample, points).amin(dim=1)
    assert float(nearest.max()) < 0.03 * 5 + 1e-2


def test_how_a_table_is_read_is_in_the_link_and_makes_another_match():
    mark = tables.keep(b"a,b,kind\n1,5,x\n2,3,y\n4,4,x\n7,1,y\n")
    lab = GanLab(data="csv", upload=mark, table=Reading(x=2, y=1, labels=3), conditional=True)

    opened = links.decode(GanLab, links.encode(lab))

    assert opened.problems == ()
    assert opened.settings == lab
    assert {name for name in links.encode(lab) if name.startswith("table_")} == {
        "table_x",
        "table_y",
        "table_labels",
    }
    assert lab.match().points != GanLab(data="csv", upload=mark).match().points
    found, labels, classes = data.points_of(lab.match().points)
    assert (labels.tolist(), classes) == ([0, 1, 0, 1], 2)
    standard = (torch.tensor([1.0, 2, 4, 7]) - 3.5) / np.std([1, 2, 4, 7])
    torch.testing.assert_close(found[:, 1], standard.float(), atol=2e-3, rtol=0)


def test_a_reading_that_does_not_fit_the_table_is_a_sentence_and_not_a_broken_link():
    mark = tables.keep(TABLE.encode())

    lab = GanLab(data="csv", upload=mark, table=Reading(x=9), conditional=True)

    assert lab.missing.endswith("and no number 9")
    with pytest.raises(ValueError, match="and no number 9"):
        lab.match()


def test_a_column_of_a_table_is_learned_on_a_line():
    mark = tables.keep(TABLE.encode())

    found = GanLab(data="csv", upload=mark, table=Reading(y=ALONE)).match().distribution()

    assert found.kind == "line"
    assert found.sample(5, torch.Generator().manual_seed(0)).shape == (5, 1)


def test_a_drawing_survives_its_text_to_a_hundredth():
    strokes = [[(0.123, -1.5), (1.0, 2.0)], [(0.5, 0.5)]]

    back = data.strokes_of(data.drawing_text(strokes))

    for ours, theirs in zip(back, strokes, strict=True):
        assert np.allclose(ours, theirs, atol=0.0051)


def test_a_long_drawing_keeps_its_ends_and_fits_into_a_link():
    circle = [(np.cos(t), np.sin(t)) for t in np.linspace(0, 6, 5_000)]

    text = data.drawing_text([circle])
    back = data.strokes_of(text)[0]

    assert len(text) <= data.LONGEST_DRAWING
    assert np.allclose([back[0], back[-1]], [circle[0], circle[-1]], atol=0.0051)
    assert np.allclose(np.linalg.norm(back, axis=1), 1, atol=0.02)


def test_scattered_dots_beyond_a_link_are_refused():
    with pytest.raises(ValueError, match="more than a link holds"):
        data.drawing_text([[(k / 7, k / 3)] for k in range(1_000)])


def test_the_lines_stand_as_far_apart_as_told():
    points = (
        GanLab(data="lines", theta=0.6)
        .match()
        .distribution()
        .sample(100, torch.Generator().manual_seed(0))
    )

    assert torch.allclose(points[:, 0].abs(), torch.full((100,), 0.3))


@pytest.mark.parametrize("name", data.DATA)
def test_a_link_that_names_a_data_set_plays_that_one_and_no_other(name: str):
    link = {"data": name, "theta": "0.8", "drawing": "0,0 100,50"}
    opened = links.decode(GanLab, link)
    assert not opened.problems
    lab = opened.settings
    expected = data.DATA[name].given(
        theta=0.8, drawing="0,0 100,50", points=data.TWO_POINTS, cloud=data.DEFAULT_CLOUD, given=""
    )

    played = replace(lab.match(), points="") if not lab.missing else lab

    assert lab.distribution().name == played.distribution().name == name
    ours, theirs = (
        each.sample(40, torch.Generator().manual_seed(1))
        for each in (played.distribution(), expected)
    )
    assert torch.equal(ours, theirs)


def test_no_two_data_sets_are_called_alike_or_draw_the_same_points():
    entries = list(data.DATA.values())

    for what in ("name", "label", "formula"):
        assert len({getattr(each, what) for each in entries}) == len(entries)
    assert all(name == each.name for name, each in data.DATA.items())
    drawn = [tuple(each.sample(3, torch.Generator().manual_seed(1)).flatten()) for each in entries]
    assert len(set(map(str, drawn))) == len(entries)


@pytest.mark.parametrize("name", data.DATA)
def test_every_data_set_states_its_source_and_its_formula(name: str):
    entry = data.DATA[name]

    assert entry.source
    assert entry.formula
    assert entry.formula.count("{") == entry.formula.count("}")


def test_equal_titles_carry_their_letter_and_others_do_not():
    lab = GanLab(third="wasserstein_gp")

    assert [title for _, title, _ in lab.sides()] == ["GAN", "WGAN-GP B", "WGAN-GP C"]


def test_the_judge_can_have_betas_of_its_own():
    settings = GanLab(critic_beta1=0.0, beta1=0.5, beta2=0.99).settings("b")

    assert settings.betas == (0.5, 0.99)
    assert settings.critic_betas == (0.0, 0.99)
    assert GanLab().settings("b").critic_betas == (0.5, 0.9)


def test_every_view_has_its_experiment():
    lab = GanLab(
        slow=Iteration(side="b", step=7),
        dirac=Portrait(game="consensus"),
        seeds=9,
        seeds_steps=50,
        steps=70,
        deep=Critics(clip=0.1),
        seed=3,
    )

    assert (lab.taken_apart().side, lab.taken_apart().step) == ("b", 7)
    assert lab.dirac.game in DIRAC_GAMES
    assert (lab.many().seeds, lab.many().steps) == (9, 50)
    assert lab.match().steps == 70
    assert (lab.critics().clip, lab.critics().seed) == (0.1, 3)
    assert set(SIDES) == {"a", "b", "c", "d"}
