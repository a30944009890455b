"""The Plotly figures of the GAN lab, against the numbers they are made of."""

import pytest

from explorer.figures.gans import published_figure
from explorer.gans.published import PUBLISHED


@pytest.mark.parametrize("data", ["ring", "grid"])
def test_every_published_number_is_shown_once_with_its_error_and_its_good_share(data: str):
    figure = published_figure(PUBLISHED, data)
    shown = [
        (x, error, good)
        for trace in figure.data
        for x, error, good in zip(
            trace.x, trace.error_x.array or [None] * len(trace.x), trace.customdata, strict=True
        )
    ]
    told = [(row.modes, row.modes_error, row.good) for row in PUBLISHED if row.data == data]

    assert sorted(shown, key=str) == sorted(told, key=str)
    assert len({y for trace in figure.data for y in trace.y}) == len(told)


def test_what_is_quoted_from_memory_is_hollow_and_nothing_else_is():
    hollow = {row.source.partition(":")[0] for row in PUBLISHED if not row.read}

    for trace in published_figure(PUBLISHED, "ring").data:
        assert trace.marker.symbol.endswith("-open") == (trace.name in hollow)


@pytest.mark.parametrize(
    ("data", "title", "modes"), [("ring", "Ring of 8", 8), ("grid", "Grid of 25", 25)]
)
def test_a_figure_of_published_numbers_names_its_data_and_all_of_its_modes(data, title, modes):
    figure = published_figure(PUBLISHED, data)

    assert figure.layout.title.text == title
    assert figure.layout.xaxis.title.text == f"modes captured, of {modes}"
    assert [line.x0 for line in figure.layout.shapes] == [modes]


def test_data_that_no_paper_reports_is_refused():
    with pytest.raises(ValueError, match="'moons'"):
        published_figure(PUBLISHED, "moons")
