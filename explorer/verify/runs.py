"""Known answers about runs: what travels, what resumes, what a link keeps."""

from dataclasses import replace
from functools import partial

import numpy as np

from explorer.labs.gans.match import Match
from explorer.labs.gradients import Learning
from explorer.labs.presets import PRESETS, plan
from explorer.runs import links
from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame, chunk, pack, packets, unpack
from explorer.verify.draws import normal
from explorer.verify.known import Known

MATCH = Match(width=8, batch=16, steps=108)
ADDING = Learning(length=10, width=8, steps=300, seeds=2)


def quantisation(kind: str, levels: int) -> float:
    """Largest error of a packed array, in steps of its grid."""
    values = normal(200, 50).numpy()
    _, back = unpack(pack(Frame(0, {"values": values}), 0, {"values": kind}))
    step = (values.max() - values.min()) / levels
    return float(np.abs(back.arrays["values"] - values).max() / step)


def exact_floats() -> float:
    """Numbers that come back changed from a chunk of two frames, as float32."""
    sent = [normal(100, seed=seed).float().numpy() for seed in (0, 1)]
    data = chunk([pack(Frame(i, {"values": sent[i]}), i, {}) for i in (0, 1)])
    got = [unpack(packet)[1].arrays["values"] for packet in packets(data)]
    return sum(int((a != b).sum()) for a, b in zip(sent, got, strict=True))


def different_frames(experiment: Experiment) -> float:
    """Frames after a checkpoint that differ, bit for bit, when the run resumes from it.

    Raises ValueError for a run that keeps no state before its end.
    """
    frames = list(experiment.stream())
    kept = [index for index, frame in enumerate(frames[:-1]) if frame.state is not None]
    if not kept or not kept[-1]:
        raise ValueError("the run kept no state after its start")
    resumed = list(experiment.stream(frames[kept[-1]].state))
    once, again = (
        [pack(frame, index, experiment.precision) for index, frame in enumerate(part)]
        for part in (frames[kept[-1] + 1 :], resumed)
    )
    return abs(len(once) - len(again)) + sum(a != b for a, b in zip(once, again, strict=False))


def different_twice() -> float:
    """Frames that differ, bit for bit, between two runs of one short duel."""
    short = replace(MATCH, steps=20)
    runs = [[pack(f, i, short.precision) for i, f in enumerate(short.stream())] for _ in "ab"]
    return sum(a != b for a, b in zip(*runs, strict=True))


def links_that_lose() -> float:
    """Presets whose link, written out again and read again, is another experiment."""
    planned = [plan(name) for name in PRESETS]
    return sum(plan(each.link) != each for each in planned)


def broken_links() -> float:
    """Links of a default, with one hostile value each, that do not end at the default."""
    hostile = ("", "NaN", "-1e999", "9" * 400, "<script>", "١", "0x10", "1_0", "\0")
    opened = (links.decode(Match, {"width": value}) for value in hostile)
    return sum(found.settings != Match() or not found.problems for found in opened)


KNOWN = (
    Known(
        "positions as uint16: error in steps",
        (0.4, 0.51),
        partial(quantisation, "uint16", 65_535),
        "half a step",
        kind="range",
    ),
    Known(
        "surfaces as uint8: error in steps",
        (0.4, 0.51),
        partial(quantisation, "uint8", 255),
        "half a step",
        kind="range",
    ),
    Known("float32 in a chunk: numbers changed", 0, exact_floats, "equality"),
    Known(
        "GAN against WGAN-GP: frames changed by resuming",
        0,
        partial(different_frames, MATCH),
        "equality of two runs",
        slow=True,
    ),
    Known(
        "adding problem: frames changed by resuming",
        0,
        partial(different_frames, ADDING),
        "equality of two runs",
        slow=True,
    ),
    Known(
        "equal seeds: frames of two runs that differ",
        0,
        different_twice,
        "equality of two runs",
    ),
    Known("presets that their own link loses", 0, links_that_lose, "equality"),
    Known("hostile links that are not refused", 0, broken_links, "the default, and a sentence"),
)
