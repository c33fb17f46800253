"""Frozen and trained rows: what is frozen stays bit for bit, what is trained gets the gradient of a plain table."""

import copy

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import SGD, Adam, Embed, Model, RAdam, chain

from spacy_lite.ml.layers.frozen_rows import FrozenRowsEmbed, frozen_except
from spacy_lite.ml.layers.row_freezing import freeze_rows, refreeze_rows, unfreeze_rows
from spacy_lite.ml.layers.two_tables import NEW, PRETRAINED, TwoTableEmbed
from spacy_lite.ml.layers.word_rows import WordRows
from spacy_lite.ml.models.tok2vec import MultiHashEmbed
from spacy_lite.ml.models.word_rows import build_freeze_rows, build_frozen_rows_embed, build_two_table_embed
from spacy_lite.ml.optimizer import Adam as FusedAdam
from spacy_lite.strings import get_string_id
from spacy_lite.tokens import Doc
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab

# Everything that moves a row without a gradient: weight decay, momentum, averages; and clipping, which couples rows.
OPTIMIZERS = {
    "fused adam": lambda: FusedAdam(0.01, L2=0.01, grad_clip=0.1, use_averages=True),
    "adam": lambda: Adam(0.01, L2=0.01, grad_clip=0.1, use_averages=True),
    "adam, L2 in the gradient": lambda: Adam(0.01, L2=0.01, L2_is_weight_decay=False, grad_clip=0.1, use_averages=True),
    "radam": lambda: RAdam(0.01, L2=0.01, use_averages=True),
    "sgd": lambda: SGD(0.01, L2=0.01, grad_clip=0.1, use_averages=True),
}


def random_rows(*shape, seed=0):
    return numpy.random.default_rng(seed).normal(size=shape).astype("f")


def train_step(model, ids, optimizer, seed=0):
    output, backprop = model.begin_update(ids)
    backprop(random_rows(*output.shape, seed=seed))
    model.finish_update(optimizer)


def embed_table(table):
    model = Embed(table.shape[1], len(table))
    model.initialize()
    model.set_param("E", table.copy())
    return model


# ---- forward and backward ----


@given(st.integers(1, 12), st.integers(0, 30), st.integers(0, 2**32 - 1), st.sampled_from(["int32", "int64", "uint64"]))
def test_it_looks_up_and_learns_like_a_plain_table(n_rows, n_ids, seed, dtype):
    random = numpy.random.default_rng(seed)
    table = random.normal(size=(n_rows, 3)).astype("f")
    trained = random.permutation(n_rows)[: random.integers(0, n_rows + 1)]
    ids = random.integers(0, n_rows, size=n_ids).astype(dtype)
    model, plain = frozen_except(table, trained.tolist()), embed_table(table)
    output, backprop = model.begin_update(ids)
    expected, plain_backprop = plain.begin_update(ids.astype("int32"))
    assert numpy.array_equal(output, expected)
    d_output = random.normal(size=output.shape).astype("f")
    backprop(d_output)
    plain_backprop(d_output)
    assert model.get_param("E").shape == (len(trained), 3)
    assert numpy.allclose(model.get_grad("E"), plain.get_grad("E")[numpy.sort(trained)], atol=1e-5)


def finite_difference(model, ids, weights):
    """Gradient of sum(weights * output) to E, by moving each value a little, in a float64 copy of the sum."""
    E = model.get_param("E")
    gradient = numpy.zeros_like(E)
    for place in numpy.ndindex(E.shape):
        sums = []
        for step in (0.5, -0.5):
            E[place] += step
            sums.append((model.predict(ids).astype("f8") * weights).sum())
            E[place] -= step
        gradient[place] = sums[0] - sums[1]
    return gradient


LAYERS = {
    "frozen rows": lambda: FrozenRowsEmbed(random_rows(3, 4), 2, [0, 3, 1, 4, 4]),
    "two tables": lambda: TwoTableEmbed(
        random_rows(2, 4), 2, {0: (PRETRAINED, 1), 1: (NEW, 0), 2: (NEW, 1), 3: (NEW, 0)}, unknown="row"
    ),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_the_gradient_is_that_of_finite_differences(make):
    model, ids = make(), numpy.asarray([0, 1, 1, 4, 3, 2, 4], dtype="uint64")
    model.initialize()
    weights = random_rows(len(ids), 4, seed=1)
    _, backprop = model.begin_update(ids)
    assert backprop(weights).shape == ids.shape
    assert numpy.allclose(model.get_grad("E"), finite_difference(model, ids, weights), atol=1e-4)


def test_a_column_of_a_matrix_of_ids():
    ids = numpy.asarray([[9, 0], [9, 2]], dtype="uint64")
    frozen = FrozenRowsEmbed(random_rows(2, 3), 1, column=1)
    two = TwoTableEmbed(random_rows(1, 3), 1, {0: (PRETRAINED, 0), 2: (NEW, 0)}, column=1)
    for model in (frozen, two):
        model.initialize()
        output, backprop = model.begin_update(ids)
        assert output.shape == (2, 3) and backprop(output).shape == ids.shape
        assert numpy.array_equal(output[1], model.get_param("E")[0])


def test_strings_stand_for_their_ids():
    model = TwoTableEmbed(random_rows(1, 3), 1, {"cat": (PRETRAINED, 0), "covid": (NEW, 0)})
    model.initialize()
    keys = numpy.asarray([get_string_id("covid"), get_string_id("cat")], dtype="uint64")
    assert numpy.array_equal(model.predict(keys), [model.get_param("E")[0], random_rows(1, 3)[0]])


# ---- what is wrong ----


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FrozenRowsEmbed(random_rows(3, 2), 1, [0, 4]), "row 4, there are 3 frozen and 1 trained"),
        (lambda: FrozenRowsEmbed(random_rows(3, 2), 1, [-1]), "row -1"),
        (lambda: FrozenRowsEmbed(random_rows(3, 2), -1), "number to train"),
        (lambda: FrozenRowsEmbed(numpy.zeros(3), 1), r"got \(3,\)"),
        (lambda: frozen_except(random_rows(3, 2), [3]), "no row 3 to train"),
        (lambda: frozen_except(random_rows(3, 2), [-1, 2]), "no row -1 to train"),
        (lambda: TwoTableEmbed(random_rows(3, 2), 1, {"a": (PRETRAINED, 3)}), "row 3 of table 0, which has 3"),
        (lambda: TwoTableEmbed(random_rows(3, 2), 1, {"a": (NEW, 1)}), "row 1 of table 1, which has 1"),
        (lambda: TwoTableEmbed(random_rows(3, 2), 1, {"a": (2, 0)}), "table 2, there are 0"),
        (lambda: TwoTableEmbed(random_rows(3, 2), 1, {}, unknown="zero"), "'error' or 'row', got 'zero'"),
        (lambda: TwoTableEmbed(numpy.zeros(3), 1, {}), r"got \(3,\)"),
        (lambda: WordRows(["a"], unknown="zero"), "`unknown` is 'row' or 'error'"),
        (lambda: WordRows(["a"], start="nowhere"), "`start` is 'vector' or 'random'"),
        (lambda: WordRows({"a": 0, "b": 2}), "without a gap"),
    ],
)
def test_settings_that_make_no_sense(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("wrong", [[-1], [0, 4], [2**63]])
def test_unknown_ids_are_errors_and_change_nothing(wrong):
    ids = numpy.asarray(wrong, dtype="int64" if min(wrong) < 0 else "uint64")
    frozen = FrozenRowsEmbed(random_rows(3, 2), 1)
    two = TwoTableEmbed(random_rows(3, 2), 1, {0: (PRETRAINED, 0)})
    for model in (frozen, two):
        model.initialize()
        with pytest.raises(ValueError, match="no row for"):
            model.predict(ids)


# ---- frozen is frozen ----


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_frozen_tables_are_untouched_by_any_optimizer(make):
    optimizer = make()
    frozen = frozen_except(random_rows(6, 4), [1, 4])
    two = TwoTableEmbed(random_rows(3, 4), 3, {i: (PRETRAINED, i) if i < 3 else (NEW, i - 3) for i in range(6)})
    for model, held, still in ((frozen, "frozen", [0, 2, 3, 5]), (two, "vectors", [0, 1, 2])):
        model.initialize()
        ids = numpy.arange(6)
        before = model.predict(ids)
        for step in range(8):
            train_step(model, ids, optimizer, seed=step)
        with model.use_params(optimizer.averages):
            averaged = model.predict(ids)
        after = model.predict(ids)
        assert numpy.array_equal(model.attrs[held], before[still])
        for rows in (after, averaged):
            assert numpy.array_equal(rows[still], before[still])
            assert not numpy.isclose(rows, before).all(axis=1)[[i for i in range(6) if i not in still]].any()


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_chosen_rows_of_a_plain_table_are_untouched_by_any_optimizer(make):
    optimizer, model, ids = make(), embed_table(random_rows(6, 4)), numpy.arange(6, dtype="int32")
    for step in range(3):  # momentum and averages are warm
        train_step(model, ids, optimizer, seed=step)
    before = model.get_param("E").copy()
    freeze_rows(model, "E", [1, 4])
    for step in range(8):
        train_step(model, ids, optimizer, seed=step)
        assert numpy.array_equal(model.get_param("E")[[1, 4]], before[[1, 4]])
    with model.use_params(optimizer.averages):
        assert numpy.array_equal(model.predict(ids)[[1, 4]], before[[1, 4]])
        assert numpy.array_equal(pickled(model).predict(ids)[[1, 4]], before[[1, 4]])
    assert (model.get_param("E") != before)[[0, 2, 3, 5]].all()
    unfreeze_rows(model)
    train_step(model, ids, optimizer)
    assert (model.get_param("E") != before).all()


def pickled(model):
    return model.from_bytes(model.to_bytes())


def test_without_being_put_back_the_rows_would_drift():
    """What makes the other tests mean something: a zero gradient alone is not enough."""
    optimizer, model, ids = Adam(0.01, L2=0.01), embed_table(random_rows(6, 4)), numpy.arange(6, dtype="int32")
    train_step(model, ids, optimizer)
    before = model.get_param("E").copy()
    _, backprop = model.begin_update(ids)
    backprop(numpy.zeros((6, 4), dtype="f"))
    model.finish_update(optimizer)
    assert (model.get_param("E") != before).all()


def test_the_trained_rows_are_clipped_without_the_frozen_ones():
    free, table = SGD(0.1, grad_clip=0.5, use_averages=False), random_rows(4, 2)
    frozen, alone = embed_table(table), embed_table(table)
    freeze_rows(frozen, "E", [0, 1])
    d_output = random_rows(4, 2, seed=3) * 5
    for model, ids, gradient in ((frozen, [0, 1, 2, 3], d_output), (alone, [2, 3], d_output[2:])):
        _, backprop = model.begin_update(numpy.asarray(ids, dtype="int32"))
        backprop(gradient)
        model.finish_update(free)
    assert numpy.allclose(frozen.get_param("E")[2:], alone.get_param("E")[2:], atol=1e-6)


def test_frozen_rows_of_a_fused_embedding():
    vocab = Vocab()
    docs = [Doc(vocab, words=["a", "b", "c", "a"])]
    embed = MultiHashEmbed(width=8, attrs=["NORM", "SHAPE"], rows=[20, 10], include_static_vectors=False)
    model = build_freeze_rows(embed, "hashembed", range(5))
    assert model is embed
    model.initialize(X=docs)
    tables = [node for node in model.walk() if node.name == "hashembed"]
    before = [node.get_param("E").copy() for node in tables]
    optimizer = FusedAdam(0.1, L2=0.1, use_averages=True)
    for _ in range(5):
        rows, backprop = model.begin_update(docs)
        backprop([numpy.ones_like(row) * 3 for row in rows])
        model.finish_update(optimizer)
    for node, table in zip(tables, before, strict=True):
        assert numpy.array_equal(node.get_param("E")[:5], table[:5]) and (node.get_param("E")[5:] != table[5:]).any()


# ---- choosing rows ----


def test_rows_that_are_not_there_are_refused_and_nothing_changes():
    model = embed_table(random_rows(4, 2))
    for rows in ([4], [-1, 2]):
        with pytest.raises(ValueError, match="to freeze"):
            freeze_rows(model, "E", rows)
    with pytest.raises(ValueError, match="no parameter 'W'"):
        freeze_rows(model, "W", [0])
    assert type(model) is Model and "frozen_rows" not in model.attrs
    late = Embed(2, 3)
    freeze_rows(late, "E", [7])
    with pytest.raises(ValueError, match="no row 7"):
        late.initialize()
    with pytest.raises(ValueError, match="named 'nothing'; those with parameters are embed"):
        build_freeze_rows(chain(late, Model("x", lambda *_: None)), "nothing", [1])


def test_choices_add_up_and_survive_saving_and_copying():
    model = embed_table(random_rows(6, 4))
    freeze_rows(model, "E", [1, 1])
    freeze_rows(model, "E", [4])
    assert model.attrs["frozen_rows"] == {"E": [1, 4]}
    model.set_grad("E", random_rows(6, 4))
    model.get_grad("E")
    loaded = Embed(4, 6).from_bytes(model.to_bytes())
    assert type(loaded) is Model and "held_rows" not in loaded.attrs
    refreeze_rows(loaded)
    copied = model.copy()
    refreeze_rows(copied)
    for again in (loaded, copied, copy.deepcopy(model)):
        before = again.get_param("E").copy()
        train_step(again, numpy.arange(6, dtype="int32"), Adam(0.01, L2=0.1))
        assert numpy.flatnonzero((again.get_param("E") == before).all(axis=1)).tolist() == [1, 4]


def test_loaded_rows_are_taken_as_they_are():
    model, other = embed_table(random_rows(4, 2)), embed_table(random_rows(4, 2, seed=5))
    freeze_rows(model, "E", [2])
    train_step(model, numpy.arange(4, dtype="int32"), Adam(0.01))
    model.from_bytes(other.to_bytes())
    assert numpy.array_equal(model.get_param("E"), other.get_param("E"))


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_layers_are_read_back_into_ones_made_with_other_tables(make):
    model = make()
    model.initialize()
    ids = numpy.asarray([0, 1, 2, 3], dtype="uint64")
    again = type(make)(make.__code__, {**make.__globals__, "random_rows": lambda *shape: random_rows(*shape, seed=9)})()
    assert numpy.array_equal(again.from_bytes(model.to_bytes()).predict(ids), model.predict(ids))


# ---- words ----


@pytest.fixture
def docs():
    vocab = Vocab()
    vocab.vectors = Vectors(strings=vocab.strings, data=random_rows(3, 5), keys=["cat", "dog", "car"])
    return [Doc(vocab, words=["cat", "covid", "zzz", "dog"]), Doc(vocab, words=[]), Doc(vocab, words=["car", "covid", "qqq"])]


def test_words_have_vectors_rows_of_their_own_or_the_shared_row(docs):
    model = WordRows(["covid", "dog"])
    model.initialize(X=docs)
    E, vectors = model.get_param("E"), docs[0].vocab.vectors
    assert E.shape == (3, 5) and numpy.array_equal(E[1], vectors["dog"])
    E[1] = 9
    output = model.predict(docs)
    assert output.lengths.tolist() == [4, 0, 3]
    expected = [vectors["cat"], E[0], E[2], E[1], vectors["car"], E[0], E[2]]
    assert numpy.array_equal(output.dataXd, expected)


def test_the_gradient_of_a_row_is_the_sum_over_the_tokens_that_have_it(docs):
    model = WordRows({"covid": 0, "dog": 1, "qqq": 0})
    model.initialize(X=docs)
    weights = random_rows(7, 5, seed=2)
    output, backprop = model.begin_update(docs)
    output.data = weights
    backprop(output)
    gradient = numpy.zeros_like(model.get_param("E"))
    for token, row in enumerate((None, 0, 2, 1, None, 0, 0)):
        if row is not None:
            gradient[row] += weights[token]
    assert numpy.allclose(model.get_grad("E"), gradient, atol=1e-5)


def test_unknown_words_can_be_errors(docs):
    model = WordRows(["covid"], unknown="error")
    with pytest.raises(ValueError, match="2 words have no vector and no row, such as 'zzz', 'qqq'"):
        model.initialize(X=docs)
        model.predict(docs)


def test_words_of_the_second_table_must_have_no_vector(docs):
    with pytest.raises(ValueError, match="1 of the words have a vector already, such as 'dog'"):
        build_two_table_embed(8, ["covid", "dog"]).initialize(X=docs)


def test_vectors_that_are_missing_or_of_another_width(docs):
    with pytest.raises(ValueError, match="the vocabulary has no vectors"):
        WordRows(["a"]).initialize(X=[Doc(Vocab(), words=["a"])])
    with pytest.raises(ValueError, match="initialize the layer with documents"):
        WordRows(["a"]).initialize()
    model = WordRows(["a"])
    model.initialize(X=docs)
    with pytest.raises(ValueError, match="has no vectors, the model was trained with 5"):
        model.predict([Doc(Vocab(), words=["a"])])


def test_floret_vectors_serve_all_words_but_the_chosen_ones():
    vocab = Vocab()
    vocab.vectors = Vectors(strings=vocab.strings, data=random_rows(50, 4), mode="floret", minn=2, maxn=3)
    docs = [Doc(vocab, words=["one", "two"])]
    model = WordRows(["two"], unknown="error")
    model.initialize(X=docs)
    model.get_param("E")[0] += 1
    assert numpy.allclose(model.predict(docs).dataXd, [vocab.vectors["one"], vocab.vectors["two"] + 1])


@pytest.mark.parametrize("build", [build_frozen_rows_embed, build_two_table_embed])
def test_architectures_train_their_rows_and_no_vector(build, docs):
    model, optimizer = build(8, ["covid", "qqq"]), FusedAdam(0.01, L2=0.01)
    model.initialize(X=docs)
    before = docs[0].vocab.vectors.data.copy()
    rows = model.layers[0].get_param("E").copy()
    for _ in range(4):
        output, backprop = model.begin_update(docs)
        backprop([random_rows(*row.shape) for row in output])
        model.finish_update(optimizer)
    assert [row.shape for row in output] == [(4, 8), (0, 8), (3, 8)]
    assert numpy.array_equal(docs[0].vocab.vectors.data, before) and (model.layers[0].get_param("E") != rows).all()
    again = build(8, ["covid", "qqq"]).from_bytes(model.to_bytes())
    assert all(numpy.array_equal(a, b) for a, b in zip(again.predict(docs), model.predict(docs), strict=True))
