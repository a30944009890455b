"""The warped grid of a generator: its shades, and its way back to the lattice of noise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from explorer.figures.scene import Axis, Grid, Mesh, Plot, Scene
from explorer.figures.theme import LIGHT
from explorer.runs.frames import Frame
from explorer.stage.paper.picture import picture
from explorer.stage.standalone import standalone
from tests.stage.chromium import chromium  # noqa: F401

OPACITY = 0.8
STEPS = np.array([-0.8, 0.0, 0.8])
IMAGE = 0.5 * np.stack(np.meshgrid(STEPS, STEPS), -1)  # within ±0.4 of a plot of ±1
LATTICE = 7 * np.stack(np.meshgrid(STEPS, STEPS), -1)
DENSITY = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.4, 0.4, 1.0]])
MEANS = {(-1, -1): 0.0, (1, -1): 0.5, (-1, 1): 0.2, (1, 1): 0.6}  # by the side of x and of y

MESH = Mesh("grid", "fake", OPACITY, density="density", origin="noise")
PLOT = Plot("plot", "", (MESH,), x=Axis(-1, 1), y=Axis(-1, 1), square=True)
AREA = Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), ("plot",))
SCENE = Scene((PLOT,), AREA, AREA)
STILL = Frame(0, {"noise": LATTICE})
FRAMES = [Frame(0, {"grid": IMAGE, "density": DENSITY})]

# The left edge of whatever is drawn as a mesh, as a share of the width, at each drawing.
WATCH = """() => {
  const { moveTo, stroke } = CanvasRenderingContext2D.prototype;
  let least = Infinity;
  window.edges = [];
  CanvasRenderingContext2D.prototype.moveTo = function (x, y) {
    least = Math.min(least, x / this.canvas.clientWidth);
    return moveTo.call(this, x, y);
  };
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    if (least < Infinity) window.edges.push(least);
    least = Infinity;
    return stroke.apply(this, path);
  };
}"""
AT_IMAGE, AT_LATTICE = 0.3, 0.04


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("mesh") / "mesh.html"
    file.write_text(standalone(SCENE, STILL, FRAMES, "mesh"), "utf-8")
    return file


@pytest.fixture
def opened(chromium: Browser, written: Path) -> Iterator[object]:  # noqa: F811
    pages: list[Page] = []
    errors: list[str] = []

    def visit(motion: str) -> Page:
        page = chromium.new_page(
            bypass_csp=True,
            viewport={"width": 700, "height": 800},
            reduced_motion=motion,
            color_scheme="light",
        )
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(written.as_uri())
        page.wait_for_selector(".stage[data-frame]")
        page.evaluate(WATCH)
        return page

    yield visit
    for page in pages:
        page.close()
    assert errors == []


def colour_at(page: Page, x: float, y: float) -> np.ndarray:
    """Return the colour at a place of the plot, in the units of its axes from −1 to 1."""
    found = page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelector('[data-area=plot] canvas');
          const side = Math.min(canvas.width, canvas.height);
          const at = [canvas.width / 2 + x * side / 2, canvas.height / 2 - y * side / 2];
          return [...canvas.getContext('2d').getImageData(...at.map(Math.floor), 1, 1).data];
        }""",
        [x, y],
    )
    return np.array(found[:3], float)


def shade(share: float) -> np.ndarray:
    """Return the role's colour laid over the card."""
    card, fake = (
        np.array([int(LIGHT[role][i : i + 2], 16) for i in (1, 3, 5)], float)
        for role in ("card", "fake")
    )
    return card + share * OPACITY * (fake - card)


def settled(page: Page, edge: float) -> None:
    page.wait_for_function(
        "(edge) => window.edges.length && Math.abs(window.edges.at(-1) - edge) < 0.002", arg=edge
    )


def test_a_cell_is_as_opaque_as_the_mean_density_of_its_corners(opened):
    page = opened("reduce")

    for (x, y), mean in MEANS.items():
        np.testing.assert_allclose(colour_at(page, 0.2 * x, 0.2 * y), shade(mean), atol=3)


def test_a_still_picture_shades_the_cells_alike():
    drawn = picture(SCENE, STILL, FRAMES, 0, size=(400, 436))
    assert isinstance(drawn, Image.Image)
    pixels = np.asarray(drawn, float)[:400, :, :3]
    card = np.abs(pixels - shade(0)).max(-1) <= 3
    rows, columns = np.nonzero(card)
    middle = np.array([rows.min() + rows.max(), columns.min() + columns.max()]) / 2
    half = (columns.max() - columns.min()) / 2

    for (x, y), mean in MEANS.items():
        row, column = np.rint(middle + half * 0.2 * np.array([-y, x])).astype(int)
        np.testing.assert_allclose(pixels[row, column], shade(mean), atol=3)


def test_a_mesh_goes_to_its_lattice_under_the_pointer_and_returns_when_it_leaves(opened):
    page = opened("no-preference")
    page.locator("[data-area=plot] canvas").hover()
    settled(page, AT_LATTICE)
    there = page.evaluate("window.edges.splice(0)")
    page.mouse.move(1, 1)
    settled(page, AT_IMAGE)
    back = page.evaluate("window.edges")

    assert there[0] == pytest.approx(AT_IMAGE, abs=0.01)
    assert there == sorted(there, reverse=True)
    assert back == sorted(back)
    for way in (there, back):
        assert any(AT_LATTICE + 0.01 < edge < AT_IMAGE - 0.01 for edge in way)


def test_the_lattice_fills_the_plot_and_keeps_the_shades_of_its_cells(opened):
    page = opened("reduce")
    page.locator("[data-area=plot] canvas").hover()
    settled(page, AT_LATTICE)

    for (x, y), mean in MEANS.items():
        np.testing.assert_allclose(colour_at(page, 0.8 * x, 0.8 * y), shade(mean), atol=3)


def test_with_reduced_motion_a_mesh_jumps(opened):
    page = opened("reduce")
    page.locator("[data-area=plot] canvas").hover()
    settled(page, AT_LATTICE)
    page.mouse.move(1, 1)
    settled(page, AT_IMAGE)

    edges = np.array(page.evaluate("window.edges"))
    assert (np.minimum(abs(edges - AT_LATTICE), abs(edges - AT_IMAGE)) < 0.002).all()
