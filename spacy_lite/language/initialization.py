"""Preparing a pipeline for training, by the [initialize] block of its config: vocabulary, vectors, tokenizer, components,
weights.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import get_current_ops, to_numpy

from ..config.config import Config, ConfigValidationError
from ..config.registry import registry
from ..config.schemas import ConfigSchemaInit, validate_init_settings
from ..environment import logger
from ..errors import FormatError, nearest
from ..gold.example import Example, validate_get_examples
from ..lookups import Lookups
from ..serialize import read_json_lines
from ..tokens import Doc
from .loading import load_model, load_model_config
from .pipes import warn_of_other_vectors
from .pretrained import load_pretrained

if TYPE_CHECKING:
    from .language import Language

__all__ = ["get_tok2vec_ref", "init_tok2vec", "init_vocab", "initialize_pipeline", "load_vectors_into_model"]

ROWS_AT_A_TIME = 1 << 14

GetExamples = Callable[[], Iterable[Example]]


def initialize_pipeline(nlp: "Language", get_examples: GetExamples | None, sgd: Any = None) -> Any:
    """Initialize vocabulary, tokenizer and the components that run; returns the optimizer. See Language.initialize."""
    if get_examples is None:
        get_examples = placeholder_examples(nlp)
    validate_get_examples(get_examples, "Language.initialize")
    config = nlp.config.interpolate()
    settings = _settings_of(config)
    if settings["before_init"] is not None:
        settings["before_init"](nlp)
    init_vocab(nlp, data=settings["vocab_data"], lookups=settings["lookups"], vectors=settings["vectors"])
    for location, vectors in nlp._sourced_vectors.items():
        warn_of_other_vectors(f"what is sourced from {location}", nlp.vocab.vectors, vectors)
    try:
        if hasattr(nlp.tokenizer, "initialize"):
            given = validate_init_settings(
                nlp.tokenizer.initialize, settings["tokenizer"], section="tokenizer", name="tokenizer"
            )
            nlp.tokenizer.initialize(get_examples, nlp=nlp, **given)
        for name, pipe in nlp.pipeline:
            if hasattr(pipe, "initialize"):
                given = validate_init_settings(
                    pipe.initialize, settings["components"].get(name, {}), section="components", name=name
                )
                pipe.initialize(get_examples, nlp=nlp, **given)
    except ConfigValidationError as error:
        raise error.located(config.origin) from error.__cause__
    if config.get("pretraining"):
        init_tok2vec(nlp, config["pretraining"], settings)
    elif settings["init_tok2vec"]:
        problem = "these weights would change nothing: the config has no section [pretraining] to say which layer they are for"
        hint = "`init fill-config --pretraining` adds it."
        raise ConfigValidationError(problem, path=("initialize", "init_tok2vec"), hint=hint).located(config.origin)
    nlp._link_components()
    nlp._optimizer = sgd if sgd is not None else nlp.create_optimizer()
    if settings["after_init"] is not None:
        settings["after_init"](nlp)
    return nlp._optimizer


def _settings_of(config: Config) -> dict[str, Any]:
    block = Config(config["initialize"])
    block.origin = config.origin
    return registry.resolve(block, schema=ConfigSchemaInit)


def placeholder_examples(nlp: "Language") -> GetExamples:
    """Examples for pipelines that are initialized without data: enough to tell layers their sizes."""
    doc = Doc(nlp.vocab, words=["x", "y", "z"])
    return lambda: [Example.from_dict(doc, {})]


def init_vocab(
    nlp: "Language", *, data: str | Path | None = None, lookups: Lookups | None = None, vectors: str | Path | None = None
) -> None:
    """Fill the vocabulary. data: JSONL file of lexeme attributes. lookups: tables. vectors: pipeline to take word vectors from.

    Raises ConfigError for a file or pipeline that is not there.
    """
    if lookups is not None:
        nlp.vocab.lookups = lookups
    if data is not None:
        if not Path(data).is_file():
            raise ConfigValidationError(f"there is no such file: {data}", path=("initialize", "vocab_data"))
        for attributes in read_json_lines(data):
            _add_lexeme(nlp, attributes)
    if vectors is not None:
        try:
            load_vectors_into_model(nlp, vectors)
        except OSError as error:
            raise ConfigValidationError(f"there are no vectors to load: {error}", path=("initialize", "vectors")) from error
    if nlp.vocab.vectors.shape[1] >= 1:
        nlp.vocab.vectors.to_ops(get_current_ops())


def _add_lexeme(nlp: "Language", attributes: Mapping[str, Any]) -> None:
    if "settings" in attributes:
        nlp.vocab.cfg.update(attributes["settings"])
    elif "orth" in attributes:
        lexeme = nlp.vocab[attributes["orth"]]
        # Files of the field give the cluster as a string of digits.
        given = {key: int(value) if key == "cluster" else value for key, value in attributes.items() if key != "orth"}
        lexeme.set_attrs(**given)


def load_vectors_into_model(nlp: "Language", name: str | Path, *, add_strings: bool = True) -> None:
    """Take the word vectors, and the strings they belong to, from another pipeline (a package or a directory).

    Raises OSError when there is no such pipeline, ConfigError for one without vectors, or with some that are not finite.
    """
    components = load_model_config(name).get("nlp", {}).get("pipeline", [])
    other = load_model(name, exclude=[*components, "tokenizer"])
    if not other.vocab.vectors.shape[0]:
        raise ConfigValidationError(f"{name} has no word vectors", path=("initialize", "vectors"))
    _refuse_not_finite(other.vocab.vectors, name)
    if add_strings:
        for string in other.vocab.strings:
            nlp.vocab.strings.add(string)
    vectors: Any = other.vocab.vectors
    nlp.vocab.vectors = vectors
    if vectors.name is None:
        vectors.name = other.meta.get("vectors", {}).get("name") or f"{nlp.lang}.vectors"


def _refuse_not_finite(vectors: Any, name: str | Path) -> None:
    table = to_numpy(vectors.data)
    for start in range(0, len(table), ROWS_AT_A_TIME):
        wrong = numpy.flatnonzero(~numpy.isfinite(table[start : start + ROWS_AT_A_TIME]).all(axis=1))
        if len(wrong):
            problem = f"the vectors of {name} are not finite (NaN or infinite) in row {start + wrong[0]}, or in others as well"
            raise ConfigValidationError(problem, path=("initialize", "vectors"))


def init_tok2vec(nlp: "Language", pretrain_config: Mapping[str, Any], init_config: Mapping[str, Any]) -> bool:
    """Load pretrained weights into the layer that [pretraining] names.

    init_config: the [initialize] section, whose `init_tok2vec` is the file. Returns whether there was one to load; what it
    changed is logged. Raises ConfigError for a file that is missing, has weights of another shape, or changes nothing.
    """
    file = init_config.get("init_tok2vec")
    if not file:
        return False
    path = ("initialize", "init_tok2vec")
    if not Path(file).is_file():
        raise ConfigValidationError(f"there is no file of pretrained weights {file}", path=path)
    layer = get_tok2vec_ref(nlp, pretrain_config)
    where = f"layer `{pretrain_config['layer']}`" if pretrain_config["layer"] else "the model"
    where += f" of `{pretrain_config['component']}`"
    try:
        changed = load_pretrained(layer, file)
    except FormatError as error:
        hint = "use the width, depth and rows they were pretrained with, and the same `component` and `layer`"
        raise ConfigValidationError(f"{file} does not fit {where}: {error}", path=path, hint=hint) from error
    logger.info(f"Pretrained weights of {file} for {where}: {changed}")
    return True


def get_tok2vec_ref(nlp: "Language", pretrain_config: Mapping[str, Any]) -> Any:
    """The layer that [pretraining] names by `component` and `layer` ("": the component's whole model).

    A layer that listens stands for the model of the component it listens to. Raises ConfigError for names that are not there.
    """
    name = pretrain_config["component"]
    if name not in nlp.component_names:
        there = f"{nearest(name, nlp.component_names)}; it has: {', '.join(nlp.component_names)}"
        raise ConfigValidationError(f"the pipeline has no component `{name}`{there}", path=("pretraining", "component"))
    layer = nlp.get_pipe(name).model
    if pretrain_config["layer"]:
        wanted = pretrain_config["layer"]
        # Some architectures name their encoder on a node inside them.
        holders = {ref: node for node in reversed(list(layer.walk())) for ref in node.ref_names if node.has_ref(ref)}
        if wanted not in holders:
            problem = f"the model of `{name}` has no layer `{wanted}`{nearest(wanted, holders)}"
            problem += f"; it has: {', '.join(sorted(holders)) or 'none'}"
            raise ConfigValidationError(problem, path=("pretraining", "layer"), hint='layer = "" stands for the whole model')
        layer = holders[wanted].get_ref(wanted)
    listeners = [node for node in layer.walk() if hasattr(node, "upstream_name")]
    if len(listeners) == 1:
        layer = listeners[0]
        name = "tok2vec" if layer.upstream_name == "*" else layer.upstream_name
        if name not in nlp.component_names:
            problem = f"listens to `{name}`, which is not in the pipeline ({', '.join(nlp.component_names)})"
            raise ConfigValidationError(problem, path=("pretraining", "component"))
        layer = nlp.get_pipe(name).model
    return layer
