"""Bidirectional: merge modes, masks, initial states, a backward layer of its own, states kept from call to call."""

from support.layer_case import layer_case
from support.nested_layers import factory_of
from support.small_calls import UNITS, small_call
from support.stateful_case import stateful_case_of

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
    name = f"bidirectional-{what}-mask-{mask}"
    calls = [small_call(f"{name} call {index}", mask) for index in range(3)]
    return stateful_case_of(name, LAYER, config, calls, factory_of(LAYER))
