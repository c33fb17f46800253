"""`debug model`: the layers of a component's model, before and after initialisation and training."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ._messages import Messages
from ._util import Arg, Opt, command, debug_cli, parse_config_overrides, setup_gpu, string_to_list

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["debug_model", "debug_model_cli"]

TEXT = "This is a text to look at the model with"
N_UPDATES = 3


@command(debug_cli, "model", overrides=True)
def debug_model_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config of the pipeline", allow_dash=True),
    component: str = Arg(..., help="Component whose model is shown"),
    layers: str = Opt("", "--layers", "-l", help="Numbers of the layers to show, separated by commas"),
    dimensions: bool = Opt(False, "--dimensions", "-DIM", help="Show dimensions"),
    parameters: bool = Opt(False, "--parameters", "-PAR", help="Show parameters"),
    gradients: bool = Opt(False, "--gradients", "-GRAD", help="Show gradients"),
    attributes: bool = Opt(False, "--attributes", "-ATTR", help="Show attributes"),
    P0: bool = Opt(False, "--print-step0", "-P0", help="Show the model before initialisation"),
    P1: bool = Opt(False, "--print-step1", "-P1", help="Show the model after initialisation"),
    P2: bool = Opt(False, "--print-step2", "-P2", help="Show the model after a few updates"),
    P3: bool = Opt(False, "--print-step3", "-P3", help="Show predictions after that"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
) -> None:
    """Show the layers of a component's model, with their sizes."""
    from ..config import registry
    from ..config.defaults import load_config
    from ..config.schemas import ConfigSchemaTraining
    from ..language.loading import load_model_from_config

    setup_gpu(use_gpu)
    config = load_config(config_path, overrides=parse_config_overrides(ctx.args))
    nlp = load_model_from_config(config, auto_fill=True)
    settings = nlp.config.interpolate()
    training = registry.resolve(settings["training"], schema=ConfigSchemaTraining)
    print_settings = {
        "dimensions": dimensions,
        "parameters": parameters,
        "gradients": gradients,
        "attributes": attributes,
        "layers": string_to_list(layers, intify=True),
        "print_before_init": P0,
        "print_after_init": P1,
        "print_after_training": P2,
        "print_prediction": P3,
    }
    debug_model(settings, training, nlp, nlp.get_pipe(component), print_settings=print_settings)


def debug_model(
    config: Any,
    resolved_train_config: dict[str, Any],
    nlp: "Language",
    pipe: Any,
    *,
    print_settings: dict[str, Any] | None = None,
) -> None:
    """Print the model of a component, at the stages that `print_settings` asks for (without any: before initialisation).

    config: the config, variables resolved. resolved_train_config: its [training] section, resolved. Raises ValueError for a
    component without a model.
    """
    from thinc.api import Model

    from ..config.dotted import resolve_dot_names

    wanted = print_settings or {}
    show = Messages()
    model = getattr(pipe, "model", None)
    if not isinstance(model, Model):
        raise ValueError("This component has no model to show")
    stages = ("print_after_init", "print_after_training", "print_prediction")
    if wanted.get("print_before_init") or not any(wanted.get(stage) for stage in stages):
        _show_model(pipe, wanted, "before initialisation", show)
    if not any(wanted.get(stage) for stage in stages):
        return
    (corpus,) = resolve_dot_names(config, [resolved_train_config["train_corpus"]])
    examples = list(corpus(nlp))[:10]
    with show.loading("Initializing"):
        nlp.initialize(lambda: examples)
    if wanted.get("print_after_init"):
        _show_model(pipe, wanted, "after initialisation", show)
    with show.loading(f"Training for {N_UPDATES} updates"):
        for _ in range(N_UPDATES):
            nlp.update(examples, sgd=resolved_train_config["optimizer"])
    if wanted.get("print_after_training"):
        _show_model(pipe, wanted, f"after {N_UPDATES} updates", show)
    if wanted.get("print_prediction"):
        show.divider("Prediction")
        doc = nlp.make_doc(TEXT)
        for _, earlier in nlp.pipeline:
            if earlier is pipe:
                break
            doc = earlier(doc)  # a listener needs its encoder to have run
        show.text(str(model.predict([doc])))


def _show_model(pipe: Any, wanted: dict[str, Any], title: str, show: Messages) -> None:
    show.divider(f"Model {title}")
    total = 0
    for number, node in enumerate(pipe.model.walk()):
        sizes = [node.get_param(name).size for name in node.param_names if node.has_param(name)]
        total += sum(sizes)
        if wanted.get("layers") and number not in wanted["layers"]:
            continue
        show.text(f"{number:>3}  {node.name}" + (f"  ({sum(sizes):,} parameters)" if sizes else ""))
        if wanted.get("dimensions"):
            for name in node.dim_names:
                show.text(f"       dimension {name}: {node.maybe_get_dim(name)}")
        if wanted.get("parameters"):
            for name in node.param_names:
                show.text(f"       parameter {name}: {_text(node.maybe_get_param(name))}")
        if wanted.get("gradients"):
            for name in node.param_names:
                show.text(f"       gradient {name}: {_text(node.maybe_get_grad(name))}")
        if wanted.get("attributes"):
            for name, value in node.attrs.items():
                show.text(f"       attribute {name}: {str(value)[:80]}")
    if hasattr(pipe, "parameter_counts"):
        _show_trained(pipe, wanted, show)
    else:
        show.info(f"{total:,} parameters")


def _show_trained(pipe: Any, wanted: dict[str, Any], show: Messages) -> None:
    """The weights of a pretrained model and what was added to it, and which of them are trained."""
    try:
        counts = pipe.parameter_counts()
    except ValueError as error:  # not loaded yet
        show.info(str(error))
        return
    show.table(
        [(part, f"{whole:,}", f"{trained:,}") for part, (whole, trained) in counts.items()],
        header=("part", "parameters", "trained"),
        right=(1, 2),
    )
    if wanted.get("parameters"):
        for name, size in pipe.trainable_parameters().items():
            show.text(f"       trained {name}: {size:,}")
    whole, trained = (sum(count[i] for count in counts.values()) for i in (0, 1))
    show.info(f"{whole:,} parameters, {trained:,} of them trained ({trained / max(whole, 1):.2%})")


def _text(array: Any) -> str:
    if array is None:
        return "not set"
    first = ", ".join(f"{value:.4f}" for value in array.ravel()[:3].tolist())
    return f"{array.shape} [{first}{', …' if array.size > 3 else ''}]"
