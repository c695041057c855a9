"""A real server with the demo in it, and a real Chromium that opens its pages."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.request import urlopen

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from cdv_civic.app import create_app
from cdv_civic.core.db import db
from cdv_civic.core.settings import ROOT, Settings
from cdv_civic.demo.accounts import EMAIL
from tests.browser.signing_in import sign_in
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
#: How long something may take, in milliseconds: says what else the machine does, not whether a page is right.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path).replace(os.sep, "/"):
            item.add_marker(pytest.mark.browser)
            # The same routes are asked by HTTP on both databases.
            item.add_marker(pytest.mark.one_database)


@dataclass
class Served:
    """A running site: its address, and the environment of its processes."""

    address: str
    environment: dict[str, str]

    @cached_property
    def _here(self) -> Flask:
        """The same site within this process: what is done in it waits for no start, which takes seconds."""
        return create_app(Settings.from_environment(self.environment))

    def run(self, *command: str, given: str | None = None) -> str:
        """What `flask --app app …` says on this site."""
        done = self._here.test_cli_runner().invoke(args=command, input=given, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Act on this site as its own code does, beside the process that serves it."""
        with self._here.app_context():
            yield
            db.session.remove()
            db.engine.dispose()

    def forget_codes(self, email: str) -> None:
        """Let the codes of an account's telephone serve again: a third sign-in would wait for the next half minute."""
        file = self.environment["DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, timeout=30)) as database, database:
            database.execute(
                "UPDATE second_factor SET last_step = 0"
                " WHERE account_id = (SELECT id FROM account WHERE email = ?)",
                (email,),
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo of one's own, served."""
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
        for _ in range(1200):  # a machine that is busy takes its time
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
        server.wait(timeout=60)
        log.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo, served; tests may publish in it but must not count on what others published."""
    with serve_demo(tmp_path_factory) as site:
        yield site


def chromium() -> str:
    """Where the installed browser is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "Chromium is missing: apt-get install chromium"
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def keeping_browser(browser: Browser) -> Iterator[Browser]:
    """A browser that keeps pages whole for the way back, as on phones; the usual one of tests loads them again."""
    keeping = browser.browser_type.launch(
        executable_path=chromium(),
        args=list(CHROMIUM_FLAGS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield keeping
    keeping.close()


SignedIn = Callable[..., StorageState]


@pytest.fixture(scope="session")
def signed_in(browser: Browser, served: Served) -> SignedIn:
    """`signed_in(email)`: what the browser of somebody of the demonstration holds who has come in, for `open_context`.

    They come in once for all tests. Whoever goes out, or uses a shared device, comes in by themselves (`sign_in`)."""

    @cache
    def come_in(email: str = EMAIL) -> StorageState:
        context = browser.new_context()
        sign_in(context.new_page(), served, email)
        state = context.storage_state()
        context.close()
        return state

    return come_in


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(browser: Browser) -> Iterator[OpenContext]:
    """`open_context(width=360, **options)`: a clean browser, closed at the end of the test."""
    opened: list[BrowserContext] = []

    def open_one(width: int = 360, height: int = 640, **options: object) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_context: OpenContext) -> Page:
    """A page on a small phone."""
    return open_context(has_touch=True).new_page()


def until(page: Page, script: str, given: object = None) -> None:
    """Wait until a script says yes, on this page or the next one. Playwright's `wait_for_function` reads its words anew
    each time, which the policy of the site forbids it."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        with suppress(Error):  # one page goes, another comes
            if page.evaluate(script, given):
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"never so: {script}")


def axe_findings(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, a line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}, resultTypes: ['violations']})"
    )
    return [
        f"{violation['id']}: {node['html'][:160]} ({' '.join(node['any'][0]['message'].split()) if node['any'] else violation['help']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
