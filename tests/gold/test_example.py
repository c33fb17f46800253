"""Examples: the reference's annotations for the predicted tokens."""

import json

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.gold import Alignment, Example, validate_distillation_examples, validate_examples, validate_get_examples
from spacy_lite.gold.projectivity import projectivize
from spacy_lite.lex_attrs import LEX_ATTRS
from spacy_lite.tokens import Doc, Span
from spacy_lite.vocab import Vocab

VOCAB = Vocab(lex_attr_getters=LEX_ATTRS)


def doc_of(*words, spaces=None):
    return Doc(VOCAB, words=list(words), spaces=spaces)


@pytest.fixture
def predicted():
    return Doc(VOCAB, words=["a", "b", "c", "d"], spaces=[True, True, False, True])


@st.composite
def examples(draw):
    """An Example of two tokenizations of one text, the reference with tags, a tree and entities."""
    text = draw(st.text("abc", min_size=1, max_size=14))

    def cut():
        ends = sorted({*draw(st.sets(st.integers(1, len(text)))), len(text)})
        return [text[start:end] for start, end in zip([0, *ends], ends)]

    x, y = cut(), cut()
    n = len(y)
    order = draw(st.permutations(range(n)))
    heads = [order[draw(st.integers(0, max(order.index(i) - 1, 0)))] for i in range(n)]
    annotations = {
        "words": y,
        "spaces": [False] * n,
        "tags": [draw(st.sampled_from(["T", "U", ""])) for _ in y],
        "heads": heads,
        "deps": [draw(st.sampled_from(["d", "e"])) for _ in y],
    }
    return Example.from_dict(doc_of(*x, spaces=[False] * len(x)), annotations), annotations


@settings(max_examples=200)
@given(examples())
def test_values_are_those_all_counterparts_share(case):
    example, annotations = case
    for i, value in enumerate(example.get_aligned("TAG", as_string=True)):
        values = {annotations["tags"][j] for j in example.alignment.x2y[i]}
        assert value == (values.pop() if len(values) == 1 else None)
    assert example.get_aligned("TAG") == [
        None if tag is None else VOCAB.strings[tag] for tag in example.get_aligned("tag", as_string=True)
    ]


@settings(max_examples=200)
@given(examples(), st.booleans())
def test_trees_are_aligned_where_token_and_head_have_one_counterpart(case, projective):
    example, annotations = case
    heads, labels = annotations["heads"], annotations["deps"]
    if projective:
        heads, labels = projectivize(heads, labels)
    x2y, y2x = example.alignment.x2y, example.alignment.y2x
    expected_heads, expected_labels = [], []
    for i in range(len(example.x)):
        one = len(x2y[i]) == 1
        gold = int(x2y[i][0]) if one else None
        expected_labels.append(labels[gold] if one else None)
        expected_heads.append(int(y2x[heads[gold]][0]) if one and len(y2x[heads[gold]]) == 1 else None)
    found = example.get_aligned_parse(projectivize=projective)
    assert found == (expected_heads, expected_labels)
    assert json.dumps(found)


def test_annotations_are_written_to_the_reference(predicted):
    example = Example.from_dict(
        predicted,
        {
            "words": ["a", "b", "cd"],
            "spaces": [True, True, False],
            "tags": ["A", "B", ""],
            "pos": ["NOUN", "", "X"],
            "lemmas": ["aa", "", "cc"],
            "morphs": ["B=2|A=1", "", "_"],
            "heads": [1, 1, 1],
            "deps": ["det", "ROOT", "obj"],
            "entities": ["U-X", "O", "-"],
            "cats": {"pos": 1.0},
            "spans": {"key": [(0, 3, "L"), (2, 6, "M", "Q1")]},
        },
    )
    gold = example.reference
    assert [token.text for token in gold] == ["a", "b", "cd"] and gold.text == "a b cd"
    assert [token.tag_ for token in gold] == ["A", "B", ""]
    assert [token.pos_ for token in gold] == ["NOUN", "", "X"]
    assert [token.lemma_ for token in gold] == ["aa", "", "cc"]
    assert [str(token.morph) for token in gold] == ["A=1|B=2", "", ""]
    assert [token.head.i for token in gold] == [1, 1, 1] and [token.dep_ for token in gold] == ["det", "ROOT", "obj"]
    assert [(token.ent_iob_, token.ent_type_) for token in gold] == [("B", "X"), ("O", ""), ("", "")]
    assert gold.cats == {"pos": 1.0}
    assert [(span.start, span.end, span.label_, span.kb_id_) for span in gold.spans["key"]] == [
        (0, 2, "L", ""),
        (1, 3, "M", "Q1"),
    ]
    assert predicted.cats == {} and not predicted.has_annotation("TAG")


def test_without_words_those_of_the_predicted_doc_are_used(predicted):
    example = Example.from_dict(predicted, {"tags": ["A", "B", "C", "D"]})
    assert example.y.text_with_ws == predicted.text_with_ws
    assert example.get_aligned("TAG", as_string=True) == ["A", "B", "C", "D"]
    assert example.alignment.x2y.is_identity


def test_spaces_are_found_in_the_text_if_there_is_one(predicted):
    words = {"words": ["a", "b", "cd"]}
    assert [token.whitespace_ for token in Example.from_dict(predicted, {**words, "text": "a b cd"}).y] == [" ", " ", ""]
    assert Example.from_dict(predicted, words).y.has_unknown_spaces


def test_entities_by_offsets_and_links(predicted):
    example = Example.from_dict(predicted, {"entities": [(0, 1, "X"), (4, 6, "Y")], "links": {(0, 1): {"Q1": 1.0, "Q2": 0.0}}})
    assert example.get_aligned_ner() == ["U-X", "O", "B-Y", "L-Y"]
    assert [ent.kb_id_ for ent in example.y.ents] == ["Q1", ""]
    assert example.to_dict()["doc_annotation"]["links"] == {(0, 1): {"Q1": 1.0}}


@pytest.mark.parametrize("entities", [[], ["O"] * 4])
def test_no_entities_is_not_the_same_as_no_annotation(predicted, entities):
    assert Example.from_dict(predicted, {"entities": entities}).get_aligned_ner() == ["O"] * 4
    assert Example.from_dict(predicted, {}).get_aligned_ner() == [None] * 4


def test_sentence_starts(predicted):
    example = Example.from_dict(predicted, {"sent_starts": [True, False, None, True]})
    assert [token.is_sent_start for token in example.y] == [True, False, None, True]
    assert example.get_aligned_sent_starts() == [True, False, False, True]
    assert Example.from_dict(predicted, {}).get_aligned_sent_starts() == [None] * 4


def test_a_sentence_may_start_with_a_token_that_has_no_counterpart(predicted):
    example = Example.from_dict(predicted, {"words": ["a", "b", "\n", "cd"], "sent_starts": [True, False, True, False]})
    assert example.get_aligned_sent_starts() == [True, False, True, False]


@pytest.mark.parametrize(
    ("annotations", "error", "message"),
    [
        ({"tgas": ["A"] * 4}, KeyError, "did you mean `tags`"),
        ({"doc_annotation": {"foo": 1}}, KeyError, "`foo` is not an annotation"),
        ({"tags": ["A"]}, ValueError, "1 values for 4 tokens"),
        ({"tags": ["A", None, "B", "C"]}, TypeError, "should be strings, got NoneType"),
        ({"heads": [0, 1, 2, 9]}, ValueError, "0 to 3, got 9"),
        ({"pos": ["NUON", "", "", ""]}, ValueError, "did you mean `NOUN`"),
        ({"entities": ["O"]}, ValueError, "expected 4 tags"),
        ({"entities": ["B-X", "O", "O", "O"]}, ValueError, "well-formed"),
        ({"entities": "abc"}, ValueError, "list of BILUO tags"),
        ({"entities": [5]}, ValueError, "BILUO tags"),
        ({"entities": [(0, 3, "X"), (2, 5, "Y")]}, ValueError, "overlap"),
        ({"spans": {"k": [(0, 2, "L")]}}, ValueError, "does not begin and end where tokens do"),
        ({"spans": [1]}, ValueError, "`spans` should map"),
        ({"spans": {"k": [1]}}, ValueError, "`spans` under 'k'"),
        ({"cats": [1]}, ValueError, "`cats` should map"),
        ({"links": {(0, 2): {"Q1": 1.0}}}, ValueError, "0 to 2 do not begin and end where tokens do"),
        ({"links": {(0, 1): {"Q1": 1.0, "Q2": 1.0}}}, ValueError, "Q1, Q2"),
    ],
)
def test_annotations_that_make_no_sense_are_refused(predicted, annotations, error, message):
    with pytest.raises(error, match=message):
        Example.from_dict(predicted, annotations)


def test_texts_that_differ_are_an_error_when_aligned(predicted):
    example = Example.from_dict(predicted, {"words": ["something", "else"]})
    with pytest.raises(ValueError, match="cannot be aligned"):
        example.get_aligned("TAG")


def test_an_example_is_made_of_docs(predicted):
    for given_ in ((None, predicted), (predicted, None), ("text", predicted)):
        with pytest.raises(TypeError, match="two Docs"):
            Example(*given_)
    with pytest.raises(TypeError, match="a Doc first"):
        Example.from_dict("text", {})
    with pytest.raises(TypeError, match="dict of annotations"):
        Example.from_dict(predicted, [])
    with pytest.raises(KeyError, match="did you mean `TAG`"):
        Example(predicted, predicted).get_aligned("TAGG")


def test_alignment_is_worked_out_again_when_tokens_change(predicted):
    example = Example.from_dict(predicted, {"tags": ["A", "B", "C", "C"]})
    before = example.alignment
    assert example.alignment is before
    with predicted.retokenize() as retokenizer:
        retokenizer.merge(predicted[2:4])
    assert example.get_aligned("TAG", as_string=True) == ["A", "B", "C"]
    example.reference = Example.from_dict(predicted, {"tags": ["X", "Y", "Z"]}).reference
    assert example.get_aligned("TAG", as_string=True) == ["X", "Y", "Z"]


def test_a_given_alignment_is_used(predicted):
    alignment = Alignment.from_indices([[3], [2], [1], [0]], [[3], [2], [1], [0]])
    example = Example(predicted, Example.from_dict(predicted, {"tags": list("ABCD")}).y, alignment=alignment)
    assert example.get_aligned("TAG", as_string=True) == list("DCBA")


def test_spans_are_aligned_where_the_text_is_the_same():
    x, y = doc_of("New", "York", "City", "hall"), doc_of("New York", "City", "Hall")
    example = Example(x, y)
    spans = [Span(y, 0, 1, label="A"), Span(y, 0, 3, label="B"), Span(y, 1, 3, label="C")]
    assert [(s.start, s.end, s.label_) for s in example.get_aligned_spans_y2x(spans, allow_overlap=True)] == [
        (0, 2, "A"), (0, 4, "B"), (2, 4, "C"),
    ]  # fmt: skip
    assert [(s.start, s.end, s.label_) for s in example.get_aligned_spans_y2x(spans)] == [(0, 2, "A"), (2, 4, "C")]
    assert example.get_aligned_spans_x2y([x[0:1]]) == []
    assert [(s.start, s.end) for s in example.get_aligned_spans_x2y([x[0:2], x[2:3]])] == [(0, 1), (1, 2)]


def test_entities_in_common_are_found_by_characters_and_label():
    x, y = doc_of("a", "b", "c"), doc_of("a", "b", "c")
    x.ents = [Span(x, 0, 1, label="A"), Span(x, 1, 2, label="B"), Span(x, 2, 3, label="C")]
    y.ents = [Span(y, 0, 1, label="A"), Span(y, 1, 2, label="OTHER")]
    example = Example(x, y)
    assert [ent.text for ent in example.get_matching_ents()] == ["a"]
    assert [ent.text for ent in example.get_matching_ents(check_label=False)] == ["a", "b"]


def test_sentences_become_examples():
    x = doc_of("a", "b", "c", "d", "e")
    example = Example.from_dict(x, {"words": ["a", "bc", "d", "e"], "sent_starts": [1, False, 1, False], "tags": list("ABCD")})
    parts = example.split_sents()
    assert [[token.text for token in part.x] for part in parts] == [["a", "b", "c"], ["d", "e"]]
    assert [[token.tag_ for token in part.y] for part in parts] == [["A", "B"], ["C", "D"]]
    whole = Example.from_dict(x, {})
    assert whole.split_sents() == [whole]


def test_dicts_are_read_back(predicted):
    annotations = {
        "tags": list("ABCD"), "heads": [1, 1, 1, 2], "deps": ["x", "ROOT", "y", "z"], "entities": ["B-X", "L-X", "O", "O"],
        "cats": {"A": 0.5}, "spans": {"k": [(0, 3, "L", "Q")]}, "lemmas": list("wxyz"), "morphs": ["A=1", "", "", ""],
    }  # fmt: skip
    given_ = Example.from_dict(predicted, annotations).to_dict()
    assert Example.from_dict(predicted, given_).to_dict() == given_
    assert given_["token_annotation"]["SENT_START"] == [1, 0, 0, 0]
    assert given_["doc_annotation"]["entities"] == annotations["entities"]


def test_copies_are_independent(predicted):
    example = Example.from_dict(predicted, {"tags": list("ABCD")})
    copy = example.copy()
    copy.y[0].tag_ = "CHANGED"
    assert example.y[0].tag_ == "A" and len(copy) == len(example) == 4 and copy.text == example.text == "a b cd "


def test_annotations_met_in_training_data_are_not_kept_for_good(predicted):
    Example.from_dict(predicted, {"lemmas": ["transient lemma", "", "", ""]})
    assert "transient lemma" not in list(VOCAB.strings)


def test_empty_docs():
    example = Example.from_dict(doc_of(), {"words": []})
    assert example.get_aligned("TAG") == [] and example.get_aligned_parse() == ([], []) and example.get_aligned_ner() == []
    assert Example.from_dict(doc_of(" "), {"words": []}).get_aligned("TAG") == [None]


def test_what_components_are_given_is_checked(predicted):
    example = Example(predicted, predicted.copy())
    validate_examples([example], "update")
    validate_examples([], "update")
    validate_get_examples(lambda: [example], "initialize")
    validate_distillation_examples([example], "distill")
    for wrong in (None, 5, [predicted], example):
        with pytest.raises(TypeError, match="update needs a list of Examples"):
            validate_examples(wrong, "update")
    for wrong in (None, [example], list, lambda: [predicted]):
        with pytest.raises(TypeError, match="initialize needs"):
            validate_get_examples(wrong, "initialize")
    with pytest.raises(ValueError, match="same tokens"):
        validate_distillation_examples([Example(predicted, doc_of("a", "b", "cd"))], "distill")


@pytest.mark.parametrize("name", ["examples.jsonl", "hand.jsonl"])
def test_examples_spacy_made_are_aligned_as_spacy_aligns_them(shared_data, name):
    folder = shared_data / "spacy38_pipelines" / "data_train"
    rows = [json.loads(line) for line in (folder / name).read_text(encoding="utf8").splitlines()]
    expected = json.loads((folder / f"{name}.expected.json").read_text(encoding="utf8"))
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected):
        starts = [row["text"].index(wanted["pred"][0])]
        for one, other in zip(wanted["pred"], wanted["pred"][1:]):
            starts.append(row["text"].index(other, starts[-1] + len(one)))
        spaces = [row["text"][start + len(word) :][:1] == " " for start, word in zip(starts, wanted["pred"])]
        example = Example.from_dict(doc_of(*wanted["pred"], spaces=spaces), row["dict"])
        assert [token.text for token in example.y] == wanted["ref"]
        assert [part.tolist() for part in (example.alignment.x2y[i] for i in range(len(example.x)))] == wanted["x2y"]
        for attr in ("TAG", "POS", "LEMMA", "MORPH", "DEP"):
            assert example.get_aligned(attr, as_string=True) == wanted[attr]
        assert [list(part) for part in example.get_aligned_parse(projectivize=False)] == wanted["parse"]
        assert [list(part) for part in example.get_aligned_parse()] == wanted["parse_proj"]
        assert example.get_aligned_ner() == wanted["ner"]
        assert example.get_aligned_sent_starts() == wanted["sents"]
        assert example.y.cats == pytest.approx(wanted["cats"])


def test_values_come_as_plain_numbers(predicted):
    example = Example.from_dict(predicted, {"sent_starts": [True, False, False, True]})
    values = example.get_aligned("SENT_START")
    assert values == [1, 2**64 - 1, 2**64 - 1, 1] and all(type(value) is int for value in values)
    assert example.get_aligned("SENT_START", as_string=True) == values
    assert numpy.asarray(example.get_aligned("ENT_IOB")).tolist() == [0, 0, 0, 0]


def test_the_first_token_starts_a_sentence_whatever_is_annotated(predicted):
    example = Example.from_dict(predicted, {"sent_starts": [False, False, True, False]})
    assert example.get_aligned_sent_starts() == [True, False, True, False]
