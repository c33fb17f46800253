"""Whether output can be written, asked before the work begins rather than after."""

import uuid
from pathlib import Path

__all__ = ["check_writable"]


def check_writable(folder: Path) -> None:
    """Make the folder and try to write into it. Raises OSError that says what cannot be written and why."""
    probe = folder / f".writable-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OSError(f"{folder}: the output cannot be written there ({error.strerror}). Choose another folder.") from error
