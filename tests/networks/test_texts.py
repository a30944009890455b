"""Real texts: in parts by whole files or topics, and nothing held out that was learned."""

from explorer.networks.series import digits, sunspots
from explorer.networks.texts import PARAGRAPH, english, python_source
from explorer.sequences.syntax import LANGUAGES


def test_what_is_held_out_of_the_english_was_never_learned():
    text = english()
    learned = set(text.learned.split("\n\n"))

    for part in (text.choosing, text.scoring):
        paragraphs = [one for one in part.split("\n\n") if len(one) >= PARAGRAPH]
        repeated = sum(len(one) for one in paragraphs if one in learned)
        assert repeated < 0.02 * len(part)
        assert 20_000 < len(part) < 0.2 * len(text.learned)


def test_every_topic_of_the_english_is_there_whole():
    from pydoc_data.topics import topics

    parts = (english().learned, english().choosing, english().scoring)

    found = [sum(topic.strip("\n") in part for part in parts) for topic in topics.values()]
    assert sum(map(bool, found)) >= english().files
    assert "comparisons" in topics
    assert any(topics["comparisons"].strip("\n") in part for part in parts)


def test_texts_name_the_language_that_annotates_them():
    assert python_source().language in LANGUAGES
    assert english().language in LANGUAGES
    assert english().whole == "topics"
    assert english() is english()


def test_sunspots_are_those_of_the_years_that_everybody_knows():
    series = sunspots()

    assert (series.first, len(series.values)) == (1700, 309)
    assert series.first + series.learned == 1920
    assert series.values[1957 - 1700] == 190.2  # the highest maximum on record
    assert series.values[1712 - 1700] == 0.0  # the end of the Maunder minimum


def test_without_statsmodels_the_sunspots_come_with_the_shipped_network(monkeypatch):
    packaged = sunspots()
    monkeypatch.setattr("explorer.networks.series.find_spec", lambda name: None)

    shipped = sunspots.__wrapped__()

    assert shipped.values.equal(packaged.values)
    assert (shipped.first, shipped.learned) == (packaged.first, packaged.learned)


def test_digits_are_all_of_scikit_learn_s_each_once():
    from sklearn.datasets import load_digits

    pictures = digits()

    ours = sorted(map(tuple, (pictures.values.flatten(1) * 16).int().tolist()))
    assert ours == sorted(map(tuple, load_digits().data.astype(int).tolist()))
    assert pictures.values.min() == 0
    assert pictures.values.max() == 1
