"""LSTM: gates in the order i, f, c, o; states h, c."""

from support.recurrent_cases import activation_case, long_case, stateful_case, variants

FILE = "lstm.json"
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
            *variants("lstm", "LSTM", {}, states=2),
            *(activation_case("lstm", "LSTM", options) for options in ACTIVATIONS),
            long_case("lstm", "LSTM", {}),
            stateful_case("lstm", "LSTM", {}),
            stateful_case("lstm", "LSTM", {}, mask="empty-row"),
        ]
    }
