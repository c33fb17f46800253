#!/bin/sh
# On a machine with a CUDA GPU: run the tests of the transformer component with models on the GPU, then the benchmark there.
# $1: a Python that has spacy_lite's requirements, pytest, hypothesis, torch for CUDA, transformers>=5.5,<6, tokenizers, safetensors
# and cupy (cupy-cuda12x or cupy-cuda13x); the package is built in place first if it is not. $2, if given: folder of the encoder
# that the benchmark uses; without it a MiniLM-sized one with random weights is made, as nothing is downloaded.
set -eu
python="${1:-python}"
model="${2:-}"
cd "$(dirname "$0")/../.."
export HF_HUB_OFFLINE=1 PYTHONPATH="$PWD"

"$python" - <<'CHECK'
import importlib.util
import sys

lacking = [name for name in ("torch", "cupy", "transformers", "tokenizers", "safetensors", "pytest") if not importlib.util.find_spec(name)]
if lacking:
    sys.exit(f"missing: {', '.join(lacking)}")
import cupy
import torch

if not torch.cuda.is_available():
    sys.exit("torch sees no GPU")
print(f"{torch.cuda.get_device_name(0)}, torch {torch.__version__}, CUDA {torch.version.cuda}, cupy {cupy.__version__}")
CHECK
"$python" -c 'import spacy_lite.tokens.doc' 2>/dev/null || "$python" setup.py -q build_ext --inplace

# The tests read this, and put all models on the GPU (tests/transformer/conftest.py).
SPACY_LITE_TEST_GPU=1 "$python" -m pytest -q -p no:cacheprovider tests/transformer
"$python" extra/benchmarks/transformer_gpu.py ${model:+--model "$model"}
