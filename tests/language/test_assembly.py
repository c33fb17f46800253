"""Pipelines from configs: complete ones, partial ones, wrong ones."""

import pytest

from spacy_lite.config import Config, ConfigError
from spacy_lite.config.defaults import default_config, load_config, load_config_from_str
from spacy_lite.config.registry import registry
from spacy_lite.language import Language
from spacy_lite.language.loading import load_model_from_config

TEXT = """[paths]
first = 30

[nlp]
lang = "toy"
pipeline = ["one", "two"]
batch_size = 64

[components]

[components.one]
factory = "toy_counter"
start = ${paths.first}

[components.two]
factory = "toy_mark"
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "my.cfg"
    path.write_text(TEXT)
    return path


def replaced(path, old, new):
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return load_config(path)


def test_the_components_of_a_config_are_made_in_their_order(path):
    nlp = load_model_from_config(load_config(path), auto_fill=True)
    assert nlp.pipe_names == ["one", "two"] and nlp.get_pipe("one").start == 30
    assert nlp.lang == "toy" and nlp.batch_size == 64


def test_the_config_of_a_pipeline_makes_the_same_pipeline(path):
    nlp = load_model_from_config(load_config(path), auto_fill=True)
    again = load_model_from_config(Config().from_str(nlp.config.to_str(interpolate=False), interpolate=False))
    assert again.config == nlp.config and again.config.to_str(interpolate=False) == nlp.config.to_str(interpolate=False)
    assert nlp.config["components"]["one"] == {"factory": "toy_counter", "start": "${paths.first}", "labels": []}
    assert nlp.config["training"]["score_weights"] == {"toy_acc": 1.0, "toy_detail": None}


def test_variables_of_a_config_stay_in_what_is_saved_and_can_be_overridden(path, tmp_path):
    from spacy_lite.language.loading import load

    nlp = load_model_from_config(load_config(path), auto_fill=True)
    nlp.to_disk(tmp_path / "saved")
    assert load(tmp_path / "saved", config={"paths.first": 31}).config["paths"]["first"] == 31
    assert load(tmp_path / "saved", config={"nlp": {"batch_size": 3}}).batch_size == 3


def test_the_default_config_needs_no_filling():
    pytest.importorskip("spacy_lite.training.corpus")
    sections = {key: value for key, value in default_config().items() if key != "nlp"}
    config = Config({**sections, "nlp": {"lang": None}}).interpolate()
    assert registry.fill(config) == config


@pytest.mark.parametrize(
    "old, new, expected, line",
    [
        ('factory = "toy_counter"', 'factory = "toy_countr"', "did you mean `toy_counter`", 12),
        ("start = ${paths.first}", "strat = 1", "components.one.strat: unknown setting (did you mean `start`?)", 13),
        ("start = ${paths.first}", 'start = "1"', "components.one.start: expected int, got '1'", 13),
        ('["one", "two"]', '["one", "tow"]', "`tow` has no block [components.tow] (did you mean `two`?)", 6),
        ('factory = "toy_mark"', "x = 1", "needs a `factory`", 15),
        ('factory = "toy_mark"', 'source = "no_such_thing"', "there is no pipeline `no_such_thing`", 16),
        ('lang = "toy"', "", "nlp.lang: missing", 4),
        ("batch_size = 64", "batchsize = 64", "nlp.batchsize: unknown setting (did you mean `batch_size`?)", 7),
        ("batch_size = 64", 'batch_size = "x"', "nlp.batch_size: expected int or null, got 'x'", 7),
        ("batch_size = 64", "batch_size = 0", "nlp.batch_size: expected more than 0, got 0", 7),
        ("[components]", "[training]\nmax_stepz = 1\n\n[components]", "training.max_stepz: unknown setting", 10),
    ],
)
def test_a_wrong_config_ends_in_one_message_with_file_line_and_key(path, old, new, expected, line):
    config = replaced(path, old, new)
    with pytest.raises(ConfigError) as caught:
        load_model_from_config(config, auto_fill=True)
    assert expected in str(caught.value)
    assert f"in {path}, line {line}" in str(caught.value)


def test_a_config_without_nlp_is_none_of_a_pipeline():
    with pytest.raises(ConfigError, match=r"no section \[nlp\]"):
        load_model_from_config(load_config_from_str("[training]\nseed = 1\n"))


def test_the_language_of_the_config_has_to_fit_the_class(nlp):
    with pytest.raises(ConfigError, match="is for `xx`|for `toy`"):
        type(nlp).from_config({"nlp": {"lang": "xx"}})


def test_components_can_be_disabled_enabled_and_excluded(path):
    def names(**arguments):
        nlp = load_model_from_config(load_config(path), auto_fill=True, **arguments)
        return nlp.component_names, nlp.pipe_names

    assert names(disable=["one"]) == (["one", "two"], ["two"])
    assert names(disable="one") == (["one", "two"], ["two"])
    assert names(enable=["one"]) == (["one", "two"], ["one"])
    assert names(exclude=["one"]) == (["two"], ["two"])
    with pytest.raises(ValueError, match="`one` is in enable and in disable"):
        names(enable=["one"], disable=["one"])
    with pytest.raises(ValueError, match="did you mean `one`"):
        names(enable=["ones"])


def test_disabled_components_of_the_config_stay_disabled_unless_others_are_enabled(path):
    config = replaced(path, "batch_size = 64", 'disabled = ["two"]')
    nlp = load_model_from_config(config, auto_fill=True)
    assert nlp.disabled == ["two"] and nlp.config["nlp"]["disabled"] == ["two"]
    assert load_model_from_config(config, auto_fill=True, enable=["two"]).pipe_names == ["two"]


def test_a_pipeline_saved_by_an_older_version_lacks_the_vectors_section(path):
    nlp = load_model_from_config(load_config(path), auto_fill=False)
    assert nlp.config["nlp"]["vectors"] == {"@vectors": "spacy.Vectors.v1"}
    assert "training" not in load_config(path) and nlp.pipe_names == ["one", "two"]


def test_callbacks_shape_the_pipeline_while_it_is_made(path, nlp):
    seen = []

    @registry.callbacks("toy_class")
    def make_class():
        def before(cls):
            class Special(cls):
                special = True

            seen.append("before_creation")
            return Special

        return before

    @registry.callbacks("toy_nlp")
    def make_nlp(text: str):
        def after(nlp):
            seen.append((text, list(nlp.component_names)))
            return nlp

        return after

    config = load_config(path)
    config["nlp"]["before_creation"] = {"@callbacks": "toy_class"}
    config["nlp"]["after_creation"] = {"@callbacks": "toy_nlp", "text": "after"}
    config["nlp"]["after_pipeline_creation"] = {"@callbacks": "toy_nlp", "text": "end"}
    made = load_model_from_config(config, auto_fill=True)
    assert made.special and seen == ["before_creation", ("after", []), ("end", ["one", "two"])]

    registry.callbacks("toy_nothing", func=lambda: lambda nlp: None)
    for key in ("before_creation", "after_creation", "after_pipeline_creation"):
        config = load_config(path)
        config["nlp"][key] = {"@callbacks": "toy_nothing"}
        with pytest.raises(ConfigError, match=f"nlp.{key}: has to return"):
            load_model_from_config(config, auto_fill=True)


def test_components_can_be_sourced_in_a_config(path, tmp_path):
    source = load_model_from_config(load_config(path), auto_fill=True)
    source.vocab.strings.add("word_of_the_source")
    source.to_disk(tmp_path / "source")
    config = replaced(path, 'factory = "toy_mark"', f'source = "{tmp_path / "source"}"\ncomponent = "one"')
    nlp = load_model_from_config(config, auto_fill=True)
    assert nlp.get_pipe("two").start == 30 and nlp.get_pipe("two").name == "two"
    assert nlp.config["components"]["two"] == {"factory": "toy_counter", "start": 30, "labels": []}
    assert "word_of_the_source" in nlp.vocab.strings

    config = replaced(path, 'component = "one"', 'component = "onee"')
    with pytest.raises(ConfigError, match="did you mean `one`"):
        load_model_from_config(config, auto_fill=True)
    config = replaced(path, 'component = "onee"', "start = 3")
    with pytest.raises(ConfigError, match="components.two.start: unknown setting"):
        load_model_from_config(config, auto_fill=True)


def test_a_class_makes_a_pipeline_from_a_plain_dict(nlp):
    made = type(nlp).from_config({"nlp": {"pipeline": ["a"]}, "components": {"a": {"factory": "toy_counter"}}})
    assert made.pipe_names == ["a"] and made.config["training"]["max_steps"] == 20000


def test_a_base_language_without_a_code_can_be_used_on_its_own():
    nlp = Language()
    assert [token.text for token in nlp("some words")] == ["some", "words"]


def test_value_that_a_factory_refuses_is_said_to_stand_in_the_block_of_its_component():
    config = Language().config
    config["nlp"]["pipeline"] = ["names"]
    config["components"] = {"names": {"factory": "entity_ruler", "phrase_matcher_attr": "LOWERCASE"}}
    with pytest.raises(ConfigError, match="components.names: .*cannot compare by 'LOWERCASE'"):
        Language.from_config(config)


@pytest.mark.parametrize("factory", ["ner", "tagger"])
def test_misspelt_setting_of_a_component_is_named_with_file_line_and_block(tmp_path, factory):
    path = tmp_path / "wrong.cfg"
    block = f'[components.it]\nfactory = "{factory}"\nscorr = null\n'
    path.write_text(f'[nlp]\nlang = "xx"\npipeline = ["it"]\n\n[components]\n\n{block}')
    with pytest.raises(ConfigError) as raised:
        load_model_from_config(load_config(path), auto_fill=True)
    message = str(raised.value)
    assert "components.it.scorr: unknown setting (did you mean `scorer`?)" in message
    assert f"in {path}, line 9, block [components.it]" in message
