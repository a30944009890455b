"""PyTorch's recurrent layers in every form that they are kept in compute what torch computes."""

import re
import warnings

import numpy as np
import pytest
import torch
from safetensors.torch import save as safe
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune
from uploading import layer, saved

from explorer.networks.uploads import opened
from explorer.sequences.stack import read_stack

STEPS, BATCH = 9, 2


def x_of(inputs):
    rng = np.random.default_rng(3)
    return torch.from_numpy(rng.standard_normal((STEPS, BATCH, inputs)))


def hidden(found):
    """What an opened network makes of x, (T, batch, O), in float64."""
    return read_stack(found.stack.to(torch.float64), x_of(found.stack.inputs)).hidden


def by_torch(module, inputs):
    """What the module itself makes of the same x, in float64, as when it is not trained."""
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch tells about parametrised flat weights
        return module.eval().double()(x_of(inputs))[0]


def only(state, name="model.pt"):
    """The one network of a state dict, and nothing refused."""
    upload = opened(name, saved(state))
    (found,) = upload.found
    assert upload.refused == ()
    return found


def complaint(state):
    with pytest.raises(ValueError, match=r"\S") as refused:
        opened("model.pt", saved(state))
    return str(refused.value)


def told(found):
    return " ".join(found.convention.told_by)


def learned(module):
    """Moves every number of a module a little, as training would."""
    rng = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weight in module.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=rng, dtype=weight.dtype)
    return module


@pytest.fixture(autouse=True)
def _drawn():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def weights_of(module):
    return [name for name, _ in module.named_parameters() if name.startswith("weight")]


# parametrised weights


def normed_the_old_way(module, name, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is called deprecated
        nn.utils.weight_norm(module, name, **options)


def spectral_the_old_way(module, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nn.utils.spectral_norm(module, name)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("dim", [0, 1, None])
@pytest.mark.parametrize(
    "normed", [normed_the_old_way, parametrizations.weight_norm], ids=["_g and _v", "originals"]
)
def test_weight_norm_is_rebuilt_as_the_module_computes_it(kind, dim, normed):
    module = nn.Module()
    module.rnn = kind(2, 3, num_layers=2, bidirectional=True)
    for name in weights_of(module.rnn):
        normed(module.rnn, name, dim=dim)
    learned(module)

    found = only(module.state_dict())

    assert torch.allclose(hidden(found), by_torch(module.rnn, 2), atol=1e-12, rtol=0)
    assert "Weight norm: rebuilt as g · v / ‖v‖" in told(found)
    assert {0: "of its row", 1: "of its column", None: "of the whole"}[dim] in told(found)
    assert found.difference < 1e-12


def test_a_bias_under_weight_norm_keeps_its_signs():
    module = nn.LSTM(2, 3)
    normed_the_old_way(module, "bias_hh_l0")

    found = only(learned(module).state_dict())

    assert torch.allclose(hidden(found), by_torch(module, 2), atol=1e-12, rtol=0)


@pytest.mark.parametrize(
    "spectral", [spectral_the_old_way, parametrizations.spectral_norm], ids=["old", "new"]
)
def test_spectral_norm_is_rebuilt_with_the_vectors_that_were_kept(spectral):
    module = nn.LSTM(2, 3, num_layers=2, bidirectional=True)
    for name in weights_of(module):
        spectral(module, name)
    learned(module)  # σ from the vectors is now not the largest singular value

    found = only(module.state_dict())

    assert torch.allclose(hidden(found), by_torch(module, 2), atol=1e-12, rtol=0)
    assert "Spectral norm: rebuilt as W / σ" in told(found)
    assert found.assumed == ()


@pytest.mark.parametrize(
    "spectral", [spectral_the_old_way, parametrizations.spectral_norm], ids=["old", "new"]
)
def test_of_a_square_matrix_the_side_of_the_spectral_norm_is_assumed(spectral):
    module = nn.GRU(9, 3)  # weight_ih is 9×9
    spectral(module, "weight_ih_l0")

    found = only(learned(module).state_dict())

    assert torch.allclose(hidden(found), by_torch(module, 9), atol=1e-12, rtol=0)
    assert found.assumed == (
        "That its spectral norm is of dim 0, PyTorch's default, is assumed: weight_ih_l0.",
    )
    assert "agrees" not in found.verdict


def test_pruned_weights_are_those_that_were_left():
    module = nn.LSTM(2, 3)
    for name in ("weight_ih_l0", "weight_hh_l0"):
        prune.random_unstructured(module, name, 0.5)

    found = only(module.state_dict())

    left = module.weight_hh_l0_orig * module.weight_hh_l0_mask
    assert torch.equal(found.stack.weights.weight_hh, left.double())
    assert (found.stack.weights.weight_hh == 0).sum() == 18
    assert "Pruning" in told(found)


@pytest.mark.parametrize("orthogonal_map", ["householder", "matrix_exp", "cayley"])
@pytest.mark.parametrize("name", ["weight_hh_l0", "weight_ih_l0"])
def test_an_orthogonal_weight_that_never_moved_is_its_base(orthogonal_map, name):
    module = nn.RNN(5, 3)  # weight_hh is square, weight_ih lies down
    parametrizations.orthogonal(module, name, orthogonal_map)

    found = only(module.state_dict())

    assert torch.allclose(hidden(found), by_torch(module, 5), atol=1e-12, rtol=0)
    kept = found.stack.state_dict()[name]
    assert torch.allclose(kept @ kept.T, torch.eye(3).double(), atol=1e-6)


@pytest.mark.parametrize("orthogonal_map", ["householder", "matrix_exp", "cayley"])
def test_an_orthogonal_weight_that_learned_is_refused_by_that_name(orthogonal_map):
    module = parametrizations.orthogonal(nn.LSTM(2, 3), "weight_hh_l0", orthogonal_map)

    said = complaint(learned(module).state_dict())

    assert "its weight_hh_l0 is kept by an orthogonal parametrisation" in said
    assert "remove_parametrizations" in said


def test_an_orthogonal_weight_with_turned_signs_is_refused_too():
    """Householder's map turns columns by them; the others know nothing of signs."""
    module = parametrizations.orthogonal(nn.LSTM(2, 3), "weight_hh_l0")
    state = module.state_dict()
    state["parametrizations.weight_hh_l0.original"][1, 1] = 1

    assert "an orthogonal parametrisation" in complaint(state)


class Symmetric(nn.Module):
    def forward(self, weight):
        return weight.tril() + weight.tril(-1).T


def test_a_parametrisation_of_ones_own_is_refused_by_its_weight():
    module = nn.RNN(2, 3)
    parametrize.register_parametrization(module, "weight_hh_l0", Symmetric())

    said = complaint(module.state_dict())

    assert "its weight_hh_l0 is kept as original, a parametrisation that is not read here" in said


def test_two_parametrisations_on_each_other_are_refused():
    module = parametrizations.spectral_norm(nn.LSTM(2, 3), "weight_hh_l0")
    parametrizations.spectral_norm(module, "weight_hh_l0")

    assert "a parametrisation that is not read here" in complaint(module.state_dict())


def test_two_tensors_that_are_no_weight_norm_are_refused():
    state = nn.LSTM(2, 3).state_dict()
    state["weight_hh_l0_v"] = state.pop("weight_hh_l0")
    state["weight_hh_l0_g"] = torch.ones(12, 3)

    assert "two tensors that are no weight norm's, of 12×3 and 12×3" in complaint(state)


# weight drop


def masked(weight):
    kept = torch.rand(weight.shape) < 0.5
    return 2 * weight * kept


@pytest.mark.parametrize("plain", [True, False], ids=["masked copy", "no copy"])
@pytest.mark.parametrize(
    ("raw_at", "module_at"),
    [("rnns.0.", "rnns.0.module."), ("rnns.0.module.", "rnns.0.module."), ("", "")],
    ids=["in the wrapper", "in the layer", "at the root"],
)
def test_of_dropped_weights_the_raw_matrix_is_read(raw_at, module_at, plain):
    module = nn.LSTM(4, 5, num_layers=2)
    state = {module_at + name: value for name, value in module.state_dict().items()}
    for name in ("weight_hh_l0", "weight_hh_l1"):
        copy = state.pop(module_at + name)
        state[f"{raw_at}{name}_raw"] = copy
        if plain:
            state[module_at + name] = masked(copy)

    found = only(state)

    assert torch.allclose(hidden(found), by_torch(module, 4), atol=1e-12, rtol=0)
    assert "Weight drop: the raw matrix that was learned is read" in told(found)
    assert ("masked" in told(found)) == plain
    assert "weight_hh_l0 and weight_hh_l1" in told(found)


# what belongs to a cell


class NormedCell(nn.LSTMCell):
    def __init__(self):
        super().__init__(3, 4)
        self.ln_ih, self.ln_hh, self.ln_ho = nn.LayerNorm(16), nn.LayerNorm(16), nn.LayerNorm(4)


class Peeping(nn.LSTMCell):
    def __init__(self):
        super().__init__(3, 4)
        self.weight_ci = nn.Parameter(torch.ones(4))


class Attending(nn.LSTM):
    def __init__(self):
        super().__init__(3, 4)
        self.attention = nn.Linear(4, 4)


class Counting(nn.GRU):
    def __init__(self):
        super().__init__(3, 4)
        self.register_buffer("order", torch.arange(4))


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        (NormedCell, {"ln_ih", "ln_hh", "ln_ho"}),
        (Peeping, {"weight_ci"}),
        (Attending, {"attention"}),
        (Counting, {"order"}),
    ],
)
@pytest.mark.parametrize("write", [saved, safe])
def test_a_cell_with_more_in_it_is_refused_with_its_name(cell, named, write):
    state = nn.ModuleDict({"cell": cell(), "fc": nn.Linear(4, 3)}).state_dict()

    with pytest.raises(ValueError, match=r"cell: .* to the cell as well") as refused:
        opened("model.pt", write(state))
    said = re.search("cell: (.*) belongs? to the cell", str(refused.value)).group(1)
    assert set(re.split(", | and ", said)) == named


@pytest.mark.parametrize("cell", [NormedCell, Peeping, Counting, Attending])
def test_such_a_cell_is_refused_where_it_is_the_whole_file_too(cell):
    assert "to the cell as well" in complaint(cell().state_dict())
    assert "to the cell as well" in complaint({"model": cell().state_dict()})
    parallel = {f"module.{name}": value for name, value in cell().state_dict().items()}
    assert "to the cell as well" in complaint(parallel)


def test_what_stands_beside_a_layer_in_a_model_is_none_of_its_own():
    model = nn.ModuleDict(
        {"lstm": nn.LSTM(2, 3), "fc": nn.Linear(3, 4), "lstm_norm": nn.LayerNorm(3)}
    )
    model.h0 = nn.Parameter(torch.ones(3))

    found = only(model.state_dict())

    assert found.assumed == ()
    assert found.verdict.startswith("agrees with torch.nn.LSTM")


class ReadOut(nn.LSTM):
    """A model that is a layer: the file cannot tell it from a dictionary put together by hand."""

    def __init__(self):
        super().__init__(2, 3)
        self.fc = nn.Linear(3, 7)


@pytest.mark.parametrize("wrapped", ["", "module.", "_orig_mod."])
def test_a_readout_in_one_place_with_the_layer_is_said_to_be_assumed(wrapped):
    state = {wrapped + name: value for name, value in ReadOut().state_dict().items()}

    found = only(state)

    assert found.assumed == (
        "fc stands in one place with the layer; that it does not belong to the cell is assumed.",
    )
    assert "agrees" not in found.verdict
    assert torch.equal(found.readout.weight, state[f"{wrapped}fc.weight"])


def test_a_dictionary_in_one_place_with_the_layer_is_said_to_be_assumed():
    found = only({**nn.LSTM(2, 3).state_dict(), "scaling": {"mean": torch.ones(2)}})

    assert found.assumed == (
        "scaling stands in one place with the layer; that it does not belong to the cell is "
        "assumed.",
    )


def test_cells_in_a_list_are_one_network_each():
    cells = nn.ModuleList([nn.LSTMCell(2, 3), nn.LSTMCell(3, 3)])

    found = opened("model.pt", saved({"cells": cells.state_dict()})).found

    assert [each.name for each in found] == ["cells.0", "cells.1"]
    assert all(each.agrees for each in found)


def test_one_cell_and_layers_under_one_name_are_refused():
    both = {**nn.LSTM(2, 3).state_dict(), **nn.LSTMCell(2, 3).state_dict()}

    assert "it is named as one cell and as layers at once" in complaint(both)


# activations


@pytest.mark.parametrize("squash", ["tanh", "relu"])
@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
def test_a_plain_rnn_is_read_with_the_activation_that_one_chooses(squash, both):
    module = nn.RNN(2, 3, num_layers=2, bidirectional=both, nonlinearity=squash)

    found = only(module.state_dict())

    chosen = found.squashed(squash)
    assert found.squashes == ("tanh", "relu")
    assert found.stack.cell_name == "rnn_tanh"
    assert torch.allclose(hidden(chosen), by_torch(module, 2), atol=1e-12, rtol=0)
    assert chosen.assumed == (f"The file does not say tanh or relu; {squash} is assumed.",)
    assert chosen.difference < 1e-12
    assert "agrees" not in chosen.verdict


def test_an_lstm_leaves_no_activation_to_choose():
    found = only(nn.LSTM(2, 3).state_dict())

    assert found.squashes == ()
    assert found.squashed("relu") is found


# projections


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("bias", [True, False], ids=["biased", "unbiased"])
def test_a_projected_lstm_opens_as_one_that_hands_out_the_same(depth, both, bias):
    module = nn.LSTM(2, 5, num_layers=depth, bidirectional=both, proj_size=3, bias=bias)

    found = only(module.state_dict())

    top = [f"weight_hr_l{depth - 1}"] + [f"weight_hr_l{depth - 1}_reverse"] * both
    handed = torch.block_diag(*(module.state_dict()[name].double() for name in top))
    assert found.stack.units == 5
    assert found.convention.biases == (2 if bias else 0)
    assert torch.allclose(hidden(found) @ handed.T, by_torch(module, 2), atol=1e-12, rtol=0)
    assert "projects its h to 3 numbers (proj_size)" in told(found)
    assert found.difference < 1e-12


def test_the_readout_of_a_projected_lstm_reads_its_units():
    model = nn.ModuleDict({"rnn": nn.LSTM(2, 5, proj_size=3), "fc": nn.Linear(3, 7)})

    found = only(model.state_dict())

    ours = hidden(found) @ found.readout.weight.double().T + found.readout.bias
    with torch.no_grad():
        theirs = model["fc"].double()(by_torch(model["rnn"], 2))
    assert torch.allclose(ours, theirs, atol=1e-6, rtol=0)


def test_a_projection_that_does_not_fit_is_refused():
    state = nn.LSTM(2, 5, num_layers=2, proj_size=3).state_dict()

    assert "weight_hr do not fit" in complaint({**state, "weight_ih_l1": torch.ones(20, 4)})
    missing = {name: value for name, value in state.items() if name != "weight_hr_l1"}
    assert "weight_hr do not fit" in complaint(missing)
    assert "not all of one size" in complaint({**state, "weight_hr_l1": torch.ones(2, 5)})


# precision and size


@pytest.mark.parametrize(
    ("precision", "sentence"),
    [
        (torch.float16, ("Its numbers are kept in half precision (float16).",)),
        (torch.bfloat16, ("Its numbers are kept in half precision (bfloat16).",)),
        (torch.float64, ("Its numbers are kept in double precision (float64).",)),
        (torch.float32, ()),
    ],
)
def test_the_precision_that_numbers_are_kept_in_is_said(precision, sentence):
    module = nn.GRU(2, 3).to(precision)

    found = only(module.state_dict())

    assert found.convention.told_by[1:] == sentence
    assert torch.equal(found.stack.weights.weight_hh.to(precision), module.weight_hh_l0)


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch will take quantised tensors out
@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (lambda: torch.ones(12, 3, dtype=torch.int8), "its weight_hh_l0 is quantised (int8)"),
        (
            lambda: torch.quantize_per_tensor(torch.ones(12, 3), 0.1, 0, torch.qint8),
            "its weight_hh_l0 is quantised (qint8)",
        ),
        (lambda: torch.ones(12, 3, dtype=torch.complex64), "its weight_hh_l0 is kept as complex64"),
        (lambda: torch.ones(12, 3).to_sparse(), "its weight_hh_l0 is sparse"),
    ],
    ids=["int8", "qint8", "complex", "sparse"],
)
def test_numbers_that_are_not_read_are_refused_by_how_they_are_kept(tensor, message):
    assert message in complaint({**nn.LSTM(2, 3).state_dict(), "weight_hh_l0": tensor()})


def test_a_matrix_beside_a_network_that_is_kept_in_eight_bits_is_left_alone():
    eight = torch.ones(4, 2).to(torch.float8_e4m3fn)
    kept = {f"rnn.{name}": tensor for name, tensor in nn.LSTM(2, 3).state_dict().items()}

    found = only({**kept, "embedding.weight": eight})

    assert found.agrees
    assert found.embedding is None


def test_a_thousand_units_are_opened():
    found = only(layer(nn.GRU, 2, 1_024).state_dict())

    assert found.stack.units == 1_024
    assert found.agrees


# what is around a network in its file


def adam(module):
    """An optimizer that made one step, so that it has a moment for each weight."""
    optimizer = torch.optim.Adam(module.parameters())
    module(x_of(2).float())[0].sum().backward()
    optimizer.step()
    return optimizer


def test_the_states_of_an_optimizer_are_no_networks():
    module = nn.LSTM(2, 3)
    moments = {name: torch.ones_like(value) for name, value in module.state_dict().items()}
    checkpoint = {
        "model": module.state_dict(),
        "optimizer": adam(module).state_dict(),
        "by_name": {"param_groups": [], "state": {"exp_avg": moments}},
        "optim_state": moments,
        "grads": moments,
    }

    assert [each.name for each in opened("a.pth", saved(checkpoint)).found] == ["model"]


def test_a_file_of_nothing_but_an_optimizer_says_so():
    states = adam(nn.LSTM(2, 3)).state_dict()

    assert "no network but the state of an optimizer" in complaint({"optimizer": states})
    assert "no network but the state of an optimizer" in complaint(states)


def test_two_copies_of_one_network_are_both_there():
    model = nn.ModuleDict({"rnn": nn.GRU(2, 3)})
    averaged = nn.ModuleDict({"rnn": nn.GRU(2, 3)})
    checkpoint = {"state_dict": model.state_dict(), "ema": averaged.state_dict()}

    one, other = opened("a.ckpt", saved(checkpoint)).found

    assert (one.name, other.name) == ("state_dict.rnn", "ema.rnn")
    assert torch.equal(one.stack.weights.weight_hh, model["rnn"].weight_hh_l0)
    assert torch.equal(other.stack.weights.weight_hh, averaged["rnn"].weight_hh_l0)


def test_two_tensors_of_one_name_are_not_taken_for_one():
    state = nn.GRU(2, 3).state_dict()
    dotted = {f"rnn.{name}": value + 1 for name, value in state.items()}

    said = complaint({"a": {"rnn": state}, "a.rnn": state})
    assert "it holds two tensors called a.rnn.weight_ih_l0" in said
    assert "two tensors called rnn.weight_ih_l0" in complaint({**dotted, "rnn": state})


def test_networks_in_a_list_are_found():
    both = [nn.LSTM(2, 3).state_dict(), nn.GRU(2, 3).state_dict()]

    assert [each.name for each in opened("a.pt", saved(both)).found] == ["0", "1"]
