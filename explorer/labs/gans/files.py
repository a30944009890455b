"""What a match leaves behind as files: generated points as a table, both networks as weights."""

from collections.abc import Mapping

import numpy as np

from explorer.gans.conditional import asked_labels
from explorer.gans.table import Table
from explorer.labs.gans.match import Match
from explorer.labs.gans.side import Side
from explorer.labs.gans.standards import MEASURED
from explorer.runs.export import numbers_csv, tensors_file
from explorer.runs.worker import arithmetic_of_a_trainer

MOST_SAMPLES = 100_000


@arithmetic_of_a_trainer()
def _stood(match: Match, state: Mapping[str, np.ndarray], tick: int | None) -> list[Side]:
    """The games as they stood at a tick, played on from a state; without a tick, when it was kept.

    To the last bit what the run itself has there.
    """
    return match.players_at(int(state["step"]) if tick is None else tick, state)


def samples(
    match: Match,
    state: Mapping[str, np.ndarray],
    count: int = 2_500,
    table: Table | None = None,
    tick: int | None = None,
) -> bytes:
    """``count`` generated points of every game as CSV: game, x, y; or game and 64 pixels.

    As they stood at the ``tick``, which is played to from the state; without one, at the state's.
    From the same noise in every game. With the ``table`` that was uploaded, in its own units and
    under its own header. In a conditional game a last column is the label asked for. ValueError
    for less than one point or more than 100,000.
    """
    if not 1 <= count <= MOST_SAMPLES:
        raise ValueError(f"count must be between 1 and {MOST_SAMPLES:,}, not {count:,}")
    rows: list[list[object]] = []
    columns: list[str] = []
    for side in _stood(match, state, tick):
        # The last numbers of a short row of noise are others than in a long one.
        noise = side.game.evaluation_noise(max(count, MEASURED))[:count]
        classes = side.game.settings.classes
        labels = asked_labels(count, side.data.shares) if classes else None
        points = side.game.generate(noise, labels).double()
        if table is not None:
            points = table.original(points)
        asked: list[list[object]] = [[]] * count if labels is None else labels[:, None].tolist()
        if labels is not None and table is not None and table.classes:
            asked = [[table.classes[label]] for label in labels.tolist()]
        rows += [[side.name, *at, *label] for at, label in zip(points.tolist(), asked, strict=True)]
        dimensions = points.shape[1]
        columns = ["x", "y"][:dimensions]
        if dimensions > 2:
            columns = [f"pixel{k}" for k in range(dimensions)]
        if table is not None:
            columns = list(table.names)
        columns = ["game", *columns, *(["label"] if classes else [])]
    return numbers_csv(columns, rows)


def weights(
    match: Match, state: Mapping[str, np.ndarray], link: str = "", tick: int | None = None
) -> bytes:
    """Generator and judge of every game as safetensors, with link and step as metadata.

    As they stood at the ``tick``, which is played to from the state; without one, at the state's.
    Names as a `torch.nn.Sequential` of linear layers and activations would have them, below game
    and player: ``a.generator.0.weight``, ``a.generator.0.bias``, ``a.generator.2.weight``. A
    normalised layer counts for itself, its scale and shift being its weight and bias; a spectrally
    normalised judge is saved as it plays.
    """
    found: dict[str, np.ndarray] = {}
    for side in _stood(match, state, tick):
        for player, network in side.game.networks.items():
            normal = network.normalisation
            last = len(network.weights) - 1
            for layer, (weight, bias) in enumerate(
                zip(network.weights, network.biases, strict=True)
            ):
                place = layer * (3 if normal else 2)
                begin = f"{side.name}.{player}"
                found[f"{begin}.{place}.weight"] = weight.numpy().copy()
                if normal and layer < last:
                    found[f"{begin}.{place + 1}.weight"] = network.scales[layer][0].numpy().copy()
                    place += 1
                found[f"{begin}.{place}.bias"] = bias[0].numpy().copy()
            for what, values in (normal.running if normal else {}).items():
                called = {"mean": "running_mean", "variance": "running_var"}[what]
                widths = network.sizes[1:-1]
                for layer, part in enumerate(values[0].split(widths)):
                    name = f"{side.name}.{player}.{3 * layer + 1}.{called}"
                    found[name] = part.numpy().copy()
    return tensors_file(found, {"link": link, "step": int(state["step"]) if tick is None else tick})
