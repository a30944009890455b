"""English prose: in parts by whole topics, and nothing held out that was learned."""

from explorer.networks.tasks.english import PARAGRAPH, TASK, english


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


def test_the_english_is_annotated_as_prose_and_every_question_about_it_has_its_words():
    text = english()

    asked = text.annotate('He said "no" to Ada.').inside
    assert asked["quotes"][8:12].tolist() == [True, True, True, False]
    assert asked["a capitalised word"][-2]
    assert asked.keys() == TASK.tells.keys()
    assert text.whole == "topics"
