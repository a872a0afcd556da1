"""The minimal gated unit as a custom Keras cell, for RNN over a cell that Keras does not know.

f = σ(x·Wf + h·Uf + bf);  n = tanh(x·Wn + (f⊙h)·Un + bn);  h' = (1−f)⊙h + f⊙n

Weights: kernel [inputSize, 2·units], recurrent_kernel [units, 2·units], bias [2·units]; order f, n.
Source: Zhou, Wu, Zhang, Zhou 2016, "Minimal gated unit for recurrent neural networks", arXiv:1603.09420.
"""

import support.keras_on_cpu  # noqa: F401

import keras
from keras import ops


class MinimalGatedUnitCell(keras.Layer):
    def __init__(self, units: int, **options):
        super().__init__(**options)
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape: tuple) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], 2 * self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, 2 * self.units), name="recurrent_kernel")
        self.bias = self.add_weight(shape=(2 * self.units,), name="bias")

    def call(self, x, states):
        h = states[0]
        x_f, x_n = ops.split(ops.matmul(x, self.kernel) + self.bias, 2, axis=-1)
        u_f, u_n = ops.split(self.recurrent_kernel, 2, axis=-1)
        f = ops.sigmoid(x_f + ops.matmul(h, u_f))
        n = ops.tanh(x_n + ops.matmul(f * h, u_n))
        new = (1 - f) * h + f * n
        return new, [new]
