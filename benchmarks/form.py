"""The two forms of the measured runs: whole, and short where BENCH=short.

The short one takes the smallest contract and few rounds. It shows that each run works; its numbers say nothing, so it
judges no goal of speed and keeps its JSON apart.
"""

import os
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.server import ROOT

SHORT: Final = os.environ.get("BENCH", "") == "short"
PACKS: Final = ROOT / "cdv_civic/packs/data"
RESULTS: Final = ROOT / "benchmarks/results" / ("short" if SHORT else "")

Value = TypeVar("Value")


def form(whole: Value, short: Value) -> Value:
    """The value of the form that runs."""
    return short if SHORT else whole


def packs(folder: Path = PACKS) -> list[Path]:
    """The contracts to import: all of them, or the smallest."""
    files = sorted(folder.glob("*.json"))
    return form(files, [min(files, key=lambda file: file.stat().st_size)])


def write_result(name: str, text: str) -> None:
    """Keep the JSON of a run as results/NAME.json."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def status(*, missed: bool) -> int:
    """The status to end with where a goal of speed is missed or not."""
    return int(missed and not SHORT)
