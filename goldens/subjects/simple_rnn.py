"""SimpleRNN: h' = activation(x·kernel + bias + h·recurrentKernel)."""

from support.recurrent_cases import UNITS, activation_case, long_case, stateful_case, variants

FILE = "simple-rnn.json"
DEFAULTS = {"units": UNITS}
ACTIVATIONS = [
    "relu", "sigmoid", "linear", "softmax", "elu", "selu", "softplus", "softsign", "gelu", "silu",
    "hardSigmoid", "leakyRelu", "mish", "relu6",
]  # fmt: skip


def make() -> dict:
    return {
        "cases": [
            *variants("simple-rnn", "SimpleRNN", DEFAULTS, states=1),
            *(activation_case("simple-rnn", "SimpleRNN", {**DEFAULTS, "activation": name}) for name in ACTIVATIONS),
            long_case("simple-rnn", "SimpleRNN", DEFAULTS),
            stateful_case("simple-rnn", "SimpleRNN", DEFAULTS),
            stateful_case("simple-rnn", "SimpleRNN", DEFAULTS, mask="empty-row"),
        ]
    }
