"""The commands, from a treebank to scores, and what they say when something is wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import spacy_lite
from spacy_lite.cli._util import app
from spacy_lite.config.config import Config
from spacy_lite.tokens import DocBin
from spacy_lite.training.parameters import save_weights

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--components.tok2vec.model.encode.width", 16, "--components.tok2vec.model.encode.depth", 1)
SMALL += ("--components.tok2vec.model.embed.rows", "[200,100,100,100]")


def invoke(*words, ok=True):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if ok:
        assert result.exit_code == 0, result.output + result.stderr
    return result


def fails(*words):
    """The message of a command that must end with exit code 1, without a traceback."""
    result = invoke(*words, ok=False)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output + result.stderr
    return " ".join(result.stderr.split())


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, corpus_dir):
    """A folder with corpus/, config.cfg and a pipeline trained for 40 steps in out/."""
    folder = tmp_path_factory.mktemp("workplace")
    for name in ("train", "dev"):
        invoke("convert", corpus_dir / f"{name}.conllu", folder / "corpus", "--converter", "conllu", "--n-sents", 10)
    invoke("init", "config", folder / "config.cfg", "--pipeline", "tagger,morphologizer,trainable_lemmatizer,senter")
    invoke(*train_words(folder, folder / "out", 40))
    return folder


def train_words(folder, output, max_steps):
    return (
        *("train", folder / "config.cfg", "--output", output),
        *("--paths.train", folder / "corpus" / "train.spacy", "--paths.dev", folder / "corpus" / "dev.spacy"),
        *("--training.max_steps", max_steps, "--training.eval_frequency", 20),
        *SMALL,
    )


def test_the_trained_pipeline_annotates(workplace):
    nlp = spacy_lite.load(workplace / "out" / "model-best")
    assert nlp.pipe_names == ["tok2vec", "tagger", "morphologizer", "trainable_lemmatizer", "senter"]
    doc = nlp("The ships are old. They sink.")
    assert all(token.tag_ and token.pos_ and token.lemma_ for token in doc)


def test_evaluate_prints_and_saves_scores(workplace, tmp_path):
    result = invoke(
        "evaluate", workplace / "out" / "model-best", workplace / "corpus" / "dev.spacy", "-o", tmp_path / "scores.json"
    )
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["token_acc"] > 0.97
    assert scores["tag_acc"] == pytest.approx(spacy_lite.load(workplace / "out" / "model-best").meta["performance"]["tag_acc"])
    for word in ("TAG", "POS", "MORPH", "LEMMA", "SENT F", "SPEED"):
        assert word in result.output


def test_benchmark_accuracy_is_evaluate(workplace):
    words = ("benchmark", "accuracy", workplace / "out" / "model-best", workplace / "corpus" / "dev.spacy")
    assert "LEMMA" in invoke(*words).output


def test_benchmark_speed_gives_words_per_second(workplace):
    output = invoke(
        *("benchmark", "speed", workplace / "out" / "model-best", workplace / "corpus" / "dev.spacy"),
        *("--batches", 30, "--warmup", 0, "-b", 4),
    ).output
    assert "words/s" in output


def test_apply_writes_annotated_docs(workplace, tmp_path):
    (tmp_path / "texts.jsonl").write_text('{"body": "She runs."}\n{"body": "They ran."}\n')
    words = ("apply", workplace / "out" / "model-best", tmp_path / "texts.jsonl", tmp_path / "docs.spacy", "--text-key", "body")
    invoke(*words)
    nlp = spacy_lite.blank("en")
    docs = list(DocBin().from_disk(tmp_path / "docs.spacy").get_docs(nlp.vocab))
    assert [doc.text for doc in docs] == ["She runs.", "They ran."]
    assert all(token.tag_ for doc in docs for token in doc)
    assert "--force" in fails(*words)


def test_info_is_about_the_installation_or_a_pipeline(workplace):
    assert spacy_lite.__version__ in invoke("info").output
    assert "trainable_lemmatizer" in invoke("info", workplace / "out" / "model-best").output
    assert invoke("info", "-md").output.startswith("## spacy_lite")
    assert "no pipeline" in fails("info", workplace / "nothing")


def test_init_labels_speeds_up_initialisation(workplace, tmp_path):
    paths = ("--paths.train", workplace / "corpus" / "train.spacy", "--paths.dev", workplace / "corpus" / "dev.spacy")
    output = invoke("init", "labels", workplace / "config.cfg", tmp_path, *paths, *SMALL).output
    labels = json.loads((tmp_path / "tagger.json").read_text())
    assert "NN" in labels and "read_labels" in output
    assert {path.stem for path in tmp_path.iterdir()} == {"tagger", "morphologizer", "trainable_lemmatizer"}


def test_assemble_and_init_nlp_save_pipelines(workplace, tmp_path):
    paths = ("--paths.train", workplace / "corpus" / "train.spacy", "--paths.dev", workplace / "corpus" / "dev.spacy")
    invoke("init", "nlp", workplace / "config.cfg", tmp_path / "ready", *paths, *SMALL)
    assert "NN" in spacy_lite.load(tmp_path / "ready").get_pipe("tagger").labels
    (tmp_path / "rules.cfg").write_text(
        '[nlp]\nlang = "en"\npipeline = ["sentencizer"]\n\n[components]\n\n[components.sentencizer]\nfactory = "sentencizer"\n'
    )
    invoke("assemble", tmp_path / "rules.cfg", tmp_path / "rules")
    assert len(list(spacy_lite.load(tmp_path / "rules")("One. Two.").sents)) == 2


def test_debug_data_tells_about_the_corpora(workplace):
    words = ("debug", "data", workplace / "config.cfg", "--paths.train", workplace / "corpus" / "train.spacy")
    output = invoke(*words, "--paths.dev", workplace / "corpus" / "dev.spacy").output
    for part in ("Part-of-speech tags", "Morphology", "Sentences", "NN ("):
        assert part in output
    overlapping = invoke(*words, "--paths.dev", workplace / "corpus" / "train.spacy").output
    assert "in the training corpus too" in overlapping


def test_debug_config_lists_variables_and_functions(workplace):
    output = invoke("debug", "config", workplace / "config.cfg", "-F", "-V").output
    assert "Config is valid" in output
    assert "${paths.train}" in output and "spacy.MultiHashEmbed.v2" in output


def test_debug_model_shows_the_layers(workplace):
    paths = ("--paths.train", workplace / "corpus" / "train.spacy", "--paths.dev", workplace / "corpus" / "dev.spacy")
    output = invoke("debug", "model", workplace / "config.cfg", "tok2vec", "-P1", "-DIM", *paths, *SMALL).output
    assert "hashembed" in output and "nO: 16" in output


def test_find_function_gives_file_and_line():
    output = invoke("find-function", "spacy.Corpus.v1", "-r", "readers").output
    assert "training/corpus.py:" in output.replace("\n", "")


def test_validate_is_content_without_installed_pipelines():
    assert "No pipelines are installed" in invoke("validate").output


def test_package_makes_a_folder_that_loads(workplace, tmp_path, monkeypatch):
    (tmp_path / "extra_code.py").write_text("VALUE = 3\n")
    words = (
        "package",
        workplace / "out" / "model-best",
        tmp_path,
        "--name",
        "en_demo",
        "--version",
        "1.2.3",
        "--build",
        "none",
    )
    invoke(*words, "--code", tmp_path / "extra_code.py")
    assert "--force" in fails(*words)
    monkeypatch.syspath_prepend(tmp_path / "en_demo-1.2.3")
    import en_demo

    assert en_demo.__version__ == "1.2.3"
    assert en_demo.load().pipe_names[0] == "tok2vec"
    assert "TAG" in (tmp_path / "en_demo-1.2.3" / "README.md").read_text().upper()


def test_training_goes_on_after_a_kill(workplace, tmp_path):
    """A process ended by kill -9 between two evaluations, then --resume: the weights of an uninterrupted run."""
    words = [str(word) for word in train_words(workplace, tmp_path / "out", 60)]
    process = subprocess.Popen(
        [sys.executable, "-m", "spacy_lite", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.time() + 60
    while not (tmp_path / "out" / "checkpoint" / "state.json").exists() and time.time() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    state = json.loads((tmp_path / "out" / "checkpoint" / "state.json").read_text())
    assert state["state"]["step"] < 61
    invoke("train", "--output", tmp_path / "out", "--resume")
    invoke(*train_words(workplace, tmp_path / "whole", 60))
    resumed, whole = (save_weights(spacy_lite.load(tmp_path / name / "model-last")) for name in ("out", "whole"))
    assert resumed.keys() == whole.keys()
    for name, value in whole.items():
        assert value.tobytes() == resumed[name].tobytes(), name


def test_wrong_input_ends_in_one_message(workplace, tmp_path):
    config = workplace / "config.cfg"
    train, dev = workplace / "corpus" / "train.spacy", workplace / "corpus" / "dev.spacy"
    run = ("train", config, "--output", tmp_path / "out", "--paths.dev", dev, *SMALL)
    assert "nothing.spacy" in fails(*run, "--paths.train", tmp_path / "nothing.spacy")
    cut = tmp_path / "cut.spacy"
    cut.write_bytes(train.read_bytes()[:500])
    assert "cut.spacy" in fails(*run, "--paths.train", cut)
    DocBin().to_disk(tmp_path / "empty.spacy")
    assert "empty" in fails(*run, "--paths.train", tmp_path / "empty.spacy")
    run = ("train", config, "--output", tmp_path / "other", "--paths.dev", dev, *SMALL)
    assert "--paths.train" in fails(*run)
    assert "max_steps" in fails(*run, "--paths.train", train, "--training.max_step", 10)
    assert not (tmp_path / "other").exists()  # nothing is left of a run that did not begin
    assert "expected a rate" in fails(*run, "--paths.train", train, "--training.dropout", "much")
    assert "`tagger` listens to `tok3vec`, which is not in the pipeline" in fails(
        *run, "--paths.train", train, "--components.tagger.model.tok2vec.upstream", "tok3vec"
    )
    left_out = ("--nlp.pipeline", '["tagger"]')
    assert "takes its value from `tok2vec`" in fails(*run, "--paths.train", train, *left_out)
    width = ("--components.tagger.model.tok2vec.width", 16)
    assert "`tagger` listens to `tok2vec`, which is not in" in fails(*run, "--paths.train", train, *left_out, *width)
    nothing = ("--paths.dev", tmp_path / "empty.spacy", "--paths.train", train)
    assert "development corpus" in fails(*run, *nothing)
    assert "no config file" in fails("train", tmp_path / "none.cfg")
    assert "no checkpoint" in fails("train", "--output", tmp_path / "out", "--resume")
    assert "--section.key" in fails("train", config, "stray")
    (tmp_path / "file").write_text("")
    message = fails("train", config, "--output", tmp_path / "file" / "out", "--paths.train", train, "--paths.dev", dev)
    assert "cannot be written" in message
    assert not (tmp_path / "out" / "model-last").exists()


def test_a_run_that_fails_and_a_damaged_pipeline_lose_nothing(workplace, tmp_path):
    good, dev = tmp_path / "out" / "model-best", workplace / "corpus" / "dev.spacy"
    shutil.copytree(workplace / "out" / "model-best", good)
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    cut = tmp_path / "cut.spacy"
    cut.write_bytes(dev.read_bytes()[:500])
    run = ("train", workplace / "config.cfg", "-o", tmp_path / "out", *SMALL)
    assert "cut.spacy" in fails(*run, "--paths.train", cut, "--paths.dev", dev)
    assert "cut.spacy" in fails(*run, "--paths.train", dev, "--paths.dev", cut)
    assert "cut.spacy" in fails("evaluate", good, cut)
    assert before == {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    weights = good / "tagger" / "model"
    weights.write_bytes(weights.read_bytes()[:100])
    assert "weights of `tagger`" in fails("evaluate", good, dev)
    shutil.rmtree(good / "tagger")
    assert "has no tagger" in fails("evaluate", good, dev)


@pytest.mark.parametrize(
    "old, new, found",
    [
        ("dropout = 0.1", "dropuot = 0.1", "dropout"),
        ("spacy.MaxoutWindowEncoder.v2", "spacy.MaxoutWindowEncodr.v2", "spacy.MaxoutWindowEncoder.v2"),
        ("window_size = 1", "windowsize = 1", "window_size"),
        ('upstream = "*"', 'upstream = "tok3vec"', "tok3vec"),
    ],
)
def test_a_wrong_config_names_the_right_key(workplace, tmp_path, old, new, found):
    text = (workplace / "config.cfg").read_text()
    assert old in text
    (tmp_path / "wrong.cfg").write_text(text.replace(old, new))
    paths = ("--paths.train", workplace / "corpus" / "train.spacy", "--paths.dev", workplace / "corpus" / "dev.spacy")
    assert found in fails("train", tmp_path / "wrong.cfg", "--output", tmp_path / "out", *paths)


QUICKSTART = {
    "nlp.batch_size": 1000,
    "components.tok2vec.model.embed.rows": [5000, 1000, 2500, 2500],
    "components.tok2vec.model.embed.attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
    "components.tok2vec.model.encode.width": 96,
    "components.tok2vec.model.encode.depth": 4,
    "components.tagger.label_smoothing": 0.05,
    "components.parser.model.hidden_width": 128,
    "components.ner.model.hidden_width": 64,
    "components.ner.model.maxout_pieces": 2,
    "training.batcher.size.stop": 1000,
    "training.patience": 1600,
    "training.max_steps": 20000,
    "training.score_weights.tag_acc": 0.33,
    "training.score_weights.ents_f": 0.33,
}


def test_init_config_writes_the_sizes_of_the_fields_quickstart(tmp_path):
    invoke("init", "config", tmp_path / "c.cfg", "-p", "tagger,parser,ner")
    config = Config().from_disk(tmp_path / "c.cfg").interpolate()
    assert config["nlp"]["pipeline"] == ["tok2vec", "tagger", "parser", "ner"]
    for name, value in QUICKSTART.items():
        node = config
        for part in name.split("."):
            node = node[part]
        assert node == value, name
    assert "--force" in fails("init", "config", tmp_path / "c.cfg")
    assert 'pipeline = ["sentencizer"]' in invoke("init", "config", "-", "-p", "sentencizer").output
    accurate = invoke("init", "config", "-", "-p", "ner", "-o", "accuracy").output
    assert 'vectors = "en_core_web_lg"' in accurate and "width = 256" in accurate


def test_fill_config_completes_a_config(tmp_path):
    (tmp_path / "base.cfg").write_text(
        '[nlp]\nlang = "en"\npipeline = ["tagger"]\n\n[components]\n\n[components.tagger]\nfactory = "tagger"\n'
    )
    output = invoke("init", "fill-config", tmp_path / "base.cfg", tmp_path / "full.cfg", "--diff", "--pretraining").output
    assert '+neg_prefix = "!"' in output
    text = (tmp_path / "full.cfg").read_text()
    assert "[training.optimizer]" in text and "[pretraining.objective]" in text and "${paths.train}" in text
    again = invoke("init", "fill-config", tmp_path / "full.cfg", tmp_path / "again.cfg").output
    assert "complete already" in again


def test_fill_config_names_a_misspelt_setting_of_a_component(tmp_path):
    (tmp_path / "base.cfg").write_text(
        '[nlp]\nlang = "en"\npipeline = ["tagger"]\n\n[components]\n\n[components.tagger]\nfactory = "tagger"\n'
        "overwritte = true\n"
    )
    said = fails("init", "fill-config", tmp_path / "base.cfg", tmp_path / "full.cfg")
    assert "components.tagger.overwritte: unknown setting (did you mean `overwrite`?)" in said
    assert "base.cfg, line 9" in said and not (tmp_path / "full.cfg").exists()


@pytest.mark.parametrize(
    "name, data, entities",
    [
        ("a.iob", "I|O like|O London|B-GPE\n", ["London"]),
        ("a.ner", "I O\nlike O\nLondon B-GPE\n", ["London"]),
        ("a.conll", "-DOCSTART- -X- O O\n\nLondon NNP B-NP B-GPE\n", ["London"]),
    ],
)
def test_convert_finds_the_format(tmp_path, name, data, entities):
    (tmp_path / name).write_text(data)
    invoke("convert", tmp_path / name, tmp_path / "out")
    vocab = spacy_lite.blank("en").vocab
    (doc,) = DocBin().from_disk(tmp_path / "out" / "a.spacy").get_docs(vocab)
    assert [ent.text for ent in doc.ents] == entities


def test_convert_to_json_and_back(tmp_path, corpus_dir):
    invoke("convert", corpus_dir / "dev.conllu", tmp_path, "-t", "json", "-n", 3)
    invoke("convert", tmp_path / "dev.json", tmp_path / "again")
    invoke("convert", corpus_dir / "dev.conllu", tmp_path / "direct", "-n", 3)
    vocab = spacy_lite.blank("en").vocab
    first, second = (list(DocBin().from_disk(tmp_path / n / "dev.spacy").get_docs(vocab)) for n in ("again", "direct"))
    assert [doc.text for doc in first] == [doc.text for doc in second]
    assert [[t.tag_ for t in doc] for doc in first] == [[t.tag_ for t in doc] for doc in second]


def test_convert_says_what_it_cannot_read(tmp_path):
    (tmp_path / "a.conllu").write_text("1\tx\n")
    (tmp_path / "a.xyz").write_text("x")
    assert "line 1" in fails("convert", tmp_path / "a.conllu", tmp_path / "out")
    assert "did you mean `conllu`" in fails("convert", tmp_path / "a.conllu", tmp_path / "out", "-c", "conlu")
    assert "--converter" in fails("convert", tmp_path / "a.xyz", tmp_path / "out")
    assert "no such file or folder" in fails("convert", tmp_path / "none", tmp_path / "out")
    assert not (tmp_path / "out" / "a.spacy").exists()
