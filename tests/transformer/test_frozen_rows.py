"""Rows that are frozen stay as they are to the bit under every optimizer, and the others learn as those of a plain table."""

import warnings

import numpy
import pytest
from thinc.api import SGD, Adam, RAdam

import spacy_lite
from spacy_lite.errors import FormatError
from spacy_lite.transformer import frozen_rows
from spacy_lite.transformer.shim import EncoderShim

from .conftest import make_examples, make_pipeline, torch
from .test_saving import contents

ROWS = [1, 4, 5]


def table(rows=9, width=6, seed=0):
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))


def batches(count=12, high=9):
    random = torch.Generator().manual_seed(1)
    return [(torch.randint(0, high, (4, 3), generator=random), torch.randn(4, 3, 6, generator=random)) for _ in range(count)]


def loss_of(layer, ids, target):
    return ((layer(ids) - target) ** 2).sum()


OPTIMIZERS = {
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9, weight_decay=0.1, nesterov=True),
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.1, weight_decay=0.1),
    "adamw": lambda weights: torch.optim.AdamW(weights, lr=0.1, weight_decay=0.1),
    "rmsprop": lambda weights: torch.optim.RMSprop(weights, lr=0.05, momentum=0.5, weight_decay=0.1),
    "adagrad": lambda weights: torch.optim.Adagrad(weights, lr=0.1, weight_decay=0.1),
}


def test_lookup_is_that_of_the_plain_table():
    weight = table()
    layer = frozen_rows.FrozenRowsEmbedding(weight, ROWS)
    ids = torch.tensor([[0, 1, 8], [4, 4, 5]])
    assert torch.equal(layer(ids), weight[ids]) and layer(torch.zeros((0,), dtype=torch.int64)).shape == (0, 6)
    assert torch.equal(layer.weight, weight) and (layer.num_embeddings, layer.embedding_dim) == (9, 6)
    assert sorted(layer.state_dict()) == ["frozen", "row2train", "rows"]
    assert [name for name, _ in layer.named_parameters()] == ["rows"] and layer.rows.shape == (3, 6)
    assert layer.trained.tolist() == ROWS


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_trained_rows_learn_as_in_a_table_of_their_own_and_the_others_stay(name):
    """The oracle: a plain table that holds the trained rows alone; where an id is frozen there is nothing to learn."""
    weight = table()
    layer = frozen_rows.FrozenRowsEmbedding(weight, ROWS)
    plain = torch.nn.Embedding.from_pretrained(weight[ROWS].clone(), freeze=False)
    place = {row: index for index, row in enumerate(ROWS)}
    first, second = OPTIMIZERS[name](layer.parameters()), OPTIMIZERS[name](plain.parameters())
    for ids, target in batches():
        first.zero_grad()
        second.zero_grad()
        loss_of(layer, ids, target).backward()
        known = torch.tensor([[int(i) in place for i in row] for row in ids])
        own = torch.tensor([place[int(i)] for i in ids[known]], dtype=torch.int64)
        ((plain(own) - target[known]) ** 2).sum().backward()
        torch.testing.assert_close(layer.rows.grad, plain.weight.grad)
        first.step()
        second.step()
    torch.testing.assert_close(layer.rows, plain.weight)
    rest = [row for row in range(9) if row not in ROWS]
    assert torch.equal(layer.weight[rest], weight[rest]) and not torch.equal(layer.weight[ROWS], weight[ROWS])


def test_gradient_is_the_numeric_one():
    layer = frozen_rows.FrozenRowsEmbedding(table(), ROWS).double()
    ids = torch.tensor([[1, 0, 4], [4, 8, 5]])

    def function(rows):
        state = {"rows": rows, "frozen": layer.frozen, "row2train": layer.row2train}
        return torch.func.functional_call(layer, state, (ids,)).sin().sum()

    assert torch.autograd.gradcheck(function, (layer.rows,))


def test_padding_row_is_not_trained():
    layer = frozen_rows.FrozenRowsEmbedding(table(), [0, 1], padding_idx=0)
    assert layer.trained.tolist() == [1]


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_rows_of_a_parameter_stay_after_warm_momentum_and_decay(name):
    """A gradient set to zero would not do: momentum and weight decay move weights without one."""
    layer = torch.nn.Embedding.from_pretrained(table(), freeze=False)
    optimizer = OPTIMIZERS[name](layer.parameters())

    def train():
        for ids, target in batches():
            optimizer.zero_grad()
            loss_of(layer, ids, target).backward()
            optimizer.step()

    train()
    frozen = frozen_rows.freeze_rows(layer.weight, ROWS)
    before = layer.weight.detach().clone()
    train()
    rest = [row for row in range(9) if row not in ROWS]
    assert torch.equal(layer.weight[ROWS], before[ROWS]) and not torch.equal(layer.weight[rest], before[rest])
    assert not layer.weight.grad[ROWS].any() and layer.weight.grad[rest].any()
    frozen.remove()
    train()
    assert not torch.equal(layer.weight[ROWS], before[ROWS])


def test_a_zeroed_gradient_alone_lets_rows_drift():
    """Why rows are put back after every step."""
    layer = torch.nn.Embedding.from_pretrained(table(), freeze=False)
    optimizer = OPTIMIZERS["adamw"](layer.parameters())
    before = layer.weight.detach().clone()
    for ids, target in batches():
        optimizer.zero_grad()
        loss_of(layer, ids, target).backward()
        layer.weight.grad[ROWS] = 0
        optimizer.step()
    assert not torch.equal(layer.weight[ROWS], before[ROWS])


def test_rows_with_sparse_gradients_stay():
    layer = torch.nn.Embedding.from_pretrained(table(), freeze=False, sparse=True)
    frozen_rows.freeze_rows(layer.weight, ROWS)
    optimizer = torch.optim.SparseAdam(layer.parameters(), lr=0.1)
    before = layer.weight.detach().clone()
    for ids, target in batches():
        optimizer.zero_grad()
        loss_of(layer, ids, target).backward()
        assert not set(layer.weight.grad.coalesce().indices()[0].tolist()) & set(ROWS)
        optimizer.step()
    assert torch.equal(layer.weight[ROWS], before[ROWS]) and not torch.equal(layer.weight, before)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Adam(0.05, L2=0.1, use_averages=True),
        lambda: Adam(0.05, L2=0.1, L2_is_weight_decay=False),
        lambda: RAdam(0.05, L2=0.1),
        lambda: SGD(0.05, L2=0.1),
    ],
)
def test_rows_of_the_models_own_table_stay_in_a_pipeline(bert_folder, make):
    nlp = make_pipeline(bert_folder)
    pipe, optimizer = nlp.get_pipe("transformer"), make()
    weight = pipe.encoder.model.get_input_embeddings().weight

    def train():
        for _ in range(4):
            nlp.update(make_examples(nlp), sgd=optimizer)

    train()
    ids = pipe.tokenizer.convert_tokens_to_ids(["[CLS]", "[SEP]", "s", "."])
    frozen_rows.freeze_rows(weight, ["[CLS]", "[SEP]", "s", "."], pipe.tokenizer)
    before = weight.detach().clone()
    train()
    assert torch.equal(weight[ids], before[ids]) and not torch.equal(weight, before)
    with nlp.use_params(optimizer.averages or {}):
        assert torch.equal(weight[ids], before[ids])
    assert torch.equal(weight[ids], before[ids])


def test_frozen_rows_of_the_models_weights_are_saved(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", {"method": "lora", "targets": ["dense"]}, set_active=True)
    rows = {"model.embeddings.word_embeddings.weight": [0, 3, 4, 5, 11], "model.encoder.layer.1.output.dense.weight": [2]}
    named = dict(pipe.encoder.named_parameters())
    for name, own in rows.items():
        frozen_rows.freeze_rows(named[name], own)
    nlp.to_disk(tmp_path / "one")
    again = spacy_lite.load(tmp_path / "one")
    again.to_disk(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    pipe = again.get_pipe("transformer")
    pipe.freeze()
    pipe.train_all()
    named = dict(pipe.encoder.named_parameters())
    before = {name: weight.detach().clone() for name, weight in named.items()}
    for _ in range(3):
        again.update(make_examples(again), sgd=Adam(0.05, L2=0.1))
    for name, own in rows.items():
        stay = torch.zeros(len(named[name]), dtype=torch.bool)
        stay[own] = True
        same = (named[name] == before[name]).all(1)
        assert same[stay].all() and not same[~stay].all()
    # A merge is a change that is meant: it stays.
    dense = named["model.encoder.layer.1.output.dense.weight"]
    kept = dense.detach().clone()
    pipe.merge_adapter("a")
    merged = dense.detach().clone()
    assert not torch.equal(merged[2], kept[2])
    frozen_rows.restore_rows(dense)
    assert torch.equal(dense, merged)


def test_frozen_rows_of_weights_that_are_not_there_are_refused(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    pipe = nlp.get_pipe("transformer")
    frozen_rows.freeze_rows(pipe.encoder.model.get_input_embeddings().weight, [1, 2])
    pipe.to_disk(tmp_path / "trf")
    file = tmp_path / "trf" / "cfg.json"
    text = file.read_text()
    for old, new in (("word_embeddings", "other_embeddings"), ("1,\n        3", "1,\n        3000")):
        assert old in text
        file.write_text(text.replace(old, new))
        with pytest.raises(FormatError, match="cannot load the embeddings and adapters"):
            pipe.from_disk(tmp_path / "trf")


def test_freezing_again_replaces_the_rows_and_leaves_the_parameter_as_it_was():
    weight = torch.nn.Parameter(table(), requires_grad=False)
    frozen_rows.freeze_rows(weight, [0])
    frozen_rows.freeze_rows(weight, [1])
    assert not weight.requires_grad
    weight.data += 1
    frozen_rows.restore_rows(weight)
    assert torch.equal(weight[1], table()[1]) and torch.equal(weight[0], table()[0] + 1)
    frozen_rows.restore_rows(torch.nn.Parameter(table()))


@pytest.mark.parametrize("rows", [[9], [-1], [1.0], [True], "rows", ["token"]])
def test_rows_that_are_not_there_are_refused(rows):
    weight = torch.nn.Parameter(table())
    for call in (lambda: frozen_rows.FrozenRowsEmbedding(weight, rows), lambda: frozen_rows.freeze_rows(weight, rows)):
        with pytest.raises(ValueError, match="no row|a row is|expected a list"):
            call()
    assert torch.equal(weight, table())
    with pytest.raises(TypeError, match="expects a torch parameter"):
        frozen_rows.freeze_rows(table(), [1])


def test_rows_may_be_arrays_tokens_or_a_function_and_count_once(tiny_tokenizer):
    resolve, vocabulary = frozen_rows.resolve_rows, tiny_tokenizer.get_vocab()
    assert resolve([4, 1, 4], 9).tolist() == [1, 4]
    assert resolve(numpy.array([4, 1], dtype="int32"), 9).tolist() == resolve(torch.tensor([1, 4]), 9).tolist() == [1, 4]
    assert resolve([numpy.int64(3)], 9).tolist() == [3]
    assert resolve(["##s", 2], 90, tiny_tokenizer).tolist() == sorted({2, vocabulary["##s"]})
    assert resolve(lambda tokenizer: [tokenizer.pad_token_id], 90, tiny_tokenizer).tolist() == [0]
    with pytest.warns(UserWarning, match="empty list of rows"):
        layer = frozen_rows.FrozenRowsEmbedding(table(), [])
    assert torch.equal(layer(torch.tensor([0, 8])), table()[[0, 8]]) and layer.rows.shape == (0, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert resolve([0], 1).tolist() == [0]


def test_ids_beyond_the_table_are_refused():
    layer = frozen_rows.FrozenRowsEmbedding(table(), ROWS)
    for ids in ([9], [-1]):
        with pytest.raises(ValueError, match="there are the ids 0 to 8"):
            layer(torch.tensor(ids))


# Two tables


def test_ids_beyond_the_pretrained_rows_are_the_new_ones_and_the_batch_is_left_alone():
    layer = frozen_rows.TwoTableEmbedding(table().numpy().astype("float64"), 3)
    ids = torch.tensor([[0, 8, 9], [11, 10, 3]])
    kept = ids.clone()
    for _ in range(2):
        found = layer(ids)
        assert found.dtype == torch.float32 and torch.equal(ids, kept)
        whole = torch.cat([table(), layer.new.detach()])
        assert torch.equal(found, whole[ids])
    for wrong in (12, -1):
        with pytest.raises(ValueError, match="there are the ids 0 to 11"):
            layer(torch.tensor([wrong]))


def test_keys_are_mapped_to_rows_of_either_table():
    layer = frozen_rows.TwoTableEmbedding(table(), 2, {7: (0, 3), 2: (1, 0), 5: (1, 1)})
    whole = torch.cat([table(), layer.new.detach()])
    assert torch.equal(layer(torch.tensor([7, 2, 5])), whole[[3, 9, 10]])
    with pytest.raises(ValueError, match="no row for id 4"):
        layer(torch.tensor([7, 4]))
    shared = frozen_rows.TwoTableEmbedding(table(), 2, {7: (0, 3), 2: (1, 0)}, unknown="row")
    assert shared.new.shape == (3, 6)
    found = shared(torch.tensor([7, 4, 999, -5, 2]))
    assert torch.equal(found[1], shared.new[2]) and torch.equal(found[2], found[1]) and torch.equal(found[3], found[1])
    listed = frozen_rows.TwoTableEmbedding(table(), 1, [9, 0, 0])
    assert torch.equal(listed(torch.tensor([1, 2])), table()[[0, 0]])


@pytest.mark.parametrize("new", [0, 2])
def test_pretrained_table_stays_and_the_new_one_learns(new):
    layer = frozen_rows.TwoTableEmbedding(table(), new)
    assert [name for name, _ in layer.named_parameters()] == ["new"]
    before = layer.new.detach().clone()
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1, weight_decay=0.1)
    for ids, target in batches(high=9 + new):
        optimizer.zero_grad()
        loss = loss_of(layer, ids, target)
        if new:
            loss.backward()
        optimizer.step()
    assert torch.equal(layer.pretrained, table()) and (not new or not torch.equal(layer.new, before))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((table().tolist()[0], 1), "expected a table"),
        ((table().tolist(), -1), "expected a table"),
        ((table().tolist(), 1, {0: (2, 0)}), "0 is the pretrained, 1 the new one"),
        ((table().tolist(), 1, {0: (0, 9)}), "which has 9 rows"),
        ((table().tolist(), 1, {0: (1, 1)}), "which has 1 rows"),
        ((table().tolist(), 1, [10]), "the map has row 10"),
    ]
    if torch is not None
    else [],
)
def test_maps_beyond_the_tables_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        frozen_rows.TwoTableEmbedding(*arguments)


def test_two_tables_survive_their_state():
    layer = frozen_rows.TwoTableEmbedding(table(), 2, {7: (0, 3), 2: (1, 0)}, seed=5)
    other = frozen_rows.TwoTableEmbedding(table(seed=9), 2, {7: (0, 1), 2: (1, 1)}, seed=6)
    other.load_state_dict(layer.state_dict())
    ids = torch.tensor([7, 2])
    assert torch.equal(other(ids), layer(ids))


def test_updates_of_a_shim_put_rows_back():
    """Of any Thinc optimizer that moves weights where there is no gradient."""
    shim, weight = EncoderShim(), torch.nn.Parameter(table())
    frozen_rows.freeze_rows(weight, ROWS)
    weight.grad = torch.ones_like(weight)
    shim._step(lambda key, value, gradient: (value - gradient, gradient), "weight", weight)
    assert torch.equal(weight[ROWS], table()[ROWS]) and torch.equal(weight[0], table()[0] - 1)
