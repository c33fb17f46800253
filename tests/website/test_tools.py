"""What the build of the site finds wrong, and which blocks of a page are run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "website"))

from tools import links  # noqa: E402
from tools.blocks import matches, read_blocks  # noqa: E402
from tools.sources import PublicName  # noqa: E402


def site(folder, body):
    (folder / "api").mkdir()
    (folder / "api" / "spacy_lite.html").write_text('<dl><dt id="spacy_lite.load">load</dt></dl>', encoding="utf8")
    (folder / "index.html").write_text(f"<html><body><h1 id='top'>Site</h1>{body}</body></html>", encoding="utf8")
    return links.check(folder)


@pytest.mark.parametrize(
    "body, problem",
    [
        ('<a href="api/spacy_lite.html#spacy_lite.load">a</a> <a href="#top">b</a> <a href="https://example.org/">c</a>', None),
        ('<a href="guides/none.html">a</a>', "no such file"),
        ('<a href="api/spacy_lite.html#spacy_lite.lod">a</a>', "no such place"),
        ('<a href="#botom">a</a>', "no such place"),
        ('<script src="https://example.org/a.js"></script>', "another server"),
        ('<img src="//example.org/a.png">', "another server"),
    ],
)
def test_broken_links_and_foreign_resources_are_found(tmp_path, body, problem):
    found = site(tmp_path, body)
    assert [problem in line for line in found] == ([] if problem is None else [True])


def test_a_public_name_without_a_page_is_found(tmp_path):
    site(tmp_path, "")
    names = [PublicName("spacy_lite", name, None, [], None) for name in ("load", "unload")]
    assert links.missing_names(tmp_path, names) == ["spacy_lite.unload: public, but no page describes it"]


def test_a_comment_marks_the_block_below_it_and_no_other():
    page = (
        "<!-- not run: slow -->\n```bash\nsleep 100\n```\n\n```ini\n[a]\n```\n\n"
        "```python\nprint(1)\n```\n```text\n1\n```\n\n<!-- fails -->\n```python\nraise ValueError(2)\n```\n"
    )
    blocks = read_blocks(page)
    assert [(block.kind, block.marks, block.claimed) for block in blocks] == [
        ("bash", ["not run: slow"], None),
        ("python", [], "1\n"),
        ("python", ["fails"], None),
    ]
    assert blocks[0].skip_reason() and not blocks[1].skip_reason()


@pytest.mark.parametrize(
    "claimed, printed, same",
    [
        ("a\nb", "a \nb\n", True),
        ("a\n...\nd", "a\nb\nc\nd", True),
        ("a", "a\nb", False),
        ("...b", "ab", True),
        ("x.y", "xzy", False),
    ],
)
def test_a_claim_is_all_that_is_printed_but_for_dots(claimed, printed, same):
    assert matches(claimed, printed) == same
