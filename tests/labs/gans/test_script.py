"""The script runs on its own and gives the numbers of the match."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer.dials import dials, values
from explorer.gans.distributions import DISTRIBUTIONS
from explorer.gans.line_mixtures import LINE_MIXTURES
from explorer.gans.settings import GameSettings
from explorer.labs.gans.data import DATA
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


@pytest.mark.parametrize(
    ("match", "shifted"), [(EVERYTHING, "b"), (TURNED, "bcd")], ids=["everything", "turned"]
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


@pytest.mark.parametrize("name", [name for name in DATA if name != "csv"])
def test_the_script_draws_the_same_data(name: str):
    match = Match(data=name, width=8, depth=1, batch=16)
    namespace: dict = {"__name__": "script"}
    before = torch.get_num_threads()
    exec(compile(as_script(match), "script", "exec"), namespace)
    torch.set_num_threads(before)

    ours = match.distribution().sample(50, torch.Generator().manual_seed(3))
    theirs = namespace["sample"](50, torch.Generator().manual_seed(3))[0]

    assert torch.equal(ours, theirs)
    assert name in (*DISTRIBUTIONS, *LINE_MIXTURES, "images", "drawn")


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


def test_what_the_script_cannot_turn_is_refused_in_one_line():
    with pytest.raises(ValueError, match="cannot turn spectral normalisation"):
        as_script(Match(changes="5:spectral=yes"))
