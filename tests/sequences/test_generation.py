"""Text that networks write: from the right distributions, by the chance of its seed alone."""

from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from explorer.cells import CELLS
from explorer.cells.surgery import Clamp, Surgery, WeightEdit
from explorer.sequences import Vocabulary
from explorer.sequences.characters import fresh_characters
from explorer.sequences.generation import drawn, generate, sharpened

LETTERS = "\n" + "".join(map(chr, range(32, 127)))
PROMPT = "def f(x):"


@cache
def a_network(cell="lstm", layers=1):
    """An untrained network whose read-out is sharpened, so that it has opinions."""
    rng = torch.Generator().manual_seed(0)
    network = fresh_characters(cell, Vocabulary(LETTERS), 12, 5, 1.0, rng, layers)
    network.readout.mul_(20)
    return network


def expected_after(network, text, **operated):
    """What the network expects after the last character of a text, by reading it at once."""
    return network.read(text, **operated).log_probabilities[-1]


@pytest.mark.parametrize("cell", CELLS)
def test_at_temperature_zero_the_likeliest_character_is_written_each_time(cell):
    network, text = a_network(cell), PROMPT

    for character in generate(network, PROMPT, 30, temperature=0, seed=3).text:
        assert character == network.vocabulary[int(expected_after(network, text).argmax())]
        text += character


@pytest.mark.parametrize("layers", [1, 2])
def test_what_was_drawn_from_is_the_softmax_of_the_network_at_that_temperature(layers):
    network = a_network(layers=layers)

    written = generate(network, PROMPT, 12, temperature=0.7)

    for step in range(12):
        own = expected_after(network, PROMPT + written.text[:step])
        assert (written.probabilities[step] - (own / 0.7).softmax(0)).abs().max() < 1e-12
        assert written.surprise[step].item() == pytest.approx(-own[written.codes[step]].item())
        assert written.ranks[step] == (own > own[written.codes[step]]).sum()


@pytest.mark.parametrize("layers", [1, 2])
def test_what_has_read_the_prompt_before_goes_on_as_if_it_read_it_now(layers):
    network = a_network(layers=layers)
    surgery = Surgery(clamps=(Clamp("forget_gate", (3,), 2, 5, 0.0),))
    seen = network.read(PROMPT + "more", surgery).trace

    carry = network.before(seen, len(PROMPT) - 1)
    again = generate(network, PROMPT, 30, 0.7, seed=4, surgery=surgery)
    goes_on = generate(network, PROMPT, 30, 0.7, seed=4, surgery=surgery, carry=carry)

    assert goes_on.text == again.text
    assert (goes_on.probabilities - again.probabilities).abs().max() < 1e-12
    with pytest.raises(ValueError, match="a carry must be from step 8, not 3"):
        generate(network, PROMPT, 30, carry=network.before(seen, 3))


def test_of_top_k_only_the_k_likeliest_are_drawn_in_their_proportions():
    network = a_network()

    written = generate(network, PROMPT, 200, temperature=3.0, top_k=3)

    assert set(written.ranks.tolist()) == {0, 1, 2}
    own = (expected_after(network, PROMPT) / 3.0).softmax(0)
    best = own.topk(3)
    torch.testing.assert_close(
        written.probabilities[0][best.indices], best.values / best.values.sum()
    )
    assert ((written.probabilities > 0).sum(1) == 3).all()


@given(st.integers(0, 1000), st.floats(0.05, 5), st.integers(0, 10))
def test_sharpened_is_a_distribution_in_the_order_of_the_network(seed, temperature, top_k):
    logits = torch.randn(10, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)

    found = sharpened(logits.log_softmax(0), temperature, top_k)

    assert found.sum().item() == pytest.approx(1)
    kept = top_k or 10
    assert (found > 0).sum() == kept
    order = logits.argsort(descending=True)[:kept]
    assert (found[order].diff() <= 0).all()
    if kept > 1:
        ratio = (found[order[0]] / found[order[1]]).log()
        assert ratio.item() == pytest.approx(
            ((logits[order[0]] - logits[order[1]]) / temperature).item()
        )


def test_of_equals_the_first_are_kept():
    equal = torch.zeros(5_000, dtype=torch.float64)

    assert sharpened(equal, 1.0, 2)[:3].tolist() == [0.5, 0.5, 0]
    assert sharpened(equal, 0.0)[:2].tolist() == [1, 0]


def test_characters_are_drawn_as_often_as_they_are_likely():
    shares = torch.tensor([0.0, 0.5, 0.0, 0.3, 0.15, 0.05, 0.0], dtype=torch.float64)
    chances = torch.rand(20_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    counts = torch.bincount(
        torch.tensor([drawn(shares, chance) for chance in chances]), minlength=7
    )

    possible = shares > 0
    assert counts[~possible].sum() == 0
    assert chisquare(counts[possible], 20_000 * shares[possible]).pvalue > 0.01


@pytest.mark.parametrize("chance", [0.0, 1 - 2**-53])
def test_the_ends_of_chance_draw_something_possible(chance):
    shares = torch.tensor([0.0, 0.1, 0.2, 0.7 - 1e-16, 0.0], dtype=torch.float64)

    assert drawn(shares, torch.tensor(chance, dtype=torch.float64)) == (1 if chance == 0 else 3)


def test_the_same_seed_writes_the_same_text_and_leaves_the_global_generator_alone():
    network, before = a_network(), torch.get_rng_state()

    one, again, other = (generate(network, PROMPT, 60, seed=seed) for seed in (1, 1, 2))

    assert one.text == again.text != other.text
    assert torch.equal(one.probabilities, again.probabilities)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_longer_text_of_a_seed_begins_like_the_shorter_one():
    network = a_network()

    assert generate(network, PROMPT, 60).text.startswith(generate(network, PROMPT, 20).text)


def test_until_the_operation_begins_both_runs_write_the_same():
    network, begin = a_network(), len(PROMPT) + 10
    clamp = Surgery(clamps=(Clamp("forget_gate", (), begin, begin + 20, 0.0),))

    whole = generate(network, PROMPT, 31, seed=4)
    operated = generate(network, PROMPT, 31, seed=4, surgery=clamp)

    # The step that reads character `begin` chooses number 11 of those written, from 0.
    assert operated.text[:11] == whole.text[:11]
    assert torch.equal(operated.probabilities[:11], whole.probabilities[:11])
    assert not torch.equal(operated.probabilities[11], whole.probabilities[11])


@pytest.mark.parametrize("at", [(0, 0), (1, 0)])
def test_an_operated_run_draws_from_what_the_operated_network_expects(at):
    network = a_network(layers=2)
    clamp = Surgery(clamps=(Clamp("cell", (1, 2), 3, 20, 0.9),), without=("no_output_gate",))

    written = generate(network, PROMPT, 12, surgery=clamp, at=at)

    # Read with the rest of what was written behind it, so that the clamp has steps to last.
    whole = network.read(PROMPT + written.text, clamp, at).probabilities
    expected = whole[len(PROMPT) - 1 : -1]
    assert (written.probabilities - expected).abs().max() < 1e-12


def test_an_operation_that_changes_nothing_writes_the_same_text():
    network = a_network()
    kept = Surgery(edits=(WeightEdit("weight_hh", 3, 4, network.weights.weight_hh[3, 4].item()),))

    one, other = generate(network, PROMPT, 40), generate(network, PROMPT, 40, surgery=kept)

    assert one.text == other.text


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"prompt": ""}, "at least one character"),
        ({"length": 0}, "length must be between 1 and 2,000, not 0"),
        ({"length": 2_001}, "not 2,001"),
        ({"temperature": -0.1}, "temperature must be between 0 and 10, not -0.1"),
        ({"temperature": float("nan")}, "temperature must be between 0 and 10, not nan"),
        ({"top_k": 98}, "top_k must be between 0 and 97, not 98"),
        ({"at": (1, 0), "surgery": Surgery(without=("no_input_gate",))}, "layer must be between"),
        (
            {"surgery": Surgery(clamps=(Clamp("cell", (12,), 0, 3, 0.0),))},
            "unit of a clamp of cell must be from 0 to 11, not 12",
        ),
        (
            {"surgery": Surgery(clamps=(Clamp("cell", (), 0, 29, 0.0),))},
            "step of a clamp of cell must be from 0 to 28, not 29",
        ),
        (
            {
                "surgery": Surgery(
                    edits=tuple(WeightEdit("weight_ih", 24, j, 1e308) for j in range(5)),
                    clamps=(Clamp("hidden", (), 0, 28, 1e308),),
                )
            },
            "too large to go on",
        ),
    ],
)
def test_settings_of_no_use_are_refused_in_one_line(asked, complaint):
    with pytest.raises(ValueError, match=complaint):
        generate(a_network(), **{"prompt": PROMPT, "length": 20, **asked})
