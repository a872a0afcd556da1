"""Flatten: all axes but the batch become one."""

from support.drawn_numbers import draw, generator_for
from support.layer_case import Call, layer_case

FILE = "flatten.json"


def make() -> dict:
    return {
        "cases": [
            _case("flatten-rank-2", {}, (3, 5)),
            _case("flatten-rank-3", {}, (3, 7, 5)),
            _case("flatten-rank-4", {}, (2, 3, 7, 5)),
            _case("flatten-rank-1", {}, (3,)),
            _case("flatten-channels-first", {"dataFormat": "channels_first"}, (2, 3, 7, 5)),
        ]
    }


def _case(name: str, config: dict, shape: tuple) -> dict:
    return layer_case(name, "Flatten", config, Call(inputs=draw(generator_for(f"{name} inputs"), shape, -1.5, 1.5)))
