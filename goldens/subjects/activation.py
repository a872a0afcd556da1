"""Every activation of keras.activations over a grid, with its derivative."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

from support.camel_case import keras_options, snake
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "activation.json"

# Both signs of each. No activation below has a kink at one of them.
SIZES = [1e-4, 0.01, 0.1, 0.3, 0.7, 0.9, 1.3, 1.9, 2.4, 2.9, 3.1, 3.7, 5.1, 5.9, 6.3, 8, 9.7, 12, 17, 25, 40, 80]
KINKS = [-6, -3, -2.5, -1, -0.5, -1e-8, 0, 1e-8, 0.5, 1, 2.5, 3, 6]

ELEMENTWISE = [
    ("relu", {}),
    ("relu", {"negativeSlope": 0.3}),
    ("relu", {"maxValue": 2}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"negativeSlope": 0.2, "maxValue": 4, "threshold": 0.5}),
    ("relu6", {}),
    ("leakyRelu", {}),
    ("leakyRelu", {"negativeSlope": 0.05}),
    ("sigmoid", {}),
    ("hardSigmoid", {}),
    ("logSigmoid", {}),
    ("tanh", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("elu", {}),
    ("elu", {"alpha": 0.7}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 0.7}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("swish", {}),
    ("hardSilu", {}),
    ("hardSwish", {}),
    ("mish", {}),
    ("exponential", {}),
    ("linear", {}),
    ("hardTanh", {}),
    ("tanhShrink", {}),
    ("softShrink", {}),
    ("hardShrink", {}),
    ("squareplus", {}),
    ("sparsePlus", {}),
    ("sparseSigmoid", {}),
    ("threshold", {"threshold": 0.5, "defaultValue": -2}),
]
BY_ROW = [("softmax", {}), ("softmax", {"axis": 1}), ("logSoftmax", {}), ("sparsemax", {}), ("glu", {})]


def make() -> dict:
    grid = np.array([-size for size in reversed(SIZES)] + SIZES, np.float32)
    kinks = np.array(KINKS, np.float32)
    return {
        "grid": grid,
        "kinks": kinks,
        "elementwise": [_elementwise(name, options, grid, kinks) for name, options in ELEMENTWISE],
        "byRow": [_by_row(name, options) for name, options in BY_ROW],
    }


def _elementwise(name: str, options: dict, grid: np.ndarray, kinks: np.ndarray) -> dict:
    recorded = {"activation": name, "options": options}
    for prefix, x in (("", grid), ("kink", kinks)):
        source = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(source)
            y = _function(name)(source, **keras_options(options))
        derivatives = tape.gradient(y, source, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        recorded[f"{prefix}Values" if prefix else "values"] = y.numpy()
        recorded[f"{prefix}Derivatives" if prefix else "derivatives"] = derivatives.numpy()
    return recorded


def _by_row(name: str, options: dict) -> dict:
    rng = generator_for(f"activation {name}")
    x = draw(rng, (2, 3, 6), -3, 3)
    x[0, 0] = [80, -80, 79, 0, 0, 3]
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = _function(name)(source, **keras_options(options))
        loss_weights = draw(rng, tuple(y.shape), -1, 1)
        loss = tf.reduce_sum(y * loss_weights)
    return {
        "activation": name,
        "options": options,
        "x": tensor(x),
        "output": tensor(y.numpy()),
        "lossWeights": tensor(loss_weights),
        "gradient": tensor(tape.gradient(loss, source).numpy()),
    }


def _function(name: str):
    return getattr(keras.activations, snake(name))
