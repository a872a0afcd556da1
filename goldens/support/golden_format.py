"""Writes golden numbers as JSON that a TypeScript test reads without loss.

A float32 is printed with the fewest digits that give the same float32 back; `new Float32Array(values)` restores
every bit. A tensor takes one line. NaN and infinities are refused: JSON has none, and a golden number should not
be one.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

GOLDENS = Path(__file__).resolve().parent.parent


def tensor(array: Any) -> dict:
    """A tensor as `{shape, values}`; integers get `dtype: "int32"`, booleans become 0 and 1."""
    array = np.asarray(array)
    if array.dtype == bool:
        return {"shape": list(array.shape), "values": array.astype(np.int32).ravel()}
    if np.issubdtype(array.dtype, np.integer):
        return {"shape": list(array.shape), "dtype": "int32", "values": array.astype(np.int32).ravel()}
    return {"shape": list(array.shape), "values": array.astype(np.float32).ravel()}


def write_golden(file_name: str, content: dict | str) -> Path:
    """Writes `content` to goldens/`file_name`: text as it is, all else as JSON with its keys in the order given."""
    path = GOLDENS / file_name
    path.write_text(content if isinstance(content, str) else _render(content, "") + "\n", encoding="utf-8")
    return path


def _render(value: Any, indent: str) -> str:
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return "[" + ",".join(_number(v) for v in value) + "]"
    if isinstance(value, dict) and not _on_one_line(value):
        inner = indent + " "
        entries = [f"{inner}{json.dumps(key)}: {_render(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_render(v, indent)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, (dict, list, np.ndarray)) for item in value):
        inner = indent + " "
        return "[\n" + ",\n".join(inner + _render(item, inner) for item in value) + f"\n{indent}]"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_render(item, indent) for item in value) + "]"
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value)
    return _number(value)


def _on_one_line(value: dict) -> bool:
    """Tensors and flat objects (a layer's options) read best on one line."""
    return "values" in value or not any(isinstance(item, (dict, list, tuple, np.ndarray)) for item in value.values())


def _number(value: Any) -> str:
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if not math.isfinite(value):
        raise ValueError(f"a golden number must be finite, got {value}")
    text = str(value) if isinstance(value, np.float32) else repr(float(value))
    return text[:-2] if text.endswith(".0") else text
