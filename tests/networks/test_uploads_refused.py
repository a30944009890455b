"""Bad files: each is answered with one clear sentence, and nothing in them happens."""

import io
import pickle
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save as safe
from torch import nn
from uploading import (
    fixture,
    good_files,
    layer,
    node_arrays,
    onnx_graph,
    onnx_node,
    redescribed,
    saved,
    unzipped,
    zipped,
)

from explorer.dials.files import LARGEST_MB
from explorer.networks.shipped import ASSETS
from explorer.networks.uploads import LARGEST_FILE, opened
from explorer.networks.uploads.limits import MOST_NUMBERS

GOOD = good_files()


def complaint(name, data):
    """The sentence that a file is refused with."""
    with pytest.raises(ValueError, match=r"\S") as refused:
        opened(name, data)
    said = str(refused.value)
    assert "\n" not in said
    assert len(said) < 500
    return said


def described(change):
    """A Keras archive in whose description the settings of layers were changed."""
    return redescribed(
        "kinds.keras",
        lambda told: change(
            {each["config"]["name"]: each["config"] for each in told["config"]["layers"]}
        ),
    )


# content and name


@pytest.mark.parametrize("name", GOOD)
def test_an_empty_file_is_called_empty(name):
    assert "it is empty" in complaint(name, b"")


@pytest.mark.parametrize("name", GOOD)
def test_a_file_over_the_limit_is_refused_before_it_is_read(name):
    assert f"larger than {LARGEST_MB} MB" in complaint(name, GOOD[name] + bytes(LARGEST_FILE))


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_called_damaged(name, share):
    cut = GOOD[name][: max(12, int(share * len(GOOD[name])))]

    said = complaint(name, cut)

    assert re.search("damaged|no ONNX model|given from outside", said), said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pt", "passwd.pt"),
        ("C:\\Windows\\model.pt", "model.pt"),
        ("a\nb\x00c\x1b[31m.pt", "abc[31m.pt"),
        ("/.pt", ".pt"),
        ("x" * 500 + ".pt", "x" * 39 + "…" + "x" * 17 + ".pt"),
        ("<script>alert(1)<", "script"),
    ],
)
def test_a_hostile_name_is_shown_harmless_and_touches_no_file(name, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    said = complaint(name, b"nothing of the kind")

    assert shown in said
    assert not list(tmp_path.iterdir())


# PyTorch


class Explosive:
    def __reduce__(self):
        return (exec, ("raise SystemExit('executed')",))


@pytest.mark.parametrize(
    "content",
    [pickle.dumps(Explosive()), saved({"state_dict": Explosive()}), saved(layer(nn.LSTM, 2, 3))],
    ids=["bare pickle", "in a checkpoint", "a whole module"],
)
def test_pickled_code_is_refused_with_the_way_to_save_numbers(content):
    said = complaint("model.pt", content)

    assert "torch.save(model.state_dict(), path)" in said


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("kind", [nn.Linear, nn.LSTM, nn.GRU])
def test_a_torchscript_program_is_refused(kind):
    content = io.BytesIO()
    torch.jit.save(torch.jit.script(layer(kind, 2, 3)), content)

    assert "it is a TorchScript program" in complaint("model.pt", content.getvalue())


def state(**changes):
    """An LSTM's state dict with some entries changed, None taking one out."""
    entries = {**layer(nn.LSTM, 2, 3).state_dict(), **changes}
    return {name: value for name, value in entries.items() if value is not None}


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "no recurrent layer was found in it"),
        ({"fc.weight": torch.ones(3, 3)}, "no recurrent layer was found in it"),
        (state(weight_hh_l0=None), "weight_hh_l0 is missing"),
        (state(weight_ih_l0=None), "no 'weight_ih_l0' among the weights"),
        (state(bias_hh_l0=None), "some of its biases are missing"),
        (state(bias_hh_l0=torch.ones(11)), "bias_hh must have 12 numbers, not 11"),
        (state(weight_ih_l0=torch.ones(9, 2)), "weight_ih must have 12 rows, not be 9×2"),
        (state(weight_hh_l0=torch.ones(6, 3)), "weight_hh of 6×3 is neither 4 square blocks"),
        (state(weight_hh_l0=torch.ones(7, 3)), "weight_hh of 7×3 is neither 4 square blocks"),
        (state(weight_hh_l0=torch.ones(12)), "weight_hh of 12 is no matrix"),
        (state(weight_hh_l0=torch.tensor(1.0)), "weight_hh of one number is no matrix"),
        (state(weight_hh_l0=torch.ones(12, 3) * float("nan")), "holds NaN or infinite numbers"),
        (state(bias_ih_l0=torch.full((12,), float("inf"))), "holds NaN or infinite numbers"),
        (state(weight_hh_l2=torch.ones(12, 3)), "weight_hh_l2 belongs to no layer"),
        (
            layer(nn.RNN, 2, 1025).state_dict(),
            "it has 1,025 units; the laboratory shows up to 1,024",
        ),
        (layer(nn.RNN, 2, 3, num_layers=9).state_dict(), "it has 9 layers; the laboratory shows"),
    ],
)
@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_tensors_that_make_no_network_are_refused_by_name(tensors, message, ending):
    content = saved(tensors) if ending == "pt" else safe(tensors)

    assert message in complaint(f"model.{ending}", content)


def test_one_number_repeated_without_end_is_not_unpacked():
    endless = torch.ones(1).expand(4 * 10**6, 10**6)

    said = complaint("model.pt", saved(state(weight_hh_l0=endless)))

    assert f"more than {MOST_NUMBERS:,} numbers" in said


def test_dictionaries_within_each_other_without_end_are_not_followed():
    deep: dict = {}
    for _ in range(100):
        deep = {"model": deep, "again": deep}

    assert "no recurrent layer" in complaint("model.pt", saved(deep))


class Hoard:
    def __reduce__(self):
        return (bytearray, (10**11,))


def test_a_file_that_asks_for_memory_without_end_gets_none():
    assert "it makes arrays besides tensors" in complaint("model.pt", saved({"a": Hoard()}))


def test_an_archive_with_two_files_of_one_name_is_refused():
    content = zipped({"a/data.pkl": b"1", "b/data.pkl": b"2"}).replace(b"b/data.pkl", b"a/data.pkl")

    assert "two files of one name" in complaint("model.pt", content)


def test_an_archive_that_unpacks_to_more_than_the_limit_is_refused():
    bomb = zipped({"archive/data.pkl": bytes(LARGEST_FILE + 1)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000

    assert f"unpacks to more than {LARGEST_MB} MB" in complaint("model.pt", bomb)


# this project's own files


def test_a_file_of_this_project_with_a_broken_card_is_refused_with_the_reason():
    content = (ASSETS / "numbers-gru.safetensors").read_bytes()

    said = complaint("a.safetensors", content.replace(b'\\"reach\\"', b'\\"reech\\"'))

    assert "it has no 'reach'" in said


# ONNX


def changed(kind="LSTM", drop=(), peepholes=False, **changes):
    arrays = {**node_arrays(kind, peepholes=peepholes), **changes}
    return {name: array for name, array in arrays.items() if name not in drop}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: onnx_node("LSTM", changed(), clip=3.0), "it clips its gates"),
        (
            lambda: onnx_node("LSTM", changed(), activations=["Sigmoid", "Softsign", "Tanh"]),
            "its activations are Sigmoid, Softsign, Tanh, which is not computed here",
        ),
        (lambda: onnx_node("RNN", changed("RNN"), activations=["Affine"]), "are Affine"),
        (
            lambda: onnx_node("LSTM", changed(peepholes=True), input_forget=1),
            "coupled gates and peepholes at once",
        ),
        (
            lambda: onnx_node("LSTM", changed(), direction="sideways"),
            "direction 'sideways' is none",
        ),
        (lambda: onnx_node("LSTM", changed(), hidden_size=5), "hidden_size is not the 3"),
        (
            lambda: onnx_node("LSTM", changed(drop="R"), hidden_size=3),
            "its weights are given from outside",
        ),
        (
            lambda: onnx_node("LSTM", changed(R=np.ones((1, 9, 3), np.float32))),
            "its arrays do not fit: 1×9×3 where 1×12×3 is needed",
        ),
        (
            lambda: onnx_node("LSTM", changed(B=np.ones((1, 12), np.float32))),
            "its arrays do not fit: 1×12 where 1×24 is needed",
        ),
        (
            lambda: onnx_node("LSTM", changed(W=np.full((1, 12, 2), np.nan, np.float32))),
            "holds NaN or infinite",
        ),
        (lambda: onnx_node("GRU", node_arrays("GRU", units=1025)), "it has 1,025 units"),
        (
            lambda: onnx_node("LSTM", changed(W=np.ones((1, 12, 2)))),
            "not all float32 or all float64",
        ),
        (
            lambda: onnx_node(
                "RNN",
                changed("RNN", W=np.array([[[3e38, -3e38]] * 3], np.float32)),
                activations=["Relu"],
            ),
            "far out of the usual range",
        ),
        (lambda: b"\x08\x07", "it is no ONNX model, or empty"),
        (lambda: b"\xf9no protobuf at all", "it is no ONNX model"),
    ],
)
def test_nodes_that_are_not_computed_here_are_refused_with_the_reason(content, message):
    assert message in complaint("model.onnx", content())


def test_an_onnx_file_without_a_recurrent_node_says_what_would_be_opened():
    from onnx import helper

    only = [helper.make_node("Relu", ["X"], ["Y"])]

    said = complaint("model.onnx", onnx_graph(only, {}))

    assert "no recurrent layer was found in it, read as ONNX model; upload a network with" in said


def test_more_layers_than_the_laboratory_shows_are_refused():
    from onnx import helper

    arrays = {"axis": np.array([1])}
    nodes = []
    for n in range(9):
        arrays |= {f"{key}{n}": array for key, array in node_arrays("RNN", 3, 3).items()}
        last = "Y" if n == 8 else f"X{n + 1}"
        reads = [f"X{n}" if n else "X", f"W{n}", f"R{n}", f"B{n}"]
        nodes.append(helper.make_node("RNN", reads, [f"Y{n}"], hidden_size=3))
        nodes.append(helper.make_node("Squeeze", [f"Y{n}", "axis"], [last]))

    assert "it has 9 layers" in complaint("model.onnx", onnx_graph(nodes, arrays))


def test_thousands_of_layers_are_not_looked_at_one_by_one():
    from onnx import helper

    reads = ["X", "W", "R", "B"]
    nodes = [helper.make_node("LSTM", reads, [f"Y{n}"], hidden_size=3) for n in range(3_000)]

    said = complaint("model.onnx", onnx_graph(nodes, node_arrays("LSTM")))

    assert "it has 3,000 recurrent layers; save some of them alone" in said


def test_weights_in_another_file_are_never_fetched():
    import onnx

    model = onnx.load_model_from_string(GOOD["model.onnx"])
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")

    assert "its weights are in another file" in complaint("m.onnx", model.SerializeToString())


def test_a_tensor_that_claims_more_numbers_than_the_file_holds_is_refused():
    import onnx

    model = onnx.load_model_from_string(GOOD["model.onnx"])
    model.graph.initializer[0].dims[:] = [1, 10**6, 10**6]

    said = complaint("m.onnx", model.SerializeToString())

    assert f"more than {MOST_NUMBERS:,} numbers" in said


def test_constants_that_double_and_double_are_not_computed():
    from onnx import helper

    nodes = [helper.make_node("Concat", [f"a{n}"] * 2, [f"a{n + 1}"], axis=0) for n in range(60)]
    nodes.append(helper.make_node("LSTM", ["X", "a60", "a60"], ["Y"], hidden_size=3))

    said = complaint("m.onnx", onnx_graph(nodes, {"a0": np.ones((1, 100, 100), np.float32)}))

    assert f"more than {MOST_NUMBERS:,} numbers" in said


# Keras


@pytest.mark.parametrize(
    ("layer_name", "change", "message"),
    [
        (
            "after",
            {"recurrent_activation": "softplus"},
            "after: the activation of its gates is softplus, which is not computed here",
        ),
        ("after", {"activation": "elu"}, "after: its activation is elu"),
        ("plain", {"activation": None}, "plain: its activation is linear"),
        ("after", {"reset_after": False}, "after: its description and its weights disagree"),
        (
            "wrapped",
            {"cell": {"class_name": "Mine", "config": {}}},
            "wrapped: its class 'Mine' is none of Keras' LSTM, GRU, SimpleRNN",
        ),
    ],
)
def test_a_described_layer_that_is_not_computed_here_is_set_aside(layer_name, change, message):
    upload = opened("a.keras", described(lambda layers: layers[layer_name].update(change)))

    assert layer_name not in [found.name for found in upload.found]
    assert len(upload.found) == 3
    assert message in upload.refused[0]


def test_a_description_too_long_or_bottomless_is_refused():
    files = unzipped(fixture("kinds.keras"))

    long = complaint("a.keras", zipped({**files, "config.json": b" " * 2_000_001}))
    deep = complaint("a.keras", zipped({**files, "config.json": b"[" * 100_000}))

    assert "config.json' is larger than" in long
    assert "it is damaged" in deep


def test_an_archive_without_its_weights_is_refused():
    files = unzipped(fixture("kinds.keras"))
    del files["model.weights.h5"]

    assert "no model.weights.h5 and config.json" in complaint("a.keras", zipped(files))


def hdf5(fill):
    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        fill(file, file.create_group("layers/lstm/cell/vars"))
    return content.getvalue()


def lstm_arrays(group, units=3, value=1.0):
    group["0"] = np.full((2, 4 * units), value, np.float32)
    group["1"] = np.ones((units, 4 * units), np.float32)
    group["2"] = np.ones(4 * units, np.float32)


def with_shapes(*shapes):
    def fill(file, group):
        for number, shape in enumerate(shapes):
            group[str(number)] = np.ones(shape, np.float32)

    return fill


def outside(file, group):
    import h5py

    lstm_arrays(group)
    del group["0"]
    group["0"] = h5py.ExternalLink("/etc/hostname", "/secret")


def outside_data(file, group):
    lstm_arrays(group)
    del group["0"]
    group.create_dataset("0", (2, 12), "f4", external=[("/etc/hostname", 0, 96)])


def in_circles(file, group):
    file["layers/again"] = file["layers"]
    file["layers/more"] = file["layers"]


def endless(file, group):
    lstm_arrays(group)
    group.create_dataset("9", (10**6, 10**6), "f4", chunks=(100, 100), compression="gzip")


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (lambda file, group: None, "no recurrent layer was found in it, read as Keras weights"),
        (with_shapes((2, 12), (3, 11), 11), "kernels of 2×12 and 3×11 are those of no LSTM"),
        (with_shapes((2, 6), (3, 6), 6), "kernels of 2×6 and 3×6 are those of no LSTM"),
        (with_shapes((2, 12), (3, 12), 11), "its bias of 11 does not fit"),
        (with_shapes((2, 4100), (1025, 4100)), "it has 1,025 units"),
        (with_shapes((2, 12), (3, 12), 12, 3), "its cell keeps 4 arrays"),
        (lambda file, group: lstm_arrays(group, value=np.nan), "holds NaN or infinite numbers"),
        (outside, "no recurrent layer"),
        (outside_data, "no recurrent layer"),
        (in_circles, "it lists far too much"),
        (endless, f"more than {MOST_NUMBERS:,} numbers"),
    ],
)
def test_arrays_that_make_no_layer_are_refused_by_their_shapes(fill, message):
    assert message in complaint("a.weights.h5", hdf5(fill))


# anything at all


def opens_or_refuses(name, data):
    try:
        assert opened(name, data).found
    except ValueError as why:
        said = str(why)
        assert "\n" not in said


@given(st.binary(max_size=300), st.sampled_from([".pt", ".safetensors", ".keras", ".onnx", ""]))
@example(b"PK\x03\x04", ".keras")
@example(b"\x80\x02.", ".pt")
@example(b"\x02\0\0\0\0\0\0\0{}", ".safetensors")
def test_random_bytes_are_refused_and_nothing_else_happens(data, ending):
    opens_or_refuses(f"file{ending}", data)


QUICK = sorted(set(GOOD) - {"model.weights.h5"})


@given(st.sampled_from(QUICK), st.data())
@settings(max_examples=150)
def test_flipped_bits_open_or_are_refused(name, data):
    damaged = bytearray(GOOD[name])
    places = st.integers(0, 8 * len(damaged) - 1)
    for bit in data.draw(st.lists(places, min_size=1, max_size=20)):
        damaged[bit // 8] ^= 1 << bit % 8

    opens_or_refuses(name, bytes(damaged))


@given(st.sampled_from(QUICK), st.floats(0, 1, exclude_max=True))
def test_random_truncations_are_refused(name, share):
    opens_or_refuses(name, GOOD[name][: int(share * len(GOOD[name]))])


@given(st.data())
@settings(max_examples=10)
def test_a_damaged_hdf5_file_brings_down_no_more_than_its_reader(data):
    damaged = bytearray(GOOD["model.weights.h5"])
    for bit in data.draw(st.lists(st.integers(0, 8 * 4_000 - 1), min_size=1, max_size=20)):
        damaged[bit // 8] ^= 1 << bit % 8

    opens_or_refuses("model.weights.h5", bytes(damaged))


def test_starting_the_application_pays_for_no_format_that_nobody_uploaded():
    code = (
        "import sys; import explorer.networks.uploads; "
        "assert not {'h5py', 'onnx', 'onnxruntime', 'keras'} & set(sys.modules)"
    )

    subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True, timeout=120
    )
