"""Files on order: few at once, one a viewer, none for ever, and each says what became of it."""

import time

import pytest

from explorer.runs.filing import Filing, Job
from tests.runs.waiting import until


def job(body: bytes = b"file", **told: object) -> Job:
    return Job("kind", "name.txt", "tests.runs.filed", lambda: (told, body))


def over(job: Job) -> Job:
    until(lambda: not job.busy)
    return job


def test_a_file_is_made_by_a_process_and_kept_for_its_viewer():
    filing, wanted = Filing(), job(b"abc", times=2)
    filing.order("me", wanted)

    assert over(wanted).body == b"abcabc"
    assert filing.job("me") is wanted
    assert filing.job("another") is None


def test_it_says_how_far_it_is():
    filing, wanted = Filing(), job(seconds=600)
    filing.order("me", wanted)

    until(lambda: wanted.share == 0.5)
    assert wanted.stage == "making"
    filing.give_up("me")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"refuses": "There is nothing yet."}, "There is nothing yet."),
        ({"dies": True}, "ended before it was done"),
    ],
)
def test_what_cannot_be_made_says_why(told, sentence):
    filing, wanted = Filing(), job(**told)
    filing.order("me", wanted)

    assert over(wanted).stage == "failed"
    assert sentence in wanted.sentence


def test_what_cannot_even_be_begun_says_why():
    def nothing():
        raise ValueError("There is nothing on the screen yet.")

    filing, wanted = Filing(), Job("kind", "name", "tests.runs.filed", nothing)
    filing.order("me", wanted)

    assert over(wanted).sentence == "There is nothing on the screen yet."


def test_a_file_that_takes_too_long_or_is_too_large_is_given_up():
    filing = Filing(patience=0.5, most_bytes=2**20)
    slow, large = job(seconds=600), job(bytes(2**20), times=3)
    filing.order("me", slow)
    filing.order("another", large)

    assert over(slow).sentence == "It took longer than 0.5 s and was given up."
    roomy = Filing(most_bytes=2**20)
    roomy.order("another", large := job(bytes(2**20), times=3))
    assert over(large).sentence == "It takes 3 MB, and a page offers at most 1 MB."
    assert large.body == b""


def test_one_waits_while_as_many_as_may_are_made_and_comes_next():
    filing = Filing(at_once=1)
    first, second = job(seconds=600), job()
    filing.order("first", first)
    until(lambda: first.share == 0.5)
    filing.order("second", second)
    time.sleep(0.3)

    assert second.stage == "waiting"
    filing.give_up("first")
    assert over(second).stage == "made"


def test_a_new_order_or_a_tab_that_is_gone_ends_the_process_of_the_one_before():
    filing = Filing(at_once=1)
    first, second = job(seconds=600), job(seconds=600)
    filing.order("me", first)
    until(lambda: first.share == 0.5)
    filing.order("me", second)

    until(lambda: second.share == 0.5)  # there is one process: the first one's is gone
    filing.release("me")
    third = job()
    filing.order("another", third)
    assert over(third).stage == "made"
    assert filing.job("me") is None


def test_a_crowd_is_told_to_come_later():
    filing = Filing(at_once=1)
    crowd = [job(seconds=600) for _ in range(18)]
    for i, one in enumerate(crowd):
        filing.order(f"viewer {i}", one)

    assert crowd[-1].sentence == "Many files are being made; try again soon."
    assert all(one.busy for one in crowd[:-1])
    for i in range(len(crowd)):
        filing.release(f"viewer {i}")
