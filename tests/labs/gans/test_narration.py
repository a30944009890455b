"""What the page says of a game is what happened in it."""

import numpy as np

from explorer.gans.distributions import distribution
from explorer.labs.gans.narration import PATIENCE, Story, mode_names
from explorer.labs.prose import listing


def told(story: Story, holds: list[list[int]], frames: int = PATIENCE) -> list[str]:
    """Show a story each pattern for so many frames, two steps apart; return the events."""
    events, step = [], 0
    for pattern in holds:
        for _ in range(frames):
            step += 2
            events.append(story.watch(step, 2, np.array(pattern)))
    return [event for event in events if event]


def test_a_mode_that_goes_is_named_with_the_step_at_which_it_went():
    story = Story(("the left", "the right"))

    assert told(story, [[1, 1], [0, 1]]) == ["lost the left"]
    assert story.lost_at[0] == 2 * PATIENCE + 2
    assert f"It lost the left at step {2 * PATIENCE + 2}." in story.sentence(1)


def test_a_flicker_is_no_loss():
    story = Story(("the left", "the right"))

    told(story, [[1, 1]])
    assert told(story, [[0, 1], [1, 1]] * 5, frames=PATIENCE - 1) == []
    assert story.held.tolist() == [1, 1]


def test_modes_lost_together_are_counted():
    story = Story(("a", "b", "c"))

    assert told(story, [[1, 1, 1], [0, 0, 1]]) == ["lost two modes"]
    assert "It lost a and b at step" in story.sentence(1)


def test_a_story_goes_on_where_its_state_left_off():
    one, other = Story(("a", "b")), Story(("a", "b"))
    told(one, [[1, 1], [0, 1]], frames=PATIENCE - 3)
    other.restore(one.state())

    assert told(one, [[0, 1]]) == told(other, [[0, 1]])
    assert one.sentence(1) == other.sentence(1)


def test_the_modes_of_the_ring_have_eight_different_places():
    names = mode_names(distribution("ring").modes.numpy())

    assert len(set(names)) == 8
    assert names[0] == "the right"


def test_the_modes_of_the_grid_are_counted_from_the_top_left():
    centres = distribution("grid").modes.numpy()
    names = mode_names(centres)
    top_left = np.lexsort((centres[:, 0], -centres[:, 1]))[0]

    assert len(set(names)) == 25
    assert names[top_left] == "row 1, column 1"


def test_modes_that_share_a_direction_are_told_apart_by_their_place():
    near, far = distribution("ring").modes.numpy()[:4], 0.5 * distribution("ring").modes.numpy()[:4]

    assert len(set(mode_names(np.concatenate([near, far])))) == 8


def test_a_list_reads_as_prose():
    assert listing(["a", "b", "c"]) == "a, b and c"


def after(patterns: list[list[int]], last: list[int]) -> str:
    """What is told after patterns that lasted and one report more."""
    story = Story(tuple("abcdefgh"[: len(last)]))
    told(story, patterns)
    story.watch(1_000_000, 2, np.array(last))
    return story.sentence(sum(last))


def test_no_game_held_fewer_at_most_than_it_holds():
    assert after([[1, 1, 0], [0, 1, 0]], [1, 1, 1]) == "All of them at this moment."
    assert "at most" not in after([[1, 1, 0, 0], [0, 1, 0, 0]], [0, 1, 1, 1])
    assert "It held two at most. It lost a" in after([[1, 1, 0], [0, 1, 0]], [0, 1, 0])


def test_a_mode_that_is_back_is_not_told_as_lost():
    assert "lost none" not in after([[1, 1, 0], [0, 1, 0], [1, 1, 0]], [1, 1, 0])
    assert "It lost" not in after([[1, 1, 0], [0, 1, 0]], [1, 1, 0])


def test_a_game_that_holds_fewer_than_it_did_has_not_lost_none():
    assert after([[1, 1, 1]], [1, 1, 0]) == "It held three at most."


def test_losses_at_two_steps_are_told_with_both():
    story = Story(("a", "b", "c"))
    for step in range(0, 1_000, 2):
        story.watch(step, 2, np.array([step < 802, step < 840, 1]))

    assert story.sentence(1) == "It held three at most. It lost a and b between steps 802 and 840."


def test_losses_far_apart_are_told_in_their_order():
    story = Story(("a", "b", "c"))
    for step in range(0, 1_000, 2):
        story.watch(step, 2, np.array([step < 100, step < 800, 1]))

    assert story.sentence(1) == "It held three at most. It lost one by step 100, and b at step 800."
