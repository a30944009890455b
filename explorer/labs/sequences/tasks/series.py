"""Real series, shipped as one small file: sunspots, carbon dioxide, weather and share prices.

Made of the wheels of two PyPI packages, whose data are public domain (statsmodels) and MIT
(vega_datasets) by::

    pip download --no-deps statsmodels==0.15.0 vega_datasets==0.9.0
    python -m explorer.labs.sequences.tasks.series statsmodels-0.15.0-*.whl vega_datasets-*.whl
"""

import csv
import io
import math
import sys
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from explorer.networks.recipes import ASSETS

FILE = ASSETS / "series.safetensors"
COMPLETE = "196405"  # the first month since when none is missing


@cache
def series() -> Mapping[str, np.ndarray]:
    """Every series by its name. Raises `ValueError` where the file is missing."""
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    return {name: values.numpy() for name, values in load_file(FILE).items()}


def monthly(rows: list[dict[str, str]]) -> list[float]:
    """The mean of every month since none is missing, of weekly values with gaps."""
    months = defaultdict(list)
    for row in rows:
        if row["co2"] not in ("", "NaN"):
            months[row["date"][:6]].append(float(row["co2"]))
    return [float(np.mean(v)) for month, v in sorted(months.items()) if month >= COMPLETE]


def make(statsmodels: Path, vega: Path) -> None:
    """Write the shipped file, from the wheels of both packages."""
    spots = _rows(statsmodels, "statsmodels/datasets/sunspots/sunspots.csv")
    gas = _rows(statsmodels, "statsmodels/datasets/co2/co2.csv")
    weather = _rows(vega, "vega_datasets/_data/seattle-weather.csv")
    prices = _rows(vega, "vega_datasets/_data/stocks.csv")
    found = {
        "sunspots": [float(row["SUNACTIVITY"]) for row in spots],
        "co2": monthly(gas),
        "weather": [float(row["temp_max"]) for row in weather],
        **{
            name.lower(): [math.log(float(r["price"])) for r in prices if r["symbol"] == name]
            for name in ("MSFT", "IBM")
        },
    }
    tensors = {name: torch.tensor(each, dtype=torch.float64) for name, each in found.items()}
    source = "statsmodels 0.15.0 (public domain) and vega_datasets 0.9.0 (MIT)"
    save_file(tensors, FILE, metadata={"source": source})


def _rows(wheel: Path, inside: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(wheel) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(inside).decode())))


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
