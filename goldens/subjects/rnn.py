"""RNN over a cell: the built-in cells, and the minimal gated unit as a cell of the user's own."""

import support.keras_on_cpu  # noqa: F401

import keras

from support.camel_case import keras_options
from support.layer_case import layer_case
from support.minimal_gated_unit import MinimalGatedUnitCell
from support.recurrent_cases import DRIVER_VARIANTS, EVERYTHING, STEPS, UNITS, drawn_call, variants

FILE = "rnn.json"
OWN_CELL = "MinimalGatedUnitCell"


def make() -> dict:
    return {
        "cases": [
            *_cases("simple-rnn-cell", "SimpleRNNCell", {}, states=1),
            *_cases("lstm-cell", "LSTMCell", {}, states=2),
            *_cases("gru-cell", "GRUCell", {"resetAfter": False}, states=1),
            *_cases("minimal-gated-unit", OWN_CELL, {}, states=1),
            _zeroed("simple-rnn-cell-zero-output-for-mask", "SimpleRNNCell", 1, "gap", {}),
            _zeroed("lstm-cell-zero-output-for-mask-backwards", "LSTMCell", 2, "empty-row", {"goBackwards": True}),
        ]
    }


def _cases(prefix: str, cell: str, options: dict, states: int) -> list[dict]:
    return variants(f"rnn-{prefix}", "RNN", _cell(cell, options), states, _rnn, DRIVER_VARIANTS)


def _zeroed(what: str, cell: str, states: int, mask: str, options: dict) -> dict:
    """The option of Keras' RNN alone to give zeros, and not the last output, for masked steps."""
    name = f"rnn-{what}"
    config = {**_cell(cell, {}), **EVERYTHING, **options, "zeroOutputForMask": True}
    return layer_case(name, "RNN", config, drawn_call(name, STEPS, mask, states), _rnn)


def _cell(cell: str, options: dict) -> dict:
    return {"cell": {"layer": cell, "config": {"units": UNITS, **options}}}


def _rnn(dtype: str, cell: dict, **options) -> keras.layers.RNN:
    cell_class = MinimalGatedUnitCell if cell["layer"] == OWN_CELL else getattr(keras.layers, cell["layer"])
    return keras.layers.RNN(cell_class(dtype=dtype, **keras_options(cell["config"])), dtype=dtype, **options)
