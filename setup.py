"""Build of the native modules: every .pyx of the package, in one step, parallel and incremental.

`SPACY_LITE_ONLY=spacy_lite.tokens.*` (shell patterns, comma-separated) builds just those modules, `none` builds none;
`SPACY_LITE_SANITIZE=1` compiles with the address and undefined-behaviour sanitizers.
"""

import os
import sys
from fnmatch import fnmatch
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

PACKAGE = Path("spacy_lite")
JOBS = int(os.environ.get("SPACY_LITE_JOBS", os.cpu_count() or 1))
DIRECTIVES = {
    "language_level": 3,
    "embedsignature": False,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "binding": True,
}


def compile_arguments(kernels: bool) -> list[str]:
    """Flags for the compiler at hand; no CPU-specific ones, because kernels dispatch at run time."""
    if sys.platform == "win32":
        return ["/std:c++17", "/O2"]
    flags = [
        "-std=c++17",
        "-O3" if kernels else "-O2",
        "-g0",
        "-ffp-contract=fast",
        "-fno-math-errno",
        "-Wno-unused-function",
        "-Wno-sign-compare",
        "-Wno-cpp",
        "-Wno-maybe-uninitialized",  # of GCC 12 inside its own intrinsics
        "-Wno-uninitialized",
    ]
    if os.environ.get("SPACY_LITE_SANITIZE"):
        flags += ["-fsanitize=address,undefined", "-g"]
    return flags


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def is_wanted(name: str) -> bool:
    patterns = [p for p in os.environ.get("SPACY_LITE_ONLY", "").split(",") if p]
    return not patterns or any(fnmatch(name, pattern) for pattern in patterns)


def extensions() -> list[Extension]:
    headers = [str(path) for path in sorted(PACKAGE.rglob("*.hh"))]
    return [
        Extension(
            module_name(path),
            # A kernel module is one binding plus the .cc files of its own folder (one for each instruction set).
            [str(path)] + [str(source) for source in sorted(path.parent.glob(f"{path.stem}_*.cc"))],
            language="c++",
            include_dirs=[numpy.get_include(), str(PACKAGE)],
            define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
            extra_compile_args=compile_arguments("kernels" in path.parts or "transitions" in path.parts),
            depends=headers,
        )
        for path in sorted(PACKAGE.rglob("*.pyx"))
        if is_wanted(module_name(path))
    ]


# The metadata and the sdist need no C++.
nothing_to_compile = {"egg_info", "dist_info", "sdist"} & set(sys.argv)

setup(
    ext_modules=extensions()
    if nothing_to_compile
    else cythonize(extensions(), compiler_directives=DIRECTIVES, nthreads=JOBS, quiet=True),
    options={"build_ext": {"parallel": JOBS}},
)
