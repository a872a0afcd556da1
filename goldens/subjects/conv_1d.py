"""Conv1D: paddings, strides, dilation, groups, activations. TensorFlow has no channels_first on the CPU."""

from support.layer_case import layer_case
from support.small_calls import small_call

FILE = "conv-1d.json"


def make() -> dict:
    return {
        "cases": [
            _case("conv-1d-defaults", {}),
            _case("conv-1d-strides", {"strides": 3, "kernelSize": 2}),
            _case("conv-1d-dilated", {"dilationRate": 2}),
            _case("conv-1d-same", {"padding": "same", "activation": "tanh"}),
            _case("conv-1d-same-even-strides", {"padding": "same", "kernelSize": 4, "strides": 2}),
            _case("conv-1d-same-strides-beyond-kernel", {"padding": "same", "kernelSize": 2, "strides": 4}),
            _case("conv-1d-same-dilated", {"padding": "same", "dilationRate": 3}),
            _case("conv-1d-causal", {"padding": "causal", "activation": "sigmoid"}),
            _case("conv-1d-causal-dilated", {"padding": "causal", "kernelSize": 2, "dilationRate": 3}),
            _case("conv-1d-causal-strides", {"padding": "causal", "strides": 2}),
            _case("conv-1d-groups", {"filters": 6, "groups": 2, "padding": "same"}),
            _case("conv-1d-depthwise", {"filters": 4, "groups": 4, "useBias": False}),
            _case("conv-1d-pointwise-no-bias", {"kernelSize": 1, "useBias": False, "activation": "tanh"}),
            _case("conv-1d-whole-length", {"kernelSize": 7}),
        ]
    }


def _case(name: str, options: dict) -> dict:
    config = {"filters": 5, "kernelSize": 3, **options}
    return layer_case(name, "Conv1D", config, small_call(name, shape=(2, 7, 4)))
