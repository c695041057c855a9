"""What a first visit weighs on a phone: every byte over the wire, with nothing kept from before.

    python -m benchmarks.weight

Opens each page in Chromium as a small phone, in a context of its own, and adds up what its network layer
received, compressed, headers included. Goal: at most 60 KB (of 1,000 bytes) in all, 20 of styles and 15 of
scripts, and no request to another host. Writes benchmarks/results/weight.json; status 1 where one is missed.
"""

import json
import os
from collections import defaultdict
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks.form import write_result
from benchmarks.server import serving_demo

GOALS: Final = {"total": 60_000, "Stylesheet": 20_000, "Script": 15_000}
CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def weigh(browser: Browser, url: str) -> dict[str, int]:
    """Bytes received for `url`, by kind of resource, and in all; the number of requests."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
    page = context.new_page()
    network = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    bytes_of: dict[str, int] = defaultdict(int)
    host = urlsplit(url).netloc

    def received(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        address = urlsplit(event["response"]["url"])
        if address.scheme != "data" and address.netloc != host:
            raise RuntimeError(f"a request to another host: {address.netloc}")

    def finished(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        bytes_of[kinds.get(event["requestId"], "Other")] += size
        bytes_of["total"] += size
        bytes_of["requests"] += 1

    network.on("Network.responseReceived", received)
    network.on("Network.loadingFinished", finished)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(url, wait_until="networkidle")
    # What only comes when one scrolls is part of the visit.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    context.close()
    return dict(bytes_of)


def main() -> int:
    with serving_demo() as (port, pages), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        weights = {name: weigh(browser, f"http://127.0.0.1:{port}{path}") for name, path in pages.items()}
        browser.close()
    print(f"{'page':<12} {'all':>8} {'HTML':>8} {'styles':>8} {'scripts':>8} {'images':>8} {'requests':>9}")
    missed = False
    for name, weight in weights.items():
        columns = ("total", "Document", "Stylesheet", "Script", "Image")
        over = [kind for kind, goal in GOALS.items() if weight.get(kind, 0) > goal]
        missed = missed or bool(over)
        cells = " ".join(f"{weight.get(kind, 0):>8}" for kind in columns)
        print(f"{name:<12} {cells} {weight['requests']:>9}{'  MISSED: ' + ', '.join(over) if over else ''}")
    print("Bytes over the wire, compressed, with headers. Goals: all 60,000, styles 20,000, scripts 15,000.")
    write_result("weight", json.dumps(weights, indent=1))
    print(json.dumps(weights))
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
