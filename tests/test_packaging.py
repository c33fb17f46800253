"""What is said about the package in several files is the same in all of them."""

import ast
import configparser
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import spacy_lite

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "spacy_lite"
# Compiled into the modules: in the sdist, not in the wheel.
SOURCES = {".pyx", ".cc"}
# What building leaves.
BUILT = {".so", ".pyd", ".cpp", ".pyc"}


def setup_cfg():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf8")
    return config


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def left_out(patterns, beside):
    """Files of the package that neither a pattern takes nor their kind: Python's own, and the kinds beside."""
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    files = [path for path in files if path.suffix not in BUILT | beside | {".py"}]
    return [path.name for path in files if not any(fnmatch(path.name, pattern) for pattern in patterns)]


def test_a_developer_installs_what_the_package_requires():
    required = set(lines(setup_cfg()["options"]["install_requires"]))
    assert required - set(lines((ROOT / "requirements.txt").read_text(encoding="utf8"))) == set()


def test_building_requires_the_same_in_isolation_and_without():
    wanted = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["build-system"]["requires"])
    assert wanted - set(lines((ROOT / "requirements.txt").read_text(encoding="utf8"))) == set()


def test_every_python_that_is_allowed_is_classified():
    config = setup_cfg()
    least = tuple(map(int, re.fullmatch(r">=(\d+)\.(\d+)", config["options"]["python_requires"]).groups()))
    named = [
        tuple(map(int, found)) for found in re.findall(r"Python :: (\d+)\.(\d+)$", config["metadata"]["classifiers"], re.M)
    ]
    assert named[0] == least and named == [(3, minor) for minor in range(least[1], named[-1][1] + 1)]
    target = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]
    assert target["ruff"]["target-version"] == f"py{least[0]}{least[1]}"
    assert "python_version" not in target["mypy"]  # NumPy's stubs for a newer Python cannot be read as those of an older one


def test_files_are_in_the_wheel_or_compiled_into_it():
    shipped = [part.strip() for line in lines(setup_cfg()["options.package_data"]["*"]) for part in line.split(",")]
    assert left_out(shipped, beside=SOURCES) == []
    assert not any(fnmatch(f"x{kind}", pattern) for kind in SOURCES for pattern in shipped)


def test_files_are_in_the_sdist():
    manifest = (ROOT / "MANIFEST.in").read_text(encoding="utf8")
    patterns = re.search(r"^recursive-include spacy_lite (.*)$", manifest, re.MULTILINE)[1].split()
    assert left_out(patterns, beside=set()) == []


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_version_is_written_once():
    assert setup_cfg()["metadata"]["version"] == "attr: spacy_lite.about.__version__"
    about = ast.parse((PACKAGE / "about.py").read_text(encoding="utf8"))
    written = {node.targets[0].id: node.value.value for node in about.body if isinstance(node, ast.Assign)}
    assert written["__version__"] == spacy_lite.__version__
