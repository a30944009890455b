"""Films on the page: frames, filters and what they find are drawn."""


def test_a_film_shows_its_frames_and_the_filters_of_the_first_network_that_has_some(visit):
    visitor = visit("/sequences?task=way&second=frames&third=frames_mean&units=4&steps=10")
    page = visitor.page

    for area in ("film", "filters", "maps"):
        page.locator(f'[data-area="sample_{area}"] canvas').wait_for(timeout=120_000)
    assert "CNN-LSTM on frames" in page.locator('[data-area="sample_filters"]').inner_text()
