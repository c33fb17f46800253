"""The quickstart gives, for every choice, the very config that `init config` writes.

Every choice of components with every setting, in English; and every language with every setting. (What a language changes does not
depend on the components, and the other way round: a sample of both together checks that too.)
"""

import itertools
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.quickstart import COMPONENTS, SETTINGS, config_text, languages  # noqa: E402

SUBSETS = [tuple(c for i, c in enumerate(COMPONENTS) if bits >> i & 1) for bits in range(1, 1 << len(COMPONENTS))]
EVERY_CHOICE = [("en", subset, *setting) for subset in SUBSETS for setting in SETTINGS]
EVERY_LANGUAGE = [(code, ("tagger", "ner"), *setting) for code in languages() for setting in SETTINGS]


def mixed(count=150):
    rng = random.Random(0)
    return [(rng.choice(list(languages())), rng.choice(SUBSETS), *rng.choice(SETTINGS)) for _ in range(count)]


def texts_of_init_config(choices):
    return [config_text(*choice) for choice in choices]


def differing(site, choices):
    driver = site.open("quickstart.html")
    keys = ("lang", "components", "hardware", "optimize", "pretraining")
    script = "return arguments[0].map(choice => quickstartConfig(window.QUICKSTART, choice))"
    parts = [choices[i : i + 64] for i in range(0, len(choices), 64)]
    wrong = []
    with ProcessPoolExecutor(2) as pool:
        for part, wanted in zip(parts, pool.map(texts_of_init_config, parts), strict=True):
            shown = driver.execute_script(script, [dict(zip(keys, choice, strict=True)) for choice in part])
            wrong += [choice for choice, one, other in zip(part, shown, wanted, strict=True) if one != other]
    return wrong


def test_every_choice_of_components_and_settings(site):
    assert len(EVERY_CHOICE) == 255 * 8
    assert differing(site, EVERY_CHOICE) == []


def test_every_language_with_every_setting(site):
    assert differing(site, EVERY_LANGUAGE) == []


def test_languages_and_components_together(site):
    assert differing(site, mixed()) == []


@pytest.mark.parametrize("hardware,optimize", list(itertools.product(("cpu", "gpu"), ("efficiency", "accuracy"))))
def test_what_is_clicked_is_what_is_shown(site, hardware, optimize):
    driver = site.open("quickstart.html")
    for name, value in (("hardware", hardware), ("optimize", optimize), ("component", "morphologizer")):
        driver.find_element("css selector", f"input[name={name}][value={value}]").click()
    shown = driver.find_element("id", "quickstart-config").get_attribute("textContent")
    assert shown == config_text("en", ["tagger", "morphologizer", "parser", "ner"], hardware, optimize, False)
    command = driver.find_element("id", "quickstart-command").get_attribute("textContent")
    assert command.startswith("spacy_lite init config config.cfg --lang en --pipeline tagger,morphologizer,parser,ner")
    assert ("--gpu" in command) == (hardware == "gpu") and ("accuracy" in command) == (optimize == "accuracy")
