"""Training a pipeline: one step of updates, rehearsal, distillation, and measuring how good it is."""

import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

from thinc.api import get_current_ops

from ..config.frozen import SimpleFrozenList
from ..config.registry import registry
from ..gold.example import Example, validate_distillation_examples, validate_examples
from ..scorer import Scorer
from .initialization import initialize_pipeline
from .listening import replace_listeners
from .running import Running
from .steps import annotate_batch, check_names, steps_of

if TYPE_CHECKING:
    from .language import Language

__all__ = ["Learning"]

Settings = Mapping[str, Mapping[str, Any]]
Optimizer = Callable[..., Any]


class Learning(Running):
    """The part of a Language object that changes its components' weights."""

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Optimizer | None = None
    ) -> Optimizer:
        """Prepare all components for training, by the [initialize] block of the config: vocabulary, vectors, labels, weights.

        get_examples: called for a sample of the training data, as often as needed. sgd: the optimizer, by default the one of
        the config. Returns the optimizer.
        """
        return initialize_pipeline(cast("Language", self), get_examples, sgd)

    def begin_training(
        self, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Optimizer | None = None
    ) -> Optimizer:
        """The older name of `initialize`."""
        return self.initialize(get_examples, sgd=sgd)

    def create_optimizer(self) -> Optimizer:
        """The optimizer of the [training] block of the config."""
        settings = self.config.interpolate()["training"]["optimizer"]
        return registry.resolve({"training": {"optimizer": settings}})["training"]["optimizer"]

    def resume_training(self, *, sgd: Optimizer | None = None) -> Optimizer:
        """Prepare a trained pipeline for further training: keeps copies of the models for `rehearse`. Returns the optimizer."""
        self.vocab.vectors.to_ops(get_current_ops())
        for _, pipe in self.pipeline:
            if hasattr(pipe, "_rehearsal_model"):
                # Not model.copy(), which leaves the layers' references to each other behind.
                pipe._rehearsal_model = copy.deepcopy(pipe.model)
        self._optimizer = sgd if sgd is not None else self.create_optimizer()
        return self._optimizer

    def update(
        self,
        examples: Iterable[Example],
        _: None = None,
        *,
        drop: float = 0.0,
        sgd: Optimizer | None | bool = None,
        losses: dict[str, float] | None = None,
        component_cfg: Settings | None = None,
        exclude: Iterable[str] = SimpleFrozenList(),
        annotates: Iterable[str] = SimpleFrozenList(),
    ) -> dict[str, float]:
        """Let the components learn from a batch.

        drop: dropout rate. sgd: the optimizer; None: the one of the pipeline; False: only collect gradients. losses: added to,
        by component name. component_cfg: component name -> extra arguments for its `update`. exclude: components that do not
        learn. annotates: components whose predictions the later ones are to see. Returns the losses.
        """
        if _ is not None:
            raise ValueError(
                "update takes a batch of Example objects, not texts and annotations: "
                "nlp.update([Example.from_dict(doc, {…}), …])"
            )
        losses = {} if losses is None else losses
        examples = list(examples)
        if not examples:
            return losses
        validate_examples(examples, "Language.update")
        exclude, annotates = list(exclude), list(annotates)
        check_names([*exclude, *annotates, *(component_cfg or {})], self.component_names, "Language.update")
        if annotates:
            # Only then are the predicted documents written to, and the caller's are not ours to write to.
            examples = [Example(example.predicted.copy(), example.reference) for example in examples]
        optimizer = self._optimizer_for(sgd)
        learners = [(name, pipe) for name, pipe in self.pipeline if name not in exclude]
        for name, pipe in self.pipeline:
            if name not in exclude and hasattr(pipe, "update"):
                pipe.update(examples, sgd=None, losses=losses, **{"drop": drop, **(component_cfg or {}).get(name, {})})
            if name in annotates:
                self._annotate(name, pipe, examples)
        _end_update(learners, optimizer)
        return losses

    def rehearse(
        self,
        examples: Iterable[Example],
        *,
        sgd: Optimizer | None | bool = None,
        losses: dict[str, float] | None = None,
        component_cfg: Settings | None = None,
        exclude: Iterable[str] = SimpleFrozenList(),
    ) -> dict[str, float]:
        """Let the components keep what they knew: move their predictions towards those of the models `resume_training` put
        aside.

        The arguments are those of `update`. The gradients of all components are collected, then applied once. Returns the
        losses.
        """
        losses = {} if losses is None else losses
        examples = list(examples)
        if not examples:
            return losses
        validate_examples(examples, "Language.rehearse")
        exclude = list(exclude)
        check_names([*exclude, *(component_cfg or {})], self.component_names, "Language.rehearse")
        optimizer = self._optimizer_for(sgd)
        learners = [(name, pipe) for name, pipe in self.pipeline if name not in exclude and hasattr(pipe, "rehearse")]
        for name, pipe in learners:
            pipe.rehearse(examples, sgd=None, losses=losses, **(component_cfg or {}).get(name, {}))
        _end_update(learners, optimizer)
        return losses

    def distill(
        self,
        teacher: Any,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None | bool = None,
        losses: dict[str, float] | None = None,
        component_cfg: Settings | None = None,
        exclude: Iterable[str] = SimpleFrozenList(),
        annotates: Iterable[str] = SimpleFrozenList(),
        student_to_teacher: Mapping[str, str] | None = None,
    ) -> dict[str, float]:
        """Let the components learn from the predictions of another pipeline's components, on texts without gold annotations.

        teacher: a trained pipeline. examples: the documents for teacher (reference) and student (predicted).
        student_to_teacher: names of the components that learn from each other, where they differ. The other arguments are those
        of `update`. Returns the losses.
        """
        losses = {} if losses is None else losses
        examples = list(examples)
        if not examples:
            return losses
        validate_distillation_examples(examples, "Language.distill")
        exclude, annotates, names = list(exclude), list(annotates), dict(student_to_teacher or {})
        examples = [Example(example.predicted.copy(), example.reference.copy()) for example in examples]
        optimizer = self._optimizer_for(sgd)
        _run_upstream_of(teacher, examples)
        learners = [(name, pipe) for name, pipe in self.pipeline if name not in exclude]
        for name, pipe in self.pipeline:
            if name not in exclude and getattr(pipe, "is_distillable", False):
                guide = teacher.get_pipe(names.get(name, name))
                pipe.distill(guide, examples, sgd=None, losses=losses, **{"drop": drop, **(component_cfg or {}).get(name, {})})
            if name in annotates:
                self._annotate(name, pipe, examples)
        _end_update(learners, optimizer)
        return losses

    def evaluate(
        self,
        examples: Iterable[Example],
        *,
        batch_size: int | None = None,
        scorer: Scorer | None = None,
        component_cfg: Settings | None = None,
        scorer_cfg: Mapping[str, Any] | None = None,
        per_component: bool = False,
    ) -> dict[str, Any]:
        """Scores of the pipeline's predictions, by score name, and `speed` in words per second.

        scorer: by default one of this pipeline. scorer_cfg: settings for it. per_component: scores by component name instead.
        """
        examples = list(examples)
        validate_examples(examples, "Language.evaluate")
        examples = [Example(example.predicted.copy(), example.reference) for example in examples]
        if scorer is None:
            scorer = Scorer(**{"nlp": self, **(scorer_cfg or {})})
        started = time.perf_counter()
        for example in examples:
            # The gold tokens are used below: this is for the speed, texts being what a user has.
            self.make_doc(example.reference.text)
        numbered = ((example.predicted, index) for index, example in enumerate(examples))
        annotated = self.pipe(numbered, as_tuples=True, batch_size=batch_size, component_cfg=component_cfg)
        words = 0
        for doc, index in annotated:
            examples[index].predicted = doc
            words += len(doc)
        seconds = time.perf_counter() - started
        results = scorer.score(examples, per_component=True) if per_component else scorer.score(examples)
        results["speed"] = words / seconds if seconds else 0.0
        return results

    @contextmanager
    def use_params(self, params: Mapping[Any, Any] | None) -> Iterator[None]:
        """Run with other weights for a block: those in `params` (as an optimizer's averages), by component. None or {}: no
        change.
        """
        with ExitStack() as stack:
            if params:
                for _, pipe in self.pipeline:
                    if hasattr(pipe, "use_params") and hasattr(pipe, "model"):
                        stack.enter_context(_as_context(pipe.use_params(params)))
            yield

    def replace_listeners(self, tok2vec_name: str, pipe_name: str, listeners: Iterable[str]) -> None:
        """Give a component copies of the upstream layers it listens to, so that it no longer needs the upstream component.

        tok2vec_name: the upstream component. pipe_name: the listening one. listeners: where in its config the listeners are,
        such as ["model.tok2vec"]. Raises ValueError when that is not so.
        """
        replace_listeners(self, tok2vec_name, pipe_name, list(listeners))

    def _optimizer_for(self, sgd: Optimizer | None | bool) -> Any:
        """The optimizer to apply gradients with, or None for none."""
        if sgd is False:
            return None
        if sgd is not None:
            return sgd
        if self._optimizer is None:
            self._optimizer = self.create_optimizer()
        return self._optimizer

    def _annotate(self, name: str, pipe: Any, examples: list[Example]) -> None:
        docs = [example.predicted for example in examples]
        steps = steps_of([(name, pipe)], (), None, self.default_error_handler)
        done, kept = annotate_batch(docs, list(range(len(docs))), steps)
        for doc, index in zip(done, kept):
            examples[index].predicted = doc


def _end_update(learners: list[tuple[str, Any]], optimizer: Any) -> None:
    """Backpropagate what components share, then apply all gradients."""
    for _, pipe in learners:
        if hasattr(pipe, "end_update"):
            pipe.end_update()
    if optimizer is None:
        return
    for _, pipe in learners:
        if (
            hasattr(pipe, "finish_update")
            and getattr(pipe, "is_trainable", True)
            and getattr(pipe, "model", True) not in (True, False, None)
        ):
            pipe.finish_update(optimizer)


def _run_upstream_of(teacher: Any, examples: list[Example]) -> None:
    """Let the teacher's components that others listen to run over the reference documents."""
    upstream = [(name, pipe) for name, pipe in teacher.pipeline if getattr(pipe, "listening_components", None)]
    annotate_batch([example.reference for example in examples], [None] * len(examples), steps_of(upstream))


@contextmanager
def _as_context(manager: Any) -> Iterator[None]:
    """`use_params` of a component as a context manager; components may also write it as a generator."""
    if hasattr(manager, "__enter__"):
        with manager:
            yield
        return
    next(manager)
    try:
        yield
    finally:
        next(manager, None)
