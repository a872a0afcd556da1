"""A recurrent layer whose cell sees a constant at each step: Keras 3 has constants in its loop, not in its RNN layer.

h' = tanh([x, c]·kernel + h·recurrent_kernel + bias), the constant c being the last of the initial states.
"""

import support.keras_on_cpu  # noqa: F401

import keras
from keras import ops
from keras.src import backend


class ContextRNN(keras.Layer):
    def __init__(self, units: int, context_size: int, return_sequences=False, go_backwards=False, **options):
        super().__init__(**options)
        self.units, self.context_size = units, context_size
        self.return_sequences, self.go_backwards = return_sequences, go_backwards
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1] + self.context_size, self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="recurrent_kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias")

    def compute_mask(self, _inputs, mask):
        return mask if self.return_sequences else None

    def call(self, x, initial_state, mask=None):
        def step(inputs, states):
            h, constant = states
            seen = ops.concatenate([inputs, constant], axis=-1)
            new = ops.tanh(ops.matmul(seen, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias)
            return new, [new]

        last, outputs, states = backend.rnn(
            step,
            x,
            [initial_state[0]],
            go_backwards=self.go_backwards,
            mask=mask,
            constants=[initial_state[1]],
            return_all_outputs=self.return_sequences,
        )
        return outputs if self.return_sequences else last, *states
