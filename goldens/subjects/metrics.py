"""Metrics as totals over several batches of unequal size, and which metric the word "accuracy" becomes."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np
from keras.src.trainers.compile_utils import get_metric

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "metrics.json"
BATCHES = [6, 5, 2]
CLASSES, STEPS = 5, 3

Batch = tuple[np.ndarray, np.ndarray]


def make() -> dict:
    return {"cases": [*_accuracies(), *_errors()], "accuracyMeans": _accuracy_means(), "epochLoss": _epoch_loss()}


def _accuracies() -> list[dict]:
    column, rows = _draw_all("binary", (1,)), _draw_all("binary rows", (CLASSES,))
    half = [(np.array([[0], [1], [1]], np.float32), np.array([[0.5], [0.5], [0.50000006]], np.float32))]
    ranked = [(y_true[:, 0], y_pred) for y_true, y_pred in column]
    one_hot = [(np.eye(CLASSES, dtype=np.float32)[labels], y_pred) for labels, y_pred in _classes("categorical", ())]
    sparse, sequence = _classes("sparse", ()), _classes("sparse sequence", (STEPS,))
    tied = [(np.array([0, 1, 2], np.int32), np.array([[1, 1, 0], [1, 1, 0], [0, 2, 2]], np.float32))]
    as_column = [(y_true[:, None], y_pred) for y_true, y_pred in sparse]
    return [
        *_both_ways("binary-accuracy", "binaryAccuracy", {}, column),
        _case("binary-accuracy-labels-rank-1", "binaryAccuracy", {}, ranked),
        *_both_ways("binary-accuracy-rows", "binaryAccuracy", {}, rows),
        _case("binary-accuracy-threshold", "binaryAccuracy", {"threshold": 0.7}, column),
        _case("binary-accuracy-exactly-half", "binaryAccuracy", {}, half),
        *_both_ways("categorical-accuracy", "categoricalAccuracy", {}, one_hot),
        *_both_ways("sparse-categorical-accuracy", "sparseCategoricalAccuracy", {}, sparse),
        _case("sparse-categorical-accuracy-column", "sparseCategoricalAccuracy", {}, as_column),
        *_both_ways("sparse-categorical-accuracy-sequence", "sparseCategoricalAccuracy", {}, sequence),
        _case("sparse-categorical-accuracy-ties", "sparseCategoricalAccuracy", {}, tied),
    ]


def _errors() -> list[dict]:
    rows = _draw_all("errors", (CLASSES,))
    return [
        *_both_ways("mean-squared-error", "meanSquaredError", {}, rows),
        *_both_ways("mean-absolute-error", "meanAbsoluteError", {}, rows),
        *_both_ways("binary-crossentropy", "binaryCrossentropy", {}, _draw_all("crossentropy", (1,))),
    ]


def _draw_all(name: str, shape: tuple) -> list[Batch]:
    rng = generator_for(f"metrics {name}")
    return [
        (rng.integers(0, 2, size=(batch, *shape)).astype(np.float32), draw(rng, (batch, *shape), 0.01, 0.99))
        for batch in BATCHES
    ]


def _classes(name: str, shape: tuple) -> list[Batch]:
    rng = generator_for(f"metrics {name}")
    batches = []
    for batch in BATCHES:
        labels = rng.integers(0, CLASSES, size=(batch, *shape)).astype(np.int32)
        scores = draw(rng, (batch, *shape, CLASSES), -1, 1)
        scores += np.float32(0.5) * np.eye(CLASSES, dtype=np.float32)[labels]
        batches.append((labels, scores))
    return batches


def _both_ways(name: str, metric: str, options: dict, batches: list[Batch]) -> list[dict]:
    rng = generator_for(f"{name} weights")
    weights = [draw(rng, (len(y_true),), 0.1, 3) for y_true, _ in batches]
    return [
        _case(name, metric, options, batches),
        _case(f"{name}-sample-weight", metric, options, batches, weights),
    ]


def _case(name: str, metric: str, options: dict, batches: list[Batch], weights: list | None = None) -> dict:
    keras_metric = getattr(keras.metrics, metric[0].upper() + metric[1:])(**keras_options(options))
    recorded = []
    for index, (y_true, y_pred) in enumerate(batches):
        weight = None if weights is None else weights[index]
        keras_metric.update_state(y_true, y_pred, sample_weight=weight)
        recorded.append(
            {
                "yTrue": tensor(y_true),
                "yPred": tensor(y_pred),
                **({} if weight is None else {"sampleWeight": tensor(weight)}),
                "resultSoFar": keras_metric.result().numpy(),
            }
        )
    total, count = (variable.numpy() for variable in (keras_metric.total, keras_metric.count))
    return {"name": name, "metric": metric, "options": options, "batches": recorded, "total": total, "count": count}


def _accuracy_means() -> list[dict]:
    """What the word "accuracy" becomes for labels and predictions of these shapes."""
    shapes = [
        ((8, 1), (8, 1)),
        ((8,), (8, 1)),
        ((8, 3, 1), (8, 3, 1)),
        ((8, 5), (8, 5)),
        ((8, 1), (8, 5)),
        ((8,), (8, 5)),
        ((8, 3), (8, 3, 5)),
        ((8, 3, 5), (8, 3, 5)),
        ((8, 3, 1), (8, 3, 5)),
    ]
    chosen = [type(get_metric("accuracy", np.zeros(true), np.zeros(pred))).__name__ for true, pred in shapes]
    return [
        {"yTrueShape": list(true), "yPredShape": list(pred), "metric": name[0].lower() + name[1:]}
        for (true, pred), name in zip(shapes, chosen, strict=True)
    ]


def _epoch_loss() -> dict:
    """What `evaluate` says over batches of 6, 6 and 1: a mean over batches weighted by their sizes alone.

    `weightedAccuracy` was compiled as a weighted metric, `accuracy` as a plain one, which sample weights do not touch.
    """
    rng = generator_for("epoch loss")
    x, weights = draw(rng, (13, 3), -1, 1), draw(rng, (13,), 0.1, 3)
    kernel, bias = draw(rng, (3, 1), -1, 1), draw(rng, (1,), -1, 1)
    y = rng.integers(0, 2, size=(13, 1)).astype(np.float32)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([kernel, bias])
    plain, weighted = keras.metrics.BinaryAccuracy(name="plain"), keras.metrics.BinaryAccuracy(name="weighted")
    model.compile("sgd", "binary_crossentropy", metrics=[plain], weighted_metrics=[weighted])
    logs = model.evaluate(x, y, sample_weight=weights, batch_size=6, verbose=0, return_dict=True)
    batches = [slice(0, 6), slice(6, 12), slice(12, 13)]
    single = [model.test_on_batch(x[b], y[b], weights[b], return_dict=True)["loss"] for b in batches]
    return {
        "x": tensor(x),
        "y": tensor(y),
        "sampleWeight": tensor(weights),
        "kernel": tensor(kernel),
        "bias": tensor(bias),
        "batchSize": 6,
        "batchLosses": np.array(single, np.float32),
        "loss": np.float32(logs["loss"]),
        "accuracy": np.float32(logs["plain"]),
        "weightedAccuracy": np.float32(logs["weighted"]),
    }
