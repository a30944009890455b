"""A shipped network beside its own beginning: drawn as its lesson drew it, and true sentences."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.figures.gradients.trained import answer
from explorer.labs.gradients import Flow
from explorer.labs.gradients.trained import TrainedWay, measure, says, task, untrained
from explorer.networks.shelf import keep
from explorer.networks.tasks import RECIPES
from explorer.networks.uploads import opened
from explorer.sequences.training import CharacterLesson


@pytest.fixture(scope="module")
def as_it_opens():
    return measure(TrainedWay())


@pytest.mark.parametrize("reads", ["waves", "sunspots"])
def test_a_forecaster_is_drawn_again_as_its_lesson_drew_it(reads: str):
    found = TrainedWay(reads=reads).reader()
    stack, network = untrained(found, seed=9)
    begun = RECIPES[found.trained.card.name].lesson().network()

    for name, value in begun.state_dict().items():
        torch.testing.assert_close(network.state_dict()[name], value, rtol=0, atol=0)
    assert stack is network.stack


def test_a_reader_of_text_is_drawn_again_as_its_lesson_drew_it():
    found = TrainedWay().reader()
    network = found.trained.network
    text = "\n" * 700 + (network.vocabulary.characters + "\n") * 100
    recipe = RECIPES[found.trained.card.name]
    begun = CharacterLesson(text, recipe.settings).network()
    assert begun.vocabulary == network.vocabulary
    _, again = untrained(found, seed=9)

    for name, value in begun.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value, rtol=0, atol=0)


def test_the_loss_of_a_reader_of_text_is_its_surprise_at_what_came(as_it_opens):
    found = TrainedWay().reader()
    reading = found.network.read(found.text)

    assert as_it_opens.scalars["after/loss"] == pytest.approx(float(reading.surprise[-1]), rel=1e-6)
    every = measure(TrainedWay(loss_at="every"))
    assert every.scalars["after/loss"] == pytest.approx(float(reading.surprise.sum()), rel=1e-6)
    assert every.scalars["before/loss"] > every.scalars["after/loss"]  # it did learn


def test_the_loss_of_a_forecaster_is_its_squared_error():
    found = TrainedWay(reads="waves").reader()
    reading = found.network.read(found.given.values)
    error = float(reading.errors[-1]) / found.network.scale

    frame = measure(TrainedWay(reads="waves"))
    assert frame.scalars["after/loss"] == pytest.approx(error**2, rel=1e-6)


def test_lines_begin_at_one_and_the_gates_alone_are_drawn_of_the_memory_only(as_it_opens):
    for when in ("before", "after"):
        assert as_it_opens.arrays[f"{when}/norm"][0] == 1
        assert as_it_opens.arrays[f"{when}/kept"][0] == 1
        at = int(as_it_opens.scalars["at"])
        assert as_it_opens.scalars[f"{when}/at"] == pytest.approx(
            float(as_it_opens.arrays[f"{when}/norm"][at]), rel=1e-5
        )
        reach = int(as_it_opens.scalars[f"{when}/reach"])
        assert as_it_opens.arrays[f"{when}/norm"][reach] >= 0.1
        assert (as_it_opens.arrays[f"{when}/norm"][reach + 1 :] < 0.1).all()
    assert "after/kept" not in measure(TrainedWay(follows="hidden")).arrays
    plain = measure(TrainedWay(cell="rnn_tanh"))
    assert "after/kept" not in plain.arrays
    assert "No gate keeps the memory" in plain.sentences["look"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.1, 0.2, "2 times more of the gradient by the memory arrives after training"),
        (0.2, 0.01, "20 times less of the gradient"),
        (0.2, 0.25, "training changed little: 0.2 before, 0.25 after."),
        (0.0, 0.1, "it has underflown"),
        (np.nan, 0.1, "is 0 at the last step already"),
    ],
)
def test_the_sentence_says_what_changed_and_by_how_much(before: float, after: float, said: str):
    scalars = {"before/at": before, "after/at": after, "at": 30.0}

    assert said in says(TrainedWay(), scalars)


def test_a_network_that_was_brought_is_followed_beside_one_drawn_as_torch_draws_it(tmp_path):
    layer = torch.nn.LSTM(1, 6)
    path = tmp_path / "layer.pt"
    torch.save(layer.state_dict(), path)
    mark = keep(opened("layer.pt", path.read_bytes()))
    way = TrainedWay(reads="yours", upload=mark, given="1 0 0 0 0 0 0 0 0 0 0 0", seed=4)
    frame = measure(way)

    assert np.isfinite(frame.arrays["before/norm"]).all()
    other = measure(replace(way, seed=5))
    assert not np.array_equal(other.arrays["before/norm"], frame.arrays["before/norm"])
    stack, network = untrained(way.reader(), 4)
    assert network is None
    x, loss = vars(task(way.reader(), None, False, 4)).values()
    assert x.shape == (12, 1)
    assert stack.units == 6
    assert float(loss(torch.zeros(3, 6, dtype=torch.float64))) == 0


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (TrainedWay(reads="yours"), "there is no uploaded network here"),
        (TrainedWay(given="a"), "it must read at least two steps"),
        (TrainedWay(given="x" * 401), "it reads at most 400 steps here, not 401"),
    ],
)
def test_what_has_no_way_back_is_refused_in_one_line(settings: TrainedWay, why: str):
    with pytest.raises(ValueError, match=f"^{why}"):
        measure(settings)


def test_the_picture_follows_the_dials():
    found = answer(Flow(trained_cell="gru", trained_follows="input"), moving=False)
    norms = found.scene["panels"][0]

    assert norms["title"] == "Gradient by input, against the last step's"
    assert {mark.get("y") for mark in norms["marks"]} >= {"before/norm", "after/norm"}
