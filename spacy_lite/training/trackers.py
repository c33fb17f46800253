"""Loggers that send the course of training to an experiment tracker: Weights & Biases, MLflow, ClearML.

The tracker's package is imported when training begins. Each sends the weighted score, losses as `loss_NAME`, and all scores.
"""

import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Protocol

from ..config import registry
from ..config.dotted import dict_to_dot, dot_to_dict
from ..errors import nearest
from .logger_tools import flat_values
from .loggers import Setup

if TYPE_CHECKING:
    from ..language import Language

__all__ = [
    "clearml_logger_v1",
    "clearml_logger_v2",
    "mlflow_logger_v1",
    "mlflow_logger_v2",
    "wandb_logger_v1",
    "wandb_logger_v2",
    "wandb_logger_v3",
    "wandb_logger_v4",
    "wandb_logger_v5",
]

Info = dict[str, Any]


class Tracker(Protocol):
    """A run of an experiment tracker."""

    def values(self, values: dict[str, Any], step: int) -> None:
        """Send numbers (and nested dicts of them) of a step."""

    def evaluated(self, info: Info) -> None:
        """Send the models of an evaluation, where that is wanted."""

    def finish(self) -> None:
        """End the run."""


def _setup(begin: Callable[["Language"], Tracker], patterns: list[str] | None = None) -> Setup:
    """A logger. begin: opens the run. patterns: regular expressions of further names of `info` to send."""
    expressions = [re.compile(pattern) for pattern in patterns or ()]

    def setup(nlp: "Language", stdout: IO = sys.stdout, stderr: IO = sys.stderr) -> tuple[Callable, Callable]:
        tracker = begin(nlp)

        def log_step(info: Info | None) -> None:
            if info is None:
                return
            values = {f"loss_{name}": value for name, value in (info.get("losses") or {}).items()}
            if isinstance(info.get("other_scores"), dict):
                values |= info["other_scores"]
            chosen = {name: v for name, v in flat_values(info) if any(e.search(name) for e in expressions)}
            tracker.values({"score": info["score"], **values, **chosen}, info["step"])
            tracker.evaluated(info)

        return log_step, tracker.finish

    return setup


def _package(name: str, logger: str) -> Any:
    try:
        module = import_module(name)
    except ImportError as error:
        problem = f"spacy.{logger} needs the package `{name}`, which is not installed: pip install {name}"
        raise ImportError(f"{problem}, or choose another [training.logger], such as spacy.ConsoleLogger.v3") from error
    return module


def _settings(nlp: "Language", remove: list[str]) -> dict[str, Any]:
    """The config of the run, without the values not to be sent. Raises ValueError for one that is not there."""
    values = dict_to_dot(nlp.config.interpolate())
    for name in remove:
        if name not in values:
            raise ValueError(f"training.logger.remove_config_values: the config has no `{name}`{nearest(name, values)}")
        del values[name]
    return dot_to_dict(values)


def _is_best(info: Info) -> bool:
    return info["score"] == max(score for score, _ in info["checkpoints"])


def _is_due(info: Info, interval: int | None) -> bool:
    return bool(interval and info.get("output_path") and info["step"] and info["step"] % interval == 0)


def _numbers(values: dict[str, Any]) -> list[tuple[str, float]]:
    return [(k, float(v)) for k, v in flat_values(values) if isinstance(v, int | float) and not isinstance(v, bool)]


class _Wandb:
    """A run of Weights & Biases."""

    def __init__(self, nlp: "Language", logger: str, project: str, remove: list[str], options: dict[str, Any]) -> None:
        self.wandb = _package("wandb", logger)
        _require(self.wandb, ("init", "log"), "wandb")
        self.options = options
        settings = {"project": project, "config": _settings(nlp, remove), "reinit": True}
        if options.get("entity"):
            settings["entity"] = options["entity"]
        self.run = self.wandb.init(**settings)
        if options.get("run_name"):
            self.run.name = options["run_name"]
        if options.get("log_dataset_dir"):
            self._artifact(options["log_dataset_dir"], "dataset", "dataset")

    def values(self, values: dict[str, Any], step: int) -> None:
        self.wandb.log({name: value for name, value in values.items() if value is not None})

    def evaluated(self, info: Info) -> None:
        aliases = [f"epoch {info['epoch']} step {info['step']}", "latest"] + (["best"] if _is_best(info) else [])
        if _is_due(info, self.options.get("model_log_interval")):
            self._artifact(info["output_path"], f"pipeline_{self.run.id}", "checkpoint", info, aliases)
        if not info.get("output_path"):
            return
        if self.options.get("log_best_dir") and _is_best(info):
            self._artifact(self.options["log_best_dir"], "model_best", "model", info, aliases)
        if self.options.get("log_latest_dir"):
            self._artifact(self.options["log_latest_dir"], "model_last", "model", info, aliases)

    def _artifact(self, path: str, name: str, kind: str, info: Info | None = None, aliases: list[str] | None = None) -> None:
        metadata = {key: info[key] for key in ("epoch", "step", "score", "losses")} if info else None
        artifact = self.wandb.Artifact(name, type=kind, metadata=metadata)
        artifact.add_dir(path, name=name)
        self.run.log_artifact(artifact, aliases=aliases)

    def finish(self) -> None:
        self.run.finish()


def _require(module: Any, names: tuple[str, ...], package: str) -> None:
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        found = getattr(module, "__file__", None) or getattr(module, "__path__", "")
        raise ImportError(f"`{package}` as imported from {found} has no `{missing[0]}`: another folder or package hides it")


@registry.loggers("spacy-legacy.WandbLogger.v1")
@registry.loggers("spacy.WandbLogger.v1")
def wandb_logger_v1(project_name: str, remove_config_values: list[str] = []) -> Setup:  # noqa: B006
    """Send scores, losses and the config to Weights & Biases. remove_config_values: dotted names of values not to be sent."""
    return _setup(lambda nlp: _Wandb(nlp, "WandbLogger.v1", project_name, remove_config_values, {}))


@registry.loggers("spacy.WandbLogger.v2")
def wandb_logger_v2(
    project_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
) -> Setup:
    """As v1. model_log_interval: steps between uploads of the model. log_dataset_dir: folder of data to upload."""
    options = {"model_log_interval": model_log_interval, "log_dataset_dir": log_dataset_dir}
    return _setup(lambda nlp: _Wandb(nlp, "WandbLogger.v2", project_name, remove_config_values, options))


@registry.loggers("spacy.WandbLogger.v3")
def wandb_logger_v3(
    project_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    entity: str | None = None,
    run_name: str | None = None,
) -> Setup:
    """As v2. entity: user or team the run belongs to. run_name: its name."""
    options = {"model_log_interval": model_log_interval, "log_dataset_dir": log_dataset_dir}
    options |= {"entity": entity, "run_name": run_name}
    return _setup(lambda nlp: _Wandb(nlp, "WandbLogger.v3", project_name, remove_config_values, options))


@registry.loggers("spacy.WandbLogger.v4")
def wandb_logger_v4(
    project_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    entity: str | None = None,
    run_name: str | None = None,
    log_best_dir: str | None = None,
    log_latest_dir: str | None = None,
) -> Setup:
    """As v3. log_best_dir, log_latest_dir: folders of the best and the last model, uploaded when they are written."""
    return wandb_logger_v5(
        project_name,
        remove_config_values,
        model_log_interval,
        log_dataset_dir,
        entity,
        run_name,
        log_best_dir,
        log_latest_dir,
    )


@registry.loggers("spacy.WandbLogger.v5")
def wandb_logger_v5(
    project_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    entity: str | None = None,
    run_name: str | None = None,
    log_best_dir: str | None = None,
    log_latest_dir: str | None = None,
    log_custom_stats: list[str] | None = None,
) -> Setup:
    """As v4. log_custom_stats: regular expressions of further names in `info` (such as "gpu.memory") to send."""
    options = {"model_log_interval": model_log_interval, "log_dataset_dir": log_dataset_dir}
    options |= {"entity": entity, "run_name": run_name, "log_best_dir": log_best_dir, "log_latest_dir": log_latest_dir}
    return _setup(lambda nlp: _Wandb(nlp, "WandbLogger", project_name, remove_config_values, options), log_custom_stats)


class _MLflow:
    """A run of MLflow."""

    MOST_PARAMS = 100  # that one call takes

    def __init__(self, nlp: "Language", remove: list[str], options: dict[str, Any]) -> None:
        self.mlflow = _package("mlflow", "MLflowLogger")
        _require(self.mlflow, ("start_run", "log_params", "log_metric"), "mlflow")
        settings = _settings(nlp, remove)
        self.mlflow.start_run(**options)
        params = list(dict_to_dot(settings).items())
        for start in range(0, len(params), self.MOST_PARAMS):
            # `@` is not allowed in names there.
            part = params[start : start + self.MOST_PARAMS]
            self.mlflow.log_params({name.replace("@", ""): value for name, value in part})

    def values(self, values: dict[str, Any], step: int) -> None:
        for name, value in _numbers(values):
            self.mlflow.log_metric(name, value, step=step)

    def evaluated(self, info: Info) -> None:
        if info.get("output_path"):
            self.mlflow.log_artifacts(info["output_path"], "model-best" if _is_best(info) else "model-last")

    def finish(self) -> None:
        self.mlflow.end_run()


@registry.loggers("spacy.MLflowLogger.v1")
def mlflow_logger_v1(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    tags: dict[str, Any] | None = None,
    remove_config_values: list[str] = [],  # noqa: B006
) -> Setup:
    """Send scores, losses, the config and the models to MLflow.

    run_id: a run to go on with. experiment_id, run_name, nested, tags: of the new run. remove_config_values: dotted names of
    values of the config not to be sent.
    """
    return mlflow_logger_v2(run_id, experiment_id, run_name, nested, tags, remove_config_values)


@registry.loggers("spacy.MLflowLogger.v2")
def mlflow_logger_v2(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    tags: dict[str, Any] | None = None,
    remove_config_values: list[str] = [],  # noqa: B006
    log_custom_stats: list[str] | None = None,
) -> Setup:
    """As v1. log_custom_stats: regular expressions of further names in `info` to send."""
    options = {"run_id": run_id, "experiment_id": experiment_id, "run_name": run_name, "nested": nested, "tags": tags}
    return _setup(lambda nlp: _MLflow(nlp, remove_config_values, options), log_custom_stats)


class _ClearML:
    """A task of ClearML."""

    def __init__(self, nlp: "Language", project: str, task: str, remove: list[str], options: dict[str, Any]) -> None:
        clearml = _package("clearml", "ClearMLLogger")
        _require(clearml, ("Task",), "clearml")
        self.options = options
        settings = _settings(nlp, remove)
        self.task = clearml.Task.init(project_name=project, task_name=task, output_uri=True)
        self.task.connect_configuration(settings, name="config")
        self.models = {}
        for key, name in (("log_best_dir", "best_model"), ("log_latest_dir", "last_model")):
            if options.get(key):
                self.models[key] = clearml.OutputModel(task=self.task, framework="spaCy", name=name)
        if options.get("log_dataset_dir"):
            dataset = clearml.Dataset.create(dataset_project=project, dataset_name="dataset", use_current_task=True)
            dataset.add_files(options["log_dataset_dir"])
            dataset.finalize(auto_upload=True)

    def values(self, values: dict[str, Any], step: int) -> None:
        reporter = self.task.get_logger()
        for name, value in _numbers(values):
            reporter.report_scalar(name, name, iteration=step, value=value)

    def evaluated(self, info: Info) -> None:
        if _is_due(info, self.options.get("model_log_interval")):
            self.task.upload_artifact(f"model_step_{info['step']}", info["output_path"], metadata={"score": info["score"]})
        if not info.get("output_path"):
            return
        for key, model in self.models.items():
            if key == "log_latest_dir" or _is_best(info):
                model.update_weights_package(weights_path=self.options[key], auto_delete_file=False, iteration=info["step"])

    def finish(self) -> None:
        self.task.close()


@registry.loggers("spacy.ClearMLLogger.v1")
def clearml_logger_v1(
    project_name: str,
    task_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    log_best_dir: str | None = None,
    log_latest_dir: str | None = None,
) -> Setup:
    """Send scores, losses and the config to ClearML.

    project_name, task_name: of the task. remove_config_values: dotted names of values of the config not to be sent.
    model_log_interval: steps between uploads of the model. log_dataset_dir: folder of data to upload. log_best_dir,
    log_latest_dir: folders of the best and the last model, uploaded when they are written.
    """
    return clearml_logger_v2(
        project_name,
        task_name,
        remove_config_values,
        model_log_interval,
        log_dataset_dir,
        log_best_dir,
        log_latest_dir,
    )


@registry.loggers("spacy.ClearMLLogger.v2")
def clearml_logger_v2(
    project_name: str,
    task_name: str,
    remove_config_values: list[str] = [],  # noqa: B006
    model_log_interval: int | None = None,
    log_dataset_dir: str | None = None,
    log_best_dir: str | None = None,
    log_latest_dir: str | None = None,
    log_custom_stats: list[str] | None = None,
) -> Setup:
    """As v1. log_custom_stats: regular expressions of further names in `info` to send."""
    options = {"model_log_interval": model_log_interval, "log_dataset_dir": log_dataset_dir}
    options |= {"log_best_dir": log_best_dir, "log_latest_dir": log_latest_dir}
    return _setup(lambda nlp: _ClearML(nlp, project_name, task_name, remove_config_values, options), log_custom_stats)
