"""Learning-rate schedules of Keras from `{"name", "config"}` in the names of this repository."""

import support.keras_on_cpu  # noqa: F401

import keras

from support.camel_case import snake


def keras_schedule(json: dict) -> keras.optimizers.schedules.LearningRateSchedule:
    name, config = json["name"], json["config"]
    made = getattr(keras.optimizers.schedules, name[0].upper() + name[1:])
    return made(**{snake(key): value for key, value in config.items()})
