"""What is shown without a page is what the pages show."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from explorer.figures import views
from explorer.labs.gans.settings import GanLab

PAGES = Path(__file__).parents[2] / "explorer" / "pages"
WITHOUT = {("cells", "networks"), ("gans", "records")}  # tables and figures, no stage
ROWS = [
    (lab, view)
    for lab in views.ANSWERS
    for view in import_module(f"explorer.labs.{lab}.views").VIEWS
    if (lab, view) not in WITHOUT
]


@pytest.mark.parametrize(("lab", "view"), ROWS)
def test_every_view_is_asked_what_its_page_asks(lab: str, view: str):
    module, _, name = views.ANSWERS[lab][view].partition(":")
    source = (PAGES / lab / f"{view}.py").read_text(encoding="utf-8")
    asked = re.search(r"(?:Asking\.about|answered|begins(?:_or_goes_on)?)\(\s*(\w+)\.(\w+)", source)

    assert asked is not None
    imported = import_module(f"explorer.pages.{lab}.{view}")
    assert getattr(getattr(imported, asked[1]), asked[2]) is getattr(
        import_module(f"explorer.figures.{module}"), name
    )


def test_no_view_is_known_that_no_page_has():
    assert {(lab, view) for lab, some in views.ANSWERS.items() for view in some} == set(ROWS)


def test_a_view_with_a_run_shows_all_of_it_and_one_without_a_picture_says_so():
    lab = GanLab(width=8, batch=16, steps=10, seed=1)
    shown = views.whole("gans", lab)
    by_itself = list(lab.match().stream())

    assert [frame.step for frame in shown.frames] == [frame.step for frame in by_itself]
    assert shown.frames[-1].scalars == pytest.approx(by_itself[-1].scalars, nan_ok=True)
    assert views.run_of("gans", GanLab(view="dirac")) is None
    with pytest.raises(ValueError, match=r"^the view 'records' of /gans has no picture"):
        views.answer("gans", GanLab(view="records"))
