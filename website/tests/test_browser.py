"""The site as a reader meets it: no complaints, nothing from other servers, usable on a phone, with keys, in the dark."""

import time
from pathlib import Path

import pytest
from conftest import BUILD, HTML
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PAGES = sorted(str(path.relative_to(HTML)) for path in HTML.rglob("*.html"))
# What people wrote, the tables, and pages of the reference with every kind of entry.
SAMPLES = [page for page in PAGES if not page.startswith("api/")] + [
    f"api/{name}.html"
    for name in (
        "index", "room-tokens", "room-pipeline", "spacy_lite.tokens.doc", "spacy_lite.tokens.span",
        "spacy_lite.language.language",
        "spacy_lite.pipeline.entity_linker", "spacy_lite.pipeline.transition_parser", "spacy_lite.transformer.component",
        "spacy_lite.config.schemas", "spacy_lite.attrs", "spacy_lite.cli.train", "spacy_lite.vocab", "spacy_lite.errors",
    )
]  # fmt: skip
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_phone_without_complaints_and_without_other_servers(site, phone, page):
    driver = site.open(page)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert site.messages() == []
    assert site.requests() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", SAMPLES)
def test_axe_finds_nothing_serious(site, page, theme):
    driver = site.open(page)
    driver.execute_script("document.body.dataset.theme = arguments[0]", theme)
    driver.execute_script((BUILD / "node_modules/axe-core/axe.min.js").read_text(encoding="utf8"))
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then(result => done(result.violations.map("
        "v => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary])))"
    )
    assert [item for item in found if item[1] in SERIOUS] == []


def test_the_colours_can_be_switched_and_stay_switched(site):
    driver = site.open("index.html")
    colour = "return getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _ in range(3):
        driver.execute_script("document.querySelector('.theme-toggle').click()")
        seen.add(driver.execute_script(colour))
    assert len(seen) == 2
    driver.execute_script("localStorage.setItem('theme', 'dark')")
    site.open("quickstart.html")
    assert driver.execute_script("return document.body.dataset.theme") == "dark"
    driver.execute_script("localStorage.removeItem('theme')")


@pytest.mark.parametrize(
    "query,expected",
    [("resume checkpoint", "guides/training"), ("char_span", "api/spacy_lite.tokens.doc"), ("listener", "how-it-works")],
)
def test_search_finds_pages_in_the_file_system(site, query, expected):
    driver = site.open(f"search.html?q={query.replace(' ', '+')}")
    deadline = time.time() + 15
    links = []
    while time.time() < deadline and not any(expected in link for link in links):
        links = [item.get_attribute("href") or "" for item in driver.find_elements(By.CSS_SELECTOR, "#search-results li a")]
        time.sleep(0.2)
    assert any(expected in link for link in links), links[:10]
    assert site.messages() == []


def test_the_search_box_takes_keys(site):
    driver = site.open("index.html")
    box = driver.find_element(By.CSS_SELECTOR, "input.sidebar-search")
    box.send_keys("arena", Keys.ENTER)
    deadline = time.time() + 15
    while time.time() < deadline and "search.html" not in driver.current_url:
        time.sleep(0.1)
    assert "q=arena" in driver.current_url


def test_keys_reach_the_content_and_every_field_of_the_quickstart(site):
    driver = site.open("quickstart.html")
    reached = set()
    driver.find_element(By.ID, "qs-lang").send_keys("")
    for _ in range(20):
        reached.add(driver.execute_script("const e = document.activeElement; return e.name || e.id || e.tagName"))
        driver.switch_to.active_element.send_keys(Keys.TAB)
    assert {"lang", "component", "hardware", "optimize", "pretraining", "copy", "download"} <= reached


def test_the_first_key_leads_past_the_navigation(site):
    driver = site.open("guides/config.html")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    link = driver.switch_to.active_element
    assert link.get_attribute("href").endswith("#furo-main-content")
    link.send_keys(Keys.ENTER)
    assert driver.current_url.endswith("#furo-main-content")


def test_every_page_is_made_of_local_files():
    for page in PAGES:
        text = (HTML / page).read_text(encoding="utf8")
        assert "fonts.googleapis" not in text and "//cdn" not in text
    assert Path(HTML / "searchindex.js").exists()
