"""SimpleRNN, LSTM and GRU where fused kernels have their corners.

Sizes with and without a remainder to blocks of four and eight, one row, one step, steps that are masked in every row,
and masks together with directions, initial states, other activations, dropout and no bias.
"""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call, Dropout, layer_case

FILE = "recurrent-corners.json"
SMALL, WIDE, EVEN = (3, 5, 3, 5), (5, 4, 5, 9), (4, 2, 4, 8)  # batch, steps, input size, units
EVERYTHING = {"returnSequences": True, "returnState": True}
BACKWARDS = {"goBackwards": True}

MASKS = {
    "right": ["11111", "11100", "10000"],
    "left": ["11111", "00011", "00001"],
    "gap": ["10110", "01101", "10001"],
    "columns": ["01010", "00010", "01010"],
    "nothing": ["00000", "00000", "00000"],
    "wide": ["1101", "0100", "0000", "1001", "0101"],
}

# (what the name says, options, mask, with initial states)
_MASKED: list[tuple[str, dict, str, bool]] = [
    ("right-backwards", BACKWARDS, "right", False),
    ("right-initial-states", {}, "right", True),
    ("left-backwards-everything", {**BACKWARDS, **EVERYTHING}, "left", False),
    ("left-backwards-initial-states-state", {**BACKWARDS, "returnState": True}, "left", True),
    ("gap-initial-states-everything", EVERYTHING, "gap", True),
    ("gap-backwards", BACKWARDS, "gap", False),
    ("columns-initial-states-everything", EVERYTHING, "columns", True),
    ("columns-backwards", BACKWARDS, "columns", False),
    ("nothing-initial-states-everything", EVERYTHING, "nothing", True),
    ("nothing-backwards-state", {**BACKWARDS, "returnState": True}, "nothing", False),
    ("no-bias-gap-backwards-everything", {"useBias": False, **BACKWARDS, **EVERYTHING}, "gap", True),
]
_SIZES: list[tuple[str, tuple, dict, str | None, bool]] = [
    ("wide-backwards-everything", WIDE, {**BACKWARDS, **EVERYTHING}, "wide", True),
    ("wide", WIDE, {}, None, False),
    ("even-everything", EVEN, EVERYTHING, None, True),
    ("one-row-sequences", (1, 5, 3, 5), {"returnSequences": True}, None, False),
    ("one-step-state", (3, 1, 3, 5), {"returnState": True}, None, True),
    ("one-of-all", (1, 1, 1, 3), EVERYTHING, None, True),
]
_DROPOUTS: list[tuple[str, dict]] = [
    ("dropout-gap-backwards-everything", {"dropout": 0.25, **BACKWARDS, **EVERYTHING}),
    ("recurrent-dropout-gap-state", {"recurrentDropout": 0.5, "returnState": True}),
    ("both-dropouts-gap-everything", {"dropout": 0.25, "recurrentDropout": 0.5, **EVERYTHING}),
]
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
GATED = [
    {"activation": "relu"},
    {"activation": "linear", "recurrentActivation": "hardSigmoid"},
    {"activation": "elu", "recurrentActivation": "softsign"},
]


def make() -> dict:
    plain = [{"activation": name} for name in ("relu", "linear", "sigmoid", "softsign")]
    return {
        "cases": [
            *_cases("simple-rnn", "SimpleRNN", {}, 1, plain),
            *_cases("lstm", "LSTM", {}, 2, GATED),
            *_cases("gru", "GRU", {}, 1, GATED),
            *_cases("gru-reset-before", "GRU", {"resetAfter": False}, 1, GATED),
        ]
    }


def _cases(prefix: str, layer: str, options: dict, states: int, activations: list[dict]) -> list[dict]:
    sizes = [(what, size, {**options, **more}, mask, initial) for what, size, more, mask, initial in _SIZES]
    masked = [(what, SMALL, {**options, **more}, mask, initial) for what, more, mask, initial in _MASKED]
    active = [
        ("-".join(more.values()), SMALL, {**options, **more, **BACKWARDS, **EVERYTHING}, "gap", True)
        for more in activations
    ]
    dropped = [(what, SMALL, {**options, **more}, "gap", True) for what, more in _DROPOUTS]
    return [
        _case(f"{prefix}-corner-{what}", layer, size, config, mask, states if initial else 0)
        for what, size, config, mask, initial in [*sizes, *masked, *active, *dropped]
    ]


def _case(name: str, layer: str, size: tuple, options: dict, mask: str | None, states: int) -> dict:
    batch, steps, input_size, units = size
    rng = generator_for(f"{name} inputs")
    call = Call(
        inputs=draw(rng, (batch, steps, input_size), -1.5, 1.5),
        mask=None if mask is None else np.array([[bit == "1" for bit in row] for row in MASKS[mask]]),
        initial_states=[draw(rng, (batch, units), -0.9, 0.9) for _ in range(states)],
        dropout=_dropout(name, layer, size, options),
    )
    return layer_case(name, layer, {"units": units, **options}, call)


def _dropout(name: str, layer: str, size: tuple, options: dict) -> Dropout | None:
    """A mask for all gates, or one for each where there is recurrent dropout: see the README."""
    batch, _, input_size, units = size
    rng = generator_for(f"{name} masks")
    count = GATES[layer] if "recurrentDropout" in options else 1
    masks = [
        [(rng.uniform(size=(batch, width)) >= options[rate]) / (1 - options[rate]) for _ in range(count)]
        if rate in options
        else []
        for rate, width in (("dropout", input_size), ("recurrentDropout", units))
    ]
    return Dropout(*([mask.astype(np.float32) for mask in kind] for kind in masks)) if any(masks) else None
