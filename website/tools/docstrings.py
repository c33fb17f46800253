"""From this project's docstrings to Markdown: arguments become a list, "Raises …" a paragraph of its own."""

import re

RAISES = re.compile(r"(?:(?<=\.)\s+|^)(Raises?\s)")


def to_markdown(doc: str, arguments: list[str]) -> str:
    """The Markdown of a docstring. arguments: names that may begin an entry of the form `name: what it is`."""
    return "\n\n".join(_paragraph(text, arguments) for text in _paragraphs(doc))


def summary(doc: str) -> str:
    """The first sentence, on one line."""
    first = " ".join(doc.strip().split("\n\n")[0].split())
    found = re.match(r"(.+?[.!?])(\s|$)", first)
    return found[1] if found else first


def escape_cell(text: str) -> str:
    """Text that can stand in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _paragraphs(doc: str) -> list[str]:
    return [text for text in re.split(r"\n[ \t]*\n", doc.strip("\n")) if text.strip()]


def _paragraph(text: str, arguments: list[str]) -> str:
    if text.startswith("    "):
        lines = [line[4:] for line in text.split("\n")]
        language = "pycon" if lines[0].startswith(">>>") else "text"
        return f"```{language}\n" + "\n".join(lines) + "\n```"
    if text.lstrip().startswith(("- ", "* ", "1. ")):
        return text
    parts = RAISES.split(text, maxsplit=1)
    body, raises = parts[0], "".join(parts[1:])
    done = [_entries(body, arguments)] if body.strip() else []
    if raises:
        done.append(f"**Raises** {_safe(raises.split(maxsplit=1)[1])}")
    return "\n\n".join(done)


def _entries(text: str, arguments: list[str]) -> str:
    names = "|".join(re.escape(name) for name in sorted({*arguments, "Returns", "Input", "Output"}, key=len, reverse=True))
    entry = re.compile(rf"(?:^|(?<=[.)]\s))((?:\*{{0,2}}(?:{names}))(?:(?:, | and )\*{{0,2}}(?:{names}))*): ", re.MULTILINE)
    pieces = entry.split(text)
    if len(pieces) < 3:
        return _safe(text)
    lead = [_safe(pieces[0].strip())] if pieces[0].strip() else []
    items = [
        f"- **{_safe(name)}**: {_safe(' '.join(what.split()))}" for name, what in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    return "\n\n".join([*lead, "\n".join(items)])


def _safe(text: str) -> str:
    """Escape what Markdown would take for markup, outside of `code`."""
    pieces = re.split(r"(``?[^`]+``?)", text)
    return "".join(piece if i % 2 else re.sub(r"([\\*_<>\[\]{}$|~])", r"\\\1", piece) for i, piece in enumerate(pieces))
