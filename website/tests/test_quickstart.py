"""The quickstart gives, for every choice, the very config that `init config` writes.

Every choice of components with every setting, in English; and every language with every setting. (What a language changes does
not depend on the components, and the other way round: a sample of both together checks that too.)
"""

import itertools
import random
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.quickstart import COMPONENTS, SETTINGS, config_text, config_texts, languages  # noqa: E402

SUBSETS = [tuple(c for i, c in enumerate(COMPONENTS) if bits >> i & 1) for bits in range(1, 1 << len(COMPONENTS))]
EVERY_CHOICE = [("en", subset, *setting) for subset in SUBSETS for setting in SETTINGS]
EVERY_LANGUAGE = [(code, ("tagger", "ner"), *setting) for code in languages() for setting in SETTINGS]


def mixed(count=150):
    rng = random.Random(0)
    return [(rng.choice(list(languages())), rng.choice(SUBSETS), *rng.choice(SETTINGS)) for _ in range(count)]


def differing(site, choices):
    driver = site.open("quickstart.html")
    keys = ("lang", "components", "hardware", "optimize", "pretraining")
    script = "return arguments[0].map(choice => quickstartConfig(window.QUICKSTART, choice))"
    wanted = config_texts(choices)
    wrong = []
    for part in (choices[i : i + 64] for i in range(0, len(choices), 64)):
        shown = driver.execute_script(script, [dict(zip(keys, choice, strict=True)) for choice in part])
        wrong += [choice for choice, text in zip(part, shown, strict=True) if text != wanted[choice]]
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


def test_the_config_can_be_downloaded_and_copied_from_the_file_system(site, tmp_path):
    driver = site.open("quickstart.html")
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    driver.find_element("css selector", "button[name=download]").click()
    saved = tmp_path / "config.cfg"
    deadline = time.time() + 15
    while time.time() < deadline and not saved.exists():
        time.sleep(0.1)
    assert saved.read_text(encoding="utf8") == config_text("en", ["tagger", "parser", "ner"], "cpu", "efficiency", False)
    driver.find_element("css selector", "button[name=copy]").click()
    said = driver.find_element("id", "quickstart-said")
    while time.time() < deadline and said.text not in ("Copied.", "Selected: press Ctrl+C to copy."):
        time.sleep(0.1)
    assert said.text in ("Copied.", "Selected: press Ctrl+C to copy.")
