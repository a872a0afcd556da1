"""The cases that SimpleRNN, LSTM, GRU and RNN share: masks, directions, states, stateful calls, a long sequence.

Batch 3, 7 steps, input size 6, 5 units: all different, none a multiple of four.
"""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call, LayerFactory, layer_case
from support.stateful_case import stateful_case_of

BATCH, STEPS, INPUT_SIZE, UNITS = 3, 7, 6, 5
LONG_STEPS = 23

MASKS = {
    "right": ["1111111", "1111000", "1100000"],
    "left": ["1111111", "0001111", "0000011"],
    "gap": ["1011001", "0110110", "1111011"],
    "empty-row": ["1011010", "0000000", "0111100"],
}

EVERYTHING = {"returnSequences": True, "returnState": True}

# (what the name says, options, mask, with initial states)
_VARIANTS: list[tuple[str, dict, str | None, bool]] = [
    ("defaults", {}, None, False),
    ("no-bias", {"useBias": False, "returnSequences": True}, None, False),
    ("sequences", {"returnSequences": True}, None, False),
    ("state", {"returnState": True}, None, False),
    ("sequences-state", EVERYTHING, None, False),
    ("backwards", {"goBackwards": True}, None, False),
    ("backwards-sequences-state", {"goBackwards": True, **EVERYTHING}, None, False),
    ("initial-states", {}, None, True),
    ("initial-states-backwards-sequences-state", {"goBackwards": True, **EVERYTHING}, None, True),
    ("mask-right-sequences-state", EVERYTHING, "right", False),
    ("mask-left", {}, "left", False),
    ("mask-left-sequences-state-initial-states", EVERYTHING, "left", True),
    ("mask-gap-state", {"returnState": True}, "gap", False),
    ("mask-gap-sequences", {"returnSequences": True}, "gap", False),
    ("mask-gap-backwards-sequences-state", {"goBackwards": True, **EVERYTHING}, "gap", True),
    ("mask-empty-row-state", {"returnState": True}, "empty-row", True),
    ("mask-empty-row-sequences-state", EVERYTHING, "empty-row", True),
    ("mask-empty-row-backwards-sequences", {"goBackwards": True, "returnSequences": True}, "empty-row", False),
]


# The few that show whether a cell, known to be right in its own layer, is driven rightly.
DRIVER_VARIANTS = {
    "defaults",
    "initial-states-backwards-sequences-state",
    "mask-left-sequences-state-initial-states",
    "mask-gap-backwards-sequences-state",
    "mask-empty-row-sequences-state",
}


def variants(
    prefix: str,
    layer_name: str,
    options: dict,
    states: int,
    factory: LayerFactory | None = None,
    only: set[str] | None = None,
) -> list[dict]:
    """The shared cases of a layer, or some; `states` says how many state tensors it carries."""
    cases = []
    for what, extra, mask, initial in _VARIANTS:
        if only is not None and what not in only:
            continue
        name = f"{prefix}-{what}"
        call = drawn_call(name, STEPS, mask, states if initial else 0)
        cases.append(layer_case(name, layer_name, {**options, **extra}, call, factory))
    return cases


def long_case(prefix: str, layer_name: str, options: dict) -> dict:
    """23 steps of 2 rows with every output: errors that build up from step to step."""
    name = f"{prefix}-long"
    return layer_case(
        name,
        layer_name,
        {**options, **EVERYTHING},
        drawn_call(name, LONG_STEPS, None, 0, batch=2),
    )


def activation_case(prefix: str, layer_name: str, options: dict) -> dict:
    name = "-".join([prefix, *(value for value in options.values() if isinstance(value, str))])
    return layer_case(
        name,
        layer_name,
        {**options, "returnSequences": True},
        drawn_call(name, STEPS, None, 0),
    )


def stateful_case(prefix: str, layer_name: str, options: dict, mask: str | None = None) -> dict:
    """Three calls of one stateful layer, the states set back to zero before the third."""
    name = f"{prefix}-stateful" + (f"-mask-{mask}" if mask else "")
    config = {**options, **EVERYTHING, "stateful": True}
    calls = [drawn_call(f"{name} call {index}", STEPS, mask, 0) for index in range(3)]
    return stateful_case_of(name, layer_name, config, calls)


def drawn_call(name: str, steps: int, mask: str | None, states: int, batch: int = BATCH) -> Call:
    rng = generator_for(f"{name} inputs")
    inputs = draw(rng, (batch, steps, INPUT_SIZE), -1.5, 1.5)
    initial = [draw(rng, (batch, UNITS), -0.9, 0.9) for _ in range(states)]
    return Call(inputs=inputs, mask=None if mask is None else _bits(MASKS[mask]), initial_states=initial)


def _bits(rows: list[str]) -> np.ndarray:
    return np.array([[bit == "1" for bit in row] for row in rows])
