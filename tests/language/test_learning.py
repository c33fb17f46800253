"""Updating, rehearsing and initializing: what is called, when, and with what."""

import numpy
import pytest

import spacy_lite
from spacy_lite.config import ConfigError
from spacy_lite.errors import ListenerError
from spacy_lite.gold.example import Example
from spacy_lite.tokens import Doc
from spacy_lite.vectors import Vectors


@pytest.fixture
def examples(nlp):
    return [Example.from_dict(Doc(nlp.vocab, words=["a", "b"]), {}) for _ in range(3)]


def calls(component):
    return [entry if isinstance(entry, str) else entry[0] for entry in component.log]


def test_gradients_are_applied_once_after_all_components_have_learned(nlp, examples):
    order = []
    for name in "ab":
        component = nlp.add_pipe("toy_counter", name=name)
        for method in ("update", "end_update", "finish_update"):
            original = getattr(component, method)
            setattr(component, method, lambda *a, m=(name, method), f=original, **k: (order.append(m), f(*a, **k))[1])
    losses = nlp.update(examples, sgd=0.5, drop=0.2)
    assert losses == {"a": 1.0, "b": 1.0}
    assert order == [(name, step) for step in ("update", "end_update", "finish_update") for name in "ab"]
    assert nlp.get_pipe("a").weight == 1.5 and ("update", 0.2) in nlp.get_pipe("a").log


def test_gradients_are_only_collected_with_sgd_false(nlp, examples):
    component = nlp.add_pipe("toy_counter")
    nlp.update(examples, sgd=False)
    assert calls(component) == ["update", "end_update"]
    nlp.update(examples, sgd=1.0)
    assert component.weight == 6.0


def test_excluded_components_do_not_learn(nlp, examples):
    component = nlp.add_pipe("toy_counter")
    assert nlp.update(examples, sgd=1.0, exclude=["toy_counter"]) == {}
    assert component.log == []
    with pytest.raises(ValueError, match="did you mean `toy_counter`"):
        nlp.update(examples, sgd=1.0, exclude=["toy_countr"])


def test_annotating_components_show_their_predictions_to_later_ones_but_not_to_the_caller(nlp, examples):
    nlp.add_pipe("toy_mark", name="first")
    later = nlp.add_pipe("toy_counter")
    seen = []
    later.update = lambda examples, **kwargs: seen.extend(eg.predicted.user_data.get("trace") for eg in examples)
    nlp.update(examples, sgd=False, annotates=["first"])
    assert seen == [["toy_mark"]] * 3
    assert all("trace" not in eg.predicted.user_data for eg in examples)


def test_every_component_is_rehearsed_and_its_gradient_applied(nlp, examples):
    a, b = nlp.add_pipe("toy_counter", name="a"), nlp.add_pipe("toy_counter", name="b")
    assert nlp.rehearse(examples, sgd=1.0) == {"a": 1.0, "b": 1.0}
    assert (a.weight, b.weight) == (3.0, 3.0)


def test_no_examples_change_nothing(nlp):
    component = nlp.add_pipe("toy_counter")
    assert nlp.update([], sgd=1.0) == {} and nlp.rehearse([], sgd=1.0) == {} and component.log == []


def test_update_takes_examples_only(nlp, examples):
    with pytest.raises(TypeError):
        nlp.update([("text", {"cats": {}})])
    with pytest.raises(ValueError, match="Example"):
        nlp.update(examples, [{}])


def test_initialize_prepares_components_with_their_settings(nlp, examples):
    component = nlp.add_pipe("toy_counter")
    nlp.config["initialize"]["components"]["toy_counter"] = {"start": 40}
    optimizer = nlp.initialize(lambda: examples)
    assert component.start == 40 and ("initialize", 3) in component.log
    assert optimizer is nlp._optimizer and optimizer.learn_rate == 0.001
    assert nlp.initialize(sgd=7.0) == 7.0


def test_a_wrong_setting_of_initialize_is_reported_with_its_path(nlp, examples):
    nlp.add_pipe("toy_counter")
    nlp.config["initialize"]["components"]["toy_counter"] = {"strat": 40}
    with pytest.raises(ConfigError, match=r"initialize.components.toy_counter.strat: unknown setting \(did you mean `start`"):
        nlp.initialize(lambda: examples)
    with pytest.raises((TypeError, ValueError), match="function|callable"):
        nlp.initialize(examples)


def test_callbacks_run_before_and_after_initialize(nlp, examples):
    from spacy_lite.config.registry import registry

    seen = []

    @registry.callbacks("toy_callback")
    def make_callback(text: str):
        return lambda nlp: seen.append(text)

    for key in ("before_init", "after_init"):
        nlp.config["initialize"][key] = {"@callbacks": "toy_callback", "text": key}
    component = nlp.add_pipe("toy_counter")
    original = component.initialize
    component.initialize = lambda get_examples, *, nlp, start=0: (seen.append("component"), original(get_examples, nlp=nlp))
    nlp.initialize(lambda: examples)
    assert seen == ["before_init", "component", "after_init"]


def test_files_that_initialize_needs_have_to_be_there(nlp, examples, tmp_path):
    nlp.config["initialize"]["vocab_data"] = str(tmp_path / "none.jsonl")
    with pytest.raises(ConfigError, match="initialize.vocab_data: there is no such file"):
        nlp.initialize(lambda: examples)
    nlp.config["initialize"].update(vocab_data=None, vectors="no_such_pipeline")
    with pytest.raises(ConfigError, match="initialize.vectors: .*no_such_pipeline"):
        nlp.initialize(lambda: examples)


def test_lexeme_attributes_are_read_from_a_file(nlp, examples, tmp_path):
    (tmp_path / "words.jsonl").write_text(
        '{"settings": {"oov_prob": -17}}\n{"orth": "ship", "lower": "boat", "cluster": "7"}\n'
    )
    nlp.config["initialize"]["vocab_data"] = str(tmp_path / "words.jsonl")
    nlp.initialize(lambda: examples)
    assert nlp.vocab["ship"].lower_ == "boat"
    assert nlp.vocab.cfg["oov_prob"] == -17


def test_vectors_are_taken_from_another_pipeline(nlp, examples, tmp_path):
    import numpy

    other = type(nlp)()
    for word, value in (("a", 1.0), ("b", 2.0)):
        other.vocab.set_vector(word, numpy.full(4, value, dtype="f"))
    other.to_disk(tmp_path / "with_vectors")
    nlp.config["initialize"]["vectors"] = str(tmp_path / "with_vectors")
    nlp.initialize(lambda: examples)
    assert nlp.vocab["b"].vector.tolist() == [2.0] * 4
    nlp.config["initialize"]["vectors"] = str(tmp_path / "empty")
    type(nlp)().to_disk(tmp_path / "empty")
    with pytest.raises(ConfigError, match="has no word vectors"):
        nlp.initialize(lambda: examples)


def test_use_params_is_a_block_that_ends_with_the_old_weights(nlp):
    component = nlp.add_pipe("toy_counter")

    def use_params(params):
        before, component.weight = component.weight, params["toy"]
        yield
        component.weight = before

    component.use_params = use_params
    with nlp.use_params({"toy": 5.0}):
        assert component.weight == 5.0
    with pytest.raises(KeyError), nlp.use_params({"toy": 6.0}):
        raise KeyError
    assert component.weight == 0.0
    with nlp.use_params(None):
        assert component.weight == 0.0


def test_evaluation_skips_what_an_error_handler_let_go_and_tells_the_speed(nlp):
    nlp.add_pipe("toy_fail")
    nlp.set_error_handler(lambda *arguments: None)
    examples = [Example(nlp.make_doc(text), nlp.make_doc(text)) for text in ["good one", "bad one", "a third"]]
    scores = nlp.evaluate(examples)
    assert scores["speed"] > 0 and scores["token_acc"] == 1.0


def test_listeners_can_only_be_replaced_where_there_are_some(nlp):
    nlp.add_pipe("toy_counter", name="a")
    nlp.add_pipe("toy_counter", name="b")
    with pytest.raises(ValueError, match="did you mean `a`|no component `aa`"):
        nlp.replace_listeners("aa", "b", ["model.tok2vec"])
    with pytest.raises(ValueError, match="no component others can listen to|not a component others can listen to"):
        nlp.replace_listeners("a", "b", ["model.tok2vec"])
    assert issubclass(ListenerError, ValueError)


def test_weights_for_no_layer_and_vectors_that_are_no_numbers_are_refused(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.config["initialize"]["init_tok2vec"] = str(tmp_path / "model.bin")
    with pytest.raises(ConfigError, match=r"initialize\.init_tok2vec: .*no section \[pretraining\]"):
        nlp.initialize()
    other = spacy_lite.blank("en")
    other.vocab.vectors = Vectors(data=numpy.array([[1, 2], [3, numpy.nan]], dtype="f"), keys=["a", "b"])
    other.to_disk(tmp_path / "vectors")
    nlp.config["initialize"].update(init_tok2vec=None, vectors=str(tmp_path / "vectors"))
    with pytest.raises(ConfigError, match=r"initialize\.vectors: .*not finite .* in row 1"):
        nlp.initialize()
