"""Files made to do harm: counts that lie, small files that hold much, pickles; and that files are read by what knows them."""

import ast
import gc
import gzip
import io
import os
import pickle
import re
import resource
import struct
import subprocess
import sys
import types
import zlib

import numpy
import pytest
import srsly
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import Model

import spacy_lite
from spacy_lite import inflate, serialize
from spacy_lite.errors import FormatError
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.kernels.messages import check_message
from spacy_lite.language.pretrained import load_pretrained
from spacy_lite.lookups import Lookups, Table
from spacy_lite.ml.loading import load_weights
from spacy_lite.ml.torch_weights import read_torch_weights, secure_shims
from spacy_lite.pipeline.edit_trees import EditTrees
from spacy_lite.strings import StringStore
from spacy_lite.tokens import Doc, DocBin, SpanGroup
from spacy_lite.tokens.span_groups import SpanGroups
from spacy_lite.training.vector_files.opening import open_file
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab
from tests.conftest import ROOT

# ---- messages ----

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(max_size=300),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def end_of_value(data: bytes, at: int = 0) -> int:
    """Where the msgpack value that begins at a byte ends. By the specification, one value inside the other; IndexError for
    one that is cut off.
    """
    tag, at = data[at], at + 1
    if tag < 0x80 or tag >= 0xE0 or tag in (0xC0, 0xC2, 0xC3):
        return at
    if tag == 0xC1:
        raise IndexError
    fixed = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
    fixed |= {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
    widths = {
        0xC4: 1,
        0xC5: 2,
        0xC6: 4,
        0xC7: 1,
        0xC8: 2,
        0xC9: 4,
        0xD9: 1,
        0xDA: 2,
        0xDB: 4,
        0xDC: 2,
        0xDD: 4,
        0xDE: 2,
        0xDF: 4,
    }
    if tag in widths:
        number = data[at : at + widths[tag]]
        if len(number) < widths[tag]:
            raise IndexError
        count, at = int.from_bytes(number, "big"), at + widths[tag]
    else:
        count = fixed.get(tag, tag & 0x1F if tag >= 0xA0 else tag & 0x0F)
    if tag < 0xA0 or tag >= 0xDC:
        for _ in range(count * (2 if tag in (0xDE, 0xDF) or tag < 0x90 else 1)):
            at = end_of_value(data, at)
        return at
    at += count + (tag in (0xC7, 0xC8, 0xC9))
    if at > len(data):
        raise IndexError
    return at


@given(VALUES, st.data())
def test_a_message_is_taken_just_where_its_counts_are_true(value, data):
    message = srsly.msgpack_dumps(value)
    check_message(message)
    broken = bytearray(message)
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.sampled_from([0xDD, 0xDF, 0xC6, 0xC1, 0x9F, 0x01]))
    broken = bytes(broken[: data.draw(st.integers(1, len(broken)))])
    try:
        whole = end_of_value(broken) == len(broken)
    except IndexError:
        whole = False
    if whole:
        check_message(broken)
    else:
        with pytest.raises(ValueError, match="byte"):
            check_message(broken)


@pytest.mark.parametrize("depth", [500, 501, 100_000])
def test_a_message_may_be_as_deep_as_can_be_read_and_no_deeper(depth):
    message = b"\x91" * depth + b"\xc0"
    if depth <= 500:
        assert serialize.unpack_message(message) is not None
    else:
        with pytest.raises(FormatError, match="nested more than 500 deep"):
            serialize.unpack_message(message)


LYING = b"\xdd" + struct.pack(">I", 2_000_000)


@pytest.mark.parametrize("use_list", [True, False])
def test_lists_that_say_they_are_long_take_no_memory(use_list):
    # 400 lists inside each other, each of which could be as long as it says: reading it in good faith takes 6 GB as tuples.
    message = LYING * 400 + b"\xc0" * 2_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError, match="larger than what is left"):
        serialize.unpack_message(message, use_list=use_list)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


DOC = Doc(Vocab(), words=["a", "b"])
READERS = {
    "doc": Doc(Vocab()).from_bytes,
    "docbin": lambda data: DocBin().from_bytes(zlib.compress(data)),
    "span group": SpanGroup(DOC).from_bytes,
    "span groups": SpanGroups(DOC).from_bytes,
    "lookups": Lookups().from_bytes,
    "table": Table().from_bytes,
    "vectors": Vectors().from_bytes,
    "vocab": Vocab().from_bytes,
    "kb": InMemoryLookupKB(Vocab(), entity_vector_length=3).from_bytes,
    "trees": EditTrees(StringStore()).from_bytes,
    "moves": lambda data: spacy_lite.blank("en").add_pipe("ner").moves.from_bytes(data),
    "weights": lambda data: load_weights(Model("x", lambda model, X, is_train: (X, lambda d: d)), data),
    "pipeline": lambda data: spacy_lite.blank("en").from_bytes(data),
    "tokenizer": lambda data: spacy_lite.blank("en").tokenizer.from_bytes(data),
    "sentencizer": lambda data: spacy_lite.blank("en").add_pipe("sentencizer").from_bytes(data),
    "rules": lambda data: spacy_lite.blank("en").add_pipe("attribute_ruler").from_bytes(data),
    "patterns": lambda data: spacy_lite.blank("en").add_pipe("span_ruler").from_bytes(data),
    "entity patterns": lambda data: spacy_lite.blank("en").add_pipe("entity_ruler").from_bytes(data),
    "Chinese": lambda data: spacy_lite.blank("zh").tokenizer.from_bytes(data),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("collects", [True, False])
def test_a_failed_reading_leaves_the_collection_of_garbage_as_it_was(name, collects):
    try:
        (gc.enable if collects else gc.disable)()
        for data in (b"\xdc", b"\xc1", b"\x81\xa1a", srsly.msgpack_dumps([1])[:-1], LYING):
            with pytest.raises(FormatError, match="."):
                READERS[name](data)
            assert gc.isenabled() is collects
    finally:
        gc.enable()


# ---- where files are read ----

# What reads a format of its own, and the modules that may call it, because they see to what can go wrong.
GUARDED = {
    "msgpack_loads": {"serialize"},
    "read_msgpack": set(),
    "unpackb": {"serialize"},
    "read_gzip_json": set(),
    "read_gzip_jsonl": set(),
    "decompress": {"inflate"},
    "pickle_loads": {"vocab"},  # the parts of a vocabulary that is in a pickle the user reads
    "read_pickle": set(),
    "torch.load": {"ml.torch_weights"},
    "eval": set(),
    "exec": set(),
}
# The words of vectors, without running what the file says; what goes from one process of ours to another.
PICKLE = {"training.vector_files.gensim", "language.processes"}


PACKAGE = ROOT / "spacy_lite"
SUSPICIOUS = re.compile(
    r"msgpack|unpackb|gzip_json|decompress|pickle|torch\.load|eval\(|exec\(|\b(numpy|np)\.load|dill|marshal|shelve|joblib"
)


def modules(suffix):
    """(path, dotted name, text) of the modules in which a word of readers is found at all."""
    for path in sorted(PACKAGE.rglob(f"*{suffix}")):
        text = path.read_text(encoding="utf8")
        if SUSPICIOUS.search(text):
            yield path, ".".join(path.relative_to(PACKAGE).with_suffix("").parts), text


def test_files_are_read_in_the_places_that_know_how():
    for path, module, text in modules(".py"):
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        for call, name in ((call, ast.unparse(call.func)) for call in calls):
            for reader, allowed in GUARDED.items():
                if name == reader or name.endswith(f".{reader}"):
                    own = name.endswith((".eval", ".exec"))  # methods of models are called so
                    assert module in allowed or own, f"{path}:{call.lineno} calls {name}"
            if name in ("numpy.load", "np.load"):
                words = {word.arg: ast.unparse(word.value) for word in call.keywords}
                assert words.get("allow_pickle") == "False", f"{path}:{call.lineno} reads arrays that may be pickles"
    for path, module, text in modules(".pyx"):
        for reader, allowed in GUARDED.items():
            assert module in allowed or f".{reader}(" not in text, f"{path} calls {reader}"


def test_only_what_reads_without_running_it_imports_pickle():
    for path, module, text in modules(".py"):
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found = {"pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"} & {
                name.partition(".")[0] for name in names
            }
            assert not found or module in PICKLE, f"{path} imports {found}"


# ---- small files that hold much ----


@pytest.mark.parametrize("size", [0, 1, 1000, inflate.STEP + 5])
def test_what_was_compressed_comes_back(size):
    data = numpy.random.default_rng(0).integers(0, 4, size, dtype="uint8").tobytes()
    assert inflate.inflate(zlib.compress(data, 1)) == data
    assert inflate.inflate(gzip.compress(data, 1), kind=inflate.GZIP) == data
    assert inflate.inflate(gzip.compress(data, 1) + gzip.compress(b"more"), kind=inflate.GZIP) == data + b"more"


@pytest.mark.parametrize("cut", [0, 1, 5, -1])
def test_compressed_bytes_that_are_cut_off_or_foreign_are_refused(cut):
    data = zlib.compress(bytes(1000))[:cut]
    with pytest.raises(FormatError, match="cut off|damaged"):
        inflate.inflate(data)
    with pytest.raises(FormatError, match="damaged"):
        inflate.inflate(b"not compressed at all")


def test_a_small_file_that_holds_very_much_is_refused_before_memory_is_taken(monkeypatch):
    bomb = zlib.compress(bytes(20_000_000))
    monkeypatch.setattr(inflate, "ALWAYS", 1 << 20)
    monkeypatch.setattr(inflate, "STEP", 1 << 20)
    made = []
    check = inflate.check_size
    monkeypatch.setattr(inflate, "check_size", lambda size, packed: (made.append(size), check(size, packed)))
    with pytest.raises(FormatError, match="made to fill memory"):
        DocBin().from_bytes(bomb)
    assert made[-1] <= inflate.TIMES * len(bomb) + inflate.STEP


def test_no_more_is_unpacked_than_there_is_memory_for(monkeypatch):
    monkeypatch.setattr(inflate, "ALWAYS", 1 << 20)
    monkeypatch.setattr(inflate, "free_memory", lambda: 5_000_000)
    data = numpy.random.default_rng(0).integers(0, 2, 8_000_000, dtype="uint8").tobytes()
    with pytest.raises(FormatError, match="5,000,000 are free"):
        inflate.inflate(zlib.compress(data, 1))


def test_packed_vectors_and_tables_that_hold_very_much_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(inflate, "ALWAYS", 1 << 20)
    (tmp_path / "vectors.vec.gz").write_bytes(gzip.compress(b"word 0 0 0 0\n" * 1_000_000))
    with pytest.raises(FormatError, match=r"vectors\.vec\.gz.*made to fill memory"):
        sum(len(line) for line in open_file(tmp_path / "vectors.vec.gz"))
    (tmp_path / "lemma_lookup.json.gz").write_bytes(gzip.compress(b" " * 9_000_000))
    with pytest.raises(FormatError, match=r"lemma_lookup\.json\.gz.*made to fill memory"):
        spacy_lite.util.load_language_data(tmp_path / "lemma_lookup.json")


# ---- pickles ----


class Harm:
    """What leaves a mark where its pickle is read."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (str(self.mark), "w")


def test_arrays_that_are_pickles_are_refused(tmp_path):
    vectors = Vectors(shape=(1, 2))
    vectors.to_disk(tmp_path / "vectors")
    harm = numpy.array([[Harm(tmp_path / "mark"), 1]], dtype=object)
    for file in ("vectors", "keys"):
        with (tmp_path / "vectors" / file).open("wb") as stream:
            numpy.save(stream, harm, allow_pickle=True)
        (tmp_path / "vectors" / "key2row").unlink(missing_ok=True)
        with pytest.raises(FormatError, match="vectors"):
            Vectors().from_disk(tmp_path / "vectors")
    message = {b"nd": True, b"type": "O", b"kind": b"O", b"shape": [1], b"data": pickle.dumps(Harm(tmp_path / "mark"))}
    for kind in (b"O", b"V", b""):
        with pytest.raises(FormatError, match="msgpack"):
            serialize.unpack_message(srsly.msgpack_dumps({**message, b"kind": kind}))
    assert not (tmp_path / "mark").exists()


def test_wrapped_torch_models_read_weights_as_arrays_alone(monkeypatch):
    def thincs(model, state_bytes, device):
        raise AssertionError("this reader may run what a file says")

    thincs.__module__ = "thinc.shims.pytorch"
    shim = types.SimpleNamespace(_deserialize_model=thincs, to_bytes=lambda: b"")
    own = types.SimpleNamespace(_deserialize_model=len)
    model = Model("x", lambda model, X, is_train: (X, lambda d: d), shims=[shim, own])
    secure_shims(model)
    assert own._deserialize_model is len
    asked = {}

    def load(file, **options):
        asked.update(options)
        return {"W": 1}

    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(__version__="2.6.0+cpu", load=load))
    taken = []
    wrapped = types.SimpleNamespace(load_state_dict=taken.append, to=taken.append)
    shim._deserialize_model(wrapped, b"weights", "cpu")
    assert taken == [{"W": 1}, "cpu"] and asked == {"map_location": "cpu", "weights_only": True}


def test_a_torch_that_cannot_read_safely_is_not_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(__version__="2.5.1"))
    with pytest.raises(FormatError, match=r"2\.6 or later"):
        read_torch_weights(b"")


def test_a_pickle_in_the_place_of_torch_weights_is_not_run(tmp_path):
    torch = pytest.importorskip("torch", reason="needs torch")
    files = [pickle.dumps(Harm(tmp_path / "mark")), b"PK", b""]
    stream = io.BytesIO()
    torch.save({"W": Harm(tmp_path / "mark")}, stream)
    for data in (*files, stream.getvalue()):
        with pytest.raises(FormatError, match="cannot be read as arrays"):
            read_torch_weights(data)
    wrapper = spacy_lite.registry.get("architectures", "spacy.TorchBiLSTMEncoder.v1")(8, 1, 0.0)
    saved = srsly.msgpack_loads(wrapper.to_bytes())
    shims = [number for number, own in enumerate(saved["shims"]) if own]
    assert shims
    state = {"config": {}, "state": stream.getvalue()}
    saved["shims"][shims[0]] = [srsly.msgpack_dumps(state)]
    with pytest.raises(FormatError, match="cannot be read as arrays"):
        load_weights(wrapper, srsly.msgpack_dumps(saved))
    (tmp_path / "model.bin").write_bytes(srsly.msgpack_dumps(saved))
    with pytest.raises(FormatError, match="cannot be read as arrays"):
        load_pretrained(wrapper, tmp_path / "model.bin")
    assert not (tmp_path / "mark").exists()


def test_reading_a_pipeline_never_asks_for_pickle(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("tagger").add_label("A")
    nlp.initialize()
    nlp.to_disk(tmp_path / "pipeline")
    script = (
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(('pickle', 'marshal.loads')) else None)\n"
        "import pickle, spacy_lite\n"
        "seen.clear()\n"
        "nlp = spacy_lite.load(sys.argv[1])\n"
        "nlp('One. Two.')\n"
        "print([event for event in seen if event.startswith('pickle')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "pipeline"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- writing ----


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    place = tmp_path / "pipe"
    os.mkfifo(place)
    reader = os.open(place, os.O_RDWR | os.O_NONBLOCK)
    try:
        with serialize.atomic_file(place) as part:
            part.write_bytes(b"scores")
        assert os.read(reader, 100) == b"scores" and place.is_fifo()
    finally:
        os.close(reader)
