"""What real data has against real data, measured often enough beforehand, and shipped.

A band that holds 95 % needs many samples, and some of the numbers take a tenth of a second each: of
every data set that is built in, 119 values of each number lie in ``assets/floors.safetensors``.
They were written by

    python -c "from explorer.labs.gans import floors; floors.write()"

on one thread, with torch 2.13 and the seed 1; the command writes them again.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "floors.safetensors"
REPEATS = 119
COMMAND = 'python -c "from explorer.labs.gans import floors; floors.write()"'


@cache
def shipped_floors() -> Mapping[str, Tensor]:
    """The values of each number, by "data/number"; none where the file is not there."""
    return load_file(SHIPPED) if SHIPPED.exists() else {}


def measure(repeats: int = REPEATS) -> dict[str, Tensor]:
    """Every number of every data set that is built in, so many times."""
    from explorer.labs.gans.data import DATA
    from explorer.labs.gans.standards import OF_A_SEED, measured, measured_now

    built_in = [data for data in DATA.values() if not data.needs and data.kind != "image"]
    return {
        f"{data.name}/{name}": measured_now(data, name, repeats).values
        for data in built_in
        for name in (*measured(data), OF_A_SEED)
    }


def write() -> None:
    """Measure them all and write the file that is shipped; it takes some minutes."""
    torch.set_num_threads(1)
    save_file(measure(), SHIPPED, metadata={"command": COMMAND, "repeats": str(REPEATS)})
