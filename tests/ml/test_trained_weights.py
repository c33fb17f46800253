"""Weights that spaCy 3.8 trained load into our trees, and come out as they went in."""

import numpy
import pytest
import srsly

from spacy_lite.config import Config, registry

ELSEWHERE = ("TransitionBasedParser",)  # trees of another room


def saved_models(folder):
    """(where, config of the model, file) of every component with a saved model below a folder of pipelines."""
    for config_file in sorted(folder.rglob("config.cfg")):
        config = Config().from_disk(config_file, interpolate=True)
        for name, block in config.get("components", {}).items():
            file = config_file.parent / name / "model"
            if file.is_file() and not any(part in str(block["model"].get("@architectures")) for part in ELSEWHERE):
                yield f"{config_file.parent.relative_to(folder)}/{name}", block["model"], file


def assert_same_model(model, data, where):
    saved = srsly.msgpack_loads(data)
    nodes = list(model.walk())
    assert len(nodes) == len(saved["nodes"]), where
    for node, described, params in zip(nodes, saved["nodes"], saved["params"], strict=True):
        assert node.name == described["name"], where
        for name, value in params.items():
            if value is not None:
                numpy.testing.assert_array_equal(node.get_param(name), value, err_msg=f"{where} {node.name} {name}")
    again = srsly.msgpack_loads(model.to_bytes())
    assert [list(attrs) for attrs in again["attrs"]] == [list(attrs) for attrs in saved["attrs"]], where
    for ours, theirs in zip(again["nodes"], saved["nodes"], strict=True):
        assert (ours["name"], ours["dims"]) == (theirs["name"], theirs["dims"]), where
        assert theirs["refs"].items() <= ours["refs"].items(), where  # a copied encoder has lost its own


@pytest.mark.parametrize("collection", ["spacy38_benchmark", "spacy38_pipelines"])
def test_weights_of_trained_pipelines_load_and_are_written_back_alike(shared_data, collection):
    found = 0
    for where, block, file in saved_models(shared_data / collection):
        model = registry.resolve({"model": block})["model"]
        data = file.read_bytes()
        model.from_bytes(data)
        assert_same_model(model, data, where)
        found += 1
    assert found >= {"spacy38_benchmark": 5, "spacy38_pipelines": 30}[collection]
