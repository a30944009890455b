"""What expectations owe to earlier characters: against autograd and finite differences."""

from functools import cache

import pytest
import torch

from explorer.cells import CELLS, State, with_forget_bias
from explorer.sequences import Stack, Vocabulary, read_stack
from explorer.sequences import saliency as room
from explorer.sequences.characters import CharacterNetwork, fresh_characters
from explorer.sequences.saliency import saliency, slopes
from explorer.verify.cells import VARIED

LETTERS = "".join(map(chr, range(32, 127)))
TEXT = "for each in range(7): print(each)"


@cache
def a_network(cell="lstm", layers=1, units=9, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return fresh_characters(cell, Vocabulary(LETTERS), units, 4, 1.0, rng, layers)


def told(network, x, codes, logit=False):
    """log p (or the logit) of every character but the first, from embedded characters."""
    network = network.precise
    out = read_stack(network.stack, x).hidden @ network.readout.T + network.readout_bias
    if not logit:
        out = out.log_softmax(-1)
    return out[:-1].gather(1, codes[1:, None])[:, 0]


def by_autograd(network, text, logit=False):
    """The same matrix by torch's own differentiation, one way back for every expectation."""
    codes = network.vocabulary.encode(text)
    x = network.precise.embedding[codes].clone().requires_grad_()
    expectations = told(network, x, codes, logit)
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in expectations]
    return torch.stack(rows).norm(dim=-1)[:, :-1]


@pytest.mark.parametrize(
    ("cell", "layers"), [*((cell, 2) for cell in (*CELLS, *VARIED)), ("lstm", 1), ("lstm", 3)]
)
def test_saliency_is_the_norm_of_the_gradient_that_torch_finds(cell, layers):
    network = a_network(cell, layers)

    found = saliency(network, TEXT).matrix

    torch.testing.assert_close(found, by_autograd(network, TEXT), rtol=1e-8, atol=1e-18)


@pytest.mark.parametrize("cell", [*CELLS, *VARIED])
def test_saliency_is_what_finite_differences_of_log_p_say(cell):
    network, text, step = a_network(cell), TEXT[:9], 1e-6
    codes = network.vocabulary.encode(text)
    x = network.precise.embedding[codes]
    squares = torch.zeros(8, 8, dtype=torch.float64)
    for k in range(8):
        for entry in range(4):
            moved = torch.zeros_like(x)
            moved[k, entry] = step
            ahead, behind = told(network, x + moved, codes), told(network, x - moved, codes)
            squares[:, k] += ((ahead - behind) / (2 * step)).square()

    torch.testing.assert_close(saliency(network, text).matrix, squares.sqrt(), rtol=1e-5, atol=1e-9)


def test_connectivity_of_logits_is_their_gradient():
    network = a_network("gru")

    found = saliency(network, TEXT, of="logit").matrix

    torch.testing.assert_close(found, by_autograd(network, TEXT, logit=True), rtol=1e-8, atol=0)
    assert not torch.allclose(found, saliency(network, TEXT).matrix, rtol=0.01)


def test_no_expectation_owes_anything_to_what_comes_after_it():
    matrix = saliency(a_network(), TEXT).matrix

    assert (matrix.triu(1) == 0).all()
    assert (matrix.tril() > 0).sum() == len(matrix) * (len(matrix) + 1) // 2


@pytest.mark.parametrize("cell", ["lstm", "gru_before"])
def test_going_back_in_pieces_changes_nothing(cell, monkeypatch):
    network = a_network(cell, layers=2)
    whole = saliency(network, TEXT).matrix

    monkeypatch.setattr(room, "MOST_SLOPES", 1000)  # a few steps at a time

    torch.testing.assert_close(saliency(network, TEXT).matrix, whole, rtol=1e-9, atol=0)


def test_a_closed_forget_gate_cuts_off_everything_before_and_an_open_one_does_not():
    network, cell = a_network(), CELLS["lstm"]
    without_past = network.weights.weight_hh * 0

    def far(bias):
        weights = with_forget_bias(cell, network.weights, bias)
        cut = Stack("lstm", ((type(weights)(
            weights.weight_ih, without_past, weights.bias_ih, weights.bias_hh
        ),),))  # fmt: skip
        changed = CharacterNetwork(
            network.vocabulary, network.embedding, cut, network.readout, network.readout_bias
        )
        matrix = saliency(changed, TEXT).matrix
        return (matrix[-1, 0] / matrix[-1, -1]).item()

    assert far(-200.0) < 1e-80
    assert far(20.0) > 0.01


def test_a_step_follows_its_past_as_its_jacobian_says():
    rng = torch.Generator().manual_seed(0)
    for name, cell in CELLS.items():
        weights = cell.draw(2, 3, rng, torch.float64)
        x = torch.randn(4, 2, generator=rng, dtype=torch.float64)
        state = read_stack(Stack(name, ((weights,),)), x).traces[0][0].before

        def after(hidden, memory, x, cell=cell, weights=weights):
            step = cell.step(weights, x, State(hidden, memory)).state
            return step.hidden if step.cell is None else torch.cat((step.hidden, step.cell))

        local = slopes(cell, weights, x, state)
        for t in range(4):
            memory = None if state.cell is None else state.cell[t]
            given = [state.hidden[t], *([] if memory is None else [memory]), x[t]]
            rows = torch.autograd.functional.jacobian(
                lambda *g, after=after: after(g[0], g[1] if len(g) == 3 else None, g[-1]),
                tuple(given),
            )
            torch.testing.assert_close(local.of_state[t], torch.cat(rows[:-1], dim=1))
            torch.testing.assert_close(local.of_input[t], rows[-1])


def test_the_influences_on_one_character_are_its_row():
    found = saliency(a_network(), TEXT)

    assert torch.equal(found.of(5), found.matrix[4])
    assert found.log_probabilities[4].item() == pytest.approx(
        -a_network().read(TEXT).surprise[4].item()
    )
    for wrong in (0, len(TEXT)):
        with pytest.raises(ValueError, match="between 1 and 32, not"):
            found.of(wrong)


def test_one_character_has_nothing_before_it():
    with pytest.raises(ValueError, match="at least two characters"):
        saliency(a_network(), "x")
