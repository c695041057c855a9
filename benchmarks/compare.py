"""Whether pages cost the same as at another commit: processor time, five runs of each by turns.

    python -m benchmarks.compare REVISION [--python INTERPRETER] [--rounds 5]

Both checkouts get a database of their own with the four packs, made by their own commands; then a process of each asks
the same pages of its application in turn, without a server between. REVISION is checked out beside the repository's own
files, into a folder that goes away; INTERPRETER has what its requirements.txt lists (this one where they are the same).
Prints the median of each and their ratio, and writes benchmarks/results/compare.json. Goal: within 5 %.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.form import form, packs, status, write_result
from benchmarks.pages import addresses
from benchmarks.server import ROOT, settings_for

GOAL: Final = 1.05

#: What a process of each checkout runs: pages by kind on standard input, seconds of processor time an answer out.
_ASKS: Final = """
import gc, json, sys, time
try:
    from cdv_civic.app import create_app
except ModuleNotFoundError:
    from cdv_civic import create_app
client = create_app().test_client()
found = {}
for kind, paths in json.load(sys.stdin).items():
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    # Enough answers that one collection of garbage more or less does not show.
    rounds = 1 + 240 // len(paths)
    gc.collect()
    start = time.process_time()
    for _ in range(rounds):
        for path in paths:
            client.get(path)
    found[kind] = (time.process_time() - start) / (rounds * len(paths))
print(json.dumps(found))
"""


class Checkout:
    """One version of the code, with a database of its own."""

    def __init__(self, code: Path, python: str, folder: Path) -> None:
        self.code = code
        self.python = python
        self.folder = folder
        folder.mkdir()
        self.environment = settings_for(folder)
        self._flask("db", "upgrade")
        for pack in packs(code / "cdv_civic/packs/data"):
            self._flask("contract", "import", str(pack), "--publish")
        self._flask("glossary", "load")

    def _flask(self, *arguments: str) -> None:
        self._run("-m", "flask", "--app", "app", *arguments)

    def _run(self, *arguments: str, given: str = "", more: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.code,
            env={**self.environment, **(more or {})},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.code}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def seconds(self, pages: Mapping[str, list[str]], *, kept: bool) -> dict[str, float]:
        """Seconds of processor time for one answer, by kind of page."""
        printed = self._run("-c", _ASKS, given=json.dumps(pages), more={"PAGE_CACHE": str(int(kept))})
        seconds: dict[str, float] = json.loads(printed.splitlines()[-1])
        return seconds


def checked_out(revision: str, folder: Path) -> Path:
    """The files of a commit, with what this checkout has built: styles, scripts, compiled catalogues."""
    code = folder / "code"
    code.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "x", "-C", str(code)], input=archive.stdout, check=True)
    (code / "static/dist").symlink_to(ROOT / "static/dist")
    for catalogue in code.glob("translations/*/messages.po"):
        tag = catalogue.parent.name
        target = catalogue.parent / "LC_MESSAGES/messages.mo"
        target.parent.mkdir()
        compile_one = ["--locale", tag, "--input-file", str(catalogue), "--output-file", str(target)]
        subprocess.run([Path(sys.executable).parent / "pybabel", "-q", "compile", *compile_one], check=True)
    return code


def main() -> int:
    """Compare, print, write; status 1 where a page costs more than the goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("revision")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=form(5, 1))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = Checkout(checked_out(asked.revision, folder), asked.python, folder / "before")
        now = Checkout(ROOT, sys.executable, folder / "now")
        pages = addresses(folder / "now")
        measured: dict[str, dict[str, list[float]]] = {"before": {}, "now": {}}
        for _ in range(asked.rounds):
            for side, checkout in (("before", before), ("now", now)):
                for kept in (False, True):
                    for kind, seconds in checkout.seconds(pages, kept=kept).items():
                        measured[side].setdefault(f"{kind}{', kept' if kept else ''}", []).append(seconds)
    rows: list[dict[str, object]] = []
    missed = False
    for kind, old in measured["before"].items():
        first, second = statistics.median(old) * 1000, statistics.median(measured["now"][kind]) * 1000
        rows.append({"page": kind, "before_ms": first, "now_ms": second, "ratio": second / first})
        missed |= second > GOAL * first
        print(f"{kind:20} {first:8.2f} ms {second:8.2f} ms {second / first:6.2f}")
    write_result(
        "compare", json.dumps({"revision": asked.revision, "cores": os.cpu_count(), "rows": rows}, indent=1)
    )
    return status(missed=missed)


if __name__ == "__main__":
    sys.exit(main())
