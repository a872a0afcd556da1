"""Dropout inside SimpleRNN, LSTM and GRU with given masks: what is multiplied by what, once the masks are drawn."""

import numpy as np

from support.drawn_numbers import generator_for
from support.layer_case import Call, Dropout, layer_case
from support.recurrent_cases import BATCH, INPUT_SIZE, STEPS, UNITS, drawn_call

FILE = "rnn-dropout.json"
RATE, RECURRENT_RATE = 0.25, 0.5
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def make() -> dict:
    return {
        "cases": [
            *_cases("simple-rnn", "SimpleRNN", {}),
            *_cases("lstm", "LSTM", {}),
            *_cases("gru", "GRU", {}),
            *_cases("gru-reset-before", "GRU", {"resetAfter": False}),
        ]
    }


def _cases(prefix: str, layer: str, options: dict) -> list[dict]:
    return [
        _case(f"{prefix}-dropout", layer, {**options, "dropout": RATE}),
        _case(f"{prefix}-recurrent-dropout", layer, {**options, "recurrentDropout": RECURRENT_RATE}),
        _case(f"{prefix}-both-dropouts", layer, {**options, "dropout": RATE, "recurrentDropout": RECURRENT_RATE}),
    ]


def _case(name: str, layer: str, options: dict) -> dict:
    """Recurrent dropout makes a cell draw one mask a gate, for its inputs as well; else it draws one in all."""
    rng = generator_for(f"{name} masks")
    count = GATES[layer] if "recurrentDropout" in options else 1
    dropout = Dropout(
        [_mask(rng, INPUT_SIZE, RATE) for _ in range(count if "dropout" in options else 0)],
        [_mask(rng, UNITS, RECURRENT_RATE) for _ in range(count if "recurrentDropout" in options else 0)],
    )
    given: Call = drawn_call(name, STEPS, None, 0)
    given.dropout = dropout
    return layer_case(name, layer, {"units": UNITS, **options, "returnSequences": True}, given)


def _mask(rng: np.random.Generator, size: int, rate: float) -> np.ndarray:
    kept = rng.uniform(size=(BATCH, size)) >= rate
    return (kept / (1 - rate)).astype(np.float32)
