"""LayerNormalization: over one axis and several, with and without its scale and shift, masked and not."""

from support.layer_case import layer_case
from support.small_calls import small_call

FILE = "layer-normalization.json"


def make() -> dict:
    return {
        "cases": [
            _case("layer-normalization-defaults", {}),
            _case("layer-normalization-mask-gap", {"epsilon": 0.1}, mask="gap"),
            _case("layer-normalization-steps", {"axis": 1}),
            _case("layer-normalization-two-axes", {"axis": [-1, -2]}),
            _case("layer-normalization-no-center", {"center": False}),
            _case("layer-normalization-no-scale", {"scale": False, "epsilon": 1e-5}),
            _case("layer-normalization-plain", {"scale": False, "center": False}),
            _case("layer-normalization-rank-2", {}, shape=(3, 7)),
            _case("layer-normalization-rank-4-outer", {"axis": [1, 3]}, shape=(2, 3, 4, 5)),
        ]
    }


def _case(name: str, config: dict, mask: str | None = None, shape: tuple = (3, 5, 4)) -> dict:
    return layer_case(name, "LayerNormalization", config, small_call(name, mask=mask, shape=shape))
