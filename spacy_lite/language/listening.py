"""Components that listen to another's output: finding who listens to whom, and making a listener independent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..config.config import Config
from ..config.dotted import dot_to_object, set_dot_to_object
from ..errors import ListenerError, nearest

if TYPE_CHECKING:
    from .pipes import PipelineEditing

__all__ = ["is_upstream", "link_components", "replace_listeners"]

UPSTREAM_PROTOCOL = (
    "model",
    "listeners",
    "listener_map",
    "listening_components",
    "add_listener",
    "remove_listener",
    "find_listeners",
)


def is_upstream(component: Any) -> bool:
    """Whether others can listen to a component: whether it has what the protocol of upstream components asks for."""
    return all(hasattr(component, attribute) for attribute in UPSTREAM_PROTOCOL)


def link_components(components: Sequence[tuple[str, Any]]) -> None:
    """Let every component that can be listened to find its listeners among the components after it."""
    for index, (_, component) in enumerate(components):
        if not is_upstream(component):
            continue
        for name, other in components[index + 1 :]:
            if getattr(other, "name", name) == name:
                component.find_listeners(other)


def replace_listeners(nlp: "PipelineEditing", upstream_name: str, name: str, listeners: Sequence[str]) -> None:
    """Put copies of the upstream model in the place of a component's listeners, in its model and its config. See Language."""
    for wanted in (upstream_name, name):
        if wanted not in nlp.component_names:
            raise ValueError(
                f"cannot replace the listeners of `{name}` to `{upstream_name}`: "
                f"the pipeline has no component `{wanted}`{nearest(wanted, nlp.component_names)}"
            )
    upstream, component = nlp.get_pipe(upstream_name), nlp.get_pipe(name)
    if not is_upstream(upstream):
        raise ValueError(
            f"`{upstream_name}` ({type(upstream).__name__}) is not a component others can listen to, as tok2vec is"
        )
    if not listeners:
        return
    found = list(upstream.listener_map.get(name, []))
    if not found:
        raise ListenerError(
            f"`{name}` does not listen to `{upstream_name}`; {', '.join(upstream.listening_components) or 'nobody'} does"
        )
    if len(found) != len(listeners):
        raise ListenerError(
            f"`{name}` has {len(found)} listeners to `{upstream_name}`, "
            f"and {len(listeners)} paths are given: {', '.join(listeners)}"
        )
    settings = nlp.get_pipe_config(name)
    for path in listeners:
        try:
            dot_to_object(settings, path)
        except KeyError as error:
            raise ValueError(f"the config of `{name}` has no layer at {path}: {error.args[0]}") from None
    upstream_config = Config({"model": nlp.get_pipe_config(upstream_name)["model"]}).copy()["model"]
    for listener, path in zip(found, listeners):
        _replace_in_config(upstream, upstream_config, settings, path)
        _replace_in_model(upstream, component, listener)
        upstream.remove_listener(listener, name)


def _replace_in_config(upstream: Any, upstream_config: dict, settings: Config, path: str) -> None:
    new = Config({"model": upstream_config}).copy()["model"]
    hook = upstream.model.attrs.get("replace_listener_cfg")
    if hook is not None:
        new = hook(new, dot_to_object(settings, path))
    set_dot_to_object(settings, path, new)


def _replace_in_model(upstream: Any, component: Any, listener: Any) -> None:
    model = upstream.model.copy()
    hook = upstream.model.attrs.get("replace_listener")
    if hook is not None:
        model = _call_hook(hook, model, listener, upstream)
    component.model.replace_node(listener, model)


def _call_hook(hook: Any, model: Any, listener: Any, upstream: Any) -> Any:
    """The hook takes the copied model, or the copied model, the listener and the upstream component."""
    arguments = getattr(getattr(hook, "__code__", None), "co_argcount", 1)
    return hook(model, listener, upstream) if arguments >= 3 else hook(model)
