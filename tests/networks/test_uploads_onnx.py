"""ONNX files as exporters and quantisers write them: each network against onnxruntime's own run."""

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from uploading import node_arrays

from explorer.networks.uploads import opened
from explorer.networks.uploads.limits import MOST_NUMBERS
from explorer.sequences.stack import read_stack

X = np.random.default_rng(3).standard_normal((9, 2, 2)).astype(np.float32)
PARTS = node_arrays("LSTM")


def model(nodes, arrays, inputs=(), opset=17, functions=(), kind=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("X", kind, None), *inputs],
        [helper.make_tensor_value_info("Y", kind, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    domains = {each.domain for each in functions} | {node.domain for node in nodes}
    opsets = [helper.make_opsetid("", opset)]
    opsets += [helper.make_opsetid(domain, 1) for domain in sorted(domains - {""})]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=9, functions=functions)
    return made.SerializeToString()


def lstm(reads=("X", "W", "R", "B"), makes="Y", name="", **settings):
    return helper.make_node("LSTM", [*reads], [makes], name, hidden_size=3, **settings)


def hidden(found, x=X):
    backward = found.convention.directions == "backward"
    given = torch.from_numpy((x[::-1] if backward else x).copy()).double()
    made = read_stack(found.stack.to(torch.float64), given).hidden.numpy()
    return made[::-1] if backward else made


def by_onnxruntime(data, x=X, **given):
    """(T, batch, directions · H) as onnxruntime runs the whole file."""
    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level = 4
    session = onnxruntime.InferenceSession(data, quiet, providers=["CPUExecutionProvider"])
    made = session.run(None, {"X": x, **given})[0]
    return made.transpose(0, 2, 1, 3).reshape(len(x), x.shape[1], -1)


def agrees_with_onnxruntime(found, data, x=X, **given):
    theirs = by_onnxruntime(data, x, **given)
    assert np.abs(hidden(found, x) - theirs).max() < 2e-6 * max(1, np.abs(theirs).max())
    assert found.agrees


def complaint(data):
    with pytest.raises(ValueError, match=r"\S") as refused:
        opened("model.onnx", data)
    assert len(str(refused.value)) < 500
    return str(refused.value)


def told(found):
    return " ".join(found.convention.told_by)


# ---------------------------------------------------------------------- graphs within graphs


def branch(nodes, makes="inside", arrays=None):
    return helper.make_graph(
        nodes,
        "branch",
        [],
        [helper.make_tensor_value_info(makes, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in (arrays or {}).items()],
    )


def switch(name="c"):
    return helper.make_tensor_value_info(name, TensorProto.BOOL, [1])


def test_a_network_in_both_branches_of_an_if_is_found_once_and_said():
    inside = branch([lstm(makes="inside")])
    node = helper.make_node("If", ["c"], ["Y"], then_branch=inside, else_branch=inside)
    data = model([node], PARTS, [switch()])

    (found,) = opened("a.onnx", data).found

    agrees_with_onnxruntime(found, data, c=np.array([True]))
    assert "It stands inside then_branch of If." in told(found)
    assert "It stands inside else_branch of If." in told(found)


def test_branches_that_differ_are_two_networks_each_with_the_arrays_of_its_own_branch():
    """Both branches call their matrices alike."""
    other = {name: 2 * array for name, array in PARTS.items()}
    deeper = branch([lstm(makes="deep", name="low")], "deep", PARTS)
    nested = helper.make_node("If", ["c"], ["inside"], then_branch=deeper, else_branch=deeper)
    node = helper.make_node(
        "If",
        ["c"],
        ["Y"],
        then_branch=branch([nested]),
        else_branch=branch([lstm(makes="inside", name="high")], arrays=other),
    )
    data = model([node], {}, [switch()])

    found = {each.name: each for each in opened("a.onnx", data).found}

    agrees_with_onnxruntime(found["low"], data, c=np.array([True]))
    agrees_with_onnxruntime(found["high"], data, c=np.array([False]))
    assert "inside then_branch of If in then_branch of If" in told(found["low"])


def test_a_network_in_the_body_of_a_loop_is_found():
    values = [
        helper.make_tensor_value_info("i", TensorProto.INT64, []),
        helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        helper.make_tensor_value_info("before", TensorProto.FLOAT, None),
    ]
    ends = [
        helper.make_tensor_value_info("on", TensorProto.BOOL, []),
        helper.make_tensor_value_info("after", TensorProto.FLOAT, None),
    ]
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), lstm(makes="after")], "body", values, ends
    )
    start = np.zeros((9, 1, 2, 3), np.float32)
    arrays = {**PARTS, "n": np.array(1), "yes": np.array(True), "start": start}
    data = model([helper.make_node("Loop", ["n", "yes", "start"], ["Y"], body=body)], arrays)

    (found,) = opened("a.onnx", data).found

    agrees_with_onnxruntime(found, data)
    assert "It stands inside body of Loop." in told(found)


def test_a_matrix_that_a_loop_hands_to_its_body_is_no_constant_though_one_is_called_alike():
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), lstm(makes="after", name="inside")],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("W", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, None),
        ],
    )
    arrays = {**PARTS, "n": np.array(1), "yes": np.array(True)}
    data = model([helper.make_node("Loop", ["n", "yes", "W"], ["Y"], body=body)], arrays)

    assert "inside, inside body of Loop: its weights are given from outside" in complaint(data)


def test_a_function_of_the_file_is_written_out():
    body = [lstm(("x", "w", "r", "b"), "y", name="inside")]
    opset = [helper.make_opsetid("", 17)]
    own = helper.make_function("own", "Reads", ["x", "w", "r", "b"], ["y"], body, opset)
    node = helper.make_node("Reads", ["X", "W", "R", "B"], ["Y"], domain="own")
    data = model([node], PARTS, functions=[own])

    (found,) = opened("a.onnx", data).found

    agrees_with_onnxruntime(found, data)


def test_functions_that_call_each_other_without_end_are_refused():
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]

    def twice(number):
        body = [
            helper.make_node(f"F{number + 1}", ["x"], ["h"], domain="own"),
            helper.make_node(f"F{number + 1}", ["h"], ["y"], domain="own"),
        ]
        return helper.make_function("own", f"F{number}", ["x"], ["y"], body, opset)

    last = [helper.make_node("Identity", ["x"], ["y"])]
    functions = [
        *map(twice, range(40)),
        helper.make_function("own", "F40", ["x"], ["y"], last, opset),
    ]
    call = helper.make_node("F0", ["X"], ["Y"], domain="own")
    itself = helper.make_node("F0", ["x"], ["y"], domain="own")
    circle = [helper.make_function("own", "F0", ["x"], ["y"], [itself], opset)]

    assert "call each other without end" in complaint(model([call], {}, functions=functions))
    assert "call each other without end" in complaint(model([call], {}, functions=circle))


def test_a_network_that_is_used_twice_is_shown_once():
    nodes = [
        lstm(("X", "W", "R", "B"), "left", name="shared"),
        helper.make_node("Neg", ["X"], ["minus"]),
        lstm(("minus", "W", "R", "B"), "right", name="again"),
        helper.make_node("Add", ["left", "right"], ["Y"]),
    ]

    (found,) = opened("a.onnx", model(nodes, PARTS)).found

    assert "The graph uses it in more than one place." in told(found)


# -------------------------------------------------------------------------------- constants


def made(kind, reads, makes, **settings):
    return helper.make_node(kind, [*reads], [*makes], **settings)


def quantised(array):
    """Eight bits, a scale for each row of a gate."""
    scale = (np.abs(array[0]).max(axis=1) / 127).astype(np.float32)
    return np.round(array[0] / scale[:, None]).astype(np.int8), scale


W8, SCALE = quantised(PARTS["W"])
HALF = PARTS["W"].astype(np.float16)
WAYS: dict[str, tuple] = {
    "half precision": (
        [made("Cast", ["h"], "W", to=TensorProto.FLOAT)],
        {"h": HALF},
        HALF.astype(np.float32),
    ),
    "quantised": (
        [
            made("DequantizeLinear", ["q", "s", "z"], ["d"], axis=0),
            made("Unsqueeze", ["d", "o"], "W"),
        ],
        {"q": W8, "s": SCALE, "z": np.zeros(12, np.int8), "o": np.array([0])},
        (W8 * SCALE[:, None])[None],
    ),
    "the other way round": (
        [made("Transpose", ["t"], "W", perm=[0, 2, 1])],
        {"t": PARTS["W"].transpose(0, 2, 1).copy()},
        PARTS["W"],
    ),
    "split and joined": (
        [
            made("Split", ["w", "sizes"], ["a", "b"], axis=1),
            made("Concat", ["b", "a"], "W", axis=1),
        ],
        {"w": PARTS["W"], "sizes": np.array([3, 9])},
        np.concatenate([PARTS["W"][:, 3:], PARTS["W"][:, :3]], axis=1),
    ),
    "picked": (
        [made("Gather", ["w", "rows"], "W", axis=1)],
        {"w": PARTS["W"], "rows": np.arange(12)[::-1].copy()},
        PARTS["W"][:, ::-1],
    ),
    "scaled": (
        [made("Mul", ["w", "by"], ["m"]), made("Add", ["m", "more"], "W")],
        {"w": PARTS["W"], "by": np.float32(0.5), "more": np.ones((12, 1), np.float32)},
        PARTS["W"] * np.float32(0.5) + 1,
    ),
    "one number filled in": (
        [
            made("ConstantOfShape", ["shape"], "W", value=helper.make_tensor("v", 1, [1], [0.25])),
        ],
        {"shape": np.array([1, 12, 2])},
        np.full((1, 12, 2), 0.25, np.float32),
    ),
    "one row repeated": (
        [made("Expand", ["w", "shape"], "W")],
        {"w": PARTS["W"][:, :1], "shape": np.array([1, 12, 2])},
        np.broadcast_to(PARTS["W"][:, :1], (1, 12, 2)),
    ),
    "a product of two": (
        [made("MatMul", ["a", "b"], ["ab"]), made("Unsqueeze", ["ab", "o"], "W")],
        {"a": PARTS["W"][0], "b": np.eye(2, dtype=np.float32)[::-1].copy(), "o": np.array([0])},
        PARTS["W"][..., ::-1],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_weights_that_are_made_of_constants_are_made_and_opened(way):
    nodes, arrays, W = WAYS[way]
    rest = {name: array for name, array in PARTS.items() if name != "W"}
    data = model([*nodes, lstm()], {**arrays, **rest})

    (found,) = opened("a.onnx", data).found

    plain = opened("b.onnx", model([lstm()], {**PARTS, "W": np.ascontiguousarray(W)})).found[0]
    for name, part in plain.stack.state_dict().items():
        torch.testing.assert_close(found.stack.state_dict()[name], part, rtol=1e-6, atol=0)
    agrees_with_onnxruntime(found, data)
    assert f"made of constants by {nodes[-1].op_type}" in told(found)


def test_a_whole_node_of_half_precision_opens_with_its_numbers_unchanged():
    arrays = {name: array.astype(np.float16) for name, array in PARTS.items()}

    (found,) = opened("a.onnx", model([lstm()], arrays, kind=TensorProto.FLOAT16)).found

    plain = {name: array.astype(np.float32) for name, array in arrays.items()}
    (same,) = opened("b.onnx", model([lstm()], plain)).found
    for name, part in same.stack.state_dict().items():
        assert torch.equal(found.stack.state_dict()[name], part)
    assert "half precision, read as float32 without a change" in told(found)
    assert found.agrees


def test_operations_of_an_older_version_are_computed_as_that_version_had_them():
    """Up to 12 the sizes of a Split and the axes of an Unsqueeze are attributes."""
    nodes = [
        made("Split", ["w"], ["a", "b"], axis=0, split=[3, 9]),
        made("Concat", ["a", "b"], ["c"], axis=0),
        made("Unsqueeze", ["c"], ["W"], axes=[0]),
        lstm(),
    ]
    arrays = {**PARTS, "w": PARTS["W"][0]}
    del arrays["W"]
    data = model(nodes, arrays, opset=11)

    (found,) = opened("a.onnx", data).found

    agrees_with_onnxruntime(found, data)


BOMBS = {
    "filled": ([made("ConstantOfShape", ["s"], "W")], {"s": np.array([1, 10**6, 10**6])}),
    "repeated": (
        [made("Expand", ["one", "s"], "W")],
        {"one": np.ones(1, np.float32), "s": np.array([1, 10**6, 10**6])},
    ),
    "tiled": (
        [made("Tile", ["one", "s"], "W")],
        {"one": np.ones((1, 1, 1), np.float32), "s": np.array([1, 10**6, 10**6])},
    ),
    "padded": (
        [made("Pad", ["one", "s"], "W")],
        {"one": np.ones((1, 1, 1), np.float32), "s": np.array([0, 0, 0, 0, 10**6, 10**6])},
    ),
    "counted": (
        [made("Range", ["from", "to", "by"], "W")],
        {"from": np.array(0), "to": np.array(10**12), "by": np.array(1)},
    ),
    "spread": (
        [made("Add", ["row", "column"], "W")],
        {"row": np.ones((1, 9000), np.float32), "column": np.ones((9000, 1), np.float32)},
    ),
    "picked": (
        [made("Gather", ["one", "rows"], "W")],
        {"one": np.ones((1, 4000), np.float32), "rows": np.zeros(10_000, np.int64)},
    ),
    "doubled": (
        [made("Concat", ["a0"] * 2, ["a1"], axis=1), made("Concat", ["a1"] * 40, "W", axis=1)],
        {"a0": np.ones((1, 800, 800), np.float32)},
    ),
}


@pytest.mark.parametrize("way", BOMBS)
def test_a_few_bytes_that_ask_for_endless_numbers_are_refused_before_they_are_made(way):
    nodes, arrays = BOMBS[way]
    rest = {name: array for name, array in PARTS.items() if name != "W"}

    said = complaint(model([*nodes, lstm()], {**arrays, **rest}))

    assert f"made of more than {MOST_NUMBERS:,} numbers" in said


def test_a_negative_size_gives_no_numbers_back_to_spend_again():
    negative = made("ConstantOfShape", ["s"], ["W"])
    arrays = {**PARTS, "s": np.array([1, -(10**9), 10**9])}
    del arrays["W"]

    assert "an operation ConstantOfShape that cannot be followed" in complaint(
        model([negative, lstm()], arrays)
    )


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([made("Relu", ["X"], "W")], "made by the operation Relu, which is not followed here"),
        ([made("Neg", ["X"], "W")], "its weights are given from outside"),
        (
            [made("Cast", ["b"], ["c"], to=TensorProto.FLOAT), made("Neg", ["c"], "W")],
            "its weights are given from outside",
        ),
        ([made("Own", ["R"], "W", domain="own")], "made by the operation Own, which is not"),
        ([made("Cast", ["R"], "W", to=TensorProto.STRING)], "a Cast that cannot be followed"),
    ],
)
def test_weights_that_are_no_constants_are_refused_with_what_stands_in_the_way(nodes, said):
    arrays = {name: array for name, array in PARTS.items() if name != "W"}

    found = complaint(model([*nodes, lstm()], arrays))

    assert said.replace("a Cast", "an operation Cast") in found


# ------------------------------------------------------------------- what is met and not read


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (
            helper.make_node(
                "DynamicQuantizeLSTM", ["X", "W"], ["Y"], "low", domain="com.microsoft"
            ),
            "low: it is a DynamicQuantizeLSTM of com.microsoft, which is not read here; export the "
            "network before it is quantised",
        ),
        (
            helper.make_node("AttnLSTM", ["X", "W"], ["Y"], domain="com.microsoft"),
            "it is a AttnLSTM of com.microsoft, which is not read here",
        ),
        (helper.make_node("LSTM", ["X", "W"], ["Y"], domain="own"), "it is a LSTM of own"),
    ],
)
def test_a_recurrent_node_that_is_not_read_is_named(node, said):
    assert said in complaint(model([node], PARTS))


def test_a_node_that_is_not_read_leaves_the_others_open():
    quantised = helper.make_node("DynamicQuantizeLSTM", ["X"], ["Z"], domain="com.microsoft")

    upload = opened("a.onnx", model([lstm(), quantised], PARTS))

    assert len(upload.found) == 1
    assert "it is a DynamicQuantizeLSTM" in upload.refused[0]


def test_a_loop_of_single_operations_is_not_called_a_file_without_recurrence():
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("h", "x")]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("g", "o")]
    body = helper.make_graph(
        [
            helper.make_node("Add", ["h", "x"], ["s"]),
            helper.make_node("Tanh", ["s"], ["g"]),
            helper.make_node("Identity", ["g"], ["o"]),
        ],
        "body",
        values,
        ends,
    )
    scan = helper.make_node("Scan", ["start", "X"], ["Z", "Y"], body=body, num_scan_inputs=1)

    said = complaint(model([scan], {"start": np.zeros((2, 2), np.float32)}))

    assert "it has a Scan, which may compute a recurrence out of single operations" in said


# ------------------------------------------------------------------------------- activations


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize(
    ("kind", "activations", "settings", "cell_name"),
    [
        ("LSTM", ["HardSigmoid", "Tanh", "Tanh"], {}, "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)"),
        (
            "LSTM",
            ["hardsigmoid", "Relu", "Tanh"],
            {"activation_alpha": [0.25], "activation_beta": [0.4]},
            "lstm(hard_sigmoid_0.25_0.4, relu, tanh)",
        ),
        ("LSTM", ["Sigmoid", "Relu", "Relu"], {}, "lstm(sigmoid, relu, relu)"),
        ("LSTM", ["Sigmoid", "Tanh", "Tanh"], {}, "lstm"),
        (
            "GRU",
            ["HardSigmoid", "Tanh"],
            {"activation_alpha": [1 / 6], "linear_before_reset": 1},
            "gru(hard_sigmoid_0.16666667_0.5, tanh)",
        ),
        ("GRU", ["Sigmoid", "Relu"], {}, "gru_before(sigmoid, relu)"),
        ("RNN", ["Relu"], {}, "rnn_relu"),
    ],
)
def test_activations_of_a_node_are_those_that_onnxruntime_computes(
    kind, activations, settings, cell_name, direction
):
    ways = 1 + (direction == "bidirectional")
    told_twice = {
        name: value * ways if isinstance(value, list) else value for name, value in settings.items()
    }
    node = helper.make_node(
        kind,
        ["X", "W", "R", "B"],
        ["Y"],
        hidden_size=3,
        direction=direction,
        activations=activations * ways,
        **told_twice,
    )
    data = model([node], {k: a / 2 for k, a in node_arrays(kind, ways=ways).items()})

    (found,) = opened("a.onnx", data).found

    assert found.stack.cell_name == cell_name
    agrees_with_onnxruntime(found, data)
    assert found.against == "onnxruntime"
    if "hard" in cell_name:
        assert "Its gates are by HardSigmoid, min(1, max(0, " in told(found)


@pytest.mark.parametrize(
    "activations",
    [
        ["Affine", "Tanh", "Tanh"],
        ["Sigmoid", "ThresholdedRelu", "Tanh"],
        ["Sigmoid", "Softsign", "Softsign"],
        ["Relu", "Tanh", "Tanh"],
        ["Sigmoid", "HardSigmoid", "Tanh"],
        ["Sigmoid", "Tanh"],
    ],
)
def test_other_activations_are_refused_by_their_names(activations):
    said = complaint(model([lstm(activations=activations)], PARTS))

    assert f"its activations are {', '.join(activations)}, which is not computed here" in said
    assert "Sigmoid or HardSigmoid for the gates" in said


def test_directions_with_activations_of_their_own_are_refused_by_them():
    activations = ["Sigmoid", "Tanh", "Tanh", "HardSigmoid", "Tanh", "Tanh"]
    node = lstm(activations=activations, direction="bidirectional")

    said = complaint(model([node], node_arrays("LSTM", ways=2)))

    assert "its two directions have different activations" in said


def test_a_hard_sigmoid_that_falls_is_refused():
    activations = ["HardSigmoid", "Tanh", "Tanh"]
    node = lstm(activations=activations, activation_alpha=[-0.2])

    assert "a hard sigmoid rises" in complaint(model([node], PARTS))


# ----------------------------------------------------------------------- what a node is given


def test_lengths_and_first_states_that_the_file_gives_are_said():
    arrays = {
        **PARTS,
        "lengths": np.array([9, 4], np.int32),
        "h0": np.ones((1, 2, 3), np.float32),
        "c0": np.zeros((1, 2, 3), np.float32),
    }

    (found,) = opened(
        "a.onnx", model([lstm(["X", "W", "R", "B", "lengths", "h0", "c0"])], arrays)
    ).found

    assert "the length of each sequence; the laboratory reads to the end" in told(found)
    assert "starts from a state of its own; the laboratory starts from zeros" in told(found)


@pytest.mark.parametrize("first", ["shape", "file"])
def test_a_first_state_of_zeros_is_as_here_and_one_from_outside_is_said(first):
    zeros = made("ConstantOfShape", ["shape"], ["h0"])
    given = [helper.make_tensor_value_info("h0", TensorProto.FLOAT, None)]
    nodes = [lstm(["X", "W", "R", "B", "", "h0"])]
    data = (
        model([zeros, *nodes], {**PARTS, "shape": np.array([1, 2, 3])})
        if first == "shape"
        else model(nodes, PARTS, given)
    )

    (found,) = opened("a.onnx", data).found

    assert ("starts from a state of its own" in told(found)) == (first == "file")


def test_batch_first_is_the_same_network():
    (found,) = opened("a.onnx", model([lstm(layout=1)], PARTS)).found

    (plain,) = opened("b.onnx", model([lstm()], PARTS)).found
    for name, part in plain.stack.state_dict().items():
        assert torch.equal(found.stack.state_dict()[name], part)
