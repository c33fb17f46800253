"""Entity linking: what is chosen follows from priors and context; it is learned, saved and loaded; bad settings are named."""

import json

import numpy
import pytest

import spacy_lite
from spacy_lite.kb import Candidate, InMemoryLookupKB, KnowledgeBase
from spacy_lite.language.loading import load_model_from_config
from spacy_lite.pipeline.entity_linker import EntityLinker, EntityLinker_v1
from spacy_lite.tokens import Doc, Span
from spacy_lite.training import Example

WIDTH = 8
TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 32,
    "depth": 2,
    "embed_size": 300,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
PATTERNS = [
    {"label": "PERSON", "pattern": "Paris"},
    {"label": "PERSON", "pattern": "Jordan"},
    {"label": "NUM", "pattern": "seven"},
]
TEXTS = [
    ("Paris sang a song on the stage", "Q_singer"),
    ("The song of Paris was loud", "Q_singer"),
    ("On the stage Paris sang loud", "Q_singer"),
    ("They drove to Paris by the river", "Q_city"),
    ("The streets of Paris follow the river", "Q_city"),
    ("Paris lies at the river", "Q_city"),
]


def knowledge(vocab) -> InMemoryLookupKB:
    kb = InMemoryLookupKB(vocab, WIDTH)
    vectors = numpy.eye(4, WIDTH)
    kb.add_entity("Q_singer", 10, vectors[0])
    kb.add_entity("Q_city", 90, vectors[1])
    kb.add_entity("Q_player", 5, vectors[2])
    kb.add_entity("Q_number", 1, vectors[3])
    kb.add_alias("Paris", ["Q_singer", "Q_city"], [0.5, 0.5])
    kb.add_alias("Jordan", ["Q_player"], [0.875])
    kb.add_alias("seven", ["Q_number"], [1.0])
    return kb


def made(architecture="spacy.EntityLinker.v2", **settings):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns(PATTERNS)
    config = {"model": {"@architectures": architecture, "tok2vec": TOK2VEC}, "entity_vector_length": WIDTH, **settings}
    return nlp, nlp.add_pipe("entity_linker", config=config)


def examples_of(nlp):
    examples = []
    for text, kb_id in TEXTS:
        predicted, reference = nlp.make_doc(text), nlp.make_doc(text)
        start = next(token.i for token in reference if token.text == "Paris")
        reference.ents = [Span(reference, start, start + 1, label="PERSON", kb_id=kb_id)]
        for doc in (predicted, reference):
            for token in doc:
                token.is_sent_start = token.i == 0
        examples.append(Example(predicted, reference))
    return examples


def trained(steps=60, **settings):
    nlp, linker = made(**settings)
    examples = examples_of(nlp)
    linker.initialize(lambda: examples, nlp=nlp, kb_loader=knowledge)
    sgd = linker.create_optimizer()
    losses = [linker.update(examples, sgd=sgd)["entity_linker"] for _ in range(steps)]
    return nlp, linker, losses


@pytest.fixture(scope="module")
def linked():
    nlp, _, _ = trained()
    return nlp


def ids(doc):
    return [entity.kb_id_ for entity in doc.ents]


def test_the_sentence_around_decides_between_meanings(linked):
    assert [ids(doc) for doc in linked.pipe(text for text, _ in TEXTS)] == [[kb_id] for _, kb_id in TEXTS]


@pytest.mark.parametrize("settings", [{}, {"use_gold_ents": False}, {"architecture": "spacy.EntityLinker.v1"}])
def test_the_loss_goes_down(settings):
    nlp, linker = made(**settings)
    examples = examples_of(nlp)
    for example in examples:
        if settings.get("use_gold_ents") is False:
            nlp.get_pipe("entity_ruler")(example.predicted)
    linker.initialize(lambda: examples, nlp=nlp, kb_loader=knowledge)
    sgd = linker.create_optimizer()
    losses = [linker.update(examples, sgd=sgd)["entity_linker"] for _ in range(40)]
    assert 0 < losses[-1] < losses[0] / 2
    scores = nlp.evaluate(examples_of(nlp))
    assert scores["nel_micro_f"] == 1.0


def test_training_leaves_the_entities_of_the_predicted_documents_alone():
    nlp, linker, _ = trained(steps=1)
    examples = examples_of(nlp)
    examples[0].predicted.set_ents([], missing=[examples[0].predicted[2:3]], default="outside")
    examples[1].predicted.ents = [Span(examples[1].predicted, 0, 2, label="X", kb_id="Q9", span_id="id")]
    before = [example.predicted.to_array(["ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID"]) for example in examples]
    linker.update(examples, sgd=linker.create_optimizer())
    for example, columns in zip(examples, before, strict=True):
        assert numpy.array_equal(example.predicted.to_array(["ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID"]), columns)


def test_gold_ids_the_knowledge_base_does_not_have_teach_nothing():
    nlp, linker, _ = trained(steps=0)
    examples = examples_of(nlp)[:1]
    for name in ("NIL", "Q_unknown", ""):
        examples[0].reference.ents = [Span(examples[0].reference, 0, 1, label="PERSON", kb_id=name)]
        weights = linker.model.to_bytes()
        assert linker.update(examples, sgd=linker.create_optimizer()) == {"entity_linker": 0.0}
        assert linker.model.to_bytes() == weights


def test_threads_and_batches_change_nothing(linked):
    texts = [text for text, _ in TEXTS] * 20 + ["", "No one here."]
    alone = [ids(linked(text)) for text in texts]
    assert [ids(doc) for doc in linked.pipe(texts, batch_size=7)] == alone
    assert [ids(doc) for doc in linked.pipe(texts, batch_size=16, n_threads=2)] == alone


def test_documents_without_words_or_entities_get_nothing(linked):
    assert ids(linked("")) == ids(linked("   ")) == ids(linked("No one.")) == []
    linker = linked.get_pipe("entity_linker")
    assert linker.predict([]) == linker.predict([linked.make_doc("")]) == []
    assert linker.update([], sgd=linker.create_optimizer()) == {"entity_linker": 0.0}


def test_what_is_saved_comes_back_on_disk_and_in_bytes(linked, tmp_path):
    texts = [text for text, _ in TEXTS]
    expected = [ids(linked(text)) for text in texts]
    linked.to_disk(tmp_path)
    loaded = spacy_lite.load(tmp_path)
    assert [ids(loaded(text)) for text in texts] == expected
    assert loaded.get_pipe("entity_linker").model.to_bytes() == linked.get_pipe("entity_linker").model.to_bytes()
    again = load_model_from_config(linked.config)
    again.from_bytes(linked.to_bytes())
    assert [ids(again(text)) for text in texts] == expected


def test_a_config_trains_it_with_a_knowledge_base_from_a_file(tmp_path):
    nlp, _ = made()
    kb = knowledge(nlp.vocab)
    kb.to_disk(tmp_path / "kb")
    config = nlp.config.copy()
    loader = {"@misc": "spacy.KBFromFile.v1", "kb_path": str(tmp_path / "kb")}
    config["initialize"]["components"]["entity_linker"] = {"kb_loader": loader}
    nlp = load_model_from_config(config, auto_fill=True)
    nlp.get_pipe("entity_ruler").add_patterns(PATTERNS)
    examples = examples_of(nlp)
    sgd = nlp.initialize(lambda: examples)
    nlp.get_pipe("entity_ruler").add_patterns(PATTERNS)
    for _ in range(60):
        nlp.update(examples, sgd=sgd, annotates=["sentencizer", "entity_ruler"])
    assert [ids(nlp(text)) for text, _ in TEXTS] == [[kb_id] for _, kb_id in TEXTS]


def test_it_listens_to_a_shared_encoder():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns(PATTERNS)
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 32}
    config = {"model": {"@architectures": "spacy.EntityLinker.v2", "tok2vec": listener}, "entity_vector_length": WIDTH}
    linker = nlp.add_pipe("entity_linker", config=config)
    examples = examples_of(nlp)
    linker.set_kb(knowledge)
    sgd = nlp.initialize(lambda: examples)
    nlp.get_pipe("entity_ruler").add_patterns(PATTERNS)
    before = nlp.get_pipe("tok2vec").model.to_bytes()
    for _ in range(60):
        nlp.update(examples, sgd=sgd)
    assert nlp.get_pipe("tok2vec").model.to_bytes() != before
    assert [ids(nlp(text)) for text, _ in TEXTS] == [[kb_id] for _, kb_id in TEXTS]


def test_entities_and_aliases_added_later_are_found(linked, tmp_path):
    linked.to_disk(tmp_path)
    nlp = spacy_lite.load(tmp_path)
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Zorn"}])
    kb = nlp.get_pipe("entity_linker").kb
    assert ids(nlp("Zorn sang.")) == ["NIL"]
    kb.add_entity("Q_new", 1, numpy.ones(WIDTH))
    kb.add_alias("Zorn", ["Q_new"], [1.0])
    assert ids(nlp("Zorn sang.")) == ["Q_new"]


# What is chosen


def test_without_candidates_it_is_nil_and_a_single_one_is_taken():
    nlp, linker = made()
    linker.set_kb(knowledge)
    linker.kb.add_alias("nothing", [], [])
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "nothing"}, {"label": "PERSON", "pattern": "Al"}])
    assert ids(nlp("Jordan, Al and nothing.")) == ["Q_player", "NIL", "NIL"]


def test_priors_alone_decide_without_context_and_weights():
    nlp, linker = made(incl_context=False)
    linker.set_kb(knowledge)
    linker.kb.add_entity("Q_other", 1, numpy.ones(WIDTH))
    linker.kb.append_alias("Jordan", "Q_other", 0.05)
    assert ids(nlp("Jordan")) == ["Q_player"]
    assert ids(nlp("Paris")) == ["Q_singer"]  # of two equal ones, the first


@pytest.mark.parametrize(("threshold", "expected"), [(None, "Q_player"), (0.875, "Q_player"), (0.88, "NIL"), (0.0, "Q_player")])
def test_below_the_threshold_it_is_nil(threshold, expected):
    nlp, linker = made(incl_context=False, threshold=threshold)
    linker.set_kb(knowledge)
    assert ids(nlp("Jordan")) == [expected]


@pytest.mark.parametrize("incl_prior", [True, False])
@pytest.mark.parametrize("incl_context", [True, False])
@pytest.mark.parametrize("n_sents", [0, 1, 5])
def test_choices_are_those_of_the_plain_formula(linked, incl_prior, incl_context, n_sents):
    linker = linked.get_pipe("entity_linker")
    kb = InMemoryLookupKB(linked.vocab, WIDTH)
    rng = numpy.random.default_rng(0)
    for i in range(30):
        kb.add_entity(f"E{i}", 1, rng.normal(size=WIDTH))
    for alias in ("Paris", "Jordan", "seven"):
        kb.add_alias(alias, [f"E{i}" for i in rng.permutation(30)[:12]], rng.dirichlet(numpy.ones(12)))
    other = EntityLinker(
        linked.vocab,
        linker.model,
        labels_discard=["NUM"],
        n_sents=n_sents,
        incl_prior=incl_prior,
        incl_context=incl_context,
        entity_vector_length=WIDTH,
        get_candidates=linker.get_candidates,
        get_candidates_batch=linker.get_candidates_batch,
        use_gold_ents=True,
        candidates_batch_size=3,
    )
    other.kb = kb
    text = "Paris sang for Jordan. The river was loud. In Paris seven songs. Jordan drove seven streets. Paris. It was on."
    doc = linked(text)
    expected = []
    sentences = list(doc.sents)
    for entity in doc.ents:
        if entity.label_ == "NUM":
            expected.append("NIL")
            continue
        own = next(i for i, sentence in enumerate(sentences) if sentence.start <= entity.start < sentence.end)
        first, last = sentences[max(0, own - n_sents)], sentences[min(len(sentences) - 1, own + n_sents)]
        context = linker.model.predict([doc[first.start : last.end].as_doc()])[0]
        best = None
        for candidate in kb.get_alias_candidates(entity.text):
            vector = numpy.asarray(candidate.entity_vector)
            prior = candidate.prior_prob if incl_prior else 0.0
            cosine = float(vector @ context / numpy.linalg.norm(vector) / numpy.linalg.norm(context)) if incl_context else 0.0
            score = prior + cosine - prior * cosine
            if best is None or score > best[0]:
                best = (score, candidate.entity_)
        expected.append(best[1])
    assert other.predict([doc]) == expected


def test_discarded_labels_are_nil_and_do_not_shift_the_others():
    nlp, linker = made(labels_discard=["NUM"], candidates_batch_size=4)
    linker.set_kb(knowledge)
    assert ids(nlp("seven Jordan seven Jordan Jordan seven")) == ["NIL", "Q_player", "NIL", "Q_player", "Q_player", "NIL"]


@pytest.mark.parametrize(("overwrite", "expected"), [(True, "Q_player"), (False, "Q_mine")])
def test_ids_that_are_there_stay_unless_overwritten(overwrite, expected):
    nlp, linker = made(overwrite=overwrite)
    linker.set_kb(knowledge)
    doc = Doc(nlp.vocab, words=["Jordan", "Jordan"], sent_starts=[True, False])
    doc.ents = [Span(doc, 0, 1, label="PERSON", kb_id="Q_mine"), Span(doc, 1, 2, label="PERSON")]
    assert ids(linker(doc)) == [expected, "Q_player"]


def test_an_entity_across_sentences_is_read_with_both(linked):
    doc = Doc(
        linked.vocab, words=["The", "song", ".", "Paris", "sang", "."], sent_starts=[True, False, False, True, False, False]
    )
    doc.ents = [Span(doc, 2, 4, label="PERSON")]
    linker = linked.get_pipe("entity_linker")
    linker.kb.add_alias(". Paris", ["Q_city", "Q_singer"], [0.5, 0.5])
    assert linker.predict([doc])[0] in ("Q_city", "Q_singer")


def test_a_zero_vector_is_no_reason_to_choose_it(linked):
    linker = linked.get_pipe("entity_linker")
    linker.kb.add_entity("Q_zero", 1, numpy.zeros(WIDTH))
    linker.kb.add_alias("Nought", ["Q_zero", "Q_singer"], [0.1, 0.1])
    doc = linked("Nought sang a song on the stage")
    doc.ents = [Span(doc, 0, 1, label="PERSON")]
    assert linker.predict([doc]) == ["Q_singer"]


def test_activations_hold_candidates_and_scores():
    nlp, linker = made(incl_context=False, save_activations=True, labels_discard=["NUM"])
    linker.set_kb(knowledge)
    doc = nlp("Paris seven Jordan")
    kept = doc.activations["entity_linker"]
    strings = nlp.vocab.strings
    assert kept["ents"].lengths.tolist() == kept["scores"].lengths.tolist() == [2, 1, 1]
    assert kept["ents"].dataXd.tolist() == [strings["Q_singer"], strings["Q_city"], 0, strings["Q_player"]]
    assert kept["scores"].dataXd.tolist() == [0.5, 0.5, 0.0, 1.0]
    assert ids(doc) == ["Q_singer", "NIL", "Q_player"]


def test_knowledge_bases_of_ones_own_are_asked():
    class Capitals(KnowledgeBase):
        def get_candidates(self, mention):
            name = mention.text.upper()
            entity, alias = self.vocab.strings.add(name), self.vocab.strings.add(mention.text)
            return [Candidate(self, entity, 1.0, [1.0, 0.0], alias, prior) for prior in (0.3, 0.6)]

        def get_vector(self, entity):
            return [1.0, 0.0]

    nlp, linker = made(incl_context=False)
    linker.set_kb(lambda vocab: Capitals(vocab, 2))
    assert ids(nlp("Paris and Jordan")) == ["PARIS", "JORDAN"]


# Settings and errors


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"threshold": 1.5}, "between 0 and 1"), ({"candidates_batch_size": 0}, "1 or more"), ({"n_sents": -1}, "0 or more")],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        made(**settings)


def test_an_empty_knowledge_base_is_named_with_the_way_out():
    nlp, linker = made()
    for call in (lambda: nlp("Paris"), lambda: linker.initialize(lambda: examples_of(nlp)), lambda: linker.update([])):
        with pytest.raises(ValueError, match="kb_loader"):
            call()


def test_loaders_that_are_none_are_refused():
    _, linker = made()
    with pytest.raises(ValueError, match="takes a function"):
        linker.set_kb(3)
    with pytest.raises(TypeError, match="not a KnowledgeBase"):
        linker.set_kb(lambda vocab: {})


def test_a_knowledge_base_of_another_width_is_refused(linked, tmp_path):
    linked.to_disk(tmp_path)
    nlp = spacy_lite.load(tmp_path)
    kb = InMemoryLookupKB(nlp.vocab, 3)
    kb.set_entities(["A", "B"], [1, 1], [[1, 0, 0], [0, 1, 0]])
    kb.add_alias("Paris", ["A", "B"], [0.5, 0.5])
    nlp.get_pipe("entity_linker").kb = kb
    with pytest.raises(ValueError, match="3 numbers"):
        nlp("Paris sang")
    with pytest.raises(ValueError, match="vectors of 3"):
        examples = examples_of(nlp)
        examples[0].reference.ents = [Span(examples[0].reference, 0, 1, label="PERSON", kb_id="A")]
        nlp.get_pipe("entity_linker").update(examples[:1])


def test_without_weights_the_way_out_is_named():
    nlp, linker = made()
    linker.set_kb(knowledge)
    with pytest.raises(ValueError, match="nlp.initialize"):
        nlp("Paris sang")


def test_wrong_numbers_of_ids_are_refused():
    nlp, linker = made()
    doc = Doc(nlp.vocab, words=["Jordan"], sent_starts=[True], ents=["B-PERSON"])
    with pytest.raises(ValueError, match="1 entities, but there are 2 ids"):
        linker.set_annotations([doc], ["a", "b"])


def test_models_that_read_excerpts_get_the_earlier_linker():
    assert type(made(architecture="spacy.EntityLinker.v1")[1]) is EntityLinker_v1
    assert type(made()[1]) is EntityLinker


def test_initializing_without_any_entity_works():
    nlp, linker = made()
    examples = [Example.from_dict(nlp.make_doc("No one at all"), {"words": ["No", "one", "at", "all"]})]
    linker.initialize(lambda: examples, kb_loader=knowledge)
    assert linker.model.get_dim("nO") == WIDTH
    assert examples[0].predicted.ents == ()


def test_training_without_sentences_names_the_way_out():
    nlp, linker = made()
    examples = examples_of(nlp)
    for example in examples:
        example.predicted = nlp.make_doc(example.text)
    linker.initialize(lambda: examples, kb_loader=knowledge)
    with pytest.raises(ValueError, match="annotating_components"):
        linker.update(examples)


def test_a_pipeline_of_spacy_gives_the_same_ids(shared_data):
    folder = shared_data / "spacy38_pipelines" / "en_entity_linker"
    nlp = spacy_lite.load(folder / "pipeline")
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text("utf8").splitlines()]
    docs = list(nlp.pipe([row["text"] for row in expected], n_threads=2))
    assert [[token.ent_kb_id_ for token in doc] for doc in docs] == [row["tokens"]["ent_kb_id_"] for row in expected]
    assert sum(map(len, map(ids, docs))) > 100
