"""Prints what TensorBoard shows of a folder of event files, as JSON: its own plugins and data provider are asked.

`python read_events.py FOLDER` → { run: { scalars: { tag: [[step, value], …] }, histograms: { tag: [[step, [[left, right, count], …]], …] } } }
"""

import json
import math
import sys

from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.histogram.histograms_plugin import HistogramsPlugin
from tensorboard.plugins.scalar.scalars_plugin import OutputFormat, ScalarsPlugin

EVERYTHING = {"scalars": 1_000_000, "histograms": 1_000_000, "tensors": 0}


def read(folder: str) -> dict:
    multiplexer = plugin_event_multiplexer.EventMultiplexer(size_guidance={"tensors": 0}).AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    board = base_plugin.TBContext(logdir=folder, data_provider=provider, sampling_hints=EVERYTHING)
    request = context.RequestContext()
    runs: dict = {run: {"scalars": {}, "histograms": {}} for run in multiplexer.Runs()}
    scalars, histograms = ScalarsPlugin(board), HistogramsPlugin(board)
    for run, tags in scalars.index_impl(request, "").items():
        for tag in tags:
            events, _ = scalars.scalars_impl(request, tag, run, "", OutputFormat.JSON)
            runs[run]["scalars"][tag] = [[step, _json_number(value)] for _, step, value in events]
    for run, tags in histograms.index_impl(request, "").items():
        for tag in tags:
            events, _ = histograms.histograms_impl(request, tag, run, "", EVERYTHING["histograms"])
            runs[run]["histograms"][tag] = [[step, buckets] for _, step, buckets in events]
    return runs


def _json_number(value: float) -> float | str:
    """JSON has no word for numbers that are not finite: JavaScript's stand for them."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


if __name__ == "__main__":
    json.dump(read(sys.argv[1]), sys.stdout)
