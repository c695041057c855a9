"""The count of elections, beside the reference library's: equal shares with add-1.

    python -m benchmarks.tally [--voters 100000] [--projects 150] [--minutes 10]

Toulouse 2019 by points, and a generated election (most voters choose among a few projects that many like, and fill in
between one and ten) by cost. Seconds of processor time of the count alone, ours the median of five; the reference
library is timed in the same run where it is installed (`make oracle` installs it), and what it has not ended in the
minutes given counts as these. Ours is run once more as a command, with reading the file: its processor time and its
peak of memory. Last, every published election of the tests, in each utility that its ballots allow. Goals: 50 times as
fast on Toulouse, 10 times on the generated one, which takes less than 10 s and 500 MB as a command. Prints a table and
writes benchmarks/results/tally.json.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.form import form, status, write_result
from benchmarks.server import ROOT
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRules, count
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.supporters import Utility

PUBLISHED: Final = ROOT / "tests/fund/tally/pabulib"
TOULOUSE: Final = PUBLISHED / "france_toulouse_2019_.pb"
REFERENCE: Final = Path(os.environ.get("REFERENCE_PYTHON", ROOT / ".stamps/reference/bin/python"))
LEAST_TIMES: Final = {"toulouse": 50.0, "generated": 10.0}
MOST_SECONDS: Final = 10.0
MOST_MEGABYTES: Final = 500.0


def generate(path: Path, voters: int, projects: int) -> None:
    """Write an election: costs from 5,000 to 200,000, and an envelope for some thirty projects."""
    draw = random.Random(2026)
    codes = [f"p{number:03}" for number in range(projects)]
    liked = [1 / (place + 4) for place in range(projects)]
    draw.shuffle(liked)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"META\nkey;value\nbudget;3000000\nvote_type;approval\nnum_votes;{voters}\n")
        file.write("PROJECTS\nproject_id;cost;name\n")
        file.writelines(f"{code};{draw.randrange(5, 200) * 1000};Project {code}\n" for code in codes)
        file.write("VOTES\nvoter_id;vote\n")
        for voter in range(voters):
            chosen = dict.fromkeys(draw.choices(codes, liked, k=draw.randint(1, 10)))
            file.write(f"{voter};{','.join(chosen)}\n")


def _read(path: Path) -> PublishedElection:
    with path.open("rb") as file:
        return read_election(file)


def _seconds(published: PublishedElection, utility: Utility, rounds: int) -> tuple[float, list[str]]:
    """Median processor time of a count, and what it selects."""
    rules = TallyRules(utility=utility, completion=Completion.ADD1)
    took: list[float] = []
    selected: tuple[str, ...] = ()
    for _round in range(rounds):
        begun = time.process_time()
        selected = count(published.election, rules).selected
        took.append(time.process_time() - begun)
    return median(took), sorted(selected)


def _alone(path: Path, utility: Utility) -> tuple[float, float]:
    """Seconds of processor time and megabytes of a process that reads and counts a file."""
    command = [sys.executable, "-m", "cdv_civic.fund.tally", str(path), "--utility", utility, "--json"]
    process = subprocess.Popen(
        [*command, "--completion", "add1"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, ended, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise SystemExit("the command failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _reference(path: Path, utility: Utility, minutes: float) -> dict[str, Any] | None:
    """What the reference library selects and how long it takes; None where it is not installed."""
    if not REFERENCE.exists():
        return None
    command = [str(REFERENCE), "-m", "tools.reference", str(path), utility]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=minutes * 60
        )
    except subprocess.TimeoutExpired:
        return {"selected": None, "seconds": minutes * 60}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(name: str, path: Path, utility: Utility, minutes: float) -> dict[str, Any]:
    """One election, ours and theirs."""
    begun = time.process_time()
    published = _read(path)
    reading = time.process_time() - begun
    seconds, selected = _seconds(published, utility, form(5, 1))
    whole, megabytes = _alone(path, utility)
    theirs = _reference(path, utility, minutes)
    if theirs is not None and theirs["selected"] not in (None, selected):
        raise SystemExit(f"{name}: the two select other projects")
    found = {
        "reading": reading,
        "seconds": seconds,
        "whole": whole,
        "megabytes": megabytes,
        "reference": theirs and theirs["seconds"],
        "times": theirs and theirs["seconds"] / seconds,
        "ended": theirs and theirs["selected"] is not None,
    }
    print(
        f"{name:<12} count {seconds:8.3f} s, reading {reading:6.3f} s; as a command {whole:6.2f} s, {megabytes:5.0f} MB"
    )
    if theirs is None:
        print(f"{'':<12} the reference library is not installed: make oracle installs it")
    else:
        more = "" if found["ended"] else " at least"
        print(f"{'':<12} reference {theirs['seconds']:8.1f} s: {found['times']:,.0f} times{more}")
    return found


def all_published() -> dict[str, float]:
    """Seconds of processor time to read every published election and to count it in each utility."""
    begun = time.process_time()
    counts = 0
    for path in sorted(PUBLISHED.glob("*.pb")):
        published = _read(path)
        points = published.election.kind.has_points
        for utility in [Utility.POINTS] if points else [Utility.COST, Utility.COUNT]:
            _seconds(published, utility, 1)
            counts += 1
    seconds = time.process_time() - begun
    print(f"{counts} counts of the published elections, with reading: {seconds:.2f} s")
    return {"counts": counts, "seconds": seconds}


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--voters", type=int, default=form(100_000, 2_000))
    parser.add_argument("--projects", type=int, default=form(150, 40))
    parser.add_argument("--minutes", type=float, default=form(10.0, 0.5))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.pb"
        generate(path, options.voters, options.projects)
        found = {
            "toulouse": measure("Toulouse", TOULOUSE, Utility.POINTS, options.minutes),
            "generated": measure("generated", path, Utility.COST, options.minutes),
        }
    missed = any(
        each["times"] is not None and each["times"] < LEAST_TIMES[name] for name, each in found.items()
    )
    large = found["generated"]
    missed |= large["whole"] > MOST_SECONDS or large["megabytes"] > MOST_MEGABYTES
    write_result("tally", json.dumps(found | {"published": all_published()}, indent=2))
    return status(missed=missed)


if __name__ == "__main__":
    sys.exit(main())
