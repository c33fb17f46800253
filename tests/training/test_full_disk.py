"""A disk that is full: the message names what could not be written, and what was there before stays."""

import errno

import pytest

from spacy_lite.serialize import atomic_directory, atomic_file


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EDQUOT, "Quota exceeded")])
def test_a_full_disk_is_named_with_the_folder_and_leaves_the_old_one(tmp_path, error):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("complete")
    with pytest.raises(OSError, match="no room left") as caught, atomic_directory(folder) as part:
        (part / "half").write_text("…")
        raise error
    assert caught.value.filename == str(folder) and caught.value.errno == errno.ENOSPC
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "old"]


def test_a_full_disk_is_named_with_the_file(tmp_path):
    with pytest.raises(OSError, match="no room left") as caught, atomic_file(tmp_path / "weights.bin"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "weights.bin") and not list(tmp_path.iterdir())


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(PermissionError), atomic_directory(tmp_path / "model"):
        raise PermissionError(errno.EACCES, "Permission denied")
