"""Builds the site into `website/build/html`: generated pages beside those people wrote, then Sphinx, then a check of all links.

Run it by `make website`. Any warning of the generator, a public name without a page, or a broken link ends it with an error.
What did not change since the last build is not made again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from tools import api, gallery, links, quickstart, tables  # noqa: E402

BUILD = HERE / "build"
SOURCE = BUILD / "source"
HTML = BUILD / "html"


def main() -> None:
    """Bring the site up to date."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "source"
        shutil.copytree(HERE / "pages", fresh)
        shutil.copytree(HERE / "static", fresh / "static")
        shutil.copy(HERE / "conf.py", fresh)
        names = api.write_reference(fresh)
        tables.write_tables(fresh)
        quickstart.write_quickstart(fresh / "static")
        gallery.write_gallery(fresh)
        update(SOURCE, fresh)
    step = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "-b", "html"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    if subprocess.run([*step, "-d", BUILD / "doctrees", SOURCE, HTML], env=environment).returncode:
        sys.exit("The generator found something wrong: see above.")
    problems = links.missing_names(HTML, names) + links.check(HTML)
    if problems:
        sys.exit("Broken:\n  " + "\n  ".join(problems))
    print(
        f"{HTML / 'index.html'}: {len(list(HTML.rglob('*.html')))} pages, {len(names)} public names, all links good; ", end=""
    )
    print(f"{time.perf_counter() - started:.0f} s")


def update(old: Path, new: Path) -> None:
    """Make the folder `old` hold what `new` holds, leaving alone the files that are equal."""
    wanted = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in [path for path in old.rglob("*") if path.is_file() and path.relative_to(old) not in wanted]:
        path.unlink()
        (HTML / path.relative_to(old)).with_suffix(".html").unlink(missing_ok=True)
    for name in wanted:
        if not (old / name).exists() or (old / name).read_bytes() != (new / name).read_bytes():
            (old / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(new / name, old / name)


if __name__ == "__main__":
    main()
