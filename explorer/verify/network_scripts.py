"""The exported script of a network that learns a task, run by a Python of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.script import as_script
from explorer.verify.known import Known

FIRST = 8  # updates; learning amplifies rounding in more of them
SECONDS = 300
TOLERANCE = 2e-5  # of a loss, as a share of it where it is above 1; float32, other routes


def trained(task: str, kind: str, **settings: object) -> SideBySide:
    """A small training of one kind; the second slot repeats it."""
    small = {"units": 8, "third": "", "steps": 10} | settings
    return SideBySide(task=task, first=kind, second=kind, **small)  # type: ignore[arg-type]


TRAININGS: Mapping[str, SideBySide] = {
    "forward, next vowel": trained("vowel", "vanilla"),
    "forward and wide, film": trained("way", "wide"),
    "both ways, speakers": trained("speech", "both"),
    "both ways summed, stacked of GRU, reviews": trained("products", "both_summed", cell="gru"),
    "stacked with dropout, embedded grammar": trained("embedded", "stacked", layers=3, dropout=0.2),
    "convolved, carbon dioxide": trained("co2", "convolved"),
    "mean of states, speakers": trained("speech", "averaged"),
    "plain RNN, your text": trained("like_you", "rnn"),
    "GRU, sunspots": trained("sunspots", "gru"),
    "peepholes, digits by rows": trained("rows", "peephole"),
    "coupled gates, your numbers": trained("own", "vanilla", cell="lstm_coupled"),
    "GRU that resets before, sunspots": trained("sunspots", "vanilla", cell="gru_before"),
    "window, next vowel": trained("vowel", "window"),
    "line on the mean, reviews": trained("products", "unordered"),
    "CNN-LSTM on frames": trained("way", "frames"),
    "CNN on the last frame": trained("digit", "last_frame"),
    "CNN mean": trained("way", "frames_mean"),
    "encoder and decoder, dates": trained("dates", "translator"),
    "attention, half forced, sums": trained("sums", "attending", forcing=0.5),
    "input reversed, peepholes, reversal": trained("reversal", "reversed", cell="lstm_peephole"),
    "attention of GRU, number words": trained("words", "attending_gru"),
}


def told(training: SideBySide) -> list[float]:
    """The losses that the script of a training prints; RuntimeError where it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.py"
        path.write_text(as_script(training, "a", updates=FIRST), encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-I", str(path)],
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=SECONDS,
        )
    if ran.returncode:
        raise RuntimeError(f"the script ended with {ran.returncode}: {ran.stderr[-200:]}")
    rows = [line.split(",") for line in ran.stdout.splitlines()[1:]]
    return [float(loss) for _, loss in rows]


def ours(training: SideBySide) -> list[float]:
    """The losses of the same updates here, and then that of the held-out examples."""
    learner, problem = training.learners()["a"], training.problem
    found = [learner.update() for _ in range(FIRST)]
    network, held_out = learner.lesson.network(), problem.held_out
    if training.what.family == "translation":
        taught = problem.forced(1.0)  # type: ignore[attr-defined]
        said = taught.said(network, held_out, learner.lesson.rng, None)
    else:
        said = problem.answers(network)
    return [*found, float(problem.loss(said, held_out))]


def difference_to_the_script(training: SideBySide) -> float:
    """The largest difference of a loss, as a share of it where it is above 1."""
    theirs, known = told(training), ours(training)
    if len(theirs) not in (FIRST, FIRST + 1):
        raise ValueError(f"the script printed {len(theirs)} losses, not {FIRST}")
    pairs = zip(theirs, known, strict=False)  # a script with long films holds no held-out ones
    return max(abs(a - b) / max(1.0, abs(b)) for a, b in pairs)


NETWORK_SCRIPTS = tuple(
    Known(
        f"exported script of a network ({what}), first {FIRST} losses",
        0,
        partial(difference_to_the_script, training),
        "torch.nn, autograd and torch.optim in another Python; float32",
        tolerance=TOLERANCE,
        slow=True,
    )
    for what, training in TRAININGS.items()
)
