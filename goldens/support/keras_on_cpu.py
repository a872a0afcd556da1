"""Starts Keras in one reproducible way. Import this before keras or tensorflow.

One CPU thread, no oneDNN (it reorders sums by processor), deterministic ops. The backend is TensorFlow unless
the environment variable KERAS_BACKEND names another.
"""

import os
import sys

if "tensorflow" in sys.modules or "jax" in sys.modules:
    raise ImportError("import support.keras_on_cpu before keras, tensorflow or jax: they read their settings once")

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras


def _make_tensorflow_deterministic() -> None:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


if keras.backend.backend() == "tensorflow":
    _make_tensorflow_deterministic()
keras.utils.set_random_seed(1)
