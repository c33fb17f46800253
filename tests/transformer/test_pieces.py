"""Pieces and tokens: whatever the text, each piece is with the tokens whose characters it covers; no token loses its vector."""

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.transformer.align import align_pieces, cut_points, token_bounds, token_ranges
from spacy_lite.transformer.encoder import Encoder
from spacy_lite.transformer.spans import doc_spans, sent_spans, strided_spans
from spacy_lite.transformer.tokenization import Piecer, check_tokenizer, piece_limit

from .conftest import listener_block, make_bert, make_pipeline, tagger_block, torch, transformer_block, transformers

HARD_TEXTS = [
    "",
    " ",
    "\n\n",
    "a\n\nb",
    "👩‍👩‍👧 family 😀😀 ok",
    "cafe\u0301 Ｆｕｌｌ ﬁne ½",
    "literal [SEP] and [PAD] and </s> here",
    "nul \x00 and \u200b zero \ufeff width",
    "م رحبا 你好世界 สวัสดี",
    "tab\tand\r\nlines\u2028end",
    "e" * 400 + " " + "unbelievable" * 20,
    "...!!!???" * 5,
]


VOCAB = spacy_lite.blank("en").vocab
ASCII = st.characters(codec="ascii", exclude_categories=["Cc", "Zs"])


def brute_force(doc, spans, tokenizer):
    """For every token, the (span, piece) pairs whose characters overlap it or the space after it; none cut."""
    found = [[] for _ in doc]
    for row, span in enumerate(spans):
        encoding = tokenizer.backend_tokenizer.encode(span.text)
        for piece, ((begin, end), special) in enumerate(zip(encoding.offsets, encoding.special_tokens_mask, strict=True)):
            if special or begin == end:
                continue
            for token in span:
                start = token.idx - span.start_char
                if begin < start + len(token.text_with_ws) and end > start:
                    found[token.i].append((row, piece))
    return found


def aligned(pieces):
    width = pieces.shape[1]
    align, start, found = pieces.align(), 0, []
    for length in align.lengths:
        found.append([divmod(int(position), width) for position in align.dataXd[start : start + length]])
        start += length
    return found


@pytest.mark.parametrize("getter", [doc_spans(), strided_spans(4, 3), strided_spans(5, 1), strided_spans(3, 3)])
@pytest.mark.parametrize("which", ["tiny_tokenizer", "byte_tokenizer"])
@pytest.mark.parametrize("text", HARD_TEXTS)
def test_alignment_equals_comparing_all_characters(request, getter, which, text):
    tokenizer = request.getfixturevalue(which)
    doc = spacy_lite.blank("en")(text)
    (spans,) = getter([doc])
    (pieces,) = Piecer(tokenizer, 10**6)([doc], [spans])
    assert aligned(pieces) == brute_force(doc, spans, tokenizer)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), st.booleans()), max_size=12
    ),
    window=st.integers(1, 6),
    stride=st.integers(1, 6),
)
def test_alignment_of_any_tokens_equals_comparing_all_characters(byte_tokenizer, words, window, stride):
    doc = Doc(VOCAB, words=[word for word, _ in words], spaces=[space for _, space in words])
    (spans,) = strided_spans(window, min(window, stride))([doc])
    assert sorted({token.i for span in spans for token in span}) == list(range(len(doc)))
    (pieces,) = Piecer(byte_tokenizer, 10**6)([doc], [spans])
    assert aligned(pieces) == brute_force(doc, spans, byte_tokenizer)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Zs"]), min_size=1, max_size=30), max_size=20
    ),
    limit=st.integers(3, 12),
)
def test_cut_spans_fit_and_leave_no_token_out(byte_tokenizer, words, limit):
    doc = Doc(VOCAB, words=words)
    (spans,) = doc_spans()([doc])
    piecer = Piecer(byte_tokenizer, limit)
    (pieces,) = piecer([doc], [spans])
    assert all(len(span.ids) <= limit for span in pieces.spans)
    assert all(span.ids[0] == 0 and span.ids[-1] == 2 for span in pieces.spans)  # special pieces stay
    assert pieces.align().lengths.min(initial=1) > 0
    (whole,) = Piecer(byte_tokenizer, 10**6)([doc], [spans])
    if not piecer.truncated[0]:
        # Every piece of a token is still there: bytes of a word do not depend on where the span was cut.
        assert len(pieces.align().dataXd) >= len(whole.align().dataXd) - len(words)


def test_single_token_that_is_too_long_is_truncated_and_reported(byte_folder):
    nlp = make_pipeline(byte_folder, {})
    with pytest.warns(UserWarning, match=r"reads 64 pieces at a time: 1 token\(s\) were longer.*pieces were left out"):
        doc = nlp("short " + "xyzzy" * 100 + " tail")
    assert doc._.trf_data.align.lengths.min() > 0
    assert doc._.trf_data.wordpieces.lengths[1] == 64 and doc._.trf_data.wordpieces.strings[1][-1] == "</s>"
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nlp("short " + "xyzzy" * 100)  # said once


def test_a_megabyte_in_one_token_does_no_harm(byte_folder):
    nlp = make_pipeline(byte_folder, {})
    with pytest.warns(UserWarning, match="longer on their own"):
        doc = nlp(Doc(nlp.vocab, words=["a", "z" * 1_000_000, "b"]))
    assert numpy.abs(doc._.trf_data.token_vectors()).sum(axis=1).min() > 0


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_hard_texts_are_encoded(byte_folder, text):
    nlp = make_pipeline(byte_folder, {})
    doc = nlp(text)
    rows = doc._.trf_data.token_vectors()
    assert rows.shape == (len(doc), 16 if len(doc) else 0) or not len(doc)
    assert numpy.isfinite(rows).all()


def test_text_that_is_no_unicode_is_encoded(byte_tokenizer):
    class Text:
        text = "lone \ud800 surrogate"

    piecer = Piecer(byte_tokenizer, 100)
    (encoding,) = piecer._encode_batch([Text.text])
    assert encoding.offsets[-2][1] == len(Text.text)


def test_long_document_has_a_vector_for_every_token_whatever_the_getter(byte_folder):
    for getter in ({"@span_getters": "spacy-transformers.doc_spans.v1"},):
        nlp = spacy_lite.blank("en")
        nlp.add_pipe("transformer", config=transformer_block(byte_folder, get_spans=getter))
        nlp.initialize()
        doc = nlp("She saw three unbelievable ships. " * 330)
        data = doc._.trf_data
        assert max(data.wordpieces.lengths) <= 64 and data.align.lengths.min() > 0
        assert numpy.abs(data.token_vectors()).sum(axis=1).min() > 0


def test_span_getters_cover_documents():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    docs = [nlp("One two three. Four five."), nlp("")]
    assert [[span.text for span in own] for own in doc_spans()(docs)] == [["One two three. Four five."], []]
    assert [[span.text for span in own] for own in sent_spans()(docs)] == [["One two three.", "Four five."], []]
    assert [[len(span) for span in own] for own in strided_spans(4, 2)(docs)] == [[4, 4, 3], []]


@pytest.mark.parametrize("case", [(0, 1), (3, 0), (2, 3), (-1, -1), (2.5, 1), (True, True)])
def test_strides_that_leave_tokens_out_are_refused(case):
    with pytest.raises(ValueError, match="strided_spans"):
        strided_spans(*case)


def test_span_getter_of_the_users_own(bert_folder):
    @spacy_lite.registry.span_getters("spacy_lite.test_halves.v1")
    def halves():
        def get(docs):
            return [[doc[: len(doc) // 2], doc[len(doc) // 2 :]] if len(doc) > 1 else [] for doc in docs]

        return get

    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder, get_spans={"@span_getters": "spacy_lite.test_halves.v1"}))
    nlp.initialize()
    doc = nlp("The cat sat on the mat")
    assert doc._.trf_data.wordpieces.input_ids.shape[0] == 2 and doc._.trf_data.align.lengths.min() > 0
    assert nlp("cat")._.trf_data.align.lengths.tolist() == [0]


@pytest.mark.parametrize("bad", [lambda docs: [], lambda docs: [[doc.copy()[:]] for doc in docs]])
def test_span_getter_that_gives_other_spans_is_refused(bert_folder, bad):
    nlp = make_pipeline(bert_folder)
    nlp.get_pipe("transformer").model.attrs["get_spans"] = bad
    with pytest.raises(ValueError, match="span getter"):
        nlp("The cat sat")


def test_overlapping_windows_are_averaged(bert_folder):
    nlp = make_pipeline(bert_folder, transformer=transformer_block(bert_folder, window=4, stride=2))
    doc = nlp("The cat sat on the mat")
    encoder = nlp.get_pipe("transformer").encoder
    rows = []  # of the pieces of `sat`, which is in both windows
    for span in (doc[0:4], doc[2:6]):
        encoding = encoder.tokenizer(span.text, return_tensors="pt", return_offsets_mapping=True)
        begin = span.text.index("sat")
        inside = [begin <= a < b <= begin + 3 for a, b in encoding.pop("offset_mapping")[0].tolist()]
        with torch.no_grad():
            rows.append(encoder.model(**encoding).last_hidden_state[0].numpy()[inside])
    expected = numpy.concatenate(rows).mean(0)
    numpy.testing.assert_allclose(doc._.trf_data.token_vectors()[2], expected, atol=1e-5)


def test_pieces_per_span_is_what_model_and_tokenizer_allow(tiny_tokenizer, byte_tokenizer):
    small = make_bert(len(tiny_tokenizer), max_position_embeddings=20)
    assert piece_limit(small, tiny_tokenizer) == 20
    roberta = transformers.RobertaModel(
        transformers.RobertaConfig(
            vocab_size=320,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
            max_position_embeddings=34,
        )
    )
    assert piece_limit(roberta, byte_tokenizer) == 32
    encoder = Encoder(roberta, byte_tokenizer)
    doc = Doc(VOCAB, words=["word"] * 100)
    hidden = encoder.run(encoder.piecer([doc], [[doc[:]]]), max_items=100, drop=None)
    assert torch.isfinite(hidden.rows).all()


def test_tokenizer_that_cannot_align_is_refused():
    class Slow:
        backend_tokenizer = None

    with pytest.raises(ValueError, match="cannot be aligned"):
        check_tokenizer(Slow())


def test_model_without_room_for_a_piece_is_refused(tiny_tokenizer):
    with pytest.raises(ValueError, match="special ones"):
        Piecer(tiny_tokenizer, 2)


def test_cut_points_are_even_and_complete():
    assert cut_points([1] * 10, 5) == [0, 5, 10]
    assert cut_points([1] * 11, 5) == [0, 4, 8, 11]
    assert cut_points([9, 1, 1], 5) == [0, 1, 3]
    assert cut_points([0, 0, 9, 0], 5)[-1] == 4


def test_ranges_and_alignment_by_hand():
    doc = Doc(VOCAB, words=["ab", "c", "def"], spaces=[True, False, False])
    starts, ends = token_bounds(doc)
    assert starts.tolist() == [0, 3, 4, 7] and ends.tolist() == [2, 4, 7]
    first, after = token_ranges(starts, numpy.array([0, 1, 2, 4, 5]), numpy.array([0, 4, 3, 7, 5]))
    assert first.tolist() == [0, 0, 0, 2, 0] and after.tolist() == [0, 2, 1, 3, 0]
    align = align_pieces(first, after, numpy.arange(5), 3)
    assert align.lengths.tolist() == [2, 1, 1] and align.dataXd.tolist() == [1, 2, 1, 3]


@pytest.mark.parametrize(
    "family", ["bert", "roberta", "distilbert", "electra", "albert", "xlm-roberta", "deberta-v2", "mpnet", "t5"]
)
def test_every_family_of_encoders_runs_trains_and_is_saved(family, byte_tokenizer, tmp_path):
    sizes = {"vocab_size": len(byte_tokenizer), "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    more = {
        "distilbert": {"dim": 8, "n_layers": 1, "n_heads": 1, "hidden_dim": 8, "max_position_embeddings": 64},
        "t5": {"d_model": 8, "d_kv": 8, "d_ff": 8, "num_layers": 1, "num_heads": 1},
        "electra": {**sizes, "embedding_size": 4, "intermediate_size": 8, "max_position_embeddings": 64},
        "albert": {**sizes, "embedding_size": 4, "intermediate_size": 8, "max_position_embeddings": 64},
    }
    given = {
        "vocab_size": len(byte_tokenizer),
        **more.get(family, {**sizes, "intermediate_size": 8, "max_position_embeddings": 66}),
    }
    torch.manual_seed(0)
    config = transformers.AutoConfig.for_model(family, **given, pad_token_id=1)
    kind = transformers.T5EncoderModel if family == "t5" else transformers.AutoModel.from_config
    model = kind(config)
    model.save_pretrained(tmp_path)
    byte_tokenizer.save_pretrained(tmp_path)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(str(tmp_path)))
    nlp.add_pipe("tagger", config=tagger_block(listener_block()))
    from .conftest import make_examples

    nlp.initialize(lambda: make_examples(nlp))
    for _ in range(3):
        nlp.update(make_examples(nlp))
    doc = nlp("She saw three unbelievable ships")
    again = nlp.get_pipe("transformer").from_bytes(nlp.get_pipe("transformer").to_bytes())
    numpy.testing.assert_array_equal(again(nlp.make_doc(doc.text))._.trf_data.token_vectors(), doc._.trf_data.token_vectors())
