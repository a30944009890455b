"""What real Keras writes, and what it computes: makes the files beside this one.

    KERAS_BACKEND=torch python tests/networks/from_keras/make.py tests/networks/from_keras

Needs Keras, which nothing else in the project does. HDF5 leaves much empty, so the files are
gzipped. Every number is drawn from a seeded generator,
biases too, as Keras starts them from zero.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

STEPS, INPUTS, WORDS = 5, 3, 7


def make(folder: Path) -> None:
    """Write the models, their weights alone, and what each recurrent network in them computed."""
    import keras
    from keras import layers

    codes = layers.Input((STEPS,))
    x = embedded = layers.Embedding(WORDS, INPUTS, name="embedding")(codes)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="low")(x)
    x = layers.Dropout(0.1, name="dropout")(x)
    x = top = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="high")(x)
    reader = keras.Model(codes, layers.Dense(WORDS, name="readout")(x))
    kinds = keras.Sequential(
        [
            layers.Input((STEPS, INPUTS)),
            layers.GRU(3, return_sequences=True, reset_after=False, name="before"),
            layers.GRU(3, return_sequences=True, name="after"),
            layers.RNN(layers.LSTMCell(2), return_sequences=True, name="wrapped"),
            layers.SimpleRNN(
                2, activation="relu", use_bias=False, go_backwards=True, return_sequences=True,
                name="plain",
            ),
        ]
    )  # fmt: skip
    rng = np.random.default_rng(0)
    for model in (reader, kinds):
        model.set_weights([rng.standard_normal(w.shape) for w in model.get_weights()])
    reader.save(folder / "reader.keras")
    kinds.save(folder / "kinds.keras")
    kinds.save_weights(folder / "kinds.weights.h5")
    kinds.save(folder / "kinds.h5")

    given = rng.integers(0, WORDS, (2, STEPS)).astype(np.float32)
    inner = keras.Model(codes, [embedded, top])(given)
    kept = dict(zip(("low, high/x", "low, high/hidden"), inner, strict=True))
    x = rng.standard_normal((2, STEPS, INPUTS)).astype(np.float32)
    for layer in kinds.layers:
        kept[f"{layer.name}/x"] = x
        x = kept[f"{layer.name}/hidden"] = layer(x)
    arrays = {name: keras.ops.convert_to_numpy(value) for name, value in kept.items()}
    np.savez_compressed(folder / "computed", **{k.replace("/", "|"): v for k, v in arrays.items()})
    for path in (*folder.glob("*.keras"), *folder.glob("*.h5")):
        packed = gzip.compress(path.read_bytes(), mtime=0)
        path.with_name(path.name + ".gz").write_bytes(packed)
        path.unlink()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
