"""Runs the code of a page: `python website/tools/blocks.py PAGE.md …` says which block does not do what the page claims.

Blocks of a page run in their order, in one Python namespace and one empty folder (where `extra` leads to the checkout's):

* ```python and ```bash are run; a ```text block that follows is what they print (`...` stands for anything, also over lines);
* {code-block} with a :caption: is a file of that name;
* `<!-- fails -->` before a block: it ends in an error, whose message is printed;
* `<!-- needs: torch -->`: runs only where these packages are; `<!-- not run: reason -->`: what a test cannot do (installing).

`--write` puts what was printed into the page, in place of the ```text blocks without `...`.
"""

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--\s*((?:(?!-->).)*?)\s*-->\s*$", re.DOTALL)
TIMEOUT = 300


@dataclass
class Block:
    """One block to run. kind: python, bash or file; claimed: what it prints; place: where the claim's text is in the page."""

    kind: str
    code: str
    line: int
    name: str = ""
    marks: list[str] = field(default_factory=list)
    claimed: str | None = None
    place: tuple[int, int] | None = None

    def skip_reason(self) -> str | None:
        """Why it cannot run here, if so."""
        for mark in self.marks:
            if mark.startswith("not run"):
                return mark
            if mark.startswith("needs:"):
                missing = [name for name in mark[6:].replace(",", " ").split() if importlib.util.find_spec(name) is None]
                if missing:
                    return f"{', '.join(missing)} not installed"
        return None


def read_blocks(text: str) -> list[Block]:
    """The blocks of a page."""
    blocks: list[Block] = []
    end_of_last = -1
    for match in FENCE.finditer(text):
        info, body = match["info"].strip(), match["body"]
        line = text.count("\n", 0, match.start()) + 1
        between = text[max(end_of_last, 0) : match.start()]
        if info in ("python", "bash"):
            comment = COMMENT.search(between.rstrip() + "\n")
            marks = [mark.strip() for mark in comment[1].split(";")] if comment else []
            blocks.append(Block(info, body, line, marks=marks))
        elif info == "text" and blocks and end_of_last >= 0 and not between.strip() and blocks[-1].kind != "file":
            blocks[-1].claimed, blocks[-1].place = body, match.span("body")
        elif info.startswith("{code-block}") and (caption := re.match(r"((?::\w[\w-]*:.*\n)*?):caption:\s*(\S+)\n", body)):
            code = re.sub(r"\A(:[\w-]+:.*\n)+\n?", "", body)
            blocks.append(Block("file", code, line, name=caption[2]))
        else:
            end_of_last = -1
            continue
        end_of_last = match.end()
    return blocks


def run_page(path: Path, *, write: bool = False) -> list[str]:
    """Run a page's blocks; one line for each that does not do what is claimed."""
    text = path.read_text(encoding="utf8")
    blocks = read_blocks(text)
    problems: list[str] = []
    names: dict[str, Any] = {"__name__": "__main__"}
    printed: list[tuple[tuple[int, int], str]] = []
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(ROOT / "extra", Path(folder) / "extra")
        os.chdir(folder)
        sys.path[:0] = [folder, str(ROOT)]
        try:
            for block in blocks:
                if block.skip_reason():
                    continue
                started = time.perf_counter()
                output, error = run_block(block, names)
                if os.environ.get("SHOW_TIMES"):
                    print(f"{path.name}:{block.line}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
                place = f"{path.name}:{block.line}"
                fails = "fails" in block.marks
                if bool(error) != fails:
                    problems.append(f"{place}: {'ended well, though it should fail' if fails else error}\n{output}")
                if fails:
                    output += error or ""
                if block.claimed is not None and not matches(block.claimed, output):
                    problems.append(f"{place}: claimed:\n{block.claimed}\nprinted:\n{output}")
                    if block.place and "..." not in block.claimed:
                        printed.append((block.place, output.rstrip() + "\n"))
        finally:
            os.chdir(here)
            del sys.path[:2]
    if write:
        for (start, end), output in reversed(printed):
            text = text[:start] + output + text[end:]
        path.write_text(text, encoding="utf8")
    return problems


def run_block(block: Block, names: dict[str, Any]) -> tuple[str, str | None]:
    """Run one block in the current folder; what it printed, and its error if it had one."""
    if block.kind == "file":
        Path(block.name).parent.mkdir(parents=True, exist_ok=True)
        Path(block.name).write_text(block.code, encoding="utf8")
        return "", None
    if block.kind == "bash":
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {"PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}
        settings["OPENBLAS_NUM_THREADS"] = "1"
        # An environment with further packages beside the one the package is installed in has no command of its own.
        installed = (Path(sys.executable).parent / "spacy_lite").exists()
        code = block.code if installed else 'spacy_lite() { python -m spacy_lite "$@"; }\n' + block.code
        shell = ["bash", "-euo", "pipefail", "-c", code]
        done = subprocess.run(
            shell, env={**os.environ, **settings}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT
        )
        if done.returncode == 0:
            return done.stdout, None
        return done.stdout, "\n" if done.stdout else f"[exit code {done.returncode}]"
    stream = io.StringIO()
    try:
        with contextlib.redirect_stdout(stream):
            exec(compile(block.code, f"<block at line {block.line}>", "exec"), names)
    except Exception as error:
        shown = error.args[0] if isinstance(error, KeyError) and error.args else error
        return stream.getvalue(), f"{type(error).__name__}: {shown}"
    return stream.getvalue(), None


def matches(claimed: str, printed: str) -> bool:
    """Whether a text is what is claimed, `...` standing for anything."""
    plain = ["\n".join(line.rstrip() for line in text.strip().split("\n")) for text in (claimed, printed)]
    pattern = ".*".join(re.escape(part) for part in plain[0].split("..."))
    return re.fullmatch(pattern, plain[1], re.DOTALL) is not None


def main() -> None:
    """Run the pages named on the command line."""
    write = "--write" in sys.argv
    failed = False
    for name in [word for word in sys.argv[1:] if word != "--write"]:
        for problem in run_page(Path(name).resolve(), write=write):
            failed = True
            print(problem)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
