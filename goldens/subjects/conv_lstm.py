"""ConvLSTM1D and ConvLSTM2D: windows, masks, states, directions."""

from support.layer_case import Call, layer_case
from support.small_calls import BATCH, small_call
from support.stateful_case import stateful_case_of

FILE = "conv-lstm.json"
ROWS, PICTURES = (BATCH, 5, 6, 2), (BATCH, 5, 4, 3, 2)
EVERYTHING = {"returnSequences": True, "returnState": True}
ONE, TWO = "ConvLSTM1D", "ConvLSTM2D"


def make() -> dict:
    strided = {"filters": 2, "kernelSize": [2, 3], "strides": [2, 1], "padding": "same"}
    dilated = {"filters": 2, "kernelSize": 2, "dilationRate": [2, 1], "recurrentActivation": "hardSigmoid"}
    linear = {"filters": 2, "kernelSize": [3, 2], "useBias": False, "activation": "linear", "padding": "same"}
    return {
        "cases": [
            _case(ONE, "defaults", {"filters": 3, "kernelSize": 3}),
            _case(ONE, "strides-sequences-state", {"filters": 3, "kernelSize": 2, "strides": 2, **EVERYTHING}, "gap"),
            _case(
                ONE,
                "same-dilated-backwards-sequences-state",
                {"filters": 3, "kernelSize": 3, "padding": "same", "dilationRate": 2, "goBackwards": True, **EVERYTHING},
                "right",
                [(6, 3), (6, 3)],
            ),
            _case(ONE, "even-window-of-the-state", {"filters": 2, "kernelSize": 4, "padding": "same"}),
            _case(TWO, "defaults", {"filters": 3, "kernelSize": 2}),
            _case(TWO, "strides-same-sequences-state", {**strided, **EVERYTHING}, "left", [(2, 3, 2), (2, 3, 2)]),
            _case(TWO, "dilated", dilated, "empty-row"),
            _case(TWO, "no-bias-linear-backwards-sequences", {**linear, "goBackwards": True, "returnSequences": True}),
            _stateful(ONE, {"filters": 2, "kernelSize": 3, "padding": "same"}, "gap"),
        ]
    }


def _case(layer: str, what: str, config: dict, mask: str | None = None, states: list | tuple = ()) -> dict:
    name = f"{layer}-{what}" + (f"-mask-{mask}" if mask else "") + ("-initial-states" if states else "")
    return layer_case(name, layer, config, _call(layer, name, mask, states))


def _call(layer: str, name: str, mask: str | None = None, states: list | tuple = ()) -> Call:
    return small_call(name, mask, tuple(states), ROWS if layer == ONE else PICTURES)


def _stateful(layer: str, options: dict, mask: str) -> dict:
    name = f"{layer}-stateful-mask-{mask}"
    calls = [_call(layer, f"{name} call {index}", mask) for index in range(3)]
    return stateful_case_of(name, layer, {**options, **EVERYTHING, "stateful": True}, calls)
