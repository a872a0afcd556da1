"""`model.summary()` of the article's model, as Keras prints it: before training and after."""

import numpy as np

from subjects.model_json import article_model

FILE = "summary.txt"


def make() -> str:
    model = article_model()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    before = _summary(model)
    model.train_on_batch(np.ones((2, 500), np.int32), np.ones((2, 1), np.float32))
    return f"{before}\n{_summary(model)}"


def _summary(model) -> str:
    lines: list[str] = []
    model.summary(line_length=80, print_fn=lambda text, **_: lines.append(text))
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"
