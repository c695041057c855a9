"""A real server with the demo in it, and a real Chromium that opens its pages."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cdv_civic.core.settings import ROOT
from tests.demo_site import copy_demo

CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path).replace(os.sep, "/"):
            item.add_marker(pytest.mark.browser)
            # The same routes are asked by HTTP on both databases.
            item.add_marker(pytest.mark.one_database)


@dataclass
class Served:
    """A running site: its address, and the environment its commands run in."""

    address: str
    environment: dict[str, str]

    def run(self, *command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `flask --app app …` on this site."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *command],
            cwd=ROOT,
            env=self.environment,
            input=given,
            text=True,
            capture_output=True,
            check=True,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo, served; tests may publish in it but must not count on what others published."""
    port, folder = _free_port(), tmp_path_factory.mktemp("served")
    site = Served(f"http://127.0.0.1:{port}", copy_demo(folder, tmp_path_factory))
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}", "app:app"],
        cwd=ROOT,
        env=site.environment,
        stdout=log,
        stderr=log,
    )
    try:
        for _ in range(200):
            try:
                urlopen(f"{site.address}/fr/mentions-legales", timeout=5).read()
                break
            except OSError:
                if server.poll() is not None:
                    raise RuntimeError((folder / "server.log").read_text()) from None
                time.sleep(0.1)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(browser: Browser) -> Iterator[OpenContext]:
    """`open_context(width=360, **options)`: a clean browser, closed at the end of the test."""
    opened: list[BrowserContext] = []

    def open_one(width: int = 360, height: int = 640, **options: object) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_context: OpenContext) -> Page:
    """A page on a small phone."""
    return open_context(has_touch=True).new_page()


def axe_findings(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, a line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}, resultTypes: ['violations']})"
    )
    return [
        f"{violation['id']}: {node['html'][:160]} ({' '.join(node['any'][0]['message'].split()) if node['any'] else violation['help']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
