"""Trains a small classifier for 100 steps the way `fit` does, and records the loss of every batch.

The model is Embedding → a recurrent layer → Dense(1, sigmoid), trained with Adam and binary cross-entropy. Keras 3
gives different numbers for it on different backends, so there are several runs:

  reference            TensorFlow with the true (summed) gradient of the embedding; the loss from the logits
  reference-float64    the same in float64: how far rounding alone carries the losses
  clipped-loss         the same with the loss from clipped probabilities
  jax                  Keras 3 on JAX as it comes: summed gradient, clipped probabilities
  tensorflow           Keras 3 on TensorFlow as it comes: Adam sees the square of each occurrence of a row
"""

from collections.abc import Callable
from dataclasses import dataclass

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np

STEPS = 100
TENSORFLOW_RUNS = ["reference", "reference-float64", "clipped-loss", "tensorflow"]


@dataclass
class Task:
    """A model to be built, its first weights, and its batches."""

    layers: Callable[[], list[keras.Layer]]
    weights: list[np.ndarray]
    x: np.ndarray
    y: np.ndarray
    batch_size: int
    learning_rate: float


@dataclass
class Run:
    losses: np.ndarray
    accuracies: np.ndarray
    weights: list[np.ndarray]


def train(task: Task, run: str) -> Run:
    """One of the runs above; `jax` needs KERAS_BACKEND=jax."""
    _compute_in("float64" if run == "reference-float64" else "float32")
    model = keras.Sequential([keras.Input(task.x.shape[1:], dtype="int32"), *task.layers()])
    model.set_weights(task.weights)
    summed = run.startswith(("reference", "clipped"))
    adam = (_adam_of_summed_gradients() if summed else keras.optimizers.Adam)(learning_rate=task.learning_rate)
    loss = _clipped_binary_crossentropy if run == "clipped-loss" else "binary_crossentropy"
    model.compile(optimizer=adam, loss=loss, metrics=["accuracy"])
    logs = []
    for start in range(0, STEPS * task.batch_size, task.batch_size):
        batch = slice(start, start + task.batch_size)
        logs.append(model.train_on_batch(task.x[batch], task.y[batch], return_dict=True))
    weights = [np.asarray(weight, np.float32) for weight in model.get_weights()]
    _compute_in("float32")
    return Run(_float32([log["loss"] for log in logs]), _float32([log["accuracy"] for log in logs]), weights)


def _compute_in(dtype: str) -> None:
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def _float32(values: list) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def _adam_of_summed_gradients() -> type[keras.optimizers.Optimizer]:
    import tensorflow as tf

    class AdamOfSummedGradients(keras.optimizers.Adam):
        def apply(self, grads, trainable_variables=None):
            super().apply([tf.convert_to_tensor(gradient) for gradient in grads], trainable_variables)

    return AdamOfSummedGradients


def _clipped_binary_crossentropy(y_true, y_pred):
    """Binary cross-entropy of a copy of the predictions, behind which Keras finds no logits."""
    import tensorflow as tf

    return keras.losses.binary_crossentropy(y_true, tf.identity(y_pred))
