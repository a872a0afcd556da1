"""Optimizers: the weights after each of 20 steps, from given weights and gradients."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

from support.camel_case import snake
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor
from support.keras_schedules import keras_schedule

FILE = "optimizers.json"
STEPS = 20
SHAPES = [(3, 5), (7,)]
PATHS = ["kernel", "bias"]

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
    ("adamw", "AdamW", {}),
    ("adamw-amsgrad", "AdamW", {"learningRate": 0.01, "weightDecay": 0.1, "amsgrad": True, "beta2": 0.9}),
    ("nadam", "Nadam", {}),
    ("nadam-betas", "Nadam", {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.97, "epsilon": 1e-3}),
    ("adagrad", "Adagrad", {}),
    ("adagrad-options", "Adagrad", {"learningRate": 0.05, "initialAccumulatorValue": 0.01, "epsilon": 1e-3}),
    ("adadelta", "Adadelta", {}),
    ("adadelta-options", "Adadelta", {"learningRate": 1.0, "rho": 0.8, "epsilon": 1e-4}),
    ("lion", "Lion", {}),
    ("lion-betas", "Lion", {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.9}),
    ("adamax", "Adamax", {}),
    ("adamax-betas", "Adamax", {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}),
]

SCHEDULES = {
    "exponential": ("exponentialDecay", {"initialLearningRate": 0.02, "decaySteps": 7, "decayRate": 0.6}),
    "staircase": (
        "exponentialDecay",
        {"initialLearningRate": 0.02, "decaySteps": 7, "decayRate": 0.6, "staircase": True},
    ),
    "inverse-time": ("inverseTimeDecay", {"initialLearningRate": 0.02, "decaySteps": 4, "decayRate": 0.5}),
    "polynomial": ("polynomialDecay", {"initialLearningRate": 0.02, "decaySteps": 12, "power": 1.5}),
    "piecewise": ("piecewiseConstantDecay", {"boundaries": [4, 11], "values": [0.02, 0.008, 0.003]}),
    "cosine": ("cosineDecay", {"initialLearningRate": 0.02, "decaySteps": 15, "alpha": 0.1}),
    "warm-up": (
        "cosineDecay",
        {"initialLearningRate": 0.001, "warmupTarget": 0.02, "warmupSteps": 5, "decaySteps": 12},
    ),
    "restarts": ("cosineDecayRestarts", {"initialLearningRate": 0.02, "firstDecaySteps": 4, "mMul": 0.7}),
}


def _schedule(key: str) -> dict:
    name, config = SCHEDULES[key]
    return {"name": name, "config": config}


COMMON = {
    "clip-value": {"clipValue": 0.3},
    "clip-norm": {"clipNorm": 0.5},
    "global-clip-norm": {"globalClipNorm": 0.5},
    "decay": {"weightDecay": 0.2, "learningRate": 0.01},
    "decay-but-bias": {"weightDecay": 0.2, "learningRate": 0.01, "excludeFromWeightDecay": ["bias"]},
    "average": {"useEma": True, "emaMomentum": 0.8},
    "average-overwrites": {"useEma": True, "emaMomentum": 0.6, "emaOverwriteFrequency": 3},
    "accumulation": {"gradientAccumulationSteps": 3},
    "accumulation-and-average": {
        "gradientAccumulationSteps": 3,
        "useEma": True,
        "emaMomentum": 0.6,
        "emaOverwriteFrequency": 2,
    },
}

EVERYTHING = {
    "learningRate": _schedule("warm-up"),
    "globalClipNorm": 0.8,
    "weightDecay": 0.05,
    "excludeFromWeightDecay": ["bias"],
    "useEma": True,
    "emaMomentum": 0.7,
    "emaOverwriteFrequency": 4,
    "gradientAccumulationSteps": 2,
}

CASES += [(f"sgd, {name}", "SGD", {"momentum": 0.5, **options}) for name, options in COMMON.items()]
CASES += [(f"adam, {name}", "Adam", {"learningRate": 0.01, **options}) for name, options in COMMON.items()]
CASES += [(f"sgd, {key}", "SGD", {"learningRate": _schedule(key), "momentum": 0.5}) for key in SCHEDULES]
CASES += [(f"adam, {key}", "Adam", {"learningRate": _schedule(key)}) for key in ("exponential", "restarts")]
CASES += [
    (f"{name.lower()}, everything", name, EVERYTHING)
    for name in ("SGD", "Adam", "AdamW", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Lion", "Adamax")
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


RENAMED = {
    "beta1": "beta_1",
    "beta2": "beta_2",
    "clipValue": "clipvalue",
    "clipNorm": "clipnorm",
    "globalClipNorm": "global_clipnorm",
}


def _optimizer(name: str, config: dict) -> keras.optimizers.Optimizer:
    options = {RENAMED.get(key, snake(key)): value for key, value in config.items()}
    excluded = options.pop("exclude_from_weight_decay", None)
    if isinstance(options.get("learning_rate"), dict):
        options["learning_rate"] = keras_schedule(options["learning_rate"])
    optimizer = getattr(keras.optimizers, name)(**options)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    return optimizer


def _case(name: str, optimizer_name: str, config: dict, start: list, gradients: list) -> dict:
    optimizer = _optimizer(optimizer_name, config)
    variables = [keras.Variable(value, name=path) for value, path in zip(start, PATHS)]
    steps = []
    for step in gradients:
        optimizer.apply([tf.constant(gradient) for gradient in step], variables)
        steps.append([tensor(variable.numpy()) for variable in variables])
    case = {"name": name, "optimizer": optimizer_name, "config": config, "steps": steps}
    if config.get("useEma"):
        optimizer.finalize_variable_values(variables)
        case["finalized"] = [tensor(variable.numpy()) for variable in variables]
    return case


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
