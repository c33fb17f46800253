"""Several components keep an adapter each over one frozen encoder: each computes as if it were alone with its adapter."""

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.errors import ListenerError
from spacy_lite.tokens import Doc, DocBin

from .conftest import listener_block, make_examples, make_pipeline, tagger_block, transformer_block
from .test_component import changed, weights
from .test_saving import TEXT, contents
from .test_tables_in_pipelines import shaken, train

NAMES = ("first", "second", "third")


def scores(nlp, name, text=TEXT):
    pipe = nlp.get_pipe(name)
    (found,) = pipe.model.predict([nlp(text)])
    return found


@pytest.fixture
def nlp(bert_folder):
    """Two components with an adapter each, and a third that reads the encoder without any."""
    nlp = make_pipeline(bert_folder, {name: listener_block() for name in NAMES})
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora")
    pipe.add_adapter("b", {"method": "bottleneck", "reduction_factor": 4})
    shaken(pipe)
    pipe.set_component_adapter("first", "a")
    pipe.set_component_adapter("second", "b")
    pipe.train_adapter(["a", "b"])
    pipe.set_active_adapter(None)
    return nlp


def test_each_component_reads_the_output_of_its_own_adapter(nlp):
    pipe = nlp.get_pipe("transformer")
    assert pipe.component_adapters == {"first": "a", "second": "b"} and pipe.active_adapter is None
    together = {name: scores(nlp, name) for name in NAMES}
    for component, adapter in (("first", None), ("second", None)):
        pipe.set_component_adapter(component, adapter)
    for name, adapter in zip(NAMES, ("a", "b", None), strict=True):
        pipe.set_active_adapter(adapter)
        numpy.testing.assert_array_equal(together[name], scores(nlp, name), err_msg=name)
    assert len({array.tobytes() for array in together.values()}) == 3


def test_each_adapter_learns_from_its_component_alone(nlp, bert_folder):
    """The oracle: the same update of pipelines in which a component is alone, its adapter in force."""
    pipe = nlp.get_pipe("transformer")
    examples, before = make_examples(nlp), weights(nlp)
    nlp.update(examples, sgd=False)
    found = {name: weight.grad for name, weight in pipe.encoder.named_parameters()}
    assert {name.partition("@")[0] for name, gradient in found.items() if gradient is not None} == {"adapters.a", "adapters.b"}
    kept = {name: gradient.clone() for name, gradient in found.items() if gradient is not None}
    for component, adapter in (("first", "a"), ("second", "b")):
        for _, weight in pipe.encoder.named_parameters():
            weight.grad = None
        pipe.set_component_adapter(component, None)
        pipe.set_active_adapter(adapter)
        with nlp.select_pipes(enable=["transformer", component]):
            others = {name: own for name, own in pipe.listener_map.items() if name != component}
            for name in others:
                del pipe.listener_map[name]
            nlp.update(examples, sgd=False)
            pipe.listener_map.update(others)
        for name, weight in pipe.encoder.named_parameters():
            if name.startswith(f"adapters.{adapter}@"):
                numpy.testing.assert_allclose(kept[name], weight.grad, atol=1e-6, rtol=1e-4, err_msg=name)
        pipe.set_component_adapter(component, adapter)
    assert not changed(before, weights(nlp))


def test_both_adapters_train_and_the_encoder_stays(nlp):
    before = weights(nlp)
    losses = []
    optimizer = Adam(0.02, L2=0.01)
    for _ in range(25):
        losses.append(nlp.update(make_examples(nlp), sgd=optimizer, drop=0.1))
    assert {name.partition("@")[0] for name in changed(before, weights(nlp))} == {"adapters.a", "adapters.b"}
    for name in ("first", "second"):
        assert losses[-1][name] < 0.8 * losses[0][name]


def test_adapters_of_components_are_saved(nlp, tmp_path):
    train(nlp, Adam(0.01))
    nlp.to_disk(tmp_path / "one")
    again = spacy_lite.load(tmp_path / "one")
    again.to_disk(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert again.get_pipe("transformer").component_adapters == {"first": "a", "second": "b"}
    for name in NAMES:
        numpy.testing.assert_array_equal(scores(again, name), scores(nlp, name))
    assert sum("model.safetensors" in name for name in contents(tmp_path / "one")) == 1


def test_documents_keep_the_outputs_of_all_adapters_when_saved(nlp):
    doc = nlp(TEXT)
    packed = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (unpacked,) = DocBin(store_user_data=True).from_bytes(packed).get_docs(nlp.vocab)
    for again in (Doc(nlp.vocab).from_bytes(doc.to_bytes()), unpacked):
        assert set(again._.trf_data.others) == {"a", "b"} and again._.trf_data.others["a"].adapter is None
        for name in NAMES:
            (expected,), (found,) = nlp.get_pipe(name).model.predict([doc]), nlp.get_pipe(name).model.predict([again])
            numpy.testing.assert_array_equal(expected, found)


@pytest.mark.parametrize("keep", ["pooled", "none"])
def test_outputs_of_all_adapters_are_kept_as_told(nlp, keep):
    expected = [[token.tag_ for token in nlp(TEXT)], [scores(nlp, name) for name in NAMES]]
    pipe = nlp.get_pipe("transformer")
    pipe.keep_outputs = keep
    doc = nlp(TEXT)
    assert [token.tag_ for token in doc] == expected[0]
    if keep == "none":
        assert doc._.trf_data is None
    else:
        assert set(doc._.trf_data.others) == {"a", "b"} and doc._.trf_data.others["a"].rows.shape == (len(doc), 16)
        for name, own in zip(NAMES, expected[1], strict=True):
            numpy.testing.assert_allclose(scores(nlp, name), own, atol=1e-5)


def test_threads_and_batches_give_the_same(nlp):
    texts = [TEXT, "Ships sail", "", "The cat sat on the mat. " * 5] * 4
    expected = [[token.tag_ for token in nlp(text)] for text in texts]
    assert [[token.tag_ for token in doc] for doc in nlp.pipe(texts)] == expected
    assert [[token.tag_ for token in doc] for doc in nlp.pipe(texts, n_threads=4)] == expected


def test_replaced_listener_computes_with_its_components_adapter(nlp):
    before = scores(nlp, "second")
    nlp.replace_listeners("transformer", "second", ["model.tok2vec"])
    nlp.get_pipe("transformer").set_component_adapter("first", None)
    numpy.testing.assert_array_equal(scores(nlp, "second"), before)


def test_document_without_the_output_of_an_adapter_is_refused(nlp):
    doc = nlp(TEXT)
    del doc._.trf_data.others["a"]
    with pytest.raises(ListenerError, match="`first` listens to `transformer`"):
        nlp.get_pipe("first").model.predict([doc])


def test_deleted_adapter_leaves_its_component_with_the_one_in_force(nlp):
    pipe = nlp.get_pipe("transformer")
    pipe.delete_adapter("a")
    assert pipe.component_adapters == {"second": "b"} and all(
        name.startswith("adapters.b@") for name in pipe.trainable_parameters()
    )
    numpy.testing.assert_array_equal(scores(nlp, "first"), scores(nlp, "first"))
    assert set(nlp(TEXT)._.trf_data.others) == {"b"}


def test_unknown_components_and_adapters_are_refused(nlp):
    pipe = nlp.get_pipe("transformer")
    with pytest.raises(ValueError, match="no component 'frist' listens to `transformer`.*mean `first`"):
        pipe.set_component_adapter("frist", "a")
    with pytest.raises(ValueError, match="No adapter 'c' on `transformer`"):
        pipe.set_component_adapter("first", "c")
    assert pipe.component_adapters == {"first": "a", "second": "b"}


def test_components_get_their_adapters_from_a_config(bert_folder):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder))
    for name in NAMES:
        nlp.add_pipe("tagger", name=name, config=tagger_block(listener_block()))
    nlp.config["initialize"]["components"]["transformer"] = {
        "adapters": {"a": {"method": "lora"}, "b": {"method": "bottleneck"}},
        "component_adapters": {"first": "a", "third": "b"},
        "train_adapter": ["a", "b"],
    }
    nlp.initialize(lambda: make_examples(nlp))
    pipe = nlp.get_pipe("transformer")
    assert pipe.component_adapters == {"first": "a", "third": "b"}
    assert {name.partition("@")[0] for name in pipe.trainable_parameters()} == {"adapters.a", "adapters.b"}


def test_rehearsal_reads_the_components_adapters(nlp):
    optimizer, before = nlp.resume_training(), weights(nlp)
    train(nlp, optimizer)
    moved = weights(nlp)
    nlp.rehearse(make_examples(nlp), sgd=optimizer)
    assert changed(before, moved) and changed(moved, weights(nlp)) <= changed(before, moved)


def test_components_trained_apart_come_together_over_one_encoder(bert_folder, tmp_path):
    """Two pipelines, each with an adapter of its own over the same frozen model, become one that computes what both did."""
    sources = {}
    for name, method in (("one", "lora"), ("two", "bottleneck")):
        source = make_pipeline(bert_folder, {name: listener_block()}, seed=len(sources))
        pipe = source.get_pipe("transformer")
        pipe.add_adapter(f"{name}_ad", method)
        pipe.train_adapter(f"{name}_ad")
        train(source, Adam(0.02), steps=5)
        pipe.save_adapter(tmp_path / name, f"{name}_ad")
        sources[name] = source
    nlp = spacy_lite.blank("en", vocab=sources["one"].vocab)
    nlp.add_pipe("transformer", source=sources["one"])
    nlp.add_pipe("one", source=sources["one"])
    nlp.add_pipe("two", source=sources["two"])
    pipe = nlp.get_pipe("transformer")
    pipe.load_adapter(tmp_path / "two")
    pipe.set_component_adapter("two", "two_ad")
    pipe.set_component_adapter("one", "one_ad")
    nlp.to_disk(tmp_path / "both")
    for pipeline in (nlp, spacy_lite.load(tmp_path / "both")):
        for name, source in sources.items():
            numpy.testing.assert_array_equal(scores(pipeline, name), scores(source, name), err_msg=name)
