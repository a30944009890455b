"""Letters as moves of a pen: what is written can be drawn, near the letters and in one piece."""

import numpy as np
import pytest
import torch

from explorer.sequences import strokes
from explorer.sequences.strokes import LETTERS, MOVES, STEP, drawn, moves, spaced, spline


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_that_is_drawn_lies_nowhere_further_than_a_move_from_its_spline(letter):
    x, y = drawn(moves(letter, slant=0.0))
    there = np.stack([x, y], 1)[~np.isnan(x)]
    curves = np.concatenate([spline(np.asarray(each, dtype=float)) for each in LETTERS[letter]])

    distances = np.hypot(*(there[:, None] - curves[None]).transpose(2, 0, 1))

    assert distances.min(1).max() < STEP
    assert distances.min(0).max() < 1.2 * STEP  # and all of the letter is drawn


def test_the_pen_is_down_along_each_stroke_and_lifted_between_them():
    x, _ = drawn(moves("t"))
    pieces = np.diff(np.concatenate([[1], np.isnan(x), [1]]).astype(int)) == -1

    assert pieces.sum() == len(LETTERS["t"]) == 2


def test_every_move_is_as_long_as_any_other():
    text = moves("time")
    codes = torch.tensor([MOVES.index(each) for each in text])
    down = "".join(MOVES[int(code) % 16] for code in codes)
    x, y = drawn(down)

    assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(STEP)


def test_a_spline_passes_through_its_points_and_is_measured_out_evenly():
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])

    assert spline(points)[:: strokes.FINE] == pytest.approx(points)
    along = spaced(spline(points))
    assert np.diff(along[:, 0]) == pytest.approx(np.full(len(along) - 1, STEP))


def test_equal_seeds_write_equal_letters_and_a_wobble_is_small():
    rng = [torch.Generator().manual_seed(3) for _ in range(2)]

    assert moves("son", rng[0]) == moves("son", rng[1])
    assert moves("son") == moves("son")
    assert strokes.lettering(12, 1) != strokes.lettering(12, 2)


@pytest.mark.parametrize(("text", "says"), [("noq", "not 'q'"), (" ", "at least one letter")])
def test_what_the_pen_does_not_know_is_one_sentence(text, says):
    with pytest.raises(ValueError, match=says):
        moves(text)
