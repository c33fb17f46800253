"""Corpora: what they read, in what order, and what they say about files that are not as they should be."""

import json
import random

import pytest

import spacy_lite
from spacy_lite.config import registry
from spacy_lite.errors import FormatError
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.training import Corpus, Example, JsonlCorpus, PlainTextCorpus
from spacy_lite.training.alignment_report import AlignmentReport, report_alignment
from spacy_lite.training.corpus import read_labels, walk_corpus


@pytest.fixture(scope="module")
def nlp():
    return spacy_lite.blank("en")


def doc_of(nlp, text, starts=()):
    words = text.split()
    return Doc(nlp.vocab, words=words, sent_starts=[i in (0, *starts) for i in range(len(words))])


@pytest.fixture()
def path(nlp, tmp_path):
    """Three Docs: of two sentences, without tokens, of one sentence."""
    docs = [doc_of(nlp, "One two three . Four five .", starts=(4,)), Doc(nlp.vocab), doc_of(nlp, "Six seven .")]
    DocBin(docs=docs).to_disk(tmp_path / "corpus.spacy")
    return tmp_path / "corpus.spacy"


def texts(examples):
    return [example.reference.text.strip() for example in examples]


def test_docs_are_read_in_order_and_empty_ones_left_out(nlp, path):
    examples = list(Corpus(path)(nlp))
    assert texts(examples) == ["One two three . Four five .", "Six seven ."]
    assert all(not example.predicted.has_annotation("SENT_START") for example in examples)


@pytest.mark.parametrize("limit, expected", [(0, 2), (1, 1), (2, 2), (9, 2)])
def test_the_limit_is_kept(nlp, path, limit, expected):
    assert len(list(Corpus(path, limit=limit)(nlp))) == expected


def test_long_docs_are_cut_into_sentences(nlp, path):
    assert texts(Corpus(path, max_length=5)(nlp)) == ["One two three .", "Four five .", "Six seven ."]
    assert texts(Corpus(path, max_length=4)(nlp)) == ["Four five .", "Six seven ."]


def test_gold_preprocessing_gives_sentences_with_their_own_tokens(nlp, tmp_path):
    doc = Doc(nlp.vocab, words=["a-b", "c."], spaces=[True, False], sent_starts=[True, True])
    DocBin(docs=[doc]).to_disk(tmp_path / "c.spacy")
    examples = list(Corpus(tmp_path / "c.spacy", gold_preproc=True)(nlp))
    assert [[t.text for t in example.predicted] for example in examples] == [["a-b"], ["c."]]


def test_docs_without_known_spaces_keep_their_tokens(nlp, tmp_path):
    DocBin(docs=[Doc(nlp.vocab, words=["a-b", "c."])]).to_disk(tmp_path / "c.spacy")
    (example,) = Corpus(tmp_path / "c.spacy")(nlp)
    assert [t.text for t in example.predicted] == ["a-b", "c."]


def test_a_folder_is_walked_in_order_without_hidden_files(nlp, tmp_path):
    for name in ("b", "a", ".hidden", "sub/c", ".git/d"):
        file = tmp_path / f"{name}.spacy"
        file.parent.mkdir(exist_ok=True)
        DocBin(docs=[doc_of(nlp, name)]).to_disk(file)
    (tmp_path / "other.txt").write_text("x")
    assert [p.name for p in walk_corpus(tmp_path, ".spacy")] == ["a.spacy", "b.spacy", "c.spacy"]
    assert texts(Corpus(tmp_path)(nlp)) == ["a", "b", "sub/c"]


def test_shuffling_uses_the_random_state(nlp, tmp_path):
    DocBin(docs=[doc_of(nlp, f"text {i}") for i in range(9)]).to_disk(tmp_path / "c.spacy")
    corpus = Corpus(tmp_path / "c.spacy", shuffle=True)
    random.seed(0)
    first = texts(corpus(nlp))
    random.seed(0)
    assert texts(corpus(nlp)) == first != sorted(first)


def test_an_augmenter_takes_the_place_of_each_example(nlp, path):
    corpus = Corpus(path, augmenter=lambda nlp, example: [example, example])
    assert len(list(corpus(nlp))) == 4


def test_a_missing_file_is_named_with_what_is_beside_it(nlp, path):
    with pytest.raises(FileNotFoundError, match="trian.spacy.*corpus.spacy"):
        list(Corpus(path.parent / "trian.spacy")(nlp))


def test_a_folder_without_docs_says_how_to_convert(nlp, tmp_path):
    (tmp_path / "train.conllu").write_text("")
    with pytest.raises(FileNotFoundError, match="no .spacy file.*convert .*train.conllu"):
        list(Corpus(tmp_path)(nlp))
    with pytest.raises(FormatError, match="spacy_lite convert"):
        list(Corpus(tmp_path / "train.conllu")(nlp))


@pytest.mark.parametrize("keep", [0, 10, -5])
def test_a_truncated_file_is_named(nlp, path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FormatError, match="corpus.spacy"):
        list(Corpus(path)(nlp))


def test_a_foreign_file_is_named(nlp, path):
    path.write_text("this is no DocBin")
    with pytest.raises(FormatError, match="corpus.spacy"):
        list(Corpus(path)(nlp))


def test_an_empty_path_in_a_config_says_where_to_give_it():
    block = {"@readers": "spacy.Corpus.v1", "path": None, "gold_preproc": False, "max_length": 0, "limit": 0, "augmenter": None}
    with pytest.raises(ValueError, match="--paths.train"):
        registry.resolve({"reader": block})


def test_jsonl_and_plain_texts(nlp, tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "One two three."}\n\n{"text": "Four"}\n{"text": "Five six seven eight nine."}\n'
    )
    (tmp_path / "a.txt").write_text("One two three.\n\nFour\nFive six seven eight nine.\n")
    for corpus in (JsonlCorpus, PlainTextCorpus):
        source = tmp_path / f"a{corpus.file_type}"
        assert texts(corpus(source)(nlp)) == ["One two three.", "Four", "Five six seven eight nine."]
        assert texts(corpus(source, min_length=2)(nlp)) == ["One two three.", "Five six seven eight nine."]
        assert texts(corpus(source, max_length=5)(nlp)) == ["One two three.", "Four"]
        assert texts(corpus(source, limit=2)(nlp)) == ["One two three.", "Four"]
        assert texts(corpus(tmp_path)(nlp)) == texts(corpus(source)(nlp))
        example = next(iter(corpus(source)(nlp)))
        assert [t.text for t in example.reference] == ["One", "two", "three", "."]


@pytest.mark.parametrize("line", ["{", '{"txt": "x"}', "[1]"])
def test_a_bad_line_of_jsonl_is_named(nlp, tmp_path, line):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' + line + "\n")
    with pytest.raises(FormatError, match="a.jsonl, line 2"):
        list(JsonlCorpus(tmp_path / "a.jsonl")(nlp))


def test_labels_are_read_where_they_are(tmp_path):
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(["A", "B"]))
    assert read_labels(file) == ["A", "B"]
    assert read_labels(None) is None
    assert read_labels(tmp_path / "none.json") is None
    with pytest.raises(FileNotFoundError, match="init labels"):
        read_labels(tmp_path / "none.json", require=True)
    with pytest.raises(ValueError, match="init labels"):
        read_labels(None, require=True)


def example_of(nlp, predicted, reference, ents=()):
    gold = Doc(nlp.vocab, words=reference, spaces=[False] * len(reference))
    gold.set_ents([gold.char_span(*ent) for ent in ents]) if ents else None
    return Example(Doc(nlp.vocab, words=predicted, spaces=[False] * len(predicted)), gold)


def test_misaligned_tokens_are_counted_with_examples(nlp):
    report = AlignmentReport()
    report.add(example_of(nlp, ["don't", "go"], ["do", "n't", "go"]))
    report.add(example_of(nlp, ["do", "n't", "go"], ["don't", "go"]))  # parts of one word: each gets its annotation
    report.add(example_of(nlp, ["same"], ["same"]))
    assert (report.tokens, report.misaligned, report.parts) == (6, 1, 2)
    assert "\"don't\" is 'do' + \"n't\"" in report.describe()
    assert "2 of 6 tokens (33.3%) are only parts" in report.describe()


def test_a_few_words_that_are_cut_into_parts_are_not_mentioned(nlp):
    examples = [example_of(nlp, ["do", "n't", "go"], ["don't", "go"])]
    assert "\"don't\" is cut into 'do' + \"n't\"" in report_alignment(examples, "corpus.spacy")
    examples += [example_of(nlp, ["same"] * 100, ["same"] * 100)]
    assert report_alignment(examples, "corpus.spacy") == ""


def test_entities_that_end_inside_a_token_are_counted(nlp):
    report = AlignmentReport()
    report.add(example_of(nlp, ["Berlin-based", "firm"], ["Berlin", "-based", "firm"], ents=[(0, 6, "LOC")]))
    assert (report.entities, report.lost_entities) == (1, 1)
    assert "'Berlin'" in report.describe()


def test_a_corpus_of_which_nothing_aligns_is_an_error(nlp):
    with pytest.raises(ValueError, match="not one of its 2 tokens"):
        report_alignment([example_of(nlp, ["ab", "cd"], ["a", "b", "c", "d"])], "corpus.spacy")


def test_a_corpus_that_aligns_is_not_mentioned(nlp):
    assert report_alignment([example_of(nlp, ["a", "b"], ["a", "b"])], "corpus.spacy") == ""


def test_the_raw_text_of_pretraining_need_not_be_there_to_train(nlp):
    corpus = registry.readers.get("spacy.JsonlCorpus.v1")(None, min_length=5)
    with pytest.raises(ValueError, match="path of a corpus is empty[^\\n]*--paths.raw_text"):
        corpus(nlp)
