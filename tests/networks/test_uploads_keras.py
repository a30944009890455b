"""Models as Keras writes them, whatever is in what: each network against Keras' own layers."""

import importlib.util
import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn
from uploading import FROM_KERAS, fixture, redescribed, unzipped, zipped

from explorer.networks.uploads import opened
from explorer.sequences.stack import read_stack

FORMS = ("keras", "h5", "weights.h5")
X = np.random.default_rng(3).standard_normal((9, 2, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of models that real Keras saved, and what it computed with them."""
    if importlib.util.find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    folder = tmp_path_factory.mktemp("models")
    subprocess.run(
        [sys.executable, str(FROM_KERAS / "models.py"), str(folder)],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        check=True,
        capture_output=True,
        timeout=300,
    )
    kept = np.load(folder / "computed.npz")
    computed: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]] = {}
    for key in kept.files:
        model, network, what = key.split("|")
        if what == "x":
            pair = kept[key], kept[f"{model}|{network}|hidden"]
            computed.setdefault(model, {})[network] = tuple(a.swapaxes(0, 1) for a in pair)
    return folder, computed


def upload_of(models, name, form):
    return opened(f"{name}.{form}", (models[0] / f"{name}.{form}").read_bytes())


def hidden(found, x):
    """What an opened network makes of x, (T, batch, I), in the order in which it reads."""
    backward = found.convention.directions == "backward"
    given = torch.from_numpy((x[::-1] if backward else x).copy()).double()
    return read_stack(found.stack.to(torch.float64), given).hidden.numpy()


def compare(upload, computed):
    """Every network of a file, in any order, against what Keras computed with each of them."""
    left = dict(computed)
    for found in upload.found:
        known = [name for name in left if name.partition("#")[0] == found.name]
        assert known, f"{found.name} is none of {list(left)}"
        distances = {}
        for name in known:  # two may be called the same
            x, theirs = left[name]
            if x.shape[-1] == found.stack.inputs:
                distances[name] = np.abs(hidden(found, x) - theirs).max()
        nearest = min(distances, key=distances.__getitem__)
        assert distances[nearest] < 1e-6, found.name
        del left[nearest]
    assert not left


def complaint(name, data):
    with pytest.raises(ValueError, match=r"\S") as refused:
        opened(name, data)
    assert len(str(refused.value)) < 500
    return str(refused.value)


# ------------------------------------------------------------------ what stands in what


@pytest.mark.parametrize("form", ["keras", "h5"])
@pytest.mark.parametrize(
    "name",
    [
        *("within_models", "stacked", "stacked_from_the_end", "activations", "wrapped", "twice"),
        *("frozen", "nothing_between", "norm_between", "dense_between", "function_between"),
        "branched",
    ],
)
def test_a_described_model_opens_as_the_networks_that_keras_computes(models, name, form):
    upload = upload_of(models, name, form)

    compare(upload, models[1][name])
    assert upload.refused == ()
    assert all(found.agrees and found.assumed == () for found in upload.found)


def test_both_networks_of_one_name_are_found_and_neither_takes_the_arrays_of_the_other(models):
    for form in FORMS:
        upload = upload_of(models, "within_models", form)
        same = [found.stack.weights.weight_hh for found in upload.found if found.name == "same"]

        assert len(same) == 2
        assert not torch.equal(*same)


@pytest.mark.parametrize(
    ("name", "cell_name"),
    [
        ("relu_lstm", "lstm(sigmoid, relu, relu)"),
        ("hard_lstm", "lstm(hard_sigmoid_0.16666666666666666_0.5, tanh, tanh)"),
        ("both_gru", "gru(hard_sigmoid_0.16666666666666666_0.5, relu)"),
        ("hard_before", "gru_before(hard_sigmoid_0.16666666666666666_0.5, tanh)"),
        ("relu_rnn", "rnn_relu"),
    ],
)
def test_activations_are_those_that_the_file_says(models, name, cell_name):
    found = {each.name: each for each in upload_of(models, "activations", "keras").found}

    assert found[name].stack.cell_name == cell_name
    if "hard" in cell_name:
        assert "hard σ(x) is min(1, max(0, x / 6 + 0.5)), as Keras 3." in " ".join(
            found[name].convention.told_by
        )


def test_cells_that_one_layer_stacks_are_layers_on_each_other(models):
    for form in FORMS:
        depths = {f.name: f.stack.depth for f in upload_of(models, "stacked", form).found}
        assert depths["even"] == 2


def test_a_wrapper_is_read_through_and_said(models):
    upload = upload_of(models, "wrapped", "keras")

    for found in upload.found:
        said = f"{found.name} hands it one slice after the other, each read from zeros."
        assert said in found.convention.told_by


@pytest.mark.parametrize("form", FORMS)
def test_a_layer_that_two_models_share_opens_with_its_arrays(models, form):
    upload = upload_of(models, "shared", form)

    x, theirs = models[1]["shared"]["shared"]
    assert len(upload.found) == (2 if form == "h5" else 1)  # the older form keeps it twice
    for found in upload.found:
        apart = np.abs(hidden(found, x) - theirs).max()
        assert (apart < 1e-6) == (form != "weights.h5")  # which does not say its hard sigmoid
    assert upload.refused == ()


@pytest.mark.parametrize("form", ["keras", "h5"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("own_function", "layer: its activation 'own_function' is a function of its own"),
        ("softsign", "layer: its activation is softsign, which is not computed here"),
        ("relu_layer", "layer: its activation is a layer of the class 'ReLU'"),
        ("own_layer", "layer: its class 'Own' is none of Keras' own"),
        ("own_cell", "layer: its class 'OwnCell' is none of Keras' LSTM, GRU, SimpleRNN"),
        ("own_holder", "is none of Keras' own recurrent layers"),
        ("convolution", "layer: it is a ConvLSTM2D, whose cells convolve"),
        ("two_kinds", "layer: its two directions are of different kinds, LSTM and LSTM (relu)"),
        ("stacks_both_ways", "layer: each of its ways stacks cells of its own"),
    ],
)
def test_what_is_not_computed_here_is_refused_by_name(models, name, form, said):
    assert said in complaint(f"a.{form}", (models[0] / f"{name}.{form}").read_bytes())


# ---------------------------------------------------------------------------- weights alone


@pytest.mark.parametrize(
    ("name", "networks"),
    [
        ("nothing_between", ["low, high"]),
        ("norm_between", ["low", "high"]),
        ("dense_between", ["low", "high"]),
        ("function_between", ["low", "high"]),
        ("branched", ["left", "right"]),
    ],
)
def test_weights_alone_stand_on_each_other_only_where_nothing_else_can_be(models, name, networks):
    upload = upload_of(models, name, "weights.h5")

    compare(upload, models[1][name])
    assert sorted(found.name for found in upload.found) == sorted(networks)


@pytest.mark.parametrize("name", ["nothing_between", "stacked", "branched", "own_model"])
def test_weights_alone_are_proved_and_never_agree_as_their_activations_are_assumed(models, name):
    for found in upload_of(models, name, "weights.h5").found:
        assert found.agrees  # in the sense that the conversion is right
        assert "agrees" not in found.verdict
        assert "as it comes is assumed: tanh, gates by σ" in found.assumed[0]
        assert "forward is assumed" in found.assumed[1]


def test_a_model_of_a_class_of_its_own_opens_with_what_it_does_not_say(models):
    (found,) = (upload := upload_of(models, "own_model", "keras")).found

    compare(upload, models[1]["own_model"])
    assert found.assumed[0].startswith("The model's class 'OwnModel' does not say the activations")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("own_layer", "layer: its class 'own' is none of Keras' own"),
        ("own_cell", "layer: its cell is called 'own_cell', and the file does not say its class"),
        ("own_holder", "its class 'holder' is none of Keras' own"),
        ("convolution", "conv_lstm2d: its cells convolve"),
        ("stacks_both_ways", "layer: each of its ways stacks cells of its own"),
    ],
)
def test_a_class_that_only_a_path_tells_is_heeded(models, name, said):
    assert said in complaint("a.weights.h5", (models[0] / f"{name}.weights.h5").read_bytes())


def test_a_description_with_more_layers_than_the_file_has_arrays_is_refused_by_name(models):
    files = unzipped((models[0] / "norm_between.keras").read_bytes())
    text = files["config.json"].decode().replace('"LayerNormalization"', '"GRU"')

    upload = opened("a.keras", zipped({**files, "config.json": text}))

    assert [found.name for found in upload.found] == ["low", "high"]
    assert ": its description and its weights disagree" in upload.refused[0]
    assert upload.refused[0].startswith("layer_normalization")


def test_a_description_in_which_a_layer_is_missing_is_refused_by_the_count(models, tmp_path):
    import h5py

    path = tmp_path / "a.h5"
    path.write_bytes((models[0] / "within_models.h5").read_bytes())
    with h5py.File(path, "a") as file:
        told = json.loads(file.attrs["model_config"])
        middle = told["config"]["layers"][1]["config"]["layers"]
        middle.pop()  # its "same" is gone
        file.attrs["model_config"] = json.dumps(told)

    upload = opened("a.h5", path.read_bytes())

    assert [found.name for found in upload.found] == ["same"]
    assert "one, two: its description has 2 recurrent cells in " in upload.refused[0]
    assert "and its weights 3" in upload.refused[0]


# ------------------------------------------------------------------------- older versions


def old(layers, arrays, version="2.2.4", whole=True):
    """What Keras 1 and 2 write: for each layer a group, with the names of its arrays in order."""
    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file
        if whole:
            config = [{"class_name": kind, "config": config} for kind, config in layers]
            told = {"class_name": "Sequential", "config": {"name": "old", "layers": config}}
            if version.startswith("1"):
                told["config"] = config
            file.attrs["model_config"] = json.dumps(told).encode()
            group = file.create_group("model_weights")
        if version:
            file.attrs["keras_version"] = version.encode()
        names = [config["name"] for _, config in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            inside = group.create_group(name)
            inside.attrs["weight_names"] = [key.encode() for key in arrays[name]]
            for key, value in arrays[name].items():
                inside.create_dataset(key, data=value)
    return content.getvalue()


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def trio(name, blocks, bias=True, units=4, inputs=3, of=1):
    arrays = {
        f"{name}/kernel:0": drawn(inputs, blocks * units),
        f"{name}/recurrent_kernel:0": drawn(units, blocks * units, seed=1),
        f"{name}/bias:0": drawn(of * blocks * units, seed=2),
    }
    return {key: value for key, value in arrays.items() if bias or "bias" not in key}


def hard(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def stepped(step, x, units=4, memory=True):
    """The hidden states of a step that is written out, from zeros."""
    h, c, states = np.zeros((x.shape[1], units)), np.zeros((x.shape[1], units)), []
    for each in x.astype(float):
        h, c = step(each, h, c)
        states.append(h)
    return np.stack(states)


def lstm_of_keras_2(x, h, c, arrays):
    W, U, b = (a.astype(float) for a in arrays.values())
    i, f, new, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = hard(f) * c + hard(i) * np.tanh(new)
    return hard(o) * np.tanh(c), c


PLAIN = {"units": 4, "return_sequences": True}


@pytest.mark.parametrize("said", [{"recurrent_activation": "hard_sigmoid"}, {}], ids=str)
def test_the_hard_sigmoid_of_keras_2_is_a_fifth_of_x_and_its_default(said):
    arrays = trio("lstm_1", 4)
    data = old([("LSTM", {"name": "lstm_1", **PLAIN, **said})], {"lstm_1": arrays})

    (found,) = opened("a.h5", data).found

    assert found.stack.cell_name == "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)"
    expected = stepped(lambda x, h, c: lstm_of_keras_2(x, h, c, arrays), X)
    assert np.abs(hidden(found, X) - expected).max() < 1e-12
    assert found.agrees
    assert found.assumed == ()


def test_the_same_words_mean_another_function_in_keras_3():
    layers = [("LSTM", {"name": "a", **PLAIN, "recurrent_activation": "hard_sigmoid"})]
    found = {
        version: opened("a.h5", old(layers, {"a": trio("a", 4)}, version)).found[0]
        for version in ("2.15.0", "3.1.0")
    }

    assert "hard_sigmoid_0.2_0.5" in found["2.15.0"].stack.cell_name
    assert "hard_sigmoid_0.16666666666666666_0.5" in found["3.1.0"].stack.cell_name
    assert np.abs(hidden(found["2.15.0"], X) - hidden(found["3.1.0"], X)).max() > 1e-3


def test_a_hard_sigmoid_of_nobody_knows_which_keras_is_refused():
    layers = [("LSTM", {"name": "a", **PLAIN, "recurrent_activation": "hard_sigmoid"})]

    said = complaint("a.h5", old(layers, {"a": trio("a", 4)}, version=""))

    assert "Keras 2 and Keras 3 compute differently" in said


def torch_of_cudnn(kind, arrays, order, inputs=3, units=4):
    """cuDNN's matrices are PyTorch's; each lies in the columns of its gate, row by row."""
    kernel, recurrent, *bias = arrays.values()
    blocks = len(order)
    W = [part.reshape(units, inputs) for part in np.split(kernel, blocks, axis=1)]
    R = [part.reshape(units, units) for part in np.split(recurrent, blocks, axis=1)]
    two = np.split(bias[0] if bias else np.zeros(2 * blocks * units, np.float32), 2)
    b, back = (np.split(each, blocks) for each in two)
    layer = kind(inputs, units)
    packed = {"weight_ih_l0": W, "weight_hh_l0": R, "bias_ih_l0": b, "bias_hh_l0": back}
    layer.load_state_dict(
        {
            name: torch.from_numpy(np.concatenate([parts[gate] for gate in order]))
            for name, parts in packed.items()
        }
    )
    return layer.double()


@pytest.mark.parametrize("whole", [True, False], ids=["described", "weights alone"])
@pytest.mark.parametrize(
    ("kind", "module", "order", "letters"),
    [
        ("CuDNNLSTM", nn.LSTM, (0, 1, 2, 3), ("i", "f", "c", "o")),
        ("CuDNNGRU", nn.GRU, (1, 0, 2), ("z", "r", "h")),
    ],
)
def test_a_layer_for_cudnn_is_the_layer_of_torch_with_its_matrices(
    kind, module, order, letters, whole
):
    arrays = trio("cu", len(order), of=2)
    data = old([(kind, {"name": "cu", **PLAIN})], {"cu": arrays}, whole=whole)

    (found,) = opened("a.h5", data).found

    with torch.no_grad():
        layer = torch_of_cudnn(module, arrays, order)
        expected = layer(torch.from_numpy(X).double())[0].numpy()
    assert np.abs(hidden(found, X) - expected).max() < 1e-12
    assert found.stack.cell_name == module.__name__.lower()
    assert found.convention.letters == letters
    assert found.convention.biases == 2
    assert found.agrees
    if kind == "CuDNNGRU":
        assert found.convention.reset == "after"


def test_a_bias_of_cudnn_in_a_layer_that_is_said_to_be_none_for_it_is_refused():
    data = old([("LSTM", {"name": "a", **PLAIN})], {"a": trio("a", 4, of=2)})

    assert "its description and its weights disagree" in complaint("a.h5", data)


def of_each_gate(name, letters, inputs=3, units=4):
    arrays = {}
    for number, letter in enumerate(letters):
        arrays[f"{name}_W_{letter}"] = drawn(inputs, units, seed=3 * number)
        arrays[f"{name}_U_{letter}"] = drawn(units, units, seed=3 * number + 1)
        arrays[f"{name}_b_{letter}"] = drawn(units, seed=3 * number + 2)
    return arrays


def keras_1(kind, arrays, name):
    """Its equations, gate by gate."""

    def total(letter, x, h):
        W, U, b = (arrays[f"{name}_{part}_{letter}"].astype(float) for part in "WUb")
        return x @ W + h @ U + b

    def lstm(x, h, c):
        c = hard(total("f", x, h)) * c + hard(total("i", x, h)) * np.tanh(total("c", x, h))
        return hard(total("o", x, h)) * np.tanh(c), c

    def gru(x, h, c):
        z, r = hard(total("z", x, h)), hard(total("r", x, h))
        return z * h + (1 - z) * np.tanh(total("h", x, r * h)), c

    return {"LSTM": lstm, "GRU": gru}[kind]


@pytest.mark.parametrize("whole", [True, False], ids=["described", "weights alone"])
@pytest.mark.parametrize(
    ("kind", "letters", "cell_name"),
    [
        ("LSTM", "icfo", "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)"),
        ("GRU", "zrh", "gru_before(hard_sigmoid_0.2_0.5, tanh)"),
    ],
)
def test_the_arrays_of_each_gate_of_keras_1_are_one_cell(kind, letters, cell_name, whole):
    name = f"{kind.lower()}_1"
    arrays = of_each_gate(name, letters)
    config = {"name": name, "output_dim": 4, "return_sequences": True}
    said = {"activation": "tanh", "inner_activation": "hard_sigmoid"}
    data = old([(kind, {**config, **said})], {name: arrays}, "1.2.2", whole)

    (found,) = opened("a.h5", data).found

    assert found.stack.cell_name == cell_name
    expected = stepped(keras_1(kind, arrays, name), X)
    assert np.abs(hidden(found, X) - expected).max() < 1e-12
    assert bool(found.assumed) != whole
    assert "Each gate has arrays of its own, as in Keras 1" in found.convention.told_by[0]


def test_a_gate_of_keras_1_without_its_arrays_is_refused():
    arrays = of_each_gate("lstm_1", "icfo")
    del arrays["lstm_1_U_f"]
    config = {"name": "lstm_1", "output_dim": 4}

    said = complaint("a.h5", old([("LSTM", config)], {"lstm_1": arrays}, "1.2.2"))

    assert "the arrays of its gates do not fit each other" in said


def test_stacked_arrays_of_keras_1_are_those_of_keras_2():
    arrays = trio("lstm_1", 4)
    older = {f"lstm_1_{word}": a for word, a in zip("WUb", arrays.values(), strict=True)}
    config = {"name": "lstm_1", "output_dim": 4, "inner_activation": "sigmoid"}

    (found,) = opened("a.h5", old([("LSTM", config)], {"lstm_1": older}, "1.0.8")).found
    (newer,) = opened(
        "b.h5",
        old(
            [("LSTM", {"name": "lstm_1", **PLAIN, "recurrent_activation": "sigmoid"})],
            {"lstm_1": arrays},
        ),
    ).found

    for name, part in newer.stack.state_dict().items():
        assert torch.equal(found.stack.state_dict()[name], part)


@pytest.mark.parametrize(
    ("between", "networks"),
    [
        ([("Dropout", {"name": "dropout_1"}, {})], ["lstm_1, lstm_2"]),
        ([("Dense", {"name": "dense_1"}, {"dense_1/kernel:0": drawn(4, 4)})], ["lstm_1", "lstm_2"]),
        ([("InputLayer", {"name": "input_1"}, {})], ["lstm_1", "lstm_2"]),
        ([("Lambda", {"name": "lambda_1"}, {})], ["lstm_1", "lstm_2"]),
    ],
)
def test_weights_alone_of_keras_2_stand_on_each_other_by_the_list_of_layers(between, networks):
    layers = [("LSTM", {"name": "lstm_1"}), ("LSTM", {"name": "lstm_2"})]
    arrays = {"lstm_1": trio("lstm_1", 4), "lstm_2": trio("lstm_2", 4, inputs=4)}
    for kind, config, own in between:
        layers.insert(1, (kind, config))
        arrays[config["name"]] = own

    upload = opened("a.h5", old(layers, arrays, "2.4.0", whole=False))

    assert [found.name for found in upload.found] == networks


def test_reset_before_the_product_is_told_by_the_word_where_there_is_no_bias():
    arrays = {"a": trio("a", 3, bias=False)}
    said = {"yes": {"reset_after": True}, "no": {"reset_after": False}, "": {}}
    found = {
        after: opened("a.h5", old([("GRU", {"name": "a", **PLAIN, **word})], arrays)).found[0]
        for after, word in said.items()
    }

    cells = {after: each.stack.cell.family for after, each in found.items()}
    assert cells == {"yes": "gru", "no": "gru_before", "": "gru_before"}  # Keras 2's default


def test_an_archive_of_keras_2_12_calls_its_list_of_layers_otherwise():
    import h5py

    files = unzipped(fixture("kinds.keras"))
    content = io.BytesIO(files["model.weights.h5"])
    with h5py.File(content, "a") as file:
        file.move("layers", "_layer_checkpoint_dependencies")
    older = opened("a.keras", zipped({**files, "model.weights.h5": content.getvalue()}))

    newer = opened("a.keras", fixture("kinds.keras"))
    assert [found.name for found in older.found] == [found.name for found in newer.found]
    assert older.refused == ()


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_a_layer_that_keras_computes_in_half_precision_is_said_to_be_computed_in_full_here(policy):
    def half(config):
        kept = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": policy}}
        config["config"]["layers"][2]["config"]["dtype"] = kept
        config["config"]["layers"][3]["config"]["dtype"] = policy

    upload = opened("a.keras", redescribed("kinds.keras", half))

    told = {found.name: " ".join(found.convention.told_by) for found in upload.found}
    assert [name for name in told if f"half precision ({policy})" in told[name]] == [
        "after",
        "wrapped",
    ]


def test_a_stateful_layer_is_said_to_start_from_zeros_here():
    def stateful(config):
        config["config"]["layers"][2]["config"]["stateful"] = True

    upload = opened("a.keras", redescribed("kinds.keras", stateful))

    told = {found.name: " ".join(found.convention.told_by) for found in upload.found}
    assert [name for name in told if "starts from zeros" in told[name]] == ["after"]
