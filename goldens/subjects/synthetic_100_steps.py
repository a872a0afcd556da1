"""100 training steps of SimpleRNN, LSTM and GRU on data made by the integer hash: no file is needed."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np

from support.golden_format import tensor
from support.hashed_numbers import hashed_integers, hashed_uniform
from support.hundred_steps import STEPS, TENSORFLOW_RUNS, Run, Task, train
from support.run_on_jax import run_on_jax

FILE = "synthetic-100-steps.json"
VOCABULARY, EMBEDDING, UNITS, MAX_LEN, BATCH_SIZE = 50, 5, 7, 13, 8
LEARNING_RATE = 0.01
DATA_SEED = 1000

# (Keras' class, mask zero, gates, rows of the bias)
MODELS = {
    "simple-rnn": ("SimpleRNN", False, 1, None),
    "lstm": ("LSTM", False, 4, None),
    "gru": ("GRU", False, 3, 2),
    "lstm-mask-zero": ("LSTM", True, 4, None),
}


def make() -> dict:
    x, y = data()
    return {
        "numWords": VOCABULARY,
        "outputDim": EMBEDDING,
        "units": UNITS,
        "maxLen": MAX_LEN,
        "batchSize": BATCH_SIZE,
        "steps": STEPS,
        "learningRate": LEARNING_RATE,
        "data": {
            "idsSeed": DATA_SEED,
            "firstRow": x[0],
            "lastRow": x[-1],
            "firstLabels": y[:BATCH_SIZE].astype(np.int32),
        },
        "cases": [_case(name) for name in MODELS],
    }


def data() -> tuple[np.ndarray, np.ndarray]:
    """Ids by the hash; a row is 1 when its ids are large on average. Every id 0 is a masked step for `maskZero`."""
    x = hashed_integers((STEPS * BATCH_SIZE, MAX_LEN), DATA_SEED, VOCABULARY)
    y = (2 * x.sum(axis=1) >= MAX_LEN * (VOCABULARY - 1)).astype(np.float32)
    return x, y


def task(name: str) -> Task:
    layer, mask_zero, _, _ = MODELS[name]

    def layers() -> list[keras.Layer]:
        return [
            keras.layers.Embedding(VOCABULARY, EMBEDDING, mask_zero=mask_zero),
            getattr(keras.layers, layer)(UNITS),
            keras.layers.Dense(1, activation="sigmoid"),
        ]

    x, y = data()
    weights = [hashed_uniform(shape, seed, limit) for _, shape, seed, limit in weight_plan(name)]
    return Task(layers, weights, x, y, BATCH_SIZE, LEARNING_RATE)


def weight_plan(name: str) -> list[tuple[str, tuple, int, float]]:
    """(name, shape, seed, limit) of every weight in model order."""
    _, _, gates, bias_rows = MODELS[name]
    width = gates * UNITS
    return [
        ("embeddings", (VOCABULARY, EMBEDDING), 1, 0.5),
        ("kernel", (EMBEDDING, width), 2, 0.6),
        ("recurrent_kernel", (UNITS, width), 3, 0.3),
        ("bias", (width,) if bias_rows is None else (bias_rows, width), 4, 0.1),
        ("kernel", (UNITS, 1), 5, 0.7),
        ("bias", (1,), 6, 0.1),
    ]


def _case(name: str) -> dict:
    layer, mask_zero, _, _ = MODELS[name]
    runs = {run: train(task(name), run) for run in TENSORFLOW_RUNS}
    runs["jax"] = run_on_jax("subjects.synthetic_100_steps", "task", name)
    return {
        "name": name,
        "layer": layer,
        "maskZero": mask_zero,
        "weights": [
            {"name": what, "shape": list(shape), "seed": seed, "limit": limit}
            for what, shape, seed, limit in weight_plan(name)
        ],
        "runs": {run: _recorded(result) for run, result in runs.items()},
    }


def _recorded(run: Run) -> dict:
    return {
        "losses": run.losses,
        "accuracies": run.accuracies,
        "finalWeights": [tensor(weight) for weight in run.weights],
    }
