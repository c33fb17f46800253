"""Every block of code in the guides runs, and prints what the page says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "website" / "pages").rglob("*.md"))


def pages_with_code() -> list[Path]:
    return [
        page for page in PAGES if "```python" in page.read_text(encoding="utf8") or "```bash" in page.read_text(encoding="utf8")
    ]


@pytest.mark.parametrize("page", pages_with_code(), ids=lambda page: page.stem)
def test_blocks_of_a_page_do_what_it_says(page):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    runner = ROOT / "website" / "tools" / "blocks.py"
    done = subprocess.run([sys.executable, runner, page], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_guides():
    assert len(pages_with_code()) >= 10
