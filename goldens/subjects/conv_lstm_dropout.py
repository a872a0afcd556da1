"""Dropout inside a convolutional LSTM with given masks: one a gate, for its inputs and for its states."""

import numpy as np

from support.drawn_numbers import generator_for
from support.layer_case import Dropout, layer_case
from support.small_calls import BATCH, STEPS, small_call

FILE = "conv-lstm-dropout.json"
LAYER = "ConvLSTM1D"
OPTIONS = {"filters": 2, "kernelSize": 3, "strides": 2, "returnSequences": True}
SEEN, STATE = (6, 2), (2, 2)
RATE, RECURRENT_RATE, GATES = 0.25, 0.5, 4


def make() -> dict:
    both = {"dropout": RATE, "recurrentDropout": RECURRENT_RATE}
    return {"cases": [_case("dropout", {"dropout": RATE}), _case("both-dropouts", both)]}


def _case(what: str, rates: dict) -> dict:
    name = f"conv-lstm-{what}"
    rng = generator_for(f"{name} masks")
    call = small_call(name, shape=(BATCH, STEPS, *SEEN))
    call.dropout = Dropout(
        [_mask(rng, SEEN, RATE) for _ in range(GATES if "dropout" in rates else 0)],
        [_mask(rng, STATE, RECURRENT_RATE) for _ in range(GATES if "recurrentDropout" in rates else 0)],
    )
    return layer_case(name, LAYER, {**OPTIONS, **rates}, call)


def _mask(rng: np.random.Generator, shape: tuple, rate: float) -> np.ndarray:
    kept = rng.uniform(size=(BATCH, *shape)) >= rate
    return (kept / (1 - rate)).astype(np.float32)
