"""Add, Multiply and Concatenate: several inputs, stretched where they may be, with masks on some or all."""

from support.several_inputs_case import drawn_inputs, several_inputs_case

FILE = "merging.json"
FULL = (3, 5, 4)
RIGHT = ["11100", "11111", "10000"]
LEFT = ["00111", "00001", "11111"]
GAP = ["10110", "00000", "01101"]
ONE_STEP = ["1", "0", "1"]


def make() -> dict:
    return {
        "cases": [
            *(case for layer in ("Add", "Multiply") for case in _elementwise(layer)),
            _case("concatenate", "Concatenate", {}, [FULL, (3, 5, 3), (3, 5, 1)]),
            _case("concatenate-vectors", "Concatenate", {"axis": 1}, [(3, 5), (3, 3)]),
            _case("concatenate-steps", "Concatenate", {"axis": 1}, [FULL, (3, 1, 4), (3, 7, 4)]),
            _case("concatenate-rank-4", "Concatenate", {"axis": 2}, [(3, 5, 2, 3), (3, 5, 1, 3)]),
            _case("concatenate-steps-from-the-end", "Concatenate", {"axis": -2}, [FULL, (3, 1, 4)], [GAP, ONE_STEP]),
            _case("concatenate-masks", "Concatenate", {}, [FULL, (3, 5, 3)], [RIGHT, GAP]),
            _case("concatenate-one-mask", "Concatenate", {}, [FULL, (3, 5, 3)], [LEFT, None]),
            _case("concatenate-steps-masks", "Concatenate", {"axis": 1}, [FULL, (3, 1, 4)], [LEFT, ONE_STEP]),
            _case("concatenate-steps-one-mask", "Concatenate", {"axis": 1}, [(3, 1, 4), FULL], [None, GAP]),
        ]
    }


def _elementwise(layer: str) -> list[dict]:
    prefix = layer.lower()
    return [
        _case(f"{prefix}-three", layer, {}, [FULL, FULL, FULL]),
        _case(f"{prefix}-one", layer, {}, [FULL]),
        _case(f"{prefix}-vectors", layer, {}, [(3, 5), (3, 1)]),
        _case(f"{prefix}-stretched", layer, {}, [(3, 1, 4), (3, 5, 1), FULL]),
        _case(f"{prefix}-fewer-axes", layer, {}, [(3, 4), (3, 2, 5, 4), (3, 5, 1)]),
        _case(f"{prefix}-masks", layer, {}, [FULL, FULL, FULL], [RIGHT, LEFT, GAP]),
        _case(f"{prefix}-two-masks", layer, {}, [FULL, FULL], [RIGHT, GAP]),
        _case(f"{prefix}-one-mask", layer, {}, [FULL, FULL], [GAP, None]),
        _case(f"{prefix}-mask-fewer-axes", layer, {}, [(3, 4), FULL], [None, LEFT]),
        _case(f"{prefix}-mask-stretched", layer, {}, [(3, 1, 4), FULL], [ONE_STEP, RIGHT]),
    ]


def _case(name: str, layer: str, config: dict, shapes: list[tuple], masks: list | None = None) -> dict:
    return several_inputs_case(name, layer, config, drawn_inputs(name, shapes, masks))
