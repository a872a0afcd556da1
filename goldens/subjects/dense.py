"""Dense: activation(x·kernel + bias) over the last axis, for inputs of rank 2, 3 and 4."""

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call, layer_case

FILE = "dense.json"
UNITS = 5
ACTIVATIONS = ["relu", "sigmoid", "tanh", "softmax", "gelu", "elu"]


def make() -> dict:
    return {
        "cases": [
            _case("dense-defaults", {}, (3, 7)),
            _case("dense-no-bias", {"useBias": False}, (3, 7)),
            _case("dense-rank-3", {}, (3, 6, 7)),
            _case("dense-rank-3-no-bias-tanh", {"useBias": False, "activation": "tanh"}, (3, 6, 7)),
            _case("dense-rank-4", {"activation": "sigmoid"}, (2, 3, 5, 7)),
            _case("dense-rank-3-softmax", {"activation": "softmax"}, (3, 6, 7)),
            *(_case(f"dense-{name}", {"activation": name}, (3, 7)) for name in ACTIVATIONS),
            _case("dense-one-unit-sigmoid", {"activation": "sigmoid", "units": 1}, (6, 33)),
        ]
    }


def _case(name: str, options: dict, shape: tuple) -> dict:
    inputs = draw(generator_for(f"{name} inputs"), shape, -1.5, 1.5)
    return layer_case(name, "Dense", {"units": UNITS, **options}, Call(inputs=inputs))
