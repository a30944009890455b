"""Small films: how a digit moves, what no single frame and no order-blind network can know."""

import pytest
import torch
from sklearn.linear_model import Ridge

from explorer.sequences.digits import Pictures
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.problems.clips import (
    FRAMES,
    RIDGE,
    SIDE,
    WAYS,
    Clips,
    Rows,
    filmed,
    least_squares,
)

PICTURES = torch.rand(40, 3, 3, generator=torch.Generator().manual_seed(0)) + 0.1
DIGITS = torch.arange(40) % 10

BOTH = Pictures(torch.cat([PICTURES, PICTURES]), torch.cat([DIGITS, DIGITS]), learned=40)
"""The same pictures to learn from and held out."""


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def film():
    return filmed(PICTURES, DIGITS, rng(), noise=0.0)


@pytest.fixture(scope="module")
def clips():
    return Clips(BOTH, "way", batch=6)


def test_a_digit_moves_one_point_a_frame_to_its_side_and_comes_in_again(film):
    for number, way in enumerate(film.ways.tolist()):
        move = list(WAYS.values())[way]
        for frame in range(FRAMES - 1):
            expected = torch.roll(film.frames[frame, number], move, (0, 1))
            assert torch.equal(film.frames[frame + 1, number], expected)


def test_every_frame_holds_the_whole_picture_somewhere(film):
    assert torch.allclose(film.frames.sum((2, 3)), PICTURES.sum((1, 2)).expand(FRAMES, -1))
    one = film.frames[0, 0]
    shifts = [torch.roll(one, (r, c), (0, 1))[:3, :3] for r in range(SIDE) for c in range(SIDE)]
    assert any(torch.equal(shift, PICTURES[0]) for shift in shifts)


def test_a_film_back_to_front_moves_the_opposite_way(film):
    ways = list(WAYS.values())
    for number, way in enumerate(film.ways.tolist()):
        back = film.frames.flip(0)[:, number]
        rows, columns = ways[(way + 2) % 4]
        assert torch.equal(back[1], torch.roll(back[0], (rows, columns), (0, 1)))


def test_noise_is_normal_with_its_standard_deviation():
    quiet, loud = (filmed(PICTURES, DIGITS, rng(), noise=noise) for noise in (0.0, 0.5))

    added = loud.frames - quiet.frames
    assert torch.equal(quiet.ways, loud.ways)
    assert float(added.mean()) == pytest.approx(0, abs=0.01)
    assert float(added.std()) == pytest.approx(0.5, abs=0.01)


def test_a_frame_smaller_than_the_picture_is_refused():
    with pytest.raises(ValueError, match="at least 3 points, not 2"):
        filmed(PICTURES, DIGITS, rng(), side=2)


def test_directions_and_first_places_are_all_as_likely():
    film = filmed(PICTURES[:1].expand(8_000, -1, -1), DIGITS[:1].expand(8_000), rng(), 1, noise=0.0)

    counts = film.ways.bincount()
    assert len(counts) == 4
    assert (counts / 8_000 - 0.25).abs().max() < 0.02
    corner = PICTURES[0, 0, 0]
    places = (film.frames[0] == corner).flatten(1).long().argmax(1).bincount(minlength=SIDE**2)
    assert (places / 8_000 - 1 / SIDE**2).abs().max() < 0.005


def test_a_network_without_order_says_the_same_of_a_film_back_to_front(clips):
    inputs = clips.held_out.inputs
    for name, alike in (("frames_mean", True), ("unordered", True), ("frames", False)):
        network = KINDS[name].draw(clips.shape, Build(units=6), rng())
        assert torch.allclose(network(inputs), network(inputs.flip(0)), atol=1e-5) == alike


def test_the_loss_is_that_of_digit_and_direction_and_the_scores_are_of_what_is_asked(clips):
    examples = clips.examples(rng())
    answers = torch.full((6, 14), -50.0)
    digits, ways = examples.targets.unbind(-1)
    answers[torch.arange(6), digits] = 50.0
    answers[torch.arange(6), 10 + (ways + 1) % 4] = 50.0

    right = clips.right(answers, examples)

    assert right["digit"].sum() == 6
    assert right["way"].sum() == 0
    assert torch.equal(clips.scores(answers, examples), right["way"])
    assert float(clips.loss(answers, examples)) == pytest.approx(100.0)  # nats, of the way alone


def test_the_line_is_scikit_learns_ridge_regression():
    inputs = torch.randn(50, 4, generator=rng())
    asked = torch.randn(30, 4, generator=rng(1))
    targets = torch.randint(0, 3, (50,), generator=rng())

    wanted = torch.nn.functional.one_hot(targets, 3).numpy()
    theirs = Ridge(alpha=RIDGE * 50).fit(inputs.double().numpy(), wanted).predict(asked.numpy())

    assert least_squares((inputs, asked), targets, 3).tolist() == theirs.argmax(1).tolist()


def test_rows_come_from_the_top_and_its_floors_know_a_picture_again():
    rows = Rows(BOTH, batch=4)

    assert torch.equal(rows.held_out.inputs[1, 7], PICTURES[7, 1])
    drawn = rows.examples(rng())
    for column, digit in enumerate(drawn.targets.tolist()):
        assert any(torch.equal(drawn.inputs[:, column], PICTURES[k]) for k in range(digit, 40, 10))
    assert {floor.name: floor.value for floor in rows.floors}["nearest"] == 1.0
