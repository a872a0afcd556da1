"""Runs one Keras loss and records its value for every sample, its reduced value and its gradient."""

from typing import Any

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend import set_keras_mask

from support.camel_case import keras_options
from support.golden_format import tensor

IRREGULAR = {"klDivergence": "KLDivergence", "ctc": "CTC"}


def keras_class_of(loss_name: str) -> type:
    return getattr(keras.losses, IRREGULAR.get(loss_name, loss_name[0].upper() + loss_name[1:]))


def loss_case(
    name: str,
    loss_name: str,
    options: dict,
    y_true: np.ndarray,
    y_pred: np.ndarray,
    sample_weight: np.ndarray | None = None,
    mask: np.ndarray | None = None,
) -> dict:
    """`perSample` is without weights and mask, `reduced` with them; `gradient` is d reduced / d yPred."""
    keras_class = keras_class_of(loss_name)
    arguments = keras_options(options)
    per_sample = keras_class(reduction=None, **arguments)(y_true, tf.constant(y_pred))
    prediction = tf.constant(y_pred)
    if mask is not None:
        set_keras_mask(prediction, tf.constant(mask))
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        reduced = keras_class(**arguments)(y_true, prediction, sample_weight=sample_weight)
    recorded: dict[str, Any] = {
        "name": name,
        "loss": loss_name,
        "options": options,
        "yTrue": tensor(y_true),
        "yPred": tensor(y_pred),
    }
    if sample_weight is not None:
        recorded["sampleWeight"] = tensor(sample_weight)
    if mask is not None:
        recorded["mask"] = tensor(mask)
    recorded["perSample"] = tensor(per_sample)
    recorded["reduced"] = reduced.numpy()
    recorded["gradient"] = tensor(tf.convert_to_tensor(tape.gradient(reduced, prediction)))
    return recorded


def activation_then_loss_case(
    name: str, activation: str, loss_name: str, y_true: np.ndarray, logits: np.ndarray
) -> dict:
    """A loss of probabilities that come straight from an activation, both ways Keras 3 computes it.

    `onTensorFlow`: the TensorFlow backend finds the logits behind the activation and uses them. `clipped`: the
    formula on clipped probabilities, as on JAX and Torch (here: on TensorFlow, the logits hidden by an identity).
    """
    recorded: dict[str, Any] = {
        "name": name,
        "activation": activation,
        "loss": loss_name,
        "yTrue": tensor(y_true),
        "logits": tensor(logits),
    }
    for key, hidden in (("onTensorFlow", False), ("clipped", True)):
        source = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(source)
            probabilities = getattr(keras.activations, activation)(source)
            if hidden:
                probabilities = tf.identity(probabilities)
            loss = keras_class_of(loss_name)()
            reduced = loss(y_true, probabilities)
        per_sample = keras_class_of(loss_name)(reduction=None)(y_true, probabilities)
        recorded[key] = {
            "perSample": tensor(per_sample),
            "reduced": reduced.numpy(),
            "gradientOfLogits": tensor(tape.gradient(reduced, source)),
        }
    return recorded
