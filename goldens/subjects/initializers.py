"""Initializers: exact values where there is no chance, and else the distribution that Keras asks for.

Random streams differ between libraries, so the parameters of each draw are recorded, taken from the call that Keras
makes; and for Orthogonal the matrix that it makes of given normal numbers.
"""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
from keras.src.initializers import random_initializers

from support.camel_case import keras_options
from support.drawn_numbers import generator_for
from support.golden_format import tensor

FILE = "initializers.json"

FIXED = [
    ("Zeros", {}, (3, 5)),
    ("Ones", {}, (7,)),
    ("Constant", {}, (3,)),
    ("Constant", {"value": -0.3}, (3, 5)),
    ("Identity", {}, (5, 5)),
    ("Identity", {"gain": 0.5}, (3, 5)),
    ("Identity", {}, (5, 3)),
]
PLAIN = [
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -0.3, "maxval": 0.7}),
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 0.2, "stddev": 0.4}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": 0.2, "stddev": 0.4}),
]
SCALED = [
    *((name, {}) for name in ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal"]),
    ("VarianceScaling", {}),
    ("VarianceScaling", {"scale": 2, "mode": "fan_out", "distribution": "uniform"}),
    ("VarianceScaling", {"scale": 0.7, "mode": "fan_avg", "distribution": "untruncated_normal"}),
]
SHAPES = [(6, 5), (6, 20), (1, 1), (7,), (3, 6, 5), (2, 3, 6, 5)]
ORTHOGONAL = [((5, 5), 1.0), ((5, 20), 1.0), ((7, 3), 0.5), ((2, 3, 5), 1.0)]


def make() -> dict:
    return {
        "fixed": [_fixed(*case) for case in FIXED],
        "fans": [{"shape": list(shape), "fans": list(random_initializers.compute_fans(shape))} for shape in SHAPES],
        "draws": [
            *(_draw(name, options, (6, 5)) for name, options in PLAIN),
            *(_draw(name, options, shape) for name, options in SCALED for shape in SHAPES),
        ],
        "orthogonal": [_orthogonal(*case) for case in ORTHOGONAL],
        "lstmBias": _lstm_biases(),
    }


def _fixed(name: str, options: dict, shape: tuple) -> dict:
    return {"initializer": name, "options": options, **tensor(getattr(keras.initializers, name)(**options)(shape))}


def _draw(name: str, options: dict, shape: tuple) -> dict:
    """The one call of a random function that the initializer makes."""
    initializer = getattr(keras.initializers, name)(**keras_options(options))
    calls: list[dict] = []
    real = random_initializers.random
    random_initializers.random = _Recorder(calls)
    try:
        initializer(shape)
    finally:
        random_initializers.random = real
    (call,) = calls
    return {"initializer": name, "options": options, "shape": list(shape), **call}


class _Recorder:
    """Stands in for keras.random and writes down what is asked of it."""

    def __init__(self, calls: list[dict]):
        self._calls = calls

    def __getattr__(self, distribution: str):
        def record(shape, dtype=None, seed=None, **parameters):
            self._calls.append({"distribution": distribution, **{key: float(p) for key, p in parameters.items()}})
            return np.zeros(shape, np.float32)

        return record


def _orthogonal(shape: tuple, gain: float) -> dict:
    """`normals` is the matrix that Keras draws: tall, [max(rows, columns), min(rows, columns)]."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    rng = generator_for(f"orthogonal {shape}")
    normals = np.round(rng.standard_normal((max(rows, columns), min(rows, columns))), 3).astype(np.float32)
    real = random_initializers.random.normal
    random_initializers.random.normal = lambda *_, **__: keras.ops.convert_to_tensor(normals)
    try:
        values = keras.initializers.Orthogonal(gain=gain)(shape)
    finally:
        random_initializers.random.normal = real
    return {"gain": gain, "normals": tensor(normals), "result": tensor(values.numpy())}


def _lstm_biases() -> list[dict]:
    """The bias of a new LSTM of 3 units, gates i, f, c, o."""
    recorded = []
    for options in ({}, {"unitForgetBias": False}, {"biasInitializer": "ones", "unitForgetBias": False}):
        layer = keras.layers.LSTM(3, **keras_options(options))
        layer.build((2, 4, 5))
        recorded.append({"options": options, **tensor(layer.trainable_weights[2].numpy())})
    constant = keras.layers.LSTM(3, bias_initializer=keras.initializers.Constant(0.25))
    constant.build((2, 4, 5))
    recorded.append({"options": {"biasInitializer": "constant 0.25"}, **tensor(constant.trainable_weights[2].numpy())})
    return recorded
