"""Filling and resolving: defaults are written out, arguments are checked, functions are called, and errors point at the key."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Optional, Union

import confection
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.config import Config, ConfigError
from spacy_lite.config.checking import problem_with
from spacy_lite.config.defaults import load_config, load_config_from_str
from spacy_lite.config.dotted import (
    combine_score_weights,
    dict_to_dot,
    dot_to_dict,
    dot_to_object,
    get_sourced_components,
    resolve_dot_names,
    set_dot_to_object,
)
from spacy_lite.config.registry import RegistryCatalogue
from spacy_lite.config.resolve import fill_section
from spacy_lite.config.schemas import ConfigSchemaTraining, validate_init_settings

CONFIG = """[model]
@architectures = "test.Outer.v1"
width = 8

[model.inner]
@layers = "test.Inner.v1"
depth = 2
"""


@pytest.fixture
def catalogue():
    catalogue = RegistryCatalogue({})

    @catalogue.layers("test.Inner.v1")
    def inner(depth: int, names: list[str] = [], ratio: float = 0.5):  # noqa: B006 - filling has to copy it
        return ("inner", depth, tuple(names), ratio)

    @catalogue.architectures("test.Outer.v1")
    def outer(width: int, inner: tuple, upstream: str = "*", nO: int | None = None):
        return {"outer": inner, "width": width, "upstream": upstream}

    @catalogue.misc("test.join.v1")
    def join(*parts, sep: str = ","):
        return sep.join(map(str, parts))

    @catalogue.misc("test.text.v1")
    def text() -> str:
        return "text"

    return catalogue


def test_filling_writes_defaults_out_and_calls_nothing(catalogue):
    filled = catalogue.fill(load_config_from_str(CONFIG))
    assert filled["model"]["inner"] == {"@layers": "test.Inner.v1", "depth": 2, "names": [], "ratio": 0.5}
    assert filled["model"]["upstream"] == "*" and filled["model"]["nO"] is None


def test_resolving_calls_inner_functions_first(catalogue):
    resolved = catalogue.resolve(load_config_from_str(CONFIG))
    assert resolved == {"model": {"outer": ("inner", 2, (), 0.5), "width": 8, "upstream": "*"}}


def test_filling_gives_what_confection_gives(catalogue):
    class peer(confection.registry):
        layers, architectures, misc = catalogue.layers, catalogue.architectures, catalogue.misc

    config = load_config_from_str(CONFIG)
    assert json.dumps(catalogue.fill(config)) == json.dumps(peer.fill(confection.Config().from_str(CONFIG)))


def test_filling_keeps_variables(catalogue):
    text = CONFIG.replace("width = 8", "width = ${model.inner.depth}")
    filled = catalogue.fill(load_config_from_str(text))
    assert filled["model"]["width"] == "${model.inner.depth}" and filled["model"]["upstream"] == "*"
    assert catalogue.fill(load_config_from_str(text), interpolate=True)["model"]["width"] == 2
    assert catalogue.resolve(load_config_from_str(text))["model"]["width"] == 2


def test_positional_arguments_are_the_values_of_the_star_block(catalogue):
    text = '[a]\n@misc = "test.join.v1"\nsep = "-"\n[a.*.x]\n@misc = "test.text.v1"\n[a.*.y]\n@misc = "test.text.v1"\n'
    assert catalogue.resolve(load_config_from_str(text)) == {"a": "text-text"}


@pytest.mark.parametrize(
    "old, new, expected, line",
    [
        ("width = 8", "widht = 8", "model.widht: unknown setting (did you mean `width`?)", 3),
        ("width = 8", "", "model.width: missing", 1),
        ("width = 8", 'width = "8"', "model.width: expected int, got '8' (str)", 3),
        ("width = 8", "width = null", "model.width: expected int, got null", 3),
        ("depth = 2", "depth = 2.5", "model.inner.depth: expected int, got 2.5 (float)", 7),
        ("depth = 2", "depth = 2\nnames = [1]", "model.inner.names: expected list of str", 8),
        ("test.Inner.v1", "test.Iner.v1", "did you mean `test.Inner.v1`", 6),
        ("@layers", "@laiers", "did you mean `layers`", 6),
        ("depth = 2", 'depth = 2\n@misc = "test.text.v1"', "a block can name one function", 5),
    ],
)
def test_an_error_names_file_line_key_and_what_the_function_takes(catalogue, tmp_path, old, new, expected, line):
    path = tmp_path / "my.cfg"
    path.write_text(CONFIG.replace(old, new))
    for action in (catalogue.fill, catalogue.resolve):
        with pytest.raises(ConfigError) as caught:
            action(load_config(path))
        message = str(caught.value)
        assert expected in message
        assert f"in {path}, line {line}" in message
        assert isinstance(caught.value, confection.ConfigValidationError)


def test_the_signature_is_shown_for_a_wrong_setting(catalogue):
    with pytest.raises(ConfigError, match=r"test.Outer.v1 takes: width \(int, required\)"):
        catalogue.fill(load_config_from_str(CONFIG.replace("width", "widht")))


def test_the_result_of_an_inner_function_is_checked_too(catalogue):
    text = '[model]\n@architectures = "test.Outer.v1"\ninner = [1]\n[model.width]\n@misc = "test.text.v1"\n'
    with pytest.raises(ConfigError, match="model.width: expected int, got 'text' .*test.text.v1 returns"):
        catalogue.resolve(load_config_from_str(text))


def test_overrides_are_applied_and_misspelt_ones_refused(catalogue):
    config = load_config_from_str(CONFIG)
    assert catalogue.resolve(config, overrides={"model.inner.depth": 5})["model"]["outer"][1] == 5
    assert config["model"]["inner"]["depth"] == 2
    with pytest.raises(ConfigError, match="did you mean `model.inner.depth`"):
        catalogue.resolve(config, overrides={"model.inner.dept": 5})


class Base: ...


class Derived(Base): ...


@pytest.mark.parametrize(
    "annotation, good, bad",
    [
        (int, [0, 3], [True, 1.5, "1", None]),
        (float, [0.5, 1], [True, "1", None]),
        (bool, [True], [1, "true"]),
        (str, ["", Path("x")], [1, None]),
        (Path, ["x", Path("x")], [1]),
        (Optional[int], [None, 1], ["x"]),  # noqa: UP045
        (Union[int, Iterable[int]], [1, [1, 2], (1,), iter([1])], ["x", ["x"], 1.5]),  # noqa: UP007
        (int | None, [None, 1], ["x"]),
        (list[str], [[], ["a"]], ["a", [1], {"a": 1}]),
        (dict[str, int], [{}, {"a": 1}], [[], {"a": "b"}, {1: 1}]),
        (tuple[int, ...], [[1, 2], (1,)], [["a"]]),
        (tuple[int, str], [[1, "a"]], [[1], ["a", 1]]),
        (Literal["a", 2], ["a", 2], ["b"]),
        (Callable[[int], int], [len, int], [1]),
        (Annotated[int, "positive"], [1], ["1"]),
        (Base, [Base(), Derived()], [1]),
        (Any, [1, None, "x"], []),
    ],
)
def test_values_are_checked_against_annotations(annotation, good, bad):
    assert [value for value in good if problem_with(value, annotation)] == []
    assert [value for value in bad if not problem_with(value, annotation)] == []


def test_a_section_is_checked_against_its_schema(tmp_path):
    from spacy_lite.config.defaults import default_config

    training = default_config().interpolate()["training"]
    catalogue = RegistryCatalogue({})
    plain = {
        key: value for key, value in training.items() if not (isinstance(value, dict) and any(k.startswith("@") for k in value))
    }
    plain.update(batcher={}, logger={}, optimizer={})
    assert fill_section(catalogue, "training", plain, ConfigSchemaTraining) == plain
    for change, expected in [
        ({"max_stepz": 3}, r"training.max_stepz: unknown setting \(did you mean `max_steps`\?\)"),
        ({"max_steps": "many"}, "training.max_steps: expected int, got 'many'"),
        ({"eval_frequency": 0}, "training.eval_frequency: expected more than 0, got 0"),
        ({"frozen_components": "tagger"}, "training.frozen_components: expected list of str"),
    ]:
        with pytest.raises(ConfigError, match=expected):
            fill_section(catalogue, "training", {**plain, **change}, ConfigSchemaTraining)
    del plain["patience"]
    with pytest.raises(ConfigError, match="training.patience: missing"):
        fill_section(catalogue, "training", plain, ConfigSchemaTraining)


def test_settings_of_initialize_are_checked():
    class Component:
        def initialize(self, get_examples, *, nlp=None, labels: list[str] | None = None): ...

    method = Component().initialize
    assert validate_init_settings(method, {"labels": ["a"]}, section="components", name="tagger") == {"labels": ["a"]}
    assert validate_init_settings(method, {"labels": None}) == {"labels": None}
    with pytest.raises(ConfigError, match=r"initialize.components.tagger.lables: unknown setting \(did you mean `labels`"):
        validate_init_settings(method, {"lables": []}, section="components", name="tagger")
    with pytest.raises(ConfigError, match="initialize.tokenizer.labels: expected list of str"):
        validate_init_settings(method, {"labels": [1]}, section="tokenizer", name="tokenizer")


keys = st.text("abc", min_size=1, max_size=3)
nested = st.recursive(st.integers(), lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3), max_leaves=8)


@given(st.dictionaries(keys, nested))
def test_dotted_names_are_another_spelling_of_nesting(data):
    assert dot_to_dict(dict_to_dot(data)) == data
    for name, value in dict_to_dot(data).items():
        assert dot_to_object(data, name) == value


def test_dotted_names_read_and_set_values():
    config = {"a": {"b": {"c": 1}}}
    set_dot_to_object(config, "a.b.c", 2)
    assert dot_to_object(config, "a.b") == {"c": 2}
    with pytest.raises(KeyError, match="did you mean `b`"):
        set_dot_to_object(config, "a.bb.c", 2)


def test_corpora_are_resolved_by_their_dotted_names():
    from spacy_lite.config.registry import registry

    config = {"corpora": {"train": {"@schedules": "constant.v1", "rate": 0.5}}, "other": {"x": 1}}
    train, other, nothing = resolve_dot_names(Config(config), ["corpora.train", "other.x", None])
    assert (type(train), other, nothing) == (type(registry.get("schedules", "constant.v1")(0.5)), 1, None)
    with pytest.raises(ConfigError, match="did you mean `train`"):
        resolve_dot_names(Config(config), ["corpora.trian"])
    with pytest.raises(ConfigError, match="did you mean `corpora`"):
        resolve_dot_names(Config(config), ["corpra.train"])


def test_sourced_components_are_those_with_a_source():
    config = {"components": {"a": {"factory": "x"}, "b": {"source": "en", "component": "c"}}}
    assert get_sourced_components(config) == {"b": {"source": "en", "component": "c"}}


def test_score_weights_sum_to_one_and_keep_what_is_not_counted():
    weights = [{"a": 0.5, "b": 0.5, "c": None}, {"d": 1.0, "e": 0.0}]
    assert combine_score_weights(weights) == {"a": 0.25, "b": 0.25, "c": None, "d": 0.5, "e": 0.0}
    assert combine_score_weights(weights, {"a": 0.0, "b": 1.0, "d": 3.0}) == {
        "a": 0.0,
        "b": 0.25,
        "c": None,
        "d": 0.75,
        "e": 0.0,
    }
