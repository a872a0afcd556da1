"""Test data drawn from a numpy Generator, the same in every run.

Each case draws from its own generator, seeded by its name, so that adding a case changes no other. Values have
three decimals: short in the file, and exactly the same float32 on both sides.
"""

import zlib

import numpy as np


def generator_for(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode("utf-8")))


def draw(rng: np.random.Generator, shape: tuple, low: float, high: float) -> np.ndarray:
    """Uniform values in [low, high), rounded to three decimals, as float32."""
    return np.round(rng.uniform(low, high, size=shape), 3).astype(np.float32)
