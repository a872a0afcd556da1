"""Event files as TensorFlow writes them: scalars and histograms of the second form, framed as records.

TensorFlow stamps the present time. Here it is replaced, and the record framed anew by TensorBoard's own writer; before,
both are asserted to give TensorFlow's bytes back when nothing is replaced.
"""

import support.keras_on_cpu  # noqa: F401

import io
import struct
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.plugins.histogram.summary_v2 import _buckets
from tensorboard.summary.writer.record_writer import RecordWriter

from support.drawn_numbers import draw, generator_for

FILE = "tensorboard.json"
START = 1_700_000_000.25

SCALARS = [
    ("epoch_loss", 0.5, 0),
    ("epoch_loss", 0.1, 1),
    ("epoch_val_accuracy", 1.0, 127),
    ("batch_loss", 3.4028234e38, 128),
    ("batch_loss", -1e-45, 20_000),
    ("größe/µ", 0.0, 2**31),
    ("far", 7.25, 2**40 + 3),
]


def make() -> dict:
    histograms = [(f"{name}/histogram", values, step) for step, (name, values) in enumerate(_values().items())]
    records = _written_by_tensorflow(histograms)
    given = [("scalar", *scalar) for scalar in SCALARS] + [("histogram", *histogram) for histogram in histograms]
    version, events = records[0], records[1:]
    return {
        "crc": [_crc(data) for data in [b"", b"a", b"123456789", bytes(range(256)), b"\0" * 32]],
        "version": {"wallTime": START, "record": version.hex()},
        "events": [_event(*what, index, record.hex()) for index, (what, record) in enumerate(zip(given, events, strict=True))],
        "buckets": [{"values": v, "buckets": _buckets(v).numpy().ravel()} for v in _values().values()],
    }


def _values() -> dict[str, np.ndarray]:
    rng = generator_for("tensorboard histograms")
    return {
        "dense/kernel": draw(rng, (101,), -1, 1),
        "dense/bias": np.zeros(7, np.float32),
        "one": np.array([2.5], np.float32),
        "two": np.array([-3, 1], np.float32),
        "edges": np.arange(31, dtype=np.float32) / 10,
        "tiny": draw(rng, (40,), -1, 1) * np.float32(1e-30),
        "lopsided": np.concatenate([draw(rng, (200,), 0, 0.001), [np.float32(1000)]]).astype(np.float32),
    }


def _written_by_tensorflow(histograms: list[tuple]) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        writer = tf.summary.create_file_writer(folder)
        with writer.as_default():
            for tag, value, step in SCALARS:
                tf.summary.scalar(tag, value, step=step)
            for tag, values, step in histograms:
                tf.summary.histogram(tag, values, step=step)
        writer.close()
        (path,) = Path(folder).iterdir()
        written = path.read_bytes()
    records, at = [], 0
    while at < len(written):
        (length,) = struct.unpack_from("<Q", written, at)
        record = written[at : at + 16 + length]
        event = Event.FromString(record[12:-4])
        assert _framed(event) == record
        event.wall_time = START + len(records) / 8
        if event.HasField("source_metadata"):
            event.source_metadata.writer = "@ostinato/training"
        records.append(_framed(event))
        at += len(record)
    return records


def _framed(event: Event) -> bytes:
    stream = io.BytesIO()
    RecordWriter(stream).write(event.SerializeToString())
    return stream.getvalue()


def _event(kind: str, tag: str, value: float | np.ndarray, step: int, index: int, record: str) -> dict:
    what = {"value": np.float32(value)} if kind == "scalar" else {"values": value}
    return {"kind": kind, "tag": tag, **what, "step": step, "wallTime": START + (index + 1) / 8, "record": record}


def _crc(data: bytes) -> dict:
    return {"bytes": list(data), "masked": masked_crc32c(data)}
