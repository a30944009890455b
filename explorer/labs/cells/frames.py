"""A reading as frames, one a step: every gate, its parts and every state, by the names of pictures.

Arrays of a frame have one number for each unit; the still frame holds the weights, so that every
number can be taken apart where it is looked at.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.cells.cell import rows
from explorer.labs.cells.window import Window, whole
from explorer.runs.frames import Frame
from explorer.sequences.patterns import activity_order, cluster_order
from explorer.sequences.trace import Trace

Arrays = Mapping[str, np.ndarray]


def states(trace: Trace, shown: Window | None = None) -> dict[str, np.ndarray]:
    """Return every gate with its parts and every state over time, (T, S) each, by short name.

    ``x`` is what the cell reads, (T, C). S units and C numbers are shown; where that is not all of
    them, ``others_x`` and ``others_hidden`` of a gate are what the others add to it.
    """
    kind = CELLS[trace.cell]
    found = {kind.pictured(name): values for name, values in trace.states.items()}
    found["hidden_before"] = trace.before.hidden
    if trace.before.cell is not None:
        found["cell_before"] = trace.before.cell
    for gate in kind.gates:
        parts = trace.gate(gate)
        short = kind.pictured(gate)
        found[f"{short}/from_input"] = parts.from_input
        found[f"{short}/from_hidden"] = parts.from_hidden
        found[f"{short}/preactivation"] = parts.preactivation
        if parts.from_memory is not None:
            found[f"{short}/from_memory"] = parts.from_memory
    if kind.candidate.reset == "after":
        block = kind.gates.index(kind.candidate.field)
        found[kind.pictured("past")] = rows(trace.steps.from_hidden, block, trace.weights.units)
    shown = shown or whole(trace)
    found = {name: shown.of(values) for name, values in found.items()}
    found["x"] = trace.x if shown.all_inputs else trace.x[:, shown.inputs]
    found |= shown.others(trace)
    return {name: _numbers(values) for name, values in found.items()}


def mapped(trace: Trace, shown: Window) -> dict[str, np.ndarray]:
    """Return what heat maps show over time, (T, S) each, by short name: gates, then states."""
    kind = CELLS[trace.cell]
    found = {kind.pictured(name): values for name, values in trace.states.items()}
    parts = kind.gates if len(kind.gates) == 1 else ()
    for gate in parts:
        taken = trace.gate(gate)
        for part in ("from_input", "from_hidden", "preactivation"):
            found[f"{kind.pictured(gate)}/{part}"] = getattr(taken, part)
    return {name: _numbers(shown.of(found[name])) for name in kind.mapped}


def memory(trace: Trace) -> Tensor:
    """Return the state that remembers over time, (T, H): c where there is one, else h."""
    return trace.states[CELLS[trace.cell].memory]


def still(trace: Trace, shown: Window | None = None) -> Frame:
    """Return what does not change from step to step: the weights, and two orders of the units.

    Orders are of the units that are shown, by their places among these.
    """
    shown = shown or whole(trace)
    values = shown.of(memory(trace)).numpy()
    weights = shown.weights(weights_of(trace.weights))
    arrays = {name: _numbers(part) for name, part in weights.items()} | shown.named
    arrays["one"] = np.ones((1, len(shown.units)), np.float32)
    arrays["order/activity"] = np.array(activity_order(values), np.float32)
    arrays["order/clusters"] = np.array(cluster_order(values), np.float32)
    return Frame(0, arrays)


def weights_of(weights: Weights) -> dict[str, Tensor]:
    """Return the packed weights by name; peepholes only where there are some."""
    named = {
        "weight_ih": weights.weight_ih,
        "weight_hh": weights.weight_hh,
        "bias_ih": weights.bias_ih,
        "bias_hh": weights.bias_hh,
        "peepholes": weights.peepholes,
    }
    return {name: part for name, part in named.items() if part is not None}


def in_steps(
    arrays: Arrays,
    scalars: Mapping[str, np.ndarray],
    sentences: Mapping[str, str] | None = None,
) -> tuple[Frame, ...]:
    """Return one frame a step; scalars that are NaN at a step are left out of its frame."""
    count = len(next(iter(arrays.values())))
    return tuple(
        Frame(
            step,
            {name: values[step] for name, values in arrays.items()},
            {name: float(v[step]) for name, v in scalars.items() if not np.isnan(v[step])},
            dict(sentences or {}),
        )
        for step in range(count)
    )


def likeliest(probabilities: Tensor, most: int) -> dict[str, np.ndarray]:
    """Return the most probable classes of each step, and how probable they are, (T, most) each."""
    top = probabilities.topk(min(most, probabilities.shape[1]))
    return {
        "next/probability": _numbers(top.values),
        "next/index": top.indices.numpy().astype(np.float32),
    }


def _numbers(values: Tensor) -> np.ndarray:
    return values.detach().to(torch.float32).numpy()
