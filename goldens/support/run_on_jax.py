"""Runs a task of `hundred_steps` on Keras' JAX backend, in a process of its own (a process has one backend).

As a program: `python -m support.run_on_jax OUTPUT.npz MODULE FUNCTION [ARGUMENT ...]`, where FUNCTION(*arguments)
returns the task.
"""

import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def run_on_jax(module: str, function: str, *arguments: str):
    from support.golden_format import GOLDENS
    from support.hundred_steps import Run

    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "run.npz")
        command = [sys.executable, "-m", "support.run_on_jax", output, module, function, *arguments]
        subprocess.run(command, check=True, cwd=GOLDENS, env={**os.environ, "KERAS_BACKEND": "jax"})
        with np.load(output) as saved:
            weights = [saved[f"weight{index}"] for index in range(len(saved) - 2)]
            return Run(saved["losses"], saved["accuracies"], weights)


def main(output: str, module: str, function: str, *arguments: str) -> None:
    from support.hundred_steps import train

    run = train(getattr(importlib.import_module(module), function)(*arguments), "jax")
    weights = {f"weight{index}": weight for index, weight in enumerate(run.weights)}
    np.savez(output, losses=run.losses, accuracies=run.accuracies, **weights)


if __name__ == "__main__":
    main(*sys.argv[1:])
