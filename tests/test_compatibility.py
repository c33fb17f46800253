"""The public API against the lists of the API it is compatible with: what is missing is justified in extra/COMPATIBILITY.md."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spacy_lite import schemas

ROOT = Path(__file__).resolve().parents[1]
CHECK = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data")).parent / "compat" / "api_check.py"


def justified():
    """Names in the first columns of the tables of names; `name(argument)` is an argument."""
    names = set()
    page = (ROOT / "extra" / "COMPATIBILITY.md").read_text(encoding="utf8").partition("## Behaviour")[0]
    for line in page.splitlines():
        if line.startswith("| `"):
            names |= set(re.findall(r"`([^`]+)`", line.split("|")[1]))
    return names


def missing_names(line):
    """`A.b: arguments missing: c, d` are A.b(c) and A.b(d); `command x: missing` is x."""
    name, _, rest = line.partition(": ")
    if rest.startswith("arguments missing: "):
        return {f"{name}({argument})" for argument in rest.removeprefix("arguments missing: ").split(", ")}
    return {name.removeprefix("command ").removeprefix("factory ")}


def missing(api):
    """Names an API's list has and the package lacks."""
    done = subprocess.run(
        [sys.executable, str(CHECK), str(CHECK.with_name(api)), "--all"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.startswith("classes:"), done.stderr
    names = {name for line in done.stdout.splitlines() if line.startswith(" ") for name in missing_names(line.strip())}
    # From Python 3.13 on, operators of native classes have signatures, with names of Python's own.
    return names - {"SpanGroup.__add__(other)"}


@pytest.mark.slow
@pytest.mark.skipif(not CHECK.is_file(), reason="the lists of the API are not at hand")
def test_the_page_lists_every_name_that_is_missing_and_no_other():
    assert missing("api_v4.json") | missing("api_v38.json") == justified()


def test_models_of_token_patterns_and_their_check_agree():
    good = [
        {"LOWER": {"IN": ["a"]}, "OP": "{2,}"},
        {"TEXT": {"FUZZY2": "b"}, "_": {"x": 1}, "IS_ALPHA": True, "LENGTH": {">=": 3}},
    ]
    assert schemas.validate_token_pattern(good) == []
    assert len(schemas.TokenPatternSchema.model_validate({"pattern": good}).pattern) == 2
    for bad in ([{"LOWR": "a"}], [{"OP": "x"}], [{"TEXT": 3}], [{"LENGTH": {">>": 3}}], []):
        assert schemas.validate_token_pattern(bad)
        with pytest.raises(ValueError, match="validation error"):
            schemas.TokenPatternSchema.model_validate({"pattern": bad})
    assert schemas.validate_token_pattern('[{"LOWER": "a"}]') == []
    assert "not JSON" in schemas.validate_token_pattern("[{")[0]
