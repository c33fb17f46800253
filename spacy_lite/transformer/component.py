"""The transformer component: one pretrained encoder whose output several components of the pipeline share."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from ..language import Language
from ..pipeline.shared_encoder import SharedEncoder
from ..serialize import atomic_directory
from ..tokens import Doc
from . import hf
from .annotation_setters import AnnotationSetter, null_annotation_setter
from .data import FullTransformerBatch, install_extensions
from .encoder import Encoder
from .layers import MAX_BATCH_ITEMS, TransformerModel
from .listener import EncodedBatch, TransformerListener
from .methods import Blocks, TablesAndAdapters
from .outputs import check_keep_outputs, check_pooling, set_outputs
from .per_component import begin_batches, predict_with_all, stand_together
from .saving import load_folder, pack_encoder, pack_files, read_bytes

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["DEFAULT_TRANSFORMER_MODEL", "Transformer", "make_transformer"]

SAMPLE_SIZE = 10
PRECISIONS = {"float32": None, "bfloat16": "bfloat16", "float16": "float16"}
DEFAULT_TRANSFORMER_MODEL = {
    "@architectures": "spacy-transformers.TransformerModel.v3",
    "name": "roberta-base",
    "tokenizer_config": {"use_fast": True},
    "transformer_config": {},
    "mixed_precision": False,
    "grad_scaler_config": {},
    "get_spans": {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 128, "stride": 96},
}


@Language.factory(
    "transformer",
    assigns=["doc._.trf_data"],
    default_config={
        "max_batch_items": MAX_BATCH_ITEMS,
        "keep_outputs": "doc",
        "inference_dtype": "float32",
        "torch_threads": None,
        "set_extra_annotations": {"@annotation_setters": "spacy-transformers.null_annotation_setter.v1"},
        "model": DEFAULT_TRANSFORMER_MODEL,
    },
)
def make_transformer(
    nlp: Language,
    name: str,
    model: Model[list[Doc], FullTransformerBatch],
    set_extra_annotations: AnnotationSetter,
    max_batch_items: int,
    keep_outputs: str,
    inference_dtype: str,
    torch_threads: int | None,
) -> "Transformer":
    """Construct a shared transformer.

    model: from documents to the output for them. set_extra_annotations: called with documents and their output.
    max_batch_items: pieces a step of computing, padding included. keep_outputs: "doc", "pooled" or "none". inference_dtype:
    "float32", "bfloat16" or "float16". torch_threads: how many threads torch computes with; null: as many as it is set to. See
    Transformer.
    """
    return Transformer(
        nlp.vocab,
        model,
        set_extra_annotations,
        name=name,
        max_batch_items=max_batch_items,
        keep_outputs=keep_outputs,
        inference_dtype=inference_dtype,
        torch_threads=torch_threads,
    )


class Transformer(TablesAndAdapters, SharedEncoder[TransformerListener, EncodedBatch]):
    """Computes the output of a pretrained transformer, for the components that listen to it.

    predict: documents to a FullTransformerBatch. set_annotations: sets `doc._.trf_data`, and what `set_extra_annotations`
    sets. update: see SharedEncoder; where no weight is trained, or no listener sends a gradient, nothing is kept for a backward
    pass.
    """

    listener_class = TransformerListener

    def __init__(
        self,
        vocab: "Vocab",
        model: Model[list[Doc], FullTransformerBatch],
        set_extra_annotations: AnnotationSetter | None = None,
        *,
        name: str = "transformer",
        max_batch_items: int = MAX_BATCH_ITEMS,
        keep_outputs: str = "doc",
        inference_dtype: str = "float32",
        torch_threads: int | None = None,
    ) -> None:
        """keep_outputs: what stays on documents: "doc": the whole output, "pooled": a mean a token, "none": nothing once the
        last listener has read it. inference_dtype: the precision of predicting. torch_threads: threads torch computes with;
        None: as many as it is set to, but one in each worker of `nlp.pipe(n_process=...)`. Raises ValueError for other values.
        """
        super().__init__(vocab, model, name)
        for setting, value in {"max_batch_items": max_batch_items, "torch_threads": torch_threads}.items():
            if (value, setting) != (None, "torch_threads") and (type(value) is not int or value < 1):
                raise ValueError(f"`{name}`: {setting} must be a positive number, got {value!r}")
        if inference_dtype not in PRECISIONS:
            raise ValueError(f"`{name}`: inference_dtype can be {', '.join(PRECISIONS)}, got {inference_dtype!r}")
        self.keep_outputs = check_keep_outputs(name, keep_outputs)
        self.set_extra_annotations = set_extra_annotations or null_annotation_setter()
        self._warned = False
        self._transformer.attrs["max_batch_items"] = max_batch_items
        self._transformer.shim.precision, self._transformer.shim.threads = PRECISIONS[inference_dtype], torch_threads
        install_extensions()

    @property
    def is_pretrained(self) -> bool:
        """Whether the weights are loaded, not made, when the component is initialized."""
        return True

    @property
    def _transformer(self) -> TransformerModel:
        for node in self.model.walk():
            if isinstance(node, TransformerModel):
                return node
        raise ValueError(f"the model of `{self.name}` must hold a TransformerModel, it is {self.model.name!r}")

    @property
    def encoder(self) -> Encoder:
        """The pretrained model with its tokenizer. Raises ValueError before it is loaded."""
        return self._transformer.encoder

    @property
    def max_batch_items(self) -> int:
        """Pieces a step of computing, padding included."""
        return self._transformer.attrs["max_batch_items"]

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the transformers library that is in force. Raises ValueError before it is loaded."""
        return self.encoder.tokenizer

    @property
    def max_length(self) -> int:
        """How many pieces are read at a time, special ones included."""
        return self.encoder.limit

    # Listeners

    def _accept(self, listener: TransformerListener) -> None:
        if self._transformer.shim.encoder is not None:
            listener.fit(self.name, self.encoder.width, self.encoder.layers)
            listener.adapter = self.encoder.adapters.of_component.get(listener.component)

    def find_listeners(self, component: Any) -> None:
        """Add the listeners in the model of another component that name this one, or "*", with what pools their rows."""
        super().find_listeners(component)
        for listener in self.listener_map.get(getattr(component, "name", ""), []):
            listener.find_pooling(component.model)
            check_pooling(self.name, self.keep_outputs, listener)

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> FullTransformerBatch:
        """The output for the documents."""
        docs = list(docs)
        batch = predict_with_all(self.model, self.encoder.adapters, docs, self.listeners)
        self._warn_of_truncation()
        return batch

    def set_annotations(self, docs: Iterable[Doc], predictions: FullTransformerBatch) -> None:
        """Set `doc._.trf_data`, and what `set_extra_annotations` sets. predictions: what `predict` gave for these documents."""
        docs = list(docs)
        if len(docs) != len(predictions.doc_data):
            raise ValueError(f"`{self.name}` has the output of {len(predictions.doc_data)} documents for {len(docs)}")
        set_outputs(docs, predictions, self.keep_outputs, self.listeners)
        self.set_extra_annotations(docs, predictions)

    def _warn_of_truncation(self) -> None:
        """Say, once a component, that single tokens were longer than the model can read."""
        tokens, lost = self.encoder.piecer.truncated
        if tokens and not self._warned:
            self._warned = True
            warnings.warn(
                f"`{self.name}` reads {self.max_length} pieces at a time: {tokens} token(s) were longer on their own,"
                f" and {lost} of their pieces were left out",
                UserWarning,
                stacklevel=3,
            )

    # Learning

    def _encode(self, docs: list[Doc], drop: float, losses: dict[str, float]) -> list[EncodedBatch]:
        batches = begin_batches(self._transformer, self.name, docs, self.listeners, drop, losses)
        self._warn_of_truncation()
        return batches

    def _keep(self, batches: list[EncodedBatch]) -> None:
        stand_together(batches)

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        adapters: Blocks | None = None,
        embeddings: Blocks | None = None,
        active_adapter: str | None = None,
        active_embeddings: str | None = None,
        component_adapters: Mapping[str, str] | None = None,
        train_adapter: str | Sequence[str] | None = None,
        train_embeddings: bool = False,
    ) -> None:
        """Load the pretrained model, by the name in the config, and add to it what the config says.

        adapters: by name, `method` and its settings, or the `path` to load from. embeddings: by name, what `add_embeddings`
        takes (`tokenizer` a folder or name, `trainable` the rows), or the `path`. active_adapter, active_embeddings: what is in
        force then. component_adapters: see `set_component_adapter`. train_adapter, train_embeddings: see `train_adapter`.
        Raises OSError where there is no model of that name, ValueError for settings that cannot be.
        """
        self._validate_get_examples(get_examples)
        self._check_training(train_adapter, train_embeddings)
        docs = [example.predicted for example in islice(get_examples(), SAMPLE_SIZE)]
        self.model.initialize(X=docs)
        self._make(adapters, embeddings)
        self._use_settings(active_adapter, active_embeddings, component_adapters, train_adapter, train_embeddings)
        for listener in self.listeners:
            self._accept(listener)

    # Saving

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the transformer into the folder `path`: settings, model and tokenizer, embedding tables, adapters.

        exclude: "hf" leaves out the pretrained model; it is then loaded by the name in the config, and must be the same.
        """
        with atomic_directory(path) as folder:
            hf.write_files(self._files(exclude), folder)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "Transformer":
        """Load what `to_disk` wrote, or the folder of a spaCy-transformers component. Raises FormatError for another."""
        self._use(load_folder(Path(path)))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """What `to_disk` writes, as bytes."""
        return pack_files(self._files(exclude))

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "Transformer":
        """Load what `to_bytes` gave. Raises FormatError for other bytes."""
        self._use(read_bytes(bytes_data))
        return self

    def _files(self, exclude: Iterable[str]) -> hf.Files:
        transformer = self._transformer
        base = {
            "name": transformer.attrs["name"],
            "tokenizer_config": transformer.tokenizer_config,
            "transformer_config": transformer.transformer_config,
        }
        return pack_encoder(transformer.shim.encoder, exclude, base)

    def _use(self, encoder: Encoder | None) -> None:
        if encoder is not None:
            self._transformer.use_encoder(encoder)
        for listener in self.listeners:
            self._accept(listener)
