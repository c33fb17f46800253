"""Commands that look: find-threshold, debug profile, debug diff-config, debug model."""

import json

import pytest

import spacy_lite
from spacy_lite.cli import find_threshold
from spacy_lite.training import Example

from .test_commands import fails, invoke

TEXTS = [("a good day", 1.0), ("good and kind", 1.0), ("a bad day", 0.0), ("bad and mean", 0.0)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a trained text classifier in pipeline/ and annotated texts in dev.spacy."""
    folder = tmp_path_factory.mktemp("looking")
    nlp = spacy_lite.blank("en")
    model = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": False, "length": 1024, "ngram_size": 1}
    nlp.add_pipe("textcat_multilabel", config={"model": {**model, "no_output_layer": False}})
    examples = [Example.from_dict(nlp.make_doc(text), {"cats": {"GOOD": value}}) for text, value in TEXTS]
    sgd = nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples, sgd=sgd)
    nlp.to_disk(folder / "pipeline")
    spacy_lite.tokens.DocBin(docs=[example.reference for example in examples], store_user_data=True).to_disk(
        folder / "dev.spacy"
    )
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text, _ in TEXTS))
    return folder


def scores_by_hand(folder, thresholds):
    """F1 of GOOD with a threshold, counted here."""
    nlp = spacy_lite.load(folder / "pipeline")
    found = {}
    for threshold in thresholds:
        chosen = [nlp(text).cats["GOOD"] >= threshold for text, _ in TEXTS]
        right = sum(value for (_, value), own in zip(TEXTS, chosen, strict=True) if own)
        found[threshold] = 2 * right / (sum(chosen) + 2) if right else 0.0
    return found


def test_the_best_threshold_is_that_of_the_best_score(folder):
    best, score, scores = find_threshold(
        folder / "pipeline", folder / "dev.spacy", "textcat_multilabel", "threshold", "cats_macro_f", n_trials=5
    )
    assert list(scores) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert scores == pytest.approx(scores_by_hand(folder, scores))
    assert score == max(scores.values()) == scores[best]
    words = ("textcat_multilabel", "threshold", "cats_macro_f", "-n", 5)
    output = invoke("find-threshold", folder / "pipeline", folder / "dev.spacy", *words).output
    assert f"Best: threshold = {best:.3f}" in output


def test_names_that_do_not_exist_are_told_with_the_nearest(folder):
    start = ("find-threshold", folder / "pipeline", folder / "dev.spacy")
    assert "did you mean `textcat_multilabel`" in fails(*start, "textcat_multilable", "threshold", "cats_macro_f")
    assert "did you mean `threshold`" in fails(*start, "textcat_multilabel", "treshold", "cats_macro_f")
    assert "no setting `model.ngram`" in fails(*start, "textcat_multilabel", "model.ngram", "cats_macro_f")
    assert "did you mean `cats_score`" in fails(*start, "textcat_multilabel", "threshold", "cats_scor")
    assert "several scores" in fails(*start, "textcat_multilabel", "threshold", "cats_f_per_type")


def test_a_threshold_that_changes_nothing_is_told(folder):
    words = ("textcat_multilabel", "threshold", "cats_macro_auc", "-n", 2)
    assert (
        "Every threshold gives the same" in invoke("find-threshold", folder / "pipeline", folder / "dev.spacy", *words).output
    )


def test_profile_shows_where_the_time_goes(folder, monkeypatch):
    output = invoke("debug", "profile", folder / "pipeline", folder / "texts.jsonl", "-n", 3).output
    assert "3 texts, 9 words" in output and "tottime" in output and "textcat" in output


def test_profile_names_the_line_that_is_no_text(folder, tmp_path):
    for content, message in (
        ('{"text": "a"}\n{"txt": "b"}\n', "line 2"),
        ("[1]\n", "line 1"),
        ("text\n", "line 1"),
        ("\n", "no text"),
    ):
        (tmp_path / "texts.jsonl").write_text(content)
        assert message in fails("debug", "profile", folder / "pipeline", tmp_path / "texts.jsonl")


def test_diff_config_shows_what_differs_and_not_the_order(folder, tmp_path):
    invoke("init", "config", tmp_path / "a.cfg", "--pipeline", "ner")
    text = (tmp_path / "a.cfg").read_text()
    assert "The configs are the same" in invoke("debug", "diff-config", tmp_path / "a.cfg").output
    sections: dict[str, list[str]] = {}
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        sections.setdefault(head.strip("[]").partition(".")[0], []).append("\n".join([head, *reversed(lines)]))
    (tmp_path / "b.cfg").write_text("\n\n".join(block for name in reversed(sections) for block in sections[name]))
    assert "The configs are the same" in invoke("debug", "diff-config", tmp_path / "b.cfg").output
    (tmp_path / "c.cfg").write_text(text.replace("dropout = 0.1", "dropout = 0.5"))
    output = invoke("debug", "diff-config", tmp_path / "c.cfg", "--compare-to", tmp_path / "b.cfg").output
    changed = [line for line in output.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["-dropout = 0.1", "+dropout = 0.5"]
    assert invoke("debug", "diff-config", tmp_path / "c.cfg", "-md").output.count("```") == 2
    assert "there is no config file" in fails("debug", "diff-config", tmp_path / "nowhere.cfg")


def test_debug_model_shows_what_it_is_asked_for(folder):
    config = folder / "pipeline" / "config.cfg"
    words = ("debug", "model", config, "textcat_multilabel")
    output = invoke(*words, "-P0", "-DIM", "-PAR", "-GRAD", "-ATTR").output
    assert "before initialisation" in output
    for part in ("dimension nO", "parameter W", "gradient W", "attribute ", "not set"):
        assert part in output
    data = ("--paths.train", folder / "dev.spacy", "--paths.dev", folder / "dev.spacy")
    output = invoke(*words, "-P1", "-P2", "-P3", "-l", "0,1", "-PAR", *data).output
    assert "after initialisation" in output and "after 3 updates" in output and "Prediction" in output
    assert "no component" in fails("debug", "model", config, "nothing").lower()
