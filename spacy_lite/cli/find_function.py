"""`find-function`: where a function that configs can name is defined."""

from ._messages import Messages
from ._util import Arg, Opt, app, command

__all__ = ["find_function", "find_function_cli"]


@command(app, "find-function")
def find_function_cli(
    func_name: str = Arg(..., help="Registered name, such as spacy.MultiHashEmbed.v2"),
    registry_name: str | None = Opt(None, "--registry", "-r", help="Registry to look in, such as architectures"),
) -> None:
    """Show where a registered function is defined."""
    find_function(func_name, registry_name)


def find_function(func_name: str, registry_name: str | None = None) -> tuple[str, int]:
    """File and line of a registered function.

    registry_name: the registry to look in; None looks in all. Raises ValueError for a name nobody registered.
    """
    from ..config import registry
    from ..errors import nearest

    kinds = [registry_name] if registry_name else registry.get_registry_names()
    known: list[str] = []
    for kind in kinds:
        if not registry.has(kind, func_name):
            known.extend(registry.registry_of(kind).names())
            continue
        found = registry.find(kind, func_name)
        file, line = found["file"], found["line_no"]
        show = Messages()
        show.good(f"`{func_name}` is in the registry `{kind}`")
        show.text(f"{file}:{line}" if file else str(found["module"]))
        return file, line
    where = f"the registry `{registry_name}`" if registry_name else "any registry"
    raise ValueError(f"There is no `{func_name}` in {where}{nearest(func_name, known)}")
