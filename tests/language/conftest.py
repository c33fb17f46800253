"""A toy language and toy components, so that these tests need no model and no language data."""

import json
from pathlib import Path

import pytest

from spacy_lite.config.registry import registry
from spacy_lite.language import Language


@registry.languages("toy")
class Toy(Language):
    """A language with nothing of its own."""

    lang = "toy"


@Language.component("toy_mark", assigns=["doc._.marks"])
def mark(doc):
    """Leaves a trace in the document."""
    doc.user_data.setdefault("trace", []).append("toy_mark")
    return doc


class Counter:
    """A component with settings, state on disk and everything training calls; it writes down what is done to it."""

    def __init__(self, name, start=0, labels=()):
        self.name, self.start, self.labels, self.log, self.weight = name, start, tuple(labels), [], 0.0
        self.model, self.is_trainable, self.waiting = self, True, 0.0

    def __call__(self, doc):
        doc.user_data.setdefault("trace", []).append(self.name)
        return doc

    def pipe(self, stream, *, batch_size=1):
        self.log.append(("pipe", batch_size))
        for doc in stream:
            yield self(doc)

    def initialize(self, get_examples, *, nlp, start: int = 0):
        self.start = start
        self.log.append(("initialize", len(list(get_examples()))))

    def update(self, examples, *, drop=0.0, sgd=None, losses=None):
        self.log.append(("update", drop))
        self.waiting += len(examples)
        losses[self.name] = losses.get(self.name, 0.0) + 1.0
        return losses

    rehearse = update

    def end_update(self):
        self.log.append("end_update")

    def finish_update(self, sgd):
        self.log.append("finish_update")
        self.weight += sgd * self.waiting
        self.waiting = 0.0

    def to_disk(self, path, exclude=()):
        path.mkdir()
        (path / "state.json").write_text(json.dumps(self.start))

    def from_disk(self, path, exclude=()):
        self.start = json.loads((Path(path) / "state.json").read_text())
        return self

    def to_bytes(self, exclude=()):
        return json.dumps(self.start).encode()

    def from_bytes(self, data, exclude=()):
        self.start = json.loads(data)
        return self


@Language.factory(
    "toy_counter",
    assigns=["token.tag"],
    requires=["token.pos"],
    default_config={"start": 1, "labels": []},
    default_score_weights={"toy_acc": 1.0, "toy_detail": None},
)
def make_counter(nlp: Language, name: str, start: int, labels: list[str]) -> Counter:
    """A counter that starts at `start`."""
    return Counter(name, start, labels)


@Language.component("toy_fail")
def fail(doc):
    """Fails on documents with the word `bad`."""
    if "bad" in doc.text:
        raise ValueError(f"cannot read {doc.text!r}")
    return doc


@pytest.fixture
def nlp():
    """An empty pipeline of the toy language."""
    return Toy()
