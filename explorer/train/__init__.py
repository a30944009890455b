"""Runs without a browser: from a name or a link to a file.

What is written depends on the suffix: the frames themselves, their numbers, the last state, or
pictures and films of what the stage would have shown.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from explorer.labs.presets import PRESETS, Plan, plan
from explorer.runs.export import EXPORTS, Export, check_place
from explorer.runs.worker import arithmetic_of_a_trainer
from explorer.train.pictures import PICTURES
from explorer.train.progress import Progress, interruptible

DONE, FAILED, INTERRUPTED = 0, 1, 130


def training(
    what: str,
    out: Path,
    seconds: float | None = None,
    steps: int | None = None,
    updates: int | None = None,
    seed: int | None = None,
) -> Callable[[], int]:
    """Return what is asked for, ready to go: calling it writes the file and returns the status.

    Raises ValueError or OSError with one sentence when something asked for does not exist, does
    not go together, or cannot be written.
    """
    if what in PRESETS or any(sign in what for sign in "/?="):
        _refuse("a run", "its link says it all", updates=updates, seed=seed)
        planned, export = plan(what, steps), _export(out)
        check_place(out)
        return partial(run, planned, export, out, seconds)
    _refuse(what, "it is as long as its updates", seconds=seconds, steps=steps)
    if what == "home":
        _refuse(what, "it is always the same", updates=updates, seed=seed)
        return partial(record_home, _folder(out))
    if what == "watched":
        _refuse(what, "it is always the same", updates=updates, seed=seed)
        return partial(record_watched, _folder(out))
    if what == "remedies":
        if out.suffix != ".safetensors":
            raise ValueError(f"the table is written to a .safetensors file, not to {out.name!r}")
        check_place(out)
        return partial(record_remedies, out, updates, seed)
    if what == "compared":
        _refuse(what, "it is always the same", updates=updates, seed=seed)
        if out.suffix != ".json":
            raise ValueError(f"the record is written to a .json file, not to {out.name!r}")
        check_place(out)
        return partial(record_compared, out)
    from explorer.networks.tasks import RECIPES

    if what not in RECIPES:
        recorded = ("home", "watched", "remedies", "compared")
        known = ", ".join(map(repr, [*PRESETS, *RECIPES, *recorded]))
        raise ValueError(f"unknown preset {what[:40]!r}; choose from {known}, or give a link")
    if out.suffix != ".safetensors":
        raise ValueError(f"a network is written to a .safetensors file, not to {out.name!r}")
    check_place(out)
    return partial(make_network, what, out, updates, seed)


@arithmetic_of_a_trainer()
def run(planned: Plan, export: type[Export], out: Path, seconds: float | None) -> int:
    """Run an experiment to its end, for so many seconds, or until Ctrl-C, and write what there is.

    A second Ctrl-C gives the file up.
    """
    last = planned.experiment.frame_count - 1
    trouble, step, count = "", 0, 0
    with interruptible() as asked_to_stop, export(out, planned.experiment, planned.link) as file:
        progress = Progress("step", seconds)
        for index, frame in enumerate(planned.experiment.stream()):
            file.add(index, frame)
            step, count, trouble = frame.step, index + 1, frame.trouble
            progress.tell(step, index / last if last else 1.0)
            if asked_to_stop.is_set() or progress.over:
                break
        progress.close()
    less = f"; {file.about}" if file.about else ""
    print(f"{out}: {count:,} frames, up to step {step:,}{less}", file=sys.stderr)
    if trouble:
        print(trouble, file=sys.stderr)
        return FAILED
    return INTERRUPTED if asked_to_stop.is_set() else DONE


@arithmetic_of_a_trainer()
def make_network(name: str, out: Path, updates: int | None, seed: int | None) -> int:
    """Train one of the shipped networks from scratch and write it."""
    from explorer.networks import shipped
    from explorer.networks.tasks import recipe_of

    whole = recipe_of(name).updates if updates is None else updates
    progress = Progress("update")
    card = shipped.make_network(
        name, out, updates, seed or 0, lambda done, loss: progress.tell(done, done / whole)
    )
    progress.close()
    print(card.sentence, file=sys.stderr)
    return DONE


@arithmetic_of_a_trainer()
def record_home(folder: Path) -> int:
    """Make the recordings of the home page."""
    from explorer.figures import home
    from explorer.runs import recorded

    for name in home.SCENES:
        for path in recorded.save(name, home.recorded(name), folder):
            print(path, file=sys.stderr)
    return DONE


@arithmetic_of_a_trainer()
def record_watched(folder: Path) -> int:
    """Train an LSTM and its twin with another forget bias, watched, and write both recordings."""
    from explorer.train import watched_pair

    for path in watched_pair.record(folder):
        print(path, file=sys.stderr)
    return DONE


@arithmetic_of_a_trainer()
def record_remedies(out: Path, updates: int | None, seed: int | None) -> int:
    """Train a deep stack with each remedy, alone and in pairs, and write what came of it."""
    from explorer.labs.gradients import remedies

    progress = Progress("row")
    rows = len(list(remedies.combined()))
    found = remedies.record(
        out,
        remedies.UPDATES if updates is None else updates,
        seed or 0,
        lambda share: progress.tell(round(share * rows), share),
    )
    progress.close()
    best = remedies.ranked(found)[0]
    print(
        f"{out}: {len(found)} rows; best {remedies.label(best.learned.names)}, "
        f"{best.learned.mean:.1f} ± {best.learned.noise:.1f} %",
        file=sys.stderr,
    )
    return DONE


@arithmetic_of_a_trainer()
def record_compared(out: Path) -> int:
    """Train many seeds of the networks of the sequence lab, and write the record."""
    from explorer.labs.sequences import sweep

    sweep.write(out, lambda said: print(said, file=sys.stderr))
    return DONE


def _export(out: Path) -> type[Export]:
    known = {**EXPORTS, **PICTURES}
    if out.suffix not in known:
        raise ValueError(
            f"unknown suffix {out.suffix!r} of {out.name!r}; choose from {', '.join(known)}"
        )
    if out.suffix == ".mp4" and find_spec("imageio_ffmpeg") is None:
        raise ValueError("a .mp4 needs the package imageio-ffmpeg; a .gif needs nothing more")
    return known[out.suffix]


def _folder(out: Path) -> Path:
    if not out.is_dir():
        raise NotADirectoryError(f"cannot write to {out}: it must be a folder that exists")
    check_place(out / "home")
    return out


def _refuse(what: str, why: str, **given: float | None) -> None:
    unfitting = [f"--{name}" for name, value in given.items() if value is not None]
    if unfitting:
        raise ValueError(f"{' and '.join(unfitting)} cannot be given for {what}: {why}")
