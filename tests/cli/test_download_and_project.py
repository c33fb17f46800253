"""`download`, `link` and `project`: what is handed to pip and to weasel, and what is said where that does not work."""

import json
import re
import subprocess
import sys
import types
from pathlib import Path
from urllib.error import URLError

import pytest
from typer.testing import CliRunner

from spacy_lite.cli import download as download_function
from spacy_lite.cli import link, project_run
from spacy_lite.cli._util import app

TABLE = {
    "spacy": {
        "3.7": {"en_core_web_sm": ["3.7.1"]},
        "3.8": {"en_core_web_sm": ["3.8.0", "3.8.0a1"], "de_core_news_sm": ["3.8.0"]},
    }
}
RELEASES = "https://github.com/explosion/spacy-models/releases/download"
module = sys.modules["spacy_lite.cli.download"]


def invoke(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, " ".join((result.output + result.stderr).split())


@pytest.fixture
def pip(monkeypatch):
    """What pip would have been called with; the list of releases is TABLE."""
    calls = []

    def run(words, **settings):
        calls.append(words)
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(module.subprocess, "run", run)
    monkeypatch.setattr(module, "_fetch_json", lambda url: TABLE)
    return calls


@pytest.mark.parametrize(
    ("words", "source"),
    [
        (["en_core_web_sm"], f"{RELEASES}/en_core_web_sm-3.8.0/en_core_web_sm-3.8.0-py3-none-any.whl"),
        (["en-core-web-sm"], f"{RELEASES}/en_core_web_sm-3.8.0/en_core_web_sm-3.8.0-py3-none-any.whl"),
        (["en_core_web_sm", "--sdist"], f"{RELEASES}/en_core_web_sm-3.8.0/en_core_web_sm-3.8.0.tar.gz"),
        (["xx_own-0.0.1", "--direct"], f"{RELEASES}/xx_own-0.0.1/xx_own-0.0.1-py3-none-any.whl"),
        (["xx_own-0.0.1", "-U", "https://a.org/m/"], "https://a.org/m/xx_own-0.0.1/xx_own-0.0.1-py3-none-any.whl"),
        (
            ["de_core_news_sm", "-U", "https://a.org"],
            "https://a.org/de_core_news_sm-3.8.0/de_core_news_sm-3.8.0-py3-none-any.whl",
        ),
        (["https://a.org/x/xx_own-1.0-py3-none-any.whl"], "https://a.org/x/xx_own-1.0-py3-none-any.whl"),
        (["https://a.org/xx_own-1.0.tar.gz#sha256=0"], "https://a.org/xx_own-1.0.tar.gz#sha256=0"),
    ],
)
def test_pip_gets_the_address_and_leaves_dependencies_alone(pip, words, source):
    code, output = invoke("download", *words)
    assert code == 0, output
    (call,) = pip
    assert call[:4] == [sys.executable, "-m", "pip", "install"]
    assert call[-2:] == ["--no-deps", source]
    assert re.search(r"spacy_lite\.load\('\w+'\)", output)


def test_options_of_pip_are_handed_on(pip):
    assert invoke("download", "en_core_web_sm", "--user", "--no-cache-dir")[0] == 0
    assert pip[0][-3:-1] == ["--user", "--no-cache-dir"]


def test_files_and_folders_of_packages_are_installed(pip, tmp_path):
    wheel = tmp_path / "en_own-1.0-py3-none-any.whl"
    wheel.touch()
    folder = tmp_path / "en_own-1.0"
    folder.mkdir()
    (folder / "setup.py").touch()
    download_function(str(wheel), silent=True)
    download_function(str(folder), silent=True)
    assert [call[-1] for call in pip] == [str(wheel), str(folder)]


def test_what_is_no_package_is_named(pip, tmp_path):
    (tmp_path / "config.cfg").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").touch()
    for words, message in (
        ([tmp_path], "load it with spacy_lite.load"),
        ([tmp_path / "empty"], "neither a package"),
        ([tmp_path / "file.txt"], "expected a wheel"),
        ([tmp_path / "nowhere.whl"], "no such file"),
        (["https://a.org/page.html"], "address of a wheel"),
        (["en_core_web_smm"], "did you mean `en_core_web_sm`"),
        (["en_core_web_sm", "--direct"], "NAME-VERSION"),
    ):
        code, output = invoke("download", *words)
        assert code == 1 and message in output, output
    assert pip == []


def test_without_a_network_the_way_out_is_named(monkeypatch):
    def urlopen(url, timeout):
        raise URLError("Name or service not known")

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    code, output = invoke("download", "en_core_web_sm")
    assert code == 1
    assert "Name or service not known" in output and "give its path" in output and "compatibility.json" in output


def test_an_answer_that_is_no_list_is_told(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: __import__("io").BytesIO(b"<html>"))
    code, output = invoke("download", "en_core_web_sm")
    assert code == 1 and "not the list of released pipelines" in output


def test_what_pip_says_is_shown(monkeypatch):
    said = "a warning\nERROR: HTTP error 404 while getting it\nERROR: Could not install requirement"
    monkeypatch.setattr(module.subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 1, "", said))
    code, output = invoke("download", "https://a.org/xx_own-1.0-py3-none-any.whl")
    assert code == 1 and "404" in output and "a warning" not in output and "Is there a network?" in output


def test_an_environment_without_pip_is_told(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    code, output = invoke("download", "https://a.org/xx_own-1.0-py3-none-any.whl")
    assert code == 1 and "no pip" in output


def test_links_are_no_more(capsys):
    code, output = invoke("link", "en_core_web_sm", "en", "--force")
    assert code == 1 and "spacy_lite.load" in output
    with pytest.raises(SystemExit) as left:
        link("en_core_web_sm", "en", force=True)
    assert left.value.code == 1
    assert "download" in capsys.readouterr().err


# Projects


@pytest.fixture
def weasel(monkeypatch):
    """A package in the place of weasel that notes how it is called."""
    calls = []

    def note(name, result=None):
        def called(*args, **kwargs):
            calls.append((name, args, kwargs))
            return result

        return called

    cli, run = types.ModuleType("weasel.cli"), types.ModuleType("weasel.cli.run")
    for name in ("project_assets", "project_clone", "project_document", "project_run", "project_update_dvc"):
        setattr(cli, name, note(name))
    cli.project_pull = note("project_pull", iter([("s3://a", Path("b"))]))
    cli.project_push = note("project_push", iter([(Path("b"), "s3://a")]))
    run.print_run_help = note("print_run_help")
    for name, package in (("weasel", types.ModuleType("weasel")), ("weasel.cli", cli), ("weasel.cli.run", run)):
        monkeypatch.setitem(sys.modules, name, package)
    return calls


def test_every_project_command_is_handed_to_weasel(weasel, tmp_path):
    (tmp_path / "project.yml").touch()
    outputs = [
        invoke("project", "assets", tmp_path, "--extra", "--vars.lang", "de"),
        invoke("project", "clone", "pipelines/ner", tmp_path / "new", "--sparse"),
        invoke("project", "document", tmp_path, "-o", tmp_path / "README.md", "-NE"),
        invoke("project", "dvc", tmp_path, "all", "--force"),
        invoke("project", "pull", "s3", tmp_path),
        invoke("project", "push", "s3", tmp_path),
        invoke("project", "run", "all", tmp_path, "--dry", "--vars.gpu", "0"),
        invoke("project", "run", "--help", "all", tmp_path),
    ]
    assert [code for code, _ in outputs] == [0] * len(outputs), outputs
    parent = "python -m spacy_lite project"
    repo = {"repo": "https://github.com/explosion/projects", "branch": "v3"}
    assert weasel == [
        ("project_assets", (tmp_path,), {"overrides": {"vars.lang": "de"}, "sparse_checkout": False, "extra": True}),
        ("project_clone", ("pipelines/ner", tmp_path / "new"), {**repo, "sparse_checkout": True, "parent_command": parent}),
        ("project_document", (tmp_path, tmp_path / "README.md"), {"no_emoji": True}),
        ("project_update_dvc", (tmp_path, "all"), {"verbose": False, "quiet": False, "force": True}),
        ("project_pull", (tmp_path, "s3"), {"verbose": False}),
        ("project_push", (tmp_path, "s3"), {}),
        (
            "project_run",
            (tmp_path, "all"),
            {
                "overrides": {"vars.gpu": 0},
                "force": False,
                "dry": True,
                "capture": False,
                "skip_requirements_check": False,
                "parent_command": parent,
            },
        ),
        ("print_run_help", (tmp_path, "all", parent), {}),
    ]
    assert "Got b from s3://a" in outputs[4][1] and "Saved b to s3://a" in outputs[5][1]
    assert "--dry" in outputs[7][1]


def test_other_repositories_are_cloned_from_their_main_branch(weasel, tmp_path):
    assert invoke("project", "clone", "a/b", tmp_path / "b", "--repo", "https://a.org/r")[0] == 0
    assert weasel[0][2]["branch"] == "main"


def test_without_weasel_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "weasel", None)
    for words in (["assets", tmp_path], ["clone", "x"], ["pull", "s3", tmp_path], ["run", "all", tmp_path]):
        code, output = invoke("project", *words)
        assert code == 1 and "pip install weasel" in output, output
    with pytest.raises(ImportError, match="pip install weasel"):
        project_run(tmp_path, "all")
    assert invoke("project", "--help")[0] == invoke("project", "run", "--help")[0] == 0


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    for name in ("run", "document"):
        words = ["all"] if name == "run" else []
        code, output = invoke("project", name, *words, tmp_path / "nowhere")
        assert code in (1, 2) and "nowhere" in output


def test_variables_may_stand_in_the_place_of_the_folder(weasel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert invoke("project", "run", "all", "--vars.word", "hello", "--force")[0] == 0
    (_, (folder, _), settings) = weasel[0]
    assert (folder, settings["overrides"], settings["force"]) == (Path("."), {"vars.word": "hello"}, True)


@pytest.mark.slow
def test_a_real_project_runs(tmp_path):
    pytest.importorskip("weasel", reason="needs weasel: pip install weasel")
    (tmp_path / "project.yml").write_text(
        json.dumps({"title": "t", "vars": {"word": "a"}, "commands": [{"name": "say", "script": ["echo ${vars.word}"]}]})
    )
    words = [sys.executable, "-m", "spacy_lite", "project", "run", "say", str(tmp_path), "--vars.word", "hello"]
    assert "hello" in subprocess.run(words, capture_output=True, text=True, check=True).stdout
