"""The digits: all of them, each once, and read row by row."""

import pytest
from sklearn.datasets import load_digits

from explorer.networks.tasks.digits import ALL, TASK, digits


def test_digits_are_all_of_scikit_learn_s_each_once():
    pictures = digits()

    ours = sorted(map(tuple, (pictures.values.flatten(1) * 16).int().tolist()))
    assert ours == sorted(map(tuple, load_digits().data.astype(int).tolist()))
    assert pictures.values.min() == 0
    assert pictures.values.max() == 1
    assert len(ours) == ALL


def test_the_picture_beside_the_dial_is_the_one_that_is_read():
    material = TASK.material

    for number in (0, 7, ALL - 1):
        given = material.given(number)
        assert given.x.equal(material.picture(number))
        assert given.tokens == tuple(f"row {row}" for row in range(1, 9))
    with pytest.raises(ValueError, match="digit must be between 0 and 1796, not 1797"):
        material.check(ALL)
