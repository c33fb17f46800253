"""The corpus in extra/corpus: generated from its sources, valid, and varied enough to train and test on."""
import importlib
import sys
from collections import Counter
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "extra" / "corpus"
PARTS = ("train", "dev")


@pytest.fixture(scope="module")
def tools():
    """The corpus's own scripts, which import each other by plain names as they do when run from the command line."""
    sys.path.insert(0, str(CORPUS))
    names = ("build", "validate", "notation", "lemmas")
    before = set(sys.modules)
    yield {name: importlib.import_module(name) for name in names}
    sys.path.remove(str(CORPUS))
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(CORPUS)):
            del sys.modules[name]


@pytest.fixture(scope="module")
def sentences(tools):
    read = tools["validate"].read_sentences
    return {part: read(CORPUS / f"{part}.conllu")[0] for part in PARTS}


def rows_of(sentences, part):
    return [row for sentence in sentences[part] for row in sentence.rows]


def write_sentence(path, *changes):
    """A valid two-word sentence with single cells changed: (row, column, value)."""
    rows = [
        ["1", "Birds", "bird", "NOUN", "NNS", "Number=Plur", "2", "nsubj", "_", "_"],
        ["2", "sang", "sing", "VERB", "VBD", "_", "0", "root", "_", "SpaceAfter=No"],
        ["3", ".", ".", "PUNCT", ".", "_", "2", "punct", "_", "_"],
    ]
    for row, column, value in changes:
        rows[row][column] = value
    text = "# sent_id = x-01\n# text = Birds sang.\n" + "\n".join("\t".join(row) for row in rows) + "\n\n"
    path.write_text(text, encoding="utf8")
    return path


def test_the_committed_files_are_what_the_sources_generate(tools):
    texts = tools["build"].build(sorted((CORPUS / "source").glob("*.txt")))
    for part in PARTS:
        assert (CORPUS / f"{part}.conllu").read_text(encoding="utf8") == texts[part]


def test_both_files_pass_the_validator(tools):
    seen = {}
    assert [problem for part in PARTS for problem in tools["validate"].check_file(CORPUS / f"{part}.conllu", seen)] == []


def test_the_corpus_is_as_large_as_promised(sentences):
    sizes = {part: len(sentences[part]) for part in PARTS}
    assert sum(sizes.values()) >= 400
    assert 0.1 < sizes["dev"] / sum(sizes.values()) < 0.2


def test_dev_tags_and_relations_are_all_seen_in_training(sentences):
    for column in (3, 4, 7):
        train = Counter(row[column] for row in rows_of(sentences, "train"))
        assert {row[column] for row in rows_of(sentences, "dev")} - set(train) == set()


def test_finite_verbs_agree_with_pronoun_subjects(sentences):
    for part in PARTS:
        for sentence in sentences[part]:
            for row in sentence.rows:
                head = sentence.rows[int(row[6]) - 1]
                if row[7] == "nsubj" and row[4] == "PRP" and head[4] == "VBZ":
                    assert "Person=3" in row[5] and "Number=Sing" in row[5], sentence.text


def test_every_entity_label_occurs_in_both_parts(sentences):
    for part in PARTS:
        labels = {item[6:] for row in rows_of(sentences, part) for item in row[9].split("|") if item.startswith("NER=B-")}
        assert labels >= {"PERSON", "LOC", "DATE", "ORG"}


def test_the_sentence_used_below_is_valid(tools, tmp_path):
    assert tools["validate"].check_file(write_sentence(tmp_path / "x.conllu")) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((0, 4, "NN$"), "unknown XPOS 'NN$'"),
        ((0, 3, "VERB"), "UPOS VERB does not go with XPOS NNS"),
        ((0, 7, "subject"), "unknown relation 'subject'"),
        ((0, 5, "Number=Many"), "unknown feature Number=Many"),
        ((0, 6, "9"), "head '9' is not another token"),
        ((0, 6, "3"), "hangs on '.'"),
        ((1, 6, "1"), "0 roots"),
        ((0, 2, "_"), "empty form or lemma"),
        ((0, 9, "NER=I-LOC"), "does not continue an entity"),
        ((1, 9, "_"), "its tokens give 'Birds sang .'"),
        ((2, 0, "4"), "ids are not 1..3"),
    ],
)
def test_the_validator_names_each_kind_of_mistake(tools, tmp_path, change, message):
    problems = tools["validate"].check_file(write_sentence(tmp_path / "x.conllu", change))
    assert any(message in problem for problem in problems), problems


def test_a_mistake_in_the_notation_names_file_line_and_reason(tools, tmp_path):
    source = tmp_path / "broken.txt"
    source.write_text("## one | news | train\n(s The dog_n barked_vd .\n", encoding="utf8")
    with pytest.raises(tools["notation"].NotationError, match=r"broken\.txt, line 2: 1 phrase\(s\) not closed"):
        tools["build"].build([source])


@pytest.mark.parametrize(
    ("form", "tag", "lemma"),
    [
        ("children", "NNS", "child"), ("Boxes", "NNS", "box"), ("hoped", "VBD", "hope"),
        ("stopped", "VBD", "stop"), ("added", "VBD", "add"), ("lying", "VBG", "lie"),
        ("carried", "VBN", "carry"), ("n't", "RB", "not"), ("them", "PRP", "they"),
        ("larger", "JJR", "large"), ("funnier", "JJR", "funny"), ("Sandmere", "NNP", "Sandmere"),
        ("I", "PRP", "I"), ("passes", "VBZ", "pass"), ("best", "RBS", "well"),
    ],
)
def test_lemma_rules(tools, form, tag, lemma):
    assert tools["lemmas"].lemma_of(form, tag) == lemma
