"""Pretraining: an encoder learns from raw text to guess hidden words, before a pipeline is trained on top of it.

The `[pretraining]` block of a config names the layer, the objective, the corpus, batcher and optimizer. Settings of this
package alone, with defaults:

    dev_corpus        dotted name of a corpus of other text; its loss is told, `model-best.bin` has the weights of the lowest
    eval_frequency    batches between its evaluations; 0: at the end of each epoch
    patience          evaluations without a lower loss after which pretraining stops; 0: never
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model
from thinc.optimizers import Optimizer

from ..config import Config, registry
from ..config.config import ConfigValidationError
from ..config.dotted import dot_to_object
from ..config.schemas import ConfigSchemaPretrain
from ..devices import fix_random_seed, set_gpu_allocator
from ..errors import FormatError
from ..gold import Example
from ..language.initialization import get_tok2vec_ref
from ..language.loading import load_model_from_config
from ..language.pretrained import load_pretrained
from ..ml.models.multi_task import loss_of_hidden_words
from ..ml.updating import finish_update, set_dropout_rate
from ..serialize import atomic_file
from ..tokens import Doc
from .batchers import minibatch_by_words
from .files import check_writable
from .pretrain_console import PretrainConsole
from .pretrain_log import append_log, begin_log
from .pretrain_state import PretrainCheckpoint, PretrainState, TextStream, read_pretraining, write_pretraining
from .random_state import restore_random_state, save_random_state

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["create_pretraining_model", "ensure_docs", "get_tok2vec_ref", "make_update", "pretrain"]

CHECKPOINT_STEPS = 200
DEV_WORDS = 3000  # in a batch of the held-out text
SAMPLE = "A sentence to tell the layers their sizes."
FILE_BEST = "model-best.bin"
FILE_LAST = "model-last.bin"


def pretrain(
    config: Config,
    output_dir: str | Path,
    resume_path: str | Path | None = None,
    epoch_resume: int | None = None,
    use_gpu: int = -1,
    silent: bool = True,
    skip_last: bool = False,
    *,
    checkpoint_steps: int = CHECKPOINT_STEPS,
) -> None:
    """Pretrain the layer that [pretraining] names and save its weights, `model{epoch}.bin`, in `output_dir`.

    resume_path: the folder of an earlier run, to go on from its checkpoint bit for bit; or a `.bin` file of weights to begin
    with (bit for bit too where the run's checkpoint stands at that very file). epoch_resume: the epoch to go on with, for files
    whose name does not tell. use_gpu: number of the device, -1 for the CPU. silent: print nothing. skip_last: leave out
    `model-last.bin`. checkpoint_steps: batches between checkpoints; there is one at the end of each epoch, too.

    Raises ConfigError, EmptyCorpusError, FormatError or OSError with what to mend; FloatingPointError where the loss becomes
    infinite.
    """
    output = Path(output_dir)
    if not config.get("pretraining"):
        hint = "add one: spacy_lite init fill-config CONFIG OUTPUT --pretraining"
        raise ConfigValidationError("the config has no such section", path=("pretraining",), hint=hint)
    check_writable(output)
    try:
        run = _Run(config, output, use_gpu, silent, skip_last, checkpoint_steps)
    except ConfigValidationError as error:
        raise error.located(getattr(config, "origin", None)) from error.__cause__
    run.prepare(Path(resume_path) if resume_path is not None else None, epoch_resume)
    run.go()


class _Run:
    """One call of `pretrain`."""

    def __init__(
        self, config: Config, output: Path, use_gpu: int, silent: bool, skip_last: bool, checkpoint_steps: int
    ) -> None:
        self.output, self.skip_last, self.checkpoint_steps = output, skip_last, checkpoint_steps
        settings = config.interpolate()
        training = settings.get("training", {})
        if training.get("seed") is not None:
            fix_random_seed(training["seed"])
        if use_gpu >= 0 and training.get("gpu_allocator"):
            set_gpu_allocator(training["gpu_allocator"])
        self.written = config.copy()
        self.written.setdefault("initialize", {})["init_tok2vec"] = None  # it is made here
        self.nlp = load_model_from_config(self.written, auto_fill=True)
        self.config = self.nlp.config.interpolate()
        self.settings = registry.resolve(self.config["pretraining"], schema=ConfigSchemaPretrain)
        corpus = _corpus(self.config, self.settings["corpus"], "corpus")
        name = self.settings["dev_corpus"]
        self.dev_corpus = _corpus(self.config, name, "dev_corpus") if name else None
        self.model = create_pretraining_model(self.nlp, self.settings)
        self.optimizer: Optimizer = self.settings["optimizer"]
        self.stream = TextStream(self.nlp, corpus, self.settings["batcher"])
        self.state = PretrainState()
        self.console = PretrainConsole(silent, self.settings["max_epochs"], self.dev_corpus is not None)
        self.started = perf_counter()

    def prepare(self, resume_path: Path | None, epoch_resume: int | None) -> None:
        """Bring the run to where it goes on, and begin its log."""
        checkpoint = _checkpoint_for(resume_path, epoch_resume) if resume_path else None
        if checkpoint is not None:
            checkpoint.restore(self.model, self.optimizer, self.stream, self.config)
            self.state = checkpoint.state
            self.state.finished = ""
            self.console.say(f"Going on from the checkpoint after {self.state.step} batches (epoch {self.state.epoch})")
        elif resume_path is not None:
            self.state.epoch = _epoch_after(resume_path, epoch_resume)
            load_pretrained(self.model.get_ref("tok2vec"), resume_path, allow_same=True)
            self.console.say(f"Going on with epoch {self.state.epoch} and the weights of {resume_path}; the optimizer is fresh")
        elif any(self.output.glob("model*.bin")):
            self.console.say(f"{self.output} holds an earlier run, whose files are replaced")
        begin_log(self.output, self.state.words)
        self.nlp.config.to_disk(self.output / "config.cfg")

    def go(self) -> None:
        """Learn epoch by epoch. However it ends, the last weights are saved."""
        self.console.start(self.state)
        try:
            while self.state.epoch < self.settings["max_epochs"] and not self.state.finished:
                self._epoch()
        finally:
            self.console.stop()
            if self.state.step and not self.skip_last:
                self._save(FILE_LAST)
        if not self.state.finished:
            self.state.finished = "all epochs are done"
        self.console.say(
            f"Pretrained for {self.state.step} batches, {self.state.words:,} words ({self.state.finished}); in {self.output}"
        )

    def _epoch(self) -> None:
        state, settings = self.state, self.settings
        for batch in self.stream.epoch():
            self._update(ensure_docs(batch))
            every = settings["n_save_every"]
            if every and self.stream.taken % every == 0:
                self._save(f"model{state.epoch}.temp.bin")
                self._log(state.epoch)
            if settings["eval_frequency"] and state.step % settings["eval_frequency"] == 0:
                self._evaluate()
                if state.finished:
                    return
            if self.checkpoint_steps and state.step % self.checkpoint_steps == 0:
                self._write_checkpoint()
        if not settings["eval_frequency"]:
            self._evaluate()
        epoch, every = state.epoch, settings["n_save_epoch"]
        if not every or epoch % every == 0 or epoch == settings["max_epochs"] - 1 or state.finished:
            state.saved_as = f"model{epoch}.bin"
            self._save(state.saved_as)
        self._log(epoch)
        self.console.epoch_done(state, self._seconds())
        state.epoch, state.epoch_loss, state.epoch_hidden = epoch + 1, 0.0, 0
        self._write_checkpoint()

    def _update(self, docs: list[Doc]) -> None:
        docs = [doc for doc in docs if len(doc)]
        if not docs:
            return
        state = self.state
        loss, n_words = _step(self.model, docs, self.optimizer, self.model.attrs["loss"])
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"The loss became {loss} after {state.step} batches: lower the learn rate of [pretraining.optimizer]. "
                "The last checkpoint and the models before are kept."
            )
        state.step, state.saved_as = state.step + 1, ""
        state.words += sum(len(doc) for doc in docs)
        state.loss, state.epoch_loss = state.loss + loss, state.epoch_loss + loss
        state.hidden, state.epoch_hidden = state.hidden + n_words, state.epoch_hidden + n_words
        self.console.step(state, self._seconds())

    def _evaluate(self) -> None:
        if self.dev_corpus is None:
            return
        state = self.state
        with self.model.use_params(self.optimizer.averages or {}):
            loss = held_out_loss(self.model, minibatch_by_words(self.dev_corpus(self.nlp), DEV_WORDS))
            is_best = state.best is None or loss < state.best
            state.results.append((loss, state.step))
        if is_best:
            self._save(FILE_BEST)
        patience = self.settings["patience"]
        if patience and state.since_best >= patience:
            state.finished = f"no lower held-out loss within {patience} evaluations"
        self.console.evaluated(state, self._seconds())

    def _save(self, name: str) -> None:
        with self.model.use_params(self.optimizer.averages or {}), atomic_file(self.output / name) as fresh:
            fresh.write_bytes(self.model.get_ref("tok2vec").to_bytes())

    def _log(self, epoch: int) -> None:
        append_log(self.output, self.state, epoch, self._seconds())

    def _seconds(self) -> float:
        return self.state.seconds + perf_counter() - self.started

    def _write_checkpoint(self) -> None:
        self.state.seconds, self.started = self._seconds(), perf_counter()
        write_pretraining(self.output, self.nlp.config, self.model, self.optimizer, self.state, self.stream)


def _corpus(config: Config, name: str, key: str) -> Callable[["Language"], Iterable[Any]]:
    """The corpus of a dotted name; the other corpora of the config need no paths."""
    try:
        block = dot_to_object(config, name)
    except KeyError as error:
        raise ConfigValidationError(f"the config has no section [{name}]", path=("pretraining", key)) from error
    return registry.resolve(Config({"corpus": block}))["corpus"]


def _checkpoint_for(resume_path: Path, epoch_resume: int | None) -> PretrainCheckpoint | None:
    """The checkpoint to go on from: that of a run's folder, or of the folder of a weights file that was saved at it."""
    if resume_path.is_dir():
        checkpoint = read_pretraining(resume_path)
        if checkpoint is None:
            raise FileNotFoundError(f"{resume_path} holds no checkpoint of pretraining to go on from")
        return checkpoint
    if not resume_path.is_file():
        raise FileNotFoundError(f"{resume_path}: there is no such file of weights, nor a folder of an earlier run")
    checkpoint = read_pretraining(resume_path.parent) if epoch_resume is None else None
    return checkpoint if checkpoint is not None and checkpoint.state.saved_as == resume_path.name else None


def _epoch_after(resume_path: Path, epoch_resume: int | None) -> int:
    if epoch_resume is not None:
        if epoch_resume < 0:
            raise ValueError(f"--epoch-resume is the number of the epoch to go on with, 0 or more; got {epoch_resume}")
        return epoch_resume
    found = re.fullmatch(r"model(\d+)(?:\.temp)?\.bin", resume_path.name)
    if found is None:
        raise ValueError(
            f"{resume_path.name} does not tell its epoch, as model3.bin does: say where to go on, --epoch-resume 4"
        )
    return int(found[1]) + 1


def create_pretraining_model(nlp: "Language", pretrain_config: Mapping[str, Any]) -> Model:
    """The layer to pretrain under the output layer of the objective, initialized. Its refs: `tok2vec`, `output_layer`.

    pretrain_config: the resolved [pretraining] section. Raises ConfigError for a layer that gives no row a word, and where the
    objective cannot be made.
    """
    with nlp.select_pipes(disable=nlp.pipe_names):
        nlp.initialize()
    layer = get_tok2vec_ref(nlp, pretrain_config)
    sample = [nlp.make_doc(SAMPLE)]
    _check_encoder(layer, sample, pretrain_config)
    try:
        model = pretrain_config["objective"](nlp.vocab, layer)
    except ValueError as error:
        raise ConfigValidationError(str(error), path=("pretraining", "objective")) from error
    model.initialize(X=sample)
    set_dropout_rate(model, pretrain_config["dropout"])
    return model


def _check_encoder(layer: Model, sample: list[Doc], settings: Mapping[str, Any]) -> None:
    """Raises ConfigError where the layer is not one from documents to a list of rows, one row a word."""
    where = f"the layer `{settings['layer']}`" if settings["layer"] else "the model"
    problem = f"{where} of `{settings['component']}` ({layer.name}) cannot be pretrained: it has to give a row for each word"
    hint = 'name the layer that does, such as layer = "tok2vec", or the component that holds it'
    try:
        layer.initialize(X=sample)
        rows = layer.predict(sample)
        fits = isinstance(rows, list) and len(rows) == 1 and rows[0].shape == (len(sample[0]), layer.get_dim("nO"))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise ConfigValidationError(f"{problem} ({error})", path=("pretraining", "layer"), hint=hint) from error
    if not fits:
        raise ConfigValidationError(problem, path=("pretraining", "layer"), hint=hint)


def ensure_docs(examples_or_docs: Iterable[Doc | Example]) -> list[Doc]:
    """The Docs of a batch, of Examples the reference. Raises TypeError for anything else."""
    docs = []
    for item in examples_or_docs:
        if not isinstance(item, Doc | Example):
            raise TypeError(f"A corpus for pretraining gives Docs or Examples; got {type(item).__name__}")
        docs.append(item.reference if isinstance(item, Example) else item)
    return docs


def make_update(model: Model, docs: Iterable[Doc], optimizer: Optimizer, objective_func: Callable) -> float:
    """Learn from a batch; returns its loss. objective_func: (ops, docs, prediction) -> (loss, gradient), the model's own."""
    return _step(model, list(docs), optimizer, objective_func)[0]


def _step(model: Model, docs: list[Doc], optimizer: Optimizer, objective: Callable) -> tuple[float, int]:
    """Learn from a batch: its loss, and the number of words the loss is of."""
    if _learns_hidden_words(model, objective):
        loss, n_words, backprop = loss_of_hidden_words(model, docs, is_train=True)
        if backprop is not None:
            backprop()
            finish_update(model, optimizer)
    else:
        n_words = sum(len(doc) for doc in docs)
        predictions, backprop_all = model.begin_update(docs)
        loss, gradient = objective(model.ops, docs, predictions)
        backprop_all(gradient)
        finish_update(model, optimizer)
    optimizer.step_schedules()
    return float(loss), n_words


def _learns_hidden_words(model: Model, objective: Any) -> bool:
    return hasattr(objective, "compare") and objective is model.attrs.get("loss") and "hide" in model.attrs


def held_out_loss(model: Model, batches: Iterable[Any], seed: int = 0) -> float:
    """Loss a word on text that is not learned from, the same words hidden each time. Raises FormatError where there is none."""
    before, total, count = save_random_state(), 0.0, 0
    numpy.random.seed(seed)
    try:
        for batch in batches:
            docs = [doc for doc in ensure_docs(batch) if len(doc)]
            objective = model.attrs["loss"]
            if _learns_hidden_words(model, objective):
                loss, n_words, _ = loss_of_hidden_words(model, docs, is_train=False)
            else:
                loss, n_words = float(objective(model.ops, docs, model.predict(docs))[0]), sum(len(doc) for doc in docs)
            total, count = total + loss, count + n_words
    finally:
        restore_random_state(before)
    if not count:
        raise FormatError("[pretraining] dev_corpus gives no text to evaluate on")
    return total / count
