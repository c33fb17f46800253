"""Makes the data of the quickstart from `init config` itself: what it writes for every language and setting, cut into pieces.

The pieces are the sections of a config with all components. The script of the page leaves out those of components not chosen,
writes the list of components, and takes the weights of the scores for that choice from a table. Whether that gives what
`init config` writes is tested for every choice (website/tests).
"""

import itertools
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from spacy_lite.cli.init_config import init_config
from spacy_lite.config import registry

COMPONENTS = ("tagger", "morphologizer", "trainable_lemmatizer", "parser", "ner", "spancat", "textcat", "textcat_multilabel")
SETTINGS = tuple(itertools.product(("cpu", "gpu"), ("efficiency", "accuracy"), (False, True)))
WEIGHTS = "[training.score_weights]"
FIRST = "en"
Choice = tuple[str, tuple[str, ...], str, str, bool]
# What a language changes is looked for in the config of one component and what components share.
PROBE = ("tagger",)
NAMES = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pt": "Portuguese",
    "zh": "Chinese", "xx": "several languages",
}  # fmt: skip


def write_quickstart(folder: Path) -> None:
    """Write the script of data that the page of the quickstart loads."""
    text = json.dumps(quickstart_data(), ensure_ascii=False, separators=(",", ":"))
    (folder / "quickstart-data.js").write_text(f"window.QUICKSTART = {text};\n", encoding="utf8")


def config_text(lang: str, pipeline: Iterable[str], hardware: str, optimize: str, pretraining: bool) -> str:
    """What `init config` writes where torch and transformers are installed; here they need not be."""
    module = sys.modules["spacy_lite.cli.init_config"]
    asked, module._has_transformers = module._has_transformers, lambda show: True
    try:
        gpu = hardware == "gpu"
        config = init_config(lang=lang, pipeline=list(pipeline), optimize=optimize, gpu=gpu, pretraining=pretraining)
    finally:
        module._has_transformers = asked
    return config.to_str(interpolate=False)


def config_texts(choices: Iterable[Choice]) -> dict[Choice, str]:
    """Choice -> the config for it, computed by all cores."""
    distinct = list(dict.fromkeys(choices))
    with ProcessPoolExecutor() as pool:
        return dict(zip(distinct, pool.map(_text_of, distinct, chunksize=16), strict=True))


def _text_of(choice: Choice) -> str:
    return config_text(*choice)


def quickstart_data() -> dict[str, Any]:
    """All that the page needs.

    components; languages: code -> name; configs: setting -> lines; patches: language -> setting -> [section, line, new line] of
    the lines that differ, or, where the sections differ, all lines; shared: setting -> components that need the shared layer;
    weights: choice of components (as bits) -> lines of the weights, as numbers in `lines`.
    """
    codes, cheapest = languages(), SETTINGS[0]
    single = [(name,) for name in COMPONENTS]
    subsets = [tuple(c for i, c in enumerate(COMPONENTS) if bits >> i & 1) for bits in range(1 << len(COMPONENTS))]
    texts = config_texts(
        [(FIRST, chosen, *setting) for chosen in (COMPONENTS, *single) for setting in SETTINGS]
        + [(code, PROBE, *setting) for code in codes for setting in SETTINGS]
        + [(FIRST, chosen, *cheapest) for chosen in subsets[1:]]
    )
    configs, shared, patches = {}, {}, {}
    for setting in SETTINGS:
        key = setting_key(*setting)
        configs[key] = texts[FIRST, COMPONENTS, *setting].split("\n")
        shared[key] = [chosen[0] for chosen in single if _shares(texts[FIRST, chosen, *setting])]
    for code in codes:
        if code != FIRST:
            patches[code] = {setting_key(*setting): _patch(texts, code, setting) for setting in SETTINGS}
    table: dict[str, int] = {}
    weights = []
    for chosen in subsets:
        lines = _section(texts[FIRST, chosen, *cheapest], WEIGHTS) if chosen else []
        weights.append([table.setdefault(line, len(table)) for line in lines])
    return {
        "components": list(COMPONENTS),
        "languages": codes,
        "configs": configs,
        "patches": patches,
        "shared": shared,
        "lines": list(table),
        "weights": weights,
    }


def setting_key(hardware: str, optimize: str, pretraining: bool) -> str:
    """The name of a setting in the data."""
    return f"{hardware}-{optimize}-{'pretraining' if pretraining else 'plain'}"


def languages() -> dict[str, str]:
    """Code -> name of the languages offered: those with rules of their own first."""
    from spacy_lite.lang import generic

    own = {code: NAMES.get(code, code) for code in registry.languages.names()}
    others = {code: _spaced(name) for code, name in generic.NAMES.items() if code not in own}
    return {**dict(sorted(own.items(), key=lambda item: item[1])), **dict(sorted(others.items(), key=lambda item: item[1]))}


def _spaced(name: str) -> str:
    return "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name))


def _shares(text: str) -> bool:
    return "[components.tok2vec]" in text or "[components.transformer]" in text


def _patch(texts: dict[Choice, str], code: str, setting: tuple[str, str, bool]) -> list[Any]:
    base, lines = (texts[lang, PROBE, *setting].split("\n") for lang in (FIRST, code))
    if len(lines) != len(base):
        return config_text(code, COMPONENTS, *setting).split("\n")
    found, section = [], ""
    for old, new in zip(base, lines, strict=True):
        section = old if old.startswith("[") else section
        if old != new:
            found.append([section, old, new])
    return found


def _section(text: str, name: str) -> list[str]:
    lines = text.split("\n")
    start = lines.index(name) + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith("[")), len(lines))
    return [line for line in lines[start:end] if line]
