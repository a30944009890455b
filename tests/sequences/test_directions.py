"""What each direction of a network that reads both ways knows, the other held at its mean."""

import math
from copy import copy

import numpy as np
import pytest
import torch

from explorer.sequences.grammars import SYMBOLS
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.problems import Examples, Forecast, directions, knew
from explorer.sequences.problems.grammar import Grammar

BUILD = Build(units=5)


@pytest.fixture(scope="module")
def waves() -> Forecast:
    values = np.sin(np.arange(60) * 0.7) + np.cos(np.arange(60) * 0.31)
    return Forecast(values, learned=40, window=6)


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar(embedded=False)


def drawn(problem, kind: str):
    return KINDS[kind].draw(problem.shape, BUILD, torch.Generator().manual_seed(4))


def exchanged(network, other) -> None:
    """Give ``other`` the weights of a network with its two directions exchanged."""
    with torch.no_grad():
        for name, part in network.parameters.items():
            if name.startswith("recurrent."):
                back = name.endswith("_reverse")
                name = name.removesuffix("_reverse") if back else f"{name}_reverse"
            elif name == "readout.weight" and network.merge == "side by side":
                part = torch.cat(part.chunk(2, dim=1)[::-1], dim=1)
            other.parameters[name].copy_(part)


@pytest.mark.parametrize("kind", ["both", "both_summed"])
def test_a_film_that_runs_backward_exchanges_what_the_directions_know(waves, kind):
    network, mirrored = drawn(waves, kind), drawn(waves, kind)
    exchanged(network, mirrored)
    backward = copy(waves)
    backward.held_out = Examples(waves.held_out.inputs.flip(0), waves.held_out.targets)

    found, other = directions(waves, network), directions(backward, mirrored)

    assert other.forward == pytest.approx(found.backward, rel=1e-5)
    assert other.backward == pytest.approx(found.forward, rel=1e-5)
    assert other.together == pytest.approx(found.together, rel=1e-5)
    assert found.forward != pytest.approx(found.backward, rel=1e-3)


def test_a_direction_that_is_not_listened_to_knows_nothing_and_the_other_all(grammar):
    network = drawn(grammar, "both")
    with torch.no_grad():
        network.parameters["readout.weight"][:, BUILD.units :] = 0

    found = directions(grammar, network)
    there, back = knew(grammar, network, 3, found.means)
    text = grammar.strings[3]
    answers = grammar.answers(network)[: len(text) - 1, 3].softmax(-1)
    right = [SYMBOLS.index(symbol) for symbol in text[1:]]

    assert found.forward == found.together
    assert there == pytest.approx(answers[torch.arange(len(right)), right].numpy(), abs=1e-6)
    for symbol in set(right):  # always the same answer, whatever was read
        alike = [float(back[step]) for step, each in enumerate(right) if each == symbol]
        assert max(alike) - min(alike) < 1e-6


def test_numbers_have_no_right_name_and_one_way_has_no_two_directions(waves):
    both = drawn(waves, "both")

    assert knew(waves, both, 0, directions(waves, both).means) is None
    assert math.isfinite(directions(waves, both).together)
    with pytest.raises(ValueError, match="reads both ways"):
        directions(waves, drawn(waves, "vanilla"))
