"""The exported script of a match, run by a Python of its own, against the match."""

import csv
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from explorer.gans.objectives import OBJECTIVES
from explorer.labs.gans.match import Match
from explorer.labs.gans.script import as_script
from explorer.labs.gans.tables import Reading, keep, points
from explorer.labs.gans.tables.reading import ALONE
from explorer.verify.known import Known

FIRST = 5  # ticks; after more of them games have amplified their rounding
SECONDS = 300
ROUNDING = {"images": 2e-4}
"""pixels that hardly vary have gradients near zero, whose rounding Adam enlarges"""

TABLE = "height,weight,kind\n" + "\n".join(
    f"{150 + k},{(37 * k) % 60 + k / 4},{'aab'[k % 3]}" for k in range(48)
)
MARK = keep(TABLE.encode())

MATCHES: Mapping[str, Match] = {
    "a conditional game": Match(width=8, depth=2, batch=16, conditional=True, second="r1"),
    "images": Match(width=16, depth=1, batch=16, data="images", noise_dim=8),
    "R1 with spectral normalisation": Match(
        width=8, depth=2, batch=16, first="r1", r1_weight=10.0, spectral=True
    ),
    "a table": Match(width=8, depth=2, batch=16, data="csv", points=points(MARK)),
    "a table with labels": Match(
        width=8,
        depth=2,
        batch=16,
        data="csv",
        points=points(MARK, Reading(labels=3)),
        conditional=True,
    ),
    "a column of a table": Match(
        width=8, depth=2, batch=16, data="csv", points=points(MARK, Reading(y=ALONE))
    ),
}


def told(match: Match) -> list[dict[str, float]]:
    """What the script of a match prints of its first ticks; RuntimeError where it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "games.py"
        path.write_text(as_script(match, ticks=FIRST), encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-I", str(path)],
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=SECONDS,
        )
    if ran.returncode:
        raise RuntimeError(f"the script ended with {ran.returncode}: {ran.stderr[-200:]}")
    rows = csv.DictReader(ran.stdout.splitlines())
    return [{name: float(text or math.nan) for name, text in row.items()} for row in rows]


def difference_to_the_script(match: Match) -> float:
    """Largest difference of a number of the first ticks, as a share of it where it is above 1.

    A critic is known up to a constant, so its generator's loss is not held against anything.
    """
    free = {side for side, _, name in match.sides() if OBJECTIVES[name].critic}
    rows, apart = told(match), []
    for row, frame in zip(rows, islice(match.stream(), FIRST + 1), strict=True):
        if row["step"] != frame.step:
            raise ValueError(f"the script tells of tick {row['step']:g}, not of {frame.step}")
        for side, _, _ in match.sides():
            for what in ("judge_loss", "generator_loss", "held", "w1"):
                ours, theirs = frame.scalars.get(f"{side}/{what}"), row[f"{side}/{what}"]
                unknown = what == "generator_loss" and side in free
                if ours is None or math.isnan(theirs) or math.isnan(ours) or unknown:
                    continue
                apart.append(abs(theirs - ours) / max(1.0, abs(ours)))
    if len(apart) < 3 * FIRST:
        raise ValueError(f"only {len(apart)} numbers were there to compare")
    return max(apart)


SCRIPTS = tuple(
    Known(
        f"exported script of {what} against the match, first {FIRST} ticks",
        0,
        partial(difference_to_the_script, match),
        "autograd, torch.nn, torch.optim, another Python; float32",
        tolerance=ROUNDING.get(what, 2e-5),
        slow=True,
    )
    for what, match in MATCHES.items()
)
