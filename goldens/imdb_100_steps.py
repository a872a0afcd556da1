"""The article's program on real reviews, 100 steps: `python goldens/imdb_100_steps.py ../shared/data/imdb.npz`.

Embedding(10000, 32) → SimpleRNN(32) → Dense(1, sigmoid), Adam, binary cross-entropy; the first 100 batches of 64
of the train split as Keras shuffles it, in order. The first weights come from the integer hash, the recurrent ones
small, so that 500 steps through time neither explode nor turn rounding into differences.
"""

import argparse
import hashlib
import time
from pathlib import Path

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
from keras.src.datasets import imdb

from support.golden_format import write_golden
from support.hashed_numbers import hashed_uniform
from support.hundred_steps import STEPS, TENSORFLOW_RUNS, Run, Task, train
from support.run_on_jax import run_on_jax

FILE = "imdb-100-steps.json"
NUM_WORDS, MAX_LEN, UNITS, BATCH_SIZE, LEARNING_RATE = 10_000, 500, 32, 64, 0.001

# (name, shape, seed, limit) of every weight in model order
WEIGHT_PLAN = [
    ("embeddings", (NUM_WORDS, UNITS), 1, 0.05),
    ("kernel", (UNITS, UNITS), 2, 0.3),
    ("recurrent_kernel", (UNITS, UNITS), 3, 0.1),
    ("bias", (UNITS,), 4, 0.05),
    ("kernel", (UNITS, 1), 5, 0.4),
    ("bias", (1,), 6, 0.1),
]


def make(npz: str) -> dict:
    task = imdb_task(npz)
    runs = {run: train(task, run) for run in TENSORFLOW_RUNS}
    runs["jax"] = run_on_jax("imdb_100_steps", "imdb_task", str(Path(npz).resolve()))
    return {
        "numWords": NUM_WORDS,
        "maxLen": MAX_LEN,
        "outputDim": UNITS,
        "units": UNITS,
        "batchSize": BATCH_SIZE,
        "steps": STEPS,
        "learningRate": LEARNING_RATE,
        "data": _recorded_data(npz, task),
        "weights": [_recorded_start(*plan, weight) for plan, weight in zip(WEIGHT_PLAN, task.weights, strict=True)],
        "runs": {run: _recorded_run(result) for run, result in runs.items()},
    }


def imdb_task(npz: str) -> Task:
    def layers() -> list[keras.Layer]:
        return [
            keras.layers.Embedding(NUM_WORDS, UNITS),
            keras.layers.SimpleRNN(UNITS),
            keras.layers.Dense(1, activation="sigmoid"),
        ]

    x, y = load_train_split(npz)
    rows = STEPS * BATCH_SIZE
    x = keras.utils.pad_sequences(x[:rows], maxlen=MAX_LEN)
    weights = [hashed_uniform(shape, seed, limit) for _, shape, seed, limit in WEIGHT_PLAN]
    return Task(layers, weights, x, y[:rows].astype(np.float32), BATCH_SIZE, LEARNING_RATE)


def load_train_split(npz: str) -> tuple[np.ndarray, np.ndarray]:
    """Keras' own `imdb.load_data` on a local file: only its download is replaced."""
    imdb.get_file = lambda *_, **__: str(Path(npz).resolve())
    (x_train, y_train), _ = imdb.load_data(num_words=NUM_WORDS)
    return x_train, y_train


def _recorded_data(npz: str, task: Task) -> dict:
    """The sha256 of the padded ids is of little-endian int32, that of the labels of one byte each."""
    return {
        "fileSha256": _sha256(Path(npz).read_bytes()),
        "xShape": list(task.x.shape),
        "xSha256": _sha256(task.x.astype("<i4").tobytes()),
        "ySha256": _sha256(task.y.astype(np.uint8).tobytes()),
        "firstRowEnd": task.x[0, -10:],
        "firstLabels": task.y[:10].astype(np.int32),
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _recorded_start(name: str, shape: tuple, seed: int, limit: float, weight: np.ndarray) -> dict:
    return {"name": name, "shape": list(shape), "seed": seed, "limit": limit, **_fingerprint(weight)}


def _recorded_run(run: Run) -> dict:
    final = [{"name": plan[0], **_fingerprint(weight)} for plan, weight in zip(WEIGHT_PLAN, run.weights, strict=True)]
    return {"losses": run.losses, "accuracies": run.accuracies, "finalWeights": final}


def _fingerprint(weight: np.ndarray) -> dict:
    """Euclidean norm and sum in float64, and the first numbers."""
    exact = weight.astype(np.float64).ravel()
    return {
        "norm": float(np.sqrt(np.sum(exact * exact))),
        "sum": float(np.sum(exact)),
        "first": weight.ravel()[:8],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("npz", help="the IMDB reviews as Keras keeps them")
    started = time.monotonic()
    path = write_golden(FILE, make(parser.parse_args().npz))
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB, {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
