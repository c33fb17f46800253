"""Drawings: well-formed, escaped, nothing over anything else, whatever the tree."""

import itertools
import random
import re
import xml.etree.ElementTree as ElementTree
from wsgiref.util import setup_testing_defaults

import pytest

import spacy_lite
from spacy_lite import displacy
from spacy_lite.displacy.dependencies import Arc, DependencyRenderer, arc_levels
from spacy_lite.displacy.spans import span_lanes
from spacy_lite.tokens import Doc, Span, SpanGroup


def parsed_doc(lang="en"):
    return Doc(
        spacy_lite.blank(lang).vocab,
        words=["She", "saw", "<b>", "&", "ships", "."],
        spaces=[True, True, True, True, False, False],
        heads=[1, 1, 4, 4, 1, 1],
        deps=["nsubj", "ROOT", "nmod", "cc", "obj", "punct"],
        pos=["PRON", "VERB", "X", "CCONJ", "NOUN", "PUNCT"],
        tags=["PRP", "VBD", "FW", "CC", "NNS", "."],
        lemmas=["she", "see", "b", "and", "ship", "."],
        ents=["O", "O", "B-PRODUCT", "O", "B-<ODD>", "O"],
    )


def tree_of(markup):
    return ElementTree.fromstring(markup)


def texts(root, name):
    return ["".join(node.itertext()) for node in root.iter() if name in (node.get("class") or "").split()]


def test_a_tree_is_well_formed_svg_with_every_word_and_arc():
    root = tree_of(displacy.render(parsed_doc(), options={"collapse_punct": False, "add_lemma": True, "fine_grained": True}))
    assert texts(root, "displacy-word") == ["She", "saw", "<b>", "&", "ships", "."]
    assert texts(root, "displacy-tag") == ["PRP", "VBD", "FW", "CC", "NNS", "."]
    assert texts(root, "displacy-lemma") == ["she", "see", "b", "and", "ship", "."]
    assert sorted(texts(root, "displacy-label")) == ["cc", "nmod", "nsubj", "obj", "punct"]


def test_punctuation_and_phrases_are_drawn_with_their_word_and_the_document_stays_as_it_is():
    doc = parsed_doc()
    words = displacy.parse_deps(doc)["words"]
    assert [word["text"] for word in words] == ["She", "saw", "<b>", "&", "ships."]
    assert words[-1]["tag"] == "NOUN"
    assert len(doc) == 6


def random_arcs(rng, words):
    """The arcs of a random projective tree."""

    def attach(start, end, head):
        if start >= end:
            return
        root = rng.randrange(start, end)
        if head is not None:
            yield Arc(min(root, head), max(root, head), "x" * rng.randrange(1, 20), root < head)
        yield from attach(start, root, root)
        yield from attach(root + 1, end, root)

    return list(attach(0, words, None))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("compact", [False, True])
def test_arcs_of_projective_trees_never_touch(direction, compact):
    rng = random.Random(0)
    for size in range(2, 14):
        words = [{"text": "w" * rng.randrange(1, 12), "tag": "X", "lemma": None} for _ in range(size)]
        arcs = random_arcs(rng, size)
        renderer = DependencyRenderer({"compact": compact})
        renderer.direction = direction
        root = tree_of(renderer.render_svg(0, words, arcs))
        boxes = []
        for node in root.iter():
            if node.get("class") == "displacy-arc":
                numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", node.get("d"))]
                boxes.append((numbers[0], numbers[8], numbers[4]))
        assert len(boxes) == len(arcs)
        for a, b in itertools.combinations(boxes, 2):
            outer, inner = (a, b) if a[1] - a[0] >= b[1] - b[0] else (b, a)
            apart = inner[1] < outer[0] or inner[0] > outer[1]
            within = outer[0] < inner[0] and inner[1] < outer[1] and outer[2] < inner[2]
            assert apart or within


def test_a_longer_arc_lies_above_what_it_encloses_and_what_it_crosses():
    arcs = [Arc(0, 1, "a", True), Arc(0, 3, "b", True), Arc(1, 4, "c", False), Arc(4, 5, "d", False)]
    levels = arc_levels(arcs)
    assert levels[0] == levels[3] == 1
    assert levels[1] > levels[0]
    assert levels[1] != levels[2]


def test_words_and_labels_have_the_room_they_need():
    words = [{"text": "Donaudampfschifffahrtsgesellschaft", "tag": "NOUN"}, {"text": "a", "tag": "DET"}]
    long_label = "a-very-long-label-of-an-arc-indeed-longer-than-words"
    renderer = DependencyRenderer({})
    short = renderer.centres(words, [])
    assert short[1] - short[0] > len(words[0]["text"]) * 4
    assert (lambda c: c[1] - c[0])(renderer.centres(words, [Arc(0, 1, long_label, True)])) > len(long_label) * 6


def test_a_language_written_from_the_right_is_drawn_from_the_right():
    doc = Doc(spacy_lite.blank("he").vocab, words=["אני", "רואה", "ספינה"], heads=[1, 1, 1], deps=["nsubj", "ROOT", "obj"])
    root = tree_of(displacy.render(doc))
    places = [float(node.get("x")) for node in root.iter() if node.get("class") == "displacy-word"]
    assert places == sorted(places, reverse=True)
    assert root.get("direction") == "rtl"


def test_entities_are_marked_in_the_text_and_escaped():
    markup = displacy.render(parsed_doc(), style="ent")
    root = tree_of(markup)
    assert texts(root, "displacy-entity") == ["<b>PRODUCT", "ships<ODD>"]
    assert "".join(root.itertext()).replace("PRODUCT", "").replace("<ODD>", "") == parsed_doc().text
    assert "<b>" not in markup


def test_entities_can_be_chosen_and_coloured():
    root = tree_of(displacy.render(parsed_doc(), style="ent", options={"ents": ["product"], "colors": {"PRODUCT": "#123456"}}))
    marked = list(root.iter("mark"))
    assert len(marked) == 1
    assert "#123456" in marked[0].get("style")


def test_entities_take_links_and_templates():
    content = {
        "text": "In London.",
        "ents": [{"start": 3, "end": 9, "label": "GPE", "kb_id": "Q84", "kb_url": "https://x.org/Q84"}],
    }
    root = tree_of(displacy.render(content, style="ent", manual=True))
    assert [(a.text, a.get("href")) for a in root.iter("a")] == [("Q84", "https://x.org/Q84")]
    drawn = displacy.render(content, style="ent", manual=True, options={"template": "[{text}|{label}]"})
    assert "In [London|GPE]." in drawn
    content["ents"][0]["kb_url"] = "javascript:alert(1)"
    with pytest.raises(ValueError, match="web address"):
        displacy.render(content, style="ent", manual=True)


def test_overlapping_entities_are_refused_with_the_style_that_can_draw_them():
    ents = [{"start": 0, "end": 5, "label": "A"}, {"start": 3, "end": 8, "label": "B"}]
    with pytest.raises(ValueError, match="style='span'"):
        displacy.render({"text": "some text", "ents": ents}, style="ent", manual=True)


def test_spans_of_one_lane_never_share_a_word():
    rng = random.Random(1)
    for _ in range(50):
        spans = []
        for _ in range(rng.randrange(1, 12)):
            start = rng.randrange(0, 20)
            spans.append({"start_token": start, "end_token": start + rng.randrange(1, 8), "label": rng.choice("AB")})
        lanes = span_lanes(spans)
        for (a, lane_a), (b, lane_b) in itertools.combinations(zip(spans, lanes, strict=True), 2):
            if lane_a == lane_b:
                assert a["end_token"] <= b["start_token"] or b["end_token"] <= a["start_token"]


def test_nested_spans_are_drawn_with_one_label_each():
    doc = parsed_doc()
    doc.spans["sc"] = SpanGroup(doc, spans=[Span(doc, 0, 3, "LONG"), Span(doc, 1, 2, "IN"), Span(doc, 1, 2, "SAME")])
    root = tree_of(displacy.render(doc, style="span"))
    assert sorted(texts(root, "displacy-label")) == ["IN", "LONG", "SAME"]
    assert sum(node.get("class") == "displacy-span" for node in root.iter()) == 5


def test_missing_annotation_is_said():
    doc = spacy_lite.blank("en")("Nothing here.")
    with pytest.warns(UserWarning, match="no dependency parse"):
        displacy.render(doc)
    with pytest.warns(UserWarning, match="no entities"):
        displacy.render(doc, style="ent")
    doc.spans["other"] = [doc[0:1]]
    with pytest.warns(UserWarning, match="'other'"):
        displacy.render(doc, style="span")


def test_wrong_arguments_are_named():
    doc = parsed_doc()
    with pytest.raises(ValueError, match="did you mean `dep`"):
        displacy.render(doc, style="deps")
    with pytest.raises(ValueError, match="collapse_punct"):
        displacy.render(doc, options={"collaps_punct": True})
    with pytest.raises(ValueError, match="manual=True"):
        displacy.render({"text": "x", "ents": []}, style="ent")
    with pytest.raises(ValueError, match="Doc and Span objects, got str"):
        displacy.render(["text"])
    with pytest.raises(ValueError, match="start 3 and end 1"):
        displacy.render(
            {"words": [{"text": "a"}] * 4, "arcs": [{"start": 3, "end": 1, "label": "x", "dir": "left"}]}, manual=True
        )


def test_pages_hold_all_drawings_and_minifying_keeps_the_text():
    docs = [parsed_doc(), parsed_doc()]
    page = displacy.render(docs, style="dep", page=True)
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<figure>") == 2
    small = displacy.render(docs, style="ent", minify=True)
    assert "\n" not in small
    assert small.count("PRODUCT") == 2


def test_a_span_is_drawn_alone_and_titles_stand_above():
    doc = parsed_doc()
    doc.user_data["title"] = "A & B"
    assert texts(tree_of(displacy.render(doc[0:2])), "displacy-word") == ["She", "saw"]
    assert "A &amp; B</h2>" in displacy.render(doc, style="ent")


def test_drawings_pass_through_the_wrapper(monkeypatch):
    monkeypatch.setattr(displacy, "RENDER_WRAPPER", None)
    displacy.set_render_wrapper(lambda markup: "TEST" + markup)
    assert displacy.render(parsed_doc(), style="ent").startswith("TEST")
    with pytest.raises(ValueError, match="function"):
        displacy.set_render_wrapper("no")


def test_the_server_gives_its_page_and_finds_a_port():
    environ, answers = {}, []
    setup_testing_defaults(environ)
    body = displacy.app(environ, lambda status, headers: answers.append((status, headers)))
    assert answers[0][0] == "200 OK"
    assert b"".join(body) == b""
    port = displacy.find_available_port(5000, "127.0.0.1", auto_select=True)
    assert 5000 <= port < 65536
