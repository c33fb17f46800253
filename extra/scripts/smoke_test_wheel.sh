#!/bin/sh
# Look into the wheel found in $1, then install it into an empty environment, away from the sources, and use it. Run from the root.
set -eu
wheel=$(ls "$PWD/$1"/*.whl | head -n 1)
"${PYTHON:-python3}" - "$wheel" <<'CODE'
import sys
import zipfile
from pathlib import Path

inside = {name for name in zipfile.ZipFile(sys.argv[1]).namelist() if ".dist-info/" not in name}
shipped = {path.as_posix() for kind in ("*.py", "*.pyi", "*.pxd", "*.hh", "*.cfg", "py.typed") for path in Path("spacy_lite").rglob(kind)}
compiled = {path.with_suffix("").as_posix() for path in Path("spacy_lite").rglob("*.pyx")}
libraries = {name for name in inside if name.endswith((".so", ".pyd"))}
lacking = (shipped - inside) | (compiled - {name.partition(".")[0] for name in libraries})
foreign = inside - shipped - libraries
if lacking or foreign:
    sys.exit(f"{sys.argv[1]}: missing: {sorted(lacking)}; not expected: {sorted(foreign)}")
print(f"the wheel holds {len(inside)} files, {len(libraries)} of them compiled")
CODE
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --disable-pip-version-check "$wheel"
cd "$folder"
venv/bin/python - <<'CODE'
import spacy_lite

nlp = spacy_lite.blank("en")
nlp.add_pipe("sentencizer")
doc = nlp("The wheel works. It doesn't need its sources!")
assert [token.text for token in doc][5:8] == ["does", "n't", "need"], [token.text for token in doc]
assert len(list(doc.sents)) == 2
print("smoke test passed:", spacy_lite.__file__)
CODE
venv/bin/spacy_lite --help >/dev/null
