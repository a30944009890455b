"""One panel of a run, painted by the stage's own scripts outside of a stage, in a real Chromium."""

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from explorer.figures.scene import Plot, as_json
from explorer.runs.frames import Frame, pack
from explorer.stage.messages import PALETTE
from tests.stage.exhibits import Exhibit

EASEL = Path(__file__).with_name("easel.js").read_text("utf-8")
PLOT, PANEL = (460, 340), (900, 340)  # px


def in_page(page: Page, script: str, *given: object) -> Any:
    """Return what a script of the page returns; it may import by ``from(name)``."""
    return page.evaluate(
        f"async (given) => {{ const from = (name) => import(`/asset/${{name}}.js`); {script} }}",
        list(given),
    )


def painted(page: Page, exhibit: Exhibit, point: tuple[float, float] | None = None) -> Any:
    """Return what the easel tells of an exhibit's last moment, pointed at a place of its data."""
    script = """const easel = new Blob([given[0]], { type: 'text/javascript' });
        const { paint } = await import(URL.createObjectURL(easel));
        return paint({ ...given[1], base: `${location.origin}/asset/` });"""
    return in_page(page, script, EASEL, {**_data_of(exhibit), "point": point})


def _data_of(exhibit: Exhibit) -> dict[str, object]:
    """Return what the easel is told of an exhibit, to paint its last moment."""

    def packed(frame: Frame, index: int) -> str:
        return base64.b64encode(pack(frame, index, {})).decode()

    return {
        "panel": as_json(exhibit.panel),
        "palette": PALETTE,
        "clock": exhibit.clock,
        "selects": dict(exhibit.select),
        "stage": exhibit.stage or 0,
        "still": packed(exhibit.still, 0),
        "frames": [packed(frame, i) for i, frame in enumerate(exhibit.frames)],
        "at": len(exhibit.frames) - 1,
        "size": PLOT if isinstance(exhibit.panel, Plot) else PANEL,
    }
