"""Small inputs for layers that wrap others: batch 3, 5 steps, 4 features, 3 units; masks with gaps in three kinds."""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call

BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 3

MASKS = {
    "right": ["11111", "11100", "10000"],
    "left": ["11111", "00111", "00001"],
    "gap": ["10101", "01110", "11011"],
    "empty-row": ["10110", "00000", "01101"],
}


def small_call(
    name: str, mask: str | None = None, states: tuple = (), shape: tuple = (BATCH, STEPS, FEATURES)
) -> Call:
    """Inputs of `shape`, and an initial state for each shape in `states` (without the batch)."""
    rng = generator_for(f"{name} inputs")
    inputs = draw(rng, shape, -1.5, 1.5)
    initial = [draw(rng, (BATCH, *state), -0.9, 0.9) for state in states]
    return Call(inputs=inputs, mask=None if mask is None else mask_of(mask), initial_states=initial)


def mask_of(kind: str) -> np.ndarray:
    return np.array([[bit == "1" for bit in row] for row in MASKS[kind]])
