"""Print every module and C++ header of the package and what it is for: the first sentence of its docstring, or comment.

.venv/bin/python extra/scripts/list_modules.py             # all rooms
.venv/bin/python extra/scripts/list_modules.py ml training # these rooms
"""

import ast
import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "spacy_lite"


def modules() -> dict[str, str]:
    """Path under the package -> what the file says of itself ("" if nothing), of `.py`, `.pyx` and `.hh` files."""
    paths = (path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".pyx", ".hh"))
    return {path.relative_to(PACKAGE).as_posix(): description(path) for path in paths}


def description(path: Path) -> str:
    """The docstring of a module, or the comment a header begins with."""
    text = path.read_text(encoding="utf8")
    if path.suffix == ".hh":
        comment = re.search(r"^//.*(?:\n//.*)*", text, re.MULTILINE)
        return re.sub(r"^// ?", "", comment[0], flags=re.MULTILINE) if comment else ""
    if path.suffix == ".py":
        return ast.get_docstring(ast.parse(text)) or ""
    found = re.match(r'\s*"""(.*?)"""', text, re.DOTALL)
    return found[1].strip() if found else ""


def purpose(description: str) -> str:
    """Its first sentence, in one line."""
    paragraph = " ".join(description.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph)[0]


def main(rooms: list[str]) -> None:
    """Print the modules of these rooms (folders, or modules beside them), or of all."""
    told = ""
    for path, text in modules().items():
        room, _, rest = path.rpartition("/")
        if rooms and path.split("/")[0].partition(".")[0] not in rooms:
            continue
        if room != told:
            print(f"\n{room}/")
            told = room
        print(f"    {rest:28} {purpose(text)}")


if __name__ == "__main__":
    main(sys.argv[1:])
