"""The process's surroundings: working directory, commands, ports, notebooks, the log."""

import logging
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = [
    "ENV_VARS",
    "check_bool_env_var",
    "find_available_port",
    "is_cwd",
    "is_in_interactive",
    "is_in_jupyter",
    "is_linux",
    "is_osx",
    "is_windows",
    "join_command",
    "logger",
    "logger_stream_handler",
    "make_tempdir",
    "run_command",
    "split_command",
    "working_dir",
]

is_windows = sys.platform.startswith("win")
is_linux = sys.platform.startswith("linux")
is_osx = sys.platform == "darwin"

logger = logging.getLogger("spacy_lite")
logger_stream_handler = logging.StreamHandler()
logger_stream_handler.setFormatter(logging.Formatter("[%(asctime)s] [%(levelname)s] %(message)s"))
if not logger.handlers:
    logger.addHandler(logger_stream_handler)


class ENV_VARS:
    """Names of the environment variables that change what the package does."""

    CONFIG_OVERRIDES = "SPACY_CONFIG_OVERRIDES"
    PROJECT_USE_GIT_VERSION = "SPACY_PROJECT_USE_GIT_VERSION"


def check_bool_env_var(env_var: str) -> bool:
    """Whether an environment variable is set to anything but nothing, 0 or false."""
    return os.environ.get(env_var, "").strip().lower() not in ("", "0", "false", "no")


@contextmanager
def working_dir(path: str | Path) -> Iterator[Path]:
    """Change the working directory for the block."""
    before, there = Path.cwd(), Path(path).resolve()
    os.chdir(there)
    try:
        yield there
    finally:
        os.chdir(before)


@contextmanager
def make_tempdir() -> Iterator[Path]:
    """A temporary directory that is removed after the block."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_cwd(path: str | Path) -> bool:
    """Whether a path is the working directory."""
    return str(Path(path).resolve()).lower() == str(Path.cwd().resolve()).lower()


def split_command(command: str) -> list[str]:
    """The words of a shell command."""
    return shlex.split(command, posix=not is_windows)


def join_command(command: Sequence[str]) -> str:
    """Words as a shell command, quoted where needed."""
    return subprocess.list2cmdline(command) if is_windows else shlex.join(command)


class CommandError(subprocess.SubprocessError):
    """A command ended with another status than 0. ret: the finished process with its output; command: as it was given."""

    def __init__(self, message: str, ret: "subprocess.CompletedProcess[str]", command: str) -> None:
        super().__init__(message)
        self.ret = ret
        self.command = command


def run_command(
    command: str | Sequence[str], *, stdin: str | None = None, capture: bool = False
) -> "subprocess.CompletedProcess[str] | None":
    """Run a command. capture: return its output with stderr mixed in, instead of showing it. Exits with the command's status if
    that is not 0.

    Raises FileNotFoundError when there is no such program, and CommandError on failure with `capture`.
    """
    words = split_command(command) if isinstance(command, str) else list(command)
    shown = command if isinstance(command, str) else join_command(words)
    try:
        done = subprocess.run(
            words,
            env=os.environ.copy(),
            input=stdin,
            encoding="utf8",
            check=False,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
        )
    except FileNotFoundError:
        raise FileNotFoundError(f"cannot run `{shown}`: there is no program `{words[0]}` on the path") from None
    if done.returncode != 0 and capture:
        raise CommandError(f"`{shown}` ended with status {done.returncode}\n{done.stdout or ''}", done, shown)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done


def find_available_port(start: int, host: str, auto_select: bool = False) -> int:
    """A free port: `start`, or the next free one with `auto_select`. Raises ValueError when there is none."""
    for port in range(start, 65536 if auto_select else start + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(("localhost" if host in ("0.0.0.0", "") else host, port)) != 0:
                return port
    hint = "" if auto_select else "; choose another, or let auto_select_port find one"
    raise ValueError(f"port {start} of {host or 'localhost'} is in use{hint}")


def is_in_jupyter() -> bool:
    """Whether the code runs in a Jupyter (or Colab) notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell" or type(shell).__module__ == "google.colab._shell"


def is_in_interactive() -> bool:
    """Whether the code runs in an interactive Python session."""
    return hasattr(sys, "ps1") or hasattr(sys, "ps2")
