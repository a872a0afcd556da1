"""LSTM: gates in the order i, f, c, o; states h, c."""

from support.recurrent_cases import UNITS, activation_case, long_case, stateful_case, variants

FILE = "lstm.json"
DEFAULTS = {"units": UNITS}
ACTIVATIONS = [
    {"activation": "relu"},
    {"activation": "linear"},
    {"activation": "softsign"},
    {"recurrentActivation": "hardSigmoid"},
    {"recurrentActivation": "relu"},
    {"activation": "sigmoid", "recurrentActivation": "tanh"},
]


def make() -> dict:
    return {
        "cases": [
            *variants("lstm", "LSTM", DEFAULTS, states=2),
            *(activation_case("lstm", "LSTM", {**DEFAULTS, **options}) for options in ACTIVATIONS),
            long_case("lstm", "LSTM", DEFAULTS),
            stateful_case("lstm", "LSTM", DEFAULTS),
            stateful_case("lstm", "LSTM", DEFAULTS, mask="empty-row"),
        ]
    }
