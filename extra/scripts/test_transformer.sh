#!/bin/sh
# Make the environment $2 beside the developer's one in $1, with torch for the CPU and transformers, and run the tests that need them.
# Where torch for the CPU cannot be had, say so and end well: without it the transformer component cannot be tested. TORCH_INDEX_URL
# names an index of packages to get it from, where pip's own offers only builds with CUDA.
set -eu
base="$1"
venv="$2"
here="$(cd "$(dirname "$0")/../.." && pwd)"
cd "$here"
pip="$venv/bin/python -m pip --disable-pip-version-check"

skip() {
    echo "tests of the transformer component SKIPPED: $1" >&2
    exit 0
}
# The version of torch pip would install with the given options: only those with +cpu (or for a Mac) are small enough to fetch.
offered() {
    $pip install -q --dry-run --no-deps --only-binary :all: --retries 1 --timeout 20 --report - "$@" 'torch>=2.6' 2>/dev/null |
        "$venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["install"][0]["metadata"]["version"])' 2>/dev/null || true
}

# The newest version of torch of which pip finds a build for the CPU beside newer ones for CUDA.
newest_for_cpu() {
    $pip index versions torch 2>/dev/null | sed -n 's/^Available versions: //p' | tr ',' '\n' | sed -n 's/^ *\(.*+cpu\)$/\1/p' | head -n 1
}

if [ ! -e "$venv/ready" ]; then
    [ -x "$venv/bin/python" ] || "$base/bin/python" -m venv "$venv"
    "$base/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' > \
        "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/base.pth"
    source=""
    version="$(offered)"
    case "$version-$(uname -s)" in
        *+cpu-* | [0-9]*-Darwin) ;;
        *)
            version="$(newest_for_cpu)"
            if [ -z "$version" ]; then
                [ -n "${TORCH_INDEX_URL:-}" ] || skip "pip offers no build of torch for the CPU: set TORCH_INDEX_URL to an index with one"
                source="--index-url $TORCH_INDEX_URL"
                # shellcheck disable=SC2086
                version="$(offered $source)"
                [ -n "$version" ] || skip "no build of torch for the CPU can be had (there is none at TORCH_INDEX_URL)"
            fi
            ;;
    esac
    # shellcheck disable=SC2086
    $pip install -q --no-deps $source "torch==$version" || skip "torch $version could not be installed"
    $pip install -q "torch==$version" 'transformers>=5.5,<6' tokenizers safetensors || skip "transformers could not be installed"
    touch "$venv/ready"
fi
HF_HUB_OFFLINE=1 OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" "$venv/bin/python" -m pytest -q -p no:cacheprovider \
    tests/transformer tests/ml/test_torch_encoder.py "tests/website/test_guides.py::test_blocks_of_a_page_do_what_it_says[transformers]"
