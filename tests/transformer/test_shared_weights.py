"""Equal pretrained weights lie in memory once, and what happens to one model is never seen by another."""

import gc
import subprocess
import sys
import weakref

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.transformer import shared_weights
from spacy_lite.transformer.shared_weights import share_weights, shares_weights

from .conftest import ON_GPU, make_bert, make_examples, make_pipeline, save, torch
from .test_saving import TEXT, contents

pytestmark = pytest.mark.skipif(ON_GPU, reason="weights on a GPU are each model's own")


@pytest.fixture(autouse=True)
def tiny_models_share_too(monkeypatch):
    monkeypatch.setattr(shared_weights, "LEAST", 0)


def model_of(nlp, name="transformer"):
    for node in nlp.get_pipe(name).model.walk():
        if node.name == "transformer":
            return node.encoder.model
    raise AssertionError(f"no transformer in {name}")


def output(nlp):
    return nlp(TEXT)._.trf_data.rows.copy()


def saved(folder, tmp_path, name="one"):
    nlp = make_pipeline(folder)
    nlp.to_disk(tmp_path / name)
    return tmp_path / name


def test_pipelines_over_one_base_share_it_wherever_it_came_from(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    nlp.to_disk(tmp_path / "one")
    nlp.get_pipe("transformer").add_adapter("a", "lora", set_active=True)
    nlp.to_disk(tmp_path / "two")
    expected = output(nlp)
    others = [spacy_lite.load(tmp_path / "one"), spacy_lite.load(tmp_path / "two"), make_pipeline(bert_folder)]
    others.append(spacy_lite.util.load_model_from_config(nlp.config, auto_fill=True).from_bytes(nlp.to_bytes()))
    assert all(shares_weights(model_of(nlp), model_of(other)) for other in others)
    for other in others:
        numpy.testing.assert_array_equal(output(other), expected)


@pytest.mark.parametrize("how", ["update", "torch", "merge"])
def test_what_one_writes_the_others_do_not_see(bert_folder, tmp_path, how):
    path = saved(bert_folder, tmp_path)
    one, two, three = (spacy_lite.load(path) for _ in range(3))
    before, files = output(two), contents(path / "transformer")
    if how == "update":
        optimizer = Adam(0.01, use_averages=True)
        for _ in range(3):
            one.update(make_examples(one), sgd=optimizer)
        with one.use_params(optimizer.averages):
            numpy.testing.assert_array_equal(output(two), before)
    elif how == "torch":
        optimizer = torch.optim.AdamW(model_of(one).parameters(), lr=0.1)
        sum((weight**2).sum() for weight in model_of(one).parameters()).backward()
        optimizer.step()
    else:
        pipe = one.get_pipe("transformer")
        pipe.add_adapter("a", "lora")
        for _, weight in pipe.encoder.adapters.named_parameters():
            weight.data += 0.5
        pipe.merge_adapter("a")
    assert not numpy.array_equal(output(one), before)
    for other in (two, three, spacy_lite.load(path)):
        numpy.testing.assert_array_equal(output(other), before)
    two.get_pipe("transformer").to_disk(tmp_path / "again")
    assert contents(tmp_path / "again") == files


def test_a_model_that_was_changed_is_shared_with_its_own_likes(bert_folder, tmp_path):
    path = saved(bert_folder, tmp_path)
    one, two = spacy_lite.load(path), spacy_lite.load(path)
    one.update(make_examples(one), sgd=Adam(0.01))
    one.to_disk(tmp_path / "trained")
    trained, third = spacy_lite.load(tmp_path / "trained"), spacy_lite.load(path)
    assert shares_weights(model_of(trained), model_of(one)) and not shares_weights(model_of(trained), model_of(two))
    assert shares_weights(model_of(third), model_of(two))
    numpy.testing.assert_array_equal(output(trained), output(one))


def test_replaced_listeners_share_the_base_they_copied(bert_folder):
    nlp = make_pipeline(bert_folder)
    nlp.get_pipe("transformer").freeze()
    expected = [token.tag_ for token in nlp(TEXT)]
    nlp.replace_listeners("transformer", "tagger", ["model.tok2vec"])
    assert shares_weights(model_of(nlp), model_of(nlp, "tagger"))
    assert [token.tag_ for token in nlp(TEXT)] == expected


def test_weights_that_differ_by_a_bit_or_in_shape_are_not_shared():
    one, two, three = make_bert(90), make_bert(90), make_bert(91)
    share_weights(one)
    weight = two.embeddings.LayerNorm.bias
    with torch.no_grad():
        weight[0] = -0.0
        assert torch.equal(weight, one.embeddings.LayerNorm.bias)
    assert not share_weights(two) and not share_weights(three)
    assert share_weights(make_bert(90))


def test_models_go_when_nobody_has_them():
    one, two = make_bert(90), make_bert(90)
    share_weights(one)
    assert share_weights(two)
    model = weakref.ref(one)
    del one
    gc.collect()
    assert model() is None and two in shared_weights._models
    expected = make_bert(90)
    for own, other in zip(two.parameters(), expected.parameters(), strict=True):
        assert torch.equal(own, other)


GROWTH = """
import gc, sys
from pathlib import Path
import spacy_lite
from spacy_lite.transformer import shared_weights

def memory():
    gc.collect()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))

path, text, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
shared_weights.LEAST = least
first = spacy_lite.load(path)
first(text)
before = memory()
loaded = [spacy_lite.load(path) for _ in range(5)]
for nlp in loaded:
    assert (nlp(text)._.trf_data.rows == first(text)._.trf_data.rows).all()
    if least:  # weights that are mapped from a file are not counted before they are written to
        for node in nlp.get_pipe("transformer").model.walk():
            if node.name == "transformer":
                for weight in node.encoder.model.parameters():
                    weight.data = weight.data.clone()
print(memory() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of the process from /proc")
def test_five_pipelines_need_the_memory_of_one_base(tiny_tokenizer, tmp_path):
    folder = save(tmp_path / "bert", make_bert(60000, hidden_size=64), tiny_tokenizer)
    size = 60000 * 64 * 4
    path = saved(folder, tmp_path)

    def growth(least):  # in a process of its own: what earlier tests freed is not asked of the system again
        command = [sys.executable, "-c", GROWTH, str(path), TEXT, str(least)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])

    assert growth(0) < 2 * size
    assert growth(1 << 40) > 4 * size
