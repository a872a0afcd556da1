"""Learning-rate schedules: the rate of each of the first batches, and of some late ones."""

import support.keras_on_cpu  # noqa: F401

import numpy as np

from support.keras_schedules import keras_schedule

FILE = "schedules.json"
STEPS = [*range(41), 99, 100, 101, 640, 1000, 12345]

CASES = [
    ("exponentialDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.9}),
    ("exponentialDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.9, "staircase": True}),
    ("inverseTimeDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.3}),
    ("inverseTimeDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.3, "staircase": True}),
    ("polynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 30}),
    ("polynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 30, "endLearningRate": 0.01, "power": 0.5}),
    ("polynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 13, "power": 2.0, "cycle": True}),
    ("piecewiseConstantDecay", {"boundaries": [5, 12, 100], "values": [0.1, 0.03, 0.02, 0.001]}),
    ("cosineDecay", {"initialLearningRate": 0.1, "decaySteps": 30}),
    ("cosineDecay", {"initialLearningRate": 0.1, "decaySteps": 33, "alpha": 0.2}),
    ("cosineDecay", {"initialLearningRate": 0.0, "decaySteps": 30, "warmupTarget": 0.1, "warmupSteps": 7}),
    (
        "cosineDecay",
        {"initialLearningRate": 0.01, "decaySteps": 20, "alpha": 0.1, "warmupTarget": 0.1, "warmupSteps": 10},
    ),
    ("cosineDecayRestarts", {"initialLearningRate": 0.1, "firstDecaySteps": 7}),
    ("cosineDecayRestarts", {"initialLearningRate": 0.1, "firstDecaySteps": 6, "tMul": 1.0, "mMul": 0.8}),
    (
        "cosineDecayRestarts",
        {"initialLearningRate": 0.1, "firstDecaySteps": 9, "tMul": 1.5, "mMul": 0.9, "alpha": 0.1},
    ),
]


def make() -> dict:
    return {"steps": np.array(STEPS), "cases": [_case(*case) for case in CASES]}


def _case(name: str, config: dict) -> dict:
    schedule = keras_schedule({"name": name, "config": config})
    return {"name": name, "config": config, "rates": np.array([float(schedule(step)) for step in STEPS], np.float32)}
