"""Pipelines saved by spaCy 3.8.18 with spaCy-transformers 1.4 (transformers 4.53) load, offline, and predict the same.

`spacy_transformers_1_4.zip` holds two taggers on a tiny BERT with the scores and token vectors they had there: `shared` listens
to a transformer component, `own` had its listener replaced.
"""

import io
import json
import shutil
import socket
import zipfile
from pathlib import Path

import numpy
import pytest
import srsly

import spacy_lite
from spacy_lite.errors import FormatError

from .conftest import torch

ARCHIVE = Path(__file__).with_name("spacy_transformers_1_4.zip")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("loading must not use the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("name", ["shared", "own"])
def test_saved_pipeline_predicts_as_it_did(saved, name, no_network):
    nlp = spacy_lite.load(saved / name)
    for row in json.loads((saved / name / "expected.json").read_text(encoding="utf8")):
        doc = nlp(row["text"])
        assert [token.tag_ for token in doc] == row["tags"]
        scores = nlp.get_pipe("tagger").model.predict([doc])[0]
        numpy.testing.assert_allclose(scores, row["scores"], atol=1e-4, rtol=1e-4)
        if name == "shared":
            assert doc._.trf_data.align.lengths.tolist() == row["align"]
            numpy.testing.assert_allclose(doc._.trf_data.token_vectors(), row["vectors"], atol=1e-5)


@pytest.mark.parametrize("name", ["shared", "own"])
def test_saved_pipeline_is_saved_as_ours_and_stays_the_same(saved, name, tmp_path, no_network):
    nlp = spacy_lite.load(saved / name)
    nlp.to_disk(tmp_path / "first")
    again = spacy_lite.load(tmp_path / "first")
    again.to_disk(tmp_path / "second")
    for row in json.loads((saved / name / "expected.json").read_text(encoding="utf8")):
        assert [token.tag_ for token in again(row["text"])] == row["tags"]
    component = "transformer" if name == "shared" else "tagger"
    files = [path for path in (tmp_path / "first" / component).rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_bytes(), path


def test_tables_that_older_models_saved_and_newer_ones_compute_are_left_out(saved, tmp_path, no_network):
    """Pipelines of spaCy-transformers 1.1 to 1.3 have `position_ids` among their weights (transformers up to 4.30)."""
    shutil.copytree(saved / "shared", tmp_path / "older")
    path = tmp_path / "older" / "transformer" / "model"
    msg = srsly.msgpack_loads(path.read_bytes())
    (index,) = [index for index, shims in enumerate(msg["shims"]) if shims]
    shim = srsly.msgpack_loads(msg["shims"][index][0])
    weights = torch.load(io.BytesIO(shim["state"]), weights_only=True)
    weights["embeddings.position_ids"] = torch.arange(64).reshape(1, -1)
    buffer = io.BytesIO()
    torch.save(weights, buffer)
    shim["state"] = buffer.getvalue()
    msg["shims"][index][0] = srsly.msgpack_dumps(shim)
    path.write_bytes(srsly.msgpack_dumps(msg))
    nlp = spacy_lite.load(tmp_path / "older")
    for row in json.loads((saved / "shared" / "expected.json").read_text(encoding="utf8")):
        assert [token.tag_ for token in nlp(row["text"])] == row["tags"]


def test_damaged_weights_are_refused(saved, tmp_path):
    shutil.copytree(saved / "shared", tmp_path / "broken")
    model = tmp_path / "broken" / "transformer" / "model"
    model.write_bytes(model.read_bytes()[:-500])
    with pytest.raises(FormatError, match="transformer"):
        spacy_lite.load(tmp_path / "broken")
