"""The training loop: a generator over explicit state, and the run around it that evaluates, logs, saves and checkpoints."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from thinc.optimizers import Optimizer

from ..config import registry
from ..config.dotted import resolve_dot_names
from ..config.schemas import ConfigSchemaTraining
from ..devices import fix_random_seed, set_gpu_allocator
from ..environment import logger
from ..gold import Example
from ..serialize import atomic_directory, settle
from .alignment_report import report_alignment
from .batchers import Sizes
from .checkpoint import DIR_CHECKPOINT, Checkpoint, check_same_config, read_checkpoint, write_checkpoint
from .files import check_writable
from .journal import Journal
from .state import TrainingState
from .stream import BatchStream, create_train_batches

if TYPE_CHECKING:
    from ..language import Language

__all__ = [
    "DIR_MODEL_BEST",
    "DIR_MODEL_LAST",
    "clean_output_dir",
    "create_before_to_disk_callback",
    "create_evaluation_callback",
    "create_train_batches",
    "logger",
    "subdivide_batch",
    "train",
    "train_while_improving",
    "update_meta",
]

DIR_MODEL_BEST = "model-best"
DIR_MODEL_LAST = "model-last"
Evaluate = Callable[[], tuple[float, dict[str, Any]]]
Info = dict[str, Any]


def train(
    nlp: "Language",
    output_path: Path | None = None,
    *,
    use_gpu: int = -1,
    stdout: IO = sys.stdout,
    stderr: IO = sys.stderr,
    resume: bool = False,
    checkpoint_steps: int = 0,
    checkpoint_seconds: float = 0.0,
) -> tuple["Language", Path | None]:
    """Train a pipeline as its config says, and return it with the path of the last model saved.

    nlp: an initialised pipeline (`init_nlp`). output_path: folder for model-best, model-last, checkpoint, log.jsonl and
    curves.svg; None writes nothing. use_gpu: number of the device, -1 for the CPU. resume: go on from the checkpoint in
    `output_path`, bit for bit; where there is none, begin. checkpoint_steps, checkpoint_seconds: write checkpoints that often
    besides those at evaluations (0: do not).

    Raises OSError, before it begins, where the output cannot be written, and ValueError for a checkpoint of another config.
    """
    run = _Run(nlp, Path(output_path) if output_path is not None else None, use_gpu, stdout, stderr)
    if run.output_path is not None:
        check_writable(run.output_path, keep=False)
    checkpoint = read_checkpoint(run.output_path / DIR_CHECKPOINT) if resume and run.output_path else None
    run.prepare(checkpoint, checkpoint_steps, checkpoint_seconds)
    run.go()
    return (nlp, run.output_path / DIR_MODEL_LAST) if run.output_path is not None else (nlp, None)


class _Run:
    """One call of `train`: the settings of the config, resolved, and the steps of the run in their order."""

    def __init__(self, nlp: "Language", output_path: Path | None, use_gpu: int, stdout: IO, stderr: IO) -> None:
        self.nlp, self.output_path, self.stdout, self.stderr = nlp, output_path, stdout, stderr
        config = nlp.config.interpolate()
        if config["training"]["seed"] is not None:
            fix_random_seed(config["training"]["seed"])
        if use_gpu >= 0 and config["training"]["gpu_allocator"]:
            set_gpu_allocator(config["training"]["gpu_allocator"])
        self.settings = registry.resolve(config["training"], schema=ConfigSchemaTraining)
        dot_names = [self.settings["train_corpus"], self.settings["dev_corpus"]]
        self.train_corpus, self.dev_corpus = resolve_dot_names(config, dot_names)
        self.optimizer: Optimizer = self.settings["optimizer"]
        self.frozen = list(self.settings["frozen_components"])
        self.before_to_disk = create_before_to_disk_callback(self.settings["before_to_disk"])
        self.state = TrainingState()
        self.started = perf_counter()

    def prepare(self, checkpoint: Checkpoint | None, checkpoint_steps: int, checkpoint_seconds: float) -> None:
        """Set up the stream and the journal, and bring everything to where the checkpoint stands."""
        self.checkpoint_steps, self.checkpoint_seconds = checkpoint_steps, checkpoint_seconds
        self.last_checkpoint = perf_counter()
        if not any(True for _ in self.dev_corpus(self.nlp)):  # before anything of an earlier run is replaced
            raise _empty_dev_corpus(self.dev_corpus)
        self.stream = BatchStream(
            self.nlp, self.train_corpus, self.settings["batcher"], self.settings["max_epochs"], on_read=self._report_alignment
        )
        if checkpoint is not None:
            check_same_config(checkpoint, self.nlp.config)
            self.state = checkpoint.state
            checkpoint.restore_pipeline(self.nlp, self.optimizer)
            checkpoint.restore_position(self.stream)
            self.say(f"Going on from the checkpoint after {self.state.step} updates")
        elif self.output_path is not None and (self.output_path / DIR_CHECKPOINT).exists():
            self.say(f"{self.output_path} holds an earlier run, which is replaced (--resume would go on with it)")
        self.journal = None
        if self.output_path is not None:
            self.output_path.mkdir(parents=True, exist_ok=True)
            self.journal = Journal(self.output_path, self.state.step)
            for name in (DIR_MODEL_LAST, DIR_MODEL_BEST):
                settle(self.output_path / name)

    def say(self, text: str) -> None:
        """Tell something that is not a row of the log."""
        self.stderr.write(text + "\n")
        self.stderr.flush()

    def _report_alignment(self, examples: list[Example]) -> None:
        if warning := report_alignment(examples, getattr(self.train_corpus, "path", "the training corpus")):
            self.say(warning)

    def go(self) -> None:
        """Run the loop. However it ends, the logger is closed and the last weights are saved."""
        steps = train_while_improving(
            self.nlp,
            self.optimizer,
            self.stream,
            create_evaluation_callback(self.nlp, self.dev_corpus, self.settings["score_weights"]),
            dropout=self.settings["dropout"],
            eval_frequency=self.settings["eval_frequency"],
            accumulate_gradient=self.settings["accumulate_gradient"],
            patience=self.settings["patience"],
            max_steps=self.settings["max_steps"],
            exclude=self.frozen,
            annotating_components=self.settings["annotating_components"],
            before_update=self.settings["before_update"],
            state=self.state,
        )
        log_step, finalize = self.settings["logger"](self.nlp, self.stdout, self.stderr)
        try:
            for _, info, is_best in steps:
                if is_best is not None:
                    self._after_evaluation(info, is_best)
                log_step(info if is_best is not None else None)
                if is_best is not None or self._is_checkpoint_due():
                    self._write_checkpoint()
            if self.state.step:
                self._write_checkpoint()
        finally:
            finalize()
            self._save_at_end()
        if self.output_path is not None and self.state.step:
            self.say(f"Trained {self.state.step} updates ({self.state.finished}); saved in {self.output_path / DIR_MODEL_LAST}")

    def _save_at_end(self) -> None:
        if self.state.step:
            self._save(DIR_MODEL_LAST)

    def _after_evaluation(self, info: Info, is_best: bool) -> None:
        with self.nlp.select_pipes(disable=[name for name in self.frozen if name in self.nlp.pipe_names]):
            update_meta(self.settings, self.nlp, info)
        info["output_path"] = None
        if self.output_path is None:
            return
        self._save(DIR_MODEL_LAST)
        if is_best:
            with atomic_directory(self.output_path / DIR_MODEL_BEST) as folder:
                shutil.copytree(self.output_path / DIR_MODEL_LAST, folder, dirs_exist_ok=True)
        info["output_path"] = str(self.output_path / DIR_MODEL_LAST)
        if self.journal is not None:
            self.journal.add(info)

    def _save(self, name: str) -> None:
        if self.output_path is None:
            return
        averages = self.optimizer.averages
        params = self.nlp.use_params(averages) if averages else nullcontext()
        with params, atomic_directory(self.output_path / name) as folder:
            self.before_to_disk(self.nlp).to_disk(folder)

    def _is_checkpoint_due(self) -> bool:
        by_steps = self.checkpoint_steps and self.state.step % self.checkpoint_steps == 0
        by_time = self.checkpoint_seconds and perf_counter() - self.last_checkpoint >= self.checkpoint_seconds
        return bool(by_steps or by_time)

    def _write_checkpoint(self) -> None:
        if self.output_path is None:
            return
        self.state.seconds += perf_counter() - self.started
        self.started = perf_counter()
        write_checkpoint(self.output_path / DIR_CHECKPOINT, self.nlp, self.optimizer, self.state, self.stream)
        self.last_checkpoint = perf_counter()


def train_while_improving(
    nlp: "Language",
    optimizer: Optimizer,
    train_data: Iterable[tuple[int, list[Example]]],
    evaluate: Evaluate,
    *,
    dropout: Any,
    eval_frequency: int,
    accumulate_gradient: int,
    patience: int,
    max_steps: int,
    exclude: list[str],
    annotating_components: list[str],
    before_update: Callable[["Language", dict[str, Any]], None] | None,
    state: TrainingState | None = None,
) -> Iterator[tuple[list[Example], Info, bool | None]]:
    """Update on each batch and yield (batch, info, is_best); `is_best` is None where there was no evaluation.

    train_data: (epoch, batch) pairs. dropout: a rate or a schedule. eval_frequency: updates between evaluations; the first
    update is evaluated. accumulate_gradient: parts a batch is cut into, to save memory. patience: stop after so many updates
    without a better score (0: do not). max_steps: stop there (0: do not). exclude: components that are not updated. state:
    where to go on; it is kept up to date, and whenever this yields it is that of a finished step.
    """
    state = TrainingState() if state is None else state
    state.finished = _reason_to_stop(state, patience, max_steps)
    dropouts = _schedule_of_dropout(dropout)
    if dropouts is not None:
        dropouts.forward(state.step)
    started = perf_counter() - state.seconds
    batches = iter(train_data)
    while not state.finished:
        epoch, batch = next(batches, (state.epoch, None))
        if batch is None:
            state.finished = "all epochs are done"
            break
        if before_update is not None:
            before_update(nlp, {"step": state.step, "epoch": epoch})
        rate = dropout if dropouts is None else next(dropouts)
        for part in subdivide_batch(batch, accumulate_gradient):
            nlp.update(part, drop=rate, losses=state.losses, sgd=False, exclude=exclude, annotates=annotating_components)
        _finish_update(nlp, optimizer, exclude)
        step = state.step
        state.step, state.epoch = step + 1, epoch
        state.words += sum(len(example) for example in batch)
        state.losses = {name: float(value) for name, value in state.losses.items()}
        score, scores, is_best = None, None, None
        losses = state.losses
        if step % eval_frequency == 0:
            with nlp.use_params(optimizer.averages) if optimizer.averages else nullcontext():
                score, scores = evaluate()
            state.results.append((score, step))
            is_best = score == max(result[0] for result in state.results)
            state.losses = {}
        state.finished = _reason_to_stop(state, patience, max_steps)
        info = {
            "epoch": epoch,
            "step": step,
            "score": score,
            "other_scores": scores,
            "losses": losses,
            "checkpoints": list(state.results),
            "seconds": perf_counter() - started,
            "words": state.words,
        }
        yield batch, info, is_best


def _schedule_of_dropout(dropout: Any) -> Sizes | None:
    """None for a constant rate. Raises ValueError for what is neither a rate nor a schedule."""
    if isinstance(dropout, float | int) and 0 <= dropout < 1:
        return None
    if isinstance(dropout, float | int | str) or not (callable(dropout) or isinstance(dropout, Iterable)):
        raise ValueError(f"training.dropout: expected a rate from 0 up to, not including, 1, or a schedule; got {dropout!r}")
    return Sizes(dropout)


def _finish_update(nlp: "Language", optimizer: Optimizer, exclude: list[str]) -> None:
    for name, pipe in nlp.pipeline:
        if (
            name not in exclude
            and getattr(pipe, "is_trainable", False)
            and getattr(pipe, "model", None) not in (True, False, None)
        ):
            pipe.finish_update(optimizer)
    optimizer.step_schedules()


def _reason_to_stop(state: TrainingState, patience: int, max_steps: int) -> str:
    step = state.step - 1
    best = state.best
    if patience and best is not None and step - best[1] >= patience:
        return f"no better score within {patience} updates"
    if max_steps and state.step and step >= max_steps:
        return "the last step is reached"
    return ""


def subdivide_batch(batch: Iterable[Example], accumulate_gradient: int) -> Iterator[list[Example]]:
    """Cut a batch, sorted by length, into `accumulate_gradient` parts of equal numbers; what is left over is one part more."""
    examples = sorted(batch, key=lambda example: len(example.predicted))
    size = len(examples) // accumulate_gradient
    cut = size * accumulate_gradient
    for start in range(0, cut, size or 1):
        yield examples[start : start + size]
    if rest := examples[cut:]:
        yield rest


def _empty_dev_corpus(dev_corpus: Any) -> ValueError:
    path = getattr(dev_corpus, "path", None)
    return ValueError(f"The development corpus{f' {path}' if path else ''} is empty: there is nothing to evaluate on.")


def create_evaluation_callback(
    nlp: "Language", dev_corpus: Callable[["Language"], Iterable[Example]], weights: dict[str, float | None]
) -> Evaluate:
    """A function that evaluates on the development corpus and returns (weighted score, all scores).

    weights: weight of each score in the sum; None for scores that are only not to be shown. Raises KeyError for a weighted
    score that no component gives, and ValueError for one that is not a number or for a corpus without examples.
    """
    counted = {name: weight for name, weight in weights.items() if weight is not None}

    def evaluate() -> tuple[float, dict[str, Any]]:
        examples = list(dev_corpus(nlp))
        if not examples:
            raise _empty_dev_corpus(dev_corpus)
        scores = nlp.evaluate(examples)
        total = 0.0
        for name, weight in counted.items():
            if not weight:
                continue
            if name not in scores:
                raise KeyError(
                    f"training.score_weights counts `{name}`, which no component of the pipeline "
                    f"({', '.join(nlp.pipe_names)}) gives. "
                    f"There are: {', '.join(sorted(scores))}"
                )
            value = scores[name]
            if value is None:
                continue
            if not isinstance(value, int | float):
                try:
                    value = float(value)
                except (TypeError, ValueError):
                    raise ValueError(f"training.score_weights counts `{name}`, which is not a number: {value!r}") from None
            total += value * weight
        return total, scores

    return evaluate


def create_before_to_disk_callback(
    callback: Callable[["Language"], "Language"] | None,
) -> Callable[["Language"], "Language"]:
    """The `before_to_disk` of a config made safe: without one, the pipeline itself.

    Raises TypeError where it returns something else.
    """

    def before_to_disk(nlp: "Language") -> "Language":
        if callback is None:
            return nlp
        modified = callback(nlp)
        if not hasattr(modified, "to_disk"):
            raise TypeError(
                f"training.before_to_disk must return the pipeline to save; {callback!r} returned {type(modified).__name__}"
            )
        return modified

    return before_to_disk


def update_meta(training: dict[str, Any], nlp: "Language", info: Info) -> None:
    """Write the scores that have a weight, and the losses, to `nlp.meta["performance"]`."""
    performance = {}
    for name, weight in training["score_weights"].items():
        if weight is not None:
            performance[name] = info["other_scores"].get(name, 0.0)
    for name in nlp.pipe_names:
        if name in info["losses"]:
            performance[f"{name}_loss"] = float(info["losses"][name])
    nlp.meta["performance"] = performance


def clean_output_dir(path: Path | None) -> None:
    """Remove the models of an earlier run. (`train` does not: it replaces each when the new one is complete.)"""
    for name in (DIR_MODEL_BEST, DIR_MODEL_LAST):
        if path is not None and (path / name).exists():
            shutil.rmtree(path / name)
