"""A pipeline with a component of every sort, used and then handed on: pickled, copied, run in processes of any kind."""

import copy
import importlib
import multiprocessing
import pickle
import sys
from pathlib import Path

import pytest

from spacy_lite.language import processes

FUZZ = Path(__file__).resolve().parents[2] / "extra" / "fuzz"
TEXTS = ["Anna Berg won't pay. She laughed at Bob's dog!", "", "In the café."]


@pytest.fixture(scope="module")
def nlp():
    sys.path.insert(0, str(FUZZ))
    try:
        made = importlib.import_module("pipeline_files").make_pipeline()
    finally:
        sys.path.remove(str(FUZZ))
        for name in ("pipeline_files", "target"):
            sys.modules.pop(name, None)
    made.remove_pipe("entity_linker")  # it needs gold mentions
    for text in TEXTS:
        made(text)
    return made


def annotations(docs):
    return [(doc.to_json(), [(s.label_, s.text) for key in sorted(doc.spans) for s in doc.spans[key]]) for doc in docs]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda nlp: pickle.loads(pickle.dumps(nlp))], ids=["copied", "pickled"])
def test_every_component_can_be_copied_and_pickled_after_use(nlp, again):
    assert annotations(again(nlp).pipe(TEXTS)) == annotations(nlp.pipe(TEXTS))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_share_nothing_give_the_same(nlp, method, monkeypatch):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    context = multiprocessing.get_context(method)
    monkeypatch.setattr(processes.multiprocessing, "get_context", lambda: context)
    assert annotations(nlp.pipe(TEXTS * 4, n_process=2)) == annotations(nlp.pipe(TEXTS * 4))
