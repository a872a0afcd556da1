"""Turns the camelCase options of the JSON files into the snake_case ones of Keras."""

import re

_NAMES_AS_VALUES = ("activation", "recurrentActivation")


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def keras_options(options: dict) -> dict:
    """Options for Keras: keys in snake_case, and the names of activations as well."""
    return {
        snake(key): snake(value) if key in _NAMES_AS_VALUES and isinstance(value, str) else value
        for key, value in options.items()
    }
