"""The package's public names, read from its sources and stubs: what is defined where, and by which paths it can be imported.

A module is public when no part of its name begins with an underscore; its public names are those of `__all__`, or, of a
compiled module, those its stub (`.pyi`) defines. A name that a module only passes on belongs to the module that defines it.
"""

import ast
import importlib
import inspect
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "spacy_lite"
# Bindings of C++ that only the package's own layers call.
INTERNAL = {"kernels"}
HEAVY = {"torch", "transformers", "tokenizers", "safetensors", "cupy", "ray"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class PublicName:
    """A public name where it is defined. node: its source, None for a constant; value: what it is at run time."""

    module: str
    name: str
    node: Definition | None
    overloads: list[ast.FunctionDef]
    value: object
    paths: list[str] = field(default_factory=list)

    @property
    def best_path(self) -> str:
        """The module people should import it from: the shortest of those that offer it."""
        return min([self.module, *self.paths], key=lambda path: (path.count("."), len(path), path))


@dataclass
class Module:
    """A public module: its docstring, the public names it defines, and those it passes on (name -> value)."""

    name: str
    doc: str
    names: dict[str, PublicName] = field(default_factory=dict)
    passed_on: dict[str, object] = field(default_factory=dict)


def public_modules() -> dict[str, Module]:
    """Name -> module, for all public modules of the package, with the paths of every name filled in."""
    modules: dict[str, Module] = {}
    for path in sorted(PACKAGE.rglob("*.py*")):
        if path.suffix not in (".py", ".pyx") or any(part.startswith("_") and part != "__init__.py" for part in path.parts):
            continue
        if path.parent.name in INTERNAL:
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = read_module(name, path.with_suffix(".pyi") if path.suffix == ".pyx" else path)
    _fill_in_paths(modules)
    return modules


def read_module(name: str, path: Path) -> Module:
    """One module: the source says what is public and how it is called, the imported module what it is."""
    tree = ast.parse(path.read_text(encoding="utf8")) if path.exists() else ast.Module([], [])
    try:
        loaded = importlib.import_module(name)
    except ImportError as error:
        if error.name not in HEAVY:
            raise
        loaded = _Unloaded(tree)
    defined: dict[str, list[Definition | None]] = {}
    for node in tree.body:
        for found, definition in _definitions(node):
            defined.setdefault(found, []).append(definition)
    if hasattr(loaded, "__all__"):
        names = list(dict.fromkeys(loaded.__all__))
    elif path.suffix == ".pyi":
        names = [found for found in defined if not found.startswith("_")]
    else:
        names = [found for found, nodes in defined.items() if not found.startswith("_") and nodes[-1] is not None]
    module = Module(name, (loaded.__doc__ or "").strip())
    for found in names:
        if path.suffix == ".pyi" and defined[found][-1] is None and not hasattr(loaded, found):
            continue  # a name for a type, which only the stub has
        value = _value_of(loaded, found)
        if inspect.ismodule(value):
            continue
        if found not in defined:
            module.passed_on[found] = value
            continue
        nodes = defined[found]
        overloads = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        module.names[found] = PublicName(name, found, nodes[-1], overloads, value)
    return module


def _value_of(module: object, name: str) -> object:
    try:
        return getattr(module, name)
    except ImportError as error:
        if error.name not in HEAVY:
            raise
        return Unknown()


class _Unloaded:
    """Stands for a module that needs a heavy package which is not installed: its source says all that is needed."""

    def __init__(self, tree: ast.Module):
        self.__doc__ = ast.get_docstring(tree)
        for node in tree.body:
            for name, _ in _definitions(node):
                if name == "__all__":
                    self.__all__ = ast.literal_eval(node.value)  # type: ignore[attr-defined]
                else:
                    setattr(self, name, Unknown())


class Unknown:
    """The value of a name whose module could not be loaded; its own for each name."""

    __doc__ = None


def _definitions(node: ast.stmt) -> list[tuple[str, Definition | None]]:
    if isinstance(node, Definition):
        return [(node.name, node)]
    if isinstance(node, ast.Assign):
        return [(target.id, None) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [(node.target.id, None)]
    if isinstance(node, ast.If | ast.Try):
        return [pair for inner in node.body for pair in _definitions(inner)]
    return []


def _fill_in_paths(modules: dict[str, Module]) -> None:
    # Objects are compared by identity; small constants (numbers, strings) also by name, since equal ones may be one object.
    homes: dict[tuple[str, int], PublicName] = {}
    for module in modules.values():
        for public in module.names.values():
            homes[(public.name, id(public.value))] = public
    for module in modules.values():
        for name, value in module.passed_on.items():
            home = homes.get((name, id(value)))
            if home is not None:
                home.paths.append(module.name)
            elif not isinstance(value, Unknown) and not _is_foreign(value):
                # Defined in a private module (or under another name): this is where people find it.
                module.names[name] = PublicName(module.name, name, _node_of(value), [], value)
                homes[(name, id(value))] = module.names[name]


def _is_foreign(value: object) -> bool:
    """Whether a thing belongs to another package, whose pages describe it."""
    home = getattr(value, "__module__", None)
    return isinstance(home, str) and not home.startswith("spacy_lite")


def _node_of(value: object) -> Definition | None:
    home = getattr(value, "__module__", None)
    if not isinstance(home, str) or not home.startswith("spacy_lite"):
        return None
    path = ROOT / Path(*home.split("."))
    for candidate in (path.with_suffix(".pyi"), path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            for node in ast.parse(candidate.read_text(encoding="utf8")).body:
                if isinstance(node, Definition) and node.name == getattr(value, "__name__", None):
                    return node
    return None
