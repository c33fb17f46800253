"""Pretraining: what it leaves, that it learns, goes on bit for bit, and what loading the weights refuses."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy
import pytest
from thinc.api import Model

import spacy_lite
from spacy_lite.config import Config, registry
from spacy_lite.config.config import ConfigValidationError
from spacy_lite.config.defaults import load_config, pretraining_config
from spacy_lite.language.loading import load_model_from_config
from spacy_lite.ml.fused import plain_layers
from spacy_lite.ml.fused.encode import TILED_ROWS
from spacy_lite.ml.models.multi_task import create_pretrain_characters, create_pretrain_vectors, loss_of_hidden_words
from spacy_lite.tokens import DocBin
from spacy_lite.training.pretrain import create_pretraining_model, ensure_docs, pretrain
from spacy_lite.training.stream import EmptyCorpusError

DATA = Path(__file__).parent / "data"
TEXT = "the a small old red ship house dog boat saw took found two three ships dogs and or in near by it she they"
WORDS = TEXT.split()


@pytest.fixture
def texts():
    rng = random.Random(1)
    return [" ".join(rng.choices(WORDS, k=rng.randint(6, 20))) + "." for _ in range(120)]


@pytest.fixture
def raw(tmp_path, texts):
    path = tmp_path / "raw.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf8")
    return path


@pytest.fixture
def config(raw):
    """A small pipeline, tok2vec and a tagger that listens, and how to pretrain it."""
    found = pretraining_config().merge(load_config(DATA / "pretrain.cfg"))
    found["paths"]["raw_text"] = str(raw)
    found["pretraining"]["batcher"]["size"] = 200
    found["pretraining"]["objective"] = {"@architectures": "spacy.PretrainCharacters.v1"} | {
        "maxout_pieces": 2,
        "hidden_size": 16,
        "n_characters": 2,
    }
    return found


def with_dev_corpus(config, raw, tmp_path):
    dev = tmp_path / "dev.jsonl"
    dev.write_text("".join(raw.read_text(encoding="utf8").splitlines(keepends=True)[:20]), encoding="utf8")
    config["corpora"]["held_out"] = {**config["corpora"]["pretrain"], "path": str(dev)}
    config["pretraining"]["dev_corpus"] = "corpora.held_out"


def log_of(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf8").splitlines()]


def initialized(config, **changes):
    changed = config.copy()
    changed["initialize"].update(changes)
    spacy_lite.util.fix_random_seed(5)
    nlp = load_model_from_config(changed, auto_fill=True)
    nlp.get_pipe("tagger").add_label("X")
    for label in ("A", "B") if "classes" in nlp.pipe_names else ():
        nlp.get_pipe("classes").add_label(label)
    nlp.initialize()
    return nlp


# ---- what a run leaves ----


def test_each_epoch_leaves_its_weights_and_a_line_of_the_log(config, tmp_path):
    config["pretraining"]["max_epochs"] = 3
    pretrain(config, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"model0.bin", "model1.bin", "model2.bin", "model-last.bin", "log.jsonl", "config.cfg", "checkpoint"} <= names
    rows = log_of(tmp_path / "out")
    assert [row["epoch"] for row in rows] == [0, 1, 2]
    assert {"nr_word", "loss", "epoch_loss", "epoch"} <= rows[0].keys()
    assert rows[2]["nr_word"] == 3 * rows[0]["nr_word"]


def test_files_are_left_out_as_the_settings_say(config, tmp_path):
    config["pretraining"].update(max_epochs=4, n_save_epoch=2, n_save_every=2)
    pretrain(config, tmp_path / "out", skip_last=True)
    names = {path.name for path in (tmp_path / "out").glob("*.bin")}
    assert {"model0.bin", "model2.bin", "model3.bin", "model0.temp.bin"} <= names
    assert "model1.bin" not in names and "model-last.bin" not in names


def test_the_held_out_loss_goes_down_and_its_best_weights_are_kept(config, raw, tmp_path):
    with_dev_corpus(config, raw, tmp_path)
    config["pretraining"]["max_epochs"] = 8
    config["pretraining"]["optimizer"].update(learn_rate=0.01, use_averages=False)
    pretrain(config, tmp_path / "out")
    losses = [row["dev_loss"] for row in log_of(tmp_path / "out")]
    assert losses[-1] < losses[0]
    best = (tmp_path / "out" / "model-best.bin").read_bytes()
    assert best == (tmp_path / "out" / f"model{losses.index(min(losses))}.bin").read_bytes()


def test_it_stops_when_the_held_out_loss_does_not_fall(config, raw, tmp_path):
    with_dev_corpus(config, raw, tmp_path)
    config["pretraining"].update(max_epochs=50, patience=2)
    config["pretraining"]["optimizer"].update(learn_rate=0.0, use_averages=False)
    pretrain(config, tmp_path / "out")
    assert [row["epoch"] for row in log_of(tmp_path / "out")] == [0, 1, 2]


def test_spacy_files_and_texts_give_the_same_weights(config, texts, tmp_path):
    pretrain(config, tmp_path / "from_text")
    nlp = spacy_lite.blank("en")
    DocBin(docs=[nlp.make_doc(text) for text in texts]).to_disk(tmp_path / "raw.spacy")
    config["corpora"]["pretrain"] = {"@readers": "spacy.Corpus.v1", "path": str(tmp_path / "raw.spacy"), "gold_preproc": False}
    pretrain(config, tmp_path / "from_docs")
    assert (tmp_path / "from_text/model1.bin").read_bytes() == (tmp_path / "from_docs/model1.bin").read_bytes()


# ---- going on ----


def test_a_run_cut_in_two_ends_with_the_same_weights_and_log(config, tmp_path):
    config["pretraining"]["max_epochs"] = 4
    pretrain(config, tmp_path / "whole")
    config["pretraining"]["max_epochs"] = 2
    pretrain(config, tmp_path / "parts")
    config["pretraining"]["max_epochs"] = 4
    pretrain(config, tmp_path / "parts", resume_path=tmp_path / "parts" / "model1.bin")
    for name in ("model3.bin", "model-last.bin"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    plain = [[{k: v for k, v in row.items() if k != "seconds"} for row in log_of(tmp_path / f)] for f in ("whole", "parts")]
    assert plain[0] == plain[1]


@pytest.mark.slow
def test_a_run_killed_anywhere_goes_on_to_the_same_weights(config, tmp_path):
    config["pretraining"]["max_epochs"] = 8
    config["pretraining"]["batcher"]["size"] = 60
    config.to_disk(tmp_path / "config.cfg")
    code = (
        "import sys; from spacy_lite.config.defaults import load_config; from spacy_lite.training.pretrain import pretrain; "
        "pretrain(load_config(sys.argv[1]), sys.argv[2], resume_path=sys.argv[3] or None, checkpoint_steps=3)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "config.cfg")]
    subprocess.run([*command, str(tmp_path / "whole"), ""], check=True)
    killed = tmp_path / "killed"
    rng = random.Random()
    kills = 0
    resume = ""
    while kills < 2:
        process = subprocess.Popen([*command, str(killed), resume])
        begun = (killed / "checkpoint" / "state.json").stat().st_mtime_ns if resume else None
        while process.poll() is None and not _has_moved_on(killed, begun):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills, resume = kills + 1, str(killed)
    subprocess.run([*command, str(killed), str(killed)], check=True)
    assert (tmp_path / "whole/model-last.bin").read_bytes() == (killed / "model-last.bin").read_bytes()
    assert (tmp_path / "whole/model7.bin").read_bytes() == (killed / "model7.bin").read_bytes()


def _has_moved_on(folder, begun):
    path = folder / "checkpoint" / "state.json"
    try:
        return path.stat().st_mtime_ns != begun
    except FileNotFoundError:
        return False


def test_weights_of_another_run_begin_at_the_epoch_their_name_tells(config, tmp_path):
    pretrain(config, tmp_path / "first")
    os.rename(tmp_path / "first/checkpoint", tmp_path / "first/moved")
    config["pretraining"]["max_epochs"] = 3
    pretrain(config, tmp_path / "second", resume_path=tmp_path / "first/model1.bin")
    assert [row["epoch"] for row in log_of(tmp_path / "second")] == [2]
    os.rename(tmp_path / "first/model1.bin", tmp_path / "first/mine.bin")
    with pytest.raises(ValueError, match="--epoch-resume"):
        pretrain(config, tmp_path / "third", resume_path=tmp_path / "first/mine.bin")
    pretrain(config, tmp_path / "third", resume_path=tmp_path / "first/mine.bin", epoch_resume=0)
    assert [row["epoch"] for row in log_of(tmp_path / "third")] == [0, 1, 2]


def test_a_checkpoint_of_another_config_is_refused(config, tmp_path):
    pretrain(config, tmp_path / "out")
    config["pretraining"]["dropout"] = 0.5
    with pytest.raises(ValueError, match=r"pretraining\.dropout: 0\.2 before, 0\.5 now"):
        pretrain(config, tmp_path / "out", resume_path=tmp_path / "out")


# ---- layers and objectives ----


def own_encoder(config):
    config["components"]["tagger"]["model"]["tok2vec"] = dict(config["components"]["tok2vec"]["model"])
    return config


@pytest.mark.parametrize(("component", "layer"), [("tok2vec", ""), ("tagger", "tok2vec")])
def test_the_layer_is_a_model_or_what_a_listener_listens_to(config, tmp_path, component, layer):
    config["pretraining"].update(component=component, layer=layer, max_epochs=1)
    pretrain(config, tmp_path / "out")
    nlp = initialized(config, init_tok2vec=str(tmp_path / "out/model0.bin"))
    assert nlp.get_pipe("tok2vec").model.to_bytes() is not None
    plain = initialized(config)
    doc = nlp.make_doc("She saw three ships.")
    assert not numpy.allclose(nlp.get_pipe("tok2vec").predict([doc])[0], plain.get_pipe("tok2vec").predict([doc])[0])


def test_the_layer_can_be_a_node_of_a_component(config, tmp_path):
    own_encoder(config)["pretraining"].update(component="tagger", layer="tok2vec", max_epochs=1)
    pretrain(config, tmp_path / "out")
    nlp, plain = initialized(config, init_tok2vec=str(tmp_path / "out/model0.bin")), initialized(config)
    table = [
        n.get_ref("tok2vec").get_ref("embed").to_bytes() for n in (nlp.get_pipe("tagger").model, plain.get_pipe("tagger").model)
    ]
    assert table[0] != table[1]
    assert nlp.get_pipe("tok2vec").model.to_bytes() == plain.get_pipe("tok2vec").model.to_bytes()


BAG = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 1, "no_output_layer": False}
CLASSIFIERS = [
    {"@architectures": "spacy.TextCatEnsemble.v2", "linear_model": BAG},
    {"@architectures": "spacy.TextCatCNN.v2", "exclusive_classes": True},
    {"@architectures": "spacy.TextCatParametricAttention.v1", "exclusive_classes": True},
    {"@architectures": "spacy.TextCatReduce.v1", "exclusive_classes": False, "use_reduce_first": True}
    | {"use_reduce_last": False, "use_reduce_max": False, "use_reduce_mean": True},
]


@pytest.mark.parametrize("listens", [False, True])
@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: model["@architectures"])
def test_the_encoder_of_a_text_classifier_is_pretrained(config, tmp_path, model, listens):
    encoder = (
        {"@architectures": "spacy.Tok2VecListener.v1", "width": 8} if listens else config["components"]["tok2vec"]["model"]
    )
    config["components"]["classes"] = {"factory": "textcat", "model": {**model, "tok2vec": dict(encoder)}}
    config["nlp"]["pipeline"].append("classes")
    config["pretraining"].update(component="classes", layer="tok2vec", max_epochs=1)
    pretrain(config, tmp_path / "out")
    nlp = initialized(config, init_tok2vec=str(tmp_path / "out/model0.bin"))
    classes = nlp.get_pipe("classes").model
    found = next(node.get_ref("tok2vec") for node in classes.walk() if node.has_ref("tok2vec"))
    if listens:
        found = nlp.get_pipe("tok2vec").model
    saved = initialized(config).get_pipe("tok2vec").model.from_bytes((tmp_path / "out/model0.bin").read_bytes())
    for node, other in zip(found.walk(), saved.walk(), strict=True):
        for parameter in node.param_names:
            assert numpy.array_equal(node.get_param(parameter), other.get_param(parameter))


@pytest.mark.parametrize(("component", "layer"), [("tagger", ""), ("tagger", "softmax"), ("tagger", "nothing"), ("ner", "")])
def test_a_layer_without_rows_for_words_is_refused(config, tmp_path, component, layer):
    config["pretraining"].update(component=component, layer=layer)
    own_encoder(config)
    with pytest.raises(ConfigValidationError, match="pretraining"):
        pretrain(config, tmp_path / "out")


@pytest.mark.parametrize("loss", ["cosine", "L2"])
def test_word_vectors_can_be_learned(config, tmp_path, loss):
    nlp = spacy_lite.blank("en")
    rng = numpy.random.default_rng(0)
    for word in WORDS:
        nlp.vocab.set_vector(word, rng.normal(loc=2, size=5).astype("float32"))
    nlp.to_disk(tmp_path / "vectors")
    config["initialize"]["vectors"] = str(tmp_path / "vectors")
    config["pretraining"]["objective"] = {"@architectures": "spacy.PretrainVectors.v1"} | {
        "maxout_pieces": 2,
        "hidden_size": 16,
        "loss": loss,
    }
    config["pretraining"]["max_epochs"] = 6
    config["pretraining"]["optimizer"]["learn_rate"] = 0.01
    pretrain(config, tmp_path / "out")
    losses = [row["loss_a_word"] for row in log_of(tmp_path / "out")]
    assert losses[-1] < 0.9 * losses[0]


def test_word_vectors_that_are_missing_and_an_unknown_loss_are_named(config, tmp_path):
    objective = {"@architectures": "spacy.PretrainVectors.v1", "maxout_pieces": 2, "hidden_size": 16, "loss": "cosine"}
    config["pretraining"]["objective"] = objective
    with pytest.raises(ConfigValidationError, match="no vectors"):
        pretrain(config, tmp_path / "out")
    config["pretraining"]["objective"] = {**objective, "loss": "cosin"}
    with pytest.raises(Exception, match="cosin"):
        pretrain(config, tmp_path / "out")


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("make", [create_pretrain_characters(2, 16, 3), create_pretrain_vectors(2, 16, "L2")])
def test_the_gradient_of_hidden_words_alone_is_that_of_the_whole_batch(texts, make, plain):
    nlp = spacy_lite.blank("en")
    for number, word in enumerate(WORDS):
        nlp.vocab.set_vector(word, numpy.eye(8, dtype="float32")[number % 8] + number)
    encoder = nlp.add_pipe("tok2vec").model
    docs = [nlp.make_doc(text) for text in texts[:12]]
    assert sum(map(len, docs)) < TILED_ROWS  # tiles round differently, so that pieces of maxout that all but tie change places
    encoder.initialize(X=docs[:1])
    model = make(nlp.vocab, encoder)
    model.initialize(X=docs[:1])
    for node in model.get_ref("output_layer").walk():
        if node.name == "linear":
            node.set_param("W", numpy.random.default_rng(0).normal(size=node.get_param("W").shape).astype("float32"))
    gradients = []
    for whole in (True, False):
        numpy.random.seed(0)
        for node in model.walk():
            for name in node.param_names:
                if node.has_grad(name):
                    node.set_grad(name, node.get_grad(name) * 0)
        if whole:
            prediction, backprop = model.begin_update(docs)
            backprop(model.attrs["loss"](model.ops, docs, prediction)[1])
        else:
            with plain_layers() if plain else nullcontext():
                loss_of_hidden_words(model, docs, is_train=True)[2]()
        gradients.append([node.get_grad(name).copy() for node in model.walk() for name in node.param_names])
    for of_all, of_hidden in zip(*gradients, strict=True):
        scale = numpy.abs(of_all).max()
        assert numpy.allclose(of_all, of_hidden, atol=1e-5 * max(scale, 1e-3), rtol=1e-3)


def test_an_objective_of_the_users_own_is_used(config, tmp_path):
    calls = []

    @registry.architectures("test.Sizes.v1")
    def sizes():
        def make(vocab, tok2vec):
            from spacy_lite.ml.models.multi_task import build_cloze_characters_multi_task_model

            model = build_cloze_characters_multi_task_model(vocab, tok2vec, maxout_pieces=2, hidden_size=8, nr_char=1)

            def loss(ops, docs, prediction):
                calls.append(len(docs))
                return 1.0, prediction * 0

            model.attrs["loss"] = loss
            return model

        return make

    config["pretraining"]["objective"] = {"@architectures": "test.Sizes.v1"}
    config["pretraining"]["max_epochs"] = 1
    pretrain(config, tmp_path / "out")
    assert calls


# ---- wrong input ----


def test_wrong_corpora_are_named(config, tmp_path):
    broken = tmp_path / "broken.jsonl"
    for content, message in [("", "gives no text"), ('{"txt": "x"}\n', "line 1"), ("not json\n", "line 1")]:
        broken.write_text(content)
        config["paths"]["raw_text"] = str(broken)
        with pytest.raises((EmptyCorpusError, ValueError), match=message):
            pretrain(config, tmp_path / "out")
    config["paths"]["raw_text"] = None
    with pytest.raises(Exception, match=r"paths\.raw_text"):
        pretrain(config, tmp_path / "out")
    with pytest.raises(TypeError, match="str"):
        ensure_docs(["text"])


def test_a_config_without_the_section_says_how_to_add_it(config, tmp_path):
    del config["pretraining"]
    with pytest.raises(ConfigValidationError, match="--pretraining"):
        pretrain(config, tmp_path / "out")


# ---- loading the weights ----


def test_loading_says_what_changed(config, tmp_path, caplog):
    pretrain(config, tmp_path / "out")
    with caplog.at_level("INFO", logger="spacy_lite"):
        initialized(config, init_tok2vec=str(tmp_path / "out/model1.bin"))
    assert "arrays of weights changed" in caplog.text


def test_weights_are_in_place_before_training(config, tmp_path):
    pretrain(config, tmp_path / "out")
    saved = (tmp_path / "out/model1.bin").read_bytes()
    layer = initialized(config, init_tok2vec=str(tmp_path / "out/model1.bin")).get_pipe("tok2vec").model
    other: Model = initialized(config).get_pipe("tok2vec").model.from_bytes(saved)
    for node, wanted in zip(layer.walk(), other.walk(), strict=True):
        for name in node.param_names:
            assert numpy.array_equal(node.get_param(name), wanted.get_param(name))


@pytest.mark.parametrize(("setting", "value"), [("width", 16), ("depth", 2), ("embed_size", 40), ("maxout_pieces", 3)])
def test_weights_of_another_architecture_are_refused(config, tmp_path, setting, value):
    pretrain(config, tmp_path / "out")
    config["components"]["tok2vec"]["model"][setting] = value
    if setting == "width":
        config["components"]["tagger"]["model"]["tok2vec"]["width"] = value
    with pytest.raises(ConfigValidationError, match="does not fit the model of `tok2vec`"):
        initialized(config, init_tok2vec=str(tmp_path / "out/model1.bin"))


def test_files_that_change_nothing_or_are_no_weights_are_refused(config, tmp_path):
    layer = initialized(config).get_pipe("tok2vec").model
    file = tmp_path / "weights.bin"
    file.write_bytes(layer.to_bytes())
    with pytest.raises(ConfigValidationError, match="changes nothing"):
        initialized(config, init_tok2vec=str(file))
    for content in (b"", b"no weights", layer.to_bytes()[:500]):
        file.write_bytes(content)
        with pytest.raises(ConfigValidationError, match="init_tok2vec"):
            initialized(config, init_tok2vec=str(file))
    with pytest.raises(ConfigValidationError, match="no file"):
        initialized(config, init_tok2vec=str(tmp_path / "none.bin"))


def test_weights_pretrained_by_spacy_give_its_rows(config):
    nlp = initialized(config, init_tok2vec=str(DATA / "pretrained_spacy38.bin"))
    rows = nlp.get_pipe("tok2vec").predict([nlp.make_doc("She saw three ships.")])[0]
    expected = json.loads((DATA / "pretrained_spacy38.json").read_text())
    assert numpy.allclose(rows, expected, atol=1e-5)


def test_saved_weights_have_the_layout_of_spacys(config, tmp_path):
    import srsly

    config["pretraining"]["max_epochs"] = 1
    pretrain(config, tmp_path / "out")
    files = [(tmp_path / "out/model0.bin").read_bytes(), (DATA / "pretrained_spacy38.bin").read_bytes()]
    ours, theirs = (srsly.msgpack_loads(content) for content in files)
    assert ours.keys() == theirs.keys()
    assert [node["name"] for node in ours["nodes"]] == [node["name"] for node in theirs["nodes"]]
    for mine, other in zip(ours["params"], theirs["params"], strict=True):
        assert {k: v is not None and v.shape for k, v in mine.items()} == {
            k: v is not None and v.shape for k, v in other.items()
        }


# ---- the snippets of the documentation on pretraining, in the form that runs ----


def test_default_block_is_merged_by_the_command_line(tmp_path, raw):
    from typer.testing import CliRunner

    from spacy_lite.cli import app

    base = tmp_path / "config.cfg"
    base.write_text((DATA / "pretrain.cfg").read_text().partition("[pretraining]")[0])
    run = CliRunner().invoke
    done = run(app, ["init", "fill-config", str(base), str(tmp_path / "config_pretrain.cfg"), "--pretraining"])
    assert done.exit_code == 0, done.output
    filled = load_config(tmp_path / "config_pretrain.cfg")
    for section in ("pretraining", "corpora"):
        wanted = pretraining_config()[section]
        assert {key: filled[section][key] for key in wanted} == wanted
    options = ["--paths.raw_text", str(raw), "--pretraining.max_epochs", "2"]
    done = run(app, ["pretrain", str(tmp_path / "config_pretrain.cfg"), str(tmp_path / "output"), *options])
    assert done.exit_code == 0, done.output
    assert "words/s" in done.output and (tmp_path / "output/model1.bin").exists()
    done = run(app, ["pretrain", str(base), str(tmp_path / "output")])
    assert done.exit_code == 1 and "--pretraining" in done.output


DOCUMENTED = """
[pretraining]
component = "tagger"
layer = "tok2vec"

[pretraining.objective]
@architectures = "spacy.PretrainCharacters.v1"
maxout_pieces = 3
hidden_size = 300
n_characters = 4
"""


def test_documented_blocks_resolve(config, tmp_path):
    given = Config().from_str(DOCUMENTED)
    nlp = load_model_from_config(own_encoder(config), auto_fill=True)
    settings = {**given["pretraining"], "dropout": 0.2, "objective": registry.resolve(given["pretraining"])["objective"]}
    model = create_pretraining_model(nlp, settings)
    assert model.get_ref("tok2vec") is nlp.get_pipe("tagger").model.get_ref("tok2vec")
    assert model.get_ref("output_layer").layers[-1].get_dim("nO") == 4 * 256
