"""The script runs on its own and gives the numbers of the match."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from explorer.dials import dials, values
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.labs.gans.data import DATA, TWO_POINTS
from explorer.labs.gans.match import Match
from explorer.labs.gans.script import as_script

EVERYTHING = Match(
    width=8, depth=2, batch=16, steps=50, first="least_squares", second="wasserstein_clip",
    third="minimax", fourth="r1", spectral=True, conditional=True, noise="uniform", noise_dim=3,
)  # fmt: skip
TURNED = Match(
    width=16, depth=2, batch=32, steps=50, data="moons", normalisation="layer", pairs="optimal",
    first_steps=1, fourth="hinge", third="wasserstein_gp", clock="updates",
    changes="3:critic_steps=1,beta1=0.9;6:first=r1,optimizer=sgd,activation=tanh",
)  # fmt: skip


COMPARED = Match(
    width=8, depth=2, batch=16, steps=50, first="relativistic_paired", r1_weight=0.3,
    second="relativistic_average", third="non_saturating", conditional=True, activation="tanh",
    changes="4:c.objective=relativistic_paired",
)  # fmt: skip


@pytest.mark.parametrize(
    ("match", "shifted"),
    [(EVERYTHING, "b"), (TURNED, "bcd"), (COMPARED, "")],
    ids=["everything", "turned", "compared"],
)
def test_the_script_alone_gives_the_same_first_steps(match: Match, shifted: str, tmp_path: Path):
    """``shifted``: games whose judge is known up to a constant, which rounding moves."""
    path = tmp_path / "games.py"
    path.write_text(as_script(match, link='/gans?drawing="""'), encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, cwd=tmp_path, check=True
    )

    columns, *rows = [line.split(",") for line in ran.stdout.split()]
    frames = list(match.stream())
    compared = 0
    for tick, row in ((int(row[0]), row) for row in rows):
        for name, text in zip(columns[1:], row[1:], strict=True):
            unknown = name.endswith("generator_loss") and name[0] in shifted
            if text in ("", "nan") or unknown or (tick > 5 and not name.endswith("w1")):
                continue
            tolerance = 2e-4 if tick <= 5 else 5e-2  # games amplify rounding
            wanted = frames[tick].scalars[name]
            assert float(text) == pytest.approx(wanted, rel=tolerance, abs=tolerance)
            compared += 1
    assert compared >= 30


def executed(match: Match, ticks: int | None = None) -> dict:
    """What the script defines, without running its games."""
    module = ModuleType("script")
    before = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:  # a dataclass looks its module up
        patch.setitem(sys.modules, "script", module)
        exec(compile(as_script(match, ticks=ticks), "script", "exec"), vars(module))
    torch.set_num_threads(before)
    return vars(module)


@pytest.mark.parametrize("name", DATA)
def test_the_script_draws_the_very_points_of_the_data_set_that_is_named(name: str):
    match = Match(data=name, width=8, depth=1, batch=16, points=TWO_POINTS, theta=0.7)
    own = {"drawing": match.drawing, "cloud": match.cloud, "given": ""}
    data = DATA[name].given(theta=0.7, points=TWO_POINTS, **own)

    points, labels = executed(match)["sample"](50, torch.Generator().manual_seed(3))

    assert torch.equal(points, data.sample(50, torch.Generator().manual_seed(3)))
    if data.classes:
        expected = data.sample_labelled(50, torch.Generator().manual_seed(3))[1]
        assert torch.equal(labels, expected)
    else:
        assert labels is None


OUTPUTS = torch.randn(2, 16, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_script_has_the_losses_and_the_rules_of_the_objective_that_is_named(name: str):
    """Of that one and of the other that plays, and of none that does not."""
    ours = OBJECTIVES[name]
    found = executed(Match(first=name, second=name, width=8, depth=1, batch=16))["OBJECTIVES"]

    assert list(found) == [name]
    for loss in ("judge_loss", "generator_loss"):
        wanted, told = getattr(ours, loss)(*OUTPUTS), getattr(found[name], loss)(*OUTPUTS)
        assert torch.equal(told, wanted)
    for rule in ("penalty", "weighed_by", "clips", "relativistic"):
        assert getattr(found[name], rule) == getattr(ours, rule)


def test_the_script_starts_with_every_dial_of_each_game_under_its_name():
    match = Match(width=8, depth=2, batch=16, second="r1", r1_weight=0.3, noise="uniform")
    text = as_script(match)
    namespace: dict = {"__name__": "script"}
    before = torch.get_num_threads()
    exec(compile(text, "script", "exec"), namespace)
    torch.set_num_threads(before)

    for side in "ab":
        wanted = {n: v for n, v in values(match.settings(side)).items() if n != "seed"}
        assert namespace["START"][side] == {**wanted, "cost": 1.0}
        for name, value in wanted.items():
            assert f"        {name!r}: {value!r},  # {dials(GameSettings)[name].name}\n" in text


def test_the_script_of_a_tick_ends_there_and_turns_nothing_after_it():
    match = Match(width=8, depth=1, batch=16, changes="5:critic_steps=1;40:beta1=0.9")

    found = executed(match, ticks=37)

    assert (found["TICKS"], list(found["TURNS"])) == (37, [5])
    assert executed(match)["TICKS"] == match.steps


def test_what_the_script_cannot_turn_is_refused_in_one_line():
    with pytest.raises(ValueError, match="cannot turn spectral normalisation"):
        as_script(Match(changes="5:spectral=yes"))
