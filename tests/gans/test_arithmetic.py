"""A field on plain numbers against the field itself, as torch computes it."""

import pytest
import torch

from explorer.gans.arithmetic import on_numbers
from explorer.gans.dirac import DIRAC_GAMES, trajectory

PLACES = ((0.0, 0.0), (1.0, 1.0), (-0.7, 2.3), (3.0, -3.0), (1e-9, -1e-9), (40.0, 30.0))


@pytest.mark.parametrize("name", DIRAC_GAMES)
def test_a_field_on_numbers_is_the_field_to_the_last_digits(name):
    field = DIRAC_GAMES[name].field
    numbers = on_numbers(field)

    for place in PLACES:
        theta, psi = (torch.tensor(each, dtype=torch.float64) for each in place)
        expected = [float(each) for each in field(theta, psi)]
        assert [float(each) for each in numbers(*place)] == pytest.approx(
            expected, rel=1e-14, abs=1e-14
        )


def test_a_path_is_what_stepping_along_the_field_in_torch_gives():
    game = DIRAC_GAMES["consensus"]
    theta, psi = (torch.tensor(each, dtype=torch.float64) for each in (1.0, -0.5))
    for _ in range(50):
        theta = theta + 0.2 * game.field(theta, psi)[0]
        psi = psi + 0.2 * game.field(theta, psi)[1]
        psi = psi + 0.2 * game.field(theta, psi)[1]

    end = trajectory(game, (1.0, -0.5), judge_steps=2, steps=50, h=0.2)[-1]

    assert end.tolist() == pytest.approx([float(theta), float(psi)], rel=1e-12)


def test_an_operation_without_arithmetic_is_refused_by_name():
    with pytest.raises(ValueError, match="there is no arithmetic for 'tan'; choose from "):
        on_numbers(lambda theta, psi: (theta.tan(), psi))
