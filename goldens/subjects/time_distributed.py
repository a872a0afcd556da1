"""TimeDistributed: a layer at every step, with and without a mask, and around layers that have steps of their own."""

from support.layer_case import layer_case
from support.nested_layers import factory_of
from support.small_calls import BATCH, FEATURES, STEPS, UNITS, small_call

FILE = "time-distributed.json"
LAYER = "TimeDistributed"
CLIPS = (BATCH, STEPS, 2, FEATURES)


def make() -> dict:
    dense = {"layer": "Dense", "config": {"units": UNITS, "activation": "tanh"}}
    flatten = {"layer": "Flatten", "config": {}}
    gru = {"layer": "GRU", "config": {"units": UNITS, "returnSequences": True}}
    both = {"layer": "Bidirectional", "config": {"layer": {"layer": "SimpleRNN", "config": {"units": UNITS}}}}
    return {
        "cases": [
            _case("dense", dense),
            _case("dense-mask-gap", dense, "gap"),
            _case("flatten", flatten, shape=CLIPS),
            _case("gru-sequences", gru, shape=CLIPS),
            _case("bidirectional", both, shape=CLIPS),
        ]
    }


def _case(what: str, layer: dict, mask: str | None = None, shape: tuple = (BATCH, STEPS, FEATURES)) -> dict:
    name = f"time-distributed-{what}"
    return layer_case(name, LAYER, {"layer": layer}, small_call(name, mask, shape=shape), factory_of(LAYER))
