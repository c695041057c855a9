"""Trying mutants: copies of the tree side by side, the tests of one mutant up to the first that fails."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
#: What lies beside the code and no test needs: what a site wrote, what was installed.
_LEFT_OUT: Final = ("node_modules", "data", "keys", "ledger", "test-results")
_MARKS: Final = "not long and not browser and not pdf and not sweep"
_SETTINGS: Final = ("CDV_ENV", "DATABASE_URL", "DATA_DIR", "KEYS_DIR", "LEDGER_DIR", "TEST_POSTGRES_URL")
#: Tests of pure functions: they need no application, so none is imported or made for them.
_PURE: Final = (
    "test_algorithm.py",
    "test_code_rules.py",
    "test_merge.py",
    "test_paging.py",
    "test_rules.py",
    "test_text_folding.py",
)
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_NO_TEST_RAN: Final = 5


@dataclass(frozen=True)
class Trial:
    """A module with a fault, and the tests that may find it, the likeliest first."""

    name: str
    path: str
    source: bytes
    tests: Sequence[str]


@dataclass(frozen=True)
class Outcome:
    """How one trial ended."""

    trial: Trial
    found: bool
    #: The test that found it; empty where none says so.
    by: str
    seconds: float
    #: How it ended without a test that says so: the application did not start, the tests did not end, none ran.
    ending: str = ""

    @property
    def broken(self) -> str:
        """Why nobody can say whether it was found."""
        return "" if self.found else self.ending


def files_of(tests: Sequence[str]) -> list[str]:
    """The files of `tests` (files, folders, single tests) in that order, each once. Raises `FileNotFoundError`."""
    files: dict[str, None] = {}
    for each in tests:
        path = ROOT / each.partition("::")[0]
        if not path.exists():
            raise FileNotFoundError(each)
        found = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
        # A single test is asked for by its name, and again with its file where that comes later.
        names = [each] if "::" in each else [str(one.relative_to(ROOT)) for one in found]
        files |= dict.fromkeys(names)
    return list(files)


def _left_out(folder: str, names: list[str]) -> set[str]:
    beside = (
        {name for name in names if name.startswith(".") or name in _LEFT_OUT}
        if Path(folder) == ROOT
        else set()
    )
    return beside | {name for name in names if name == "__pycache__"}


class Copy:
    """A copy of the tree that may be broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=_left_out, symlinks=True)

    def run(self, tests: Sequence[str], timeout: float) -> tuple[int | None, str]:
        """The status of pytest (None: it did not end in time) and what it said: the pure tests first, they are quick."""
        pure = [each for each in tests if each.partition("::")[0].endswith(_PURE)]
        rest = [each for each in tests if each not in pure]
        status, said = self._run(pure, timeout, "--noconftest") if pure else (_NO_TEST_RAN, "")
        if not rest or status not in (0, _NO_TEST_RAN):
            return status, said
        later, said = self._run(rest, timeout)
        return (status if later == _NO_TEST_RAN else later), said

    def _run(self, tests: Sequence[str], timeout: float, *options: str) -> tuple[int | None, str]:
        environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
        # CI: Hypothesis then tries the same examples each time, however long they take.
        environment |= {"TEST_DATABASE": "sqlite", "PYTHONPATH": str(self.folder), "CI": "1"}
        asked = ["-x", "-q", "-p", "no:cacheprovider", "--tb=no", "-m", _MARKS, *options, *tests]
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *asked],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, ""
        return process.returncode, said

    def try_out(self, trial: Trial, timeout: float) -> Outcome:
        """Put the fault in, run the tests, take it out again.

        Where they end otherwise than by a test that fails, the fault did it if they pass without it in half the time:
        else the machine may have.
        """
        start = time.monotonic()
        status, said = self._run_with(trial, timeout)
        failed = _FAILED.search(said)
        if status == 0 or failed:
            by = failed[1] if failed else ""
            return Outcome(trial, status != 0, by, time.monotonic() - start)
        killed = status is not None and status < 0
        found = not killed and self.run(trial.tests, timeout / 2)[0] == 0
        return Outcome(trial, found, "", time.monotonic() - start, _ending(status))

    def _run_with(self, trial: Trial, timeout: float) -> tuple[int | None, str]:
        module = self.folder / trial.path
        bytecode = Path(cache_from_source(str(module)))
        # Two versions of a module may have the same size and second: neither may leave its bytecode to the other.
        bytecode.unlink(missing_ok=True)
        original, dated = module.read_bytes(), module.stat()
        module.write_bytes(trial.source)
        try:
            return self.run(trial.tests, timeout)
        finally:
            module.write_bytes(original)
            os.utime(module, ns=(dated.st_atime_ns, dated.st_mtime_ns))
            bytecode.unlink(missing_ok=True)


def _ending(status: int | None) -> str:
    """What a status of pytest says where no test failed."""
    if status is None:
        return "the tests did not end in time"
    if status < 0:
        return f"killed by signal {-status}"
    return "no test ran" if status == _NO_TEST_RAN else "the application did not start"


def try_all(
    trials: Sequence[Trial], folder: Path, *, workers: int, timeout: float, tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """All outcomes in the order of `trials`; `tell` hears of each as it comes."""
    free: queue.Queue[Copy] = queue.Queue()
    for number in range(workers):
        free.put(Copy(folder / f"copy-{number}"))

    def one(trial: Trial) -> Outcome:
        copy = free.get()
        try:
            outcome = copy.try_out(trial, timeout)
        finally:
            free.put(copy)
        tell(outcome)
        return outcome

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(one, trials))


def fail_without_a_fault(outcomes: Sequence[Outcome], as_it_is: Copy, timeout: float) -> str:
    """What the tests that found something say of the code as it is; empty where they pass."""
    tests = sorted({outcome.by.partition("[")[0] for outcome in outcomes if outcome.by})
    if not tests:
        return ""
    status, said = as_it_is.run(tests, timeout * 10)
    return "" if status == 0 else said or "they do not end"
