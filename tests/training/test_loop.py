"""The training loop: what it does in which order, when it stops, what it leaves behind, and that it goes on bit for bit."""

import io
import json
import shutil
from pathlib import Path

import numpy
import pytest

import spacy_lite
from spacy_lite.errors import FormatError, ListenerError
from spacy_lite.tokens import DocBin
from spacy_lite.training import loop
from spacy_lite.training.checkpoint import read_checkpoint
from spacy_lite.training.initialize import init_nlp
from spacy_lite.training.loop import (
    create_before_to_disk_callback,
    create_evaluation_callback,
    subdivide_batch,
    train,
    train_while_improving,
)
from spacy_lite.training.parameters import save_optimizer, save_weights
from spacy_lite.training.state import TrainingState


class Killed(BaseException):
    """Stands for a kill -9: nothing that handles exceptions may act on it."""


class Sized:
    """An example of which only the length is known."""

    def __init__(self, n):
        self.predicted = "x" * n

    def __len__(self):
        return len(self.predicted)


class FakePipeline:
    """A pipeline without components, to look at the loop alone."""

    def __init__(self):
        self.batches, self.pipeline = [], []

    def update(self, examples, *, drop, losses, sgd, exclude, annotates):
        self.batches.append((list(examples), drop))
        losses["fake"] = losses.get("fake", 0.0) + 1.0


class FakeOptimizer:
    averages = None
    n_steps = 0

    def step_schedules(self):
        self.n_steps += 1


def run_fake(scores, n_batches=100, state=None, **settings):
    """Infos of a run whose evaluations give `scores` one after the other."""
    options = {
        "dropout": 0.1,
        "eval_frequency": 2,
        "accumulate_gradient": 1,
        "patience": 0,
        "max_steps": 0,
        "exclude": [],
        "annotating_components": [],
        "before_update": None,
    }
    nlp, optimizer = FakePipeline(), FakeOptimizer()
    given = iter(scores)
    steps = train_while_improving(
        nlp,
        optimizer,
        ((0, [Sized(1), Sized(2)]) for _ in range(n_batches)),
        lambda: (next(given), {}),
        state=state,
        **{**options, **settings},
    )
    return nlp, optimizer, [(info, is_best) for _, info, is_best in steps]


def test_the_first_update_is_evaluated_and_then_every_nth():
    _, _, infos = run_fake([0.1, 0.2, 0.1], n_batches=5)
    assert [info["step"] for info, is_best in infos if is_best is not None] == [0, 2, 4]
    assert [is_best for _, is_best in infos] == [True, None, True, None, False]


def test_losses_are_summed_between_evaluations():
    _, _, infos = run_fake([0.1] * 3, n_batches=5)
    assert [info["losses"]["fake"] for info, is_best in infos if is_best is not None] == [1.0, 2.0, 2.0]


def test_it_stops_after_max_steps():
    _, optimizer, infos = run_fake([0.0] * 10, max_steps=4)
    assert infos[-1][0]["step"] == 4
    assert optimizer.n_steps == 5


def test_patience_counts_from_the_earliest_best_step():
    state = TrainingState()
    _, _, infos = run_fake([0.1, 0.5, 0.5, 0.5, 0.5, 0.5], patience=5, state=state)
    assert infos[-1][0]["step"] == 7  # the best is step 2; 7 - 2 = 5
    assert "5 updates" in state.finished


def test_it_stops_when_the_batches_end():
    state = TrainingState()
    _, _, infos = run_fake([0.1] * 9, n_batches=3, state=state)
    assert (len(infos), state.finished) == (3, "all epochs are done")


def test_dropout_may_be_a_schedule():
    nlp, _, _ = run_fake([0.1] * 9, n_batches=3, dropout=iter([0.3, 0.2, 0.1]))
    assert [drop for _, drop in nlp.batches] == [0.3, 0.2, 0.1]


def test_before_update_sees_step_and_epoch():
    seen = []
    run_fake([0.1] * 9, n_batches=2, before_update=lambda nlp, args: seen.append(args))
    assert seen == [{"step": 0, "epoch": 0}, {"step": 1, "epoch": 0}]


@pytest.mark.parametrize("n, parts, sizes", [(6, 3, [2, 2, 2]), (7, 3, [2, 2, 2, 1]), (2, 3, [2]), (5, 1, [5])])
def test_a_batch_is_cut_into_parts_by_length(n, parts, sizes):
    batch = [Sized(7 * i % 5) for i in range(n)]
    cut = list(subdivide_batch(batch, parts))
    assert [len(part) for part in cut] == sizes
    lengths = [len(example.predicted) for part in cut for example in part]
    assert lengths == sorted(lengths)


class Scored:
    pipe_names = ("tagger",)

    def __init__(self, scores):
        self.scores = scores

    def evaluate(self, examples):
        return self.scores


def test_the_score_is_the_weighted_sum():
    evaluate = create_evaluation_callback(
        Scored({"a": 0.5, "b": 1.0, "c": None, "d": {}}), lambda nlp: [1], {"a": 0.5, "b": 0.25, "c": 0.25, "d": None, "e": 0.0}
    )
    assert evaluate()[0] == 0.5


@pytest.mark.parametrize(
    "weights, error, found", [({"z": 1.0}, KeyError, "`z`.*tagger"), ({"d": 1.0}, ValueError, "`d`.*not a number")]
)
def test_a_score_that_cannot_be_counted_is_an_error(weights, error, found):
    with pytest.raises(error, match=found):
        create_evaluation_callback(Scored({"d": {}}), lambda nlp: [1], weights)()


def test_an_empty_development_corpus_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        create_evaluation_callback(Scored({}), lambda nlp: [], {})()


def test_before_to_disk_must_return_a_pipeline():
    with pytest.raises(TypeError, match="before_to_disk"):
        create_before_to_disk_callback(lambda nlp: None)(object())


def run(config, output, **settings):
    nlp = init_nlp(config)
    train(nlp, output, stdout=io.StringIO(), stderr=io.StringIO(), **settings)
    return nlp


def weights_of(path: Path):
    return save_weights(spacy_lite.load(path))


def assert_same_arrays(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert value.tobytes() == second[name].tobytes(), name


def test_a_run_leaves_models_log_curves_and_checkpoint(make_config, tmp_path):
    nlp = run(make_config(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"model-best", "model-last", "checkpoint", "log.jsonl", "curves.svg"}
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [0, 6, 12, 18, 24]
    assert rows[-1]["score"] > rows[0]["score"]
    assert_same_arrays(weights_of(tmp_path / "model-last"), save_weights(nlp))
    performance = spacy_lite.load(tmp_path / "model-best").meta["performance"]
    assert performance["tag_acc"] == pytest.approx(max(row["scores"]["tag_acc"] for row in rows))
    assert "tagger_loss" in performance


def test_the_same_seed_gives_the_same_weights(make_config, tmp_path):
    run(make_config(), tmp_path / "a")
    run(make_config(), tmp_path / "b")
    assert_same_arrays(weights_of(tmp_path / "a" / "model-last"), weights_of(tmp_path / "b" / "model-last"))


def test_another_seed_gives_other_weights(make_config, tmp_path):
    run(make_config(), tmp_path / "a")
    run(make_config(**{"system.seed": 1}), tmp_path / "b")
    first, second = (weights_of(tmp_path / name / "model-last") for name in "ab")
    assert any((first[name] != second[name]).any() for name in first)


VARIANTS = {
    "plain": {},
    "averages": {"training.optimizer.use_averages": True},
    "radam": {"training.optimizer.@optimizers": "RAdam.v1"},
    "accumulated": {"training.accumulate_gradient": 2},
    "streamed": {"training.max_epochs": -1},
    "augmented": {"corpora.train.augmenter": {"@augmenters": "spacy.lower_case.v1", "level": 0.3}},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kill_at", [1, 9, 19])
def test_resumed_training_ends_with_the_same_weights_bit_for_bit(make_config, tmp_path, monkeypatch, variant, kill_at):
    config = make_config()
    for name, value in VARIANTS[variant].items():
        *sections, key = name.split(".")
        node = config
        for section in sections:
            node = node[section]
        node[key] = value
    whole = run(config, tmp_path / "whole")
    kill_during_update(monkeypatch, kill_at)
    with pytest.raises(Killed):
        run(config, tmp_path / "killed")
    monkeypatch.undo()
    assert read_checkpoint(tmp_path / "killed" / "checkpoint").state.step < 25
    resumed = run(config, tmp_path / "killed", resume=True)
    assert_same_arrays(save_weights(whole), save_weights(resumed))
    for name in ("model-last", "model-best"):
        assert_same_arrays(weights_of(tmp_path / "whole" / name), weights_of(tmp_path / "killed" / name))
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("whole", "killed")]
    strip = [
        [{k: v for k, v in json.loads(line).items() if k in ("step", "score", "losses", "words")} for line in log]
        for log in logs
    ]
    assert strip[0] == strip[1]


def test_a_sourced_and_frozen_component_keeps_its_weights_and_resumes(make_config, tmp_path, monkeypatch):
    run(make_config(), tmp_path / "base")
    config = make_config(**{"training.frozen_components": ["tagger"]})
    # A model of its own in place of the listener, so that the shared layer may change under it.
    config["components"]["tagger"] = {"source": str(tmp_path / "base" / "model-best"), "replace_listeners": ["model.tok2vec"]}
    whole = run(config, tmp_path / "whole")
    kill_during_update(monkeypatch, 9)
    with pytest.raises(Killed):
        run(config, tmp_path / "killed")
    monkeypatch.undo()
    resumed = run(config, tmp_path / "killed", resume=True)
    assert_same_arrays(save_weights(whole), save_weights(resumed))
    doc = whole("Ships sail.")
    assert [t.tag_ for t in doc] == [t.tag_ for t in spacy_lite.load(tmp_path / "base" / "model-best")("Ships sail.")]


def test_a_frozen_component_without_weights_is_an_error(make_config):
    with pytest.raises(ValueError, match="`senter` is frozen, but has no weights"):
        init_nlp(make_config(**{"training.frozen_components": ["senter"]}))


def test_a_frozen_upstream_must_annotate(make_config, tmp_path):
    run(make_config(), tmp_path / "base")
    config = make_config(**{"training.frozen_components": ["tok2vec"]})
    config["components"]["tok2vec"] = {"source": str(tmp_path / "base" / "model-best")}
    with pytest.raises(ListenerError, match="annotating_components"):
        init_nlp(config)
    config["training"]["annotating_components"] = ["tok2vec"]
    nlp = run(config, tmp_path / "out")
    base = weights_of(tmp_path / "base" / "model-best")
    after = save_weights(nlp)
    assert all(value.tobytes() == after[name].tobytes() for name, value in base.items() if name.startswith("tok2vec/"))
    assert any(value.tobytes() != after[name].tobytes() for name, value in base.items() if name.startswith("tagger/"))


def kill_during_update(monkeypatch, step):
    """End the run in the middle of its update number `step`, without a chance to save anything."""
    monkeypatch.setattr(loop._Run, "_save_at_end", lambda self: None)
    seen = {"n": 0}
    finish = loop._finish_update

    def dying(*args):
        if seen["n"] == step:
            raise Killed
        seen["n"] += 1
        finish(*args)

    monkeypatch.setattr(loop, "_finish_update", dying)


def test_a_finished_run_can_be_made_longer(make_config, tmp_path):
    run(make_config(**{"training.max_steps": 24}), tmp_path / "long")
    run(make_config(**{"training.max_steps": 9}), tmp_path / "short")
    run(make_config(**{"training.max_steps": 24}), tmp_path / "short", resume=True)
    assert_same_arrays(weights_of(tmp_path / "long" / "model-last"), weights_of(tmp_path / "short" / "model-last"))


def test_the_optimizer_comes_back(make_config, tmp_path):
    nlp = init_nlp(make_config())
    one = loop._Run(nlp, tmp_path, -1, io.StringIO(), io.StringIO())
    one.prepare(None, 0, 0.0)
    one.go()
    arrays, counts = save_optimizer(nlp, one.optimizer)
    assert any(name.startswith("mom2:tagger/") for name in arrays)
    again = init_nlp(make_config())
    two = loop._Run(again, tmp_path, -1, io.StringIO(), io.StringIO())
    two.prepare(read_checkpoint(tmp_path / "checkpoint"), 0, 0.0)
    other_arrays, other_counts = save_optimizer(again, two.optimizer)
    assert_same_arrays(arrays, other_arrays)
    assert counts == other_counts


def test_resuming_where_there_is_nothing_begins(make_config, tmp_path):
    run(make_config(), tmp_path / "a")
    run(make_config(), tmp_path / "b", resume=True)
    assert_same_arrays(weights_of(tmp_path / "a" / "model-last"), weights_of(tmp_path / "b" / "model-last"))


def test_resuming_with_another_config_names_what_differs(make_config, tmp_path):
    run(make_config(), tmp_path)
    with pytest.raises(ValueError, match="training.dropout: 0.2 before, 0.5 now"):
        run(make_config(**{"training.dropout": 0.5}), tmp_path, resume=True)


def test_a_corpus_may_move_but_not_change(make_config, corpora, tmp_path):
    run(make_config(**{"training.max_steps": 3}), tmp_path / "out")
    moved = shutil.copy(corpora["train"], tmp_path / "moved.spacy")
    run(make_config(**{"training.max_steps": 6, "paths.train": str(moved)}), tmp_path / "out", resume=True)
    docs = list(DocBin().from_disk(corpora["train"]).get_docs(spacy_lite.blank("en").vocab))
    DocBin(docs=[*docs[1:], docs[0]]).to_disk(moved)
    with pytest.raises(ValueError, match="not the one the checkpoint"):
        run(make_config(**{"training.max_steps": 9, "paths.train": str(moved)}), tmp_path / "out", resume=True)


def test_a_damaged_checkpoint_is_an_error(make_config, tmp_path):
    run(make_config(), tmp_path)
    arrays = tmp_path / "checkpoint" / "arrays.npz"
    arrays.write_bytes(arrays.read_bytes()[:-2000])
    with pytest.raises(FormatError, match="not a complete checkpoint"):
        run(make_config(), tmp_path, resume=True)


def test_a_checkpoint_holds_no_pickles(make_config, tmp_path):
    run(make_config(), tmp_path)
    with numpy.load(tmp_path / "checkpoint" / "arrays.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_a_failing_save_leaves_the_good_model(make_config, tmp_path, monkeypatch):
    run(make_config(), tmp_path)
    before = weights_of(tmp_path / "model-best")
    nlp = init_nlp(make_config(**{"system.seed": 7}))
    tagger = nlp.get_pipe("tagger")

    def fail(path, *, exclude=()):
        Path(path).mkdir(parents=True)
        (Path(path) / "half").write_text("x")
        raise OSError("disk full")

    monkeypatch.setattr(tagger, "to_disk", fail)
    with pytest.raises(OSError, match="disk full"):
        train(nlp, tmp_path, stdout=io.StringIO(), stderr=io.StringIO())
    assert_same_arrays(before, weights_of(tmp_path / "model-best"))
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_output_that_cannot_be_written_is_noticed_before_training(make_config, tmp_path):
    (tmp_path / "file").write_text("")
    nlp = init_nlp(make_config())
    before = save_weights(nlp)
    with pytest.raises(OSError, match="cannot be written"):
        train(nlp, tmp_path / "file" / "out")
    assert_same_arrays(before, save_weights(nlp))


def test_without_output_nothing_is_written(make_config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, path = train(init_nlp(make_config()), stdout=io.StringIO(), stderr=io.StringIO())
    assert path is None and not list(tmp_path.iterdir())


def test_the_table_has_a_row_for_each_evaluation(make_config, tmp_path):
    out = io.StringIO()
    train(init_nlp(make_config()), tmp_path, stdout=out, stderr=io.StringIO())
    header, line, *rows = out.getvalue().splitlines()
    assert header.split()[:2] == ["E", "#"]
    assert "TAG_ACC" in header and "LOSS TAGGER" in header and set(line) <= set("- ")
    assert [row.split()[1] for row in rows] == ["0", "6", "12", "18", "24"]


def test_leftovers_of_a_killed_run_are_cleared(make_config, tmp_path):
    shutil.copytree(Path(__file__).parent, tmp_path / ".model-best.abc.part", ignore=shutil.ignore_patterns("*"))
    run(make_config(), tmp_path)
    assert not (tmp_path / ".model-best.abc.part").exists()
