"""Pipelines in packages: installed ones, found without spaCy, and the layouts of wheels and archives of sources, unpacked."""

import importlib
import json
import shutil
import sys

import pytest

import spacy_lite
from spacy_lite.errors import FormatError
from spacy_lite.language.loading import load_model_config

FOR_SPACY = """from pathlib import Path
from spacy.util import load_model_from_init_py, get_model_meta

__version__ = get_model_meta(Path(__file__).parent)['version']


def load(**overrides):
    return load_model_from_init_py(__file__, **overrides)
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The folder `package` writes for spaCy: meta.json, and the package with its data."""
    folder = tmp_path_factory.mktemp("sources")
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.meta.update(name="small", version="1.2.3")
    package = folder / "en_small"
    nlp.to_disk(package / "en_small-1.2.3")
    shutil.copy(package / "en_small-1.2.3" / "meta.json", package / "meta.json")
    shutil.copy(package / "meta.json", folder / "meta.json")
    (package / "__init__.py").write_text(FOR_SPACY)
    return folder


@pytest.fixture
def installed(sources, tmp_path, monkeypatch):
    """A folder on the path with the package as pip leaves it, and its meta data."""
    shutil.copytree(sources / "en_small", tmp_path / "en_small")
    info = tmp_path / "en_small-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: en_small\nVersion: 1.2.3\n")
    (info / "entry_points.txt").write_text("[spacy_models]\nen_small = en_small\n")
    (info / "RECORD").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("en_small", None)


def sentences(nlp):
    return [sentence.text for sentence in nlp("One. Two.").sents]


@pytest.mark.parametrize("name", ["en_small", "en-small"])
def test_an_installed_package_made_for_spacy_loads_by_name_and_its_code_is_not_run(installed, name, monkeypatch):
    # Importing the package would need spaCy: None says that it cannot be imported.
    monkeypatch.setitem(sys.modules, "spacy", None)
    assert sentences(spacy_lite.load(name)) == ["One.", "Two."]
    assert "en_small" not in sys.modules
    assert load_model_config(name)["nlp"]["pipeline"] == ["sentencizer"]


def test_installed_pipelines_are_listed(installed):
    assert "en_small" in spacy_lite.util.get_installed_models()
    with pytest.raises(OSError, match="did you mean `en_small`"):
        spacy_lite.load("en_smal")


@pytest.mark.parametrize("place", [".", "en_small", "en_small/en_small-1.2.3"])
def test_an_unpacked_package_loads_from_any_of_its_folders(sources, place):
    assert sentences(spacy_lite.load(sources / place)) == ["One.", "Two."]
    assert load_model_config(sources / place)["nlp"]["pipeline"] == ["sentencizer"]


@pytest.mark.parametrize("name", ["en_small-1.2.3-py3-none-any.whl", "en_small-1.2.3.tar.gz"])
def test_an_archive_says_how_it_is_loaded(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(OSError, match="is an archive: install it"):
        spacy_lite.load(tmp_path / name)


def test_a_package_that_is_no_pipeline_says_so():
    with pytest.raises(OSError, match="`numpy` is no pipeline"):
        spacy_lite.load("numpy")


@pytest.mark.parametrize(
    "change",
    [
        {"lang": "..", "name": "", "version": "x"},
        {"name": "/../../../../../tmp/x"},
        {"version": "1/../../../x"},
        {"lang": "/etc/x"},
        {"version": "1\0"},
        {"version": ["1"]},
        {"name": {}},
    ],
)
@pytest.mark.parametrize("place", [".", "en_small"])
def test_meta_data_lead_nowhere_outside_the_package(sources, tmp_path, change, place):
    shutil.copytree(sources, tmp_path / "copy")
    for file in (tmp_path / "copy" / "meta.json", tmp_path / "copy" / "en_small" / "meta.json"):
        file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises((FormatError, OSError)):
        spacy_lite.load(tmp_path / "copy" / place)
    with pytest.raises((FormatError, OSError)):
        spacy_lite.util.load_model_from_init_py(tmp_path / "copy" / "en_small" / "__init__.py")


@pytest.mark.parametrize("name", ["../en_small", "/etc/passwd", "en_small\0", "..", "a" * 300, "os.path"])
def test_names_that_are_no_packages_are_refused(installed, name):
    with pytest.raises(OSError, match="."):
        spacy_lite.load(name)


@pytest.mark.parametrize("name", ["../other", "/tmp/other", "..", "a/b", "vocab", "meta.json"])
def test_a_component_is_saved_in_a_folder_of_its_own_or_not_at_all(tmp_path, name):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("entity_ruler", name=name)
    with pytest.raises(ValueError, match="rename it"):
        nlp.to_disk(tmp_path / "a" / "saved")
    assert not list(tmp_path.rglob("*.jsonl")) and not (tmp_path / "a" / "saved").exists()
    nlp.rename_pipe(name, "fine")
    nlp.to_disk(tmp_path / "saved")
    file = tmp_path / "saved" / "config.cfg"
    text = file.read_text().replace('["fine"]', json.dumps([name]))
    file.write_text(text.replace("[components.fine]", f"[components.{name}]"))
    with pytest.raises((FormatError, ValueError)):
        spacy_lite.load(tmp_path / "saved")
