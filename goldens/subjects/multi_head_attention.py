"""MultiHeadAttention: sizes, output shapes, attention axes, gate, window, masks on each input, dropout as given."""

from support.drawn_numbers import generator_for
from support.several_inputs_case import drawn_inputs, several_inputs_case

FILE = "multi-head-attention.json"
QUERY, VALUE, KEY = (3, 5, 3), (3, 7, 2), (3, 7, 4)
PLANES = [(3, 2, 4, 3), (3, 2, 4, 5)]
QUERY_MASK = ["11100", "00111", "10110"]
VALUE_MASK = ["1111000", "0011111", "1011010"]
KEY_MASK = ["1110111", "0111111", "1111110"]
EMPTY_ROW = ["1111000", "0000000", "0111100"]
HEADS = {"numHeads": 3, "keyDim": 5}
SCORES = {"returnAttentionScores": True}
CAUSAL = {"useCausalMask": True}
ALL_MASKS = [QUERY_MASK, VALUE_MASK, KEY_MASK]


def make() -> dict:
    return {
        "cases": [
            _case("defaults", {}, shapes=[QUERY, KEY]),
            _case("key", {"valueDim": 2}),
            _case("no-bias", {"useBias": False, **SCORES}),
            _case("output-size", {"outputShape": 7}),
            _case("output-shape", {"outputShape": [2, 3], "valueDim": 7}),
            _case("itself", SCORES, shapes=[(3, 7, 3)]),
            _case("scores", SCORES),
            _case("gate", {"useGate": True, "valueDim": 2}),
            _case("query-mask", {}, [QUERY_MASK, None, None]),
            _case("value-mask", {}, [None, VALUE_MASK, None]),
            _case("masks", {}, ALL_MASKS),
            _case("masks-scores", SCORES, ALL_MASKS),
            _case("empty-row", {}, [None, EMPTY_ROW, None]),
            _case("empty-row-scores", SCORES, [None, EMPTY_ROW, None]),
            _case("causal", CAUSAL),
            _case("causal-scores", {**CAUSAL, **SCORES}),
            _case("causal-masks", CAUSAL, ALL_MASKS),
            _case("itself-causal-masks", CAUSAL, [VALUE_MASK], [(3, 7, 3)]),
            _case("window", {"slidingWindow": 2}),
            _case("window-causal-masks-scores", {"slidingWindow": 3, **CAUSAL, **SCORES}, ALL_MASKS),
            _case("axes-all", SCORES, shapes=PLANES),
            _case("axes-first", {"attentionAxes": 1, **SCORES}, shapes=[(3, 2, 4, 3), (3, 3, 4, 5)]),
            _case("axes-last", {"attentionAxes": -2, **SCORES}, shapes=[(3, 2, 4, 3), (3, 2, 5, 5)]),
            _case("axes-turned", {"attentionAxes": [2, 1], "outputShape": 2}, shapes=PLANES),
            _case("dropout", {"dropout": 0.4}, ALL_MASKS, drop=True),
            _case("dropout-scores", {"dropout": 0.4, **SCORES}, drop=True),
            _case("dropout-not-training", {"dropout": 0.4}, ALL_MASKS),
        ]
    }


def _case(
    what: str, options: dict, masks: list | None = None, shapes: list[tuple] | None = None, drop: bool = False
) -> dict:
    name = f"multi-head-attention-{what}"
    inputs = drawn_inputs(name, shapes or [QUERY, VALUE, KEY], masks)
    if drop:
        inputs.dropped = generator_for(f"{name} dropped").uniform(size=(3, 3, 5, 7)) < options["dropout"]
    return several_inputs_case(name, "MultiHeadAttention", {**HEADS, **options}, inputs)
