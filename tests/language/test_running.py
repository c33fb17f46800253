"""Running pipelines: results in order, however many threads or processes; errors go where they are told to."""

import itertools
import sys
import threading
import time

import pytest

from spacy_lite.language import Language
from spacy_lite.language.batches import MOST_CHARACTERS, MOST_SHARED_CHARACTERS, MOST_TEXTS, batches_of
from spacy_lite.tokens import Doc

TEXTS = [f"text number {i} " + "word " * (i % 7) for i in range(300)]


class Slow:
    """A component that takes longer for earlier texts, so that threads finish out of order."""

    name = "toy_slow"

    def __call__(self, doc):
        time.sleep(0.002 if len(doc) % 2 else 0.0)
        doc.user_data["length"] = len(doc)
        doc.user_data["thread"] = threading.get_ident()
        return doc


@Language.factory("toy_slow")
def make_slow(nlp, name):
    return Slow()


@Language.component("toy_set_sentences")
def set_sentences(doc):
    for token in doc:
        token.is_sent_start = token.i % 3 == 0
        token.lemma_ = token.text.upper()
    doc.cats = {"long": float(len(doc) > 5)}
    doc.user_data["mine"] = len(doc)
    return doc


def annotations(doc):
    return (doc.text, [t.lemma_ for t in doc], [t.is_sent_start for t in doc], doc.cats, doc.user_data.get("mine"))


def test_pipe_gives_what_calls_give_in_order(nlp):
    nlp.add_pipe("toy_set_sentences")
    assert [annotations(doc) for doc in nlp.pipe(TEXTS)] == [annotations(nlp(text)) for text in TEXTS]


@pytest.mark.parametrize("workers", [{"n_threads": 2}, {"n_threads": 5}, {"n_threads": -1}, {"n_process": 2}])
def test_threads_and_processes_give_the_same_in_the_same_order(nlp, workers):
    nlp.add_pipe("toy_slow")
    nlp.add_pipe("toy_set_sentences")
    alone = [annotations(doc) for doc in nlp.pipe(TEXTS, batch_size=7)]
    assert [annotations(doc) for doc in nlp.pipe(TEXTS, batch_size=7, **workers)] == alone


def test_threads_are_used(nlp):
    nlp.add_pipe("toy_slow")
    docs = list(nlp.pipe(TEXTS, n_threads=3, batch_size=5))
    assert len({doc.user_data["thread"] for doc in docs}) > 1
    assert threading.get_ident() not in {doc.user_data["thread"] for doc in docs}


def test_processes_bring_tensors_spans_and_extensions_back(nlp):
    import numpy

    @Language.component("toy_everything")
    def everything(doc):
        doc.tensor = numpy.arange(len(doc) * 2, dtype="f").reshape(-1, 2)
        doc.spans["all"] = [doc[0 : len(doc)]]
        doc.user_data[("._.", "mark", None, None)] = [len(doc)]
        return doc

    nlp.add_pipe("toy_everything")
    for alone, doc in zip(nlp.pipe(TEXTS[:20]), nlp.pipe(TEXTS[:20], n_process=2, batch_size=4)):
        assert doc.vocab is nlp.vocab
        assert (doc.tensor == alone.tensor).all() and doc.spans["all"][0].text == alone.spans["all"][0].text
        assert doc.user_data[("._.", "mark", None, None)] == [len(doc)]


@pytest.mark.parametrize("workers", [{}, {"n_threads": 3}, {"n_process": 2}])
def test_contexts_stay_with_their_texts(nlp, workers):
    nlp.add_pipe("toy_slow")
    pairs = [(text, {"id": i}) for i, text in enumerate(TEXTS[:60])]
    result = list(nlp.pipe(pairs, as_tuples=True, batch_size=9, **workers))
    assert [(doc.text, context) for doc, context in result] == pairs


@pytest.mark.parametrize("workers", [{}, {"n_threads": 3}, {"n_process": 2}])
def test_an_error_handler_leaves_documents_out_and_contexts_still_fit(nlp, workers):
    failed = []
    nlp.add_pipe("toy_set_sentences")
    nlp.add_pipe("toy_fail")
    nlp.set_error_handler(lambda name, proc, docs, error: failed.extend((name, doc.text, str(error)) for doc in docs))
    texts = ["good", "bad one", "fine", "bad two", "well"] * 10
    result = list(nlp.pipe(zip(texts, range(50)), as_tuples=True, batch_size=4, **workers))
    assert [(doc.text, i) for doc, i in result] == [(text, i) for i, text in enumerate(texts) if "bad" not in text]
    assert len(failed) == 20 and all(name == "toy_fail" and text in error for name, text, error in failed)


@pytest.mark.parametrize("workers", [{}, {"n_threads": 3}, {"n_process": 2}])
def test_an_error_is_raised_where_its_result_would_have_been(nlp, workers):
    nlp.add_pipe("toy_fail")
    done = []
    with pytest.raises(ValueError, match="cannot read 'bad'"):
        for doc in nlp.pipe(["a", "b", "c", "d", "bad", "e"], batch_size=2, **workers):
            done.append(doc.text)
    assert done == ["a", "b", "c", "d"]


def test_errors_inside_the_pipe_method_of_a_component_reach_the_handler(nlp):
    class Stops:
        def __call__(self, doc):
            return doc

        def pipe(self, docs):
            for number, doc in enumerate(docs):
                if number == 2:
                    raise KeyError("third")
                yield doc

    @Language.factory("toy_stops")
    def make_stops(nlp, name):
        return Stops()

    lost = []
    nlp.add_pipe("toy_stops")
    nlp.set_error_handler(lambda name, proc, docs, error: lost.extend(doc.text for doc in docs))
    assert [doc.text for doc in nlp.pipe(["a", "b", "c", "d"])] == ["a", "b"]
    assert lost == ["c", "d"]


def test_an_endless_stream_is_read_no_further_than_needed(nlp):
    read = []

    def endless():
        for number in itertools.count():
            read.append(number)
            yield "some words"

    for workers, most in [({}, 10), ({"n_threads": 2}, 80)]:
        read.clear()
        stream = nlp.pipe(endless(), batch_size=10, **workers)
        next(stream)
        stream.close()
        assert len(read) <= most


def test_batches_are_cut_by_length_and_number():
    short, long = "x" * 10, "y" * (MOST_CHARACTERS // 2)
    many = [short] * (2 * MOST_TEXTS + 44)
    assert [len(b.texts) for b in batches_of(many, False, len(many))] == [MOST_TEXTS, MOST_TEXTS, 44]
    assert [len(b.texts) for b in batches_of([long] * 5, False, 1000)] == [2, 2, 1]
    assert [len(b.texts) for b in batches_of([short] * 5, False, 2)] == [2, 2, 1]
    assert [len(b.texts) for b in batches_of([long] * 3, False, 1000, workers=2)] == [1, 1, 1]
    sizes = [len("".join(b.texts)) for b in batches_of(["z" * 1000] * 1000, False, 1000, workers=2)]
    assert sizes[:3] == [12_000, 15_000, 19_000]  # a few texts already keep both busy
    assert max(sizes) == MOST_SHARED_CHARACTERS
    assert sum(sizes) == 1_000_000
    assert list(batches_of([], False, 10)) == []


def test_threads_hand_over_soon_and_the_setting_comes_back(nlp):
    before = sys.getswitchinterval()
    first, second = (nlp.pipe(["a", "b"] * 20, batch_size=2, n_threads=2) for _ in range(2))
    next(first), next(second)
    assert sys.getswitchinterval() < before
    first.close()
    assert sys.getswitchinterval() < before
    assert [doc.text for doc in second] == (["a", "b"] * 20)[1:]
    assert sys.getswitchinterval() == before


def test_a_switch_interval_that_was_set_while_threads_ran_stays(nlp):
    before = sys.getswitchinterval()
    stream = nlp.pipe(["a", "b"] * 20, batch_size=2, n_threads=2)
    next(stream)
    sys.setswitchinterval(0.003)
    stream.close()
    try:
        assert sys.getswitchinterval() == pytest.approx(0.003)
    finally:
        sys.setswitchinterval(before)


def test_a_component_learns_the_size_of_its_batch(nlp):
    counter = nlp.add_pipe("toy_counter")
    list(nlp.pipe(["a"] * 5, batch_size=3))
    assert counter.log == [("pipe", 3), ("pipe", 2)]


def test_extra_arguments_reach_a_component_and_disabled_ones_do_not_run(nlp):
    @Language.component("toy_with_argument")
    def with_argument(doc, suffix="-"):
        doc.user_data["suffix"] = suffix
        return doc

    nlp.add_pipe("toy_with_argument")
    nlp.add_pipe("toy_mark")
    doc = nlp("a", component_cfg={"toy_with_argument": {"suffix": "+"}}, disable=["toy_mark"])
    assert doc.user_data == {"suffix": "+"}
    (doc,) = nlp.pipe(["a"], component_cfg={"toy_with_argument": {"suffix": "+"}}, disable=["toy_mark"])
    assert doc.user_data == {"suffix": "+"}


def test_documents_and_bytes_are_taken_as_well_as_texts(nlp):
    nlp.add_pipe("toy_mark")
    doc = Doc(nlp.vocab, words=["made", "before"])
    data = doc.to_bytes()
    assert nlp(doc) is doc
    assert nlp(data).text == doc.text
    assert [d.text for d in nlp.pipe([doc, data, "text"])] == ["made before ", "made before ", "text"]
    with pytest.raises(ValueError, match="got int"):
        nlp(3)
    with pytest.raises(ValueError, match="got NoneType"):
        list(nlp.pipe(["text", None]))


def test_there_is_no_limit_on_the_length_of_a_text_unless_one_is_set(nlp):
    assert len(nlp("word " * 300_000)) == 300_000
    assert len(range(0, 10**7, nlp.max_length)) == 1  # no limit, and a number all the same
    nlp.max_length = 10
    with pytest.raises(ValueError, match="nlp.max_length is 10"):
        nlp("a longer text")


def test_a_component_has_to_return_the_document(nlp):
    @Language.component("toy_forgets")
    def forgets(doc):
        pass

    nlp.add_pipe("toy_forgets")
    for run in (lambda: nlp("a"), lambda: list(nlp.pipe(["a"]))):
        with pytest.raises(ValueError, match="`toy_forgets` has to return the document, it returned NoneType"):
            run()


@pytest.mark.parametrize("arguments", [{"n_threads": 0}, {"n_process": -2}, {"n_threads": 2, "n_process": 2}])
def test_impossible_numbers_of_workers_are_refused(nlp, arguments):
    with pytest.raises(ValueError, match="n_threads|n_process"):
        nlp.pipe(["a"], **arguments)


def test_work_in_a_memory_zone_is_safe_afterwards(nlp):
    with nlp.memory_zone():
        doc = nlp("unheard-of words")
    assert doc.text == "unheard-of words" and [t.text for t in doc]
