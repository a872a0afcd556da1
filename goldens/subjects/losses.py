"""Losses on plain predictions, and on predictions that come straight from a sigmoid or softmax."""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.loss_case import activation_then_loss_case, loss_case

FILE = "losses.json"
ROWS, CLASSES, STEPS = 6, 5, 3


def make() -> dict:
    return {
        "cases": [*_binary(), *_categorical(), *_sparse(), *_regression()],
        "afterActivation": _after_activation(),
    }


def _binary() -> list[dict]:
    rng = generator_for("binary losses")
    labels = rng.integers(0, 2, size=(ROWS, CLASSES)).astype(np.float32)
    probabilities = draw(rng, (ROWS, CLASSES), 0.01, 0.99)
    logits = draw(rng, (ROWS, CLASSES), -5, 5)
    weights = draw(rng, (ROWS,), 0.1, 3)
    one, column = labels[:, :1], probabilities[:, :1]
    extreme = np.array([[0, 1, 1e-8, 1 - 2**-24, 0.5]] * 2, np.float32)
    extreme_labels = np.array([[0] * 5, [1] * 5], np.float32)
    large_logits = np.array([[-100, -30, 0, 30, 100]] * 2, np.float32)
    name = "binaryCrossentropy"
    return [
        loss_case("binary-one-column", name, {}, one, column),
        loss_case("binary-one-column-labels-rank-1", name, {}, one[:, 0], column),
        loss_case("binary", name, {}, labels, probabilities),
        loss_case("binary-sample-weight", name, {}, labels, probabilities, weights),
        loss_case("binary-one-column-sample-weight", name, {}, one, column, weights),
        loss_case("binary-label-smoothing", name, {"labelSmoothing": 0.2}, labels, probabilities),
        loss_case("binary-saturated", name, {}, extreme_labels, extreme),
        loss_case("binary-logits", name, {"fromLogits": True}, labels, logits),
        loss_case(
            "binary-logits-smoothing-weight",
            name,
            {"fromLogits": True, "labelSmoothing": 0.1},
            labels,
            logits,
            weights,
        ),
        loss_case("binary-logits-large", name, {"fromLogits": True}, extreme_labels, large_logits),
    ]


def _categorical() -> list[dict]:
    rng = generator_for("categorical losses")
    labels = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=ROWS)]
    soft = _rows_that_sum_to_one(draw(rng, (ROWS, CLASSES), 0.01, 1))
    probabilities = _rows_that_sum_to_one(draw(rng, (ROWS, CLASSES), 0.01, 1))
    unnormalised = draw(rng, (ROWS, CLASSES), 0.05, 2)
    saturated = np.array([[0, 1, 0, 0, 0], [0.5, 0, 0.5, 0, 0]], np.float32)
    logits = draw(rng, (ROWS, CLASSES), -4, 4)
    sequence = draw(rng, (2, STEPS, CLASSES), -4, 4)
    sequence_labels = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=(2, STEPS))]
    weights = draw(rng, (ROWS,), 0.1, 3)
    step_weights = draw(rng, (2, STEPS), 0.1, 3)
    name = "categoricalCrossentropy"
    return [
        loss_case("categorical", name, {}, labels, probabilities),
        loss_case("categorical-soft-labels", name, {}, soft, probabilities),
        loss_case("categorical-unnormalised", name, {}, labels, unnormalised),
        loss_case("categorical-sample-weight", name, {}, labels, probabilities, weights),
        loss_case("categorical-label-smoothing", name, {"labelSmoothing": 0.1}, labels, probabilities),
        loss_case("categorical-saturated", name, {}, np.eye(CLASSES, dtype=np.float32)[[0, 0]], saturated),
        loss_case("categorical-logits", name, {"fromLogits": True}, labels, logits),
        loss_case("categorical-logits-smoothing", name, {"fromLogits": True, "labelSmoothing": 0.1}, labels, logits),
        loss_case(
            "categorical-logits-sequence-weights",
            name,
            {"fromLogits": True},
            sequence_labels,
            sequence,
            step_weights,
        ),
        loss_case("categorical-logits-large", name, {"fromLogits": True}, labels, np.round(logits * 40)),
    ]


def _sparse() -> list[dict]:
    rng = generator_for("sparse losses")
    labels = rng.integers(0, CLASSES, size=ROWS).astype(np.int32)
    probabilities = _rows_that_sum_to_one(draw(rng, (ROWS, CLASSES), 0.01, 1))
    unnormalised = draw(rng, (ROWS, CLASSES), 0.05, 0.9)
    saturated = np.array([[0, 1, 0, 0, 0], [0.5, 0, 0.5, 0, 0]], np.float32)
    logits = draw(rng, (ROWS, CLASSES), -4, 4)
    sequence = draw(rng, (2, STEPS, CLASSES), -4, 4)
    sequence_labels = rng.integers(0, CLASSES, size=(2, STEPS)).astype(np.int32)
    weights = draw(rng, (ROWS,), 0.1, 3)
    step_weights = draw(rng, (2, STEPS), 0.1, 3)
    mask = np.array([[True, True, False], [False, True, False]])
    name = "sparseCategoricalCrossentropy"
    return [
        loss_case("sparse", name, {}, labels, probabilities),
        loss_case("sparse-labels-column", name, {}, labels[:, None], probabilities),
        loss_case("sparse-unnormalised", name, {}, labels, unnormalised),
        loss_case("sparse-sample-weight", name, {}, labels, probabilities, weights),
        loss_case("sparse-saturated", name, {}, np.array([0, 2], np.int32), saturated),
        loss_case("sparse-logits", name, {"fromLogits": True}, labels, logits),
        loss_case("sparse-logits-sample-weight", name, {"fromLogits": True}, labels, logits, weights),
        loss_case("sparse-logits-sequence", name, {"fromLogits": True}, sequence_labels, sequence),
        loss_case("sparse-mask", name, {"fromLogits": True}, sequence_labels, sequence, mask=mask),
        loss_case("sparse-mask-weights", name, {"fromLogits": True}, sequence_labels, sequence, step_weights, mask),
        loss_case("sparse-logits-large", name, {"fromLogits": True}, labels, np.round(logits * 40)),
    ]


def _regression() -> list[dict]:
    rng = generator_for("regression losses")
    wanted, found = draw(rng, (ROWS, CLASSES), -2, 2), draw(rng, (ROWS, CLASSES), -2, 2)
    found[0, 0] = wanted[0, 0]
    sequence, sequence_found = draw(rng, (2, STEPS, CLASSES), -2, 2), draw(rng, (2, STEPS, CLASSES), -2, 2)
    weights = draw(rng, (ROWS,), 0.1, 3)
    cases = []
    for short, name in (("mse", "meanSquaredError"), ("mae", "meanAbsoluteError"), ("huber", "huber")):
        cases += [
            loss_case(short, name, {}, wanted, found),
            loss_case(f"{short}-sample-weight", name, {}, wanted, found, weights),
            loss_case(f"{short}-labels-rank-1", name, {}, wanted[:, 0], found[:, :1]),
            loss_case(f"{short}-sequence", name, {}, sequence, sequence_found),
        ]
    return [*cases, loss_case("huber-delta", "huber", {"delta": 0.4}, wanted, found)]


def _after_activation() -> list[dict]:
    rng = generator_for("losses after an activation")
    column = np.concatenate([draw(rng, (4, 1), -3, 3), np.array([[40], [-40], [16], [-16]], np.float32)])
    column_labels = np.array([[0], [1], [1], [0], [0], [1], [0], [1]], np.float32)
    logits = np.concatenate([draw(rng, (ROWS, CLASSES), -3, 3), np.array([[60, 0, -60, 1, 2]], np.float32)])
    labels = np.concatenate([rng.integers(0, CLASSES, size=ROWS), [2]]).astype(np.int32)
    one_hot = np.eye(CLASSES, dtype=np.float32)[labels]
    return [
        activation_then_loss_case("sigmoid-binary", "sigmoid", "binaryCrossentropy", column_labels, column),
        activation_then_loss_case("softmax-categorical", "softmax", "categoricalCrossentropy", one_hot, logits),
        activation_then_loss_case("softmax-sparse", "softmax", "sparseCategoricalCrossentropy", labels, logits),
    ]


def _rows_that_sum_to_one(values: np.ndarray) -> np.ndarray:
    return values / values.sum(axis=-1, keepdims=True)
