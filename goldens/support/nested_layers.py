"""Keras layers with layers and cells inside, from the options of the JSON files.

Inside a config stands `{"layer": "LSTM", "config": {...}}`, under `layer`, `backwardLayer`, `cell` or, in a list, `cells`.
"""

import support.keras_on_cpu  # noqa: F401

import keras

from support.camel_case import keras_options
from support.layer_case import LayerFactory

_PARTS = ("layer", "backward_layer", "cell")


def factory_of(layer_name: str) -> LayerFactory:
    """Makes a layer of that class from options whose keys are Keras' already, parts excepted."""

    def make(dtype: str, **options) -> keras.Layer:
        for key in _PARTS:
            if key in options:
                options[key] = _part(dtype, options[key])
        if "cells" in options:
            options["cells"] = [_part(dtype, cell) for cell in options["cells"]]
        return getattr(keras.layers, layer_name)(dtype=dtype, **options)

    return make


def _part(dtype: str, part: dict) -> keras.Layer:
    return factory_of(part["layer"])(dtype=dtype, **keras_options(part["config"]))
