"""The shared transformer in a pipeline: what it sets, how listeners learn, and errors that say what to do."""

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.errors import ListenerError
from spacy_lite.tokens import Doc
from spacy_lite.training import Example
from spacy_lite.transformer import FullTransformerBatch, Transformer, TransformerData

from .conftest import listener_block, make_examples, make_pipeline, tagger_block, torch, transformer_block


def weights(nlp, name="transformer"):
    return {key: value.detach().clone() for key, value in nlp.get_pipe(name).encoder.named_parameters()}


def changed(before, after):
    return {key for key in before if not torch.equal(before[key], after[key])}


def gradients(nlp):
    return {
        key: None if weight.grad is None else weight.grad.numpy().copy()
        for key, weight in nlp.get_pipe("transformer").encoder.named_parameters()
    }


def collect(nlp, examples, drop=0.0):
    """The gradients of one update."""
    for _, weight in nlp.get_pipe("transformer").encoder.named_parameters():
        weight.grad = None
    nlp.update(examples, sgd=False, drop=drop)
    return gradients(nlp)


def test_output_is_set_on_documents_with_a_place_for_every_token(bert_folder):
    nlp = make_pipeline(bert_folder)
    doc = nlp("The cat sat on the mat and looked at the unbelievable moon, then ran through long tunnels at night.")
    data = doc._.trf_data
    assert isinstance(data, TransformerData) and data.width == 16
    assert data.model_output.last_hidden_state.shape[:2] == data.wordpieces.input_ids.shape
    assert len(data.align.lengths) == len(doc) and data.align.lengths.min() > 0
    assert all(token.tag_ for token in doc)


def test_training_lowers_the_loss_and_changes_all_layers(bert_folder):
    nlp = make_pipeline(bert_folder)
    examples, optimizer, before = make_examples(nlp), Adam(0.005), weights(nlp)
    seen = []
    for _ in range(25):
        losses = {}
        nlp.update(examples, sgd=optimizer, losses=losses)
        seen.append(losses["tagger"])
    assert seen[-1] < 0.2 * seen[0]
    moved = changed(before, weights(nlp))
    assert "model.embeddings.word_embeddings.weight" in moved and "model.encoder.layer.1.output.dense.weight" in moved
    docs = list(nlp.pipe(Doc(nlp.vocab, words=example.reference.text.split()) for example in examples))
    assert [token.tag_ for token in docs[0]] == ["PRP", "VBD", "CD", "NNS"]


def test_gradient_is_the_same_as_that_of_a_plain_torch_model(bert_folder):
    nlp = make_pipeline(bert_folder)
    examples = make_examples(nlp)
    found = collect(nlp, examples)
    encoder, tagger = nlp.get_pipe("transformer").encoder, nlp.get_pipe("tagger")
    for _, weight in encoder.named_parameters():
        weight.grad = None
    # The same in torch alone: a document at a time, a token the mean of its pieces, the tagger's linear layer and loss.
    layer = tagger.model.get_ref("output_layer")
    linear = [torch.as_tensor(layer.get_param(name), device=encoder.device) for name in ("W", "b")]
    labels, total = list(tagger.labels), 0
    count = sum(len(example.reference) for example in examples)
    for example in examples:
        doc = example.predicted
        if not len(doc):
            continue
        encoding = encoder.tokenizer(doc.text, return_offsets_mapping=True, return_tensors="pt")
        offsets = encoding.pop("offset_mapping")[0].tolist()
        rows = encoder.model(**encoding.to(encoder.device)).last_hidden_state[0]
        vectors = []
        for token in doc:
            begin, end = token.idx, token.idx + len(token.text_with_ws)
            own = [i for i, (a, b) in enumerate(offsets) if a < b and a < end and b > begin]
            vectors.append(rows[own].mean(0) if own else torch.zeros(16, device=rows.device))
        scores = torch.stack(vectors) @ linear[0].T + linear[1]
        gold = torch.tensor([labels.index(token.tag_) for token in example.reference], device=rows.device)
        total = total + torch.nn.functional.cross_entropy(scores, gold, reduction="sum")
    total.backward()
    assert count
    for key, weight in encoder.named_parameters():
        expected = numpy.zeros(weight.shape) if weight.grad is None else weight.grad.numpy()
        given = numpy.zeros(weight.shape) if found[key] is None else found[key]
        numpy.testing.assert_allclose(given, expected, atol=2e-5, rtol=1e-4, err_msg=key)


def test_gradients_of_two_listeners_add_up(bert_folder):
    both = make_pipeline(bert_folder, {"first": listener_block(), "second": listener_block()})
    examples = make_examples(both)
    total = collect(both, examples)
    parts = []
    for alone in ("first", "second"):
        with both.select_pipes(enable=["transformer", alone]):
            parts.append(collect(both, examples))
    for key in total:
        if total[key] is not None:
            numpy.testing.assert_allclose(total[key], parts[0][key] + parts[1][key], rtol=1e-4, atol=1e-4)


def test_factor_scales_the_gradient_and_zero_skips_the_backward_pass(bert_folder, monkeypatch):
    full = collect(*(lambda nlp: (nlp, make_examples(nlp)))(make_pipeline(bert_folder)))
    half_nlp = make_pipeline(bert_folder, {"tagger": listener_block(0.5)})
    half = collect(half_nlp, make_examples(half_nlp))
    for key in full:
        if full[key] is not None:
            numpy.testing.assert_allclose(half[key], 0.5 * full[key], rtol=1e-4, atol=1e-5)
    none_nlp = make_pipeline(bert_folder, {"tagger": listener_block(0.0)})

    def refuse(*args, **kwargs):
        raise AssertionError("there is nothing to send back")

    monkeypatch.setattr(torch.autograd, "backward", refuse)
    assert all(gradient is None for gradient in collect(none_nlp, make_examples(none_nlp)).values())


def test_factor_follows_a_schedule_an_update_at_a_time(bert_folder):
    schedule = {"@schedules": "spacy_lite.test_steps.v1"}

    @spacy_lite.registry.schedules("spacy_lite.test_steps.v1")
    def steps():
        yield from (0.0, 0.5, 1.0)

    nlp = make_pipeline(bert_folder, {"tagger": listener_block(schedule)})
    examples = make_examples(nlp)
    sizes = []
    for _ in range(4):
        found = collect(nlp, examples)["model.embeddings.word_embeddings.weight"]
        sizes.append(0.0 if found is None else float(numpy.abs(found).sum()))
    assert sizes[0] == 0 and sizes[1] == pytest.approx(0.5 * sizes[2], rel=1e-4) and sizes[2] == pytest.approx(sizes[3])


@pytest.mark.parametrize("factor", [float("nan"), float("inf"), "much", True, None])
def test_factor_that_is_no_number_is_refused(bert_folder, factor):
    with pytest.raises(ValueError, match="grad_factor"):
        make_pipeline(bert_folder, {"tagger": listener_block(factor)})


def test_frozen_encoder_keeps_its_weights_and_needs_no_backward_pass(bert_folder):
    nlp = make_pipeline(bert_folder)
    transformer = nlp.get_pipe("transformer")
    everything = sum(transformer.trainable_parameters().values())
    assert everything == sum(weight.numel() for weight in transformer.encoder.model.parameters())
    transformer.freeze()
    before, layer = weights(nlp), nlp.get_pipe("tagger").model.get_ref("output_layer").get_param("W").copy()
    for _ in range(3):
        nlp.update(make_examples(nlp), sgd=Adam(0.01, L2=0.01))
    assert not changed(before, weights(nlp))
    assert not numpy.array_equal(layer, nlp.get_pipe("tagger").model.get_ref("output_layer").get_param("W"))
    transformer.from_bytes(transformer.to_bytes())
    assert transformer.trainable_parameters() == {}
    transformer.train_all()
    nlp.update(make_examples(nlp), sgd=Adam(0.01))
    assert changed(before, weights(nlp)) and sum(transformer.trainable_parameters().values()) == everything


def test_excluded_transformer_annotates_for_its_listeners(bert_folder):
    nlp = make_pipeline(bert_folder)
    before, layer = weights(nlp), nlp.get_pipe("tagger").model.get_ref("output_layer").get_param("W").copy()
    nlp.update(make_examples(nlp), sgd=Adam(0.01), exclude=["transformer"], annotates=["transformer"])
    assert not changed(before, weights(nlp))
    assert not numpy.array_equal(layer, nlp.get_pipe("tagger").model.get_ref("output_layer").get_param("W"))
    with pytest.raises(ListenerError, match="annotating_components"):
        nlp.update(make_examples(nlp), sgd=False, exclude=["transformer"])


def test_missing_transformer_is_named(bert_folder):
    nlp = make_pipeline(bert_folder)
    with nlp.select_pipes(disable=["transformer"]), pytest.raises(ListenerError, match="`tagger` listens to `transformer`"):
        nlp("She saw three ships")


def test_permuted_batch_is_rejected_by_identity_not_by_content(bert_folder):
    nlp = make_pipeline(bert_folder)
    transformer, tagger = nlp.get_pipe("transformer"), nlp.get_pipe("tagger")
    examples = make_examples(nlp)
    transformer.update(examples)
    others = [Example(example.predicted.copy(), example.reference) for example in examples]
    with pytest.raises(ListenerError, match="has not seen"):
        tagger.update(others)
    tagger.update(examples[::-1])  # the same documents in another order are the same batch
    transformer.end_update()


@pytest.mark.parametrize("pooling", ["reduce_mean.v1", "reduce_max.v1", "reduce_first.v1", "reduce_last.v1", "reduce_sum.v1"])
def test_every_pooling_bears_tokens_without_pieces(bert_folder, pooling):
    nlp = make_pipeline(bert_folder, {"tagger": listener_block(pooling=pooling)})
    nlp.update(make_examples(nlp), sgd=Adam(0.01))
    docs = [nlp("\n\n"), nlp("She saw \n\n three ships"), nlp("")]
    assert docs[1]._.trf_data.align.lengths.tolist() == [1, 1, 0, 1, 1] or 0 in docs[1]._.trf_data.align.lengths
    assert [len(doc) for doc in docs] == [1, 5, 0]


def test_documents_without_tokens_come_back_unharmed(bert_folder):
    nlp = make_pipeline(bert_folder)
    docs = list(nlp.pipe(["", "Ships sail", "   ", "\n", ""]))
    assert [len(doc._.trf_data.align.lengths) for doc in docs] == [0, 2, 1, 1, 0]
    assert [doc._.trf_data.token_vectors().shape for doc in docs] == [(0, 16), (2, 16), (1, 16), (1, 16), (0, 16)]
    for own in (docs, docs[:1], [docs[0], docs[4]], []):
        rows = nlp.get_pipe("tagger").model.get_ref("tok2vec").predict(own)
        assert [row.shape for row in rows] == [(len(doc), 16) for doc in own]
    assert list(nlp.pipe([])) == [] and list(nlp.pipe([""]))[0].text == ""
    nlp.update([Example(nlp.make_doc(""), nlp.make_doc(""))], sgd=Adam())


def test_batches_do_not_change_the_output(bert_folder):
    nlp = make_pipeline(bert_folder)
    texts = ["Ships sail", "She saw three ships, he saw a dog and two cats. " * 4, "", "The cat", "\n"] * 3
    together = [doc._.trf_data for doc in nlp.pipe(texts)]
    nlp.get_pipe("transformer").model.attrs["max_batch_items"] = 10
    for text, data in zip(texts, together, strict=True):
        alone = nlp(text)._.trf_data
        numpy.testing.assert_allclose(data.token_vectors(), alone.token_vectors(), atol=1e-5)


def test_steps_of_computing_stay_under_max_batch_items(bert_folder, monkeypatch):
    nlp = make_pipeline(bert_folder)
    nlp.get_pipe("transformer").model.attrs["max_batch_items"] = 100
    sizes = []
    encoder = nlp.get_pipe("transformer").encoder
    original = type(encoder)._call

    def note(self, ids, inputs):
        sizes.append(ids.shape[0] * ids.shape[1])
        return original(self, ids, inputs)

    monkeypatch.setattr(type(encoder), "_call", note)
    doc = nlp("She saw three ships and a dog. " * 250)
    assert len(doc) == 2000 and max(sizes) <= 100
    assert numpy.abs(doc._.trf_data.token_vectors()).sum(axis=1).min() > 0


def test_listener_gives_back_nothing_and_the_batch_still_ends(bert_folder):
    nlp = make_pipeline(bert_folder, {"first": listener_block(), "second": listener_block()})
    before = weights(nlp)
    nlp.update(make_examples(nlp), sgd=Adam(0.01), exclude=["second"])
    assert changed(before, weights(nlp))
    assert all(listener.batch is None for listener in nlp.get_pipe("transformer").listeners)


def test_extra_annotations_are_set_from_the_full_batch(bert_folder):
    seen = []

    @spacy_lite.registry.annotation_setters("spacy_lite.test_setter.v1")
    def setter():
        def note(docs, batch):
            seen.append((len(docs), batch))

        return note

    config = {**transformer_block(bert_folder), "set_extra_annotations": {"@annotation_setters": "spacy_lite.test_setter.v1"}}
    nlp = make_pipeline(bert_folder, transformer=config)
    list(nlp.pipe(["Ships sail", "", "She saw three ships and a dog. " * 5]))
    (count, batch), *_ = seen
    assert isinstance(batch, FullTransformerBatch) and count == len(batch.spans) == len(batch.doc_data) == 3
    spans = sum(len(own) for own in batch.spans)
    assert batch.wordpieces.input_ids.shape[0] == batch.model_output.last_hidden_state.shape[0] == spans
    flat = batch.model_output.last_hidden_state.reshape(-1, 16)
    whole = numpy.concatenate([data.rows[data.align.dataXd] for data in batch.doc_data])
    numpy.testing.assert_array_equal(flat[batch.align.dataXd], whole)


def test_vectors_of_tokens_come_from_the_transformer_when_asked_for(bert_folder):
    config = {**transformer_block(bert_folder), "set_extra_annotations": {"@annotation_setters": "spacy_lite.doc_tensor.v1"}}
    nlp = make_pipeline(bert_folder, transformer=config)
    doc = nlp("She saw three ships")
    assert doc.tensor.shape == (4, 16)
    numpy.testing.assert_allclose(doc[1].vector, doc.tensor[1])


@pytest.mark.parametrize(("keep", "kept"), [("doc", 16), ("pooled", 16), ("none", None)])
def test_outputs_are_kept_as_told(bert_folder, keep, kept):
    nlp = make_pipeline(bert_folder, {"a": listener_block(), "b": listener_block()})
    whole = nlp("She saw three unbelievable ships")
    other = make_pipeline(
        bert_folder, {"a": listener_block(), "b": listener_block()}, {**transformer_block(bert_folder), "keep_outputs": keep}
    )
    doc = other("She saw three unbelievable ships")
    assert [token.tag_ for token in doc] == [token.tag_ for token in whole]
    assert (doc._.trf_data.width if doc._.trf_data else None) == kept
    if keep == "pooled":
        assert doc._.trf_data.rows.shape == (5, 16)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"keep_outputs": "dox"}, "did you mean `doc`"),
        ({"max_batch_items": 0}, "positive number"),
        ({"inference_dtype": "int4"}, "bfloat16"),
        ({"torch_threads": 0}, "torch_threads must be a positive number"),
    ],
)
def test_settings_that_make_no_sense_are_refused(bert_folder, settings, message):
    with pytest.raises(ValueError, match=message):
        spacy_lite.blank("en").add_pipe("transformer", config={**transformer_block(bert_folder), **settings})


def test_less_precision_gives_nearly_the_same_vectors(bert_folder):
    exact = make_pipeline(bert_folder)("She saw three ships")._.trf_data.token_vectors()
    config = {**transformer_block(bert_folder), "inference_dtype": "bfloat16"}
    rough = make_pipeline(bert_folder, transformer=config)("She saw three ships")._.trf_data.token_vectors()
    assert rough.dtype == "float32" and not numpy.array_equal(exact, rough)
    numpy.testing.assert_allclose(rough, exact, atol=0.05)


def test_threads_of_torch_are_the_components_while_it_computes(bert_folder, monkeypatch):
    nlp = make_pipeline(bert_folder, transformer={**transformer_block(bert_folder), "torch_threads": 3})
    before, seen = torch.get_num_threads(), []
    model = nlp.get_pipe("transformer").encoder.model
    model.register_forward_hook(lambda *call: seen.append(torch.get_num_threads()))
    model.get_input_embeddings().weight.register_hook(lambda gradient: seen.append(torch.get_num_threads()))
    nlp("She saw three ships")
    nlp.update(make_examples(nlp), sgd=nlp._optimizer)
    assert len(seen) == 3 and set(seen) == {3} and torch.get_num_threads() == before


def test_mixed_precision_trains(bert_folder):
    nlp = make_pipeline(bert_folder, transformer=transformer_block(bert_folder, mixed_precision=True))
    losses = [nlp.update(make_examples(nlp), sgd=nlp._optimizer, losses={})["tagger"] for _ in range(8)]
    assert losses[-1] < losses[0]


def test_dropout_is_the_updates_own(bert_folder):
    nlp = make_pipeline(bert_folder)
    examples = make_examples(nlp)
    key = "model.encoder.layer.0.output.dense.weight"
    first, second = collect(nlp, examples)[key], collect(nlp, examples)[key]
    assert numpy.array_equal(first, second)
    assert not numpy.array_equal(collect(nlp, examples, drop=0.5)[key], first)


def test_transformer_of_a_components_own(bert_folder):
    nlp = spacy_lite.blank("en")
    for version in (1, 2, 3):
        block = {**transformer_block(bert_folder)["model"], "pooling": {"@layers": "reduce_mean.v1"}, "grad_factor": 1.0}
        block["tokenizer_config"] = {}
        block["@architectures"] = f"spacy-transformers.Tok2VecTransformer.v{version}"
        nlp.add_pipe("tagger", name=f"tagger{version}", config=tagger_block(block))
    nlp.initialize(lambda: make_examples(nlp))
    optimizer, losses = Adam(0.02), []
    for _ in range(15):
        losses.append(nlp.update(make_examples(nlp), sgd=optimizer))
    for version in (1, 2, 3):
        assert losses[-1][f"tagger{version}"] < 0.5 * losses[0][f"tagger{version}"]


def test_replaced_listener_gives_the_same_and_is_independent(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    before = [token.tag_ for token in nlp("She saw three unbelievable ships")]
    nlp.replace_listeners("transformer", "tagger", ["model.tok2vec"])
    assert nlp.get_pipe("transformer").listeners == []
    block = nlp.config["components"]["tagger"]["model"]["tok2vec"]
    assert block["@architectures"] == "spacy-transformers.Tok2VecTransformer.v3"
    nlp.remove_pipe("transformer")
    assert [token.tag_ for token in nlp("She saw three unbelievable ships")] == before
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy_lite.load(tmp_path / "pipeline")
    assert [token.tag_ for token in again("She saw three unbelievable ships")] == before
    nlp.update(make_examples(nlp), sgd=Adam(0.01))


def test_component_is_what_the_factory_says(bert_folder):
    nlp = make_pipeline(bert_folder)
    pipe = nlp.get_pipe("transformer")
    assert isinstance(pipe, Transformer) and pipe.max_length == 64 and pipe.is_trainable and pipe.is_distillable
    assert pipe.listening_components == ["tagger"] and pipe.get_loss([], None) == (0.0, None)
    assert pipe.tokenizer.pad_token == "[PAD]" and pipe.max_batch_items == 4096
