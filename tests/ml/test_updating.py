"""What an update does to a whole tree, against Thinc's own way."""

import numpy
from thinc.api import Linear, Maxout, Model, Optimizer, chain, residual

from spacy_lite.ml.optimizer import Adam
from spacy_lite.ml.updating import finish_update, nodes_of, set_dropout_rate


def tree() -> Model:
    """A tree in which one layer stands twice."""
    shared = Linear(4, 4)
    model = chain(shared, residual(Maxout(4, 4, nP=2, dropout=0.1)), shared)
    return model.initialize(X=numpy.zeros((1, 4), dtype="f"))


def with_gradients(model: Model) -> Model:
    for number, node in enumerate(model.walk()):
        for name in node.param_names:
            node.set_grad(name, numpy.random.RandomState(number).normal(size=node.get_param(name).shape).astype("f"))
    return model


def test_nodes_are_those_of_walk_in_its_order():
    model = tree()
    assert [id(node) for node in nodes_of(model)] == [id(node) for node in model.walk()]


def test_dropout_is_set_where_there_is_any():
    model = tree()
    set_dropout_rate(model, 0.4)
    rates = [node.attrs["dropout_rate"] for node in model.walk() if "dropout_rate" in node.attrs]
    assert rates == [0.4]


def test_an_update_is_that_of_thinc():
    for optimizer in (Adam, Optimizer):
        ours, plain = with_gradients(tree()), None
        plain = with_gradients(ours.copy())
        for node, other in zip(ours.walk(), plain.walk(), strict=True):
            for name in node.param_names:
                other.set_param(name, node.get_param(name).copy())
        finish_update(ours, optimizer(0.01))
        plain.finish_update(optimizer(0.01))
        for node, other in zip(ours.walk(), plain.walk(), strict=True):
            for name in node.param_names:
                assert numpy.array_equal(node.get_param(name), other.get_param(name))
                assert not node.get_grad(name).any()
