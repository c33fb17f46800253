"""Every block of code in the guides runs, and prints what the page says; configs that are only shown name what there is."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spacy_lite.config import Config, registry

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "website" / "pages").rglob("*.md"))
RUNNER = ROOT / "website" / "tools" / "blocks.py"
INI = re.compile(r"^```(?:ini|\{code-block\} ini)\n(?::caption:.*\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"<!-- needs: (.*?) -->")


def pages_with_code() -> list[Path]:
    return [
        page for page in PAGES if "```python" in page.read_text(encoding="utf8") or "```bash" in page.read_text(encoding="utf8")
    ]


def missing_packages(page: Path) -> list[str]:
    """The packages some blocks of a page need that are not installed."""
    names = {name for needed in NEEDS.findall(page.read_text(encoding="utf8")) for name in needed.split()}
    return sorted(name for name in names if importlib.util.find_spec(name) is None)


def within_its_sections(text: str) -> str:
    """A part of a config with the sections around its blocks, which the page does not show."""
    lines, seen = [], set()
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            parts = line.strip().strip("[]").split(".")
            names = [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
            lines += [f"[{name}]\n" for name in names[:-1] if name not in seen and f"[{name}]\n" not in text]
            seen.update(names)
        lines.append(line)
    return "".join(lines)


@pytest.mark.parametrize("page", pages_with_code(), ids=lambda page: page.stem)
def test_blocks_of_a_page_do_what_it_says(page):
    if missing := missing_packages(page):
        pytest.skip(f"{page.name} needs {', '.join(missing)}: `make test-transformer` runs it in an environment with them")
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, RUNNER, page], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if INI.search(page.read_text(encoding="utf8"))], ids=lambda p: p.stem)
def test_configs_a_page_shows_can_be_read_and_name_functions_there_are(page):
    for text in INI.findall(page.read_text(encoding="utf8")):
        Config().from_str(within_its_sections(text), interpolate=False)
        for kind, name in re.findall(r'^@(\w+) = "(.+)"$', text, re.MULTILINE):
            assert registry.has(kind, name), f"{page.name}: no function {name} in the registry {kind}"


def test_there_are_guides():
    assert len(pages_with_code()) >= 12


def test_ratios_of_the_front_page_are_those_that_were_measured():
    text = (ROOT / "website" / "pages" / "index.md").read_text(encoding="utf8")
    results = (ROOT / "extra" / "benchmarks" / "RESULTS.md").read_text(encoding="utf8")
    rows = [
        line.split("|")
        for line in text.splitlines()
        if line.startswith("| ") and "extra/benchmarks" in line or "| the same |" in line
    ]
    numbers = [number for row in rows for cell in row[2:4] for number in re.findall(r"\d+\.\d+", cell)]
    assert len(numbers) >= 15
    assert [number for number in numbers if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", results)] == []
    for script in re.findall(r"python (extra/benchmarks/\w+\.py)", text):
        assert (ROOT / script).exists()
