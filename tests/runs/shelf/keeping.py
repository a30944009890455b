"""Parcels for tests, and a process that keeps them until it is killed.

``python -m tests.runs.shelf.keeping FILE`` says on standard output which run is on the shelf now,
each as soon as that was confirmed.
"""

import sys
from dataclasses import replace
from pathlib import Path

from safetensors.numpy import save

from explorer.runs.frames import pack
from explorer.runs.past import Past
from explorer.runs.recording import Checkpoint
from explorer.runs.shelf import Known, Parcel, Reader, Shelf
from tests.runs.walk import Walk

MINE = Reader("mine")


def past_of(walk: Walk, frames: int) -> Past:
    """Return what a walk has behind it after so many frames."""
    packets, states = [], []
    stream = walk.stream()
    for index in range(frames):
        frame = next(stream)
        packets.append((index, pack(frame, index, walk.precision)))
        if frame.state is not None:
            state = save(dict(frame.state))
            states.append(Checkpoint(index, frame.step, state, packets[-1][1]))
    still = pack(walk.still(), -1, walk.precision)
    return Past(still, tuple(packets), tuple(states), last=walk.steps, complete=False)


def parcel_of(walk: Walk, frames: int = 25, name: str = "a walk") -> Parcel:
    """Return a walk as it lies on a shelf."""
    return Parcel(
        name=name,
        page="walks",
        link=f"seed={walk.seed}",
        title="Where do they go?",
        clock="step",
        settings={"seed": walk.seed},
        scene={"panels": [], "alt": "walkers"},
        past=past_of(walk, frames),
        experiment=Known.of(walk),
    )


def main(path: Path) -> None:
    """Keep one run after the other, for ever."""
    shelf, parcel, count = Shelf(path), parcel_of(Walk(size=4_000)), 0
    while True:
        row = shelf.keep(MINE, replace(parcel, name=f"run {count}"))
        print(row.number, flush=True)
        count += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
