"""A headless Chromium on the built site, opened from the file system as a reader without a server would."""

import json
import shutil
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

BUILD = Path(__file__).resolve().parents[1] / "build"
HTML = BUILD / "html"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1200,900",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def phone(chromium):
    """The screen of a phone, 360 pixels wide, while a test runs."""
    screen = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    yield
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class Site:
    """Opens pages and tells what the browser complained about and asked other servers for."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, page):
        self.messages()
        self.requests()
        self.driver.get((HTML / page).as_uri() if "?" not in page else HTML.as_uri() + "/" + page)
        return self.driver

    def messages(self):
        """What the console says that is worse than a note."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """Addresses on other servers that were asked for."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return [url for url in found if not url.startswith(("file:", "data:", "blob:"))]


@pytest.fixture
def site(chromium):
    chromium.set_window_size(1200, 900)
    yield Site(chromium)
