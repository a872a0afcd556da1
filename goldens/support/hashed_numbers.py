"""Numbers that any language can make again: a 32-bit integer hash of the index, scaled.

hash(i, seed) is the finaliser of MurmurHash3 (public domain, Austin Appleby) on (i·0x9E3779B1 + seed) mod 2^32.
The same in TypeScript is in the README.
"""

import numpy as np


def hashed(count: int, seed: int) -> np.ndarray:
    """uint32 values of the indices 0 … count−1."""
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def hashed_uniform(shape: tuple, seed: int, limit: float) -> np.ndarray:
    """Values in [−limit, limit): limit·(2·hash/2^32 − 1) in float64, then rounded to float32."""
    unit = hashed(int(np.prod(shape)), seed).astype(np.float64) / 4294967296.0
    return (limit * (2.0 * unit - 1.0)).astype(np.float32).reshape(shape)


def hashed_integers(shape: tuple, seed: int, bound: int) -> np.ndarray:
    """Values in [0, bound): the hash modulo bound."""
    return (hashed(int(np.prod(shape)), seed) % np.uint32(bound)).astype(np.int32).reshape(shape)
