"""Makes every golden file again: `python goldens/make_all.py [subject ...]`."""

import argparse
import importlib
import time

from support.golden_format import write_golden

SUBJECTS = [
    "simple_rnn",
    "lstm",
    "gru",
    "functional",
    "rnn",
    "rnn_dropout",
    "recurrent_corners",
    "bidirectional",
    "stacked_rnn_cells",
    "time_distributed",
    "rnn_constants",
    "conv_lstm",
    "conv_lstm_dropout",
    "embedding",
    "dense",
    "masking",
    "flatten",
    "merging",
    "attention",
    "multi_head_attention",
    "layer_normalization",
    "batch_normalization",
    "conv_1d",
    "pooling_1d",
    "shaping",
    "activation",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "initializers",
    "regularizers",
    "constraints",
    "model_json",
    "summary",
    "synthetic_100_steps",
    "truncated_training",
    "callbacks",
    "tensorboard",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", default=SUBJECTS, help=f"of {', '.join(SUBJECTS)}")
    for subject in parser.parse_args().subjects:
        started = time.monotonic()
        module = importlib.import_module(f"subjects.{subject}")
        path = write_golden(module.FILE, module.make())
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB, {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
