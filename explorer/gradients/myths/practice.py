"""Myths of practice with torch's own layers: what a hook sees, what a step costs, what clips do."""

import math
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.benchmark import Timer

from explorer.gradients.myths.myth import Found, Myth, OfOneSeed, Quantity, Verdict, judged, told

STEPS, UNITS, BATCH = 20, 32, 16
Layer = TypeVar("Layer", bound=nn.Module)


def _drawn(
    kind: type[Layer], inputs: int, rng: torch.Generator, dtype: torch.dtype = torch.float64
) -> Layer:
    """Return a layer of torch with weights as torch draws them, from a generator of their own.

    Made without storage first: a layer that draws for itself takes from the global generator.
    """
    layer = kind(inputs, UNITS, device="meta", dtype=dtype).to_empty(device="cpu")
    with torch.no_grad():
        for weight in layer.parameters():
            weight.uniform_(-(UNITS**-0.5), UNITS**-0.5, generator=rng)
    return layer


def retained_and_true(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Norms of dL/dh_t by t: what `retain_grad` on the layer's output holds, and the total ones.

    The loss reads the last output; the total ones are those of the same weights, unrolled.
    """
    rng = torch.Generator().manual_seed(seed)
    layer = _drawn(nn.LSTM, 1, rng)
    inputs = torch.randn(STEPS, BATCH, 1, generator=rng, dtype=torch.float64)
    direction = torch.randn(BATCH, UNITS, generator=rng, dtype=torch.float64)
    output, _ = layer(inputs)
    output.retain_grad()
    (output[-1] * direction).sum().backward()
    held = output.grad
    assert held is not None
    cell = _drawn(nn.LSTMCell, 1, rng)
    cell.load_state_dict(
        {name.removesuffix("_l0"): value for name, value in layer.state_dict().items()}
    )
    states: list[Tensor] = []
    state = (torch.zeros(BATCH, UNITS, dtype=torch.float64),) * 2
    for x in inputs:
        state = cell(x, state)
        states.append(state[0])
    total = torch.autograd.grad((states[-1] * direction).sum(), states)
    return (
        held.norm(dim=-1).mean(-1).numpy(),
        torch.stack(total).norm(dim=-1).mean(-1).numpy(),
    )


def _retained(seed: int) -> OfOneSeed:
    held, true = retained_and_true(seed)
    numbers = {"held": float(held[:-1].max()), "before": float(true[-2]), "first": float(true[0])}
    return OfOneSeed(numbers, np.arange(STEPS), {"held": held, "true": true})


def _retained_verdict(found: Found) -> Verdict:
    agree = np.abs(found["held"] - found["before"]) <= 1e-9 * found["before"]
    return Verdict(
        judged(agree, ~agree),
        f"Before the last step retain_grad() holds at most {told(found['held'])}; the true norm is "
        f"{told(found['before'])} one step before the end and {told(found['first'])} at the "
        "first. A fused layer shows only what the loss reads directly.",
    )


def _seconds(layer: nn.Module, inputs: Tensor) -> float:
    """Seconds of one pass forward and back, on one thread, by torch's own stopwatch."""
    run = "layer(inputs)[0].sum().backward()"
    return float(Timer(run, globals={"layer": layer, "inputs": inputs}).timeit(1).mean)


PAIRS = 5


def _faster(seed: int) -> OfOneSeed:
    rng = torch.Generator().manual_seed(seed)
    layers = [_drawn(kind, 2, rng, torch.float32) for kind in (nn.GRU, nn.LSTM)]
    inputs = torch.randn(50, 50, 2, generator=rng)
    for layer in layers:
        _seconds(layer, inputs)  # the first call of a layer pays for its preparations
    taken = np.array([[_seconds(layer, inputs) for layer in layers] for _ in range(PAIRS)])
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    each = taken[:, 0] / taken[:, 1]
    return OfOneSeed(
        {"seconds": float(np.median(each)), "parameters": counts[0] / counts[1]},
        np.arange(PAIRS),
        {"seconds": each, "parameters": np.full(PAIRS, counts[0] / counts[1])},
    )


def _faster_verdict(found: Found) -> Verdict:
    return Verdict(
        judged(found["seconds"] < 1, found["seconds"] > 1),
        f"A GRU has {told(found['parameters'])} of the parameters of an LSTM. A step forward and "
        f"back takes {told(found['seconds'])} times as long as the LSTM's, here and now.",
    )


THRESHOLDS = np.geomspace(0.01, 1.0, 13)  # of the norm, and of the largest entry


def _angle(a: Tensor, b: Tensor) -> float:
    """Degrees between two vectors, exact also where they are parallel (Kahan)."""
    a, b = a / a.norm(), b / b.norm()
    return math.degrees(2 * math.atan2(float((a - b).norm()), float((a + b).norm())))


def _clipped(seed: int) -> OfOneSeed:
    rng = torch.Generator().manual_seed(seed)
    layer = _drawn(nn.RNN, 1, rng)
    inputs = torch.randn(STEPS, BATCH, 1, generator=rng, dtype=torch.float64)
    layer(inputs)[0][-1].square().sum().backward()
    raw = [(p, p.grad.clone()) for p in layer.parameters() if p.grad is not None]
    vector = torch.cat([gradient.flatten() for _, gradient in raw])
    size, peak = float(vector.norm()), float(vector.abs().max())
    angles: dict[str, list[float]] = {"by_norm": [], "by_value": []}
    for share in THRESHOLDS:
        for way, found in angles.items():
            for p, gradient in raw:
                p.grad = gradient.clone()
            if way == "by_norm":
                nn.utils.clip_grad_norm_(layer.parameters(), share * size)
            else:
                nn.utils.clip_grad_value_(layer.parameters(), share * peak)
            kept = [p.grad.flatten() for p in layer.parameters() if p.grad is not None]
            found.append(_angle(vector, torch.cat(kept)))
    lines = {way: np.array(found) for way, found in angles.items()}
    middle = len(THRESHOLDS) // 2  # a tenth
    numbers = {way: float(line[middle]) for way, line in lines.items()}
    return OfOneSeed(numbers, np.log10(THRESHOLDS), lines)


TURNED = 1e-3  # degrees; less is rounding


def _turned(angles: np.ndarray) -> str:
    return told(angles) if angles.max() > TURNED else f"less than {TURNED:g}"


def _clipped_verdict(found: Found) -> Verdict:
    by_norm, by_value = found["by_norm"] > TURNED, found["by_value"] > TURNED
    return Verdict(
        judged(by_norm & by_value, ~by_norm & ~by_value),
        f"Clipped to a tenth by norm the gradient turns by {_turned(found['by_norm'])} degrees, by "
        f"value (a tenth of the largest entry) by {_turned(found['by_value'])}.",
    )


PRACTICE = (
    Myth(
        "retained",
        "retain_grad() shows it",
        "out.retain_grad() of nn.LSTM gives the gradient through time.",
        "answers in forums",
        "nn.LSTM with the loss at the last of 20 steps, against the same weights unrolled with "
        "nn.LSTMCell. It holds if both agree one step before the end.",
        (
            Quantity("held", "held before the end", "Largest norm that retain_grad() holds."),
            Quantity("before", "true, one step back", "‖dL/dh‖ of the unrolled network."),
            Quantity("first", "true, first step", "‖dL/dh‖ of the unrolled network."),
        ),
        _retained,
        _retained_verdict,
        {"true": "unrolled", "held": "retain_grad()"},
        "t: step of the input",
        "‖dL/dh‖",
    ),
    Myth(
        "gru_faster",
        "The GRU is faster",
        "A GRU is faster than an LSTM because it is smaller.",
        "comparisons that count parameters",
        "nn.GRU and nn.LSTM in turn, 32 units, 50 sequences of 50 steps, forward and back, on this "
        "machine while you look: the ratio of seconds. It holds if every round's median is below "
        "1. A new seed times it again; seconds differ each time.",
        (
            Quantity("seconds", "seconds, GRU ÷ LSTM", "Median of five pairs."),
            Quantity("parameters", "parameters, GRU ÷ LSTM", "Three blocks against four."),
        ),
        _faster,
        _faster_verdict,
        {"seconds": "seconds", "parameters": "parameters"},
        "pair of runs",
        "GRU ÷ LSTM",
        (1.0, "equally fast"),
    ),
    Myth(
        "clip_turns",
        "Clipping changes the direction",
        "Clipping changes the direction of the gradient.",
        "objections to clipping",
        "The gradient of all weights of nn.RNN, clipped by torch's two functions at thresholds "
        "from a hundredth to all of its norm, or of its largest entry.",
        (
            Quantity("by_norm", "by norm, degrees", "At a tenth of the norm."),
            Quantity("by_value", "by value, degrees", "At a tenth of the largest entry."),
        ),
        _clipped,
        _clipped_verdict,
        {"by_norm": "by norm", "by_value": "by value"},
        "threshold: power of ten, against the raw gradient",
        "degrees turned",
        log=False,
    ),
)
