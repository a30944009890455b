"""Real data that ships inside Python packages, read as files: yearly sunspots and small digits."""

import csv
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load_file

from explorer.sequences.digits import Pictures
from explorer.sequences.series import Series

LEARNED_BEFORE = 1920
"""The year that splits the sunspots, as in Weigend, Huberman and Rumelhart (1990)."""
FIRST_YEAR = 1700
SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "sunspots-lstm.safetensors"
LEARNED_DIGITS = 1_297
"""Of the 1,797 digits; 500 are held out."""


@cache
def sunspots() -> Series:
    """Yearly sunspot numbers from 1700 to 2008, learned from before 1920.

    The file lies inside the package statsmodels, which is not imported. Without that package they
    are those that travel with the shipped network; raises `ValueError` without either.
    """
    package = find_spec("statsmodels")
    if package is None or package.origin is None:
        if not SHIPPED.exists():
            raise ValueError("the sunspot numbers lie inside the package statsmodels; install it")
        values = load_file(SHIPPED)["example"]
        return Series("yearly sunspot numbers", values, FIRST_YEAR, LEARNED_BEFORE - FIRST_YEAR)
    path = Path(package.origin).parent / "datasets" / "sunspots" / "sunspots.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = [int(float(row["YEAR"])) for row in rows]
    values = torch.tensor([float(row["SUNACTIVITY"]) for row in rows], dtype=torch.float64)
    return Series("yearly sunspot numbers", values, years[0], years.index(LEARNED_BEFORE))


@cache
def digits() -> Pictures:
    """The 8×8 digits of scikit-learn with grey values from 0 to 1, in an order drawn once.

    They are the test set of Alpaydin and Kaynak (1998), written by 13 people; the order mixes the
    writers, so a digit held out is by a hand that was learned from.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = torch.randperm(len(bunch.target), generator=torch.Generator().manual_seed(0))
    values = torch.tensor(bunch.images, dtype=torch.float32)[order] / 16
    return Pictures(values, torch.tensor(bunch.target)[order], LEARNED_DIGITS)
