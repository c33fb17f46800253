"""The map of the code is true: what it names exists, and every room is on it. Every module says what it is for."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "spacy_lite"
MAP = (ROOT / "extra" / "ARCHITECTURE.md").read_text(encoding="utf8")

sys.path.insert(0, str(ROOT / "extra" / "scripts"))
from list_modules import modules, purpose  # noqa: E402

# Files of pipelines and runs, not of the code.
DATA = {"config.cfg"}


def test_every_module_and_header_says_what_it_is_for():
    assert [path for path, description in modules().items() if not purpose(description)] == []


def test_files_that_the_map_names_exist():
    named = set(re.findall(r"`([\w/]+\.(?:py|pyx|hh|cc|cfg|sh))`", MAP)) - DATA
    folders = (PACKAGE, ROOT / "extra", ROOT / "tests", ROOT / "website" / "tools")
    there = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*.*")}
    there |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "website").glob("*.py")}
    assert [name for name in sorted(named) if not any(path == name or path.endswith(f"/{name}") for path in there)] == []


def test_folders_that_the_map_names_exist():
    named = re.findall(r"`([\w/]+)/`", MAP)
    assert (
        named
        and [
            name
            for name in named
            if not (PACKAGE / name).is_dir()
            and not (ROOT / name).is_dir()
            and not list(PACKAGE.glob(f"*/{name}"))
            and not list((ROOT / "website").glob(name))
        ]
        == []
    )


def test_every_room_is_on_the_map():
    words = set(re.findall(r"\w+", MAP))
    rooms = {path.split("/")[0].partition(".")[0] for path in modules()} - {"__init__", "__main__"}
    # `_vector_*.py` stands for all of that name.
    assert sorted(room for room in rooms - words if not room.startswith("_vector_")) == []
