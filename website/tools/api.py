"""Writes the reference: one page a module with public names, from docstrings, sources and stubs; and the index of rooms."""

import ast
import inspect
from pathlib import Path

from .docstrings import summary, to_markdown
from .sources import Module, PublicName, Unknown, public_modules

ROOMS = {
    "": "The top of the package",
    "language": "Language: making, running, training and saving pipelines",
    "tokens": "Documents, tokens and spans",
    "pipeline": "Components",
    "transformer": "The transformer component",
    "matcher": "Matchers",
    "training": "Training",
    "gold": "Examples and alignment",
    "scorer": "Scores",
    "displacy": "Drawings",
    "kb": "Knowledge bases",
    "config": "Configs and registries",
    "tokenization": "Tokenization",
    "lang": "Languages",
    "cli": "Commands, from Python",
    "distributed": "Several machines",
    "ml": "Layers and models",
    "transitions": "Transition systems",
    "vocabulary": "Vocabulary, strings and vectors",
    "tools": "Tools and facts",
}
VOCABULARY = {"strings", "vocab", "lexeme", "vectors", "lookups", "morphology", "attrs", "symbols", "lex_attrs", "norms"}
MAGIC = {"__call__", "__len__", "__getitem__", "__setitem__", "__contains__", "__iter__", "__enter__", "__delitem__"}


def write_reference(folder: Path) -> list[PublicName]:
    """Write the pages under `folder` and return every public name that got an entry.

    Raises ValueError where a public name has no docstring to show, so that the build fails.
    """
    modules = public_modules()
    rooms: dict[str, list[Module]] = {room: [] for room in ROOMS}
    silent: list[str] = []
    written: list[PublicName] = []
    for module in modules.values():
        if not module.names:
            continue
        entries = [_entry(public, silent) for public in module.names.values()]
        rooms[_room(module.name)].append(module)
        title = f"# {module.name}".replace("_", "\\_")
        # Hundreds of pages in the side bar help nobody: the tables of the rooms lead to them.
        up = f"[{ROOMS[_room(module.name)]}](room-{_room(module.name) or 'top'}.md)"
        text = "---\norphan: true\n---\n\n" + "\n\n".join([title, up, to_markdown(module.doc, []), *entries])
        (folder / "api" / f"{module.name}.md").parent.mkdir(parents=True, exist_ok=True)
        (folder / "api" / f"{module.name}.md").write_text(text + "\n", encoding="utf8")
        written += module.names.values()
    _write_rooms(folder / "api", rooms, modules)
    if silent:
        raise ValueError("public names without a docstring, which the reference cannot describe:\n  " + "\n  ".join(silent))
    return written


def _room(module: str) -> str:
    first = (module.split(".") + [""])[1]
    if first in VOCABULARY:
        return "vocabulary"
    return first if first in ROOMS else "tools"


def _write_rooms(folder: Path, rooms: dict[str, list[Module]], modules: dict[str, Module]) -> None:
    toc = []
    for room, members in rooms.items():
        if not members:
            continue
        file = f"room-{room or 'top'}"
        toc.append(file)
        rows = []
        for module in members:
            for public in module.names.values():
                what = summary(_doc(public)).replace("|", "\\|")
                target = f"{module.name}.md#{_anchor(public)}"
                rows.append(f"| [`{public.name}`]({target}) | `{public.best_path}` | {_plain(what)} |")
        table = "| name | import it from | what |\n|---|---|---|\n" + "\n".join(rows)
        text = f"# {ROOMS[room]}\n\n{table}\n"
        (folder / f"{file}.md").write_text(text, encoding="utf8")
    (folder / "index.md").write_text(INDEX + "\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(toc) + "\n```\n", encoding="utf8")


INDEX = """# Python reference

Every public name, from the docstrings and stubs of the code itself. A name stands on the page of the module that defines it;
the tables say which path to import it from.
"""


def _anchor(public: PublicName) -> str:
    return f"{public.best_path}.{public.name}"


def _doc(public: PublicName) -> str:
    if public.node is None:
        return CONSTANT_DOCS.get(type(public.value).__name__, f"A constant, a {type(public.value).__name__}.")
    if isinstance(public.value, Unknown):
        return ast.get_docstring(public.node) or ""
    return inspect.getdoc(public.value) or ast.get_docstring(public.node) or ""


CONSTANT_DOCS = {"dict": "A table, a dict.", "int": "A number.", "str": "A string.", "tuple": "A tuple.", "list": "A list."}


def _plain(text: str) -> str:
    return text.replace("*", "\\*").replace("<", "\\<").replace("[", "\\[")


def _entry(public: PublicName, silent: list[str]) -> str:
    doc = _doc(public)
    if not doc:
        silent.append(f"{public.module}.{public.name}")
    if isinstance(public.node, ast.ClassDef):
        return _class(public, doc)
    if public.node is None:
        return _directive(3, "data", public.name, public, _shown_value(public.value), to_markdown(doc, []))
    signature = f"{public.name}{_signature(public.node)}"
    return _directive(3, "function", signature, public, "", to_markdown(doc, _argument_names(public.node)))


def _shown_value(value: object) -> str:
    shown = repr(value)
    return f"`{shown}`" if isinstance(value, str | int | float | tuple) and len(shown) < 80 and "`" not in shown else ""


def _directive(colons: int, kind: str, signature: str, public: PublicName, *body: str) -> str:
    fence = ":" * colons
    lines = [f"{fence}{{py:{kind}}} {signature}", f":module: {public.best_path}"]
    if public.best_path != public.module:
        lines.append(f":canonical: {public.module}.{public.name}")
    others = sorted({public.module, *public.paths} - {public.best_path})
    also = "Also in " + ", ".join(f"`{path}`" for path in others) + "." if others else ""
    return "\n".join([*lines, "", "\n\n".join(part for part in (*body, also) if part), fence])


def _class(public: PublicName, doc: str) -> str:
    node = public.node
    assert isinstance(node, ast.ClassDef)
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    init = methods.get("__init__")
    arguments = _argument_names(init, skip_first=True) if init else [name for name, _ in _fields(node)]
    signature = public.name + (_signature(init, skip_first=True) if init else "")
    bases = [ast.unparse(base) for base in node.bases]
    parts = [f"Bases: {', '.join(f'`{base}`' for base in bases)}." if bases else "", to_markdown(doc, arguments)]
    if init and init is methods.get("__init__"):
        own = _method_doc(public.value, "__init__", init)
        parts.append(to_markdown(own, arguments) if own else "")
    parts += [_attribute(name, annotation) for name, annotation in _fields(node)]
    parts += [_method(public.value, name, item) for name, item in methods.items() if _is_shown(name)]
    return _directive(4, "class", signature, public, *parts)


def _is_shown(name: str) -> bool:
    return not name.startswith("_") or name in MAGIC


def _fields(node: ast.ClassDef) -> list[tuple[str, str]]:
    return [
        (item.target.id, ast.unparse(item.annotation))
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and not item.target.id.startswith("_")
    ]


def _attribute(name: str, annotation: str) -> str:
    return f":::{{py:attribute}} {name}\n:type: {annotation}\n\n:::"


def _method(owner: object, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    decorators = {ast.unparse(item) for item in node.decorator_list}
    doc = _method_doc(owner, name, node)
    if any(item.endswith(".setter") for item in decorators):
        return ""
    if decorators & {"property", "cached_property", "functools.cached_property"}:
        kind = f":type: {ast.unparse(node.returns)}\n" if node.returns else ""
        return f":::{{py:property}} {name}\n{kind}\n{to_markdown(doc, [])}\n:::"
    is_static = "staticmethod" in decorators
    options = "".join(f":{item}:\n" for item in ("classmethod", "staticmethod") if item in decorators)
    signature = _signature(node, skip_first=not is_static)
    arguments = _argument_names(node, skip_first=not is_static)
    return f":::{{py:method}} {name}{signature}\n{options}\n{to_markdown(doc, arguments)}\n:::"


def _method_doc(owner: object, name: str, node: ast.AST) -> str:
    own = ast.get_docstring(node)
    if own is None and not isinstance(owner, Unknown):
        own = inspect.getdoc(getattr(owner, name, None))
    return "" if own is None or own in SLOTS else own


# What Python itself says of its slots: it describes nothing.
SLOTS = {
    "Call self as a function.",
    "Return len(self).",
    "Return self[key].",
    "Set self[key] to value.",
    "Delete self[key].",
    "Return bool(key in self).",
    "Implement iter(self).",
    "Initialize self.  See help(type(self)) for accurate signature.",
}


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, *, skip_first: bool = False) -> str:
    copy = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(copy, ast.FunctionDef | ast.AsyncFunctionDef)
    if skip_first and (copy.args.posonlyargs or copy.args.args):
        (copy.args.posonlyargs or copy.args.args).pop(0)
    for values in (copy.args.defaults, copy.args.kw_defaults):
        for i, value in enumerate(values):
            # Of a command's option, the default alone; its page says the rest.
            if isinstance(value, ast.Call) and ast.unparse(value.func) in ("Arg", "Opt", "typer.Option", "typer.Argument"):
                values[i] = value.args[0]
    returns = f" -> {ast.unparse(copy.returns)}" if copy.returns and node.name != "__init__" else ""
    return f"({ast.unparse(copy.args)}){returns}".replace("\n", " ")


def _argument_names(node: ast.FunctionDef | ast.AsyncFunctionDef | None, *, skip_first: bool = False) -> list[str]:
    if node is None:
        return []
    positional = [*node.args.posonlyargs, *node.args.args][1 if skip_first else 0 :]
    extra = [item for item in (node.args.vararg, node.args.kwarg) if item]
    return [item.arg for item in [*positional, *node.args.kwonlyargs, *extra]]
