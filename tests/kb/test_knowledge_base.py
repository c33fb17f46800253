"""The knowledge base in memory, against plain dictionaries and files spaCy 3.8 wrote."""

import pickle
import random
import struct
import warnings

import numpy
import pytest
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.errors import FormatError
from spacy_lite.kb import Candidate, InMemoryCandidate, InMemoryLookupKB, KnowledgeBase, get_candidates, get_candidates_batch
from spacy_lite.tokens import Doc
from spacy_lite.vocab import Vocab

# `contents` and to_bytes() of spaCy 3.8.18 for the knowledge base of `small`.
CONTENTS = bytes.fromhex(
    "030000000000000003000000000000000000803f0000004000004040000080400000a0400000c0400000803f00000040000040404b23735f83fb5d73"
    "000040410000000098e18e98abc2b60c0000f0400100000076571efbb2e524230000803f020000000200000000000000d5932f16598aab0202000000"
    "0000000001000000000000000000003f02000000000000000000803ebaa1aeac36926ba101000000000000000200000000000000cdcccc3d"
)
PARTS = {
    "header": "[3,2,3]",
    "entity_vectors": "[[1.0,2.0,3.0],[4.0,5.0,6.0],[1.0,2.0,3.0]]",
    "entries": "[[8313077028856472395,12.0,0],[916133616471171480,7.5,1],[2532401447369070454,1.0,2]]",
    "aliases": '["[[192399524322317269,2],[11631551226137452986,1]]","[[1,2],[2]]","[[0.5,0.25],[0.1000000015]]"]',
}


def small() -> InMemoryLookupKB:
    kb = InMemoryLookupKB(Vocab(), 3)
    kb.add_entity("Q1", 12, [1, 2, 3])
    kb.add_entity("Q2", 7.5, [4, 5, 6])
    kb.add_entity("Q0", 1, [1, 2, 3])
    kb.add_alias("Bob", ["Q1", "Q2"], [0.5, 0.25])
    kb.add_alias("Al", ["Q2"], [0.1])
    return kb


def facts(kb: InMemoryLookupKB) -> dict:
    return {
        "entities": {name: (kb.get_frequency(name), kb.get_vector(name)) for name in kb.get_entity_strings()},
        "aliases": {a: [(c.entity_, c.prior_prob) for c in kb.get_alias_candidates(a)] for a in kb.get_alias_strings()},
    }


def test_candidates_carry_entity_alias_prior_frequency_and_vector():
    kb = small()
    first, second = kb.get_alias_candidates("Bob")
    assert isinstance(first, Candidate) and isinstance(first, InMemoryCandidate)
    assert (first.entity_, first.alias_, first.prior_prob, first.entity_freq) == ("Q1", "Bob", 0.5, 12.0)
    assert first.entity_vector == [1.0, 2.0, 3.0]
    assert (second.entity, second.alias) == (kb.vocab.strings["Q2"], kb.vocab.strings["Bob"])
    assert kb.get_alias_candidates("nobody") == []


def test_a_candidate_of_any_knowledge_base_holds_what_it_was_given():
    kb = small()
    strings = kb.vocab.strings
    candidate = Candidate(kb, strings["Q2"], 3.0, [0.0, 1.0], strings["Bob"], 0.75)
    assert (candidate.entity_, candidate.alias_, candidate.entity_freq) == ("Q2", "Bob", 3.0)
    assert (candidate.entity_vector, candidate.prior_prob, candidate.kb) == ([0.0, 1.0], 0.75, kb)


def test_mentions_are_looked_up_by_their_text():
    kb = small()
    doc = Doc(kb.vocab, words=["Bob", "met", "Al", "."])
    assert [c.entity_ for c in get_candidates(kb, doc[0:1])] == ["Q1", "Q2"]
    assert [[c.entity_ for c in found] for found in get_candidates_batch(kb, [doc[0:1], doc[1:2], doc[2:3]])] == [
        ["Q1", "Q2"],
        [],
        ["Q2"],
    ]


def test_what_is_unknown_has_zeros_and_is_not_contained():
    kb = small()
    assert kb.get_vector("Q9") == [0.0, 0.0, 0.0]
    assert kb.get_vectors(["Q9", "Q2"]) == [[0.0, 0.0, 0.0], [4.0, 5.0, 6.0]]
    assert kb.get_prior_prob("Q9", "Bob") == kb.get_prior_prob("Q0", "Bob") == kb.get_prior_prob("Q1", "nobody") == 0.0
    assert kb.get_prior_prob("Q1", "Bob") == 0.5
    assert kb.contains_entity("Q1") and not kb.contains_entity("Bob") and not kb.contains_entity("")
    assert kb.contains_alias("Bob") and not kb.contains_alias("Q1") and not kb.contains_alias("")
    assert InMemoryLookupKB(Vocab(), 2).is_empty() and not kb.is_empty()


def test_what_is_there_already_stays_with_a_warning():
    kb = small()
    before = facts(kb)
    with pytest.warns(UserWarning, match="Q1"):
        kb.add_entity("Q1", 3, [9, 9, 9])
    with pytest.warns(UserWarning, match="Bob"):
        assert kb.add_alias("Bob", ["Q0"], [1.0]) is None
    with pytest.warns(UserWarning, match="Q1"):
        kb.append_alias("Bob", "Q1", 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kb.append_alias("Bob", "Q1", 0.1, ignore_warnings=True)
    assert facts(kb) == before


def test_meanings_are_appended_to_an_alias_and_leave_the_others_alone():
    kb = small()
    for i in range(40):
        kb.add_entity(f"N{i}", 1, [i, i, i])
        kb.append_alias("Al", f"N{i}", 0.01)
    assert [c.entity_ for c in kb.get_alias_candidates("Al")] == ["Q2", *(f"N{i}" for i in range(40))]
    assert [c.entity_ for c in kb.get_alias_candidates("Bob")] == ["Q1", "Q2"]


def test_new_entities_replace_the_old_and_aliases_keep_the_meanings_that_remain():
    kb = small()
    kb.set_entities(["Q2", "Q7"], [1, 2], [[0, 0, 1], [0, 1, 0]])
    assert facts(kb) == {
        "entities": {"Q2": (1.0, [0.0, 0.0, 1.0]), "Q7": (2.0, [0.0, 1.0, 0.0])},
        "aliases": {"Bob": [("Q2", 0.25)], "Al": [("Q2", pytest.approx(0.1))]},
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda kb: kb.add_entity("Q5", 1, [1, 2]), "3 numbers"),
        (lambda kb: kb.add_entity("", 1, [1, 2, 3]), "name"),
        (lambda kb: kb.add_alias("X", ["Q11"], [0.1]), "no entity of the knowledge base"),
        (lambda kb: kb.add_alias("X", ["Q1"], [0.1, 0.2]), "1 entities and 2 probabilities"),
        (lambda kb: kb.add_alias("X", ["Q1", "Q2"], [0.7, 0.7]), "1.4"),
        (lambda kb: kb.add_alias("X", ["Q1"], [-0.1]), "between 0 and 1"),
        (lambda kb: kb.add_alias("X", ["Q1"], [float("nan")]), "between 0 and 1"),
        (lambda kb: kb.add_alias("", ["Q1"], [0.1]), "empty"),
        (lambda kb: kb.append_alias("Bub", "Q1", 0.1), "did you mean `Bob`"),
        (lambda kb: kb.append_alias("Bob", "Q77", 0.1), "no entity"),
        (lambda kb: kb.append_alias("Bob", "Q0", 0.5), "1.25"),
        (lambda kb: kb.set_entities(["A", "B"], [1, 2], [[1, 2, 3]]), "1 vectors"),
        (lambda kb: kb.from_disk("/no/such/folder"), "not there"),
    ],
)
def test_bad_calls_say_what_is_wrong_and_change_nothing(call, message):
    kb = small()
    before = facts(kb)
    with pytest.raises(ValueError, match=message):
        call(kb)
    assert facts(kb) == before


def test_the_abstract_knowledge_base_is_not_made_and_names_what_a_subclass_lacks():
    with pytest.raises(TypeError, match="InMemoryLookupKB"):
        KnowledgeBase(Vocab(), 3)

    class Own(KnowledgeBase):
        def get_candidates(self, mention):
            return [mention]

        def get_vector(self, entity):
            return [float(len(entity))]

    own = Own(Vocab(), 1)
    assert own.get_candidates_batch([1, 2]) == [[1], [2]]
    assert own.get_vectors(["a", "bb"]) == [[1.0], [2.0]]
    with pytest.raises(TypeError, match="to_disk"):
        own.to_disk("somewhere")


# Files


def test_files_are_those_of_spacy_byte_for_byte(tmp_path):
    kb = small()
    kb.to_disk(tmp_path)
    assert (tmp_path / "contents").read_bytes() == CONTENTS
    assert sorted(srsly.read_json(tmp_path / "strings.json")) == ["Al", "Bob", "Q0", "Q1", "Q2"]
    # Parts and layout are the same in bytes; numbers have all their digits, where spaCy's have ten decimals.
    ours = srsly.msgpack_loads(kb.to_bytes())
    assert {**ours, "aliases": ours["aliases"].replace("0.10000000149011612", "0.1000000015")} == PARTS


def test_files_of_spacy_are_read(tmp_path):
    (tmp_path / "contents").write_bytes(CONTENTS)
    srsly.write_json(tmp_path / "strings.json", ["Al", "Bob", "Q0", "Q1", "Q2"])
    kb = InMemoryLookupKB(Vocab(), 1).from_disk(tmp_path)
    assert kb.entity_vector_length == 3
    assert facts(kb) == facts(small())


def test_bytes_of_spacy_are_read():
    kb = InMemoryLookupKB(small().vocab, 1).from_bytes(srsly.msgpack_dumps(PARTS))
    assert kb.entity_vector_length == 3
    assert facts(kb) == facts(small())


def test_bytes_may_end_with_an_empty_vector_as_those_of_a_base_that_spacy_read_from_a_file():
    parts = srsly.msgpack_loads(small().to_bytes())
    parts["entity_vectors"] = srsly.json_dumps([*srsly.json_loads(parts["entity_vectors"]), []])
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=small().entity_vector_length)
    assert kb.from_bytes(srsly.msgpack_dumps(parts)).to_bytes() == small().to_bytes()


def test_released_files_come_out_as_they_went_in(shared_data, tmp_path):
    for folder in ("data_kb_tok/kb", "en_entity_linker/pipeline/entity_linker/kb"):
        source = shared_data / "spacy38_pipelines" / folder
        InMemoryLookupKB(Vocab(), 1).from_disk(source).to_disk(tmp_path)
        assert (tmp_path / "contents").read_bytes() == (source / "contents").read_bytes()


def test_a_truncated_file_is_refused_wherever_it_ends_and_changes_nothing(tmp_path):
    kb = small()
    for size in range(len(CONTENTS)):
        (tmp_path / "contents").write_bytes(CONTENTS[:size])
        with pytest.raises(FormatError, match="contents"):
            kb.read_contents(tmp_path / "contents")
    assert facts(kb) == facts(small())


def test_impossible_numbers_take_no_memory(tmp_path):
    huge = [2**62, -1, 2**31, 2**24 + 1]
    path = tmp_path / "contents"
    for entities in [0, 1, *huge]:
        for width in [0, 1, *huge]:
            if entities or width not in (0, 1):
                path.write_bytes(struct.pack("<qqq", entities, width, 0))
                with pytest.raises(FormatError):
                    InMemoryLookupKB(Vocab(), 1).read_contents(path)


def test_damaged_files_are_read_or_refused_but_never_worse(tmp_path):
    rng = random.Random(0)
    path = tmp_path / "contents"
    for _ in range(600):
        damaged = bytearray(CONTENTS)
        for _ in range(rng.randrange(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.choice([0, 1, 2, 127, 128, 255, rng.randrange(256)])
        path.write_bytes(damaged)
        kb = InMemoryLookupKB(Vocab(), 1)
        try:
            kb.read_contents(path)
        except FormatError:
            continue
        for alias in kb._table.alias_ids().tolist():
            entities = numpy.asarray([entity for entity, _ in kb._table.meanings(alias)], dtype="uint64")
            assert kb._table.vectors(entities).shape == (len(entities), kb.entity_vector_length)


@pytest.mark.parametrize(
    "change",
    [
        {"header": "[4,2,3]"},
        {"header": "[3,2,4]"},
        {"header": "[3,2]"},
        {"header": "nothing"},
        {"entries": "[[8313077028856472395,12.0,3],[916133616471171480,7.5,1],[2532401447369070454,1.0,2]]"},
        {"entries": "[[8313077028856472395,12.0,0],[8313077028856472395,7.5,1],[2532401447369070454,1.0,2]]"},
        {"aliases": '["[[192399524322317269,2],[11631551226137452986,1]]","[[1,4],[2]]","[[0.5,0.25],[0.1]]"]'},
        {"aliases": '["[[192399524322317269,2],[11631551226137452986,1]]","[[1,0],[2]]","[[0.5,0.25],[0.1]]"]'},
        {"aliases": "[]"},
    ],
)
def test_damaged_bytes_are_refused(change):
    with pytest.raises(FormatError):
        InMemoryLookupKB(Vocab(), 3).from_bytes(srsly.msgpack_dumps({**PARTS, **change}))


def test_bytes_without_a_part_are_refused():
    with pytest.raises(FormatError, match="entries"):
        InMemoryLookupKB(Vocab(), 3).from_bytes(srsly.msgpack_dumps({"header": "[0,0,3]"}))


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
numbers = st.floats(-1e6, 1e6, width=32)


@settings(max_examples=60)
@given(st.data(), st.integers(0, 5))
def test_any_knowledge_base_answers_as_dictionaries_do_and_survives_saving(data, width):
    kb = InMemoryLookupKB(Vocab(), width)
    vectors = st.lists(numbers, min_size=width, max_size=width)
    entities = data.draw(st.dictionaries(names, st.tuples(numbers, vectors), max_size=12))
    for name, (freq, vector) in entities.items():
        kb.add_entity(name, freq, vector)
    meanings = st.lists(st.sampled_from(sorted(entities)), unique=True, max_size=5) if entities else st.just([])
    aliases = data.draw(st.dictionaries(names, meanings, max_size=8))
    for alias, meant in aliases.items():
        kb.add_alias(alias, meant, [0.125] * len(meant))
    expected = {"entities": entities, "aliases": {a: [(m, 0.125) for m in meant] for a, meant in aliases.items()}}
    assert facts(kb) == expected
    copy = InMemoryLookupKB(kb.vocab, 1)
    copy._table = pickle.loads(pickle.dumps(kb._table))
    copy.entity_vector_length = width
    assert facts(copy) == expected
    again = InMemoryLookupKB(kb.vocab, 1).from_bytes(kb.to_bytes())
    assert facts(again) == expected


def test_storage_is_flat():
    kb = InMemoryLookupKB(Vocab(), 16)
    for i in range(20_000):
        kb.add_entity(f"Q{i}", 1, numpy.zeros(16))
    for i in range(20_000):
        kb.add_alias(f"alias {i}", [f"Q{i}", f"Q{(i + 1) % 20_000}"], [0.5, 0.5])
    entity, alias = 16 * 4 + 8 + 4, 24 + 2 * 8
    # Twice the data, for vectors that grow by doubling, and the two hash maps.
    assert kb._table.nbytes < 20_000 * 2 * (entity + alias) + 2 * 2 * 32_768 * 16
