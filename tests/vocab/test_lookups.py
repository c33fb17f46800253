"""Lookup tables."""

import pickle
import struct

import pytest
import srsly

from spacy_lite.errors import FormatError
from spacy_lite.lookups import BloomFilter, Lookups, Table, load_lookups
from spacy_lite.strings import hash_string


def test_a_table_takes_strings_and_their_ids_alike():
    table = Table(name="t", data={"a": 1, hash_string("b"): 2})
    assert table["a"] == table[hash_string("a")] == 1
    assert table["b"] == 2 and "b" in table and hash_string("b") in table and "c" not in table and 1.5 not in table
    assert table.get("c") is None and table.get("c", 3) == 3
    table.set("c", 4)
    table["d"] = 5
    assert list(table) == [hash_string(key) for key in "abcd"] and len(table) == 4
    del table["a"]
    assert table.pop("b") == 2 and table.pop("b", 9) == 9
    with pytest.raises(KeyError):
        table["a"]
    assert Table.from_dict({"x": [1]}, "name").name == "name"


def test_a_table_is_read_back():
    table = Table(name="t", data={"a": {"deep": [1, 2]}, "b": "x"})
    for again in (Table().from_bytes(table.to_bytes()), pickle.loads(pickle.dumps(table))):
        assert again == table and again.name == "t"


def test_the_saved_filter_knows_all_keys_and_few_others():
    keys = [hash_string(f"word{i}") for i in range(500)]
    bloom = BloomFilter(keys)
    assert all(key in bloom for key in keys)
    assert sum(hash_string(f"other{i}") in bloom for i in range(20_000)) < 20


def test_the_saved_filter_has_the_published_layout():
    # Hashes, bits, seed, then the bits, eight to a word: 13 hashes and 192 bits for ten members.
    words = struct.unpack("<27Q", BloomFilter(range(1, 11)).to_bytes())
    assert words[:3] == (13, 192, 0) and max(words[3:]) < 256
    lone = BloomFilter(range(1, 11))
    lone.bits = bytearray(24)
    for place in lone.places(12345):
        lone.bits[place >> 3] |= 1 << (place & 7)
    bits = (4, 65, 0, 0, 0, 0, 0, 4, 17, 4, 1, 0, 0, 0, 0, 16, 64, 16, 0, 0, 0, 0, 0, 65)
    assert struct.unpack("<27Q", lone.to_bytes())[3:] == bits


def test_tables_by_name():
    lookups = Lookups()
    table = lookups.add_table("one", {"a": 1})
    lookups.set_table("two", Table("two"))
    assert lookups.tables == ["one", "two"] and len(lookups) == 2 and "one" in lookups and lookups.has_table("two")
    assert lookups.get_table("one") is table
    assert lookups.get_table("three", None) is None
    with pytest.raises(KeyError, match="did you mean `two`"):
        lookups.get_table("tow")
    with pytest.raises(ValueError, match="set_table"):
        lookups.add_table("one")
    assert lookups.remove_table("one") is table
    with pytest.raises(KeyError):
        lookups.remove_table("one")


def test_tables_are_read_back(tmp_path):
    lookups = Lookups()
    lookups.add_table("one", {"a": "x"})
    lookups.add_table("two")
    lookups.to_disk(tmp_path / "made")
    for again in (Lookups().from_bytes(lookups.to_bytes()), Lookups().from_disk(tmp_path / "made")):
        assert again.tables == ["one", "two"] and again.get_table("one")["a"] == "x"
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["lookups.bin"]


def test_where_there_is_no_file_nothing_changes(tmp_path):
    lookups = Lookups()
    lookups.add_table("kept")
    assert lookups.from_disk(tmp_path).tables == ["kept"]


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x93\x01\x02\x03", b"\x81\xa1a\x01", b"\xc1"])
def test_damaged_data_is_named(data, tmp_path):
    with pytest.raises(FormatError):
        Lookups().from_bytes(data)
    with pytest.raises(FormatError):
        Table().from_bytes(data)
    (tmp_path / "lookups.bin").write_bytes(data)
    with pytest.raises(FormatError, match=r"lookups\.bin"):
        Lookups().from_disk(tmp_path)


def test_tables_nobody_has_are_an_error_unless_told_otherwise():
    with pytest.raises(ValueError, match="spacy-lookups-data"):
        load_lookups("xx", ["no_such_table"])
    assert load_lookups("xx", ["no_such_table"], strict=False).tables == []


def test_tables_of_installed_packages_are_loaded(tmp_path, monkeypatch):
    package = tmp_path / "site"
    info = package / "my_tables-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-tables\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[spacy_lookups]\nqq = my_tables:qq\n")
    files = {"plain": package / "plain.json", "packed": package / "packed.json"}
    srsly.write_json(files["plain"], {"a": "b"})
    srsly.write_gzip_json(package / "packed.json.gz", {"c": "d"})
    (package / "my_tables.py").write_text(f"qq = { ({name: str(path) for name, path in files.items()})!r}\n")
    monkeypatch.syspath_prepend(package)
    lookups = load_lookups("qq", ["plain", "packed"])
    assert lookups.get_table("plain")["a"] == "b" and lookups.get_table("packed")["c"] == "d"
