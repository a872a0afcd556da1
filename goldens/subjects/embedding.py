"""Embedding: rows of a table, the mask of `maskZero`, and the dense gradient of repeated and absent ids."""

import numpy as np

from support.drawn_numbers import generator_for
from support.layer_case import Call, layer_case

FILE = "embedding.json"
INPUT_DIM, OUTPUT_DIM = 11, 5


def make() -> dict:
    return {
        "cases": [
            _case("embedding-defaults", {}, (3, 7)),
            _case("embedding-mask-zero", {"maskZero": True}, (3, 7)),
            _case("embedding-mask-zero-empty-row", {"maskZero": True}, (3, 7), empty_row=1),
            _case("embedding-one-id-a-row", {}, (6,)),
            _case("embedding-rank-3", {"maskZero": True}, (2, 3, 5)),
            _case("embedding-many-repeats", {}, (3, 31), ids=3),
        ]
    }


def _case(name: str, options: dict, shape: tuple, empty_row: int | None = None, ids: int = INPUT_DIM - 1) -> dict:
    """Ids below `ids`: the last row of the table is never used, so its gradient is zero."""
    indices = generator_for(f"{name} inputs").integers(0, ids, size=shape).astype(np.int32)
    if empty_row is not None:
        indices[empty_row] = 0
    config = {"inputDim": INPUT_DIM, "outputDim": OUTPUT_DIM, **options}
    return layer_case(name, "Embedding", config, Call(inputs=indices))
