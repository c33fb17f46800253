#!/bin/sh
# Install the wheel found in $1 into an empty environment, away from the sources, and use it.
set -eu
wheel=$(ls "$PWD/$1"/*.whl | head -n 1)
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
