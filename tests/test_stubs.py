"""Type checkers, editors and the reference believe what the stub of a compiled module says: it has the module's names and
arguments. Names of the module that its stub leaves out are its own business: mypy refuses them elsewhere.
"""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import spacy_lite

PACKAGE = Path(spacy_lite.__file__).parent
STUBS = sorted(PACKAGE.rglob("*.pyi"))
SOURCES = [path for path in sorted(PACKAGE.rglob("*.pyx")) if not path.stem.startswith("_")]


def module_of(path):
    return import_module(".".join(("spacy_lite", *path.relative_to(PACKAGE).with_suffix("").parts)))


def declared(body):
    """Name -> nodes that declare it (several for overloads and properties with setters); imports and type aliases are none."""
    names = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.AnnAssign):
            names.setdefault(node.target.id, []).append(node)
    return names


def members_of(node):
    """The same of a class, with the members of an enumeration."""
    values = {target.id: [each] for each in node.body if isinstance(each, ast.Assign) for target in each.targets}
    return values | declared(node.body)


def arguments_of_stub(node):
    """(name, kind, default) of each argument; the default as source, None where there is none."""
    spec, rows = node.args, []
    positional = spec.posonlyargs + spec.args
    defaults = [None] * (len(positional) - len(spec.defaults)) + [ast.unparse(default) for default in spec.defaults]
    rows += [(argument.arg, "positional", default) for argument, default in zip(positional, defaults, strict=True)]
    if spec.vararg:
        rows.append((spec.vararg.arg, "rest", None))
    for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        rows.append((argument.arg, "keyword", None if default is None else ast.unparse(default)))
    if spec.kwarg:
        rows.append((spec.kwarg.arg, "named rest", None))
    return rows


KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "rest",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_KEYWORD: "named rest",
}


def arguments_of(function):
    """The same of a compiled function, or None for what tells nothing of its arguments."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [
        (each.name, KINDS[each.kind], None if each.default is inspect.Parameter.empty else repr(each.default))
        for each in parameters
    ]


def agree(stubbed, real):
    """Whether arguments are the same; `...` in a stub stands for any default."""
    if [row[:2] for row in stubbed] != [row[:2] for row in real]:
        return False
    for (*_, told), (*_, default) in zip(stubbed, real, strict=True):
        if (told is None) != (default is None) or (told not in (None, "...") and ast.unparse(ast.parse(default)) != told):
            return False
    return True


def problems_of_function(where, nodes, function):
    real = arguments_of(function)
    if real is None or any(isinstance(node, ast.AnnAssign) for node in nodes):
        return
    if len(nodes) > 1:
        told, known = {row[0] for node in nodes for row in arguments_of_stub(node)}, {row[0] for row in real}
        if told != known:
            yield f"{where}: overloads take {sorted(told)}, the function {sorted(known)}"
    elif not agree(arguments_of_stub(nodes[0]), real):
        yield f"{where}: the stub takes {arguments_of_stub(nodes[0])}, the function {real}"


def arguments_in_source(source, name, *methods):
    """Names of the arguments of a class's method, the first found of these, as the source declares them; C types left out.

    Compiled classes do not tell them for special methods. None where there is no such method.
    """
    found = re.search(rf"^cdef class {name}\b.*?:\n(.*?)(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL)
    heads = found and dict(re.findall(r"^    def (__\w+__)\((.*?)\)(?: *->.*?)?:\n", found[1], re.MULTILINE | re.DOTALL))
    head = next((heads[method] for method in methods if method in heads), None) if heads else None
    if head is None:
        return None
    plain = re.sub(r"\[[^\[\]]*\]|\([^()]*\)|\"[^\"]*\"", "", re.sub(r"#.*", "", head))
    arguments = [re.split(r"[=:]| not None", argument)[0].split() for argument in plain.split(",")]
    return [argument[-1] for argument in arguments if argument and argument[-1] != "*"]


def problems_of_class(where, node, kind, source):
    members = members_of(node)
    for name, nodes in members.items():
        if not hasattr(kind, name):
            # Attributes of a Python class are seen on its objects only.
            if not (kind.__dictoffset__ and isinstance(nodes[0], ast.AnnAssign)):
                yield f"{where}.{name}: only in the stub"
        elif inspect.isroutine(getattr(kind, name, None)) and not name.startswith("__"):
            yield from problems_of_function(f"{where}.{name}", nodes, vars(kind).get(name, getattr(kind, name)))
    inherited = {name for base in node.bases for name in dir(getattr(kind, "__base__", object))} if node.bases else set()
    for name in vars(kind):
        if not name.startswith("_") and name not in members and name not in inherited:
            yield f"{where}.{name}: not in the stub"
    for methods in (("__init__", "__cinit__"), ("__call__",)):
        nodes = members.get(methods[0], [])
        wanted = arguments_in_source(source, kind.__name__, *methods)
        if not nodes or wanted is None:
            continue
        wanted = [name.lstrip("*") for name in wanted]
        told = [row[0] for row in arguments_of_stub(nodes[0])]
        if len(nodes) > 1:
            told, wanted = sorted({row[0] for node in nodes for row in arguments_of_stub(node)}), sorted(wanted)
        if told != wanted:
            yield f"{where}.{methods[0]}: the stub takes {told}, the class {wanted}"


def problems_of(stub):
    module = module_of(stub)
    source = stub.with_suffix(".pyx")
    text = source.read_text(encoding="utf8") if source.exists() else ""
    names = declared(ast.parse(stub.read_text(encoding="utf8")).body)
    for name, nodes in names.items():
        if not hasattr(module, name):
            yield f"{name}: only in the stub"
        elif isinstance(nodes[0], ast.ClassDef):
            yield from problems_of_class(name, nodes[0], getattr(module, name), text)
        elif inspect.isroutine(getattr(module, name)):
            yield from problems_of_function(name, nodes, getattr(module, name))


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_stub_has_the_names_and_arguments_of_its_module(stub):
    assert list(problems_of(stub)) == []


def test_every_public_compiled_module_has_a_stub():
    assert [str(path) for path in SOURCES if not path.with_suffix(".pyi").exists()] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("def has_key(self, key:", "def has_key(self, name:"),
        ("batch_size: int = 1000", "batch_size: int = 100"),
        ("allow_missing: bool = False,", ""),
        ("vocab: Vocab, validate: bool", "vocab: Vocab, check: bool"),
        ("def remove(", "def delete("),
        ("    validate: bool\n", ""),
    ],
)
def test_a_stub_that_differs_is_told(right, wrong):
    stub = PACKAGE / "matcher" / "matcher.pyi"
    text, source = stub.read_text(encoding="utf8"), stub.with_suffix(".pyx").read_text(encoding="utf8")
    assert text.count(right) >= 1

    def problems(text):
        return list(problems_of_class("Matcher", declared(ast.parse(text).body)["Matcher"][0], module_of(stub).Matcher, source))

    assert problems(text) == []
    assert problems(text.replace(right, wrong))
