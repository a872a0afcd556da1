"""Losses on plain predictions, and on predictions that come straight from a sigmoid or softmax."""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.loss_case import activation_then_loss_case, loss_case

FILE = "losses.json"
ROWS, CLASSES, STEPS = 6, 5, 3


def make() -> dict:
    return {
        "cases": [
            *_binary(),
            *_categorical(),
            *_sparse(),
            *_regression(),
            *_axes(),
            *_ignored_class(),
            *_focal(),
            *_relative_errors(),
            *_hinges(),
            *_divergences(),
            *_cosine(),
            *_ctc(),
        ],
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


def _axes() -> list[dict]:
    rng = generator_for("losses along an axis")
    shape = (2, CLASSES, STEPS)
    labels = rng.integers(0, 2, size=shape).astype(np.float32)
    probabilities, logits = draw(rng, shape, 0.01, 0.99), draw(rng, shape, -4, 4)
    one_hot = np.moveaxis(np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=(2, STEPS))], -1, 1)
    wanted, found = draw(rng, shape, -2, 2), draw(rng, shape, -2, 2)
    weights = draw(rng, (2, STEPS), 0.1, 3)
    return [
        loss_case("binary-axis", "binaryCrossentropy", {"axis": 1}, labels, probabilities, weights),
        loss_case("categorical-axis", "categoricalCrossentropy", {"axis": 1}, one_hot, probabilities),
        loss_case(
            "categorical-logits-axis",
            "categoricalCrossentropy",
            {"axis": 1, "fromLogits": True},
            one_hot,
            logits,
            weights,
        ),
        loss_case("binary-focal-axis", "binaryFocalCrossentropy", {"axis": 1}, labels, probabilities),
        loss_case("categorical-focal-axis", "categoricalFocalCrossentropy", {"axis": 1}, one_hot, probabilities),
        loss_case("cosine-axis", "cosineSimilarity", {"axis": 1}, wanted, found, weights),
    ]


def _ignored_class() -> list[dict]:
    rng = generator_for("ignored class")
    labels = np.array([[0, -1, 4], [2, 1, -1]], np.int32)
    logits, probabilities = draw(rng, (2, STEPS, CLASSES), -4, 4), draw(rng, (2, STEPS, CLASSES), 0.01, 1)
    weights, mask = draw(rng, (2, STEPS), 0.1, 3), np.array([[True, True, False], [True, True, True]])
    flat = np.array([3, 1, 1, 0, 4, 1], np.int32)
    name, options = "sparseCategoricalCrossentropy", {"ignoreClass": -1, "fromLogits": True}
    return [
        loss_case("sparse-ignored", name, options, labels, logits),
        loss_case("sparse-ignored-probabilities", name, {"ignoreClass": -1}, labels, probabilities),
        loss_case("sparse-ignored-weights", name, options, labels, logits, weights),
        loss_case("sparse-ignored-mask", name, options, labels, logits, weights, mask),
        loss_case("sparse-ignored-inside", name, {"ignoreClass": 1}, flat, draw(rng, (ROWS, CLASSES), 0.01, 1)),
        loss_case("sparse-all-ignored", name, {"ignoreClass": 2}, flat[:2] * 0 + 2, draw(rng, (2, CLASSES), 0.01, 1)),
    ]


def _focal() -> list[dict]:
    rng = generator_for("focal losses")
    labels = rng.integers(0, 2, size=(ROWS, CLASSES)).astype(np.float32)
    one_hot = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=ROWS)]
    probabilities, logits = draw(rng, (ROWS, CLASSES), 0.01, 0.99), draw(rng, (ROWS, CLASSES), -4, 4)
    sequence = draw(rng, (2, STEPS, CLASSES), -4, 4)
    sequence_labels = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=(2, STEPS))]
    weights, mask = draw(rng, (ROWS,), 0.1, 3), np.array([[True, True, False], [False, True, True]])
    binary, categorical = "binaryFocalCrossentropy", "categoricalFocalCrossentropy"
    all_options = {"alpha": 0.6, "gamma": 1.5, "labelSmoothing": 0.1}
    alphas = {"alpha": [0.1, 0.5, 0.25, 0.9, 0.4], "gamma": 3}
    return [
        loss_case("binary-focal", binary, {}, labels, probabilities),
        loss_case("binary-focal-sample-weight", binary, {}, labels, probabilities, weights),
        loss_case("binary-focal-labels-rank-1", binary, {}, labels[:, 0], probabilities[:, :1]),
        loss_case("binary-focal-balanced", binary, {"applyClassBalancing": True}, labels, probabilities),
        loss_case(
            "binary-focal-options", binary, {"applyClassBalancing": True, **all_options}, labels, probabilities, weights
        ),
        loss_case("binary-focal-no-focus", binary, {"gamma": 0}, labels, probabilities),
        loss_case("binary-focal-logits", binary, {"fromLogits": True, "gamma": 1}, labels, logits),
        loss_case("categorical-focal", categorical, {}, one_hot, probabilities),
        loss_case("categorical-focal-sample-weight", categorical, {}, one_hot, probabilities, weights),
        loss_case("categorical-focal-alphas", categorical, alphas, one_hot, probabilities),
        loss_case("categorical-focal-options", categorical, all_options, one_hot, probabilities),
        loss_case("categorical-focal-logits", categorical, {"fromLogits": True}, one_hot, logits),
        loss_case(
            "categorical-focal-mask", categorical, {"fromLogits": True}, sequence_labels, sequence, mask=mask
        ),
    ]


def _relative_errors() -> list[dict]:
    rng = generator_for("relative errors")
    wanted, found = draw(rng, (ROWS, CLASSES), 0.2, 4), draw(rng, (ROWS, CLASSES), 0.1, 4)
    signed = draw(rng, (ROWS, CLASSES), -2, 2)
    large = draw(rng, (ROWS, CLASSES), -90, 90)
    weights = draw(rng, (ROWS,), 0.1, 3)
    percentage, logarithmic = "meanAbsolutePercentageError", "meanSquaredLogarithmicError"
    return [
        loss_case("mape", percentage, {}, wanted, found),
        loss_case("mape-sample-weight", percentage, {}, np.where(signed == 0, 1, signed), found, weights),
        loss_case("mape-labels-rank-1", percentage, {}, wanted[:, 0], found[:, :1]),
        loss_case("msle", logarithmic, {}, wanted, found),
        loss_case("msle-sample-weight", logarithmic, {}, wanted, found, weights),
        loss_case("msle-negative", logarithmic, {}, wanted, signed),
        loss_case("log-cosh", "logCosh", {}, wanted, found),
        loss_case("log-cosh-sample-weight", "logCosh", {}, signed, found, weights),
        loss_case("log-cosh-large", "logCosh", {}, signed, large),
    ]


def _hinges() -> list[dict]:
    rng = generator_for("hinge losses")
    sides = (2 * rng.integers(0, 2, size=(ROWS, CLASSES)) - 1).astype(np.float32)
    binary = rng.integers(0, 2, size=(ROWS, CLASSES)).astype(np.float32)
    one_hot = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=ROWS)]
    found, weights = draw(rng, (ROWS, CLASSES), -2, 2), draw(rng, (ROWS,), 0.1, 3)
    cases = []
    for name in ("hinge", "squaredHinge"):
        cases += [
            loss_case(name, name, {}, sides, found),
            loss_case(f"{name}-binary", name, {}, binary, found),
            loss_case(f"{name}-binary-labels-rank-1", name, {}, binary[:, 0], found[:, :1]),
            loss_case(f"{name}-sample-weight", name, {}, sides, found, weights),
        ]
    return [
        *cases,
        loss_case("categorical-hinge", "categoricalHinge", {}, one_hot, found),
        loss_case("categorical-hinge-signs", "categoricalHinge", {}, 2 * one_hot - 1, found),
        loss_case("categorical-hinge-sample-weight", "categoricalHinge", {}, one_hot, found, weights),
    ]


def _divergences() -> list[dict]:
    rng = generator_for("divergences")
    wanted = _rows_that_sum_to_one(draw(rng, (ROWS, CLASSES), 0.01, 1))
    found = _rows_that_sum_to_one(draw(rng, (ROWS, CLASSES), 0.01, 1))
    one_hot = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, size=ROWS)]
    saturated = np.array([[0.5, 0, 0.5, 0, 0], [1, 0, 0, 0, 0]], np.float32)
    counts, rates = rng.integers(0, 6, size=(ROWS, CLASSES)).astype(np.float32), draw(rng, (ROWS, CLASSES), 0.1, 6)
    weights = draw(rng, (ROWS,), 0.1, 3)
    return [
        loss_case("kl-divergence", "klDivergence", {}, wanted, found),
        loss_case("kl-divergence-one-hot", "klDivergence", {}, one_hot, found),
        loss_case("kl-divergence-sample-weight", "klDivergence", {}, wanted, found, weights),
        loss_case("kl-divergence-saturated", "klDivergence", {}, np.eye(CLASSES, dtype=np.float32)[[0, 0]], saturated),
        loss_case("poisson", "poisson", {}, counts, rates),
        loss_case("poisson-labels-rank-1", "poisson", {}, counts[:, 0], rates[:, :1]),
        loss_case("poisson-sample-weight", "poisson", {}, counts, rates, weights),
    ]


def _cosine() -> list[dict]:
    rng = generator_for("cosine similarity")
    wanted, found = draw(rng, (ROWS, CLASSES), -2, 2), draw(rng, (ROWS, CLASSES), -2, 2)
    sequence, sequence_found = draw(rng, (2, STEPS, CLASSES), -2, 2), draw(rng, (2, STEPS, CLASSES), -2, 2)
    weights, mask = draw(rng, (ROWS,), 0.1, 3), np.array([[True, True, False], [False, True, True]])
    name = "cosineSimilarity"
    return [
        loss_case("cosine", name, {}, wanted, found),
        loss_case("cosine-sample-weight", name, {}, wanted, found, weights),
        loss_case("cosine-mask", name, {}, sequence, sequence_found, mask=mask),
    ]


def _ctc() -> list[dict]:
    rng = generator_for("ctc")
    labels = np.array([[1, 2, 4, 0], [3, 3, 0, 0], [0, 0, 0, 0], [2, 1, 2, 1], [1, 1, 1, 0], [4, 0, 0, 0]], np.int32)
    logits = draw(rng, (ROWS, 7, CLASSES), -4, 4)
    exact = np.array([[1, 2, 3], [2, 2, 0]], np.int32)
    confident = np.round(draw(rng, (2, 9, CLASSES), -40, 40))
    weights = draw(rng, (ROWS,), 0.1, 3)
    many = np.array([rng.integers(1, 12, size=15)], np.int32)
    return [
        loss_case("ctc", "ctc", {}, labels, logits),
        loss_case("ctc-sample-weight", "ctc", {}, labels, logits, weights),
        loss_case("ctc-as-long-as-the-steps", "ctc", {}, exact, draw(rng, (2, 3, CLASSES), -4, 4)),
        loss_case("ctc-confident", "ctc", {}, labels[:2], confident),
        loss_case("ctc-long", "ctc", {}, many, draw(rng, (1, 60, 12), -5, 5)),
    ]


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
