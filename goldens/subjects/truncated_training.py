"""Truncated backpropagation through time: a stateful LSTM trained over windows, its states reset between sequences."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np

from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "truncated-training.json"
BATCH, LENGTH, FEATURES, UNITS, WINDOW, EPOCHS = 3, 11, 2, 5, 4, 2
ROWS = 2 * BATCH
LEARNING_RATE = 0.2
RANGES = {"kernel": 0.9, "recurrent_kernel": 0.5, "bias": 0.4}


def make() -> dict:
    return {
        "batchSize": BATCH,
        "window": WINDOW,
        "units": UNITS,
        "epochs": EPOCHS,
        "learningRate": LEARNING_RATE,
        "cases": [_case("a-target-for-each-step", True), _case("a-target-for-each-sequence", False)],
    }


def _case(name: str, by_step: bool) -> dict:
    rng = generator_for(name)
    x = draw(rng, (ROWS, LENGTH, FEATURES), -1, 1)
    y = draw(rng, (ROWS, LENGTH, 1) if by_step else (ROWS, 1), -1, 1)
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, None, FEATURES)),
            keras.layers.LSTM(UNITS, stateful=True, return_sequences=by_step),
            keras.layers.Dense(1),
        ]
    )
    for weight in model.weights:
        limit = RANGES[weight.name]
        weight.assign(draw(rng, tuple(weight.shape), -limit, limit))
    before = [tensor(weight.numpy()) for weight in model.weights]
    model.compile(optimizer=keras.optimizers.SGD(LEARNING_RATE), loss="mse")
    losses = [loss for _ in range(EPOCHS) for loss in _epoch(model, x, y, by_step)]
    return {
        "name": name,
        "byStep": by_step,
        "x": tensor(x),
        "y": tensor(y),
        "weights": before,
        "losses": np.array(losses, np.float32),
        "finalWeights": [tensor(weight.numpy()) for weight in model.weights],
    }


def _epoch(model: keras.Model, x: np.ndarray, y: np.ndarray, by_step: bool) -> list[float]:
    """The loss of each window, the sequences in groups, each group from states of zero."""
    losses = []
    for first in range(0, ROWS, BATCH):
        model.layers[0].reset_state()
        rows = slice(first, first + BATCH)
        for start in range(0, LENGTH, WINDOW):
            window = slice(start, start + WINDOW)
            targets = y[rows, window] if by_step else y[rows]
            # The loss of this batch alone: train_on_batch gives the mean of all since the last reset.
            model.reset_metrics()
            losses.append(float(model.train_on_batch(x[rows, window], targets)))
    return losses
