"""One recurrent layer in Keras 3 (TensorFlow, JAX or torch) or plain PyTorch, timed for the benchmark.

    python peer.py keras-tensorflow|keras-jax|keras-torch|torch THREADS

Speaks JSON, one object a line. First it says `{"versions": {...}}` or `{"missing": "why"}`; then it answers

    {"do": "prepare", "folder": F, "job": {...}}  with  {"firstCallMillis": {"forward": 1, "train": 2}}
    {"do": "time", "mode": M, "millis": 50, "most": 100}  with  {"millis": [...], "cpuMillis": 1, "wallMillis": 2}

until its input ends. `prepare` reads x, seed and the weights as .npy files from F, and writes into F/answers the output
and the gradients of sum(output * seed). Forward keeps nothing for a gradient; train is forward and backward, with the
gradients of the input and of every weight. The weights have Keras' layout in the files, whatever the peer's own is.
"""

import json
import os
import sys
import time
from pathlib import Path

PEER, THREADS = sys.argv[1], int(sys.argv[2])
WEIGHTS = ["kernel", "recurrent-kernel", "bias"]
KERAS_CLASS = {"simpleRNN": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def limit_threads():
    """Before anything is imported: the libraries size their pools by these when they start."""
    for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "PJRT_NPROC"]:
        os.environ[name] = str(THREADS)
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", JAX_PLATFORMS="cpu")
    if THREADS == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    if PEER == "keras-jax" and hasattr(os, "sched_setaffinity"):  # its one worker still runs beside the caller
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-THREADS:])


def tensorflow_peer():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    def make(job, x, seed, weights):
        layer = keras_layer(job, x, weights)
        x, seed = tf.constant(x), tf.constant(seed)

        @tf.function(jit_compile=True)
        def forward(x):
            return layer(x)

        @tf.function(jit_compile=True)
        def train(x, seed):
            variables = [variable.value for variable in layer.trainable_weights]
            with tf.GradientTape() as tape:
                tape.watch(x)
                total = tf.reduce_sum(layer(x) * seed)
            return tape.gradient(total, [x, *variables])

        return lambda: forward(x), lambda: train(x, seed), lambda result: result, lambda gradients: gradients

    return make, keras_versions("tensorflow", tf.__version__)


def jax_peer():
    import jax
    import jax.numpy as jnp

    def make(job, x, seed, weights):
        layer = keras_layer(job, x, weights)
        values = [variable.value for variable in layer.trainable_weights]
        others = [variable.value for variable in layer.non_trainable_variables]
        x, seed = jnp.asarray(x), jnp.asarray(seed)

        def output(x, values):
            return layer.stateless_call(values, others, x)[0]

        forward = jax.jit(output)
        train = jax.jit(jax.grad(lambda x, values, seed: (output(x, values) * seed).sum(), argnums=(0, 1)))
        wait = jax.block_until_ready
        return (
            lambda: wait(forward(x, values)),
            lambda: wait(train(x, values, seed)),
            lambda result: result,
            lambda gradients: [gradients[0], *gradients[1]],
        )

    return make, keras_versions("jax", jax.__version__)


def keras_torch_peer():
    import torch

    torch.set_num_threads(THREADS)

    def make(job, x, seed, weights):
        layer = keras_layer(job, x, weights)
        values = [variable.value for variable in layer.trainable_weights]
        return torch_calls(layer, x, seed, values, lambda gradients: gradients)

    return make, keras_versions("torch", torch.__version__)


def torch_peer():
    import torch

    torch.set_num_threads(THREADS)

    def make(job, x, seed, weights):
        kind = {"simpleRNN": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[job["layer"]]
        module = kind(job["inputSize"], job["units"], batch_first=True)
        for parameter, value in zip(module.parameters(), to_torch(job, weights), strict=True):
            parameter.data.copy_(torch.from_numpy(value))

        def layer(x):
            output = module(x)[0]
            return output if job["sequences"] else output[:, -1]

        return torch_calls(layer, x, seed, list(module.parameters()), lambda all: from_torch(job, all))

    return make, {"torch": torch.__version__}


def torch_calls(layer, x, seed, values, unpack):
    import torch

    x, seed = torch.from_numpy(x).requires_grad_(), torch.from_numpy(seed)

    def forward():
        with torch.inference_mode():
            return layer(x)

    def train():
        return torch.autograd.grad((layer(x) * seed).sum(), [x, *values])

    return forward, train, lambda result: result, unpack


def to_torch(job, weights):
    """Keras' weights as PyTorch's: transposed, GRU's gates as r, z, n, and a second bias."""
    import numpy as np

    kernel, recurrent, bias = weights
    biases = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    return [swap_gates(job, w) for w in (kernel.T, recurrent.T, biases[0], biases[1])]


def from_torch(job, gradients):
    import numpy as np

    x, kernel, recurrent, first, second = [g.numpy() for g in gradients]
    kernel, recurrent, first, second = [swap_gates(job, g) for g in (kernel, recurrent, first, second)]
    return [x, kernel.T, recurrent.T, np.stack([first, second]) if job["layer"] == "gru" else first]


def swap_gates(job, rows):
    """GRU's first two gates change places; its own inverse."""
    import numpy as np

    units = job["units"] if job["layer"] == "gru" else 0
    return np.concatenate([rows[units : 2 * units], rows[:units], rows[2 * units :]])


def keras_layer(job, x, weights):
    import keras

    layer = getattr(keras.layers, KERAS_CLASS[job["layer"]])(job["units"], return_sequences=job["sequences"])
    layer.build(x.shape)
    layer.set_weights(weights)
    return layer


def keras_versions(backend, version):
    import keras

    return {"keras": keras.__version__, backend: version}


class Session:
    """The job that was prepared last."""

    def __init__(self, make):
        self.make = make
        self.calls = {}

    def prepare(self, request):
        import numpy as np

        self.calls = {}
        folder = Path(request["folder"])
        x, seed, *weights = [np.load(folder / f"{name}.npy") for name in ["x", "seed", *WEIGHTS]]
        forward, train, one, many = self.make(request["job"], x, seed, weights)
        self.calls = {"forward": forward, "train": train}
        output, forward_millis = timed(forward)
        gradients, train_millis = timed(train)
        (folder / "answers").mkdir(exist_ok=True)
        names = ["output", *[f"d-{name}" for name in ["x", *WEIGHTS]]]
        for name, value in zip(names, [one(output), *many(gradients)], strict=True):
            np.save(folder / "answers" / f"{name}.npy", np.ascontiguousarray(value, dtype=np.float32))
        return {"firstCallMillis": {"forward": forward_millis, "train": train_millis}}

    def time(self, request):
        call, millis = self.calls[request["mode"]], []
        start, cpu_start = time.perf_counter(), time.process_time()
        while len(millis) < request["most"] and (not millis or sum(millis) < request["millis"]):
            millis.append(timed(call)[1])
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu_start
        return {"millis": millis, "cpuMillis": 1e3 * cpu, "wallMillis": 1e3 * wall}


def timed(call):
    start = time.perf_counter()
    result = call()
    return result, 1e3 * (time.perf_counter() - start)


def main():
    answers = os.fdopen(os.dup(1), "w")  # libraries that print do not disturb the answers
    os.dup2(2, 1)

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    limit_threads()
    start = {"keras-tensorflow": tensorflow_peer, "keras-jax": jax_peer, "keras-torch": keras_torch_peer}
    if PEER.startswith("keras-"):
        os.environ["KERAS_BACKEND"] = PEER.removeprefix("keras-")
    try:
        make, versions = start.get(PEER, torch_peer)()
    except ImportError as error:
        return say({"missing": str(error)})
    say({"versions": {"python": sys.version.split()[0], **versions}})
    session = Session(make)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            say(getattr(session, request["do"])(request))
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
