"""Three calls of one stateful layer, the states set back to zero before the third."""

from typing import Any

from support.layer_case import (
    Call,
    LayerFactory,
    built_layer,
    compare_with_float64,
    recorded_answer,
    recorded_inputs,
    run,
    set_drawn_weights,
)


def stateful_case_of(
    name: str, layer_name: str, config: dict, calls: list[Call], factory: LayerFactory | None = None
) -> dict:
    layer, check = (built_layer(layer_name, config, calls[0], dtype, factory) for dtype in ("float32", "float64"))
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
        "layer": layer_name,
        "config": config,
        "inputShape": list(calls[0].inputs.shape),
        "weights": weights,
        "training": False,
        "calls": recorded,
    }
