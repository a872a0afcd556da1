"""Functional models trained for a few steps: two inputs, two outputs, a shared layer, a model inside, masks to both heads.

Each case records the weights before, and for each step the batch, the figures that `train_on_batch` returns, and the
weights after.
"""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np

from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "functional.json"
ROWS, STEPS, WORDS = 6, 5, 9


def make() -> dict:
    return {
        "cases": [
            _case("sgd", keras.optimizers.SGD(0.1)),
            _case("adam", keras.optimizers.Adam(0.05)),
            _case("loss-weights", keras.optimizers.SGD(0.1), loss_weights={"tags": 0.3, "score": 2.0}),
            _case("sample-weights", keras.optimizers.SGD(0.1), weighted=True),
            _class_weight_case(),
        ]
    }


def _model(name: str) -> keras.Model:
    words = keras.Input((STEPS,), dtype="int32", name="words")
    extra = keras.Input((3,), name="extra")
    inner_in = keras.Input((STEPS, 4), name="inner_in")
    sequence = keras.layers.LSTM(5, return_sequences=True, name="lstm")(inner_in)
    inner = keras.Model(inner_in, [sequence, keras.layers.GRU(3, name="gru")(sequence)], name="encoder")
    vectors = keras.layers.Embedding(WORDS, 4, mask_zero=True, name="vectors")(words)
    steps, state = inner(vectors)
    shared = keras.layers.Dense(3, activation="tanh", name="shared")
    both = keras.layers.Concatenate(name="both")([shared(state), shared(extra)])
    outputs = {
        "tags": keras.layers.Dense(2, activation="softmax", name="tags")(steps),
        "score": keras.layers.Dense(1, name="score")(both),
    }
    return keras.Model([words, extra], outputs, name=name)


def _case(name: str, optimizer: keras.Optimizer, loss_weights: dict | None = None, weighted: bool = False) -> dict:
    keras.utils.clear_session()
    rng = generator_for(f"functional {name}")
    model = _model("functional")
    _draw_weights(model, rng)
    if name == "adam":  # on TensorFlow it squares the gradients of a word that comes twice one by one
        model.get_layer("vectors").trainable = False
    model.compile(
        optimizer=optimizer,
        loss={"tags": "sparse_categorical_crossentropy", "score": "mse"},
        loss_weights=loss_weights,
        metrics={"tags": ["accuracy"]},
        weighted_metrics={"score": ["mae"]},
    )
    first = _weights(model)
    steps = []
    for _ in range(4):
        words = rng.integers(1, WORDS, size=(ROWS, STEPS)).astype(np.int32)
        for row, length in enumerate((5, 3, 1, 4, 5, 2)):
            words[row, length:] = 0
        x = {"words": words, "extra": draw(rng, (ROWS, 3), -1, 1)}
        y = {"tags": rng.integers(0, 2, size=(ROWS, STEPS)).astype(np.int32), "score": draw(rng, (ROWS, 1), -1, 1)}
        sample_weight = None
        if weighted:
            sample_weight = {"tags": draw(rng, (ROWS, STEPS), 0.1, 2), "score": draw(rng, (ROWS,), 0.1, 2)}
        model.reset_metrics()
        figures = model.train_on_batch(x, y, sample_weight=sample_weight, return_dict=True)
        steps.append(
            {
                "x": {key: tensor(value) for key, value in x.items()},
                "y": {key: tensor(value) for key, value in y.items()},
                **({} if sample_weight is None else {"sampleWeight": {k: tensor(v) for k, v in sample_weight.items()}}),
                "figures": {key: float(value) for key, value in figures.items()},
                "weights": _weights(model),
            }
        )
    return {
        "name": name,
        "optimizer": "adam" if name == "adam" else "sgd",
        "lossWeights": loss_weights,
        "weights": first,
        "steps": steps,
    }


def _class_weight_case() -> dict:
    rng = generator_for("functional class-weights")
    x_in = keras.Input((3,), name="x")
    model = keras.Model(x_in, keras.layers.Dense(3, activation="softmax", name="out")(x_in))
    _draw_weights(model, rng)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    first = _weights(model)
    x, y = draw(rng, (ROWS, 3), -1, 1), rng.integers(0, 3, size=(ROWS,)).astype(np.int32)
    class_weight = {0: 0.5, 2: 3.0}
    figures = model.train_on_batch(x, y, class_weight=class_weight, return_dict=True)
    return {
        "name": "class-weights",
        "optimizer": "sgd",
        "classWeight": {str(key): value for key, value in class_weight.items()},
        "weights": first,
        "steps": [
            {
                "x": {"x": tensor(x)},
                "y": {"out": tensor(y)},
                "figures": {key: float(value) for key, value in figures.items()},
                "weights": _weights(model),
            }
        ],
    }


def _draw_weights(model: keras.Model, rng: np.random.Generator) -> None:
    for variable in model.weights:
        variable.assign(draw(rng, tuple(variable.shape), -0.7, 0.7))


def _weights(model: keras.Model) -> dict:
    """Under `encoder/lstm/kernel`: Keras leaves the model out of a variable's path."""
    return {_path(variable.path): tensor(variable.numpy()) for variable in model.weights}


def _path(path: str) -> str:
    layer, *rest, name = path.split("/")
    camel = {"recurrent_kernel": "recurrentKernel"}.get(name, name)
    return "/".join([*(["encoder"] if layer in ("lstm", "gru") else []), layer, camel])
