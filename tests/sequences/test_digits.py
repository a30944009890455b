"""Digits row by row: the same as torch's modules, and scored beside the nearest neighbour."""

import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from explorer.cells import Clamp, Surgery
from explorer.networks.tasks.digits import digits
from explorer.sequences import stack_agreement
from explorer.sequences.digits import (
    DigitLesson,
    DigitTraining,
    Pictures,
    named,
    nearest_neighbour,
)
from explorer.sequences.learning import learn

TINY = DigitTraining(cell="gru", units=6, updates=2, batch=4)


@pytest.fixture(scope="module")
def network():
    return learn(DigitLesson(digits(), TINY))


def test_a_reading_is_what_the_same_modules_of_torch_compute(network):
    picture = digits().values[7].double()
    recurrent = torch.nn.GRU(8, 6, bidirectional=True)
    modules = torch.nn.ModuleDict({"recurrent": recurrent, "readout": torch.nn.Linear(12, 10)})
    modules.load_state_dict(network.state_dict())
    modules.double()

    reading = network.read(picture)

    with torch.no_grad():
        _, last = recurrent(picture)  # h after the last row, and backward after the first
        expected = modules["readout"](last.flatten()).softmax(dim=0)
    assert (reading.probabilities - expected).abs().max() < 1e-14
    assert reading.answer == int(expected.argmax())
    assert stack_agreement(reading.trace) < 1e-14
    assert network.parameters == sum(part.numel() for part in modules.parameters())


def test_a_surgery_on_the_way_back_changes_the_answer_s_odds(network):
    picture = digits().values[7]
    cut = Surgery(clamps=(Clamp("hidden", (), 0, 0, 0.9),))

    seen = network.read(picture, cut, (0, 1))

    assert (seen.trace.traces[0][1].steps.hidden[0] == 0.9).all()
    assert not torch.equal(seen.probabilities, network.read(picture).probabilities)


def test_the_nearest_neighbour_is_that_of_scikit_learn():
    pictures = digits()
    flat, past = pictures.values.flatten(1).double().numpy(), pictures.learned
    labels = pictures.digits.numpy()

    judge = KNeighborsClassifier(1).fit(flat[:past], labels[:past])

    expected = judge.score(flat[past:], labels[past:])
    assert nearest_neighbour(pictures) == pytest.approx(expected, abs=1.5 / 500)  # ties


def test_pictures_held_out_are_scored_and_never_learned():
    every = digits()
    past, shown = every.learned, every.learned + 60
    pictures = Pictures(every.values[:shown], every.digits[:shown], past)
    other = pictures.values.clone()
    other[past:] = 0.0

    one = learn(DigitLesson(pictures, TINY))
    same = learn(DigitLesson(Pictures(other, pictures.digits, past), TINY))

    assert all(torch.equal(v, same.state_dict()[k]) for k, v in one.state_dict().items())
    told = named(one, pictures)
    answers = [one.read(picture).answer for picture in pictures.values[past:]]
    right = (torch.tensor(answers) == pictures.digits[past:]).double().mean().item()
    assert told.many == 60
    assert told.right == pytest.approx(right, abs=1e-9)
    assert told.right_error == pytest.approx((right * (1 - right) / 60) ** 0.5)
    assert [found.question for found in told.telling] == [f"a {digit}" for digit in range(10)]
    assert all(found.way in (0, 1) and found.unit < 6 for found in told.telling)


def test_a_network_that_learns_names_most_digits():
    trained = learn(DigitLesson(digits(), DigitTraining(units=16, updates=150)))

    assert named(trained, digits()).right > 0.8


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cell", "elman", "unknown cell 'elman'"),
        ("noise", 2.0, "noise must be between 0 and 1, not 2.0"),
    ],
)
def test_settings_are_checked_at_the_door(field, value, message):
    with pytest.raises(ValueError, match=message):
        DigitTraining(**{field: value})
