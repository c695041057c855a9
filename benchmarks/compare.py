"""Whether pages cost the same as at another commit: processor time, five runs of each by turns.

    python -m benchmarks.compare REVISION [--python INTERPRETER] [--rounds 5]

Both checkouts get a database of their own with the four packs, made by their own commands; then a process of each asks
the same pages of its application, without a server between. The two take turns of some 30 answers, so that both meet
what else the machine does; each of the rounds begins with new processes. REVISION is checked out beside the
repository's own files, into a folder that goes away; INTERPRETER has what its requirements.txt lists (this one where
they are the same). Prints the median of each and of their ratios, and writes benchmarks/results/compare.json. Goal:
within 5 %.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.form import form, packs, status, write_result
from benchmarks.pages import addresses
from benchmarks.server import ROOT, settings_for

GOAL: Final = 1.05

#: Turns of each process at each kind of page. A machine that slows down for some seconds slows both of them.
TURNS: Final = 8
#: What a process of each checkout runs: a line of paths of one kind in, the seconds of processor time that an answer
#: took out.
_ASKS: Final = """
import gc, json, sys, time
try:
    from cdv_civic.app import create_app
except ModuleNotFoundError:
    from cdv_civic import create_app
client = create_app().test_client()
warm = set()
for line in sys.stdin:
    paths = json.loads(line)
    for path in paths:
        if path not in warm:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            warm.add(path)
    rounds = 1 + 30 // len(paths)
    # Each turn leaves its garbage to itself.
    gc.collect()
    start = time.process_time()
    for _ in range(rounds):
        for path in paths:
            client.get(path)
    print(json.dumps((time.process_time() - start) / (rounds * len(paths))), flush=True)
"""


class Asking:
    """A process that asks its own application for pages, as often as it is told to."""

    def __init__(self, checkout: "Checkout", *, kept: bool) -> None:
        self._process = subprocess.Popen(
            [checkout.python, "-c", _ASKS],
            cwd=checkout.code,
            env={**checkout.environment, "PAGE_CACHE": str(int(kept))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, paths: list[str]) -> float:
        """Seconds of processor time for one answer."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(paths), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that asked for {paths[0]} ended: what it said stands above")
        return float(json.loads(line))

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


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
        done = subprocess.run(
            [self.python, "-m", "flask", "--app", "app", *arguments],
            cwd=self.code,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.code}: {done.stderr.strip()[-2000:]}")


def by_turns(
    before: Checkout, now: Checkout, pages: Mapping[str, list[str]], *, kept: bool
) -> Iterator[tuple[str, float, float]]:
    """Each kind of page, with the seconds of processor time that an answer took before and takes now."""
    sides = Asking(before, kept=kept), Asking(now, kept=kept)
    for kind, paths in pages.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(form(TURNS, 2)):
            for side in (0, 1) if turn % 2 else (1, 0):
                taken[side].append(sides[side].seconds(paths))
        yield kind, statistics.mean(taken[0]), statistics.mean(taken[1])
    for each in sides:
        each.end()


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
        measured: dict[str, list[tuple[float, float]]] = {}
        for _ in range(asked.rounds):
            for kept in (False, True):
                for kind, old, new in by_turns(before, now, pages, kept=kept):
                    measured.setdefault(f"{kind}{', kept' if kept else ''}", []).append((old, new))
    rows: list[dict[str, object]] = []
    missed = False
    for kind, pairs in measured.items():
        first, second = (statistics.median(each[side] for each in pairs) * 1000 for side in (0, 1))
        ratio = statistics.median(new / old for old, new in pairs)
        rows.append({"page": kind, "before_ms": first, "now_ms": second, "ratio": ratio})
        missed |= ratio > GOAL
        print(f"{kind:20} {first:8.2f} ms {second:8.2f} ms {ratio:6.2f}")
    write_result(
        "compare", json.dumps({"revision": asked.revision, "cores": os.cpu_count(), "rows": rows}, indent=1)
    )
    return status(missed=missed)


if __name__ == "__main__":
    sys.exit(main())
