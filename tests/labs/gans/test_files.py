"""What is left of a match as files can be used without us."""

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
import torch
from safetensors.torch import load
from torch import nn

from explorer.labs.gans import tables
from explorer.labs.gans.data import points_text
from explorer.labs.gans.files import samples, weights
from explorer.labs.gans.match import Match

SMALL = Match(width=8, depth=2, batch=16, critic_steps=1, steps=100)


def last_state(match: Match) -> dict[str, np.ndarray]:
    return dict([frame.state for frame in match.stream() if frame.state is not None][-1])


@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_the_weights_play_in_plain_modules(normalisation: str):
    match = Match(
        width=8, depth=2, batch=16, critic_steps=1, steps=100, normalisation=normalisation
    )
    frame = list(match.stream())[-1]
    assert frame.state is not None
    stored = load(weights(match, frame.state))
    normal = {"none": [], "batch": [nn.BatchNorm1d(8)], "layer": [nn.LayerNorm(8)]}[normalisation]
    again = {"none": [], "batch": [nn.BatchNorm1d(8)], "layer": [nn.LayerNorm(8)]}[normalisation]
    biased = not normal
    generator = nn.Sequential(
        nn.Linear(2, 8, bias=biased), *normal, nn.ReLU(),
        nn.Linear(8, 8, bias=biased), *again, nn.ReLU(), nn.Linear(8, 2),
    )  # fmt: skip
    begin = "b.generator."
    mine = {k.removeprefix(begin): v for k, v in stored.items() if k.startswith(begin)}
    generator.load_state_dict(mine, strict=False)
    missing = set(generator.state_dict()) - set(mine)
    assert all(name.endswith("num_batches_tracked") for name in missing)

    noise = match.players()[1].game.evaluation_noise(512)
    with torch.no_grad():
        points = generator.eval()(noise)

    assert np.allclose(points.numpy(), frame.arrays["b/fake"], atol=1e-5)


def test_samples_are_those_of_the_picture():
    frame = list(SMALL.stream())[-1]
    assert frame.state is not None

    rows = list(csv.DictReader(StringIO(samples(SMALL, frame.state, 100).decode())))

    assert len(rows) == 200
    found = [[float(row["x"]), float(row["y"])] for row in rows if row["game"] == "b"]
    assert np.allclose(found, frame.arrays["b/fake"][:100], atol=1e-6)


ON_THE_WAY = {
    "plain": SMALL,
    "turned, forked, on a clock": Match(
        width=8, depth=2, batch=16, steps=100, third="r1", clock="time", spectral=True,
        optimizer="adam", changes="28:critic_steps=1;33:c.objective=hinge,activation=tanh",
    ),
    "conditional, normalised": Match(
        width=8, depth=1, batch=16, critic_steps=1, steps=100, conditional=True,
        normalisation="batch",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("match", "tick"),
    [
        ("plain", 25),
        ("plain", 49),
        ("turned, forked, on a clock", 37),
        ("turned, forked, on a clock", 49),
        ("conditional, normalised", 37),
    ],
)
def test_files_of_a_tick_between_two_kept_states_are_those_of_the_run_at_that_tick(match, tick):
    """Bit for bit: a run that ends at the tick keeps the state there, which this one does not."""
    match = ON_THE_WAY[match]
    kept = next(f.state for f in match.stream() if f.step == 25)
    there = list(replace(match, steps=tick).stream())[-1].state
    assert kept is not None
    assert there is not None

    assert samples(match, kept, 50, tick=tick) == samples(match, there, 50)
    assert weights(match, kept, tick=tick) == weights(match, there)
    played = {k: v for side in match.players_at(tick, kept) for k, v in side.state().items()}
    moved = [name for name in played if name.split("/")[1] in ("game", "clock")]
    assert len(moved) > 10
    for name in moved:
        assert played[name].tobytes() == there[name].tobytes(), name


def test_a_tick_that_a_state_does_not_lead_to_is_refused_in_one_line():
    kept = next(f.state for f in SMALL.stream() if f.step == 25)
    assert kept is not None

    for tick in (24, 101):
        with pytest.raises(ValueError, match=f"between 25 and 100, not {tick}"):
            samples(SMALL, kept, tick=tick)


def test_samples_of_a_table_have_its_units_and_header():
    text = "=height,weight\n" + "\n".join(f"{150 + k},{k % 7}" for k in range(40))
    table = tables.kept(tables.keep(text.encode()))
    match = Match(data="csv", points=points_text(table), width=8, depth=1, batch=16, steps=10)
    state = last_state(match)

    rows = list(csv.reader(StringIO(samples(match, state, 50, table).decode())))
    plain = list(csv.reader(StringIO(samples(match, state, 50).decode())))

    assert rows[0] == ["game", "height", "weight"]
    x, plain_x = (float(each[1][1]) for each in (rows, plain))
    assert x == pytest.approx(plain_x * float(table.scale[0]) + float(table.centre[0]))


def test_samples_of_a_labelled_column_say_its_words_in_the_shares_of_the_table():
    mark = tables.keep(
        b"x,kind\n" + b"".join(b"%d,%s\n" % (k, b"aab"[k % 3 :][:1]) for k in range(60))
    )
    reading = tables.Reading(labels=2)
    match = Match(
        data="csv",
        points=tables.points(mark, reading),
        width=8,
        depth=1,
        batch=16,
        steps=10,
        conditional=True,
    )

    text = samples(match, last_state(match), 90, tables.kept(mark, reading)).decode()
    rows = [row for row in csv.DictReader(StringIO(text)) if row["game"] == "a"]

    assert set(rows[0]) == {"game", "x", "label"}
    assert abs([row["label"] for row in rows].count("a") - 60) <= 2


def test_conditional_samples_carry_the_label_that_was_asked_for():
    match = Match(width=8, depth=1, batch=16, steps=10, conditional=True)

    rows = list(csv.DictReader(StringIO(samples(match, last_state(match), 16).decode())))

    assert [int(row["label"]) for row in rows[:16]] == [*range(8), *range(8)]


def test_too_many_samples_are_refused_in_one_line():
    with pytest.raises(ValueError, match="count must be between 1 and 100,000"):
        samples(SMALL, {}, 0)
