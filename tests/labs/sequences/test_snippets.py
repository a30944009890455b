"""The shipped reviews: as many as published, with ratings on their scale, and their source."""

import lzma

from explorer.labs.sequences.tasks.snippets import FILE, parsed, snippets


def test_all_published_reviews_are_there_with_ratings_on_their_scale():
    reviews = snippets().reviews

    assert {name: len(several) for name, several in reviews.items()} == {
        "film": 10_605,
        "product": 3_708,
    }
    assert all(-4 <= each.rating <= 4 and each.text for rows in reviews.values() for each in rows)
    assert reviews["film"][2].text == "Effective but too tepid biopic"


def test_the_lexicon_is_the_published_one():
    lexicon = snippets().lexicon

    assert (lexicon["good"], lexicon["bad"], lexicon["great"]) == (1.9, -2.5, 3.1)
    assert "not" not in lexicon


def test_the_file_is_small_and_names_its_source_and_licence():
    assert FILE.stat().st_size < 600_000
    head = lzma.decompress(FILE.read_bytes()).decode().partition("\n")[0]
    assert "Hutto and Gilbert (2014)" in head
    assert "MIT" in head


def test_a_line_is_a_number_a_mean_rating_and_a_text_that_may_hold_tabs():
    (found,) = parsed("17\t-0.66666\ta  tab\there\r\n")

    assert (found.rating, found.text) == (-0.67, "a tab here")
