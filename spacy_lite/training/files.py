"""Whether output can be written, asked before the work begins rather than after."""

import uuid
from pathlib import Path

__all__ = ["check_writable"]


def check_writable(folder: Path, *, keep: bool = True) -> None:
    """Make the folder and try to write into it. Raises OSError that says what cannot be written and why.

    keep: whether the folder stays if it was not there before.
    """
    probe = folder / f".writable-{uuid.uuid4().hex[:8]}"
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        for path in missing if not keep else ():
            path.rmdir()
    except OSError as error:
        raise OSError(f"{folder}: the output cannot be written there ({error.strerror}). Choose another folder.") from error
