"""Regularizers: penalty and gradient."""

import support.keras_on_cpu  # noqa: F401

import keras
import tensorflow as tf

from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "regularizers.json"

CASES = [
    ("l1", "L1", {}),
    ("l1-factor", "L1", {"l1": 0.3}),
    ("l2", "L2", {}),
    ("l2-factor", "L2", {"l2": 0.3}),
    ("l1l2-nothing", "L1L2", {}),
    ("l1l2", "L1L2", {"l1": 0.02, "l2": 0.3}),
    ("orthogonal", "OrthogonalRegularizer", {}),
    ("orthogonal-columns", "OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}),
]


def make() -> dict:
    return {"cases": [_case(*case) for case in CASES]}


def _case(name: str, regularizer: str, options: dict) -> dict:
    x = draw(generator_for(f"regularizer {name}"), (3, 5), -1.5, 1.5)
    x[0, 0] = 0
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        value = getattr(keras.regularizers, regularizer)(**options)(source)
    gradient = tape.gradient(value, source, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {
        "name": name,
        "regularizer": regularizer,
        "options": options,
        "x": tensor(x),
        "value": value.numpy(),
        "gradient": tensor(gradient.numpy()),
    }
