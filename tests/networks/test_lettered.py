"""A character network out of a file reads text as torch's own modules do."""

import io
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save as safe
from torch import nn
from uploading import fixture, layer, node_arrays, onnx_node, saved, unzipped, zipped

from explorer.networks.uploads import Lettered, lettered, opened, wirings
from explorer.sequences.generation import generate
from explorer.sequences.saliency import saliency
from explorer.sequences.stack import read_stack

LETTERS = "zyxwvutsrqponmlkjihgfedcba .,\n'"
TEXT = "the quick brown fox,\njumps."
CODES = {letter: code for code, letter in enumerate(LETTERS)}


class Talker(nn.Module):
    """A character network as it is usually written."""

    def __init__(self, kind: type[nn.RNNBase], depth: int, one_hot: bool = False):
        super().__init__()
        width = len(LETTERS)
        if not one_hot:
            self.embedding = nn.Embedding(width, 6)
        self.rnn = kind(width if one_hot else 6, 8, depth, batch_first=True)
        self.fc = nn.Linear(8, width)

    def forward(self, codes):
        """The logits after every letter."""
        if hasattr(self, "embedding"):
            x = self.embedding(codes)
        else:
            x = nn.functional.one_hot(codes, len(LETTERS)).to(self.fc.weight.dtype)
        return self.fc(self.rnn(x)[0])


def made(*about, **more):
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return Talker(*about, **more)


def brought(what, part=0, **said):
    return lettered(opened("mine.pt", saved(what)), part, **said)


@pytest.mark.parametrize("one_hot", [False, True], ids=["embedded", "one-hot"])
@pytest.mark.parametrize(("kind", "depth"), [(nn.LSTM, 2), (nn.GRU, 1), (nn.RNN, 3)])
def test_what_it_expects_and_writes_is_what_torchs_own_modules_expect_and_write(
    kind, depth, one_hot
):
    talker = made(kind, depth, one_hot=one_hot)
    network = brought({"model": talker.state_dict(), "char2idx": CODES}).network
    talker.double()

    with torch.no_grad():
        logits = talker(torch.tensor([[CODES[letter] for letter in TEXT]]))[0]
        codes = [CODES[letter] for letter in "the "]
        for _ in range(40):
            codes.append(int(talker(torch.tensor([codes]))[0, -1].argmax()))

    read = network.read(TEXT).log_probabilities
    assert (read - logits.log_softmax(dim=-1)).abs().max() < 1e-13
    written = generate(network, "the ", 40, temperature=0.0).text
    assert "the " + written == "".join(LETTERS[code] for code in codes)


def test_what_a_letter_rests_on_is_the_gradient_that_torch_takes():
    talker = made(nn.LSTM, 2)
    network = brought({"model": talker.state_dict(), "char2idx": CODES}).network
    talker.double()
    codes = torch.tensor([CODES[letter] for letter in TEXT])
    embedded = talker.embedding(codes).detach().requires_grad_()

    logits = talker.fc(talker.rnn(embedded[None])[0])[0]
    logits.log_softmax(dim=-1)[10, codes[11]].backward()

    expected = embedded.grad.norm(dim=-1)[: len(TEXT) - 1]
    assert (saliency(network, TEXT).matrix[10] - expected).abs().max() < 1e-13


def test_without_an_alphabet_it_says_what_is_missing_and_a_typed_one_will_do():
    state = made(nn.LSTM, 1).state_dict()

    assert "reads and what expects 31 codes" in brought(state)
    assert "31 rows, 30 letters" in brought(state, alphabet=LETTERS[:-1])
    typed = brought(state, alphabet=LETTERS)
    assert isinstance(typed, Lettered)
    assert typed.alphabet.encode("z'").tolist() == [0, 30]
    assert typed.assumed[0] == (
        "Letters go in by embedding.weight, 31 × 6; what it expects comes out by fc.weight, with "
        "its bias."
    )


def test_what_is_typed_takes_the_place_of_what_the_file_says():
    found = brought(
        {"model": made(nn.GRU, 1).state_dict(), "chars": LETTERS}, alphabet=LETTERS[::-1]
    )

    assert found.alphabet.characters == LETTERS[::-1]


def test_an_alphabet_of_the_file_that_does_not_fit_is_said_and_what_to_do():
    found = brought({"model": made(nn.GRU, 1).state_dict(), "chars": LETTERS[:-2]})

    assert found.startswith("chars does not fit: 31 rows, 29 letters; type its alphabet")


def test_safetensors_say_their_alphabet_in_the_metadata():
    state = made(nn.LSTM, 1).state_dict()
    upload = opened("mine.safetensors", safe(state, metadata={"alphabet": LETTERS}))

    assert lettered(upload, 0).alphabet.characters == LETTERS


def test_of_several_matrices_that_fit_names_decide_and_the_others_are_said():
    talker = made(nn.LSTM, 1)
    state = talker.state_dict() | {
        "other.weight": torch.full((31, 6), 0.5),
        "attention.weight": torch.full((31, 8), 0.5),
    }
    upload = opened("mine.pt", saved(state))

    labels = [wiring.label for wiring in wirings(upload, upload.found[0])]
    first = lettered(upload, 0, LETTERS)
    chosen = lettered(upload, 0, LETTERS, labels.index("other.weight, then fc.weight"))

    assert labels[0] == "embedding.weight, then fc.weight"
    assert len(labels) == 4
    assert torch.equal(first.network.embedding, talker.embedding.weight)
    assert "could also be: " in first.assumed[1]
    assert torch.equal(chosen.network.embedding, state["other.weight"])


BETWEEN = {
    "norm": nn.LayerNorm(8),
    "hidden": nn.Linear(8, 8),
    "rnn2": nn.GRU(8, 8),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_what_else_is_in_the_file_and_may_stand_before_the_readout_is_said(name):
    talker = made(nn.LSTM, 1)
    alone = brought({"model": talker.state_dict(), "char2idx": CODES})
    talker.add_module(name, BETWEEN[name])
    beside = brought({"model": talker.state_dict(), "char2idx": CODES})

    said = f"model.{name} is in the file as well, and left aside"
    assert said in " ".join(beside.assumed)
    assert "left aside" not in " ".join(alone.assumed)


def test_a_decoder_has_the_embedding_that_stands_beside_it():
    pair = nn.ModuleDict(
        {
            name: nn.ModuleDict(
                {
                    "embed": layer(nn.Embedding, 9, 4),
                    "rnn": layer(nn.GRU, 4, 5),
                    "out": layer(nn.Linear, 5, 9),
                }
            )
            for name in ("reader", "writer")
        }
    )
    with torch.no_grad():
        for parameter in pair["writer"].parameters():
            parameter.mul_(2)
    upload = opened("mine.pt", saved(pair.state_dict()))

    for part, name in enumerate(("reader", "writer")):
        network = lettered(upload, part, "abcdefghi").network
        assert torch.equal(network.embedding, pair[name]["embed"].weight)
        assert torch.equal(network.readout, pair[name]["out"].weight)


def test_a_matrix_that_is_both_embedding_and_readout_is_used_as_both():
    tied = layer(nn.Embedding, 7, 5)
    state = layer(nn.LSTM, 5, 5).state_dict()
    found = brought({"wte.weight": tied.weight.detach(), **state}, alphabet="abcdefg")

    assert torch.equal(found.network.embedding, tied.weight)
    assert torch.equal(found.network.readout, tied.weight)
    assert found.network.readout_bias.tolist() == [0.0] * 7


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (layer(nn.LSTM, 6, 8).state_dict(), "has a readout: a matrix of 8 columns"),
        (
            {**layer(nn.LSTM, 6, 8).state_dict(), "fc.weight": torch.ones(31, 8)},
            "has an embedding, 6 numbers for each letter",
        ),
        (layer(nn.LSTM, 6, 8, bidirectional=True).state_dict(), "it reads both ways"),
    ],
)
def test_a_network_that_cannot_read_letters_says_what_it_would_need(state, sentence):
    assert sentence in brought(state, alphabet=LETTERS)


def test_a_matrix_with_nan_is_left_out_and_named():
    state = made(nn.LSTM, 1).state_dict()
    state["fc.weight"][0, 0] = float("nan")

    upload = opened("mine.pt", saved(state))

    assert upload.refused == ("fc.weight is left out: it holds NaN or infinite numbers",)
    assert "has a readout" in lettered(upload, 0, LETTERS)


def keras_talker(weights: str) -> bytes:
    """A character network as Keras writes its weights, its layers named as Keras names them."""
    import h5py

    rng = np.random.default_rng(0)
    shapes = {
        "layers/embedding/vars/0": (31, 6),
        "layers/lstm/cell/vars/0": (6, 32),
        "layers/lstm/cell/vars/1": (8, 32),
        "layers/lstm/cell/vars/2": (32,),
        "layers/dense/vars/0": (8, 31),
        "layers/dense/vars/1": (31,),
    }
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for path, shape in shapes.items():
            file[path] = rng.standard_normal(shape).astype("f4")
        if weights == "attribute":
            file.attrs["char2idx"] = json.dumps(CODES)
        elif weights == "list":
            file.attrs["chars"] = list(LETTERS)
        elif weights == "dataset":
            file["alphabet"] = LETTERS
    return content.getvalue()


@pytest.mark.parametrize("where", ["attribute", "list", "dataset"])
def test_an_hdf5_file_says_its_alphabet_beside_the_weights(where):
    upload = opened("mine.weights.h5", keras_talker(where))

    assert lettered(upload, 0).alphabet.characters == LETTERS


def test_a_network_of_keras_expects_what_its_dense_layer_makes_of_the_hidden_state():
    upload = opened("mine.weights.h5", keras_talker(""))

    network = lettered(upload, 0, LETTERS).network

    tables = {table.name: table for table in upload.embeddings + upload.readouts}
    (dense,) = (table for name, table in tables.items() if "dense" in name)
    hidden = read_stack(network.precise.stack, network.precise.embedding[[3, 1]]).hidden
    logits = hidden @ dense.weight.double().T + dense.bias.double()
    expected = logits.log_softmax(dim=-1)
    assert (network.read(LETTERS[3] + LETTERS[1]).log_probabilities - expected).abs().max() < 1e-13


def test_an_onnx_model_says_its_alphabet_in_its_metadata():
    import onnx

    model = onnx.ModelProto()
    model.ParseFromString(onnx_node("GRU", node_arrays("GRU")))
    model.metadata_props.add(key="alphabet", value=LETTERS)

    (told,) = opened("mine.onnx", model.SerializeToString()).alphabets

    assert told.entries == tuple(enumerate(LETTERS))


def test_an_archive_of_keras_says_its_alphabet_in_a_file_beside_the_weights():
    archive = unzipped(fixture("reader.keras"))
    with_letters = zipped({**archive, "char2idx.json": json.dumps(CODES)})

    (told,) = opened("mine.keras", with_letters).alphabets

    assert dict(told.entries) == dict(enumerate(LETTERS))


def test_of_an_onnx_model_everything_that_computes_beside_the_layers_is_named():
    import onnx
    from onnx import helper, numpy_helper

    layer = {name: array for name, array in node_arrays("GRU").items() if name in "WRB"}
    units, inputs = layer["R"].shape[-1], layer["W"].shape[-1]
    arrays = {
        **layer,
        "looked.up": np.ones((5, inputs)),
        "scaled.by": np.full(units, 2.0),
        "read.out": np.ones((units, 5)),
        "bias": np.ones(5),
    }
    nodes = [
        helper.make_node("Gather", ["looked.up", "codes"], ["x"]),
        helper.make_node("GRU", ["x", "W", "R", "B"], ["y"], hidden_size=units),
        helper.make_node("Squeeze", ["y", "axis"], ["h"]),
        helper.make_node("Mul", ["h", "scaled.by"], ["scaled"]),
        helper.make_node("MatMul", ["scaled", "read.out"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logits"]),
    ]
    stored = [
        numpy_helper.from_array(np.asarray(array, dtype=np.float32), name)
        for name, array in arrays.items()
    ]
    stored.append(numpy_helper.from_array(np.array([1]), "axis"))
    codes = helper.make_tensor_value_info("codes", onnx.TensorProto.INT64, ["T", 1])
    logits = helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["T", 1, 5])
    made = helper.make_model(
        helper.make_graph(nodes, "talker", [codes], [logits], stored),
        opset_imports=[helper.make_opsetid("", 14)],
        ir_version=8,
    )

    upload = opened("mine.onnx", made.SerializeToString())

    assert upload.aside == ("looked.up", "scaled.by", "read.out")
    assert "scaled is in the file as well" in " ".join(lettered(upload, 0, "abcde").assumed)


def test_of_a_file_of_keras_all_arrays_are_named_but_those_of_its_recurrent_layers():
    upload = opened("reader.keras", fixture("reader.keras"))

    layers = {name.rpartition("/vars/")[0] for name in upload.aside}
    assert layers == {"layers/embedding", "layers/dense"}
