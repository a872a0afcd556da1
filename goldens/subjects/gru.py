"""GRU, both ways of resetting; gates in the order z, r, h. The default `resetAfter: true` is left unsaid."""

from support.recurrent_cases import UNITS, activation_case, long_case, stateful_case, variants

FILE = "gru.json"
ACTIVATIONS = [
    {"activation": "relu"},
    {"recurrentActivation": "hardSigmoid"},
    {"activation": "sigmoid", "recurrentActivation": "tanh"},
]


def make() -> dict:
    return {
        "cases": [
            *_cases("gru", {"units": UNITS}, ACTIVATIONS),
            *_cases("gru-reset-before", {"units": UNITS, "resetAfter": False}, ACTIVATIONS[-1:]),
        ]
    }


def _cases(prefix: str, given: dict, activations: list[dict]) -> list[dict]:
    return [
        *variants(prefix, "GRU", given, states=1),
        *(activation_case(prefix, "GRU", {**given, **options}) for options in activations),
        long_case(prefix, "GRU", given),
        stateful_case(prefix, "GRU", given),
    ]
