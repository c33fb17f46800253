"""`package`: wheel and source archive of a pipeline install in a new environment and load there."""

import json
import os
import subprocess
import sysconfig
import textwrap
import venv
from pathlib import Path

import pytest

import spacy_lite
from spacy_lite.cli._requirements import extras_of, third_party_requirements
from spacy_lite.config import registry
from spacy_lite.packages import get_minor_version_range, get_package_version

from .test_commands import ROOT, fails, invoke

CODE = """
from spacy_lite.language import Language


@Language.component("test_package_shout")
def shout(doc):
    doc.user_data["shout"] = doc.text.upper()
    return doc
"""


def pipeline_with_code(folder):
    """A pipeline with a component of the file shouting.py."""
    code = folder / "shouting.py"
    code.write_text(CODE)
    spacy_lite.util.import_file("shouting", code)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("test_package_shout")
    nlp.meta["name"] = "loud"
    nlp.to_disk(folder / "pipeline")
    return folder / "pipeline", code


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """Folder of a package with wheel and source archive."""
    folder = tmp_path_factory.mktemp("package")
    pipeline, code = pipeline_with_code(folder)
    (folder / "out").mkdir()
    words = ("--version", "1.2.3", "--code", code, "--build", "sdist,wheel")
    output = invoke("package", pipeline, folder / "out", *words).output
    assert "Built the wheel" in output and "Built the sdist" in output
    return folder / "out" / "en_loud-1.2.3"


@pytest.fixture
def environment(tmp_path):
    """Python of a new environment that has this package and what it needs, but no pipelines."""
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    paths = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv" if "venv" in sysconfig.get_scheme_names() else None, vars=paths))
    (site / "here.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return python


def run(python, *words):
    done = subprocess.run([str(python), *map(str, words)], capture_output=True, text=True, cwd=Path(python).parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SCRIPT = """
    import json
    import spacy_lite
    from spacy_lite.cli.validate import installed_pipelines
    nlp = spacy_lite.load("en_loud")
    import en_loud
    docs = [nlp("One. Two."), en_loud.load()("One. Two.")]
    found = {"names": nlp.pipe_names, "version": en_loud.__version__, "file": en_loud.__file__}
    found["sents"] = [[s.text for s in doc.sents] for doc in docs]
    found["shouts"] = [doc.user_data["shout"] for doc in docs]
    found["installed"] = [row for row in installed_pipelines() if row["name"] == "en_loud"]
    print(json.dumps(found))
"""


@pytest.mark.slow
def test_what_is_packaged_installs_and_loads_in_a_new_environment(packaged, environment):
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall")
    for suffix in (".tar.gz", ".whl"):
        (archive,) = (packaged / "dist").glob(f"*{suffix}")
        output = run(environment, "-m", "spacy_lite", "download", archive, *options)
        assert "spacy_lite.load('en_loud')" in output
        found = json.loads(run(environment, "-c", textwrap.dedent(SCRIPT)))
        assert str(Path(environment).parents[1]) in found.pop("file")
        assert found == {
            "names": ["sentencizer", "test_package_shout"],
            "version": "1.2.3",
            "sents": [["One.", "Two."]] * 2,
            "shouts": ["ONE. TWO."] * 2,
            "installed": [{"name": "en_loud", "version": "1.2.3", "wants": found["installed"][0]["wants"], "fits": True}],
        }


def test_the_package_tells_what_it_is(packaged):
    meta = json.loads((packaged / "meta.json").read_text())
    assert (meta["lang"], meta["name"], meta["version"]) == ("en", "loud", "1.2.3")
    assert meta["requirements"] == [f"spacy_lite>={spacy_lite.__version__}"]
    assert "en_loud" in (packaged / "README.md").read_text()
    assert not list(packaged.glob("*.egg-info")) and not (packaged / "build").exists()


def test_without_the_parent_nothing_is_required(tmp_path, packaged):
    pipeline = packaged / "en_loud" / "en_loud-1.2.3"
    invoke("package", pipeline, tmp_path, "--build", "none", "--no-require-parent", "--name", "quiet", "--version", "0.1")
    assert json.loads((tmp_path / "en_quiet-0.1" / "meta.json").read_text())["requirements"] == []
    assert not (tmp_path / "en_quiet-0.1" / "dist").exists()


def test_packages_whose_functions_are_used_are_required():
    registry.misc.register("test_package_misc", func=pytest.approx)
    config = {
        "components": {"a": {"factory": "tagger", "model": {"@misc": "test_package_misc"}}},
        "corpora": {"@readers": "srsly.read_json.v1", "other": {"@misc": "there is none"}},
    }
    pytest_range = get_minor_version_range(get_package_version("pytest"))
    assert third_party_requirements(config) == [f"pytest{pytest_range}"]
    assert extras_of(config) == []
    assert extras_of({"components": {"t": {"factory": "transformer"}}}) == ["transformers"]


def test_a_pipeline_that_uses_the_transformer_requires_its_extra(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.to_disk(tmp_path / "pipeline")
    config = (tmp_path / "pipeline" / "config.cfg").read_text()
    block = '[components.transformer]\nfactory = "transformer"\n\n'
    config = config.replace("pipeline = []", 'pipeline = ["transformer"]').replace("[components]\n", f"[components]\n\n{block}")
    (tmp_path / "pipeline" / "config.cfg").write_text(config)
    invoke("package", tmp_path / "pipeline", tmp_path, "--build", "none", "--name", "deep")
    (meta,) = tmp_path.glob("en_deep-*/meta.json")
    assert json.loads(meta.read_text())["requirements"] == [f"spacy_lite[transformers]>={spacy_lite.__version__}"]


def test_what_cannot_be_packaged_is_named(tmp_path):
    spacy_lite.blank("en").to_disk(tmp_path / "pipeline")
    for words, message in (
        ((tmp_path / "nowhere", tmp_path), "no such folder of a pipeline"),
        ((tmp_path / "pipeline", tmp_path / "nowhere"), "no such folder to make the package in"),
        ((tmp_path / "pipeline", tmp_path, "--build", "egg"), "--build takes"),
        ((tmp_path / "pipeline", tmp_path, "--name", "a-b"), "cannot be the name of a Python package"),
        ((tmp_path / "pipeline", tmp_path, "--code", tmp_path / "no.py"), "no such file of Python code"),
    ):
        assert message in fails("package", *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipeline"]
