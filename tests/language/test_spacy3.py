"""Pipelines saved for spaCy 3.8: its names, its settings, and a clear error for what it cannot express."""

import json
import os
import subprocess

import pytest

import spacy_lite
from spacy_lite.config import Config
from spacy_lite.errors import FormatError
from spacy_lite.language.spacy3 import SETTINGS

TEXT = "The little dog barked, and Anna laughed."
V3 = "spacy.TransitionBasedParser.v3"


@pytest.fixture()
def nlp():
    nlp = spacy_lite.blank("en")
    tagger = nlp.add_pipe("tagger")
    for label in ("NN", "VB"):
        tagger.add_label(label)
    nlp.add_pipe("ner", config={"model": {"@architectures": V3, **parser_settings(nlp)}}).add_label("X")
    nlp.initialize()
    return nlp


def parser_settings(nlp):
    model = dict(nlp.get_factory_meta("ner").default_config["model"])
    model.pop("use_upper", None)
    model.pop("@architectures")
    return model


def test_what_has_another_name_there_is_renamed_and_the_pipeline_itself_keeps_its_own(nlp, tmp_path):
    nlp.to_disk(tmp_path / "ours")
    nlp.to_disk(tmp_path / "theirs", format="spacy3")
    read = {name: Config().from_disk(tmp_path / name / "config.cfg") for name in ("ours", "theirs")}
    assert read["ours"]["components"]["ner"]["model"]["@architectures"] == V3
    model = read["theirs"]["components"]["ner"]["model"]
    assert (model["@architectures"], model["use_upper"]) == ("spacy.TransitionBasedParser.v2", True)
    assert nlp.config["components"]["ner"]["model"]["@architectures"] == V3


def test_both_formats_give_the_same_annotations(nlp, tmp_path):
    nlp.to_disk(tmp_path / "p", format="spacy3")
    again = spacy_lite.load(tmp_path / "p")
    assert again(TEXT).to_json() == nlp(TEXT).to_json()
    other = spacy_lite.util.load_model_from_config(again.config)
    assert other.from_bytes(nlp.to_bytes(format="spacy3"))(TEXT).to_json() == nlp(TEXT).to_json()


def test_settings_with_their_default_that_spacy_lacks_are_left_out(nlp, tmp_path):
    nlp.config["components"]["tagger"]["save_activations"] = False
    nlp._pipe_configs["tagger"]["save_activations"] = False
    nlp.to_disk(tmp_path / "p", format="spacy3")
    config = Config().from_disk(tmp_path / "p" / "config.cfg")
    assert set(config["components"]["tagger"]) == SETTINGS["tagger"] | {"factory"}


def test_all_that_cannot_be_expressed_is_named_and_nothing_is_written(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("ner", name="entities", config={"scores_key": "sure"})
    nlp.add_pipe("tagger", config={"save_activations": True})
    embed = {"@architectures": "spacy_lite.FrozenRowsEmbed.v1"}
    nlp._pipe_configs["tagger"]["model"]["tok2vec"] = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed}
    with pytest.raises(FormatError) as error:
        nlp.to_disk(tmp_path / "p", format="spacy3")
    message = str(error.value)
    for part in (
        "component `entities`: spaCy's `ner` has no setting `scores_key` (here 'sure')",
        "component `tagger`: spaCy's `tagger` has no setting `save_activations` (here True)",
        "component `tagger`: setting `model.tok2vec.embed`: spaCy has no function `spacy_lite.FrozenRowsEmbed.v1`",
    ):
        assert part in message
    assert list(tmp_path.iterdir()) == []


def test_a_setting_made_after_the_config_counts(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("ner").scores_key = "sure"
    with pytest.raises(FormatError, match="scores_key"):
        nlp.to_bytes(format="spacy3")
    nlp.to_bytes(format="spacy3", exclude=["ner"])


def test_a_language_that_spacy_lacks_is_named(tmp_path):
    with pytest.raises(FormatError, match="gsw"):
        spacy_lite.blank("gsw").to_disk(tmp_path / "p", format="spacy3")


def test_an_unknown_format_comes_with_the_nearest(tmp_path):
    with pytest.raises(ValueError, match="did you mean `spacy3`"):
        spacy_lite.blank("en").to_disk(tmp_path / "p", format="spacy")


def test_the_command_converts_and_does_not_write_over_what_is_there(nlp, tmp_path):
    from spacy_lite.cli.convert_pipeline import convert_pipeline

    nlp.to_disk(tmp_path / "in")
    assert convert_pipeline(str(tmp_path / "in"), tmp_path / "out") == ["tagger", "ner"]
    with pytest.raises(FileExistsError):
        convert_pipeline(str(tmp_path / "in"), tmp_path / "out")
    convert_pipeline(str(tmp_path / "out"), tmp_path / "back", to="spacy_lite", force=True)
    assert spacy_lite.load(tmp_path / "back")(TEXT).to_json() == nlp(TEXT).to_json()


CODE = "import json, sys, spacy; nlp = spacy.load(sys.argv[1]); print(json.dumps(nlp(sys.argv[2]).to_json()))"


def test_spacy_itself_gives_the_same(nlp, tmp_path):
    python = os.environ.get("SPACY_PYTHON")
    if not python:
        pytest.skip("set SPACY_PYTHON to a Python that has spaCy 3.8")
    nlp.to_disk(tmp_path / "p", format="spacy3")
    said = subprocess.run(
        [python, "-W", "ignore", "-c", CODE, tmp_path / "p", TEXT], capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == nlp(TEXT).to_json()
