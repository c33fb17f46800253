"""The log and the curves of a run."""

import json
from xml.etree import ElementTree

import numpy
import pytest

from spacy_lite.training.curves import draw_curves
from spacy_lite.training.journal import Journal


def info(step, score=0.5):
    return {
        "step": step,
        "epoch": 0,
        "words": 10 * step,
        "seconds": 1.0,
        "score": score,
        "losses": {"tagger": numpy.float32(3.5)},
        "other_scores": {"tag_acc": score, "tag_per_type": {"NN": {"p": 1.0}}, "speed": 12000.0, "none": None},
    }


def test_the_log_holds_a_json_line_for_each_evaluation(tmp_path):
    journal = Journal(tmp_path)
    journal.add(info(0, 0.1))
    journal.add(info(200, 0.7))
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [0, 200]
    assert rows[1]["scores"]["tag_acc"] == 0.7
    assert rows[0]["losses"] == {"tagger": 3.5}


def test_a_resumed_run_drops_the_rows_it_will_write_again_and_a_cut_line(tmp_path):
    journal = Journal(tmp_path)
    for step in (0, 200, 400):
        journal.add(info(step))
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 600, "ep')
    resumed = Journal(tmp_path, from_step=201)
    assert [row["step"] for row in resumed.rows] == [0, 200]
    resumed.add(info(400, 0.9))
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["score"]) for row in rows] == [(0, 0.5), (200, 0.5), (400, 0.9)]


def test_a_new_run_begins_a_new_log(tmp_path):
    Journal(tmp_path).add(info(0))
    assert Journal(tmp_path).rows == []
    assert (tmp_path / "log.jsonl").read_text() == ""


def test_the_curves_are_xml_with_a_line_for_each_score_and_loss(tmp_path):
    journal = Journal(tmp_path)
    journal.add(info(0, 0.0))
    journal.add(info(200, 1.0))
    root = ElementTree.fromstring((tmp_path / "curves.svg").read_text())
    lines = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 3  # score, tag_acc; tagger. Speed is no score between 0 and 1.
    first, last = (tuple(map(float, point.split(","))) for point in lines[0].get("points").split())
    assert first[0] < last[0] and first[1] > last[1]  # to the right and, a better score, upwards


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_numbers_that_cannot_be_drawn_are_left_out(value):
    row = {"step": 0, "score": 0.5, "scores": {"odd": value}, "losses": {"odd": value}}
    assert "odd" not in draw_curves([row])


def test_an_empty_log_is_an_empty_picture():
    assert ElementTree.fromstring(draw_curves([])).tag.endswith("svg")
