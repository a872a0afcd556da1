"""Names and defaults on disk: the article's model as JSON, and `get_config` of every layer as Keras makes it."""

import json

import support.keras_on_cpu  # noqa: F401

import keras

FILE = "model-json.json"


def article_model() -> keras.Sequential:
    keras.backend.clear_session()
    return keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32),
            keras.layers.SimpleRNN(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def make() -> dict:
    model = article_model()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return {
        "model": json.loads(model.to_json()),
        "layers": {type(layer).__name__: keras.saving.serialize_keras_object(layer) for layer in _layers()},
        "optimizers": {
            name: keras.saving.serialize_keras_object(getattr(keras.optimizers, name)())
            for name in ("SGD", "Adam", "RMSprop")
        },
        "initializers": {
            name: keras.saving.serialize_keras_object(getattr(keras.initializers, name)(**options))
            for name, options in _initializers().items()
        },
        "regularizers": {
            name: keras.saving.serialize_keras_object(getattr(keras.regularizers, name)())
            for name in ("L1", "L2", "L1L2", "OrthogonalRegularizer")
        },
        "constraints": {
            name: keras.saving.serialize_keras_object(getattr(keras.constraints, name)())
            for name in ("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm")
        },
    }


def _layers() -> list[keras.Layer]:
    """Each with nothing but its required arguments."""
    keras.backend.clear_session()
    layers = keras.layers
    return [
        layers.Embedding(11, 5),
        layers.SimpleRNN(5),
        layers.LSTM(5),
        layers.GRU(5),
        layers.SimpleRNNCell(5),
        layers.LSTMCell(5),
        layers.GRUCell(5),
        layers.RNN(layers.GRUCell(5)),
        layers.Dense(5),
        layers.Dropout(0.5),
        layers.Activation("relu"),
        layers.Flatten(),
        layers.Masking(),
    ]


def _initializers() -> dict[str, dict]:
    random = ["RandomUniform", "RandomNormal", "TruncatedNormal", "VarianceScaling", "Orthogonal"]
    scaled = ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal"]
    fixed = ["Zeros", "Ones", "Constant", "Identity"]
    return {**{name: {} for name in fixed}, **{name: {} for name in [*random, *scaled]}}
