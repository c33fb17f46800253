#!/bin/sh
# Make the virtual environment in $1 with everything the project needs; installs the C++ compiler and venv module where they are missing.
set -eu
venv="$1"
python="${PYTHON:-python3}"

need_system_packages() {
    ! command -v c++ >/dev/null 2>&1 || ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || ! have_python_headers
}
have_python_headers() {
    "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))'
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "spacy_lite needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Set PYTHON=/path/to/python3.11 (or newer) and try again." >&2
    exit 1
}
if need_system_packages; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        apt-get update -qq && apt-get install -y -qq g++ python3-venv python3-dev
    else
        echo "Building needs a C++17 compiler, Python's headers and the venv module: install g++, python3-dev and python3-venv, then try again." >&2
        exit 1
    fi
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r requirements.txt
