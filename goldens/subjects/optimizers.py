"""Optimizers: the weights after each of 20 steps, from given weights and gradients."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "optimizers.json"
STEPS = 20
SHAPES = [(3, 5), (7,)]

CASES = [
    ("sgd", "SGD", {}),
    ("sgd-momentum", "SGD", {"learningRate": 0.02, "momentum": 0.9}),
    ("sgd-nesterov", "SGD", {"learningRate": 0.02, "momentum": 0.9, "nesterov": True}),
    ("adam", "Adam", {}),
    ("adam-betas", "Adam", {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.97, "epsilon": 1e-3}),
    ("adam-amsgrad", "Adam", {"learningRate": 0.02, "beta2": 0.9, "amsgrad": True}),
    ("rmsprop", "RMSprop", {}),
    ("rmsprop-momentum", "RMSprop", {"learningRate": 0.003, "rho": 0.8, "momentum": 0.7}),
    ("rmsprop-centered", "RMSprop", {"centered": True}),
    ("rmsprop-centered-momentum", "RMSprop", {"centered": True, "momentum": 0.5, "epsilon": 1e-4}),
]


def make() -> dict:
    rng = generator_for("optimizers")
    start = [draw(rng, shape, -1, 1) for shape in SHAPES]
    gradients = [[_drawn_gradient(rng, shape, step) for shape in SHAPES] for step in range(STEPS)]
    return {
        "weights": [tensor(value) for value in start],
        "gradients": [[tensor(value) for value in step] for step in gradients],
        "cases": [_case(*case, start, gradients) for case in CASES],
        "repeatedRows": [_repeated_rows("Adam"), _repeated_rows("RMSprop"), _repeated_rows("SGD")],
    }


def _drawn_gradient(rng: np.random.Generator, shape: tuple, step: int) -> np.ndarray:
    """Sizes from 1e-6 to 10; the first entry is always zero, and every fifth gradient is all zero."""
    gradient = (draw(rng, shape, -1, 1) * 10.0 ** rng.integers(-6, 2, size=shape)).astype(np.float32)
    gradient.flat[0] = 0
    return np.zeros_like(gradient) if step % 5 == 3 else gradient


def _optimizer(name: str, config: dict) -> keras.optimizers.Optimizer:
    options = keras_options(config)
    renamed = {"beta1": "beta_1", "beta2": "beta_2"}
    return getattr(keras.optimizers, name)(**{renamed.get(key, key): value for key, value in options.items()})


def _case(name: str, optimizer_name: str, config: dict, start: list, gradients: list) -> dict:
    optimizer = _optimizer(optimizer_name, config)
    variables = [keras.Variable(value) for value in start]
    steps = []
    for step in gradients:
        optimizer.apply([tf.constant(gradient) for gradient in step], variables)
        steps.append([tensor(variable.numpy()) for variable in variables])
    return {"name": name, "optimizer": optimizer_name, "config": config, "steps": steps}


def _repeated_rows(optimizer_name: str) -> dict:
    """An embedding whose batch uses a row twice: `summed` is the true gradient, `asRows` what TensorFlow does.

    Keras 3 on TensorFlow squares each occurrence of a row on its own before adding them up; on JAX and Torch it
    squares their sum.
    """
    rng = generator_for("repeated rows")
    start = draw(rng, (4, 3), -1, 1)
    indices = np.array([1, 2, 1, 3, 1], np.int32)
    rows = draw(rng, (5, 3), -1, 1)
    slices = tf.IndexedSlices(tf.constant(rows), tf.constant(indices), tf.constant(start.shape))
    recorded = {
        "optimizer": optimizer_name,
        "weights": tensor(start),
        "indices": tensor(indices),
        "rows": tensor(rows),
    }
    for key, gradient in (("summed", tf.convert_to_tensor(slices)), ("asRows", slices)):
        optimizer, variable = _optimizer(optimizer_name, {}), keras.Variable(start)
        steps = []
        for _ in range(3):
            optimizer.apply([gradient], [variable])
            steps.append(tensor(variable.numpy()))
        recorded[key] = steps
    return recorded
