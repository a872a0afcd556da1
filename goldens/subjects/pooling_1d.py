"""Poolings over windows of steps and over all steps; the global mean with masks, which it alone of them heeds."""

from support.layer_case import layer_case
from support.small_calls import small_call

FILE = "pooling-1d.json"

WINDOWS = {
    "defaults": {"poolSize": 2},
    "overlapping": {"poolSize": 3, "strides": 1},
    "same": {"poolSize": 3, "strides": 2, "padding": "same"},
    "same-even": {"poolSize": 4, "strides": 3, "padding": "same"},
    "gaps": {"poolSize": 2, "strides": 3},
    "channels-first": {"poolSize": 3, "padding": "same", "dataFormat": "channels_first"},
}


def make() -> dict:
    return {
        "cases": [
            *(_case("MaxPooling1D", f"max-pooling-1d-{key}", config) for key, config in WINDOWS.items()),
            *(_case("AveragePooling1D", f"average-pooling-1d-{key}", config) for key, config in WINDOWS.items()),
            _case("GlobalMaxPooling1D", "global-max-pooling-1d", {}),
            _case("GlobalMaxPooling1D", "global-max-pooling-1d-keepdims", {"keepdims": True}),
            _case("GlobalMaxPooling1D", "global-max-pooling-1d-channels-first", {"dataFormat": "channels_first"}),
            _case("GlobalAveragePooling1D", "global-average-pooling-1d", {}),
            *(
                _case("GlobalAveragePooling1D", f"global-average-pooling-1d-mask-{mask}", {}, mask)
                for mask in ("right", "left", "gap")
            ),
            _case("GlobalAveragePooling1D", "global-average-pooling-1d-mask-keepdims", {"keepdims": True}, "gap"),
            _case(
                "GlobalAveragePooling1D",
                "global-average-pooling-1d-mask-channels-first",
                {"dataFormat": "channels_first", "keepdims": True},
                "right",
            ),
        ]
    }


def _case(layer: str, name: str, config: dict, mask: str | None = None) -> dict:
    steps = 7 if mask is None else 5
    shape = (3, 4, steps) if "dataFormat" in config else (3, steps, 4)
    return layer_case(name, layer, config, small_call(name, mask=mask, shape=shape))
