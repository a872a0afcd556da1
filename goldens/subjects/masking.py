"""Masking: steps in which every feature equals `maskValue` become zeros, and a mask."""

import numpy as np

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call, layer_case

FILE = "masking.json"
SHAPE = (3, 7, 5)


def make() -> dict:
    return {
        "cases": [
            _case("masking-defaults", {}, [(0, 2), (0, 6), (2, 0), (2, 1)]),
            _case("masking-value", {"maskValue": -1.5}, [(0, 0), (1, 3), (1, 4)]),
            _case("masking-nothing", {}, []),
            _case("masking-empty-row", {"maskValue": 0.25}, [(1, step) for step in range(SHAPE[1])]),
        ]
    }


def _case(name: str, config: dict, masked: list[tuple[int, int]]) -> dict:
    """In the last step of the last row all features but one have the mask value: it is not masked."""
    value = config.get("maskValue", 0)
    inputs = draw(generator_for(f"{name} inputs"), SHAPE, -1.5, 1.5)
    inputs[2, 6, 1:] = value
    for row, step in masked:
        inputs[row, step] = np.float32(value)
    return layer_case(name, "Masking", config, Call(inputs=inputs))
