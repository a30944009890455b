"""Digits as moving frames, and as rows: what needs the order, and what the filters do for it."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.labs.sequences.tasks.task import Seen, Task
from explorer.networks.tasks.digits import LEARNED, digits
from explorer.sequences.digits import DIGITS
from explorer.sequences.kinds import Frames, Network
from explorer.sequences.problems import Clips, Problem, Rows
from explorer.sequences.problems.clips import FRAMES, SIDE, Asks

SHOWN = 3  # which of the held-out films is shown
SEVERAL = 32  # held-out films, or pictures, over which a mean is taken after every step
SOURCE = (
    f"The 1,797 digits of 8×8 points of scikit-learn (Alpaydin and Kaynak 1998): {LEARNED:,} to "
    "learn from, the others held out, by the same 13 hands"
)


@cache
def clips(asks: Asks) -> Clips:
    """Moving digits, of which the direction or the digit is scored."""
    return Clips(digits(), asks)


@cache
def rows() -> Rows:
    """Digits row by row."""
    return Rows(digits())


def still_film(problem: Problem) -> Seen:
    """The frames of the film shown."""
    film = problem.held_out.inputs[:, SHOWN].view(FRAMES, SIDE, SIDE)
    return Seen({"pictures": film.numpy(), "steps": np.arange(1, FRAMES + 1, dtype=np.float32)})


def seen_film(problem: Problem, network: Network, asks: Asks) -> Seen:
    """How sure it is of what is right after each frame; what its filters are and find, if any."""
    several = problem.held_out.inputs[:, :SEVERAL]
    targets = problem.held_out.targets[:SEVERAL]
    of_digit, of_way = slice(DIGITS), slice(DIGITS, None)
    answers, right = (of_way, targets[:, 1]) if asks == "way" else (of_digit, targets[:, 0])
    arrays = {"sure": sure(network, several, right, answers).numpy()}
    if isinstance(network, Frames):
        with torch.no_grad():
            maps, _ = network.convolutions.maps(problem.held_out.inputs[-1, SHOWN : SHOWN + 1])
        weight = network.parameters["convolution1.weight"].detach()[:, 0]
        largest = float(weight.abs().max()) or 1.0
        arrays["filters"] = (weight / largest).numpy()
        arrays["maps"] = (maps[0] / (float(maps.max()) or 1.0)).numpy()
    return Seen(arrays)


def sure(
    network: Network,
    inputs: Float[Tensor, "T N I"],
    right: Tensor,
    answers: slice = slice(None),
) -> Float[Tensor, " T"]:
    """The mean probability of the right answer once so many steps are read, the first onwards."""
    found = []
    with torch.no_grad():
        for steps in range(1, 1 + len(inputs)):
            shares = network(inputs[:steps])[:, answers].softmax(-1)
            found.append(shares.gather(1, right[:, None]).mean())
    return torch.stack(found)


def still_rows(problem: Problem) -> Seen:
    """Some of the pictures."""
    pictures = problem.held_out.inputs[:, :12].transpose(0, 1)
    return Seen(
        {
            "pictures": pictures.contiguous().numpy(),
            "steps": np.arange(1, 1 + len(problem.held_out.inputs), dtype=np.float32),
        }
    )


def seen_rows(problem: Problem, network: Network) -> Seen:
    """How sure it is of the right digit after each row."""
    held_out = problem.held_out
    found = sure(network, held_out.inputs[:, :SEVERAL], held_out.targets[:SEVERAL])
    return Seen({"sure": found.numpy()})


def _film(asks: Asks, purpose: str, floors: tuple[str, ...], updates: int) -> Task:
    asked = {"way": "which way a digit moves", "digit": "which digit moves"}[asks]
    return Task(
        label={"way": "Film: which way", "digit": "Film: which digit"}[asks],
        asks=f"{asked}, from eight noisy frames",
        purpose=purpose,
        source=f"{SOURCE}; they move on a frame whose edges meet, with normal noise",
        family="film",
        problem=lambda typed: clips(asks),
        line_up=("vanilla", "frames", "frames_mean", "last_frame"),
        updates=updates,
        rate=5e-3,
        floors=floors,
        look="The frames of one film; how sure each network is of the right answer once so many "
        "frames are read.",
        still=still_film,
        example=lambda: SHOWN,
        seen=lambda problem, network, answers: seen_film(problem, network, asks),
    )


TASKS: Mapping[str, Task] = {
    "way": _film(
        "way",
        "Edges meet, so any single frame is as likely for each direction, and a film back to front "
        "is one of the opposite direction: whoever looks at one frame is right in a quarter of "
        "them, whoever ignores the order in half at most. Only what keeps the order can know "
        "more.",
        ("chance", "unordered"),
        300,
    ),
    "digit": _film(
        "digit",
        "The digit is in every frame, at another place: filters look for the same thing "
        "everywhere, a straight line through the points of a frame cannot. Seeds differ; take "
        "the next one before believing who leads.",
        ("chance", "line"),
        500,
    ),
    "rows": Task(
        label="Digit, row by row",
        asks="which digit it is that it reads row by row",
        purpose="Most of a digit is known before its last row, and a network without a state has "
        "only what its window holds. Eight rows are so few that the nearest picture does it, too.",
        source=SOURCE,
        family="rows",
        problem=lambda typed: rows(),
        line_up=("vanilla", "both", "convolved", "window"),
        updates=400,
        rate=1e-2,
        floors=("last", "line", "nearest"),
        look="On the left some of the held-out pictures, of which a network reads one row after "
        "the other; on the right how sure it is of the right digit after so many rows.",
        still=still_rows,
        seen=lambda problem, network, answers: seen_rows(problem, network),
    ),
}
