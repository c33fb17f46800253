#!/bin/sh
# The site. `$3` is `build`: make the environment $2 beside the developer's one in $1, with the generator, and build the site;
# or `test`: install what tests in a browser need, where it can be had, and run them.
set -eu
base="$1"
venv="$2"
here="$(cd "$(dirname "$0")/../.." && pwd)"
cd "$here"

if [ ! -e "$venv/ready" ] || [ website/requirements.txt -nt "$venv/ready" ]; then
    [ -x "$venv/bin/python" ] || "$base/bin/python" -m venv "$venv"
    "$base/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' > \
        "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/base.pth"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check -r website/requirements.txt
    touch "$venv/ready"
fi
if [ "$3" = build ]; then
    exec "$venv/bin/python" website/build.py
fi

skip() {
    echo "tests of the site in a browser SKIPPED: $1" >&2
    exit 0
}
if ! command -v chromium >/dev/null 2>&1 || ! command -v chromedriver >/dev/null 2>&1; then
    { command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; } || skip "install chromium and its chromedriver"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver; } >/dev/null 2>&1 ||
        skip "chromium and chromium-driver could not be installed"
fi
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r website/tests/requirements.txt || skip "selenium could not be installed"
if [ ! -e website/build/node_modules/axe-core/axe.min.js ]; then
    npm install --silent --no-save --prefix website/build axe-core@4 >/dev/null 2>&1 || skip "axe-core could not be installed (by npm)"
fi
PYTHONPATH="$here" "$venv/bin/python" -m pytest -q -p no:cacheprovider website/tests
