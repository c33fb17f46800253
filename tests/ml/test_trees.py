"""Layer trees, initial values and outputs are spaCy 3.8's: weights are loaded by the position of a node in the tree."""

import gzip
import json
from pathlib import Path

import pytest

from .tree_facts import SPECS, facts

FACTS = json.loads(gzip.decompress(Path(__file__).with_name("spacy38_trees.json.gz").read_bytes()))


@pytest.mark.parametrize("name", SPECS)
def test_architecture_has_the_tree_the_initial_values_and_the_output_of_spacy(name):
    ours, theirs = json.loads(json.dumps(facts("spacy_lite", name))), FACTS[name]
    for stage in ("built", "initialized"):
        assert (stage in ours) == (stage in theirs)
        nodes = zip(ours.get(stage, []), theirs.get(stage, []), strict=True)
        for position, ((*structure, params), (*wanted, wanted_params)) in enumerate(nodes):
            assert structure == wanted, f"{stage}, node {position}"
            assert set(params) == set(wanted_params)
            for param, value in wanted_params.items():
                assert (value is None) == (params[param] is None), f"{stage}, node {position}, {param}"
                if value is not None:
                    assert params[param][0] == value[0]
                    assert params[param][1] == pytest.approx(value[1], abs=2e-3, rel=1e-5)
    if "output" in theirs:
        assert ours["output"][0] == theirs["output"][0]
        assert ours["output"][1] == pytest.approx(theirs["output"][1], abs=2e-4)
