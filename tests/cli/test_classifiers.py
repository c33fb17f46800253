"""Text and span classifiers from the command line: config, checks of the data, training, scores, files that give the same."""

import json
import random

import pytest

import spacy_lite
from spacy_lite.cli.find_threshold import find_threshold
from spacy_lite.pipeline.textcat import textcat_model
from spacy_lite.tokens import Doc, DocBin

from .test_commands import SMALL, fails, invoke

GOOD, BAD = ["sunny", "calm", "lovely", "bright", "kind"], ["grey", "stormy", "awful", "dark", "mean"]
NAMES = ["Mara", "Norwell", "Finch", "Odell"]
COMPONENTS = ["textcat", "textcat_multilabel", "spancat", "spancat_singlelabel", "span_finder"]
# The span finder finds every start with every end, so more than there is.
SCORES = {"textcat": "cats_score", "textcat_multilabel": "cats_score", "span_finder": "spans_sc_r"}


def make_docs(vocab, count, seed):
    generator = random.Random(seed)
    for number in range(count):
        good = number % 2
        words = [
            "A",
            generator.choice(GOOD if good else BAD),
            "day",
            "for",
            generator.choice(NAMES),
            "and",
            "the",
            "harbour",
            ".",
        ]
        doc = Doc(vocab, words=words)
        doc.cats = {"GOOD": float(good), "BAD": 1.0 - good}
        doc.spans["sc"] = [doc.char_span(doc[4].idx, doc[4].idx + len(doc[4]), label="NAME"), doc[6:8]]
        doc.spans["sc"][1].label_ = "PLACE"
        yield doc


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classifiers")
    vocab = spacy_lite.blank("en").vocab
    for seed, (part, count) in enumerate((("train", 60), ("dev", 10))):
        DocBin(docs=make_docs(vocab, count, seed), store_user_data=True).to_disk(folder / f"{part}.spacy")
    return ("--paths.train", folder / "train.spacy", "--paths.dev", folder / "dev.spacy")


@pytest.mark.parametrize("component", COMPONENTS)
def test_from_a_config_to_a_pipeline_that_gives_the_same_when_loaded(component, corpora, tmp_path):
    config, output = tmp_path / "config.cfg", tmp_path / "out"
    invoke("init", "config", config, "--pipeline", component)
    words = ("train", config, "--output", output, *corpora, "--training.max_steps", 40, "--training.eval_frequency", 20)
    small = SMALL if "[components.tok2vec]" in config.read_text() else ()
    invoke(*words, "--training.optimizer.learn_rate", 0.01, *small)
    invoke("evaluate", output / "model-last", corpora[3], "-o", tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores[SCORES.get(component, "spans_sc_f")] > 0.9
    nlp = spacy_lite.load(output / "model-last")
    texts = ["A sunny day for Mara and the harbour .", "", "An awful day .", "Odell"] * 5
    want = [annotations(nlp(text)) for text in texts]
    assert [annotations(doc) for doc in nlp.pipe(texts, n_threads=2, batch_size=3)] == want
    nlp.to_disk(tmp_path / "again")
    assert [annotations(doc) for doc in spacy_lite.load(tmp_path / "again").pipe(texts)] == want
    again = spacy_lite.blank("en", config=nlp.config).from_bytes(nlp.to_bytes())
    assert [annotations(doc) for doc in again.pipe(texts)] == want


def annotations(doc):
    spans = [(span.start, span.end, span.label_) for span in doc.spans.get("sc", [])]
    return {label: round(value, 4) for label, value in doc.cats.items()}, spans


@pytest.mark.parametrize("optimize", ["efficiency", "accuracy"])
@pytest.mark.parametrize("pipeline", [*COMPONENTS, "tagger,spancat,textcat_multilabel", "span_finder,spancat", "ner,textcat"])
def test_configs_are_complete_and_can_be_made_into_a_pipeline(pipeline, optimize, tmp_path):
    invoke("init", "config", tmp_path / "config.cfg", "--pipeline", pipeline, "--optimize", optimize)
    text = (tmp_path / "config.cfg").read_text()
    assert "label_smoothing" not in text.partition("[components.textcat")[2].partition("\n\n")[0]
    nlp = spacy_lite.util.load_model_from_config(spacy_lite.util.load_config(tmp_path / "config.cfg"), auto_fill=False)
    assert [name for name in nlp.pipe_names if name != "tok2vec"] == pipeline.split(",")


def test_debug_data_tells_about_categories_and_spans(corpora, tmp_path):
    config = tmp_path / "config.cfg"
    invoke("init", "config", config, "--pipeline", "textcat,spancat,span_finder")
    output = invoke("debug", "data", config, *corpora).output
    for part in (
        "Categories",
        "GOOD (30)",
        "Spans of `spancat` in 'sc'",
        "120 spans; their lengths in tokens: 1 (50%), 2 (50%)",
    ):
        assert part in output
    short = invoke("debug", "data", config, *corpora, "--components.spancat.suggester.sizes", "[1]").output
    assert "60 of them (50.0%) have lengths that `spancat` never predicts" in short
    result = invoke("debug", "data", config, *corpora, "--components.span_finder.spans_key", "other", ok=False)
    assert result.exit_code == 1
    assert "`span_finder` learns from spans under the key 'other'; the training corpus has 'sc'" in result.output


def test_the_best_threshold_is_found(corpora, tmp_path):
    invoke("init", "config", tmp_path / "config.cfg", "--pipeline", "textcat_multilabel")
    words = ("train", tmp_path / "config.cfg", "--output", tmp_path / "out", *corpora, "--training.max_steps", 20)
    invoke(*words, "--training.optimizer.learn_rate", 0.05)
    _, _, scores = find_threshold(
        tmp_path / "out" / "model-last",
        corpora[3],
        pipe_name="textcat_multilabel",
        threshold_key="threshold",
        scores_key="cats_macro_f",
        n_trials=3,
    )
    # At 0 every category of every document is predicted, half of them wrongly; at 1 hardly any.
    assert scores[0.0] == pytest.approx(2 / 3, abs=0.01)
    assert scores[0.5] == 1.0
    assert scores[1.0] < 0.5


def test_labels_are_written_for_initialisation(corpora, tmp_path):
    invoke("init", "config", tmp_path / "config.cfg", "--pipeline", "textcat,spancat_singlelabel")
    invoke("init", "labels", tmp_path / "config.cfg", tmp_path / "labels", *corpora)
    assert sorted(json.loads((tmp_path / "labels" / "textcat.json").read_text())) == ["BAD", "GOOD"]
    assert json.loads((tmp_path / "labels" / "spancat_singlelabel.json").read_text()) == ["NAME", "PLACE"]


def test_the_vectors_of_a_text_classifier_are_pretrained(corpora, tmp_path):
    raw, folder = tmp_path / "raw.jsonl", tmp_path / "pretrained"
    lines = [json.dumps({"text": f"A {word} day for {name} and the harbour ."}) for word in GOOD for name in NAMES]
    raw.write_text("\n".join(lines))
    invoke("init", "config", tmp_path / "base.cfg", "--pipeline", "textcat")
    config = spacy_lite.util.load_config(tmp_path / "base.cfg")
    config["components"]["textcat"]["model"] = textcat_model(exclusive_classes=True)
    config.to_disk(tmp_path / "own.cfg")
    invoke("init", "fill-config", tmp_path / "own.cfg", tmp_path / "config.cfg", "--pretraining")
    words = (tmp_path / "config.cfg", "--paths.raw_text", raw, "--pretraining.component", "textcat")
    invoke("pretrain", *words[:1], folder, *words[1:], "--pretraining.layer", "tok2vec", "--pretraining.max_epochs", 2)
    train = ("train", *words, "--output", tmp_path / "out", *corpora, "--training.max_steps", 2)
    train += ("--initialize.init_tok2vec", folder / "model-last.bin")
    assert "Trained" in invoke(*train, "--pretraining.layer", "tok2vec").output
    assert "did you mean `tok2vec`" in fails(*train, "--pretraining.layer", "tok3vec")
