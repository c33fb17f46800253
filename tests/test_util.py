"""The small helpers of the public `util` module."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite import util
from spacy_lite.glossary import GLOSSARY, explain


def test_every_name_of_util_can_be_loaded():
    missing = []
    for name in util.__all__:
        try:
            getattr(util, name)
        except (ImportError, AttributeError) as error:
            missing.append((name, error))
    assert missing == []


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_minibatches_are_the_items_cut_into_pieces(items, size):
    batches = list(util.minibatch(items, size))
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1]) and all(batches)


def test_sizes_of_minibatches_can_change():
    assert list(util.minibatch(range(7), iter([1, 2, 3, 4]))) == [[0], [1, 2], [3, 4, 5], [6]]
    assert list(util.minibatch(range(5), lambda step: step + 1)) == [[0], [1, 2], [3, 4]]
    from thinc.api import compounding

    assert [len(batch) for batch in util.minibatch(range(10), compounding(1.0, 4.0, 2.0))] == [1, 2, 4, 3]


@given(st.lists(st.sampled_from(["a", "bc", "d."]), max_size=8), st.data())
def test_words_and_spaces_make_up_the_text(words, data):
    gaps = [data.draw(st.sampled_from(["", " ", "  ", "\n", " \t"])) for _ in range(len(words) + 1)]
    text = gaps[0] + "".join(word + gap for word, gap in zip(words, gaps[1:]))
    out, spaces = util.get_words_and_spaces(words, text)
    assert "".join(word + " " * space for word, space in zip(out, spaces)) == text
    assert [word for word in out if not word.isspace()] == words


def test_words_that_are_not_in_the_text_are_an_error():
    with pytest.raises(ValueError, match="do not make up the text"):
        util.get_words_and_spaces(["a", "b"], "a c")


def test_versions_and_constraints():
    assert util.is_compatible_version("3.8.1", ">=3.8.0,<3.9.0") is True
    assert util.is_compatible_version("3.9.0", ">=3.8.0,<3.9.0") is False
    assert util.is_compatible_version("3.8.1", "3.8.1") is True
    assert util.is_compatible_version("3.8.0.dev1", ">=3.7") is True
    assert util.is_compatible_version("nonsense", ">=3.7") is None
    assert util.is_unconstrained_version(">=3.8") is True and util.is_unconstrained_version(">=3.8,<3.9") is False
    assert util.get_minor_version("3.8.12") == "3.8" and util.get_minor_version("x") is None
    assert util.get_minor_version_range("3.8.1") == ">=3.8.1,<3.9.0"
    assert util.get_base_version("3.0.0.dev1") == "3.0.0" and util.is_prerelease_version("3.0.0.dev1")
    assert util.get_model_lower_version(">=3.8.0,<3.9.0") == "3.8.0"
    assert util.is_minor_version_match("3.8.1", "3.8.9") and not util.is_minor_version_match("3.8.1", "3.9.1")
    assert util.split_requirement("numpy>=2.0") == ("numpy", ">=2.0")


def test_packages_are_found():
    assert util.is_package("numpy") and not util.is_package("no_such_package_here")
    assert (util.get_package_path("numpy") / "__init__.py").is_file()
    assert util.get_package_version("numpy") is not None and util.get_package_version("no_such_package_here") is None


def test_a_file_of_the_user_is_imported_as_a_module(tmp_path):
    (tmp_path / "mine.py").write_text("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: 'int' = 3\n")
    module = util.import_file("mine_of_the_user", tmp_path / "mine.py")
    assert module.A().x == 3 and sys.modules["mine_of_the_user"] is module
    del sys.modules["mine_of_the_user"]
    (tmp_path / "broken.py").write_text("1/0")
    with pytest.raises(ZeroDivisionError):
        util.import_file("broken_of_the_user", tmp_path / "broken.py")
    assert "broken_of_the_user" not in sys.modules
    with pytest.raises(FileNotFoundError, match="none.py"):
        util.import_file("none", tmp_path / "none.py")


def test_parts_are_written_and_read_by_name_and_can_be_excluded(tmp_path):
    data = util.to_bytes({"a": lambda: 1, "b": lambda: [2]}, ["b"])
    seen = {}
    util.from_bytes(data, {"a": lambda v: seen.update(a=v), "b": lambda v: seen.update(b=v)}, [])
    assert seen == {"a": 1}
    util.to_disk(tmp_path / "x", {"a": lambda p: p.write_text("1"), "b.cfg": lambda p: p.write_text("2")}, ["b"])
    assert [entry.name for entry in (tmp_path / "x").iterdir()] == ["a"]


def test_ternary_values():
    assert [util.to_ternary_int(value) for value in (True, 1, None, 0, False, -1)] == [1, 1, 0, 0, -1, -1]
    with pytest.raises(ValueError, match="expected True"):
        util.to_ternary_int(0.5)


def test_commands_are_run_and_their_failures_shown(tmp_path):
    done = util.run_command([sys.executable, "-c", "print('out')"], capture=True)
    assert done.stdout.strip() == "out"
    with pytest.raises(Exception, match="ended with status 3"):
        util.run_command([sys.executable, "-c", "raise SystemExit(3)"], capture=True)
    with pytest.raises(SystemExit):
        util.run_command([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(FileNotFoundError, match="no program"):
        util.run_command("no_such_program_here --x", capture=True)
    assert util.split_command(util.join_command(["a b", "c"])) == ["a b", "c"]


def test_the_working_directory_is_changed_for_a_block(tmp_path):
    from pathlib import Path

    before = Path.cwd()
    with util.working_dir(tmp_path):
        assert Path.cwd() == tmp_path.resolve() and util.is_cwd(tmp_path)
    assert Path.cwd() == before


def test_language_codes_are_matched():
    assert util.find_matching_language("en-GB") == "en" and util.find_matching_language("eng") == "en"
    assert util.find_matching_language("mul") == "xx"
    assert util.get_lang_class("en").__name__ == "English"
    assert util.get_lang_class("pt-BR").lang == "pt"
    assert util.lang_class_is_loaded("en")


def test_terms_are_explained():
    assert explain("NOUN") == "noun" and explain("nsubj") == "subject"
    assert all(text and not text.endswith(".") for text in GLOSSARY.values())
    with pytest.warns(UserWarning, match="did you mean `NOUN`"):
        assert explain("NOUNN") is None


def test_importing_the_package_loads_nothing_heavy():
    import subprocess

    heavy = [
        "numpy",
        "thinc",
        "pydantic",
        "confection",
        "typer",
        "rich",
        "torch",
        "cupy",
        "transformers",
        "jinja2",
        "spacy_lite.language",
        "spacy_lite.lang",
    ]
    code = f"import spacy_lite, sys; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
