"""What Keras' EarlyStopping, ReduceLROnPlateau and ModelCheckpoint decide over given sequences of figures."""

import support.keras_on_cpu  # noqa: F401

import keras
import numpy as np

from support.camel_case import keras_options
from support.drawn_numbers import draw, generator_for

FILE = "callbacks.json"
START_RATE = 0.1

FALLS_AND_RISES = [0.9, 0.7, 0.6, 0.61, 0.6, 0.59995, 0.58, 0.62, 0.63, 0.64, 0.57, 0.65, 0.66, 0.67, 0.68, 0.69]
ACCURACIES = [0.5, 0.62, 0.61, 0.62, 0.6205, 0.7, 0.69, 0.68, 0.7, 0.705, 0.66, 0.65, 0.64, 0.63, 0.62, 0.61]
PLATEAU = [1.0, 0.5, 0.5, 0.49995, 0.4999, 0.5, 0.4, 0.41, 0.42, 0.43, 0.44, 0.45, 0.46, 0.47, 0.48, 0.49, 0.5, 0.51]
INFINITE = [np.inf, np.inf, 3.0, np.nan, 2.5, np.nan, np.inf, 2.0, 2.0, 2.0]


def make() -> dict:
    return {
        "earlyStopping": [_stopping(*case) for case in _stopping_cases()],
        "reduceLROnPlateau": [_plateau(*case) for case in _plateau_cases()],
        "modelCheckpoint": [_checkpoint(*case) for case in _checkpoint_cases()],
    }


def _drawn(name: str, count: int) -> list[float]:
    """A noisy descent, in three decimals, so that ties occur."""
    noise = draw(generator_for(f"callbacks {name}"), (count,), -0.06, 0.06)
    return [round(float(1 / (1 + 0.3 * epoch) + 0.3 + noise[epoch]), 3) for epoch in range(count)]


def _stopping_cases() -> list[tuple]:
    return [
        ("defaults", {}, FALLS_AND_RISES),
        ("patience", {"patience": 3}, FALLS_AND_RISES),
        ("patience-restore", {"patience": 3, "restoreBestWeights": True}, FALLS_AND_RISES),
        ("min-delta", {"patience": 3, "minDelta": 0.02, "restoreBestWeights": True}, FALLS_AND_RISES),
        ("min-delta-exact", {"patience": 2, "minDelta": 0.25}, [1.0, 0.75, 0.5, 0.25, 0.0]),
        ("baseline", {"patience": 4, "baseline": 0.65}, FALLS_AND_RISES),
        ("baseline-never-met", {"patience": 4, "baseline": 0.3, "restoreBestWeights": True}, FALLS_AND_RISES),
        ("start-from-epoch", {"patience": 2, "startFromEpoch": 4, "restoreBestWeights": True}, FALLS_AND_RISES),
        ("max-by-name", {"monitor": "valAccuracy", "patience": 2, "restoreBestWeights": True}, ACCURACIES),
        ("max-min-delta", {"monitor": "valAccuracy", "mode": "max", "patience": 3, "minDelta": 0.001}, ACCURACIES),
        ("max-baseline", {"monitor": "valAccuracy", "mode": "max", "patience": 5, "baseline": 0.701}, ACCURACIES),
        ("patience-0-from-the-second", {"patience": 0, "restoreBestWeights": True}, [0.5, 0.4, 0.4, 0.3]),
        ("differs-only-beyond-f32", {"patience": 2}, [0.3, 0.3 - 1e-9, 0.3 - 2e-9, 0.3 - 3e-9, 0.3 - 4e-9]),
        ("not-finite", {"patience": 3, "restoreBestWeights": True}, INFINITE),
        ("never", {"patience": 50, "restoreBestWeights": True}, FALLS_AND_RISES),
        ("drawn", {"patience": 4, "minDelta": 0.005, "restoreBestWeights": True}, _drawn("stopping", 40)),
        ("drawn-long", {"patience": 7, "restoreBestWeights": True}, _drawn("stopping long", 60)),
    ]


def _plateau_cases() -> list[tuple]:
    return [
        ("patience-2", {"patience": 2}, PLATEAU),
        ("factor-cooldown", {"patience": 2, "factor": 0.5, "cooldown": 2}, PLATEAU),
        ("cooldown-3-patience-1", {"patience": 1, "factor": 0.5, "cooldown": 3}, PLATEAU),
        ("min-lr", {"patience": 1, "factor": 0.3, "minLr": 0.004}, PLATEAU),
        ("min-lr-with-cooldown", {"patience": 1, "factor": 0.1, "minLr": 0.02, "cooldown": 2}, PLATEAU),
        ("min-delta-0", {"patience": 2, "factor": 0.5, "minDelta": 0}, PLATEAU),
        ("min-delta-large", {"patience": 2, "factor": 0.5, "minDelta": 0.2}, PLATEAU),
        ("max", {"monitor": "valAccuracy", "patience": 2, "factor": 0.5}, ACCURACIES),
        ("patience-0", {"patience": 0, "factor": 0.5}, PLATEAU[:8]),
        ("not-finite", {"patience": 1, "factor": 0.5}, INFINITE),
        ("default-patience", {}, [1.0] * 25),
        ("drawn", {"patience": 3, "factor": 0.7, "cooldown": 1, "minLr": 0.01}, _drawn("plateau", 60)),
    ]


def _checkpoint_cases() -> list[tuple]:
    return [
        ("best-only", {"saveBestOnly": True}, FALLS_AND_RISES),
        ("best-only-max", {"saveBestOnly": True, "monitor": "valAccuracy"}, ACCURACIES),
        ("threshold", {"saveBestOnly": True, "initialValueThreshold": 0.6}, FALLS_AND_RISES),
        ("every-epoch", {}, FALLS_AND_RISES[:4]),
        ("drawn", {"saveBestOnly": True}, _drawn("checkpoint", 30)),
    ]


class _Run:
    """A model whose single weight holds the number of the epoch, driven as `fit` drives callbacks."""

    def __init__(self, callback: keras.callbacks.Callback, monitor: str, values: list) -> None:
        self.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        self.model.compile(keras.optimizers.SGD(START_RATE), "mse", metrics=["accuracy"])
        self.model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)  # metrics are built only now
        self.model.stop_training = False
        self.callback, self.monitor, self.values = callback, monitor, values
        callback.set_model(self.model)

    def epochs(self):
        """Yields each epoch once its end was told, until the callback stops the training."""
        self.callback.on_train_begin()
        for epoch, value in enumerate(self.values):
            self.callback.on_epoch_begin(epoch)
            self.model.set_weights([np.full((1, 1), epoch, np.float32)])
            self.callback.on_epoch_end(epoch, {"loss": 1.0, self.monitor: value})
            yield epoch
            if self.model.stop_training:
                break
        self.callback.on_train_end()


def _run(class_name: str, options: dict, values: list, *arguments: str) -> _Run:
    given = {**options, "monitor": options.get("monitor", "valLoss")}
    given = {**keras_options(given), "monitor": {"valLoss": "val_loss", "valAccuracy": "val_accuracy"}[given["monitor"]]}
    return _Run(getattr(keras.callbacks, class_name)(*arguments, **given), given["monitor"], values)


def _stopping(name: str, options: dict, values: list) -> dict:
    run = _run("EarlyStopping", options, values)
    *_, last = run.epochs()
    return {
        **_case(name, options, values),
        "lastEpoch": last,
        "stopped": run.model.stop_training,
        "weightsOfEpoch": int(run.model.get_weights()[0][0, 0]),
        "bestEpoch": run.callback.best_epoch,
    }


def _plateau(name: str, options: dict, values: list) -> dict:
    run = _run("ReduceLROnPlateau", options, values)
    rates = [np.float32(run.model.optimizer.learning_rate.numpy()) for _ in run.epochs()]
    return {**_case(name, options, values), "startRate": START_RATE, "learningRates": rates}


def _checkpoint(name: str, options: dict, values: list) -> dict:
    saved = []
    run = _run("ModelCheckpoint", options, values, "{epoch}.keras")
    run.model.save = lambda path, **_: saved.append(path.removesuffix(".keras"))
    for _ in run.epochs():
        pass
    return {**_case(name, options, values), "saved": saved}


def _case(name: str, options: dict, values: list) -> dict:
    """Figures that are not finite stand as words."""
    return {"name": name, "options": options, "values": [v if np.isfinite(v) else str(v) for v in values]}
