"""Constraints: a weight before and after."""

import support.keras_on_cpu  # noqa: F401

import keras

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for
from support.golden_format import tensor

FILE = "constraints.json"

CASES = [
    ("max-norm", "MaxNorm", {}),
    ("max-norm-value", "MaxNorm", {"maxValue": 1.2}),
    ("max-norm-axis-1", "MaxNorm", {"maxValue": 1.2, "axis": 1}),
    ("max-norm-axes", "MaxNorm", {"maxValue": 1.2, "axis": [0, 1]}),
    ("non-neg", "NonNeg", {}),
    ("unit-norm", "UnitNorm", {}),
    ("unit-norm-axis-1", "UnitNorm", {"axis": 1}),
    ("min-max-norm", "MinMaxNorm", {}),
    ("min-max-norm-values", "MinMaxNorm", {"minValue": 0.9, "maxValue": 1.4}),
    ("min-max-norm-rate-axis-1", "MinMaxNorm", {"minValue": 1.5, "maxValue": 2, "rate": 0.3, "axis": 1}),
]


def make() -> dict:
    return {"cases": [_case(*case) for case in CASES]}


def _case(name: str, constraint: str, options: dict) -> dict:
    """The second column and the second row are small, so that lower bounds bite as well."""
    w = draw(generator_for(f"constraint {name}"), (5, 3), -1.5, 1.5)
    w[:, 1] *= 0.25
    w[1] *= 0.25
    result = getattr(keras.constraints, constraint)(**keras_options(options))(w)
    return {
        "name": name,
        "constraint": constraint,
        "options": options,
        "w": tensor(w),
        "result": tensor(result.numpy()),
    }
