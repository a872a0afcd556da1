"""RNN over StackedRNNCells: the order of states and weights, masks, directions."""

from support.layer_case import layer_case
from support.nested_layers import factory_of
from support.small_calls import small_call

FILE = "stacked-rnn-cells.json"
SEQUENCES = {"returnSequences": True}
EVERYTHING = {**SEQUENCES, "returnState": True}
CELLS = [("LSTMCell", {"units": 3}), ("GRUCell", {"units": 5, "resetAfter": False}), ("SimpleRNNCell", {"units": 2})]
TWO_LSTMS = [("LSTMCell", {"units": 3}), ("LSTMCell", {"units": 2, "unitForgetBias": False})]


def make() -> dict:
    return {
        "cases": [
            _case("three", CELLS, {}),
            _case("three-sequences-state", CELLS, EVERYTHING, "gap"),
            _case("two-lstms-backwards-sequences-state", TWO_LSTMS, {**EVERYTHING, "goBackwards": True}, "left"),
            _case("one", CELLS[:1], SEQUENCES),
            _case("two-zeros", CELLS[1:], {"zeroOutputForMask": True}, "right"),
            _case("two-zeros-backwards", CELLS[1:], {"zeroOutputForMask": True, "goBackwards": True}, "left"),
        ]
    }


def _case(what: str, cells: list, options: dict, mask: str | None = None) -> dict:
    name = f"stacked-rnn-cells-{what}" + (f"-mask-{mask}" if mask else "")
    inside = [{"layer": layer, "config": config} for layer, config in cells]
    config = {"cell": {"layer": "StackedRNNCells", "config": {"cells": inside}}, **options}
    return layer_case(name, "RNN", config, small_call(name, mask), factory_of("RNN"))
