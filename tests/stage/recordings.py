"""Small recordings to draw: an LSTM and a GRU of a few units in plain numpy, as frames."""

import numpy as np

from explorer.runs.frames import Frame

TEXT = 'print("gate", f(x[0]))  # done\n'


def logistic(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


class Weights:
    """Weights of named gates on a one-hot input and on the last outputs."""

    def __init__(self, gates: tuple[str, ...], inputs: int, units: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.from_input = {g: rng.normal(0, 2.2, (units, inputs)) for g in gates}
        self.from_hidden = {
            g: rng.normal(0, 1.6 / np.sqrt(units) * 2, (units, units)) for g in gates
        }
        self.bias = {g: rng.normal(0, 0.5, units) for g in gates}

    def parts(self, gate: str, x: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.from_input[gate] @ x + self.bias[gate], self.from_hidden[gate] @ hidden

    def still(self) -> Frame:
        """Return what never moves: the packed weights, and two orders of the units."""
        packed = {"weight_ih": self.from_input, "weight_hh": self.from_hidden, "bias_ih": self.bias}
        arrays = {name: np.concatenate(list(blocks.values())) for name, blocks in packed.items()}
        units = self.from_hidden[next(iter(self.from_hidden))].shape[0]
        arrays |= {
            "bias_hh": np.zeros(len(arrays["bias_ih"])),
            "one": np.ones((1, units)),
            "order/activity": np.arange(units)[::-1].copy(),
            "order/clusters": np.roll(np.arange(units), 5),
        }
        return Frame(0, arrays)


LSTM_GATES = {"input": logistic, "forget": logistic, "candidate": np.tanh, "output": logistic}
GRU_GATES = ("reset", "update", "new")
INPUTS = 9  # numbers that stand for a letter


def lstm_weights(units: int = 12, seed: int = 4) -> Weights:
    return Weights(tuple(LSTM_GATES), INPUTS, units, seed)


def gru_weights(units: int = 12, seed: int = 4) -> Weights:
    return Weights(GRU_GATES, INPUTS, units, seed)


def embedding(letters: list[str], seed: int) -> np.ndarray:
    return np.random.default_rng(seed + 2).normal(0, 0.45, (len(letters), INPUTS))


def lstm_frames(text: str = TEXT, units: int = 12, seed: int = 4) -> list[Frame]:
    """Return what an LSTM with random weights does with a text, in the arrays of the cell lab."""
    letters = sorted(set(text))
    weights, read = lstm_weights(units, seed), embedding(letters, seed)
    readout = np.random.default_rng(seed + 1).normal(0, 2, (len(letters), units))
    hidden, cell = np.zeros(units), np.zeros(units)
    frames = []
    for step, letter in enumerate(text):
        arrays: dict[str, np.ndarray] = {"hidden_before": hidden, "cell_before": cell}
        arrays["x"] = read[letters.index(letter)]
        for gate, squash in LSTM_GATES.items():
            first, second = weights.parts(gate, arrays["x"], hidden)
            arrays |= {
                f"{gate}/from_input": first,
                f"{gate}/from_hidden": second,
                f"{gate}/preactivation": first + second,
                gate: squash(first + second),
            }
        arrays["kept"] = arrays["forget"] * cell
        arrays["written"] = arrays["input"] * arrays["candidate"]
        cell = arrays["cell"] = arrays["kept"] + arrays["written"]
        arrays["squashed"] = np.tanh(cell)
        hidden = arrays["hidden"] = arrays["output"] * arrays["squashed"]
        arrays |= expectation(readout @ hidden)
        frames.append(Frame(step, arrays))
    return frames


def gru_frames(text: str = TEXT, units: int = 12, seed: int = 4) -> list[Frame]:
    """Return what a GRU with random weights does with a text, reset after the product."""
    letters = sorted(set(text))
    weights, read = gru_weights(units, seed), embedding(letters, seed)
    readout = np.random.default_rng(seed + 1).normal(0, 2, (len(letters), units))
    hidden = np.zeros(units)
    frames = []
    for step, letter in enumerate(text):
        arrays: dict[str, np.ndarray] = {"hidden_before": hidden}
        arrays["x"] = read[letters.index(letter)]
        for gate in ("reset", "update"):
            first, second = weights.parts(gate, arrays["x"], hidden)
            arrays |= {
                f"{gate}/from_input": first,
                f"{gate}/from_hidden": second,
                f"{gate}/preactivation": first + second,
                gate: logistic(first + second),
            }
        first, second = weights.parts("new", arrays["x"], hidden)
        gated = arrays["reset"] * second
        arrays |= {
            "new/from_input": first,
            "new/past": second,
            "new/from_hidden": gated,
            "new/gated_hidden": gated,
            "new/preactivation": first + gated,
            "new": np.tanh(first + gated),
            "kept": arrays["update"] * hidden,
        }
        arrays["written"] = (1 - arrays["update"]) * arrays["new"]
        hidden = arrays["hidden"] = arrays["kept"] + arrays["written"]
        arrays |= expectation(readout @ hidden)
        frames.append(Frame(step, arrays))
    return frames


def expectation(scores: np.ndarray) -> dict[str, np.ndarray]:
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = np.argsort(-chances)[:5]
    return {"next/probability": chances[best], "next/index": best.astype(float)}


def gradient_frames(count: int = 1500, lags: int = 100) -> list[Frame]:
    """Return norms over lags that span many decades and change while something trains."""
    lag = np.arange(lags)
    rng = np.random.default_rng(3)
    frames = []
    for step in range(count):
        rate = 0.75 + 0.24 * step / count
        norms = rate**lag * np.exp(rng.normal(0, 0.15, lags))
        norms[-5:] = 0.0 if step < 10 else norms[-5:]
        arrays = {"norms": norms, "digits": rng.random((10, 8, 8)) * (lag[:10, None, None] / 9)}
        frames.append(Frame(step, arrays, {"loss": 0.17 * rate}))
    return frames
