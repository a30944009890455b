"""The recordings of the home page: what ships is what its command makes, and needs nothing else."""

import json
import subprocess
import sys

import numpy as np
import pytest

from explorer.figures.home import SCENES
from explorer.figures.scene import as_json
from explorer.labs.cells import CellLab, read
from explorer.runs.recorded import load


@pytest.mark.parametrize("name", list(SCENES))
def test_a_shipped_scene_is_the_one_that_is_drawn_today(name: str):
    assert load(name).scene == json.loads(json.dumps(as_json(SCENES[name]())))


def test_the_shipped_memory_is_that_of_the_network_that_reads_the_shipped_text():
    seen, shipped = read(CellLab()), load("cells")
    assert len(shipped.frames) == len(seen.frames)
    for ours, theirs in zip(shipped.frames, seen.frames, strict=True):
        span = np.ptp(theirs.arrays["cell"])
        np.testing.assert_allclose(
            ours.arrays["cell"], theirs.arrays["cell"], atol=1e-4 * span + 1e-6
        )


def test_the_home_page_is_there_before_any_library_of_mathematics():
    code = "import explorer.pages.home, explorer.pages.places, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"torch", "scipy", "pandas", "onnx", "h5py"} & set(loaded)
