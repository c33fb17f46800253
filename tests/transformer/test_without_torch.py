"""What works where torch and transformers are not installed: all but making a transformer, which says what to install."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from spacy_lite.cli._quickstart import quickstart_config
from spacy_lite.util import load_model_from_config

CODE = """
import sys
from pathlib import Path
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ('torch', 'transformers', 'tokenizers', 'safetensors'):
            raise ModuleNotFoundError('No module named ' + repr(name), name=name)
sys.meta_path.insert(0, Refuse())
import spacy_lite
spacy_lite.registry.ensure_populated()
nlp = spacy_lite.blank('en')
nlp.add_pipe('transformer')
try:
    nlp.initialize()
except ImportError as error:
    print(error)
"""


def test_making_a_transformer_says_what_to_install():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert 'pip install "spacy_lite[transformers]"' in done.stdout


@pytest.mark.parametrize("optimize", [False, True])
def test_starting_config_with_a_transformer_is_complete(optimize):
    config = quickstart_config("en", ["tagger", "parser", "ner"], accuracy=optimize, gpu=True, transformer=True)
    nlp = load_model_from_config(config, auto_fill=True, validate=True)
    assert nlp.pipe_names == ["transformer", "tagger", "parser", "ner"]
    assert nlp.get_pipe("transformer").listening_components == ["tagger", "parser", "ner"]
    assert nlp.config["components"]["transformer"]["model"]["tokenizer_config"] == {"use_fast": True}


def test_every_promise_has_the_test_it_names():
    here = Path(__file__).parent
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (here / "README.md").read_text(encoding="utf8"))
    assert len(named) > 50
    for file, test in named:
        assert f"\ndef {test}(" in (here / file).read_text(encoding="utf8"), f"{file} has no {test}"
