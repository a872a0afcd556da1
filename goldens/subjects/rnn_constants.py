"""A recurrent layer with a constant that every step sees. The constant is the last of `initialStates`."""

from support.context_rnn import ContextRNN
from support.layer_case import layer_case
from support.small_calls import UNITS, small_call

FILE = "rnn-constants.json"
CONTEXT = 2


def make() -> dict:
    return {"cases": [_case("last", {}, None), _case("backwards-mask-gap", {"goBackwards": True}, "gap")]}


def _case(what: str, options: dict, mask: str | None) -> dict:
    name = f"rnn-constants-{what}"
    config = {"units": UNITS, "contextSize": CONTEXT, "returnSequences": mask is not None, **options}
    call = small_call(name, mask, ((UNITS,), (CONTEXT,)))
    return layer_case(name, "ContextRNN", config, call, ContextRNN)
