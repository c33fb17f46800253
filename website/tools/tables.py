"""Writes the pages that tables of the program make: registered functions, component factories, commands."""

import ast
import inspect
from pathlib import Path
from typing import Any

import typer

from spacy_lite.cli import app
from spacy_lite.config import Config, registry
from spacy_lite.config.builtins import BUILTINS
from spacy_lite.language import Language

from .docstrings import escape_cell, summary, to_markdown
from .sources import HEAVY, ROOT

KINDS = {
    "architectures": "Whole models, and the embedding and encoding layers they share: `@architectures` in a config.",
    "layers": "Single layers: `@layers` in a config.",
    "readers": "Where examples come from: `@readers` in `[corpora]`.",
    "batchers": "How examples become batches: `@batchers` in `[training.batcher]`.",
    "augmenters": "What changes examples while training: `@augmenters` in `[corpora.train.augmenter]`.",
    "loggers": "Who hears how training goes: `@loggers` in `[training.logger]`.",
    "scorers": "How a component is scored: `@scorers` in its `scorer` block.",
    "optimizers": "`@optimizers` in `[training.optimizer]`.",
    "schedules": "Numbers that change while training: `@schedules`, in place of a number.",
    "callbacks": "What may happen around training and loading: `@callbacks`.",
    "tokenizers": "`@tokenizers` in `[nlp.tokenizer]`.",
    "vectors": "`@vectors` in `[nlp.vectors]`.",
    "lookups": "`@lookups`.",
    "misc": "`@misc`: suggesters, candidate generators and other settings.",
    "span_getters": "How a transformer cuts documents: `@span_getters` in its `get_spans` block.",
    "annotation_setters": "What a transformer writes to documents: `@annotation_setters`.",
    "languages": "Languages with rules of their own: the code in `[nlp] lang`.",
}


def write_tables(folder: Path) -> None:
    """Write the pages of registries, components and commands under `folder`."""
    write_registries(folder / "reference")
    write_components(folder / "reference")
    write_commands(folder / "reference")


def write_registries(folder: Path) -> None:
    """One page a registry, each function with its settings, and an overview."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [kind for kind in BUILTINS if kind not in ("factories", "models", "cli")]
    rows, toc = [], []
    for kind in sorted(shown, key=lambda kind: list(KINDS).index(kind) if kind in KINDS else len(KINDS)):
        own = sorted(BUILTINS[kind])
        others = sorted(set(getattr(registry, kind).names()) - set(own)) if getattr(registry, kind).in_thinc else []
        intro = KINDS.get(kind, f"`@{kind}` in a config.")
        parts = [f"# {kind.replace('_', ' ').capitalize()}", intro, *(_function(kind, name) for name in own)]
        if others:
            parts += ["## From Thinc", "Thinc brings these: " + ", ".join(f"`{name}`" for name in others) + "."]
        (folder / f"registry-{kind}.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")
        rows.append(f"| [{kind}](registry-{kind}.md) | {len(own)} | {escape_cell(intro)} |")
        toc.append(f"registry-{kind}")
    text = "# Registered functions\n\nEverything a config can name, with its settings and defaults.\n\n"
    text += "| registry | built in | what for |\n|---|---|---|\n" + "\n".join(rows)
    text += "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(toc) + "\n```\n"
    (folder / "registries.md").write_text(text, encoding="utf8")


def _function(kind: str, name: str) -> str:
    title = f"## {name}".replace("_", "\\_")
    try:
        function = getattr(registry, kind).get(name)
    except ImportError as error:
        if error.name not in HEAVY:
            raise
        return f"{title}\n\n{_from_source(BUILTINS[kind][name], name)}"
    if isinstance(function, type) and kind == "languages":
        doc = inspect.getdoc(function) if function.__doc__ else ""
        return f"{title}\n\n{to_markdown(doc or function.__name__, [])}"
    function = inspect.unwrap(function)
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    settings = [
        (item.name, _annotation(item.annotation), _default(item.default))
        for item in parameters
        if item.kind != item.VAR_KEYWORD
    ]
    doc = to_markdown(inspect.getdoc(function) or "", [name for name, _, _ in settings])
    where = f"Defined in `{BUILTINS[kind][name]}`."
    return "\n\n".join(part for part in (title, doc, _settings(settings), where) if part)


def _from_source(module: str, name: str) -> str:
    """Docstring and settings of a registered function whose module needs a package that is not installed here."""
    path = ROOT / Path(*module.split(".")).with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.FunctionDef) and any(
            f'"{name}"' in ast.unparse(item).replace("'", '"') for item in node.decorator_list
        ):
            found = [*node.args.posonlyargs, *node.args.args]
            defaults = [None] * (len(found) - len(node.args.defaults)) + list(node.args.defaults)
            pairs = [*zip(found, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
            rows = [
                (
                    item.arg,
                    f"`{ast.unparse(item.annotation)}`" if item.annotation else "",
                    f"`{ast.unparse(value)}`" if value else "required",
                )
                for item, value in pairs
            ]
            doc = to_markdown(ast.get_docstring(node) or "", [item.arg for item, _ in pairs])
            return "\n\n".join([doc, _settings(rows), f"Defined in `{module}`."])
    raise ValueError(f"{module} does not define the function registered as {name}")


def _settings(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    lines = [f"| `{name}` | {escape_cell(kind)} | {escape_cell(default)} |" for name, kind, default in rows]
    return "| setting | type | default |\n|---|---|---|\n" + "\n".join(lines)


def _annotation(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return ""
    text = (
        value if isinstance(value, str) else getattr(value, "__name__", str(value)) if isinstance(value, type) else str(value)
    )
    for noise in (
        "typing.",
        "collections.abc.",
        "thinc.types.",
        "thinc.model.",
        "spacy_lite.tokens.doc.",
        "spacy_lite.language.language.",
    ):
        text = text.replace(noise, "")
    return f"`{text}`" if len(text) < 90 else "`Callable`" if "Callable" in text else f"`{text[:86]}…`"


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "required"
    shown = getattr(value, "__name__", None) or repr(value)
    return f"`{shown}`" if len(shown) < 60 else "`…`"


def write_components(folder: Path) -> None:
    """The page of component factories: what each writes and needs, its settings, scores and default model."""
    parts = [COMPONENTS]
    overview = ["| factory | what | assigns |", "|---|---|---|"]
    sections = []
    for name in sorted(name for name in BUILTINS["factories"] if "." not in name):
        meta = Language.get_factory_meta(name)
        function = registry.factories.get(name)
        doc = _component_doc(function)
        assigns = ", ".join(f"`{item}`" for item in meta.assigns) or "–"
        overview.append(f"| [`{name}`](#factory-{name.replace('_', '-')}) | {escape_cell(summary(doc))} | {assigns} |")
        sections.append(_component(name, meta, doc))
    parts += ["\n".join(overview), *sections]
    special = sorted(name for name in BUILTINS["factories"] if "." in name)
    if special:
        parts.append(
            "## For one language\n\n"
            + ", ".join(f"`{item}`" for item in special)
            + ": as above, with the language's own rules."
        )
    (folder / "components.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")


COMPONENTS = """# Components

What can stand in `[nlp] pipeline` or be added with `nlp.add_pipe(name)`. Settings are those of `[components.NAME]`; every one
that a config leaves out has the default shown here."""


def _component_doc(function: Any) -> str:
    made = getattr(function, "component", function)
    own = inspect.getdoc(made) or ""
    returned = getattr(function, "__annotations__", {}).get("return")
    home = inspect.getmodule(function)
    cls = getattr(home, returned, None) if isinstance(returned, str) else returned
    described = inspect.getdoc(cls) if isinstance(cls, type) else None
    return "\n\n".join(dict.fromkeys(part for part in (described, own) if part))


def _component(name: str, meta: Any, doc: str) -> str:
    settings, blocks = [], {}
    for key, value in (meta.default_config or {}).items():
        if isinstance(value, dict) and any(inner.startswith("@") for inner in value):
            blocks[key] = value
        else:
            settings.append((key, _kind(value), f"`{value!r}`" if len(repr(value)) < 60 else "`…`"))
    for key, value in blocks.items():
        named = next((f"`{inner} = {value[inner]!r}`" for inner in value if inner.startswith("@")), "")
        settings.append((key, "block", named))
    scores = [f"{key} ({weight})" for key, weight in (meta.default_score_weights or {}).items() if weight is not None]
    facts = [
        f"**Assigns**: {_listed(meta.assigns)}",
        f"**Requires**: {_listed(meta.requires)}",
        f"**Scores**: {_listed(scores)}",
    ]
    model = blocks.get("model")
    shown = f"Its default model:\n\n```ini\n{Config({'model': model}).to_str().strip()}\n```" if model else ""
    parts = [f"(factory-{name.replace('_', '-')})=\n## {name}".replace("## " + name, "## " + name.replace("_", "\\_"))]
    names = [key for key, _, _ in settings] + ["nlp", "name"]
    return "\n\n".join(
        part for part in [*parts, to_markdown(doc, names), "\\\n".join(facts), _settings(settings), shown] if part
    )


def _listed(items: Any) -> str:
    return ", ".join(f"`{item}`" for item in items) or "–"


def _kind(value: Any) -> str:
    return "" if value is None else type(value).__name__


def write_commands(folder: Path) -> None:
    """The page of commands, each with its arguments, options and their defaults."""
    root = typer.main.get_command(app)
    parts = [COMMANDS]
    for words, command in _commands(root, []):
        parts.append(_command(words, command))
    (folder / "commands.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")


COMMANDS = """# Commands

`spacy_lite COMMAND …` or `python -m spacy_lite COMMAND …`; `--help` says what stands here. Commands that take a config take
overrides of its settings too: `--training.max_steps 1000`."""


def _commands(group: Any, words: list[str]) -> Any:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, [*words, name])
        elif not command.hidden:
            yield [*words, name], command


def _command(words: list[str], command: Any) -> str:
    params = [item for item in command.params if item.name != "help"]
    arguments = [item for item in params if item.param_type_name == "argument"]
    rows = []
    for item in params:
        names = [item.name] if item in arguments else [*item.opts, *item.secondary_opts]
        shown = ", ".join(f"`{name}`" for name in names)
        rows.append(f"| {shown} | {escape_cell(item.help or '')} | {_default_of(item)} |")
    usage = " ".join(["spacy_lite", *words, *(item.name if item.required else f"[{item.name}]" for item in arguments)])
    parts = [
        "## " + " ".join(words),
        f"```text\n{usage} [options]\n```",
        to_markdown(inspect.cleandoc(command.help or ""), []),
        "| argument or option | what | default |\n|---|---|---|\n" + "\n".join(rows) if rows else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _default_of(item: Any) -> str:
    if item.required:
        return "required"
    return "" if item.default in (None, (), ...) else f"`{getattr(item.default, 'value', item.default)}`"
