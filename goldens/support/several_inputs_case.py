"""Runs one Keras layer of several inputs, with a mask on each, and records its outputs, masks and every gradient.

As in layer_case, which see; what differs is in the README (*A layer of several inputs*). Masks travel as in a model:
attached to the inputs, and read from the outputs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf
from keras.src import backend

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor
from support.layer_case import Answer, compare_with_float64, set_drawn_weights

CALL_OPTIONS = {"useCausalMask", "returnAttentionScores"}


@dataclass
class Inputs:
    """What goes into the call. One input for a layer of attention means that it looks at itself."""

    tensors: list[np.ndarray]
    masks: list[np.ndarray | None]
    dropped: np.ndarray | None = None
    loss_weights: list[np.ndarray] = field(default_factory=list)


@dataclass
class MaskedAnswer:
    answer: Answer
    input_gradients: list[np.ndarray]
    output_masks: list[np.ndarray | None]


def several_inputs_case(name: str, layer_name: str, config: dict, inputs: Inputs, noisy: bool = False) -> dict:
    """`noisy`: not compared with float64, where 1e9 does not swallow the scores it is taken from."""
    layer, check = (_built(layer_name, config, inputs, dtype) for dtype in ("float32", "float64"))
    weights = set_drawn_weights(name, layer, check)
    found = _run(layer, name, config, inputs)
    if not noisy:
        _compare(name, found, _run(check, name, config, inputs))
    answer = found.answer
    return {
        "name": name,
        "layer": layer_name,
        "config": config,
        "inputs": [{"dtype": str(array.dtype), **tensor(array)} for array in inputs.tensors],
        "masks": [None if mask is None else tensor(mask) for mask in inputs.masks],
        "weights": weights,
        "training": inputs.dropped is not None,
        **({} if inputs.dropped is None else {"kept": tensor(~inputs.dropped)}),
        "outputs": [tensor(output) for output in answer.outputs],
        "outputMasks": [None if mask is None else tensor(mask) for mask in found.output_masks],
        "lossWeights": [tensor(c) for c in inputs.loss_weights],
        "gradients": {
            "inputs": [tensor(gradient) for gradient in found.input_gradients],
            "weights": [tensor(gradient) for gradient in answer.weight_gradients],
            "initialStates": [],
        },
    }


def drawn_inputs(name: str, shapes: list[tuple], masks: list[list[str] | None] | None = None) -> Inputs:
    rng = generator_for(f"{name} inputs")
    given = masks or [None] * len(shapes)
    return Inputs(
        tensors=[draw(rng, shape, -1.5, 1.5) for shape in shapes],
        masks=[None if rows is None else np.array([[bit == "1" for bit in row] for row in rows]) for rows in given],
    )


def _is_attention(layer_name: str) -> bool:
    return layer_name.endswith("Attention")


def _roles(layer_name: str, inputs: list) -> list:
    return inputs * 2 if _is_attention(layer_name) and len(inputs) == 1 else inputs


def _built(layer_name: str, config: dict, inputs: Inputs, dtype: str) -> keras.Layer:
    options = {key: value for key, value in config.items() if key not in CALL_OPTIONS}
    layer = getattr(keras.layers, layer_name)(dtype=dtype, **keras_options(options))
    shapes = _roles(layer_name, [array.shape for array in inputs.tensors])
    if layer_name == "MultiHeadAttention":
        layer.build(*shapes)
    else:
        layer.build(shapes)
    return layer


def _run(layer: keras.Layer, name: str, config: dict, inputs: Inputs) -> MaskedAnswer:
    tensors = [tf.cast(tf.constant(array), layer.compute_dtype) for array in inputs.tensors]
    for x, mask in zip(tensors, inputs.masks, strict=True):
        if mask is not None:
            backend.set_keras_mask(x, tf.constant(mask))
    with tf.GradientTape() as tape, _dropping(inputs.dropped):
        tape.watch(tensors)
        outputs = tf.nest.flatten(_call(layer, config, tensors, inputs.dropped is not None))
        if not inputs.loss_weights:
            rng = generator_for(f"{name} loss")
            inputs.loss_weights = [draw(rng, tuple(output.shape), -1, 1) for output in outputs]
        pairs = zip(outputs, inputs.loss_weights, strict=True)
        loss = tf.add_n([tf.reduce_sum(output * tf.cast(c, output.dtype)) for output, c in pairs])
    weights = [weight.value for weight in layer.trainable_weights]
    of_inputs, of_weights = tape.gradient(loss, [tensors, weights], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    masks = [_mask_of_steps(output) for output in outputs]
    return MaskedAnswer(
        Answer([output.numpy() for output in outputs], None, None, [g.numpy() for g in of_weights], []),
        [g.numpy() for g in of_inputs],
        [None if mask is None else np.asarray(mask) for mask in masks],
    )


def _mask_of_steps(output: tf.Tensor) -> tf.Tensor | None:
    """Keras' Softmax leaves the mask of the scores, [batch, 1, steps, sources], on the scores: no mask of steps."""
    mask = backend.get_keras_mask(output)
    return mask if mask is not None and len(mask.shape) == 2 else None


def _call(layer: keras.Layer, config: dict, tensors: list[tf.Tensor], training: bool):
    arguments = keras_options({key: value for key, value in config.items() if key in CALL_OPTIONS})
    if training:
        arguments["training"] = True
    inputs = _roles(type(layer).__name__, tensors)
    apart = isinstance(layer, keras.layers.MultiHeadAttention)
    return layer(*inputs, **arguments) if apart else layer(inputs, **arguments)


@contextmanager
def _dropping(dropped: np.ndarray | None) -> Iterator[None]:
    """Keras' dropout drops the given entries instead of drawing."""
    if dropped is None:
        yield
        return
    drawing = backend.random.dropout
    backend.random.dropout = lambda x, rate, *_, **__: x * tf.constant(~dropped / (1 - rate), x.dtype)
    try:
        yield
    finally:
        backend.random.dropout = drawing


def _compare(name: str, found: MaskedAnswer, exact: MaskedAnswer) -> None:
    compare_with_float64(name, found.answer, exact.answer)
    as_outputs = (Answer(one.input_gradients, None, None, [], []) for one in (found, exact))
    compare_with_float64(f"{name}, gradients of the inputs", *as_outputs)
