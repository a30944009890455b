"""Good files of every format open as the network they were, with their convention told."""

import gzip
import importlib.util
import io
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import save as safe
from torch import nn
from uploading import (
    FROM_KERAS,
    exported,
    fixture,
    layer,
    node_arrays,
    onnx_graph,
    onnx_node,
    redescribed,
    saved,
)

from explorer.networks.shipped import ASSETS
from explorer.networks.uploads import opened
from explorer.sequences import CharacterNetwork
from explorer.sequences.stack import read_stack
from tests.ulps import ulps_apart

X = np.random.default_rng(3).standard_normal((9, 2, 2)).astype(np.float32)


def hidden(found, x=X):
    """What an opened network makes of x, (T, batch, I)."""
    precise = found.stack.to(torch.float64)
    return read_stack(precise, torch.from_numpy(x).double()).hidden.numpy()


def by_torch(module, x=X):
    with torch.no_grad():
        return module.double()(torch.from_numpy(x).double())[0].numpy()


def by_onnxruntime(data, x=X):
    """(T, directions, batch, H) as the file itself computes it."""
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


# PyTorch


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
@pytest.mark.parametrize("bias", [True, False], ids=["biased", "unbiased"])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_state_dict_opens_as_the_layer_it_came_from(kind, depth, bias, both):
    torch_layer = layer(kind, 2, 3, num_layers=depth, bias=bias, bidirectional=both)

    upload = opened("model.pt", saved(torch_layer.state_dict()))

    (found,) = upload.found
    assert np.abs(hidden(found) - by_torch(torch_layer)).max() < 1e-12
    assert found.agrees
    assert found.against == f"torch.nn.{kind.__name__}"
    assert (found.stack.depth, found.stack.both_ways) == (depth, both)
    assert found.convention.biases == (2 if bias else 0)
    assert found.convention.directions == ("both" if both else "forward")
    assert upload.refused == ()


def test_the_same_tensors_open_alike_from_safetensors_and_from_a_state_dict():
    state = layer(nn.GRU, 2, 3).state_dict()

    one, other = opened("a.pt", saved(state)), opened("a.safetensors", safe(state))

    for key, value in one.found[0].stack.state_dict().items():
        assert torch.equal(other.found[0].stack.state_dict()[key], value)
    assert one.found[0].convention.letters == ("r", "z", "n")
    assert one.found[0].convention.reset == "after"


def test_a_float64_file_stays_in_float64_and_is_proved_to_rounding():
    (found,) = opened("a.pt", saved(layer(nn.LSTM, 2, 3).double().state_dict())).found

    assert found.stack.weights.weight_hh.dtype == torch.float64
    assert found.tolerance == 1e-12
    assert found.agrees


def test_half_precision_is_read_as_float32_without_a_change():
    state = layer(nn.LSTM, 2, 3).half().state_dict()

    (found,) = opened("a.pt", saved(state)).found

    assert torch.equal(found.stack.weights.weight_hh, state["weight_hh_l0"].float())
    assert found.agrees


def test_a_single_cell_opens_as_one_layer():
    cell = layer(nn.GRUCell, 2, 3)

    (found,) = opened("cell.pth", saved(cell.state_dict())).found

    h = torch.zeros(2, 3, dtype=torch.float64)
    for given, expected in zip(X, hidden(found), strict=True):
        with torch.no_grad():
            h = cell.double()(torch.from_numpy(given).double(), h)
        assert np.abs(h.numpy() - expected).max() < 1e-12
    assert "Named as one cell, without layer numbers." in found.convention.told_by


def test_of_a_plain_rnn_it_is_said_that_tanh_is_assumed():
    (found,) = opened("a.pt", saved(layer(nn.RNN, 2, 3, nonlinearity="relu").state_dict())).found

    assert found.stack.cell_name == "rnn_tanh"
    assert any("tanh is assumed" in told for told in found.assumed)
    assert found.agrees
    assert "agrees" not in found.verdict


def test_layers_are_found_under_prefixes_in_dictionaries_of_a_checkpoint():
    module = nn.ModuleDict(
        {"encoder": layer(nn.LSTM, 2, 3, bidirectional=True), "decoder": layer(nn.GRU, 5, 4)}
    )
    checkpoint = {"epoch": 3, "model": {"state_dict": module.state_dict()}, "loss": [0.1]}

    found = opened("run.pth", saved(checkpoint)).found

    assert [each.name for each in found] == ["model.state_dict.encoder", "model.state_dict.decoder"]
    assert np.abs(hidden(found[0]) - by_torch(module["encoder"])).max() < 1e-12


def test_an_embedding_and_a_readout_are_recognised_by_their_shapes():
    module = nn.ModuleDict(
        {
            "words": layer(nn.Embedding, 7, 2),
            "rnn": layer(nn.LSTM, 2, 3, bidirectional=True),
            "out": layer(nn.Linear, 6, 7),
        }
    )

    (found,) = opened("model.pt", saved(module.state_dict())).found

    assert torch.equal(found.embedding.weight, module["words"].weight)
    assert torch.equal(found.readout.weight, module["out"].weight)
    assert torch.equal(found.readout.bias, module["out"].bias)


def test_what_could_be_embedding_or_readout_is_called_neither():
    module = nn.ModuleDict(
        {"a": layer(nn.Embedding, 7, 3), "rnn": layer(nn.GRU, 3, 3), "b": layer(nn.Embedding, 7, 3)}
    )

    (found,) = opened("model.pt", saved(module.state_dict())).found

    assert found.embedding is None
    assert found.readout is None


def test_a_readout_that_fits_two_networks_is_given_to_neither():
    module = nn.ModuleDict(
        {"a": layer(nn.GRU, 2, 3), "b": layer(nn.LSTM, 5, 3), "out": layer(nn.Linear, 3, 7)}
    )

    upload = opened("model.pt", saved(module.state_dict()))

    assert [found.readout for found in upload.found] == [None, None]


def test_a_layer_that_is_not_computed_here_leaves_the_others_open():
    module = nn.ModuleDict({"a": layer(nn.LSTM, 2, 3), "b": layer(nn.GRU, 2, 3)})
    module["a"].norm = nn.LayerNorm(3)

    upload = opened("model.pt", saved(module.state_dict()))

    assert [found.name for found in upload.found] == ["b"]
    assert upload.refused[0].startswith("a: norm belongs to the cell as well")


def test_of_very_many_networks_the_first_are_opened_and_the_others_counted():
    module = nn.ModuleDict({f"n{n}": layer(nn.RNN, 2, 3) for n in range(19)})

    upload = opened("model.pt", saved(module.state_dict()))

    assert len(upload.found) == 16
    assert upload.refused == ("3 more networks are in it; the first 16 were opened",)


def test_opening_leaves_the_global_generator_alone():
    content = saved(layer(nn.LSTM, 2, 3).state_dict())
    before = torch.get_rng_state()

    opened("model.pt", content)

    assert torch.equal(torch.get_rng_state(), before)


# this project's own files


@pytest.mark.parametrize("name", ["characters-lstm", "numbers-gru"])
def test_a_file_of_this_project_opens_whole_with_its_card(name):
    upload = opened(f"{name}.safetensors", (ASSETS / f"{name}.safetensors").read_bytes())

    (found,) = upload.found
    assert upload.trained.card.name == name
    assert found.stack is upload.trained.network.stack
    assert found.difference < 1e-12
    if isinstance(upload.trained.network, CharacterNetwork):
        assert torch.equal(found.embedding.weight, upload.trained.network.embedding)
    assert torch.equal(found.readout.weight, upload.trained.network.readout)


# ONNX


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize(
    ("kind", "settings", "cell_name"),
    [
        ("LSTM", {}, "lstm"),
        ("LSTM", {"peepholes": True}, "lstm_peephole"),
        ("LSTM", {"input_forget": 1}, "lstm_coupled"),
        ("GRU", {}, "gru_before"),
        ("GRU", {"linear_before_reset": 1}, "gru"),
        ("RNN", {}, "rnn_tanh"),
        ("RNN", {"activations": ["Relu"]}, "rnn_relu"),
    ],
)
def test_a_node_computes_in_onnxruntime_what_it_becomes_here(kind, settings, cell_name, direction):
    ways = 1 + (direction == "bidirectional")
    settings = dict(settings)
    arrays = node_arrays(kind, ways=ways, peepholes=settings.pop("peepholes", False))
    if "activations" in settings:
        settings["activations"] = settings["activations"] * ways
    data = onnx_node(kind, arrays, direction=direction, **settings)

    (found,) = opened("model.onnx", data).found

    backward = direction == "reverse"
    ours = hidden(found, X[::-1].copy())[::-1] if backward else hidden(found)
    theirs = by_onnxruntime(data).transpose(0, 2, 1, 3).reshape(ours.shape)
    told = {"forward": "forward", "reverse": "backward", "bidirectional": "both"}[direction]
    assert found.convention.directions == told
    assert np.abs(ours - theirs).max() < 1e-6 * max(1, np.abs(theirs).max())  # relu grows
    assert found.stack.cell_name == cell_name
    assert found.against == "onnxruntime"
    assert found.agrees


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_a_float64_node_is_proved_in_float64_by_the_reference_evaluator(kind):
    arrays = {name: array.astype(np.float64) for name, array in node_arrays(kind).items()}

    (found,) = opened("model.onnx", onnx_node(kind, arrays)).found

    assert found.against == "the reference evaluator of the onnx package"
    assert found.stack.weights.weight_hh.dtype == torch.float64
    assert found.difference < 1e-12


def test_a_node_without_biases_has_none():
    arrays = node_arrays("GRU")
    del arrays["B"]

    (found,) = opened("model.onnx", onnx_node("GRU", arrays)).found

    assert found.convention.biases == 0
    assert found.agrees


@pytest.mark.parametrize("folding", [True, False], ids=["folded", "unfolded"])
@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_layers_that_torch_exports_are_one_network_again(kind, both, folding):
    torch_layer = layer(kind, 2, 3, num_layers=2, bidirectional=both)
    content = exported(torch_layer, torch.zeros(5, 2, 2), do_constant_folding=folding)

    (found,) = opened("model.onnx", content).found

    assert found.stack.depth == 2
    for key, value in torch_layer.state_dict().items():
        assert torch.equal(found.stack.state_dict()[key], value)


def test_a_network_that_torch_exports_keeps_its_embedding_and_readout():
    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = layer(nn.Embedding, 7, 2)
            self.rnn = layer(nn.GRU, 2, 3, num_layers=2)
            self.out = layer(nn.Linear, 3, 7)

        def forward(self, codes):
            return self.out(self.rnn(self.words(codes))[0])

    reader = Reader()

    (found,) = opened("model.onnx", exported(reader, torch.zeros(5, 2, dtype=torch.long))).found

    assert torch.equal(found.embedding.weight, reader.words.weight)
    assert torch.equal(found.readout.weight, reader.out.weight)
    assert torch.equal(found.readout.bias, reader.out.bias)


def test_layers_between_which_time_and_batch_change_places_are_not_one_network():
    from onnx import helper

    arrays = {f"{key}{n}": a for n in "12" for key, a in node_arrays("LSTM", 3, 3).items()}
    size = {"hidden_size": 3}

    def nodes(between):
        return [
            helper.make_node("LSTM", ["X", "W1", "R1", "B1"], ["Y1"], "low", **size),
            helper.make_node("Squeeze", ["Y1", "axis"], ["flat"]),
            *between,
            helper.make_node("LSTM", ["Z", "W2", "R2", "B2"], ["Y"], "high", **size),
        ]

    arrays["axis"] = np.array([1])
    straight = [helper.make_node("Identity", ["flat"], ["Z"])]
    turned = [helper.make_node("Transpose", ["flat"], ["Z"], perm=[1, 0, 2])]

    assert len(opened("a.onnx", onnx_graph(nodes(straight), arrays)).found) == 1
    assert len(opened("a.onnx", onnx_graph(nodes(turned), arrays)).found) == 2


# Keras


@pytest.fixture(scope="module")
def computed():
    """What Keras itself computed with the models of the fixtures."""
    kept = np.load(io.BytesIO((FROM_KERAS / "computed.npz").read_bytes()))
    return {name.replace("|", "/"): kept[name].swapaxes(0, 1) for name in kept.files}


def compare_with_keras(upload, computed):
    for found in upload.found:
        x, theirs = computed[f"{found.name}/x"], computed[f"{found.name}/hidden"]
        backward = found.convention.directions == "backward"
        # Keras hands the states out in the order in which it read, from the end
        ours = hidden(found, x[::-1].copy() if backward else x)
        assert np.abs(ours - theirs).max() < 1e-6, found.name
        assert found.difference < 1e-12


def test_a_model_that_keras_saved_computes_here_what_it_computed_there(computed):
    upload = opened("reader.keras", fixture("reader.keras"))

    compare_with_keras(upload, computed)
    (found,) = upload.found
    assert (found.stack.depth, found.stack.both_ways) == (2, True)
    assert found.embedding.weight.shape == (7, 2 + 1)
    assert found.readout.weight.shape == (7, 4)


@pytest.mark.parametrize("name", ["kinds.keras", "kinds.h5"])
def test_every_kind_of_layer_is_told_by_the_description_and_computes_as_in_keras(name, computed):
    upload = opened(name, fixture(name))

    compare_with_keras(upload, computed)
    told = {
        found.name: (found.stack.cell_name, found.convention.reset, found.convention.biases)
        for found in upload.found
    }
    assert told == {
        "before": ("gru_before", "before", 1),
        "after": ("gru", "after", 2),
        "wrapped": ("lstm", "", 1),
        "plain": ("rnn_relu", "", 0),
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda layers: layers["low"]["config"].update(merge_mode="sum"),
        lambda layers: layers["dropout"].update(class_name="LayerNormalization"),
        lambda layers: layers["low"]["config"]["layer"]["config"].update(return_sequences=False),
    ],
    ids=["directions are summed", "something between", "only the last state"],
)
def test_layers_of_which_one_reads_something_else_than_the_other_are_two_networks(change):
    def changed(config):
        change({layer["config"]["name"]: layer for layer in config["config"]["layers"]})

    upload = opened("reader.keras", redescribed("reader.keras", changed))

    assert [found.name for found in upload.found] == ["low", "high"]


def test_weights_alone_tell_all_but_activations_and_direction(computed):
    upload = opened("kinds.weights.h5", fixture("kinds.weights.h5"))

    found = {each.name: each for each in upload.found}
    assert found["before"].convention.reset == "before"
    assert found["after"].convention.reset == "after"
    assert found["plain"].stack.cell_name == "rnn_tanh"  # relu and backward are not in the file
    assert all("as it comes is assumed: tanh" in " ".join(f.assumed) for f in upload.found)
    assert not any("agrees" in f.verdict for f in upload.found)
    for name in ("before", "after", "wrapped"):
        ours = hidden(found[name], computed[f"{name}/x"])
        assert np.abs(ours - computed[f"{name}/hidden"]).max() < 1e-6


def test_keras_letters_and_order_are_told():
    found = {each.name: each for each in opened("a.keras", fixture("kinds.keras")).found}

    assert found["wrapped"].convention.letters == ("i", "f", "c", "o")
    assert found["before"].convention.letters == ("z", "r", "h")


def test_keras_as_installed_still_writes_such_files(tmp_path):
    """Makes the fixtures anew where Keras is installed, in a process of its own."""
    if importlib.util.find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    command = [sys.executable, str(FROM_KERAS / "make.py"), str(tmp_path)]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)

    for path in tmp_path.glob("*.gz"):
        name = path.name.removesuffix(".gz")
        fresh = opened(name, gzip.decompress(path.read_bytes())).found
        for found, kept in zip(fresh, opened(name, fixture(name)).found, strict=True):
            for key, value in kept.stack.state_dict().items():  # drawn on another machine
                assert ulps_apart(found.stack.state_dict()[key], value) <= 4
