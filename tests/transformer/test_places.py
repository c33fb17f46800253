"""Which spans are computed together, and windows counted in pieces."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.transformer.places import Places
from spacy_lite.transformer.spans import PieceSpans, piece_spans, piece_windows
from spacy_lite.transformer.tokenization import DocPieces, Piecer, SpanPieces

from .conftest import make_pipeline, transformer_block


def doc_of(lengths, typed=False):
    """A document of spans that have pieces numbered from 1."""
    none = numpy.zeros(0, dtype="int64")
    spans = [SpanPieces([*range(1, n + 1)], [int(typed)] * n, [""] * n, none, none) for n in lengths]
    return DocPieces(spans, 0)


LENGTHS = st.lists(st.lists(st.integers(1, 40), max_size=6), max_size=6)


@settings(max_examples=150)
@given(docs=LENGTHS, max_items=st.integers(1, 200), overhead=st.integers(0, 100))
def test_every_span_is_in_one_group_that_is_small_and_hardly_padded(docs, max_items, overhead):
    places = Places.of([doc_of(own) for own in docs])
    groups = places.steps(max_items, overhead)
    spans = [int(index) for group in groups for index in group]
    assert sorted(spans) == list(range(sum(map(len, docs))))
    for group in groups:
        lengths = places.length[group]
        assert len(group) == 1 or len(group) * lengths.max() <= max_items
        assert len(group) == 1 or (lengths.max() - lengths).sum() <= overhead


@settings(max_examples=50)
@given(docs=LENGTHS, typed=st.booleans())
def test_inputs_are_the_pieces_padded(docs, typed):
    pieces = [doc_of(own, typed) for own in docs]
    places = Places.of(pieces)
    for group in places.steps(100, 20):
        ids, types, mask = places.inputs(group, pieces, 77)
        for row, index in enumerate(group):
            span = pieces[places.doc[index]].spans[places.row[index]]
            padding = ids.shape[1] - len(span.ids)
            assert ids[row].tolist() == span.ids + [77] * padding
            assert types[row].tolist() == span.type_ids + [0] * padding
            assert mask[row].tolist() == [1] * len(span.ids) + [0] * padding


@settings(max_examples=150)
@given(counts=st.lists(st.integers(0, 9), max_size=40), room=st.integers(1, 20), share=st.floats(0, 0.99))
def test_windows_of_pieces_fit_and_leave_no_token_out(counts, room, share):
    overlap = int(share * room)
    windows = piece_windows(counts, room, overlap)
    assert sorted({token for start, end in windows for token in range(start, end)}) == list(range(len(counts)))
    for start, end in windows:
        assert end > start and (sum(counts[start:end]) <= room or end == start + 1)
    for (start, end), (following, further) in zip(windows, windows[1:], strict=False):
        assert start < following <= end < further
        assert sum(counts[following:end]) <= overlap


def test_spans_counted_in_pieces_fill_the_model(byte_tokenizer):
    piecer = Piecer(byte_tokenizer, 32)
    nlp = spacy_lite.blank("en")
    docs = [nlp("Ships sail over the unbelievable sea at night. " * 12), nlp(""), nlp("Ships")]
    spans = piece_spans(window=None, overlap=0.25).of(docs, piecer)
    assert len(spans[0]) > 2 and spans[1] == [] and [span.text for span in spans[2]] == ["Ships"]
    lengths = [len(span.ids) for span in piecer(docs, spans)[0].spans]
    assert max(lengths) <= 32 and min(lengths[:-1]) > 14


def test_transformer_reads_windows_counted_in_pieces(bert_folder):
    getter = {"@span_getters": "spacy_lite.piece_spans.v1", "window": 16, "overlap": 0.5}
    nlp = make_pipeline(bert_folder, transformer=transformer_block(bert_folder, get_spans=getter))
    doc = nlp("She saw three unbelievable ships, he saw a dog and two cats. " * 3)
    pieces = doc._.trf_data.wordpieces
    assert len(pieces.lengths) > 3 and max(pieces.lengths) <= 16
    assert doc._.trf_data.align.lengths.min() > 0
    with pytest.raises(ValueError, match="of a transformer"):
        PieceSpans()([doc])


@pytest.mark.parametrize("case", [(0, 0.1), (True, 0.1), (2.5, 0.1), (8, 1.0), (8, -0.1), (8, float("nan")), (8, True)])
def test_windows_of_pieces_that_make_no_sense_are_refused(case):
    with pytest.raises(ValueError, match="piece_spans"):
        piece_spans(*case)


def test_chosen_layers_are_written_to_documents(bert_folder):
    config = transformer_block(bert_folder, transformer_config={"output_hidden_states": True})
    config["set_extra_annotations"] = {"@annotation_setters": "spacy_lite.layers.v1", "layers": [0, -1]}
    nlp = make_pipeline(bert_folder, transformer=config)
    doc = nlp("She saw \n\n three unbelievable ships")
    data = doc._.trf_data
    assert doc._.trf_layers.shape == (len(doc), 2, 16)
    numpy.testing.assert_array_equal(doc._.trf_layers[:, 1], data.token_vectors())
    pieces = data.align.dataXd[: data.align.lengths[0]]
    numpy.testing.assert_allclose(doc._.trf_layers[0, 0], data.all_layers()[0][pieces].mean(0), rtol=1e-5)
    config["set_extra_annotations"]["layers"] = [5]
    with pytest.raises(ValueError, match="layers 0 to 2, there is no layer 5"):
        make_pipeline(bert_folder, transformer=config)("Ships")


@pytest.mark.parametrize("layers", [[], ["last"], [True]])
def test_layers_that_are_none_are_refused(bert_folder, layers):
    setter = {"@annotation_setters": "spacy_lite.layers.v1", "layers": layers}
    with pytest.raises(ValueError, match="layers"):
        spacy_lite.blank("en").add_pipe(
            "transformer", config={**transformer_block(bert_folder), "set_extra_annotations": setter}
        )
