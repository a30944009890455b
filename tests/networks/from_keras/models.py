"""Models as people build them, saved by real Keras in every form, with what their layers compute.

    KERAS_BACKEND=torch python tests/networks/from_keras/models.py FOLDER

Writes each model as .keras, .h5 and .weights.h5, and `computed.npz`: for every recurrent network of
a model the numbers that its layers were given, and what Keras made of them, (batch, T, …). Every
number is drawn from a seeded generator, biases too, as Keras starts them from zero.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

INPUTS, STEPS, BATCH = 5, 7, 2
SEQUENCES = {"return_sequences": True}
Networks = Mapping[str, Sequence[Any]]
"""The layers of each recurrent network of a model, by the name under which it is to be found."""


def sequence(*parts: Any, shape: tuple[int | None, ...] = (None, INPUTS)) -> Any:
    return keras.Sequential([keras.Input(shape), *parts])


def lstm(name: str, units: int = 4, **options: Any) -> Any:
    return layers.LSTM(units, name=name, **{**SEQUENCES, **options})


def gru(name: str, units: int = 4, **options: Any) -> Any:
    return layers.GRU(units, name=name, **{**SEQUENCES, **options})


def within_models() -> tuple[Any, Networks]:
    """A model in a model in a model, with a layer of one name in two of them."""
    one, two, same, other = lstm("one"), lstm("two"), lstm("same"), lstm("same")
    inner = sequence(one, two)
    middle = sequence(inner, same)
    x = keras.Input((None, INPUTS))
    model = keras.Model(x, layers.Dense(2)(other(middle(x))))
    return model, {"one, two": (one, two), "same": (same,), "same#2": (other,)}


def stacked() -> tuple[Any, Networks]:
    """Cells that one layer stacks: of one kind, and of several."""
    even = layers.RNN(
        layers.StackedRNNCells([layers.LSTMCell(4), layers.LSTMCell(4)]), name="even", **SEQUENCES
    )
    cells = [layers.LSTMCell(4), layers.GRUCell(3)]
    uneven = layers.RNN(layers.StackedRNNCells(cells), name="uneven", **SEQUENCES)
    first, second = (layers.RNN(cell, **SEQUENCES) for cell in cells)
    found = {"even": (even,), "uneven, cell 1": (first,), "uneven, cell 2": (second,)}
    return sequence(even, layers.LayerNormalization(), uneven), found


def stacked_from_the_end() -> tuple[Any, Networks]:
    cells = layers.StackedRNNCells([layers.GRUCell(4), layers.GRUCell(4)])
    back = layers.RNN(cells, go_backwards=True, name="back", **SEQUENCES)
    return sequence(back), {"back": (back,)}


def activations() -> tuple[Any, Networks]:
    """Every activation that cells have, in layers that follow each other."""
    every = (
        lstm("relu_lstm", activation="relu"),
        lstm("hard_lstm", recurrent_activation="hard_sigmoid"),
        gru("both_gru", activation="relu", recurrent_activation="hard_sigmoid"),
        gru("hard_before", recurrent_activation="hard_sigmoid", reset_after=False),
        layers.SimpleRNN(4, activation="relu", name="relu_rnn", **SEQUENCES),
    )
    return sequence(*every), {layer.name: (layer,) for layer in every}


def wrapped() -> tuple[Any, Networks]:
    """Layers that read one slice after the other, forward and both ways."""
    one = lstm("one", activation="relu")
    both = layers.Bidirectional(gru("two", reset_after=False), name="both")
    model = sequence(
        layers.TimeDistributed(one, name="slices"),
        layers.TimeDistributed(both, name="more"),
        shape=(3, None, INPUTS),
    )
    return model, {"slices": (one,), "more": (both,)}


def twice() -> tuple[Any, Networks]:
    """A layer that is called twice, in front of one that could stand on it."""
    shared, above = lstm("shared"), lstm("above")
    x, y = keras.Input((None, INPUTS)), keras.Input((None, INPUTS))
    model = keras.Model([x, y], above(layers.Add()([shared(x), shared(y)])))
    return model, {"shared": (shared,), "above": (above,)}


def shared() -> tuple[Any, Networks]:
    """A layer that two models within the model share."""
    layer = lstm("shared", recurrent_activation="hard_sigmoid")
    one, other = sequence(layer), sequence(layer, layers.Dense(2))
    x = keras.Input((None, INPUTS))
    return keras.Model(x, [one(x), other(x)]), {"shared": (layer,)}


def frozen() -> tuple[Any, Networks]:
    """Of which older versions list the first layer last, as it is not trained."""
    first, second = lstm("first", trainable=False), lstm("second", activation="relu")
    inner = sequence(first, second)
    x = keras.Input((None, INPUTS))
    return keras.Model(x, layers.Dense(2)(inner(x))), {"first": (first,), "second": (second,)}


def with_between(*between: Any) -> tuple[Any, Networks]:
    low, high = lstm("low", units=3), lstm("high", units=3)
    return sequence(low, *between, high, layers.Dense(2)), {"low": (low,), "high": (high,)}


def nothing_between() -> tuple[Any, Networks]:
    model, found = with_between(layers.Dropout(0.1))
    return model, {"low, high": (*found["low"], *found["high"])}


def branched() -> tuple[Any, Networks]:
    """Two layers side by side, which would fit on top of each other."""
    left, right = lstm("left", units=INPUTS), lstm("right", units=INPUTS)
    x = keras.Input((None, INPUTS))
    return keras.Model(x, layers.Add()([left(x), right(x)])), {"left": (left,), "right": (right,)}


def own_function(x: Any) -> Any:
    return keras.ops.tanh(x)


class Own(layers.LSTM):
    """An LSTM of a class of one's own."""


class OwnCell(layers.LSTMCell):
    """A cell of a class of one's own."""


@keras.saving.register_keras_serializable("own")
class Holder(layers.Layer):
    """A layer that holds an LSTM and does with it what it likes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inside = lstm("inside", activation="relu")

    def build(self, shape: Any) -> None:
        self.inside.build(shape)
        self.built = True

    def call(self, x: Any) -> Any:
        return -self.inside(x)


class OwnModel(keras.Model):
    """A model of a class of one's own."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = lstm("inside")

    def call(self, x: Any) -> Any:
        return self.inside(x)


def own_model() -> tuple[Any, Networks]:
    model = OwnModel()
    model(np.zeros((BATCH, STEPS, INPUTS), np.float32))
    return model, {"inside": (model.inside,)}


NOT_READ = {
    "own_function": lambda: sequence(lstm("layer", activation=own_function)),
    "softsign": lambda: sequence(lstm("layer", activation="softsign")),
    "relu_layer": lambda: sequence(lstm("layer", activation=layers.ReLU())),
    "own_layer": lambda: sequence(Own(4, activation="relu", name="layer", **SEQUENCES)),
    "own_cell": lambda: sequence(layers.RNN(OwnCell(4), name="layer", **SEQUENCES)),
    "own_holder": lambda: sequence(Holder(name="layer")),
    "convolution": lambda: sequence(layers.ConvLSTM2D(2, 3, name="layer"), shape=(None, 6, 6, 1)),
    "two_kinds": lambda: sequence(
        layers.Bidirectional(
            lstm("a"), backward_layer=lstm("b", go_backwards=True, activation="relu"), name="layer"
        )
    ),
    "stacks_both_ways": lambda: sequence(
        layers.Bidirectional(
            layers.RNN(
                layers.StackedRNNCells([layers.LSTMCell(4), layers.LSTMCell(4)]), **SEQUENCES
            ),
            name="layer",
        )
    ),
}
READ = {
    "within_models": within_models,
    "stacked": stacked,
    "stacked_from_the_end": stacked_from_the_end,
    "activations": activations,
    "wrapped": wrapped,
    "twice": twice,
    "shared": shared,
    "frozen": frozen,
    "nothing_between": nothing_between,
    "norm_between": lambda: with_between(layers.LayerNormalization()),
    "dense_between": lambda: with_between(layers.Dense(3)),
    "function_between": lambda: with_between(layers.Activation("relu")),
    "branched": branched,
    "own_model": own_model,
}


def main(folder: Path) -> None:
    rng, kept = np.random.default_rng(0), {}
    for name, build in READ.items():
        model, found = build()
        save(model, folder / name, rng)
        for network, chain in found.items():
            x = given = rng.standard_normal((BATCH, STEPS, inputs_of(chain[0])))
            for layer in chain:
                x = layer(keras.ops.convert_to_tensor(x, "float32"))
            kept[f"{name}|{network}|x"] = given.astype(np.float32)
            kept[f"{name}|{network}|hidden"] = keras.ops.convert_to_numpy(x)
    for name, make in NOT_READ.items():
        save(make(), folder / name, rng)
    np.savez(folder / "computed.npz", **kept)


def save(model: Any, path: Path, rng: np.random.Generator) -> None:
    model.set_weights([rng.standard_normal(each.shape) / 2 for each in model.get_weights()])
    model.save(path.with_suffix(".keras"))
    if not isinstance(model, OwnModel):  # the older form has no way to keep it
        model.save(path.with_suffix(".h5"))
    model.save_weights(path.with_suffix(".weights.h5"))


def inputs_of(layer: Any) -> int:
    weights: Any = layer.get_weights()
    return int(weights[0].shape[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
