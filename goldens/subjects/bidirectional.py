"""Bidirectional: merge modes, masks, initial states, a backward layer of its own, states kept from call to call."""

from typing import Any

from support.layer_case import (
    built_layer,
    compare_with_float64,
    layer_case,
    recorded_answer,
    recorded_inputs,
    run,
    set_drawn_weights,
)
from support.nested_layers import factory_of
from support.small_calls import BATCH, FEATURES, STEPS, UNITS, small_call

FILE = "bidirectional.json"
LAYER = "Bidirectional"
SEQUENCES = {"returnSequences": True}
STATE = {"returnState": True}
BACKWARDS = {"goBackwards": True}
H, HC = [(UNITS,)], [(UNITS,), (UNITS,)]


def make() -> dict:
    cell = {"cell": {"layer": "GRUCell", "config": {"units": UNITS, "resetAfter": False}}}
    two_layers = {
        "layer": _inner("LSTM", SEQUENCES),
        "backwardLayer": {"layer": "GRU", "config": {"units": 5, **SEQUENCES, **BACKWARDS}},
    }
    mirrored = {
        "layer": _inner("LSTM", {**SEQUENCES, **BACKWARDS}),
        "backwardLayer": _inner("LSTM", SEQUENCES),
    }
    rnn = {"layer": {"layer": "RNN", "config": {**cell, **SEQUENCES, **STATE}}}
    return {
        "cases": [
            _case("lstm", _around("LSTM", {})),
            _case("simple-rnn-sequences", _around("SimpleRNN", SEQUENCES)),
            _case("gru-sum-sequences-state", _around("GRU", {**SEQUENCES, **STATE}, "sum"), "gap"),
            _case("simple-rnn-mul-sequences", _around("SimpleRNN", SEQUENCES, "mul"), "left"),
            _case("lstm-ave-sequences-state", _around("LSTM", {**SEQUENCES, **STATE}, "ave"), "right", HC + HC),
            _case("lstm-two-outputs-sequences-state", _around("LSTM", {**SEQUENCES, **STATE}, None), "gap", HC + HC),
            _case("gru-two-outputs-state", _around("GRU", STATE, None), "empty-row", H + H),
            _case("lstm-and-gru", two_layers, "gap"),
            _case("forward-layer-backwards", mirrored, "right"),
            _case("rnn-of-a-cell", rnn, "empty-row", H + H),
            _stateful("lstm-stateful", _around("LSTM", {**SEQUENCES, "stateful": True}), "gap"),
        ]
    }


def _inner(layer: str, options: dict) -> dict:
    return {"layer": layer, "config": {"units": UNITS, **options}}


def _around(layer: str, options: dict, merge_mode: str | None = "concat") -> dict:
    return {"layer": _inner(layer, options), **({} if merge_mode == "concat" else {"mergeMode": merge_mode})}


def _case(what: str, config: dict, mask: str | None = None, states: list | tuple = ()) -> dict:
    name = f"bidirectional-{what}" + (f"-mask-{mask}" if mask else "") + ("-initial-states" if states else "")
    return layer_case(name, LAYER, config, small_call(name, mask, tuple(states)), factory_of(LAYER))


def _stateful(what: str, config: dict, mask: str) -> dict:
    """Three calls of one layer, the states set back to zero before the third."""
    name = f"bidirectional-{what}-mask-{mask}"
    calls = [small_call(f"{name} call {index}", mask) for index in range(3)]
    layer, check = (built_layer(LAYER, config, calls[0], dtype, factory_of(LAYER)) for dtype in ("float32", "float64"))
    weights = set_drawn_weights(name, layer, check)
    recorded: list[dict[str, Any]] = []
    for index, call in enumerate(calls):
        if index == 2:
            layer.reset_state()
            check.reset_state()
        answer = run(layer, f"{name} call {index}", call)
        compare_with_float64(name, answer, run(check, name, call))
        recorded.append({"resetStatesBefore": index == 2, **recorded_inputs(call), **recorded_answer(call, answer)})
    return {
        "name": name,
        "layer": LAYER,
        "config": config,
        "inputShape": [BATCH, STEPS, FEATURES],
        "weights": weights,
        "training": False,
        "calls": recorded,
    }
