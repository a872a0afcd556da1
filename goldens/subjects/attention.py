"""Attention and AdditiveAttention: scores, masks of query and value, the causal mask, dropout with a given mask."""

import numpy as np

from support.drawn_numbers import generator_for
from support.several_inputs_case import drawn_inputs, several_inputs_case

FILE = "attention.json"
QUERY, VALUE, KEY = (3, 5, 3), (3, 7, 5), (3, 7, 3)
QUERY_MASK = ["11100", "00111", "10110"]
VALUE_MASK = ["1111000", "0011111", "1011010"]
EMPTY_ROW = ["1111000", "0000000", "0111100"]
LEFT = ["0011111", "0000011", "1111111"]
SCORES = {"returnAttentionScores": True}
CAUSAL = {"useCausalMask": True}
MASKED = [QUERY_MASK, VALUE_MASK, None]


def make() -> dict:
    dot = [
        _case("attention-scale", "Attention", {"useScale": True, **SCORES}),
        _case("attention-concat", "Attention", {"scoreMode": "concat", **SCORES}),
        _case("attention-concat-scale-masks", "Attention", {"scoreMode": "concat", "useScale": True}, MASKED),
    ]
    additive = [_case("additive-attention-no-scale", "AdditiveAttention", {"useScale": False, **SCORES}, MASKED)]
    alike = [*_both("attention", "Attention"), *_both("additive-attention", "AdditiveAttention")]
    return {"cases": [*alike, *dot, *additive]}


def _both(prefix: str, layer: str) -> list[dict]:
    itself = (3, 7, 3)
    return [
        _case(f"{prefix}-defaults", layer, {}),
        _case(f"{prefix}-no-key", layer, SCORES, shapes=[QUERY, KEY], masks=[None, None]),
        _case(f"{prefix}-query-mask", layer, SCORES, [QUERY_MASK, None, None]),
        _case(f"{prefix}-value-mask", layer, {}, [None, VALUE_MASK, None]),
        _case(f"{prefix}-masks", layer, SCORES, MASKED),
        _case(f"{prefix}-key-mask", layer, {}, [None, None, LEFT]),
        _case(f"{prefix}-empty-row", layer, SCORES, [QUERY_MASK, EMPTY_ROW, None], noisy=True),
        _case(f"{prefix}-causal", layer, {**CAUSAL, **SCORES}),
        _case(f"{prefix}-causal-masks", layer, {**CAUSAL, **SCORES}, [QUERY_MASK, LEFT, None], noisy=True),
        _case(f"{prefix}-itself-causal-masks", layer, CAUSAL, [VALUE_MASK], shapes=[itself], noisy=True),
        _case(f"{prefix}-dropout", layer, {"dropout": 0.4, **SCORES}, MASKED, drop=True),
    ]


def _case(
    name: str,
    layer: str,
    config: dict,
    masks: list | None = None,
    shapes: list[tuple] | None = None,
    noisy: bool = False,
    drop: bool = False,
) -> dict:
    inputs = drawn_inputs(name, shapes or [QUERY, VALUE, KEY], masks)
    if drop:
        inputs.dropped = generator_for(f"{name} dropped").uniform(size=(3, 5, 7)) < config["dropout"]
    return several_inputs_case(name, layer, config, inputs, noisy)
