"""Runs one Keras layer on drawn numbers and records its outputs and every gradient.

The loss is sum_i sum(lossWeights_i * outputs_i). Each case is also run in float64: a float32 number further than
NOISE from it (relative to the largest of its tensor) would not be worth comparing to 1e-5, and stops the script.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

NOISE = 3e-6
WEIGHT_RANGES = {
    "kernel": 0.9,
    "recurrent_kernel": 0.5,
    "bias": 0.4,
    "embeddings": 0.9,
    "gamma": 0.9,
    "beta": 0.4,
    "scale": 0.9,
    "concat_score_weight": 0.9,
}

LayerFactory = Callable[..., keras.Layer]


@dataclass
class Dropout:
    """The masks a recurrent cell is to use instead of drawing them: 0 where dropped, 1/(1 − rate) where kept."""

    input_masks: list[np.ndarray] = field(default_factory=list)
    recurrent_masks: list[np.ndarray] = field(default_factory=list)


@dataclass
class Call:
    """What goes into one call of a layer."""

    inputs: np.ndarray
    mask: np.ndarray | None = None
    initial_states: list[np.ndarray] = field(default_factory=list)
    dropout: Dropout | None = None
    loss_weights: list[np.ndarray] = field(default_factory=list)


@dataclass
class Answer:
    """What came out of it."""

    outputs: list[np.ndarray]
    output_mask: np.ndarray | None
    input_gradient: np.ndarray | None
    weight_gradients: list[np.ndarray]
    state_gradients: list[np.ndarray]


def layer_case(name: str, layer_name: str, config: dict, call: Call, factory: LayerFactory | None = None) -> dict:
    """One case of a layer file, as described in the README. `factory(dtype=..., **options)` makes the layer."""
    layer, check = (built_layer(layer_name, config, call, dtype, factory) for dtype in ("float32", "float64"))
    weights = set_drawn_weights(name, layer, check)
    answer = run(layer, name, call)
    compare_with_float64(name, answer, run(check, name, call))
    return {
        "name": name,
        "layer": layer_name,
        "config": config,
        "inputShape": list(call.inputs.shape),
        **recorded_inputs(call),
        "weights": weights,
        "training": call.dropout is not None,
        **recorded_answer(call, answer),
    }


def built_layer(layer_name: str, config: dict, call: Call, dtype: str, factory: LayerFactory | None) -> keras.Layer:
    layer = (factory or getattr(keras.layers, layer_name))(dtype=dtype, **keras_options(config))
    layer.build(call.inputs.shape)
    return layer


def set_drawn_weights(name: str, *layers: keras.Layer) -> list[dict]:
    """Gives the layers the same drawn weights; returns them for the record."""
    rng = generator_for(f"{name} weights")
    recorded = []
    for variables in zip(*(layer.trainable_weights for layer in layers), strict=True):
        limit = WEIGHT_RANGES[variables[0].name.split("/")[-1]]
        values = draw(rng, variables[0].shape, -limit, limit)
        for variable in variables:
            variable.assign(values)
        recorded.append({"name": variables[0].name, **tensor(values)})
    return recorded


def run(layer: keras.Layer, name: str, call: Call) -> Answer:
    """Calls the layer and takes the gradients. Fills `call.loss_weights` when it is empty."""
    inputs = tf.constant(call.inputs)
    if call.inputs.dtype == np.float32:
        inputs = tf.cast(inputs, layer.compute_dtype)
    states = [tf.constant(state, layer.compute_dtype) for state in call.initial_states]
    weights = [weight.value for weight in layer.trainable_weights]
    if call.dropout is not None:
        _hand_over_masks(layer, call.dropout)
    with tf.GradientTape() as tape:
        tape.watch([inputs, *states] if inputs.dtype.is_floating else states)
        outputs = tf.nest.flatten(layer(inputs, **_call_arguments(layer, call, states)))
        if not call.loss_weights:
            rng = generator_for(f"{name} loss")
            call.loss_weights = [draw(rng, tuple(output.shape), -1, 1) for output in outputs]
        loss = tf.add_n(
            [
                tf.reduce_sum(output * tf.cast(c, output.dtype))
                for output, c in zip(outputs, call.loss_weights, strict=True)
            ]
        )
    sources = {"inputs": [inputs] if inputs.dtype.is_floating else [], "weights": weights, "states": states}
    gradients = tape.gradient(loss, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    dense = {key: [tf.convert_to_tensor(g).numpy() for g in list_] for key, list_ in gradients.items()}
    return Answer(
        outputs=[output.numpy() for output in outputs],
        output_mask=_output_mask(layer, inputs, call.mask),
        input_gradient=dense["inputs"][0] if dense["inputs"] else None,
        weight_gradients=dense["weights"],
        state_gradients=dense["states"],
    )


def _hand_over_masks(layer: keras.Layer, dropout: Dropout) -> None:
    """A Keras cell keeps its masks from step to step; one that finds them there does not draw."""
    cast = [
        [tf.constant(mask, layer.compute_dtype) for mask in masks]
        for masks in (dropout.input_masks, dropout.recurrent_masks)
    ]
    layer.cell._dropout_mask, layer.cell._recurrent_dropout_mask = (
        masks[0] if len(masks) == 1 else masks or None for masks in cast
    )


def _call_arguments(layer: keras.Layer, call: Call, states: list[tf.Tensor]) -> dict[str, Any]:
    """A mask goes to a layer that asks for one; others pass it on unread, or drop it."""
    arguments: dict[str, Any] = {}
    if call.mask is not None and "mask" in inspect.signature(layer.call).parameters:
        arguments["mask"] = tf.constant(call.mask)
    if states:
        arguments["initial_state"] = states
    if call.dropout is not None:
        arguments["training"] = True
    return arguments


def _output_mask(layer: keras.Layer, inputs: tf.Tensor, mask: np.ndarray | None) -> np.ndarray | None:
    if not layer.supports_masking:
        return None
    found = layer.compute_mask(inputs, None if mask is None else tf.constant(mask))
    first = found[0] if isinstance(found, (list, tuple)) else found
    return None if first is None else np.asarray(first)


def compare_with_float64(name: str, answer: Answer, exact: Answer) -> None:
    found = [*answer.outputs, *answer.weight_gradients, *answer.state_gradients]
    wanted = [*exact.outputs, *exact.weight_gradients, *exact.state_gradients]
    if answer.input_gradient is not None:
        found.append(answer.input_gradient)
        wanted.append(exact.input_gradient)
    for index, (f32, f64) in enumerate(zip(found, wanted, strict=True)):
        if (f32.dtype, f64.dtype) != (np.float32, np.float64):
            raise TypeError(f"{name}: tensor {index} was computed in {f32.dtype} and {f64.dtype}")
        noise = float(np.max(np.abs(f32 - f64), initial=0) / max(1.0, np.max(np.abs(f64), initial=0)))
        if not noise <= NOISE:
            raise ValueError(f"{name}: tensor {index} is {noise:.1e} away from its float64 value; draw calmer numbers")


def recorded_inputs(call: Call) -> dict:
    recorded: dict[str, Any] = {"inputs": [{"dtype": str(call.inputs.dtype), **tensor(call.inputs)}]}
    if call.mask is not None:
        recorded["mask"] = tensor(call.mask)
    if call.initial_states:
        recorded["initialStates"] = [tensor(state) for state in call.initial_states]
    if call.dropout is not None:
        recorded["dropoutMasks"] = [tensor(mask) for mask in call.dropout.input_masks]
        recorded["recurrentDropoutMasks"] = [tensor(mask) for mask in call.dropout.recurrent_masks]
    return recorded


def recorded_answer(call: Call, answer: Answer) -> dict:
    recorded: dict[str, Any] = {"outputs": [tensor(output) for output in answer.outputs]}
    if answer.output_mask is not None:
        recorded["outputMask"] = tensor(answer.output_mask)
    recorded["lossWeights"] = [tensor(c) for c in call.loss_weights]
    recorded["gradients"] = {
        "inputs": [None if answer.input_gradient is None else tensor(answer.input_gradient)],
        "weights": [tensor(gradient) for gradient in answer.weight_gradients],
        "initialStates": [tensor(gradient) for gradient in answer.state_gradients],
    }
    return recorded
