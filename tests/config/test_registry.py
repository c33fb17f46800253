"""Registries: what is found, where from, and what is said when nothing is."""

import sys

import pytest

from spacy_lite.config.builtins import BUILTINS
from spacy_lite.config.registry import Registry, RegistryCatalogue, registry
from spacy_lite.errors import RegistryError

KINDS = {
    "architectures", "augmenters", "batchers", "callbacks", "cli", "datasets", "displacy_colors", "factories",
    "initializers", "internal_factories", "languages", "layers", "lemmatizers", "loggers", "lookups",
    "losses", "misc", "models", "ops", "optimizers", "readers", "schedules", "scorers", "tokenizers",
    "vectors", "span_getters", "annotation_setters",
}  # fmt: skip


@pytest.fixture
def letters(monkeypatch, tmp_path):
    """A registry whose built-in `spacy.a.v1` and `spacy-legacy.b.v1` are in a module that is not imported yet."""
    (tmp_path / "home_of_letters.py").write_text(
        "from tests_registry import letters\n"
        "@letters('spacy.a.v1')\ndef make_a(): return 'built-in a'\n"
        "@letters('spacy-legacy.b.v1')\ndef make_b(): return 'legacy b'\n"
    )
    found = Registry(
        "letters", {"spacy.a.v1": "home_of_letters", "spacy-legacy.b.v1": "home_of_letters", "gone.v1": "home_of_letters"}
    )
    holder = type(sys)("tests_registry")
    holder.letters = found
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "tests_registry", holder)
    yield found
    sys.modules.pop("home_of_letters", None)


def test_every_documented_kind_has_a_registry():
    assert registry.get_registry_names() == sorted(KINDS)


def test_a_builtin_is_imported_when_it_is_asked_for_and_not_before(letters):
    assert "spacy.a.v1" in letters and "home_of_letters" not in sys.modules
    assert letters.get("spacy.a.v1")() == "built-in a"


def test_an_old_name_falls_back_to_the_legacy_function(letters):
    assert "spacy.b.v1" in letters
    assert letters.get("spacy.b.v1")() == "legacy b"


def test_what_a_user_registers_survives_the_late_import_of_the_builtin(letters):
    letters("spacy.a.v1", func=lambda: "mine")
    letters.get("spacy-legacy.b.v1")  # imports the module that registers spacy.a.v1 too
    assert letters.get("spacy.a.v1")() == "mine"


def test_a_stale_table_is_reported_with_the_module(letters):
    with pytest.raises(RegistryError, match="home_of_letters no longer registers `gone.v1`"):
        letters.get("gone.v1")


def test_an_unknown_name_is_reported_with_the_nearest_and_the_ways_to_add_one(letters):
    with pytest.raises(RegistryError) as caught:
        letters.get("spacy.aa.v1")
    message = str(caught.value)
    assert "`spacy.aa.v1`" in message and "did you mean `spacy.a.v1`" in message
    assert "--code" in message and "spacy_lite_letters" in message


def test_an_unknown_registry_is_reported_with_the_nearest():
    with pytest.raises(RegistryError, match="did you mean `architectures`"):
        registry.get("architecture", "spacy.Tagger.v2")
    assert not registry.has("architecture", "spacy.Tagger.v2")


def test_registered_functions_of_thinc_are_found():
    from thinc.api import SGD

    assert registry.get("optimizers", "SGD.v1") is SGD
    assert registry.has("schedules", "compounding.v1")
    assert "Maxout.v1" in registry.layers.names()


def test_find_tells_where_a_function_is_defined():
    catalogue = RegistryCatalogue({})

    @catalogue.misc("mine.v1")
    def mine():
        """Mine."""

    found = catalogue.find("misc", "mine.v1")
    assert found["file"] == __file__ and found["docstring"] == "Mine."
    assert found["line_no"] == mine.__code__.co_firstlineno


def test_a_new_kind_of_registry_can_be_created_once():
    catalogue = RegistryCatalogue({})
    catalogue.create("flavours")
    catalogue.flavours("sweet.v1", func=list)
    assert catalogue.get("flavours", "sweet.v1") is list
    with pytest.raises(RegistryError, match="already"):
        catalogue.create("flavours")


def test_entry_points_of_both_groups_are_offered(monkeypatch):
    from importlib.metadata import EntryPoint, EntryPoints

    from spacy_lite.config import registry as module

    points = EntryPoints(
        [
            EntryPoint("old.v1", "collections:Counter", "spacy_misc"),
            EntryPoint("new.v1", "collections:deque", "spacy_lite_misc"),
        ]
    )
    monkeypatch.setattr(sys.modules["spacy_lite.config.registry"], "_entry_points", lambda: points)
    misc = Registry("misc")
    from collections import Counter, deque

    assert (misc.get("old.v1"), misc.get("new.v1")) == (Counter, deque)
    assert misc.names() == ["new.v1", "old.v1"]
    assert module is not None


def test_an_entry_point_that_cannot_be_imported_is_named(monkeypatch):
    from importlib.metadata import EntryPoint, EntryPoints

    points = EntryPoints([EntryPoint("broken.v1", "no_such_module_here:x", "spacy_misc")])
    monkeypatch.setattr(sys.modules["spacy_lite.config.registry"], "_entry_points", lambda: points)
    with pytest.raises(RegistryError, match="no_such_module_here"):
        Registry("misc").get("broken.v1")


def test_the_table_of_builtins_has_only_known_kinds():
    assert set(BUILTINS) <= KINDS
