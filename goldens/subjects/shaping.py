"""RepeatVector, Reshape, Permute: values moved about; and what noise layers do outside of training."""

from support.layer_case import layer_case
from support.small_calls import small_call

FILE = "shaping.json"


def make() -> dict:
    return {
        "cases": [
            _case("RepeatVector", "repeat-vector", {"n": 3}, (2, 5)),
            _case("Reshape", "reshape", {"targetShape": [2, 10]}, (3, 5, 4)),
            _case("Reshape", "reshape-free", {"targetShape": [3, -1, 2]}, (2, 6, 4)),
            _case("Reshape", "reshape-to-vector", {"targetShape": [-1]}, (2, 3, 5)),
            _case("Permute", "permute-2-1", {"dims": [2, 1]}, (3, 5, 4)),
            _case("Permute", "permute-3-1-2", {"dims": [3, 1, 2]}, (2, 3, 4, 5)),
            _case("SpatialDropout1D", "spatial-dropout-1d-inference", {"rate": 0.5}, (3, 5, 4), "gap"),
            _case("GaussianNoise", "gaussian-noise-inference", {"stddev": 0.5}, (3, 5, 4), "left"),
        ]
    }


def _case(layer: str, name: str, config: dict, shape: tuple, mask: str | None = None) -> dict:
    return layer_case(name, layer, config, small_call(name, mask=mask, shape=shape))
