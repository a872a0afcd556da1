"""GRU, both ways of resetting; gates in the order z, r, h. The default `resetAfter: true` is left unsaid."""

from support.recurrent_cases import activation_case, long_case, stateful_case, variants

FILE = "gru.json"
ACTIVATIONS = [
    {"activation": "relu"},
    {"recurrentActivation": "hardSigmoid"},
    {"activation": "sigmoid", "recurrentActivation": "tanh"},
]


def make() -> dict:
    return {
        "cases": [
            *_cases("gru", {}, ACTIVATIONS),
            *_cases("gru-reset-before", {"resetAfter": False}, ACTIVATIONS[-1:]),
        ]
    }


def _cases(prefix: str, reset: dict, activations: list[dict]) -> list[dict]:
    return [
        *variants(prefix, "GRU", reset, states=1),
        *(activation_case(prefix, "GRU", {**options, **reset}) for options in activations),
        long_case(prefix, "GRU", reset),
        stateful_case(prefix, "GRU", reset),
    ]
