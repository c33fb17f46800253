"""Config files: read, written, interpolated, overridden; and errors that say where in the file to look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.config import Config, ConfigError
from spacy_lite.config.config import SECTION_ORDER
from spacy_lite.config.defaults import default_config, load_config, load_config_from_str, pretraining_config

TEXT = """[paths]
train = "corpus/train.spacy"

[nlp]
lang = "en"
pipeline = ["tagger"]

[training]
seed = 3
file = ${paths.train}
again = ${nlp}

[components]

[components.tagger]
factory = "tagger"
"""


def test_values_are_json_and_variables_are_replaced():
    config = load_config_from_str(TEXT, interpolate=True)
    assert config["training"] == {"seed": 3, "file": "corpus/train.spacy", "again": {"lang": "en", "pipeline": ["tagger"]}}


def test_variables_are_kept_unless_asked_to_be_replaced():
    config = load_config_from_str(TEXT)
    assert config["training"]["file"] == "${paths.train}"
    assert config.interpolate()["training"]["file"] == "corpus/train.spacy"
    assert load_config_from_str(config.to_str(interpolate=False)) == config


def test_overrides_reach_variables_too():
    config = load_config_from_str(TEXT, overrides={"paths.train": "other", "training.seed": 9}, interpolate=True)
    assert config["training"]["file"] == "other" and config["training"]["seed"] == 9


def test_sections_are_written_in_their_order_each_with_its_blocks():
    text = (
        default_config()
        .merge({"components": {"b": {"factory": "b", "model": {"x": 1}}, "a": {"factory": "a"}}})
        .to_str(interpolate=False)
    )
    sections = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    top = [name for name in sections if "." not in name]
    assert top == [name for name in SECTION_ORDER if name in top]
    at = sections.index("components")
    assert sections[at : at + 4] == ["components", "components.b", "components.b.model", "components.a"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("abc xyz_,é", max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
names = st.text("abcdefgh_", min_size=1, max_size=6)
blocks = st.dictionaries(names, json_values | st.dictionaries(names, json_values, max_size=3), max_size=4)


@given(st.dictionaries(names, blocks, max_size=4))
def test_what_is_written_is_read_back(data):
    assert Config().from_str(Config(data).to_str()) == data


def test_a_config_written_to_disk_replaces_the_file_in_one_step(tmp_path):
    path = tmp_path / "config.cfg"
    path.write_text("old")
    load_config_from_str(TEXT).to_disk(path, interpolate=False)
    assert load_config(path) == load_config_from_str(TEXT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.cfg"]


@pytest.mark.parametrize(
    "text, expected, line",
    [
        ("[a]\nb = 1\n\n[c.d]\nx = 1\n", "c.d: ", 4),
        ("[a]\nb = 1\n\n[c.d]\nx = 1\n", "no section [c]\n  Write the line [c] above it", 4),
        ("[nlp]\nlang = 1\n[trainig.x]\ny = 1\n[training]\n", "did you mean `training`", 3),
        ("[paths]\ntrain = 1\n[a]\nb = ${paths.trian}\n", "did you mean `paths.train`", 4),
        ("[a]\nb = 1\nb = 2\n", "a.b is set twice", 3),
        ("[a]\nb = 1\n[a]\n", "[a] is there twice", 3),
        ("x = 1\n", "not in a section", 1),
        ("[a]\nb = 1\nnonsense\n", "nor a setting", 3),
        ("[a]\nx = 1\n\n[a.x]\ny = 1\n", "both a key and a block", 2),
        ("[a.b]\nx = 1\n\n[a]\ny = 1\n", "put it below [a]", 1),
        ("[a]\nx = 1\n\n[a..b]\ny = 1\n", "'[a..b]' is no section", 4),
        ("[a]b]\nx = 1\n", "'[a]b]' is no section", 1),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_file_and_line(tmp_path, text, expected, line):
    path = tmp_path / "my.cfg"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, interpolate=True)
    assert expected in str(caught.value)
    assert caught.value.line == line and caught.value.file == str(path)


def test_a_variable_that_is_not_defined_is_found_in_the_file_later_too(tmp_path):
    path = tmp_path / "my.cfg"
    path.write_text("# a comment\n\n[paths]\ntrain = 1\n\n\n[a]\nb = ${paths.trian}\n")
    with pytest.raises(ConfigError, match="did you mean `paths.train`") as caught:
        load_config(path, interpolate=False).interpolate()
    assert (caught.value.file, caught.value.line) == (str(path), 8)
    with pytest.raises(ConfigError, match="did you mean `paths.train`") as caught:
        Config({"paths": {"train": 1}, "a": {"b": "${paths.trian}"}}).interpolate()
    assert (caught.value.file, caught.value.line) == (None, None)


def test_variables_that_lead_back_to_themselves_are_named():
    with pytest.raises(ConfigError, match=r"a\.x: its variable leads back to itself"):
        load_config_from_str("[a]\nx = ${a.y}\ny = ${a.x}\n", interpolate=True)


def test_sections_that_only_hold_others_may_be_left_out_below_a_components_initialization():
    text = (
        "[initialize]\n[initialize.components]\n[initialize.components.t]\nx = 1\n[initialize.components.t.adapters.a]\nr = 8\n"
    )
    config = Config().from_str(text + "[initialize.components.t.adapters.b]\nr = 4\n")
    assert config["initialize"]["components"]["t"] == {"x": 1, "adapters": {"a": {"r": 8}, "b": {"r": 4}}}
    assert Config().from_str(config.to_str()) == config
    with pytest.raises(ConfigError, match="no section"):
        Config().from_str("[components]\n[components.tagger.model]\nx = 1\n")
    with pytest.raises(ConfigError, match="no section"):
        Config().from_str(text.replace("components.t]", "components.u]"))


@pytest.mark.parametrize(
    "override, expected",
    [
        ("paths.trian", "did you mean `paths.train`"),
        ("trainnig.seed", "did you mean `training`"),
        ("seed", "give section and key"),
    ],
)
def test_an_override_that_can_have_no_effect_is_refused(override, expected):
    with pytest.raises(ConfigError, match=expected):
        load_config_from_str(TEXT, overrides={override: 1})


def test_an_override_may_be_of_a_section_that_is_left_to_the_defaults():
    config = load_config_from_str(
        TEXT.replace("[training]", "[other]"), overrides={"training.optimizer.learn_rate": 0.5, "paths.dev": "x"}
    )
    assert config["training"] == {"optimizer": {"learn_rate": 0.5}} and config["paths"]["dev"] == "x"
    merged = default_config().merge(config)["training"]["optimizer"]
    assert merged["@optimizers"] == "Adam.v1" and merged["learn_rate"] == 0.5


def test_a_wrong_value_of_an_override_is_not_looked_for_in_the_file(tmp_path):
    path = tmp_path / "my.cfg"
    path.write_text(TEXT)
    origin = load_config(path, overrides={"training.seed": "x"}).origin
    assert origin.place_of(("training", "seed")) == ("an override (command line or SPACY_CONFIG_OVERRIDES)", None)
    assert origin.place_of(("training", "file")) == (str(path), TEXT.splitlines().index("file = ${paths.train}") + 1)


def test_a_missing_file_is_reported_with_the_configs_beside_it(tmp_path):
    (tmp_path / "config.cfg").write_text(TEXT)
    with pytest.raises(FileNotFoundError, match="config.cfg"):
        load_config(tmp_path / "confg.cfg")


def test_the_origin_survives_copies_merges_and_interpolation(tmp_path):
    path = tmp_path / "my.cfg"
    path.write_text(TEXT)
    config = default_config().merge(load_config(path)).copy().interpolate()
    assert config.origin.file == str(path)
    assert config.origin.line_of(("training", "seed")) == TEXT.splitlines().index("seed = 3") + 1
    assert (
        config.origin.line_of(("components", "tagger", "model", "width")) == TEXT.splitlines().index("[components.tagger]") + 1
    )


def test_default_configs_are_fresh_copies():
    default_config()["nlp"]["lang"] = "xx"
    pretraining_config()["pretraining"]["layer"] = "xx"
    assert default_config()["nlp"]["lang"] is None
    assert pretraining_config()["pretraining"]["layer"] == ""


def test_a_variable_without_its_end_is_told():
    with pytest.raises(ConfigError, match="a variable is not written as"):
        Config({"a": {"b": "${paths.c"}}).interpolate()
