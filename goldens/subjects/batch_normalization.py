"""BatchNormalization: in training and not, masked and not, its moving statistics after each call; and in a model.

`cases` call one layer several times; its moving mean and variance go from call to call. `model` trains
Dense, BatchNormalization, Dense and records all weights after each step.
"""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor
from support.layer_case import Answer, compare_with_float64
from support.small_calls import mask_of

FILE = "batch-normalization.json"
RANGES = {"gamma": (-0.9, 0.9), "beta": (-0.4, 0.4), "moving_mean": (-0.5, 0.5), "moving_variance": (0.5, 1.5)}
INFERENCE = (False, None)


def make() -> dict:
    plain = [(True, None), (True, None), INFERENCE]
    masked = [(True, "right"), (True, "left"), (True, "gap"), (True, "empty-row"), (False, "gap")]
    return {
        "cases": [
            _case("batch-normalization-defaults", {}, (3, 5, 4), plain),
            _case("batch-normalization-masks", {"momentum": 0.7}, (3, 5, 4), masked),
            _case("batch-normalization-rank-2", {"momentum": 0.5, "epsilon": 0.01}, (6, 3), plain),
            _case("batch-normalization-rank-4", {"momentum": 0.8}, (2, 3, 4, 5), plain),
            _case("batch-normalization-axis-1", {"axis": 1, "momentum": 0.6}, (3, 5, 4), plain),
            _case("batch-normalization-axis-1-mask", {"axis": 1, "momentum": 0.6}, (3, 5, 4), [(True, "right")]),
            _case("batch-normalization-no-scale", {"scale": False, "momentum": 0.9}, (3, 5, 4), plain),
            _case("batch-normalization-no-center", {"center": False, "momentum": 0}, (3, 5, 4), plain),
            _case("batch-normalization-frozen", {"trainable": False}, (3, 5, 4), [(True, None)]),
        ],
        "model": _model(),
    }


def _case(name: str, config: dict, shape: tuple, calls: list[tuple[bool, str | None]]) -> dict:
    layer, check = (
        keras.layers.BatchNormalization(dtype=dtype, **keras_options(config)) for dtype in ("float32", "float64")
    )
    weights = []
    for each in (layer, check):
        each.build(shape)
        weights = _draw_weights(name, each)
    return {
        "name": name,
        "layer": "BatchNormalization",
        "config": config,
        "inputShape": list(shape),
        "weights": weights,
        "calls": [_call(f"{name} {i}", layer, check, shape, *call) for i, call in enumerate(calls)],
    }


def _draw_weights(name: str, layer: keras.Layer) -> list[dict]:
    rng = generator_for(f"{name} weights")
    recorded = []
    for variable in layer.weights:
        values = draw(rng, tuple(variable.shape), *RANGES[variable.name])
        variable.assign(values)
        recorded.append({"name": variable.name, **tensor(values)})
    return recorded


def _call(name: str, layer: keras.Layer, check: keras.Layer, shape: tuple, training: bool, mask: str | None) -> dict:
    rng = generator_for(name)
    inputs = draw(rng, shape, -1.5, 1.5) + np.float32(0.25)
    loss_weights = draw(rng, shape, -1, 1)
    bits = None if mask is None else mask_of(mask)
    answer, exact = (_run(each, inputs, loss_weights, training, bits) for each in (layer, check))
    compare_with_float64(name, answer, exact)
    return {
        "training": training,
        "inputs": [{"dtype": "float32", **tensor(inputs)}],
        **({} if bits is None else {"mask": tensor(bits)}),
        "outputs": [tensor(answer.outputs[0])],
        "lossWeights": [tensor(loss_weights)],
        "gradients": {
            "inputs": [tensor(answer.input_gradient)],
            "weights": [tensor(gradient) for gradient in answer.weight_gradients],
        },
        "movingMean": tensor(answer.outputs[1]),
        "movingVariance": tensor(answer.outputs[2]),
    }


def _run(
    layer: keras.Layer, inputs: np.ndarray, loss_weights: np.ndarray, training: bool, mask: np.ndarray | None
) -> Answer:
    x = tf.cast(tf.constant(inputs), layer.compute_dtype)
    weights = [weight.value for weight in (layer.gamma, layer.beta) if weight is not None]
    with tf.GradientTape() as tape:
        tape.watch([x, *weights])
        output = layer(x, training=training, mask=None if mask is None else tf.constant(mask))
        loss = tf.reduce_sum(output * tf.cast(loss_weights, output.dtype))
    of_input, *of_weights = tape.gradient(loss, [x, *weights], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    moving = [layer.moving_mean.numpy(), layer.moving_variance.numpy()]
    return Answer([output.numpy(), *moving], None, of_input.numpy(), [g.numpy() for g in of_weights], [])


def _model() -> dict:
    """Five steps of gradient descent on batches of 7, 7, 3, 7, 1 rows."""
    rng = generator_for("batch-normalization model")
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")
    for variable in model.weights:
        low, high = RANGES.get(variable.name, (-0.6, 0.6))
        variable.assign(draw(rng, tuple(variable.shape), low, high))
    first = [tensor(weight) for weight in model.get_weights()]
    steps = []
    for size in (7, 7, 3, 7, 1):
        x, y = draw(rng, (size, 4), -1.5, 1.5), draw(rng, (size, 1), -1, 1)
        loss = model.train_on_batch(x, y)
        steps.append({"x": tensor(x), "y": tensor(y), "loss": float(loss), "weights": _tensors(model)})
    inputs = draw(rng, (3, 4), -1.5, 1.5)
    return {
        "weights": first,
        "steps": steps,
        "predict": {"x": tensor(inputs), "output": tensor(model.predict(inputs, verbose=0))},
    }


def _tensors(model: keras.Model) -> list[dict]:
    return [tensor(weight) for weight in model.get_weights()]
