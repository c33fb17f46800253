"""Loggers to experiment trackers, against stand-ins for their packages that write down what they are told."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

import spacy_lite
from spacy_lite.config import registry

INFO = {
    "epoch": 1,
    "step": 20,
    "score": 0.5,
    "other_scores": {"tag_acc": 0.5, "per_type": {"A": {"f": 0.25}}, "none": None},
    "losses": {"tagger": 3.5},
    "checkpoints": [(0.4, 10), (0.5, 20)],
    "output_path": "out/model-last",
    "device": {"memory": 7.0},
}


class Recorder:
    """Any object: remembers the calls of its methods, and of those of what they return."""

    def __init__(self, calls, name=""):
        self._calls, self._name, self.id = calls, name, "run1"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Recorder(self._calls, f"{self._name}.{name}" if self._name else name)

    def __call__(self, *args, **kwargs):
        self._calls.append((self._name, args, kwargs))
        return Recorder(self._calls, self._name)


@pytest.fixture
def calls(monkeypatch):
    found = []
    for package in ("wandb", "mlflow", "clearml"):
        module = ModuleType(package)
        recorder = Recorder(found)
        module.__getattr__ = recorder.__getattr__
        monkeypatch.setitem(sys.modules, package, module)
    return found


@pytest.fixture
def nlp():
    return spacy_lite.blank("en")


def run(nlp, logger, **settings):
    log_step, finalize = registry.loggers.get(logger)(**settings)(nlp, sys.stdout, sys.stderr)
    log_step(None)
    log_step(dict(INFO))
    finalize()


def named(calls, name):
    return [(args, kwargs) for called, args, kwargs in calls if called == name]


@pytest.mark.parametrize("name", ["spacy-legacy.WandbLogger.v1", *(f"spacy.WandbLogger.v{number}" for number in range(1, 6))])
def test_wandb_gets_config_scores_and_losses(calls, nlp, name):
    run(nlp, name, project_name="mine", remove_config_values=["training.seed"])
    ((_, settings),) = named(calls, "init")
    assert settings["project"] == "mine" and settings["config"]["nlp"]["lang"] == "en"
    assert "seed" not in settings["config"]["training"] and "dropout" in settings["config"]["training"]
    (((values,), _),) = named(calls, "log")
    assert values["score"] == 0.5 and values["loss_tagger"] == 3.5 and values["tag_acc"] == 0.5


def test_wandb_gets_models_data_and_chosen_values(calls, nlp):
    folders = {"log_dataset_dir": "corpus", "log_best_dir": "out/model-best", "log_latest_dir": "out/model-last"}
    stats = {"log_custom_stats": ["^device"], "model_log_interval": 10, "entity": "team", "run_name": "first"}
    run(nlp, "spacy.WandbLogger.v5", project_name="mine", **folders, **stats)
    assert named(calls, "init")[0][1]["entity"] == "team"
    kinds = [(args[0], kwargs["type"]) for args, kwargs in named(calls, "Artifact")]
    assert kinds == [("dataset", "dataset"), ("pipeline_run1", "checkpoint"), ("model_best", "model"), ("model_last", "model")]
    assert named(calls, "init.log_artifact")[1][1]["aliases"] == ["epoch 1 step 20", "latest", "best"]
    assert named(calls, "log")[0][0][0]["device.memory"] == 7.0


@pytest.mark.parametrize("name", ["spacy.MLflowLogger.v1", "spacy.MLflowLogger.v2"])
def test_mlflow_gets_config_metrics_and_models(calls, nlp, name):
    run(nlp, name, run_name="first", tags={"a": "b"})
    assert named(calls, "start_run")[0][1]["run_name"] == "first"
    params = {key: value for (args, _) in named(calls, "log_params") for key, value in args[0].items()}
    assert params["nlp.lang"] == "en" and not any("@" in key for key in params)
    assert all(len(args[0]) <= 100 for args, _ in named(calls, "log_params"))
    metrics = {args[0]: (args[1], kwargs["step"]) for args, kwargs in named(calls, "log_metric")}
    assert metrics == {"score": (0.5, 20), "loss_tagger": (3.5, 20), "tag_acc": (0.5, 20), "per_type.A.f": (0.25, 20)}
    assert named(calls, "log_artifacts") == [(("out/model-last", "model-best"), {})]
    assert named(calls, "end_run")


@pytest.mark.parametrize("name", ["spacy.ClearMLLogger.v1", "spacy.ClearMLLogger.v2"])
def test_clearml_gets_config_scalars_and_models(calls, nlp, name):
    folders = {"log_dataset_dir": "corpus", "log_best_dir": "out/model-best", "log_latest_dir": "out/model-last"}
    run(nlp, name, project_name="mine", task_name="first", model_log_interval=10, **folders)
    assert named(calls, "Task.init")[0][1]["task_name"] == "first"
    assert named(calls, "Task.init.connect_configuration")[0][0][0]["nlp"]["lang"] == "en"
    scalars = {args[0]: kwargs["value"] for args, kwargs in named(calls, "Task.init.get_logger.report_scalar")}
    assert scalars == {"score": 0.5, "loss_tagger": 3.5, "tag_acc": 0.5, "per_type.A.f": 0.25}
    updates = [kwargs["weights_path"] for _, kwargs in named(calls, "OutputModel.update_weights_package")]
    assert updates == ["out/model-best", "out/model-last"]
    assert named(calls, "Dataset.create.add_files") and named(calls, "Task.init.upload_artifact")
    assert named(calls, "Task.init.close")


@pytest.mark.parametrize(
    ("name", "package", "settings"),
    [
        ("spacy.WandbLogger.v5", "wandb", {"project_name": "p"}),
        ("spacy.MLflowLogger.v2", "mlflow", {}),
        ("spacy.ClearMLLogger.v2", "clearml", {"project_name": "p", "task_name": "t"}),
    ],
)
def test_a_missing_package_and_a_wrong_name_are_told(monkeypatch, calls, nlp, name, package, settings):
    with pytest.raises(ValueError, match=r"no `training\.sed` \(did you mean `training\.seed`\?\)"):
        run(nlp, name, **settings, remove_config_values=["training.sed"])
    monkeypatch.setitem(sys.modules, package, SimpleNamespace())
    with pytest.raises(ImportError, match="another folder or package hides it"):
        run(nlp, name, **settings)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install {package}"):
        run(nlp, name, **settings)
